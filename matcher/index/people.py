"""Who could take a seat: the cheapest for the plan first, each with what speaks for him."""

import math
from dataclasses import dataclass
from typing import Literal

from matcher.index.index import Index
from matcher.index.loops import (
    cheapest_people,
    first_obstacle,
    is_in,
    key_of,
    liking_of,
    nearest_kept_away,
    whole_metres,
    worth,
)
from matcher.plan import REASONS, Reason

Because = Literal[
    "asked_for",  # the organiser invited this person
    "below_minimum",  # the role lacks people to its minimum
    "skill_needed",  # the role asks for a skill, and the person has it
    "likes_cause",  # 2 or 3 of 3
    "near",  # within `NEAR_M`, both places known
    "served_little",  # nothing given in this plan, and less than four hours in the window before
]

NEAR_M = 3_000
LIKES_FROM = 2
# What a seat is worth for each unit of priority, in units of cost: up to the minimum, and above.
WORTH_BELOW_MINIMUM, WORTH_ABOVE = 20, 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who could take the seat, by row; a higher `score` is better.

    `way_m` is home to shift, None where either is unknown.
    """

    person: int
    score: int
    way_m: int | None
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class KeptAway:
    """A person who lives near, by row, and the first thing in the way."""

    person: int
    way_m: int
    obstacle: Reason


@dataclass(frozen=True, slots=True)
class Replacements:
    """The best first; of those who cannot, the nearest first."""

    candidates: tuple[Candidate, ...]
    kept_away: tuple[KeptAway, ...]


def replacements(index: Index, role: int, most: int, kept_away_most: int = 5) -> Replacements:
    """Who could take a seat of the role now, whoever sits in it and however full it is.

    A higher score comes first, of equal ones the nearer and then the row; nobody is left out. See
    "Repair and ranking" in docs/matching.md.
    """
    facts, circles = index.facts, index.circles
    shift = int(facts.role[role]["shift"])
    value = worth(facts, role, WORTH_BELOW_MINIMUM, WORTH_ABOVE)
    candidates: list[Candidate] = []
    if most:
        prices, _, places = cheapest_people(facts, circles, role, most).tolist()
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
    if kept_away_most:
        ways, _, places = nearest_kept_away(facts, circles, role, kept_away_most, NEAR_M).tolist()
        kept_away = [
            KeptAway(
                int(index.row_of[place]), way, REASONS[first_obstacle(facts, place, role, way)]
            )
            for way, place in zip(ways, places, strict=True)
        ]
    return Replacements(tuple(candidates), tuple(kept_away))


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
