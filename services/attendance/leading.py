"""Who leads a shift, and what they see: the code of the moment and everybody who comes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.core import ClaimState, new_id
from services import agreements, audit, minor_alarms, rights
from services.ages import GROWN_UP
from services.attendance import codes, keys
from services.attendance.reading import (
    EXPECTED,
    SELECT,
    brief,
    closes_at,
    opens_at,
    require_lead,
    view_for,
)
from services.attendance.types import (
    Board,
    CheckCode,
    GeofenceIn,
    LeadIn,
    ShiftLead,
    ShiftLeads,
)
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.notifications import notify_account
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.transactions import transaction

CODE_PATH = "/check/"


@acting
async def name_lead(actor: Actor, shift_id: UUID, command: LeadIn, now: datetime) -> ShiftLead:
    """Let somebody lead one shift: whoever has a seat on it and an account, or staff by name.

    Raises Conflict("lead_too_young") below 18, ("has_no_account"), ("lead_already").
    """
    organisation_id = await _organise(actor, shift_id)
    async with entered(SYSTEM), transaction():
        account_id = await _account_meant(shift_id, command)
        lead_id = new_id()
        await rows(
            "INSERT INTO shift_lead (id, created_at, shift_id, account_id, named_by) "
            "VALUES ($1, $2, $3, $4, $5)",
            lead_id,
            now,
            shift_id,
            account_id,
            actor.account_id,
        )
        await _log(actor, shift_id, organisation_id, "named", account_id)
        await _tell(shift_id, account_id, lead_id)
        [made] = await _leads_of(shift_id, lead_id)
    return made


@acting
async def list_leads(actor: Actor, shift_id: UUID) -> ShiftLeads:
    """Everybody who leads the shift, for those who lead or organise it."""
    await require_lead(actor, shift_id)
    async with entered(SYSTEM):
        return ShiftLeads(items=await _leads_of(shift_id))


@acting
async def end_lead(actor: Actor, shift_id: UUID, lead_id: UUID, now: datetime) -> None:
    """Let somebody lead the shift no longer. Twice is once."""
    organisation_id = await _organise(actor, shift_id)
    async with entered(SYSTEM), transaction():
        found = await rows(
            "SELECT account_id, ended_at FROM shift_lead WHERE id = $1 AND shift_id = $2 "
            "FOR UPDATE",
            lead_id,
            shift_id,
        )
        if not found:
            raise NotFound
        if found[0]["ended_at"] is None:
            await rows("UPDATE shift_lead SET ended_at = $2 WHERE id = $1", lead_id, now)
            await minor_alarms.ask_to_look([shift_id])
            await _log(actor, shift_id, organisation_id, "ended", found[0]["account_id"])


@acting
async def set_geofence(
    actor: Actor, shift_id: UUID, command: GeofenceIn, settings: Settings
) -> Board:
    """Say how near one has to be to check in by digits. Raises Conflict("no_position") for a shift
    whose place nobody has put on the map."""
    shift = await require_lead(actor, shift_id)
    if command.metres is not None and shift["longitude"] is None:
        raise Conflict("no_position")
    async with entered(SYSTEM), transaction():
        await keys.make(shift_id)
        await rows(
            "UPDATE shift_check SET geofence_m = $2 WHERE shift_id = $1", shift_id, command.metres
        )
    return await board(actor, shift_id, settings)


@acting
async def show_code(actor: Actor, shift_id: UUID, now: datetime, settings: Settings) -> CheckCode:
    """The code of this half minute, for whoever leads the shift.

    Raises Conflict("check_in_not_open") before and ("ended") after it can be used.
    """
    shift = await require_lead(actor, shift_id)
    if shift["state"] == "called_off":
        raise Conflict("called_off")
    if now < (first := opens_at(shift["starts_at"], settings)):
        raise Conflict("check_in_not_open", opens_at=first)
    if now > closes_at(shift["ends_at"], settings):
        raise Conflict("ended")
    async with entered(SYSTEM):
        key = await keys.key_of(shift_id)
    step = codes.step_of(now)
    return CheckCode(
        shift_id=shift_id,
        address=settings.address + CODE_PATH + codes.code_at(key, shift_id, step),
        digits=codes.digits_at(key, shift_id, step),
        ends_at=codes.begin_of(step + 1),
    )


@acting
async def board(actor: Actor, shift_id: UUID, settings: Settings) -> Board:
    """Who comes, who is here and who has gone, for whoever leads the shift."""
    shift = await require_lead(actor, shift_id)
    async with entered(SYSTEM):
        found = await rows(
            f"{SELECT} WHERE c.shift_id = $1 AND c.state = ANY($2::varchar[]) "
            "ORDER BY r.id, v.name, c.id",
            shift_id,
            [state.value for state in EXPECTED],
        )
    people = [await view_for(actor, row, settings) for row in found]
    return Board(
        shift=brief(shift, shift_id),
        opens_at=opens_at(shift["starts_at"], settings),
        closes_at=closes_at(shift["ends_at"], settings),
        absent_from=shift["starts_at"] + timedelta(minutes=settings.absence_minutes),
        geofence_m=shift["geofence_m"],
        expected=sum(
            each.state in (ClaimState.CONFIRMED, ClaimState.SEEKING_STANDIN) for each in people
        ),
        here=sum(each.in_at is not None and each.out_at is None for each in people),
        gone=sum(each.out_at is not None for each in people),
        unsigned=await agreements.unsigned_on(shift_id),
        can_organise=await rights.covers(actor, Right.RUN_WORK, shift["organisation_id"]),
        people=people,
    )


async def _organise(actor: Actor, shift_id: UUID) -> UUID:
    found = await rows(
        "SELECT p.organisation_id FROM shift s JOIN project p ON p.id = s.project_id "
        "WHERE s.id = $1",
        shift_id,
    )
    if not found:
        raise NotFound
    organisation_id: UUID = found[0]["organisation_id"]
    await rights.require(actor, Right.RUN_WORK, organisation_id)
    return organisation_id


async def _account_meant(shift_id: UUID, command: LeadIn) -> UUID:
    """The account that is to lead: of a claim on this shift, or of this name."""
    if (command.claim_id is None) == (command.account_name is None):
        raise Invalid([Defect("claim_id", "name_one_lead")])
    if command.claim_id is not None:
        return await _account_of_claim(shift_id, command.claim_id)
    found = await rows(
        "SELECT a.id, v.age FROM account a LEFT JOIN volunteer v ON v.id = a.volunteer_id "
        "WHERE a.name = $1 AND a.state = 'active'",
        command.account_name,
    )
    if not found:
        raise Invalid([Defect("account_name", "account_unknown")])
    return _of_age(found[0])


async def _account_of_claim(shift_id: UUID, claim_id: UUID) -> UUID:
    found = await rows(
        "SELECT v.age, a.id FROM claim c JOIN volunteer v ON v.id = c.volunteer_id "
        "LEFT JOIN account a ON a.volunteer_id = v.id AND a.state = 'active' "
        "WHERE c.id = $1 AND c.shift_id = $2 "
        "AND c.state IN ('confirmed', 'seeking_standin', 'checked_in')",
        claim_id,
        shift_id,
    )
    if not found:
        raise Invalid([Defect("claim_id", "unknown_id")])
    if found[0]["id"] is None:
        raise Conflict("has_no_account")
    return _of_age(found[0])


def _of_age(row: dict[str, Any]) -> UUID:
    if row["age"] is not None and row["age"] < GROWN_UP:
        raise Conflict("lead_too_young", age=GROWN_UP)
    account_id: UUID = row["id"]
    return account_id


async def _leads_of(shift_id: UUID, lead_id: UUID | None = None) -> list[ShiftLead]:
    found = await rows(
        "SELECT l.id, l.created_at, coalesce(v.name, a.display_name) AS name FROM shift_lead l "
        "JOIN account a ON a.id = l.account_id LEFT JOIN volunteer v ON v.id = a.volunteer_id "
        "WHERE l.shift_id = $1 AND l.ended_at IS NULL AND ($2::uuid IS NULL OR l.id = $2) "
        "ORDER BY l.id",
        shift_id,
        lead_id,
    )
    return [
        ShiftLead(id=row["id"], shift_id=shift_id, name=row["name"], named_at=row["created_at"])
        for row in found
    ]


async def _tell(shift_id: UUID, account_id: UUID, lead_id: UUID) -> None:
    [shift] = await rows(
        "SELECT p.name, s.starts_at FROM shift s JOIN project p ON p.id = s.project_id "
        "WHERE s.id = $1",
        shift_id,
    )
    await notify_account(
        "lead_named",
        account_id,
        about=shift_id,
        once=f"lead:{lead_id}",
        project=shift["name"],
        starts_at=shift["starts_at"],
    )


async def _log(
    actor: Actor, shift_id: UUID, organisation_id: UUID, change: str, account_id: UUID
) -> None:
    await audit.record(
        Act.LEAD_CHANGED,
        subject_kind="shift",
        subject_id=shift_id,
        organisation_id=organisation_id,
        account_id=actor.account_id,
        change=change,
        account=str(account_id),
    )
