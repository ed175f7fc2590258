"""What a person may be asked, and where each question stands."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from services import rights
from services.consent_answers import (
    AGES,
    ANSWERS,
    ConsentAnswer,
    answer_of,
    is_fresh_no,
    is_standing,
)
from services.consent_texts import GROUNDS, ConsentText, Ground, Purpose, current
from services.database import rows
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.recipients import RECIPIENTS
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.words import Words


class ConsentQuestionState(StrEnum):
    """Where a question stands. `on` needs no answer: it is so unless the person says no."""

    UNANSWERED = "unanswered"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ON = "on"


class ConsentQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A purpose, for one recipient where it has one, and where the person's answer stands.

    `may_be_asked` is whether we may bring it up by ourselves; the person may answer at any time.
    """

    purpose: Purpose
    ground: Ground
    text: ConsentText
    recipient: str = ""
    recipient_name: Words | None = None
    recipient_purpose: Words | None = None
    fields: list[str] = []
    state: ConsentQuestionState
    may_be_asked: bool = False
    answer: ConsentAnswer | None = None

    @property
    def stands(self) -> bool:
        """Whether the purpose may be pursued."""
        return self.state in (ConsentQuestionState.GIVEN, ConsentQuestionState.ON)


@acting
async def list_answers(actor: Actor, volunteer_id: UUID, query: PageQuery) -> Page[ConsentAnswer]:
    """Every answer that was ever given for the person, the latest first."""
    rights.require_own(actor, volunteer_id)
    after = decode_cursor(query.after, UUID) if query.after else None
    async with entered(SYSTEM):
        found = await rows(
            f"{ANSWERS} WHERE c.volunteer_id = $1 AND ($2::uuid IS NULL OR c.id < $2) "
            "ORDER BY c.id DESC LIMIT $3",
            volunteer_id,
            after,
            query.limit + 1,
        )
    return page_of([answer_of(row) for row in found], [row["id"] for row in found], query.limit)


@acting
async def questions(actor: Actor, volunteer_id: UUID, now: datetime) -> list[ConsentQuestion]:
    """Every purpose that concerns the person, each recipient by itself, and where it stands."""
    rights.require_own(actor, volunteer_id)
    async with entered(SYSTEM):
        [person] = await rows("SELECT age, is_matched FROM volunteer WHERE id = $1", volunteer_id)
        found = await rows(f"{ANSWERS} WHERE c.volunteer_id = $1 ORDER BY c.id", volunteer_id)
        sharers = await rows(
            "SELECT DISTINCT o.id, o.name FROM membership m "
            "JOIN organisation o ON o.id = m.organisation_id WHERE m.volunteer_id = $1 "
            "AND (m.ends_on IS NULL OR m.ends_on >= $2::date) ORDER BY o.name, o.id",
            volunteer_id,
            now.date(),
        )
    last = {(row["purpose"], row["recipient"]): answer_of(row) for row in found}
    asked: list[ConsentQuestion] = []
    for purpose, recipient, name, use, fields in _asked_of(person["age"], sharers, last):
        answer = last.get((purpose.value, recipient))
        state = _state(purpose, answer, is_matched=person["is_matched"])
        asked.append(
            ConsentQuestion(
                purpose=purpose,
                ground=GROUNDS[purpose],
                text=current(purpose),
                recipient=recipient,
                recipient_name=name,
                recipient_purpose=use,
                fields=list(fields),
                state=state,
                may_be_asked=_may_be_asked(purpose, state, answer, now),
                answer=answer,
            )
        )
    return asked


Asked = tuple[Purpose, str, Words | None, Words | None, tuple[str, ...]]


def _asked_of(
    age: int, sharers: list[dict[str, Any]], last: dict[tuple[str, str], ConsentAnswer]
) -> list[Asked]:
    """What is asked of somebody of this age. What was answered before stays in sight."""
    asked: list[Asked] = [
        (Purpose.CHILD if age < AGES.answers else Purpose.SERVICE, "", None, None, ()),
        (Purpose.MATCHING, "", None, None, ()),
    ]
    if age >= AGES.grown_up:
        asked.append((Purpose.EMERGENCY, "", None, None, ()))
    asked.append((Purpose.PUBLICITY, "", None, None, ()))
    names = {str(row["id"]): row["name"] for row in sharers}
    for _, recipient in [key for key in last if key[0] == Purpose.SHARE_TOTAL.value]:
        names.setdefault(recipient, "")
    for recipient, name in names.items():
        asked.append((Purpose.SHARE_TOTAL, recipient, Words(name, name), None, ()))
    for each in RECIPIENTS.values():
        if each.statute is None:
            asked.append((Purpose.EXPORT, each.key, each.name, each.purpose, each.fields))
    return asked


def _state(
    purpose: Purpose, answer: ConsentAnswer | None, *, is_matched: bool
) -> ConsentQuestionState:
    if GROUNDS[purpose] is Ground.UNLESS_REFUSED:
        return ConsentQuestionState.ON if is_matched else ConsentQuestionState.REFUSED
    if answer is None:
        is_needed = GROUNDS[purpose] is Ground.NEEDED
        return ConsentQuestionState.ON if is_needed else ConsentQuestionState.UNANSWERED
    if answer.withdrawn_at is not None:
        return ConsentQuestionState.WITHDRAWN
    if not answer.is_given:
        return ConsentQuestionState.REFUSED
    return ConsentQuestionState.GIVEN if is_standing(answer) else ConsentQuestionState.UNANSWERED


def _may_be_asked(
    purpose: Purpose, state: ConsentQuestionState, answer: ConsentAnswer | None, now: datetime
) -> bool:
    if GROUNDS[purpose] is not Ground.CONSENT or state is ConsentQuestionState.GIVEN:
        return False
    return answer is None or not is_fresh_no(answer, now)
