"""A guardian's answer to one shift for one minor, to its risks as they are worded then.

Nobody under 18 holds a confirmed seat without a yes to today's wording (C2); the database refuses
it too. Taking the yes back before the shift begins gives the seat back with it.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import ActivityConsentState, new_id
from services import audit, notifications, rights
from services.audit import Act
from services.claim_endings import end_future
from services.consents import AGES
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.locks import lock_seats
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.shifts import ShiftBrief
from services.transactions import transaction

State = ActivityConsentState


class ActivityConsentIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which shift, and for whom: without it, for the minor who asks.

    A guardian who has read the risks says so by their version, and has then agreed.
    """

    shift_id: UUID
    volunteer_id: UUID | None = None
    risk_statement_version: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


class AnswerIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A guardian's answer to the risks of that version."""

    is_given: bool
    risk_statement_version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class ActivityConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A guardian's answer, or that one is asked for. `is_live`: it counts for today's wording."""

    id: UUID
    volunteer_id: UUID
    volunteer_name: str
    shift: ShiftBrief
    state: ActivityConsentState
    risk_statement: str
    risk_statement_version: int
    answered_version: int | None = None
    is_live: bool
    answered_at: datetime | None = None


class Need(StrEnum):
    """What a minor still lacks for a seat."""

    NOTHING = "nothing"
    GUARDIAN = "guardian"
    ANSWER = "answer"


_SELECT = (
    "SELECT a.id, a.volunteer_id, a.state, a.risk_statement_version AS answered_version, "
    "a.answered_at, v.name AS volunteer_name, s.id AS shift_id, s.place, s.starts_at, s.ends_at, "
    "p.name AS project_name, p.organisation_id, p.risk_statement, p.risk_statement_version "
    "FROM activity_consent a JOIN volunteer v ON v.id = a.volunteer_id "
    "JOIN shift s ON s.id = a.shift_id JOIN project p ON p.id = s.project_id"
)


@as_system
async def refuse_missing(volunteer_id: UUID, age: int, shift_id: UUID) -> None:
    """Refuse a seat to a minor whose guardian has not agreed (`guardian_consent_missing`)."""
    if await need(volunteer_id, age, shift_id) is not Need.NOTHING:
        raise Conflict("guardian_consent_missing", age=AGES.grown_up)


@as_system
async def need(volunteer_id: UUID, age: int, shift_id: UUID) -> Need:
    """What somebody of this age lacks for a seat on the shift, as far as guardians go."""
    if age >= AGES.grown_up:
        return Need.NOTHING
    found = await rows(
        "SELECT EXISTS (SELECT 1 FROM activity_consent a JOIN shift s ON s.id = a.shift_id "
        "JOIN project p ON p.id = s.project_id WHERE a.volunteer_id = $1 AND a.shift_id = $2 "
        "AND a.state = 'given' AND a.risk_statement_version = p.risk_statement_version) AS given, "
        "EXISTS (SELECT 1 FROM guardianship WHERE ward_id = $1 AND state = 'verified') AS has_one",
        volunteer_id,
        shift_id,
    )
    if found[0]["given"]:
        return Need.NOTHING
    return Need.ANSWER if found[0]["has_one"] else Need.GUARDIAN


@acting
async def ask(actor: Actor, command: ActivityConsentIn, now: datetime) -> ActivityConsent:
    """Ask the guardians of a minor, who are told; or, as a guardian who has read the risks, agree.

    Refused with `no_consent_needed` from 18 on, `no_guardian`, `ended`, `called_off`,
    `guardian_said_no` to the same wording, `risks_reworded` for another wording than today's.
    """
    volunteer_id = command.volunteer_id or rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    is_guardian = volunteer_id in actor.wards
    async with entered(SYSTEM), transaction():
        await _refuse_pointless(volunteer_id, command.shift_id, now)
        consent_id = await _asked(volunteer_id, command.shift_id, now)
        row = await _locked(consent_id)
        if is_guardian and command.risk_statement_version is not None:
            answer = AnswerIn(is_given=True, risk_statement_version=command.risk_statement_version)
            await _answer(actor, row, answer, now)
        elif row["state"] == State.REFUSED.value and not is_guardian:
            raise Conflict("guardian_said_no")
    return await get(actor, consent_id)


@acting
async def answer(
    actor: Actor, consent_id: UUID, command: AnswerIn, now: datetime
) -> ActivityConsent:
    """Say yes or no as a guardian, also after an earlier answer. A no frees a seat that was held.

    Refused with `guardian_answers` for the minor, `risks_reworded`, `already_started`.
    """
    async with entered(SYSTEM), transaction():
        row = await _locked(consent_id)
        if row["volunteer_id"] not in actor.persons:
            raise NotFound
        if row["volunteer_id"] not in actor.wards:
            raise Forbidden("guardian_answers", age=AGES.grown_up)
        if row["starts_at"] <= now:
            raise Conflict("already_started")
        await _answer(actor, row, command, now)
    return await get(actor, consent_id)


@acting
async def withdraw(actor: Actor, consent_id: UUID, now: datetime) -> ActivityConsent:
    """Take a yes back, as a guardian. The seat, if there is one, is given back with it."""
    row = await _row(actor, consent_id)
    if row["state"] == State.WITHDRAWN.value:
        return _view(row)
    version = row["risk_statement_version"]
    no = AnswerIn(is_given=False, risk_statement_version=version)
    return await answer(actor, consent_id, no, now)


async def _answer(actor: Actor, row: dict[str, Any], command: AnswerIn, now: datetime) -> None:
    """Write the answer down, inside the caller's transaction, and tell the young person."""
    if command.risk_statement_version != row["risk_statement_version"]:
        raise Conflict("risks_reworded", version=row["risk_statement_version"])
    before = State(row["state"])
    if command.is_given:
        after = State.GIVEN
    else:
        after = State.WITHDRAWN if before in (State.GIVEN, State.WITHDRAWN) else State.REFUSED
    if after is before and row["answered_version"] == command.risk_statement_version:
        return
    if not command.is_given:
        await end_future(row["volunteer_id"], now, shift_id=row["shift_id"])
    await rows(
        "UPDATE activity_consent SET state = $2, risk_statement_version = $3, guardian_id = $4, "
        "answered_at = $5 WHERE id = $1",
        row["id"],
        after.value,
        command.risk_statement_version,
        actor.account_id,
        now,
    )
    acts = {State.GIVEN: Act.CONSENT_GIVEN, State.WITHDRAWN: Act.CONSENT_WITHDRAWN}
    await audit.record(
        acts.get(after, Act.CONSENT_REFUSED),
        subject_kind="volunteer",
        subject_id=row["volunteer_id"],
        organisation_id=row["organisation_id"],
        account_id=actor.account_id,
        purpose="activity",
        shift=str(row["shift_id"]),
        risk_statement_version=command.risk_statement_version,
    )
    kind = "activity_agreed" if command.is_given else "activity_refused"
    await notifications.notify(kind, row["volunteer_id"])


async def _refuse_pointless(volunteer_id: UUID, shift_id: UUID, now: datetime) -> None:
    # The same order as everywhere: the shift's seats, then the person.
    await lock_seats([shift_id], [volunteer_id])
    found = await rows(
        "SELECT s.state, s.ends_at, v.age FROM shift s JOIN project p ON p.id = s.project_id, "
        "volunteer v WHERE s.id = $1 AND p.state = 'published' AND v.id = $2 "
        "AND v.state = 'active'",
        shift_id,
        volunteer_id,
    )
    if not found:
        raise NotFound
    [row] = found
    if row["ends_at"] <= now:
        raise Conflict("ended")
    if row["state"] == "called_off":
        raise Conflict("called_off")
    if row["age"] >= AGES.grown_up:
        raise Conflict("no_consent_needed", age=AGES.grown_up)
    if await need(volunteer_id, row["age"], shift_id) is Need.GUARDIAN:
        raise Conflict("no_guardian", age=AGES.grown_up)


async def _asked(volunteer_id: UUID, shift_id: UUID, now: datetime) -> UUID:
    """The row of this shift and minor; the guardians are told where it is a new question."""
    made = await rows(
        "INSERT INTO activity_consent (id, created_at, volunteer_id, shift_id, state, "
        "risk_statement_version) SELECT $1, $4, $2, s.id, 'asked', p.risk_statement_version "
        "FROM shift s JOIN project p ON p.id = s.project_id WHERE s.id = $3 "
        "ON CONFLICT (volunteer_id, shift_id) DO UPDATE SET state = 'asked', guardian_id = NULL, "
        "answered_at = NULL, risk_statement_version = EXCLUDED.risk_statement_version "
        "WHERE activity_consent.risk_statement_version <> EXCLUDED.risk_statement_version "
        "RETURNING id",
        new_id(),
        volunteer_id,
        shift_id,
        now,
    )
    if made:
        await _tell_guardians([volunteer_id])
        consent_id: UUID = made[0]["id"]
        return consent_id
    [present] = await rows(
        "SELECT id FROM activity_consent WHERE volunteer_id = $1 AND shift_id = $2",
        volunteer_id,
        shift_id,
    )
    present_id: UUID = present["id"]
    return present_id


@as_system
async def ask_for_offers(claim_ids: Collection[UUID], now: datetime) -> int:
    """Ask the guardians of the minors to whom these claims are offered; how many questions.

    Part of the caller's transaction. Several shifts of one minor are one message.
    """
    made = await rows(
        "INSERT INTO activity_consent (id, created_at, volunteer_id, shift_id, state, "
        "risk_statement_version) "
        "SELECT line.id, $3, c.volunteer_id, c.shift_id, 'asked', p.risk_statement_version "
        "FROM unnest($1::uuid[], $2::uuid[]) AS line(id, claim_id) "
        "JOIN claim c ON c.id = line.claim_id JOIN volunteer v ON v.id = c.volunteer_id "
        "JOIN shift s ON s.id = c.shift_id JOIN project p ON p.id = s.project_id "
        "WHERE v.age < $4 "
        "ON CONFLICT (volunteer_id, shift_id) DO UPDATE SET state = 'asked', guardian_id = NULL, "
        "answered_at = NULL, risk_statement_version = EXCLUDED.risk_statement_version "
        "WHERE activity_consent.risk_statement_version <> EXCLUDED.risk_statement_version "
        "RETURNING volunteer_id",
        [new_id() for _ in claim_ids],
        list(claim_ids),
        now,
        AGES.grown_up,
    )
    await _tell_guardians(sorted({row["volunteer_id"] for row in made}))
    return len(made)


async def _tell_guardians(volunteer_ids: Collection[UUID]) -> None:
    found = await rows(
        "SELECT DISTINCT guardian_id FROM guardianship WHERE ward_id = ANY($1::uuid[]) "
        "AND state = 'verified' ORDER BY guardian_id",
        list(volunteer_ids),
    )
    guardians = [row["guardian_id"] for row in found]
    await notifications.notify_accounts("activity_asked", guardians)


@acting
async def get(actor: Actor, consent_id: UUID) -> ActivityConsent:
    """One question and its answer: for the minor and for their guardians."""
    return _view(await _row(actor, consent_id))


@acting
async def list_mine(actor: Actor, query: PageQuery) -> Page[ActivityConsent]:
    """Questions about oneself and one's wards: those of the latest shifts first."""
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE a.volunteer_id = ANY($1::uuid[]) AND ($2::timestamptz IS NULL "
            "OR (s.starts_at, a.id) < ($2, $3::uuid)) ORDER BY s.starts_at DESC, a.id DESC "
            "LIMIT $4",
            list(actor.persons),
            *after,
            query.limit + 1,
        )
    keys = [(row["starts_at"], row["id"]) for row in found]
    return page_of([_view(row) for row in found], keys, query.limit)


async def _row(actor: Actor, consent_id: UUID) -> dict[str, Any]:
    async with entered(SYSTEM):
        found = await rows(f"{_SELECT} WHERE a.id = $1", consent_id)
    if not found or found[0]["volunteer_id"] not in actor.persons:
        raise NotFound
    return found[0]


async def _locked(consent_id: UUID) -> dict[str, Any]:
    """The question, after the shift's seats and the person, in the order of all locks."""
    found = await rows(
        "SELECT shift_id, volunteer_id FROM activity_consent WHERE id = $1", consent_id
    )
    if not found:
        raise NotFound
    await lock_seats([found[0]["shift_id"]], [found[0]["volunteer_id"]])
    [row] = await rows(f"{_SELECT} WHERE a.id = $1 FOR UPDATE OF a", consent_id)
    return row


def _view(row: dict[str, Any]) -> ActivityConsent:
    is_answered = row["state"] != State.ASKED.value
    is_today = row["answered_version"] == row["risk_statement_version"]
    return ActivityConsent(
        id=row["id"],
        volunteer_id=row["volunteer_id"],
        volunteer_name=row["volunteer_name"],
        shift=ShiftBrief(
            id=row["shift_id"],
            project_name=row["project_name"],
            place=row["place"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
        ),
        state=State(row["state"]),
        risk_statement=row["risk_statement"],
        risk_statement_version=row["risk_statement_version"],
        answered_version=row["answered_version"] if is_answered else None,
        is_live=row["state"] == State.GIVEN.value and is_today,
        answered_at=row["answered_at"],
    )
