"""Insurance: in a dangerous project nobody's seat is confirmed unless a policy covers them (D2).

One policy has to cover the whole time of the shift and everybody on it; the database refuses a
confirmed seat without one too.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import LIVE_STATES, SEAT_STATES, new_id
from services import audit, rights
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.transactions import transaction
from services.types import Instant, Name

_SEATED = [state.value for state in SEAT_STATES]
_LIVE = [state.value for state in LIVE_STATES & SEAT_STATES]

_SELECT = (
    "SELECT i.id, i.project_id, i.insurer, i.number, i.covers_from, i.covers_until, i.people_max, "
    "p.organisation_id FROM insurance_policy i JOIN project p ON p.id = i.project_id"
)
# Shifts to come with people on them that no policy but $3 covers; $2 now, $4 what holds a seat.
_UNCOVERED = (
    "SELECT count(*) AS shifts FROM (SELECT s.id, s.starts_at, s.ends_at, count(c.id) AS people "
    "FROM shift s JOIN claim c ON c.shift_id = s.id AND c.state = ANY($4::varchar[]) "
    "WHERE s.project_id = $1 AND s.ends_at > $2 AND s.state = 'open' GROUP BY s.id) AS s "
    "WHERE NOT EXISTS (SELECT 1 FROM insurance_policy i WHERE i.project_id = $1 "
    "AND i.id IS DISTINCT FROM $3::uuid AND i.covers_from <= s.starts_at "
    "AND i.covers_until >= s.ends_at AND (i.people_max IS NULL OR i.people_max >= s.people))"
)


class PolicyIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A policy as its holder knows it. Without `people_max` it covers any number on one shift."""

    insurer: Name
    number: Name
    covers_from: Instant
    covers_until: Instant
    people_max: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class CoveredShift(msgspec.Struct, frozen=True, kw_only=True):
    """A shift to come and its insurance: `held` people have a seat, `covered` at most may have one
    under the best of the policies that last from its start to its end."""

    id: UUID
    place: str
    starts_at: datetime
    ends_at: datetime
    held: int
    maximum: int
    covered: int
    policy_ids: list[UUID]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy of a project: seen by those who organise it."""

    id: UUID
    project_id: UUID
    insurer: str
    number: str
    covers_from: datetime
    covers_until: datetime
    people_max: int | None = None


@acting
async def add(actor: Actor, project_id: UUID, command: PolicyIn) -> Policy:
    """Write down that a project is insured. `policy_number_taken` for a number that is there."""
    organisation_id = await _organisation_of(actor, project_id, Right.RUN_WORK)
    if command.covers_until <= command.covers_from:
        raise Invalid([Defect("covers_until", "end_not_after_start")])
    policy_id = new_id()
    async with transaction():
        await rows(
            "INSERT INTO insurance_policy (id, created_at, project_id, insurer, number, "
            "covers_from, covers_until, people_max) VALUES ($1, now(), $2, $3, $4, $5, $6, $7)",
            policy_id,
            project_id,
            command.insurer,
            command.number,
            command.covers_from,
            command.covers_until,
            command.people_max,
        )
        await _record(project_id, organisation_id, "added")
    return await get(actor, policy_id)


@acting
async def get(actor: Actor, policy_id: UUID) -> Policy:
    """One policy, for those who may see the project's work."""
    return _view(await _row(actor, policy_id, Right.SEE_WORK))


@acting
async def list_of(actor: Actor, project_id: UUID, query: PageQuery) -> Page[Policy]:
    """The policies of a project, in the order in which they were added."""
    await _organisation_of(actor, project_id, Right.SEE_WORK)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"{_SELECT} WHERE i.project_id = $1 AND ($2::uuid IS NULL OR i.id > $2) "
        "ORDER BY i.id LIMIT $3",
        project_id,
        after,
        query.limit + 1,
    )
    return page_of([_view(row) for row in found], [row["id"] for row in found], query.limit)


@acting
async def coverage(
    actor: Actor, project_id: UUID, now: datetime, most: int = 60
) -> list[CoveredShift]:
    """The project's shifts to come, the next first, each with the policies that last throughout;
    for those who may see its work."""
    await _organisation_of(actor, project_id, Right.SEE_WORK)
    found = await rows(
        "SELECT s.id, s.place, s.starts_at, s.ends_at, seats.held, seats.maximum, "
        "coalesce(least(max(coalesce(i.people_max, seats.maximum)), seats.maximum), 0) AS covered, "
        "coalesce(array_agg(i.id ORDER BY i.id) FILTER (WHERE i.id IS NOT NULL), '{}') "
        "AS policy_ids FROM shift s CROSS JOIN LATERAL (SELECT coalesce(sum(r.held), 0)::int "
        "AS held, coalesce(sum(r.maximum), 0)::int AS maximum FROM role r "
        "WHERE r.shift_id = s.id) AS seats "
        "LEFT JOIN insurance_policy i ON i.project_id = s.project_id "
        "AND i.covers_from <= s.starts_at AND i.covers_until >= s.ends_at "
        "WHERE s.project_id = $1 AND s.state = 'open' AND s.ends_at > $2 "
        "GROUP BY s.id, seats.held, seats.maximum ORDER BY s.starts_at, s.id LIMIT $3",
        project_id,
        now,
        most,
    )
    return msgspec.convert(found, list[CoveredShift])


@acting
async def remove(actor: Actor, policy_id: UUID, now: datetime) -> None:
    """Take a policy away. `policy_needed` where people to come would not be insured any more."""
    async with transaction():
        row = await _row(actor, policy_id, Right.RUN_WORK)
        [project] = await rows(
            "SELECT is_dangerous FROM project WHERE id = $1 FOR NO KEY UPDATE", row["project_id"]
        )
        if project["is_dangerous"]:
            await refuse_uncovered(row["project_id"], now, without=policy_id)
        await rows("DELETE FROM insurance_policy WHERE id = $1", policy_id)
        await _record(row["project_id"], row["organisation_id"], "removed")


@as_system
async def refuse_uncovered(project_id: UUID, now: datetime, without: UUID | None = None) -> None:
    """Refuse with `policy_needed` where people on shifts to come would not be covered.

    In a transaction that holds the project, so that nobody takes a seat meanwhile.
    """
    [found] = await rows(_UNCOVERED, project_id, now, without, _LIVE)
    if found["shifts"]:
        raise Conflict("policy_needed", shifts=found["shifts"])


@as_system
async def refuse_uninsured(shift_id: UUID, volunteer_id: UUID) -> None:
    """Refuse a seat on a dangerous shift that no policy covers with this person on it."""
    found = await rows(
        "SELECT 1 FROM shift s JOIN project p ON p.id = s.project_id WHERE s.id = $1 "
        "AND p.is_dangerous AND NOT EXISTS (SELECT 1 FROM insurance_policy i "
        "WHERE i.project_id = p.id AND i.covers_from <= s.starts_at "
        "AND i.covers_until >= s.ends_at AND (i.people_max IS NULL OR i.people_max > "
        "(SELECT count(*) FROM claim c WHERE c.shift_id = s.id AND c.volunteer_id <> $2 "
        "AND c.state = ANY($3::varchar[]))))",
        shift_id,
        volunteer_id,
        _SEATED,
    )
    if found:
        raise Conflict("insurance")


async def _organisation_of(actor: Actor, project_id: UUID, right: Right) -> UUID:
    found = await rows("SELECT organisation_id FROM project WHERE id = $1", project_id)
    if not found:
        raise NotFound
    await rights.require(actor, right, found[0]["organisation_id"])
    organisation_id: UUID = found[0]["organisation_id"]
    return organisation_id


async def _row(actor: Actor, policy_id: UUID, right: Right) -> dict[str, Any]:
    found = await rows(f"{_SELECT} WHERE i.id = $1", policy_id)
    if not found:
        raise NotFound
    await rights.require(actor, right, found[0]["organisation_id"])
    return found[0]


async def _record(project_id: UUID, organisation_id: UUID, change: str) -> None:
    await audit.record(
        Act.INSURANCE_CHANGED,
        subject_kind="project",
        subject_id=project_id,
        organisation_id=organisation_id,
        change=change,
    )


def _view(row: dict[str, Any]) -> Policy:
    return msgspec.convert({name: row[name] for name in Policy.__struct_fields__}, Policy)
