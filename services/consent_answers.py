"""Answers to what people are asked: what one is, and whether it stands."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from services.consent_texts import Purpose, standing_versions

QUIET: Final = timedelta(days=90)
"""So long nobody is asked again after a no (C8)."""


class Ages(msgspec.Struct, frozen=True):
    """Whole years from which somebody answers for themself, and is a grown-up (C1–C4)."""

    answers: int = 14
    grown_up: int = 18


AGES: Final = Ages()

ANSWERS = (
    "SELECT c.id, c.volunteer_id, c.purpose, c.recipient, c.text_version, c.is_given, "
    "c.created_at, c.withdrawn_at, a.volunteer_id IS DISTINCT FROM c.volunteer_id AS by_guardian "
    "FROM consent c LEFT JOIN account a ON a.id = c.account_id "
)


class ConsentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to one question. `text_version` says to which words."""

    id: UUID
    volunteer_id: UUID
    purpose: Purpose
    recipient: str = ""
    text_version: str
    is_given: bool
    by_guardian: bool
    answered_at: datetime
    withdrawn_at: datetime | None = None


def is_standing(answer: ConsentAnswer) -> bool:
    return (
        answer.is_given
        and answer.withdrawn_at is None
        and answer.text_version in standing_versions(answer.purpose)
    )


def is_fresh_no(answer: ConsentAnswer, now: datetime) -> bool:
    """A no, or a yes taken back, of less than 90 days ago."""
    if answer.is_given and answer.withdrawn_at is None:
        return False
    return now < (answer.withdrawn_at or answer.answered_at) + QUIET


def answer_of(row: dict[str, Any]) -> ConsentAnswer:
    return ConsentAnswer(
        id=row["id"],
        volunteer_id=row["volunteer_id"],
        purpose=Purpose(row["purpose"]),
        recipient=row["recipient"],
        text_version=row["text_version"],
        is_given=row["is_given"],
        by_guardian=row["by_guardian"],
        answered_at=row["created_at"],
        withdrawn_at=row["withdrawn_at"],
    )
