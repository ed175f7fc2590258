"""A held seat as the rest of this package sees it: read, locked, and moved from state to state."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from models.core import ClaimState
from services import rights
from services.database import rows
from services.errors import NotFound
from services.locks import lock_seats
from services.rights import Actor
from services.scope import as_system

_SELECT = """
    SELECT c.id, c.state, c.volunteer_id, c.shift_id, c.role_id, c.organisation_id, c.starts_at,
        c.ends_at, c.asked_until, r.key AS role_key, s.cutoff_minutes, s.state AS shift_state,
        p.risk_statement_version, v.age
    FROM claim c JOIN volunteer v ON v.id = c.volunteer_id JOIN role r ON r.id = c.role_id
        JOIN shift s ON s.id = c.shift_id
        JOIN project p ON p.id = s.project_id
"""


class HeldSeat(msgspec.Struct, frozen=True, kw_only=True):
    """A claim with what decides over it."""

    id: UUID
    state: ClaimState
    volunteer_id: UUID
    shift_id: UUID
    role_id: UUID
    organisation_id: UUID
    starts_at: datetime
    ends_at: datetime
    asked_until: datetime | None
    role_key: str
    cutoff_minutes: int | None
    shift_state: str
    risk_statement_version: int
    age: int


@as_system
async def locked(claim_ids: Collection[UUID], *others: UUID) -> dict[UUID, HeldSeat]:
    """Hold these claims, their shifts and people, and these other people, until the transaction
    ends. The claims as they stand then; those that do not exist are missing."""
    found = await rows(
        "SELECT shift_id, volunteer_id FROM claim WHERE id = ANY($1::uuid[])", list(claim_ids)
    )
    people = {row["volunteer_id"] for row in found}.union(others)
    await lock_seats(sorted({row["shift_id"] for row in found}), sorted(people))
    held = await rows(
        f"{_SELECT} WHERE c.id = ANY($1::uuid[]) ORDER BY c.id FOR UPDATE OF c", list(claim_ids)
    )
    return {row["id"]: msgspec.convert(row, HeldSeat) for row in held}


async def own_locked(actor: Actor, claim_id: UUID) -> HeldSeat:
    """The person's own claim or a ward's, held. NotFound for anybody else's."""
    held = (await locked([claim_id])).get(claim_id)
    if held is None:
        raise NotFound
    rights.require_own(actor, held.volunteer_id)
    return held


@as_system
async def set_state(claim_id: UUID, state: ClaimState, now: datetime) -> None:
    """Move a claim on; the database refuses a way that is not listed."""
    await rows(
        "UPDATE claim SET state = $2, changed_at = $3, asked_until = NULL, "
        "version = version + 1 WHERE id = $1",
        claim_id,
        state.value,
        now,
    )


async def let_go(seat: HeldSeat, now: datetime) -> None:
    """The seat is somebody else's from now on: by way of looking for a stand-in."""
    if seat.state is ClaimState.CONFIRMED:
        await set_state(seat.id, ClaimState.SEEKING_STANDIN, now)
    await set_state(seat.id, ClaimState.HANDED_OVER, now)


@as_system
async def actor_for(volunteer_id: UUID) -> Actor:
    """The account in whose name a standing wish of the person is carried out: their own, or
    that of a guardian. NotFound where nobody signs in for them any more."""
    found = await rows(
        "SELECT a.id, a.display_name FROM account a WHERE a.state = 'active' AND (a.volunteer_id "
        "= $1 OR EXISTS (SELECT 1 FROM guardianship g WHERE g.guardian_id = a.id "
        "AND g.ward_id = $1 AND g.state = 'verified')) "
        "ORDER BY a.volunteer_id IS DISTINCT FROM $1, a.id LIMIT 1",
        volunteer_id,
    )
    if not found:
        raise NotFound
    return Actor(
        account_id=found[0]["id"], name=found[0]["display_name"], volunteer_id=volunteer_id
    )
