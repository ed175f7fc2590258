"""Consents: what a person agreed to, in which words, when, and who said it for them.

Rows are only added or marked as withdrawn. Refusing never closes anything that a person needs no
consent for: registering, browsing and claiming ask nothing here.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import new_id
from services import audit, rights
from services.audit import Act
from services.consent_answers import (
    AGES,
    ANSWERS,
    ConsentAnswer,
    answer_of,
    is_fresh_no,
    is_standing,
)
from services.consent_questions import (
    ConsentQuestion,
    ConsentQuestionState,
    list_answers,
    questions,
)
from services.consent_texts import (
    GROUNDS,
    TEXTS,
    WITH_RECIPIENT,
    ConsentText,
    Ground,
    Purpose,
    current,
    standing_versions,
)
from services.database import rows
from services.errors import Conflict, Defect, Forbidden, Invalid, NotFound
from services.recipients import RECIPIENTS
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.transactions import transaction

Recipient = Annotated[str, Meta(max_length=80, pattern=r"^[a-z0-9_-]*$(?!\n)")]
TextVersion = Annotated[str, Meta(min_length=1, max_length=24, pattern=r"^[0-9a-z.-]+$(?!\n)")]

__all__ = [
    "AGES",
    "TEXTS",
    "ConsentAnswer",
    "ConsentIn",
    "ConsentQuestion",
    "ConsentQuestionState",
    "ConsentText",
    "Ground",
    "Purpose",
    "answer",
    "get",
    "give",
    "list_answers",
    "questions",
    "refuse",
    "standing",
    "stands",
    "withdraw",
]


class ConsentIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer: yes or no to a purpose, for one recipient where it has one, in today's words.

    A guardian names the ward; without it, one answers for oneself.
    """

    purpose: Purpose
    is_given: bool
    recipient: Recipient = ""
    text_version: TextVersion | None = None
    volunteer_id: UUID | None = None


_COLUMN = {Purpose.MATCHING: "is_matched", Purpose.EMERGENCY: "is_on_call"}
_PERSON = (
    "SELECT id, age, organisation_id FROM volunteer WHERE id = $1 AND state = 'active' "
    "FOR NO KEY UPDATE"
)


@acting
async def answer(actor: Actor, command: ConsentIn, now: datetime) -> ConsentAnswer:
    """Say yes or no, as `give` and `refuse` do."""
    volunteer_id = command.volunteer_id or rights.require_person(actor)
    say = give if command.is_given else refuse
    return await say(
        actor,
        volunteer_id,
        command.purpose,
        command.recipient,
        now=now,
        text_version=command.text_version,
    )


@acting
async def give(
    actor: Actor,
    volunteer_id: UUID,
    purpose: Purpose,
    recipient: str = "",
    *,
    now: datetime,
    text_version: str | None = None,
) -> ConsentAnswer:
    """Say yes, for oneself or a ward. Saying it twice is saying it once.

    `text_version` is the wording that was read; `consent_text_changed` if it is no longer today's.
    `adults_only` for emergencies below 18, `guardian_answers` for somebody below 14 themself.
    """
    rights.require_own(actor, volunteer_id)
    text = _wording(purpose, text_version)
    async with entered(SYSTEM), transaction():
        person = await _answerable(actor, volunteer_id, purpose)
        await _require_recipient(volunteer_id, purpose, recipient)
        last = await _last(volunteer_id, purpose, recipient)
        if last is not None and is_standing(last):
            return last
        if last is not None and last.is_given and last.withdrawn_at is None:
            await _mark_withdrawn(last.id, actor.account_id, now)  # The old words are over.
        answer = await _add(actor, volunteer_id, purpose, recipient, text, now, is_given=True)
        await _settle(volunteer_id, purpose, is_on=True)
        await _log(Act.CONSENT_GIVEN, actor, person, answer)
    return answer


@acting
async def refuse(
    actor: Actor,
    volunteer_id: UUID,
    purpose: Purpose,
    recipient: str = "",
    *,
    now: datetime,
    text_version: str | None = None,
) -> ConsentAnswer:
    """Say no, for oneself or a ward; a yes that stands is taken back. We ask no more for 90 days.

    `leave_by_erasure` for what the service cannot do without.
    """
    rights.require_own(actor, volunteer_id)
    text = _wording(purpose, text_version)
    if GROUNDS[purpose] is Ground.NEEDED:
        raise Conflict("leave_by_erasure")
    async with entered(SYSTEM), transaction():
        person = await _answerable(actor, volunteer_id, purpose)
        last = await _last(volunteer_id, purpose, recipient)
        if last is not None and last.is_given and last.withdrawn_at is None:
            await _mark_withdrawn(last.id, actor.account_id, now)
            answer = msgspec.structs.replace(last, withdrawn_at=now)
            act = Act.CONSENT_WITHDRAWN
        elif last is not None and is_fresh_no(last, now):
            return last
        else:
            await _require_recipient(volunteer_id, purpose, recipient)
            answer = await _add(actor, volunteer_id, purpose, recipient, text, now, is_given=False)
            act = Act.CONSENT_REFUSED
        await _settle(volunteer_id, purpose, is_on=False)
        await _log(act, actor, person, answer)
    return answer


@acting
async def get(actor: Actor, answer_id: UUID) -> ConsentAnswer:
    """One answer that was given for oneself or a ward."""
    async with entered(SYSTEM):
        found = await rows(f"{ANSWERS} WHERE c.id = $1", answer_id)
    if not found or found[0]["volunteer_id"] not in actor.persons:
        raise NotFound
    return answer_of(found[0])


@acting
async def withdraw(actor: Actor, answer_id: UUID, now: datetime) -> ConsentAnswer:
    """Take one's own yes back, by its id. What was done before stays lawful, and stays listed."""
    answer = await get(actor, answer_id)
    if not answer.is_given or answer.withdrawn_at is not None:
        return answer
    return await refuse(actor, answer.volunteer_id, answer.purpose, answer.recipient, now=now)


@as_system
async def stands(volunteer_id: UUID, purpose: Purpose, recipient: str = "") -> bool:
    """Whether this purpose may be pursued for the person now."""
    return volunteer_id in await standing([volunteer_id], purpose, recipient)


@as_system
async def standing(
    volunteer_ids: Collection[UUID], purpose: Purpose, recipient: str = ""
) -> set[UUID]:
    """Those of these people for whom this purpose may be pursued now: ask before every run."""
    if GROUNDS[purpose] is Ground.UNLESS_REFUSED:
        found = await rows(
            f"SELECT id FROM volunteer WHERE id = ANY($1::uuid[]) AND {_COLUMN[purpose]} "
            "AND state = 'active'",
            list(volunteer_ids),
        )
        return {row["id"] for row in found}
    found = await rows(
        "SELECT c.volunteer_id FROM consent c JOIN volunteer v ON v.id = c.volunteer_id "
        "WHERE c.volunteer_id = ANY($1::uuid[]) AND c.purpose = $2 AND c.recipient = $3 "
        "AND c.is_given AND c.withdrawn_at IS NULL AND c.text_version = ANY($4) "
        "AND v.state = 'active'",
        list(volunteer_ids),
        purpose.value,
        recipient,
        standing_versions(purpose),
    )
    return {row["volunteer_id"] for row in found}


def _wording(purpose: Purpose, text_version: str | None) -> ConsentText:
    text = current(purpose)
    if text_version is not None and text_version != text.version:
        raise Conflict("consent_text_changed")
    return text


async def _answerable(actor: Actor, volunteer_id: UUID, purpose: Purpose) -> dict[str, Any]:
    """The person, held until the transaction ends, if this account may answer this for them."""
    found = await rows(_PERSON, volunteer_id)
    if not found:
        raise NotFound
    [person] = found
    is_self = actor.volunteer_id == volunteer_id
    if is_self and (person["age"] < AGES.answers or purpose is Purpose.CHILD):
        raise Forbidden("guardian_answers", age=AGES.answers)
    if purpose is Purpose.EMERGENCY and person["age"] < AGES.grown_up:
        raise Conflict("adults_only", age=AGES.grown_up)
    return person


async def _require_recipient(volunteer_id: UUID, purpose: Purpose, recipient: str) -> None:
    if purpose not in WITH_RECIPIENT:
        is_known = recipient == ""
    elif purpose is Purpose.EXPORT:
        is_known = recipient in RECIPIENTS and RECIPIENTS[recipient].statute is None
    else:
        is_known = bool(
            await rows(
                "SELECT 1 FROM membership WHERE volunteer_id = $1 AND organisation_id::text = $2",
                volunteer_id,
                recipient,
            )
        )
    if not is_known:
        raise Invalid([Defect("recipient", "unknown_recipient")])


async def _add(
    actor: Actor,
    volunteer_id: UUID,
    purpose: Purpose,
    recipient: str,
    text: ConsentText,
    now: datetime,
    *,
    is_given: bool,
) -> ConsentAnswer:
    answer_id = new_id()
    await rows(
        "INSERT INTO consent (id, created_at, volunteer_id, purpose, recipient, text_version, "
        "is_given, account_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        answer_id,
        now,
        volunteer_id,
        purpose.value,
        recipient,
        text.version,
        is_given,
        actor.account_id,
    )
    return ConsentAnswer(
        id=answer_id,
        volunteer_id=volunteer_id,
        purpose=purpose,
        recipient=recipient,
        text_version=text.version,
        is_given=is_given,
        by_guardian=actor.volunteer_id != volunteer_id,
        answered_at=now,
    )


async def _mark_withdrawn(answer_id: UUID, account_id: UUID, now: datetime) -> None:
    await rows(
        "UPDATE consent SET withdrawn_at = $2, withdrawn_by = $3 WHERE id = $1",
        answer_id,
        now,
        account_id,
    )


async def _settle(volunteer_id: UUID, purpose: Purpose, *, is_on: bool) -> None:
    """Tell the column by which lists and rounds go."""
    if column := _COLUMN.get(purpose):
        await rows(f"UPDATE volunteer SET {column} = $2 WHERE id = $1", volunteer_id, is_on)


async def _log(act: Act, actor: Actor, person: dict[str, Any], answer: ConsentAnswer) -> None:
    await audit.record(
        act,
        subject_kind="volunteer",
        subject_id=answer.volunteer_id,
        organisation_id=person["organisation_id"],
        account_id=actor.account_id,
        purpose=answer.purpose.value,
        recipient=answer.recipient,
        text_version=answer.text_version,
        by_guardian=answer.by_guardian,
    )


async def _last(volunteer_id: UUID, purpose: Purpose, recipient: str) -> ConsentAnswer | None:
    found = await rows(
        f"{ANSWERS} WHERE c.volunteer_id = $1 AND c.purpose = $2 AND c.recipient = $3 "
        "ORDER BY c.id DESC LIMIT 1",
        volunteer_id,
        purpose.value,
        recipient,
    )
    return answer_of(found[0]) if found else None
