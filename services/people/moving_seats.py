"""The seats that somebody holds, moved to the record that goes on.

A claim stays with its person and its shift for ever, so each is given back and made anew in one
transaction: nobody can take the seat in between.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from models.core import ClaimState, new_id
from services.claim_endings import GIVEN_BACK
from services.database import rows
from services.errors import Conflict
from services.locks import lock_seats

_S = ClaimState
_MOVED: Final = (*GIVEN_BACK, _S.SEEKING_STANDIN)
_LIVE = (
    "SELECT c.id, c.shift_id, c.role_id, c.state, c.starts_at, c.ends_at, "
    "c.risk_statement_version, c.queue_place FROM claim c WHERE c.volunteer_id = $1 "
    "AND c.starts_at > $2 AND c.state = ANY($3::varchar[]) ORDER BY c.id"
)
_CLASHES = (
    "SELECT count(DISTINCT a.shift_id) AS shifts FROM claim a JOIN claim b ON b.volunteer_id = $2 "
    "AND b.shift_id <> a.shift_id AND b.state = ANY($4::varchar[]) "
    "AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at) "
    "WHERE a.volunteer_id = $1 AND a.starts_at > $3 AND a.state = ANY($4::varchar[])"
)


async def live_shifts(volunteer_id: UUID, now: datetime) -> list[UUID]:
    """The shifts to come on which the person holds something: to be locked before their people."""
    found = await rows(_LIVE, volunteer_id, now, [state.value for state in _MOVED])
    return sorted({row["shift_id"] for row in found})


async def move_seats(kept: UUID, merged: UUID, now: datetime) -> None:
    """Let `kept` hold what `merged` holds of shifts to come. Where both hold a seat on one shift,
    one of the two is given back: a person has one. Refused with `merge_claims_clash` where they
    hold seats on different shifts at one time."""
    live = [state.value for state in (*_MOVED, _S.CHECKED_IN)]
    [clashing] = await rows(_CLASHES, merged, kept, now, live)
    if clashing["shifts"]:
        raise Conflict("merge_claims_clash", shifts=clashing["shifts"])
    held = await rows(_LIVE, merged, now, [state.value for state in _MOVED])
    await lock_seats([row["shift_id"] for row in held])
    mine = {
        row["shift_id"]
        for row in await rows(
            "SELECT shift_id FROM claim WHERE volunteer_id = $1 AND state = ANY($2::varchar[])",
            kept,
            live,
        )
    }
    await _copy_signatures(kept, merged)
    for claim in held:
        await _give_back(claim, now)
        if claim["shift_id"] not in mine:
            await _take(kept, claim, now)
    await _move_consents(kept, merged, [row["shift_id"] for row in held])


async def _give_back(claim: dict[str, Any], now: datetime) -> None:
    state = ClaimState(claim["state"])
    if state is _S.SEEKING_STANDIN:  # There is no other way out that is the person's own.
        await _set_state(claim["id"], _S.CONFIRMED, now)
        state = _S.CONFIRMED
    await _set_state(claim["id"], GIVEN_BACK[state], now)
    await rows(
        "UPDATE offer SET answered_at = $2 WHERE claim_id = $1 AND answered_at IS NULL",
        claim["id"],
        now,
    )


async def _take(kept: UUID, claim: dict[str, Any], now: datetime) -> None:
    state = ClaimState(claim["state"])
    first = _S.CONFIRMED if state is _S.SEEKING_STANDIN else state
    claim_id = new_id()
    await rows(
        "INSERT INTO claim (id, created_at, changed_at, shift_id, role_id, volunteer_id, state, "
        "starts_at, ends_at, version, risk_statement_version, queue_place) "
        "VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)",
        claim_id,
        now,
        claim["shift_id"],
        claim["role_id"],
        kept,
        first.value,
        claim["starts_at"],
        claim["ends_at"],
        claim["risk_statement_version"],
        claim["queue_place"],
    )
    if state is not first:
        await _set_state(claim_id, state, now)
    # An offer follows its claim; the person has the same time to answer.
    await rows(
        "UPDATE offer SET claim_id = $1, answered_at = NULL WHERE claim_id = $2 AND answered_at = "
        "$3",
        claim_id,
        claim["id"],
        now,
    )


async def _set_state(claim_id: UUID, state: ClaimState, now: datetime) -> None:
    await rows(
        "UPDATE claim SET state = $2, changed_at = $3, version = version + 1 WHERE id = $1",
        claim_id,
        state.value,
        now,
    )


async def _copy_signatures(kept: UUID, merged: UUID) -> None:
    """What the person signed on either record they have signed: no signature is ever changed, so
    the kept record has one of the same moment."""
    await rows(
        "INSERT INTO agreement_signature (id, created_at, volunteer_id, agreement_id, signed_at) "
        "SELECT gen_random_uuid(), created_at, $1, agreement_id, signed_at "
        "FROM agreement_signature WHERE volunteer_id = $2 "
        "ON CONFLICT (volunteer_id, agreement_id) DO NOTHING",
        kept,
        merged,
    )


async def _move_consents(kept: UUID, merged: UUID, shift_ids: list[UUID]) -> None:
    """A guardian's yes to a shift goes with the seat on it."""
    await rows(
        "UPDATE activity_consent a SET volunteer_id = $1 WHERE a.volunteer_id = $2 "
        "AND a.shift_id = ANY($3::uuid[]) AND NOT EXISTS (SELECT 1 FROM activity_consent mine "
        "WHERE mine.volunteer_id = $1 AND mine.shift_id = a.shift_id)",
        kept,
        merged,
        shift_ids,
    )
