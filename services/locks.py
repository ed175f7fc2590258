"""The order in which rows are locked, the same for everyone, so that nobody waits in a circle.

Whoever changes seats or claims locks first the projects, then the shifts, then all their roles,
then the people, then the claims, each in the order of their ids. Whoever only reads locks nothing.
"""

from collections.abc import Iterable
from uuid import UUID

from services.database import rows
from services.scope import as_system

_PROJECTS = (
    "SELECT id FROM project WHERE id IN (SELECT project_id FROM shift WHERE id = ANY($1::uuid[])) "
    "ORDER BY id FOR SHARE"
)
_SHIFTS_SHARED = "SELECT id FROM shift WHERE id = ANY($1::uuid[]) ORDER BY id FOR SHARE"
_SHIFTS_ALONE = "SELECT id FROM shift WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_ROLES = "SELECT id FROM role WHERE shift_id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_PEOPLE = "SELECT id FROM volunteer WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"


@as_system
async def lock_seats(shift_ids: Iterable[UUID], volunteer_ids: Iterable[UUID] = ()) -> None:
    """Hold the seats of these shifts and the calendars of these people until the transaction ends.

    Meanwhile nobody else can take or free a seat there, move the shift, reword its risks, or
    promise these people's time elsewhere. Ids that do not exist are passed over.
    """
    shifts = list(shift_ids)
    await rows(_PROJECTS, shifts)
    await rows(_SHIFTS_SHARED, shifts)
    await rows(_ROLES, shifts)
    await rows(_PEOPLE, list(volunteer_ids))


@as_system
async def lock_people(volunteer_ids: Iterable[UUID]) -> None:
    """Hold the calendars of these people, behind the locks of a shift that is held already."""
    await rows(_PEOPLE, list(volunteer_ids))


@as_system
async def lock_shift(shift_id: UUID) -> None:
    """Hold a shift that is about to be changed, and all its seats, until the transaction ends."""
    await rows(_PROJECTS, [shift_id])
    await rows(_SHIFTS_ALONE, [shift_id])
    await rows(_ROLES, [shift_id])


@as_system
async def lock_claim(claim_id: UUID) -> None:
    """Hold a claim, its person and the seats of its shift, until the transaction ends."""
    found = await rows("SELECT shift_id, volunteer_id FROM claim WHERE id = $1", claim_id)
    if found:  # Neither id of a claim ever changes, so they may be read before the locks.
        await lock_seats([found[0]["shift_id"]], [found[0]["volunteer_id"]])
        await rows("SELECT id FROM claim WHERE id = $1 FOR UPDATE", claim_id)
