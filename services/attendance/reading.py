"""A claim as the day of its shift sees it: who was to come, who came, and until when one may."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from models.core import ClaimState, Evidence, Whereabouts
from services import rights
from services.attendance.entries import OWN_ACCOUNTS
from services.attendance.types import Absence, Attendance
from services.database import rows
from services.errors import Forbidden, NotFound
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.shifts import ShiftBrief
from services.vault import keyring

OBJECTION_PLACE = "absence.objection_cipher"

SELECT = (
    "SELECT c.id AS claim_id, c.state, c.volunteer_id, c.shift_id, c.role_id, c.starts_at, "
    "c.ends_at, c.organisation_id, c.coming_at, v.name AS volunteer_name, r.name AS role_name, "
    "s.place, s.longitude, s.latitude, s.state AS shift_state, p.name AS project_name, "
    "k.geofence_m, "
    "a.in_at, a.in_evidence, a.in_place, a.in_recorded_at, a.in_by, a.out_at, a.out_evidence, "
    "a.out_place, a.out_recorded_at, a.out_by, a.confirmed_at, a.confirmed_by, a.corrected_at, "
    "a.corrected_by, a.struck_at, coalesce(a.needs_confirmation, false) AS needs_confirmation, "
    f"{OWN_ACCOUNTS}, "
    "b.id AS absence_id, b.created_at AS marked_at, b.marked_by, b.object_until, b.objected_at, "
    "b.objection_cipher, b.decided_at, b.outcome "
    "FROM claim c JOIN volunteer v ON v.id = c.volunteer_id JOIN role r ON r.id = c.role_id "
    "JOIN shift s ON s.id = c.shift_id JOIN project p ON p.id = s.project_id "
    "LEFT JOIN shift_check k ON k.shift_id = s.id "
    "LEFT JOIN attendance a ON a.claim_id = c.id LEFT JOIN absence b ON b.claim_id = c.id "
)
EXPECTED: Sequence[ClaimState] = (
    ClaimState.CONFIRMED,
    ClaimState.SEEKING_STANDIN,
    ClaimState.CHECKED_IN,
    ClaimState.SERVED,
    ClaimState.NO_SHOW,
    ClaimState.EXCUSED,
)
"""States of those whom a lead expected or saw."""


@acting
async def of_claim(actor: Actor, claim_id: UUID, settings: Settings) -> Attendance:
    """The attendance of a claim: for the person, those who organise the shift, and its leads."""
    row = await row_of(claim_id)
    if row["volunteer_id"] not in actor.records:
        await require_lead_of(actor, row)
    return await view_for(actor, row, settings)


@as_system
async def row_of(claim_id: UUID) -> dict[str, Any]:
    """Everything about one claim, whoever asks. Raises NotFound."""
    found = await rows(f"{SELECT} WHERE c.id = $1", claim_id)
    if not found:
        raise NotFound
    return found[0]


@as_system
async def leads(account_id: UUID, shift_id: UUID) -> bool:
    """Whether the account was named to lead this shift."""
    return bool(
        await rows(
            "SELECT 1 FROM shift_lead WHERE shift_id = $1 AND account_id = $2 AND ended_at IS NULL",
            shift_id,
            account_id,
        )
    )


async def require_lead_of(actor: Actor, row: dict[str, Any]) -> None:
    """Whoever leads the claim's shift: named for it, or by their role. Raises Forbidden to the
    person whose claim it is; to everybody else it is not there."""
    if await leads(actor.account_id, row["shift_id"]):
        return
    if not actor.grants:
        if row["volunteer_id"] in actor.persons:
            raise Forbidden("right_missing", right=Right.LEAD_SHIFTS.value)
        raise NotFound
    if not await rows("SELECT 1 FROM claim WHERE id = $1", row["claim_id"]):
        raise NotFound
    await rights.require(actor, Right.LEAD_SHIFTS, row["organisation_id"])


async def require_lead(actor: Actor, shift_id: UUID) -> dict[str, Any]:
    """The shift, for whoever leads it. Raises NotFound or Forbidden."""
    found = await rows(
        "SELECT s.id, s.starts_at, s.ends_at, s.place, s.state, s.longitude, s.latitude, "
        "p.name AS project_name, p.organisation_id FROM shift s "
        "JOIN project p ON p.id = s.project_id WHERE s.id = $1",
        shift_id,
    )
    if not found:
        raise NotFound
    if not await leads(actor.account_id, shift_id):
        await rights.require(actor, Right.LEAD_SHIFTS, found[0]["organisation_id"])
    async with entered(SYSTEM):
        known = await rows("SELECT geofence_m FROM shift_check WHERE shift_id = $1", shift_id)
    return {**found[0], "geofence_m": known[0]["geofence_m"] if known else None}


def opens_at(starts_at: datetime, settings: Settings) -> datetime:
    """From when on one may check in."""
    return starts_at - timedelta(minutes=settings.check_in_opens_minutes)


def closes_at(ends_at: datetime, settings: Settings) -> datetime:
    """Until when one may check out."""
    return ends_at + timedelta(minutes=settings.check_out_grace_minutes)


def brief(row: dict[str, Any], shift_id: UUID) -> ShiftBrief:
    """The shift in one line."""
    return ShiftBrief(
        id=shift_id,
        project_name=row["project_name"],
        place=row["place"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
    )


def minutes_of(row: Mapping[str, Any]) -> int | None:
    """Whole minutes between coming and going; none while it goes on, 0 where it was struck out."""
    if row["out_at"] is None:
        return None
    if row["struck_at"] is not None:
        return 0
    return int((row["out_at"] - row["in_at"]).total_seconds() // 60)


async def view_for(actor: Actor, row: dict[str, Any], settings: Settings) -> Attendance:
    """The row as it is shown to this reader, with what a person said to their mark if it is for
    them to read."""
    seen = view(row, settings)
    if seen.absence is None or row["objected_at"] is None:
        return seen
    decides = may_judge(actor, row) and await rights.covers(
        actor, Right.RUN_WORK, row["organisation_id"]
    )
    if not decides and row["volunteer_id"] not in actor.records:
        return seen
    said = keyring().decrypt(OBJECTION_PLACE, row["absence_id"], row["objection_cipher"])
    is_open = row["decided_at"] is None
    absence = msgspec.structs.replace(seen.absence, objection=said, can_decide=decides and is_open)
    return msgspec.structs.replace(seen, absence=absence)


def may_judge(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether the mark is neither of the actor's making nor about them or their ward."""
    return actor.account_id != row["marked_by"] and row["volunteer_id"] not in actor.records


def view(row: dict[str, Any], settings: Settings) -> Attendance:
    """The row as everybody who may read it sees it: without what the person said to a mark."""
    return Attendance(
        claim_id=row["claim_id"],
        volunteer_id=row["volunteer_id"],
        volunteer_name=row["volunteer_name"],
        role_name=row["role_name"],
        shift=brief(row, row["shift_id"]),
        state=ClaimState(row["state"]),
        coming_at=row["coming_at"],
        opens_at=opens_at(row["starts_at"], settings),
        closes_at=closes_at(row["ends_at"], settings),
        in_at=row["in_at"],
        in_evidence=row["in_evidence"] and Evidence(row["in_evidence"]),
        in_place=row["in_place"] and Whereabouts(row["in_place"]),
        out_at=row["out_at"],
        out_evidence=row["out_evidence"] and Evidence(row["out_evidence"]),
        out_place=row["out_place"] and Whereabouts(row["out_place"]),
        minutes=minutes_of(row),
        needs_confirmation=row["needs_confirmation"] and row["struck_at"] is None,
        confirmed_at=row["confirmed_at"],
        corrected_at=row["corrected_at"],
        is_struck=row["struck_at"] is not None,
        absence=msgspec.convert(row, Absence) if row["absence_id"] is not None else None,
    )
