"""What somebody was told, and how they want to be told, for the file of their own data."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import DatumKind
from services import personal
from services.database import rows
from services.notifications.telling import FACTS_PLACE
from services.notifications.wording import unpacked, words_of
from services.vault import keyring


class ToldLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the person was told, and by which channels it went."""

    at: datetime
    kind: str
    words: str
    opened_at: datetime | None = None
    channels: list[str]


class AnswerLine(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that came by text or by a key, and how it was understood."""

    at: datetime
    channel: str
    meaning: str


class ChoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """How the person chose to be told."""

    channels: str
    language: str
    quiet_from_minute: int | None = None
    quiet_until_minute: int | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of notifications that is about one person."""

    email: str | None = None
    is_wechat_linked: bool
    choice: ChoiceLine | None = None
    notifications: list[ToldLine]
    answers: list[AnswerLine]


async def of_person(volunteer_id: UUID) -> Told:
    """For whoever may see all of this person. In the system's scope."""
    chosen = await rows(
        "SELECT channels, language, quiet_from_minute, quiet_until_minute "
        "FROM notification_choice WHERE volunteer_id = $1",
        volunteer_id,
    )
    told = await rows(
        "SELECT n.id, n.created_at, n.kind, n.facts_cipher, n.opened_at, "
        "coalesce(array_agg(m.channel ORDER BY m.step) FILTER (WHERE m.sent_at IS NOT NULL), '{}') "
        "AS channels FROM notification n LEFT JOIN message m ON m.notification_id = n.id "
        "WHERE n.volunteer_id = $1 GROUP BY n.id ORDER BY n.id",
        volunteer_id,
    )
    answers = await rows(
        "SELECT created_at AS at, channel, meaning FROM inbound_answer WHERE volunteer_id = $1 "
        "ORDER BY id",
        volunteer_id,
    )
    wechat = await personal.get(DatumKind.WECHAT, volunteer_id=volunteer_id)
    return Told(
        email=await personal.get(DatumKind.EMAIL, volunteer_id=volunteer_id),
        is_wechat_linked=wechat is not None,
        choice=msgspec.convert(chosen[0], ChoiceLine) if chosen else None,
        notifications=[_line(row) for row in told],
        answers=msgspec.convert(answers, list[AnswerLine]),
    )


def _line(row: dict[str, Any]) -> ToldLine:
    facts = unpacked(keyring().decrypt(FACTS_PLACE, row["id"], row["facts_cipher"]))
    return ToldLine(
        at=row["created_at"],
        kind=row["kind"],
        words=words_of(row["kind"], "zh", facts),
        opened_at=row["opened_at"],
        channels=list(row["channels"]),
    )
