"""Who did not come: marked by a lead, and the person may object for two days.

A mark is between the person and those who run the shift; it is shown nowhere else.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.core import AbsenceOutcome, ClaimState, new_id
from services import audit, rights
from services.attendance.entries import tell_entered
from services.attendance.reading import (
    OBJECTION_PLACE,
    may_judge,
    require_lead_of,
    row_of,
    view,
    view_for,
)
from services.attendance.types import Attendance, ObjectionDecision, ObjectionIn
from services.audit import Act
from services.database import rows
from services.errors import Conflict
from services.locks import lock_claim
from services.notifications import notify, notify_accounts
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.transactions import transaction
from services.vault import keyring

_S = ClaimState


@acting
async def mark_absent(
    actor: Actor, claim_id: UUID, now: datetime, settings: Settings
) -> Attendance:
    """Say as the lead that somebody has not come. Twice is once.

    Raises Conflict("too_early_to_mark") until a while after the start, and
    ("state_change_refused") for whoever is here, or was not expected.
    """
    await require_lead_of(actor, await row_of(claim_id))
    async with entered(SYSTEM), transaction():
        await lock_claim(claim_id)
        row = await row_of(claim_id)
        first = row["starts_at"] + timedelta(minutes=settings.absence_minutes)
        if row["state"] == _S.NO_SHOW:
            return view(row, settings)
        if row["state"] not in (_S.CONFIRMED, _S.SEEKING_STANDIN):
            raise Conflict("state_change_refused", state=row["state"])
        if now < first:
            raise Conflict("too_early_to_mark", first=first)
        await _set_state(claim_id, _S.NO_SHOW, now)
        await rows(
            "INSERT INTO absence (id, created_at, claim_id, volunteer_id, marked_by, "
            "object_until) VALUES ($1, $2, $3, $4, $5, $6)",
            new_id(),
            now,
            claim_id,
            row["volunteer_id"],
            actor.account_id,
            now + timedelta(hours=settings.objection_hours),
        )
        await _log(actor, claim_id, row["organisation_id"], "absent")
        await notify(
            "absence_marked",
            row["volunteer_id"],
            about=claim_id,
            once=f"absent:{claim_id}",
            project=row["project_name"],
            starts_at=row["starts_at"],
            object_until=now + timedelta(hours=settings.objection_hours),
        )
        return view(await row_of(claim_id), settings)


@acting
async def object_to(
    actor: Actor, claim_id: UUID, command: ObjectionIn, now: datetime, settings: Settings
) -> Attendance:
    """Say as the person, or their guardian, that the mark is not right, and why.

    Raises Conflict("not_marked"), ("objected_already"), ("objection_too_late").
    """
    row = await row_of(claim_id)
    rights.require_own(actor, row["volunteer_id"])
    async with entered(SYSTEM), transaction():
        await lock_claim(claim_id)
        row = await row_of(claim_id)
        if row["state"] != _S.NO_SHOW:
            raise Conflict("not_marked")
        if row["objected_at"] is not None:
            raise Conflict("objected_already")
        if now > row["object_until"]:
            raise Conflict("objection_too_late", until=row["object_until"])
        await rows(
            "UPDATE absence SET objected_at = $2, objection_cipher = $3 WHERE id = $1",
            row["absence_id"],
            now,
            keyring().encrypt(OBJECTION_PLACE, row["absence_id"], command.text),
        )
        await _ask_organisers(row)
        return await view_for(actor, await row_of(claim_id), settings)


@acting
async def decide(
    actor: Actor, claim_id: UUID, command: ObjectionDecision, now: datetime, settings: Settings
) -> Attendance:
    """Decide an objection as an organiser: a mark is not for whoever made it to judge.

    Raises Conflict("no_objection"), ("objection_decided"), ("objection_needs_another") to whoever
    made the mark, is its person or their guardian, ("full") where somebody else has the seat by
    now, so that the person can be excused only.
    """
    row = await row_of(claim_id)
    await require_lead_of(actor, row)
    await rights.require(actor, Right.RUN_WORK, row["organisation_id"])
    async with entered(SYSTEM), transaction():
        await lock_claim(claim_id)
        row = await row_of(claim_id)
        if row["objected_at"] is None:
            raise Conflict("no_objection")
        if row["decided_at"] is not None:
            raise Conflict("objection_decided")
        if not may_judge(actor, row):
            raise Conflict("objection_needs_another")
        await rows(
            "UPDATE absence SET decided_at = $2, decided_by = $3, outcome = $4 WHERE id = $1",
            row["absence_id"],
            now,
            actor.account_id,
            command.outcome.value,
        )
        if command.outcome is not AbsenceOutcome.STANDS:
            await _set_state(claim_id, _S(command.outcome.value), now)
        if command.outcome is AbsenceOutcome.SERVED:
            await _served_as_planned(claim_id, actor, now)
        await _log(actor, claim_id, row["organisation_id"], command.outcome.value)
        await notify(
            "objection_decided",
            row["volunteer_id"],
            about=claim_id,
            once=f"decided:{claim_id}",
            project=row["project_name"],
            starts_at=row["starts_at"],
        )
        row = await row_of(claim_id)
        if command.outcome is AbsenceOutcome.SERVED:
            kind = "stay_entered_by_organiser"
            await tell_entered(kind, row, actor.account_id, settings)
        return await view_for(actor, row, settings)


async def _served_as_planned(claim_id: UUID, actor: Actor, now: datetime) -> None:
    """Nobody saw when they came and went: the plan's times stand, confirmed by who decided."""
    await rows(
        "INSERT INTO attendance (id, created_at, claim_id, volunteer_id, in_at, in_evidence, "
        "in_place, in_recorded_at, in_by, out_at, out_evidence, out_place, out_recorded_at, "
        "out_by, needs_confirmation, confirmed_at, confirmed_by) "
        "SELECT $2, $3, c.id, c.volunteer_id, c.starts_at, 'decision', 'unknown', $3, $4, "
        "c.ends_at, 'decision', 'unknown', $3, $4, false, $3, $4 FROM claim c WHERE c.id = $1",
        claim_id,
        new_id(),
        now,
        actor.account_id,
    )


async def _ask_organisers(row: dict[str, Any]) -> None:
    """Tell those who organise at the project's own node, or at the nearest above that has any who
    did not make the mark; where nobody else organises, them, who then have to find somebody."""
    found = await rows(
        "SELECT g.account_id, u.ancestor_id, (SELECT count(*) FROM organisation_closure d "
        "WHERE d.descendant_id = u.ancestor_id) AS depth FROM organisation_closure u "
        "JOIN role_grant g ON g.organisation_id = u.ancestor_id AND g.role = 'organiser' "
        "AND g.ended_at IS NULL WHERE u.descendant_id = $1 ORDER BY depth DESC, g.account_id",
        row["organisation_id"],
    )
    free = [each for each in found if each["account_id"] != row["marked_by"]] or found
    nearest = [each["account_id"] for each in free if each["depth"] == free[0]["depth"]]
    await notify_accounts(
        "objection_made",
        nearest,
        about=row["shift_id"],
        once=f"objection:{row['absence_id']}",
        project=row["project_name"],
        starts_at=row["starts_at"],
    )


async def _set_state(claim_id: UUID, state: ClaimState, now: datetime) -> None:
    await rows(
        "UPDATE claim SET state = $2, changed_at = $3, version = version + 1 WHERE id = $1",
        claim_id,
        state.value,
        now,
    )


async def _log(actor: Actor, claim_id: UUID, organisation_id: UUID, what: str) -> None:
    await audit.record(
        Act.ATTENDANCE_CHANGED,
        subject_kind="claim",
        subject_id=claim_id,
        organisation_id=organisation_id,
        account_id=actor.account_id,
        how="lead",
        what=what,
    )
