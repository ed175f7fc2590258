"""What an organiser has before them: the shifts to come, what each waits for, and the projects."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from models.core import SEAT_STATES, ClaimMode, ProjectState
from services import rights
from services.database import rows
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting

View = TypeVar("View", bound=msgspec.Struct)
_SEATED = [state.value for state in SEAT_STATES]
_BELOW = (
    "p.organisation_id IN (SELECT descendant_id FROM organisation_closure "
    "WHERE ancestor_id = ANY($1::uuid[]))"
)
_IN_STATE = "(SELECT count(*) FROM claim c WHERE c.shift_id = s.id AND c.state = '{}')"
# One policy covers the whole time and everybody who has a seat; $3 what holds a seat.
_INSURED = (
    "NOT p.is_dangerous OR EXISTS (SELECT 1 FROM insurance_policy i WHERE i.project_id = p.id "
    "AND i.covers_from <= s.starts_at AND i.covers_until >= s.ends_at "
    "AND (i.people_max IS NULL OR i.people_max >= (SELECT count(*) FROM claim c "
    "WHERE c.shift_id = s.id AND c.state = ANY($3::varchar[]))))"
)
_SHIFTS = f"""
    SELECT s.id, s.project_id, p.name AS project_name, o.name AS organisation_name, s.place,
        s.starts_at, s.ends_at, s.claim_mode, p.state AS project_state, seats.*,
        {_IN_STATE.format("requested")} AS asking, {_IN_STATE.format("waitlisted")} AS waiting,
        {_IN_STATE.format("seeking_standin")} AS seeking, {_INSURED} AS is_insured
    FROM shift s JOIN project p ON p.id = s.project_id
        JOIN organisation o ON o.id = p.organisation_id
        CROSS JOIN LATERAL (SELECT coalesce(sum(r.held), 0)::int AS held,
            coalesce(sum(r.maximum), 0)::int AS maximum,
            coalesce(sum(greatest(r.minimum - r.held, 0)), 0)::int AS missing
            FROM role r WHERE r.shift_id = s.id) AS seats
    WHERE {_BELOW} AND s.state = 'open' AND s.ends_at > $2
        AND ($4::timestamptz IS NULL OR (s.starts_at, s.id) > ($4, $5::uuid))
    ORDER BY s.starts_at, s.id LIMIT $6
"""
_PROJECTS = f"""
    SELECT p.id, p.name, o.name AS organisation_name, p.state, p.is_dangerous, p.is_heavy_risk,
        ahead.*,
        (SELECT count(*) FROM insurance_policy i WHERE i.project_id = p.id
            AND i.covers_until > $2) AS policies
    FROM project p JOIN organisation o ON o.id = p.organisation_id
        CROSS JOIN LATERAL (SELECT count(*)::int AS shifts, min(s.starts_at) AS next_at,
            count(*) FILTER (WHERE NOT ({_INSURED}))::int AS uninsured
            FROM shift s WHERE s.project_id = p.id AND s.state = 'open' AND s.ends_at > $2) AS ahead
    WHERE {_BELOW} AND ($4::uuid IS NULL OR p.id < $4) ORDER BY p.id DESC LIMIT $5
"""


class ShiftToRun(msgspec.Struct, frozen=True, kw_only=True):
    """A shift to come as its organisers see it: `missing` people below the minimum, and how many
    ask for a seat, wait for one, or look for somebody to take theirs."""

    id: UUID
    project_id: UUID
    project_name: str
    organisation_name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    claim_mode: ClaimMode
    is_draft: bool
    held: int
    maximum: int
    missing: int
    asking: int
    waiting: int
    seeking: int
    is_insured: bool


class ProjectToRun(msgspec.Struct, frozen=True, kw_only=True):
    """A project as its organisers see it. Of its `shifts` to come the `uninsured` ones are covered
    by no policy with everybody on them."""

    id: UUID
    name: str
    organisation_name: str
    is_draft: bool
    is_dangerous: bool
    is_heavy_risk: bool
    shifts: int
    next_at: datetime | None
    uninsured: int
    policies: int


@acting
async def shifts_to_come(actor: Actor, query: PageQuery, now: datetime) -> Page[ShiftToRun]:
    """The open shifts at nodes whose claims the account sees, by their start; drafts too."""
    nodes = rights.require_anywhere(actor, Right.SEE_CLAIMS)
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    found = await rows(_SHIFTS, nodes, now, _SEATED, *after, query.limit + 1)
    keys = [(row["starts_at"], row["id"]) for row in found]
    return page_of([_shift(row) for row in found], keys, query.limit)


@acting
async def list_projects(actor: Actor, query: PageQuery, now: datetime) -> Page[ProjectToRun]:
    """The projects at nodes whose work the account sees, the newest first; drafts too."""
    nodes = rights.require_anywhere(actor, Right.SEE_WORK)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(_PROJECTS, nodes, now, _SEATED, after, query.limit + 1)
    return page_of([_project(row) for row in found], [row["id"] for row in found], query.limit)


@acting
async def count_asking(actor: Actor, now: datetime, most: int) -> int:
    """How many people ask for a seat on a shift that the account runs; no more than `most` are
    counted."""
    found = await rows(
        "SELECT 1 FROM claim c JOIN shift s ON s.id = c.shift_id "
        "JOIN project p ON p.id = s.project_id "
        f"WHERE {_BELOW} AND c.state = 'requested' AND s.ends_at > $2 LIMIT $3",
        rights.nodes(actor, Right.RUN_WORK),
        now,
        most,
    )
    return len(found)


def _shift(row: dict[str, Any]) -> ShiftToRun:
    return _viewed({**row, "is_draft": row["project_state"] != ProjectState.PUBLISHED}, ShiftToRun)


def _project(row: dict[str, Any]) -> ProjectToRun:
    return _viewed({**row, "is_draft": row["state"] != ProjectState.PUBLISHED}, ProjectToRun)


def _viewed(row: dict[str, Any], kind: type[View]) -> View:
    return msgspec.convert({name: row[name] for name in kind.__struct_fields__}, kind)
