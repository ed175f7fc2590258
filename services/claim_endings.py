"""How claims end when their person gives them back, or when they may not go on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from models.core import ClaimState
from services import minor_alarms
from services.database import rows
from services.locks import lock_seats
from services.scope import as_system

_S = ClaimState
GIVEN_BACK: Final[Mapping[ClaimState, ClaimState]] = {
    _S.REQUESTED: _S.WITHDRAWN,
    _S.ENTERED: _S.WITHDRAWN,
    _S.WAITLISTED: _S.WITHDRAWN,
    _S.OFFERED: _S.WITHDRAWN,
    _S.CONFIRMED: _S.CANCELLED,
}
"""What each live state becomes when the person withdraws."""

ENDED: Final[Mapping[ClaimState, ClaimState]] = {
    **GIVEN_BACK,
    _S.SEEKING_STANDIN: _S.CALLED_OFF,
}
"""What each live state becomes when the person can serve no more."""

_END = (
    "UPDATE claim c SET state = ending.target, changed_at = $4, version = c.version + 1 "
    "FROM unnest($2::varchar[], $3::varchar[]) AS ending(origin, target) "
    "WHERE c.id = ANY($1::uuid[]) AND c.state = ending.origin RETURNING c.id"
)


@as_system
async def end_future(
    volunteer_id: UUID, now: datetime, *, shift_id: UUID | None = None
) -> list[UUID]:
    """End what the person holds of shifts that have not begun (of one shift, if it is named).

    Part of the caller's transaction. Seats are free from then on; open offers count as answered.
    The claims that ended.
    """
    found = await rows(
        "SELECT DISTINCT shift_id FROM claim WHERE volunteer_id = $1 AND starts_at > $2 "
        "AND state = ANY($3::varchar[]) AND ($4::uuid IS NULL OR shift_id = $4)",
        volunteer_id,
        now,
        [state.value for state in ENDED],
        shift_id,
    )
    shifts = [row["shift_id"] for row in found]
    await lock_seats(shifts, [volunteer_id])
    held = await rows(
        "SELECT id FROM claim WHERE volunteer_id = $1 AND shift_id = ANY($2::uuid[]) "
        "AND starts_at > $3 ORDER BY id FOR UPDATE",
        volunteer_id,
        shifts,
        now,
    )
    ended = await rows(
        _END,
        [row["id"] for row in held],
        [state.value for state in ENDED],
        [state.value for state in ENDED.values()],
        now,
    )
    ids = [row["id"] for row in ended]
    await rows(
        "UPDATE offer SET answered_at = $2 WHERE claim_id = ANY($1::uuid[]) "
        "AND answered_at IS NULL",
        ids,
        now,
    )
    await minor_alarms.ask_to_look(shifts)
    return ids
