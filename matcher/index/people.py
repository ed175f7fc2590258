"""Who could take a seat: the cheapest for the plan first, each with what speaks for him."""

import math

import numpy as np

from matcher.index.index import Index
from matcher.index.loops import (
    cheapest_people,
    first_obstacle,
    is_in,
    key_of,
    least_ways,
    liking_of,
    nearest_kept_away,
    whole_metres,
    worth,
)
from matcher.plan import REASONS
from matcher.ranking import (
    LIKES_FROM,
    NEAR_M,
    WORTH_ABOVE,
    WORTH_BELOW_MINIMUM,
    Because,
    Candidate,
    KeptAway,
    Replacements,
)
from matcher.tables.tables import Bools, Floats, Int64s


def replacements(index: Index, role: int, most: int, kept_away_most: int = 5) -> Replacements:
    """Who could take a seat of the role now, whoever sits in it and however full it is.

    A higher score comes first, of equal ones the nearer and then the row; nobody is left out. See
    "Repair and ranking" in docs/matching.md.
    """
    facts, circles = index.facts, index.circles
    shift = int(facts.role[role]["shift"])
    value = worth(facts, role, WORTH_BELOW_MINIMUM, WORTH_ABOVE)
    there = facts.shift[shift]
    ways = least_ways(circles, float(there["longitude"]), float(there["latitude"]))
    candidates: list[Candidate] = []
    if most:
        # Distances are rounded down before they are held against the limit.
        reached = (circles.farthest_m < 0) | (ways < circles.farthest_m + 1)
        ordered = _nearest_first(ways, reached)
        found, count = cheapest_people(facts, circles, ordered, ways, role, most)
        prices, _, places = found[:, :count].tolist()
        candidates = [
            Candidate(
                int(index.row_of[place]),
                value - price,
                way_m(index, place, shift),
                because(index, place, role),
            )
            for price, place in zip(prices, places, strict=True)
        ]
    kept_away: list[KeptAway] = []
    if kept_away_most and not math.isnan(there["longitude"]):
        near = _nearest_first(ways, (ways < NEAR_M + 1) & ~np.isnan(circles.longitude))
        found, count = nearest_kept_away(facts, circles, near, ways, role, kept_away_most, NEAR_M)
        metres, _, places = found[:, :count].tolist()
        kept_away = [
            KeptAway(
                int(index.row_of[place]), way, REASONS[first_obstacle(facts, place, role, way)]
            )
            for way, place in zip(metres, places, strict=True)
        ]
    return Replacements(tuple(candidates), tuple(kept_away))


def _nearest_first(ways: Floats, wanted: Bools) -> Int64s:
    """The circles that are wanted, from the nearest on."""
    rows: Int64s = np.nonzero(wanted)[0]
    return rows[np.argsort(ways[rows], kind="stable")]


def way_m(index: Index, place: int, shift: int) -> int | None:
    """Metres from home to the shift; None where either is unknown."""
    person, asked = index.facts.person[place], index.facts.shift[shift]
    home = float(person["longitude"]), float(person["latitude"])
    there = float(asked["longitude"]), float(asked["latitude"])
    if math.isnan(home[0]) or math.isnan(there[0]):
        return None
    return int(whole_metres(*home, *there))


def because(index: Index, place: int, role: int) -> tuple[Because, ...]:
    """What speaks for the person at this place in this role, the strongest first."""
    facts = index.facts
    shift, person, seats = int(facts.role[role]["shift"]), facts.person[place], facts.role[role]
    cause = int(facts.shift[shift]["cause"])
    way = way_m(index, place, shift)
    found: dict[Because, bool] = {
        "asked_for": bool(is_in(facts.asked, key_of(facts, place, shift))),
        "below_minimum": bool(seats["people"] < seats["min"]),
        "skill_needed": bool(seats["skill"] < facts.role[role + 1]["skill"]),
        "likes_cause": cause >= 0 and int(liking_of(facts, place, cause)) >= LIKES_FROM,
        "near": way is not None and way <= NEAR_M,
        "served_little": bool(person["given"] + person["fairness_base"] == 0),
    }
    return tuple(reason for reason, holds in found.items() if holds)
