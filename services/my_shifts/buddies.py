"""Two to eight people who come together: seats of one shift for all of them or for none.

Whoever joins by the link has agreed to the shift and its risks; only then is a seat claimed for
them. Somebody who leaves takes nobody along.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from models.core import BuddyState, ClaimState, new_id
from services import claims, notifications, rights
from services.claims import ClaimIn, queues
from services.database import rows
from services.errors import Conflict, NotFound
from services.locks import lock_seats
from services.minors import is_minor
from services.my_shifts.codes import new_code
from services.my_shifts.seats import actor_for
from services.my_shifts.types import Buddy, BuddyGroup, BuddyGroupIn, CodeQuery, JoinIn
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.shifts import ShiftBrief
from services.transactions import transaction

_GROUP = """
    SELECT g.id, g.code, g.state, g.size, g.is_planned_together, s.id AS shift_id, s.place,
        s.starts_at, s.ends_at, s.state AS shift_state, s.claim_mode, p.name AS project_name,
        p.organisation_id, p.risk_statement, p.risk_statement_version
    FROM buddy_group g JOIN shift s ON s.id = g.shift_id JOIN project p ON p.id = s.project_id
        AND p.state = 'published'
"""
_MEMBERS = (
    "SELECT m.volunteer_id, m.claim_id, m.risk_statement_version, v.name, v.age, c.state "
    "FROM buddy_member m JOIN volunteer v ON v.id = m.volunteer_id "
    "LEFT JOIN claim c ON c.id = m.claim_id WHERE m.group_id = $1 AND m.left_at IS NULL "
    "ORDER BY m.created_at, m.id"
)
_OF_THE_SHIFT = ("full", "ended", "called_off", "opens_at", "insurance")
"""Reasons that are the same for everybody and may be told to the whole group."""


@acting
async def begin(actor: Actor, shift_id: UUID, command: BuddyGroupIn, now: datetime) -> BuddyGroup:
    """A group for this shift, with a link to send to the others; whoever begins it is its first.

    Refused with `risk_statement_changed`, `ended`, `called_off`, or `buddies_only_instant` where
    seats are drawn or chosen one by one.
    """
    volunteer_id = command.volunteer_id or rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    code = new_code()
    async with entered(SYSTEM), transaction():
        await lock_seats([shift_id], [volunteer_id])
        found = await rows(
            "SELECT s.id, s.state AS shift_state, s.ends_at, s.starts_at, s.claim_mode, "
            "p.risk_statement_version FROM shift s JOIN project p ON p.id = s.project_id "
            "WHERE s.id = $1 AND p.state = 'published'",
            shift_id,
        )
        if not found:
            raise NotFound
        _refuse_closed(found[0], command.risk_statement_version, now)
        await rows(
            "INSERT INTO buddy_group (id, created_at, shift_id, code, size, state, "
            "is_planned_together) VALUES ($1, $2, $3, $4, $5, 'gathering', $6)",
            group_id := new_id(),
            now,
            shift_id,
            code,
            command.size,
            command.is_planned_together,
        )
        await _add(group_id, volunteer_id, command.risk_statement_version, now)
    return await get(actor, group_id)


def _refuse_closed(shift: dict[str, Any], version: int, now: datetime) -> None:
    if shift["starts_at"] <= now:
        raise Conflict("ended" if shift["ends_at"] <= now else "already_started")
    if shift["shift_state"] == "called_off":
        raise Conflict("called_off")
    if shift["claim_mode"] != "instant":
        raise Conflict("buddies_only_instant")
    if version != shift["risk_statement_version"]:
        raise Conflict(
            "risk_statement_changed", shown=version, version=shift["risk_statement_version"]
        )


async def _add(group_id: UUID, volunteer_id: UUID, version: int, now: datetime) -> None:
    await rows(
        "INSERT INTO buddy_member (id, created_at, group_id, volunteer_id, "
        "risk_statement_version) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (group_id, volunteer_id) "
        "DO UPDATE SET left_at = NULL, created_at = EXCLUDED.created_at, "
        "risk_statement_version = EXCLUDED.risk_statement_version "
        "WHERE buddy_member.left_at IS NOT NULL",
        new_id(),
        now,
        group_id,
        volunteer_id,
        version,
    )


@acting
async def get(actor: Actor, group_id: UUID) -> BuddyGroup:
    """A group, for those who are in it."""
    async with entered(SYSTEM):
        found = await rows(f"{_GROUP} WHERE g.id = $1", group_id)
        shown = await _view(actor, found[0]) if found else None
    if shown is None or not shown.is_mine:
        raise NotFound
    return shown


@acting
async def list_mine(actor: Actor, query: CodeQuery, now: datetime) -> Page[BuddyGroup]:
    """The group that a link leads to; else the person's groups for shifts to come."""
    volunteer_id = query.volunteer_id or rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    which = (
        "g.code = $2"
        if query.code
        else "$2::text IS NULL AND s.ends_at > $3 AND EXISTS (SELECT 1 FROM buddy_member m "
        "WHERE m.group_id = g.id AND m.volunteer_id = $1 AND m.left_at IS NULL)"
    )
    async with entered(SYSTEM):
        found = await rows(
            f"{_GROUP} WHERE {which} AND $1::uuid IS NOT NULL AND $3::timestamptz IS NOT NULL "
            "AND ($4::timestamptz IS NULL OR (s.starts_at, g.id) > ($4, $5::uuid)) "
            "ORDER BY s.starts_at, g.id LIMIT $6",
            volunteer_id,
            query.code,
            now,
            *after,
            query.limit + 1,
        )
        keys = [(row["starts_at"], row["id"]) for row in found]
        groups = [await _view(actor, row) for row in found]
    return page_of(groups, keys, query.limit)


async def _view(actor: Actor, row: dict[str, Any]) -> BuddyGroup:
    members = await rows(_MEMBERS, row["id"])
    is_mine = any(each["volunteer_id"] in actor.persons for each in members)
    # Who only has the link sees who asked them, and how many come: no more names than that.
    shown = members if is_mine else members[:1]
    return BuddyGroup(
        id=row["id"],
        code=row["code"],
        shift=ShiftBrief(
            id=row["shift_id"],
            project_name=row["project_name"],
            place=row["place"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
        ),
        state=BuddyState(row["state"]),
        size=row["size"],
        joined=len(members),
        is_planned_together=row["is_planned_together"],
        is_mine=is_mine,
        members=[
            Buddy(
                name=each["name"],
                is_me=each["volunteer_id"] in actor.persons,
                has_seat=each["state"] in ("confirmed", "seeking_standin", "checked_in", "served"),
            )
            for each in shown
        ],
        risk_statement=row["risk_statement"],
        risk_statement_version=row["risk_statement_version"],
    )


@acting
async def join(actor: Actor, group_id: UUID, command: JoinIn, now: datetime) -> BuddyGroup:
    """Come along: with it one agrees that a seat is claimed. Twice is once.

    Refused with `buddies_full`, `buddies_over` once the seats are claimed,
    `risk_statement_changed`, and what closes a shift.
    """
    volunteer_id = command.volunteer_id or rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    async with entered(SYSTEM), transaction():
        group = await _held(group_id, [volunteer_id])
        if not _is_code(group, command.code) and not await _is_in(group_id, volunteer_id):
            raise NotFound
        if group["state"] != BuddyState.GATHERING:
            raise Conflict("buddies_over")
        _refuse_closed(group, command.risk_statement_version, now)
        await _add(group_id, volunteer_id, command.risk_statement_version, now)
        await _bind(group)
    return await get(actor, group_id)


@acting
async def leave(actor: Actor, group_id: UUID, volunteer_id: UUID | None, now: datetime) -> None:
    """Leave the others, who go on as they are; a seat that one has already stays one's own."""
    leaver = volunteer_id or rights.require_person(actor)
    rights.require_own(actor, leaver)
    async with entered(SYSTEM), transaction():
        group = await _held(group_id, [leaver])
        if not await _is_in(group_id, leaver):
            raise NotFound
        await rows(
            "UPDATE buddy_member SET left_at = $3 WHERE group_id = $1 AND volunteer_id = $2 "
            "AND left_at IS NULL",
            group_id,
            leaver,
            now,
        )
        await rows(
            "UPDATE buddy_group SET state = 'ended' WHERE id = $1 AND NOT EXISTS (SELECT 1 "
            "FROM buddy_member WHERE group_id = $1 AND left_at IS NULL)",
            group_id,
        )
        await _bind(group)


@acting
async def claim_all(actor: Actor, group_id: UUID, now: datetime, settings: Settings) -> BuddyGroup:
    """Take a seat for everybody in the group, or for nobody. Twice is once.

    Refused with `buddies_too_few`, with a reason of the shift that holds for all, or with
    `buddy_cannot_come`, which names who; why is told to that person alone.
    """
    try:
        async with entered(SYSTEM), transaction():
            await _claim_all(actor, group_id, now, settings)
    except _Hindered as hindered:
        await _tell(hindered, group_id)
        raise hindered.refusal from hindered
    return await get(actor, group_id)


class _Hindered(Exception):
    """One of them cannot have a seat, so nobody gets one."""

    def __init__(self, volunteer_id: UUID, refusal: Conflict, reason: Conflict) -> None:
        self.volunteer_id, self.refusal, self.reason = volunteer_id, refusal, reason
        super().__init__(refusal.reason)


async def _claim_all(actor: Actor, group_id: UUID, now: datetime, settings: Settings) -> None:
    people = [row["volunteer_id"] for row in await rows(_MEMBERS, group_id)]
    group = await _held(group_id, [*people, *await _ahead(group_id, now, settings)])
    members = await rows(_MEMBERS, group_id)
    if not any(each["volunteer_id"] in actor.persons for each in members):
        raise NotFound
    if group["state"] == BuddyState.CLAIMED:
        return
    if group["state"] != BuddyState.GATHERING:
        raise Conflict("buddies_over")
    if len(members) < 2:
        raise Conflict("buddies_too_few")
    if not {each["volunteer_id"] for each in members} <= set(people):
        # Somebody joined while the locks were taken: their calendar is not held.
        raise Conflict("changed_meanwhile")
    # Those who are grown up first: beside them the minors of the group have their seats.
    for member in sorted(members, key=lambda each: (is_minor(each["age"]), each["volunteer_id"])):
        claim_id = await _claim_for(actor, group, member, now, settings)
        await rows(
            "UPDATE buddy_member SET claim_id = $3 WHERE group_id = $1 AND volunteer_id = $2",
            group_id,
            member["volunteer_id"],
            claim_id,
        )
        await notifications.notify(
            "buddies_claimed",
            member["volunteer_id"],
            about=claim_id,
            once=f"buddies_claimed:{group_id}",
            project=group["project_name"],
            starts_at=group["starts_at"],
        )
    await rows("UPDATE buddy_group SET state = 'claimed' WHERE id = $1", group_id)
    await _bind({**group, "state": BuddyState.CLAIMED})


async def _ahead(group_id: UUID, now: datetime, settings: Settings) -> list[UUID]:
    """Who waits for seats of the shift and is asked first: held together with the group, so that
    no lock is taken out of order later."""
    found = await rows("SELECT shift_id FROM buddy_group WHERE id = $1", group_id)
    if not found:
        raise NotFound
    return list(await queues.people_ahead(found[0]["shift_id"], now, settings))


async def _claim_for(
    actor: Actor, group: dict[str, Any], member: dict[str, Any], now: datetime, settings: Settings
) -> UUID:
    volunteer_id = member["volunteer_id"]
    wish = ClaimIn(risk_statement_version=member["risk_statement_version"])
    try:
        taken = await claims.claim(
            await actor_for(volunteer_id), group["shift_id"], wish, now, settings
        )
    except Conflict as reason:
        refusal = reason
        if reason.reason not in _OF_THE_SHIFT and volunteer_id not in actor.persons:
            refusal = Conflict("buddy_cannot_come", name=member["name"])
        raise _Hindered(volunteer_id, refusal, reason) from reason
    if taken.state is not ClaimState.CONFIRMED:
        raise Conflict("buddies_only_instant")
    return taken.id


async def _tell(hindered: _Hindered, group_id: UUID) -> None:
    """Tell the one who cannot have a seat what stands in their way, and nobody else."""
    if hindered.refusal is hindered.reason:
        return
    async with entered(SYSTEM), transaction():
        found = await rows(f"{_GROUP} WHERE g.id = $1", group_id)
        await notifications.notify(
            "buddies_hindered",
            hindered.volunteer_id,
            about=found[0]["shift_id"],
            once=f"buddies_hindered:{group_id}:{hindered.reason.reason}",
            project=found[0]["project_name"],
            starts_at=found[0]["starts_at"],
        )


async def _held(group_id: UUID, people: list[UUID]) -> dict[str, Any]:
    """The group, behind the locks of its shift's seats and of these people."""
    found = await rows("SELECT shift_id FROM buddy_group WHERE id = $1", group_id)
    if not found:
        raise NotFound
    await lock_seats([found[0]["shift_id"]], people)
    await rows("SELECT id FROM buddy_group WHERE id = $1 FOR UPDATE", group_id)
    group = await rows(f"{_GROUP} WHERE g.id = $1", group_id)
    if not group:
        raise NotFound
    return group[0]


def _is_code(group: dict[str, Any], code: str | None) -> bool:
    return code is not None and code == group["code"]


async def _is_in(group_id: UUID, volunteer_id: UUID) -> bool:
    return bool(
        await rows(
            "SELECT 1 FROM buddy_member WHERE group_id = $1 AND volunteer_id = $2 "
            "AND left_at IS NULL",
            group_id,
            volunteer_id,
        )
    )


async def _bind(group: dict[str, Any]) -> None:
    """Let plans keep together who gathers, as long as they have no seats; nobody else."""
    members = [row["volunteer_id"] for row in await rows(_MEMBERS, group["id"])]
    await rows("DELETE FROM together_group WHERE buddy_group_id = $1", group["id"])
    is_waiting = group["state"] == BuddyState.GATHERING and len(members) > 1
    if not (is_waiting and group["is_planned_together"]):
        return
    await rows(
        "INSERT INTO together_group (id, created_at, organisation_id, buddy_group_id) "
        "VALUES ($1, now(), $2, $3)",
        together_id := new_id(),
        group["organisation_id"],
        group["id"],
    )
    await rows(
        "INSERT INTO together_member (id, created_at, group_id, volunteer_id) "
        "SELECT line.id, now(), $1, line.person FROM unnest($2::uuid[], $3::uuid[]) "
        "AS line(id, person)",
        together_id,
        [new_id() for _ in members],
        members,
    )


@as_system
async def end_over(now: datetime) -> int:
    """Groups whose shift has begun without them gather no more; how many ended."""
    async with transaction():
        ended = await rows(
            "UPDATE buddy_group g SET state = 'ended' FROM shift s WHERE s.id = g.shift_id "
            "AND g.state = 'gathering' AND (s.starts_at <= $1 OR s.state = 'called_off') "
            "RETURNING g.id",
            now,
        )
        await rows(
            "DELETE FROM together_group WHERE buddy_group_id = ANY($1::uuid[])",
            [row["id"] for row in ended],
        )
    return len(ended)
