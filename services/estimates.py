"""How likely somebody is to answer and to come: for the size of waves and stand-bys, nothing else.

A person's rate is drawn towards that of everybody (Beta-binomial; the pool's Beta is fitted by
moments), so that one missed message says next to nothing. Declining is an answer like any other:
whoever says no in time loses nothing here either. Nobody is ranked or refused by these numbers for
an ordinary shift; `tests/house/test_estimates.py` keeps other parts of the house from reading
them, and each person sees their own.
"""

from uuid import UUID

import msgspec

from services import rights
from services.database import rows
from services.rights import Actor, acting
from services.scope import SYSTEM, entered

PEOPLE_MIN = 20
"""Of fewer people no pool can be fitted: then `UNINFORMED` stands in for it."""
LATEST_MAX = 20_000
"""So many offers, or claims, the latest ones, are enough to fit the pool."""
STRENGTH_MIN, STRENGTH_MAX = 2.0, 200.0


class Beta(msgspec.Struct, frozen=True, kw_only=True):
    """What is believed of a rate: as if one had seen `yes` successes and `no` failures."""

    yes: float
    no: float

    @property
    def mean(self) -> float:
        return self.yes / (self.yes + self.no)


UNINFORMED = Beta(yes=1.0, no=1.0)


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A rate, and from what it is known: so often out of so often, beside the pool's rate."""

    rate: float
    times: int
    out_of: int
    of_everybody: float


class Estimates(msgspec.Struct, frozen=True, kw_only=True):
    """What is estimated of one person. `answering`: to answer an offer at all, with yes or no.
    `coming`: to come to a seat that was promised."""

    answering: Estimate
    coming: Estimate


# An offer that was withdrawn or called off asked nothing in the end; one still open is no silence.
_ANSWERING = """
    SELECT c.volunteer_id AS person, count(*) FILTER (WHERE c.state <> 'expired') AS times,
        count(*) AS out_of
    FROM {offers} o JOIN claim c ON c.id = o.claim_id
    WHERE c.state NOT IN ('offered', 'withdrawn')
        AND NOT (c.state = 'called_off' AND o.answered_at IS NULL)
        AND ($1::uuid IS NULL OR c.volunteer_id = $1)
    GROUP BY 1
"""
# Whoever cancelled in time, handed the seat over or was excused has not failed to come.
_COMING = """
    SELECT c.volunteer_id AS person,
        count(*) FILTER (WHERE c.state IN ('checked_in', 'served')) AS times, count(*) AS out_of
    FROM {claims} c
    WHERE c.state IN ('checked_in', 'served', 'no_show', 'late_cancelled')
        AND ($1::uuid IS NULL OR c.volunteer_id = $1)
    GROUP BY 1
"""
_ALL = {"offers": "offer", "claims": "claim"}
_LATEST = {
    table: f"(SELECT * FROM {name} ORDER BY id DESC LIMIT {LATEST_MAX})"
    for table, name in _ALL.items()
}
"""Ids rise in the order of making, so that the latest are read from the end of the index."""


@acting
async def of_person(actor: Actor, volunteer_id: UUID) -> Estimates:
    """What is estimated of oneself or a ward."""
    rights.require_own(actor, volunteer_id)
    async with entered(SYSTEM):
        return Estimates(
            answering=await _estimate(_ANSWERING, volunteer_id),
            coming=await _estimate(_COMING, volunteer_id),
        )


async def _estimate(statement: str, volunteer_id: UUID) -> Estimate:
    own = await rows(statement.format(**_ALL), volunteer_id)
    times, out_of = (own[0]["times"], own[0]["out_of"]) if own else (0, 0)
    pool = fitted(await _pool(statement))
    return Estimate(
        rate=updated(pool, times, out_of).mean,
        times=times,
        out_of=out_of,
        of_everybody=pool.mean,
    )


async def _pool(statement: str) -> list[tuple[int, int]]:
    found = await rows(statement.format(**_LATEST), None)
    return [(row["times"], row["out_of"]) for row in found]


def updated(belief: Beta, times: int, out_of: int) -> Beta:
    """What is believed after so many successes out of so many tries."""
    return Beta(yes=belief.yes + times, no=belief.no + out_of - times)


def fitted(counts: list[tuple[int, int]]) -> Beta:
    """The Beta whose beta-binomial has the mean and spread of these (successes, tries).

    People who differ no more than chance would have them give the strongest belief that is
    allowed, people who differ wildly the weakest.
    """
    tried = [(times, out_of) for times, out_of in counts if out_of]
    if len(tried) < PEOPLE_MIN:
        return UNINFORMED
    total = sum(out_of for _, out_of in tried)
    # One success and one failure more: a pool in which all succeeded is not thought infallible.
    mean = (sum(times for times, _ in tried) + 1) / (total + 2)
    strength = _strength(tried, mean, total)
    return Beta(yes=mean * strength, no=(1 - mean) * strength)


def _strength(tried: list[tuple[int, int]], mean: float, total: int) -> float:
    """By moments (Kleinman 1973): the spread of the rates beyond the binomial's is 1/(strength+1)
    of mean · (1 - mean)."""
    squares = sum(n * (times / n - mean) ** 2 for times, n in tried)
    people = len(tried)
    excess = total - sum(n * n for _, n in tried) / total - (people - 1)
    expected = mean * (1 - mean)
    if excess <= 0:  # Nobody was tried twice: nothing tells people from chance.
        return STRENGTH_MAX
    beyond = (squares - expected * (people - 1)) / (expected * excess)
    if beyond <= 0:
        return STRENGTH_MAX
    return min(STRENGTH_MAX, max(STRENGTH_MIN, 1 / beyond - 1))
