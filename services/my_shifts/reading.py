"""My shifts: every claim of a person by where it stands, with what can be done with it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from models.core import ClaimState, ShiftState
from services import claims
from services.claims.cutoffs import cutoff_of
from services.claims.reading import SELECT, for_whom, views
from services.database import rows
from services.errors import NotFound
from services.my_shifts import hand_over_reading
from services.my_shifts.types import Act, HandOver, MyShift, MyShiftQuery, Phase
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, acting
from services.settings import Settings

_S = ClaimState
_COMING = "('confirmed','seeking_standin','checked_in')"
_ASKED = "('requested','entered','waitlisted','offered')"
_WHICH = {
    Phase.COMING: f"c.state IN {_COMING} AND c.ends_at > $2",
    Phase.ASKED: f"c.state IN {_ASKED} AND c.ends_at > $2",
    Phase.PAST: f"NOT (c.state IN {_COMING[:-1]},{_ASKED[1:]} AND c.ends_at > $2)",
}
_MORE = """
    SELECT c.id, c.coming_at, c.asked_until, s.cutoff_minutes, s.state AS shift_state,
        (SELECT g.code FROM buddy_member m JOIN buddy_group g ON g.id = m.group_id
            WHERE m.claim_id = c.id AND m.left_at IS NULL ORDER BY m.id DESC LIMIT 1) AS buddy_code,
        (SELECT o.series_id FROM series_outcome o JOIN series z ON z.id = o.series_id
            WHERE o.claim_id = c.id AND z.ended_at IS NULL
            ORDER BY o.id DESC LIMIT 1) AS series_id
    FROM claim c JOIN shift s ON s.id = c.shift_id WHERE c.id = ANY($1::uuid[])
"""


@acting
async def list_mine(
    actor: Actor, query: MyShiftQuery, now: datetime, settings: Settings
) -> Page[MyShift]:
    """The person's claims or a ward's that stand there: what comes by its start, what is past
    with the latest first."""
    order, beyond = ("DESC", "<") if query.phase is Phase.PAST else ("ASC", ">")
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    volunteer_id = for_whom(actor, query.volunteer_id)
    former = actor.former if volunteer_id == actor.volunteer_id else ()
    found = await rows(
        f"{SELECT} WHERE c.volunteer_id = ANY($1::uuid[]) AND {_WHICH[query.phase]} "
        f"AND ($3::timestamptz IS NULL OR (c.starts_at, c.id) {beyond} ($3, $4::uuid)) "
        f"ORDER BY c.starts_at {order}, c.id {order} LIMIT $5",
        [volunteer_id, *former],
        now,
        *after,
        query.limit + 1,
    )
    keys = [(row["starts_at"], row["id"]) for row in found]
    return page_of(await _views(actor, found, now, settings), keys, query.limit)


@acting
async def get(actor: Actor, claim_id: UUID, now: datetime, settings: Settings) -> MyShift:
    """One's own claim or a ward's, with all its acts."""
    found = await rows(f"{SELECT} WHERE c.id = $1", claim_id)
    if not found or found[0]["volunteer_id"] not in actor.records:
        raise NotFound
    [shown] = await _views(actor, found, now, settings)
    return shown


async def _views(
    actor: Actor, found: list[dict[str, Any]], now: datetime, settings: Settings
) -> list[MyShift]:
    ids = [row["id"] for row in found]
    more = {row["id"]: row for row in await rows(_MORE, ids)}
    open_ones = await hand_over_reading.of_claims(actor, ids)
    shown = await views(found)
    return [_view(each, more[each.id], open_ones, now, settings) for each in shown]


def _view(
    claim: claims.Claim,
    more: dict[str, Any],
    open_ones: list[HandOver],
    now: datetime,
    settings: Settings,
) -> MyShift:
    cutoff_at = cutoff_of(claim.shift.starts_at, more["cutoff_minutes"], settings)
    own = (each for each in open_ones if each.claim_id == claim.id and not each.in_return)
    return MyShift(
        id=claim.id,
        claim=claim,
        phase=phase_of(claim, now),
        acts=acts_of(claim, more["asked_until"], cutoff_at, now),
        cutoff_at=cutoff_at,
        coming_at=more["coming_at"],
        asked_until=more["asked_until"],
        is_shift_called_off=more["shift_state"] == ShiftState.CALLED_OFF,
        hand_over=next(own, None),
        swaps=[each for each in open_ones if each.in_return_claim_id == claim.id],
        buddy_code=more["buddy_code"],
        series_id=more["series_id"],
    )


def phase_of(claim: claims.Claim, now: datetime) -> Phase:
    """Where a claim stands for its person at this moment."""
    if claim.shift.ends_at > now:
        if claim.state in (_S.CONFIRMED, _S.SEEKING_STANDIN, _S.CHECKED_IN):
            return Phase.COMING
        if claim.state in (_S.REQUESTED, _S.ENTERED, _S.WAITLISTED, _S.OFFERED):
            return Phase.ASKED
    return Phase.PAST


def acts_of(
    claim: claims.Claim, asked_until: datetime | None, cutoff_at: datetime, now: datetime
) -> list[Act]:
    """What the person can do with it now. A button for each, and none that would be refused."""
    starts_at, ends_at = claim.shift.starts_at, claim.shift.ends_at
    if claim.state is _S.CONFIRMED and ends_at > now:
        if starts_at <= now:
            return [Act.CONFIRM] if asked_until else []
        is_free = asked_until is not None or now <= cutoff_at
        return [Act.CONFIRM, Act.CANCEL if is_free else Act.CANNOT_COME, Act.HAND_OVER]
    if claim.state is _S.SEEKING_STANDIN and ends_at > now:
        return [Act.COME_AFTER_ALL, *([Act.HAND_OVER] if starts_at > now else [])]
    if starts_at > now:
        if claim.state is _S.OFFERED:
            return [Act.ANSWER, Act.WITHDRAW]
        if claim.state in (_S.REQUESTED, _S.ENTERED, _S.WAITLISTED):
            return [Act.WITHDRAW]
    return []
