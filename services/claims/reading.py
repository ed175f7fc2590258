"""Claims as they are read: by their person, and by those who organise the shift."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from models.core import ClaimState
from services import rights
from services.claims import queues
from services.claims.types import Claim, ClaimQuery, ShiftClaimsQuery
from services.database import rows
from services.errors import NotFound
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.shifts import ShiftBrief

SELECT = """
    SELECT c.id, c.state, c.changed_at, c.volunteer_id, c.shift_id, c.starts_at, c.ends_at,
        r.key AS role_key, r.name AS role_name, v.name AS volunteer_name,
        p.name AS project_name, p.organisation_id, s.place, s.claim_mode,
        (SELECT o.deadline_at FROM offer o WHERE o.claim_id = c.id AND c.state = 'offered')
            AS deadline_at
    FROM claim c JOIN role r ON r.id = c.role_id JOIN volunteer v ON v.id = c.volunteer_id
        JOIN shift s ON s.id = c.shift_id JOIN project p ON p.id = s.project_id
"""


def for_whom(actor: Actor, volunteer_id: UUID | None) -> UUID:
    """The ward who was named, or the person that the account is."""
    if volunteer_id is None:
        return rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    return volunteer_id


@acting
async def get(actor: Actor, claim_id: UUID) -> Claim:
    """A claim, for the person and for those who organise the shift."""
    found = await rows(f"{SELECT} WHERE c.id = $1", claim_id)
    if not found:
        raise NotFound
    if found[0]["volunteer_id"] not in actor.records:
        await rights.require(actor, Right.SEE_CLAIMS, found[0]["organisation_id"])
    return (await views(found))[0]


@acting
async def list_mine(actor: Actor, query: ClaimQuery | PageQuery) -> Page[Claim]:
    """The person's or a ward's claims in every state, those that start last first."""
    named = query.volunteer_id if isinstance(query, ClaimQuery) else None
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    found = await rows(
        f"{SELECT} WHERE c.volunteer_id = ANY($1::uuid[]) "
        "AND ($2::timestamptz IS NULL OR (c.starts_at, c.id) < ($2, $3::uuid)) "
        "ORDER BY c.starts_at DESC, c.id DESC LIMIT $4",
        _records_of(actor, for_whom(actor, named)),
        *after,
        query.limit + 1,
    )
    keys = [(row["starts_at"], row["id"]) for row in found]
    return page_of(await views(found), keys, query.limit)


def _records_of(actor: Actor, volunteer_id: UUID) -> list[UUID]:
    """The person's records: what was claimed on a merged one is theirs as well."""
    former = actor.former if volunteer_id == actor.volunteer_id else ()
    return [volunteer_id, *former]


@acting
async def list_of_shift(
    actor: Actor, shift_id: UUID, query: ShiftClaimsQuery | PageQuery
) -> Page[Claim]:
    """The claims of a shift in the order in which they were made, for those who organise it."""
    state = query.state if isinstance(query, ShiftClaimsQuery) else None
    found = await rows(
        "SELECT p.organisation_id FROM shift s JOIN project p ON p.id = s.project_id "
        "WHERE s.id = $1",
        shift_id,
    )
    if not found:
        raise NotFound
    await rights.require(actor, Right.SEE_CLAIMS, found[0]["organisation_id"])
    after = decode_cursor(query.after, UUID) if query.after else None
    claims = await rows(
        f"{SELECT} WHERE c.shift_id = $1 AND ($2::uuid IS NULL OR c.id > $2) "
        "AND ($4::text IS NULL OR c.state = $4) ORDER BY c.id LIMIT $3",
        shift_id,
        after,
        query.limit + 1,
        state.value if state else None,
    )
    return page_of(await views(claims), [row["id"] for row in claims], query.limit)


async def views(found: Sequence[dict[str, Any]]) -> list[Claim]:
    """The claims of rows of `SELECT`, each that waits with its place."""
    waiting = [row["id"] for row in found if row["state"] == ClaimState.WAITLISTED]
    places = await queues.places(waiting) if waiting else {}
    return [view(row, places.get(row["id"])) for row in found]


def view(row: dict[str, Any], place: int | None = None) -> Claim:
    """The claim of a row of `SELECT`; of one that waits, its place is read beside it."""
    return Claim(
        id=row["id"],
        shift=ShiftBrief(
            id=row["shift_id"],
            project_name=row["project_name"],
            place=row["place"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
        ),
        role_key=row["role_key"],
        role_name=row["role_name"],
        volunteer_id=row["volunteer_id"],
        volunteer_name=row["volunteer_name"],
        state=ClaimState(row["state"]),
        deadline_at=row["deadline_at"],
        waitlist_place=place,
        changed_at=row["changed_at"],
    )
