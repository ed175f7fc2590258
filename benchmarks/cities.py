"""Districts and cities drawn by seed, as columns: `draw_city(2_600_000, 100_000)`.

Every rule has something to say: skills with levels, ages, groups, available hours, limits of
travel, time and number, service promised elsewhere, minima, teams, minors, calls-off, friends,
people apart, promised and forbidden lines, a plan before. People live in neighbourhoods, and shifts
are where people live. The same numbers and seed give the same problem everywhere.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.problem import Horizon, Rules, Weights
from matcher.tables import (
    ANYWHERE,
    NO_LIMIT,
    Assignments,
    Demands,
    Lists,
    People,
    Relations,
    Roles,
    Shifts,
    Spans,
    Tables,
)
from matcher.times import read_time

Array = NDArray[Any]

_START, _OFFSET_MINUTES = read_time("2026-03-02T00:00:00+08:00")
_DAYS, _DAY, _HOUR = 7, 24 * 60, 60
_CENTRE = (121.47, 31.23)
_METRES_PER_DEGREE = 111_195.0

SKILLS = ("first aid", "sign language", "dialect", "driving", "computer", "medicine")
_SKILL_SHARE = np.array([0.3, 0.1, 0.4, 0.3, 0.5, 0.05])
CAUSES = ("elders", "children", "green", "events")
GROUPS = ("Tongji School", "Xinhua Works", "Service Team 7")
_GROUP_SHARE = np.array([0.3, 0.25, 0.2])


@dataclass(frozen=True, slots=True)
class Shape:
    """How far a place reaches, and how people live in it."""

    radius_m: float
    neighbourhoods: int
    neighbourhood_m: float
    travel_m: tuple[int, int]
    unlimited: float
    placeless_people: float
    placeless_shifts: float
    grouped: float


DISTRICT = Shape(9_000, 60, 1_500, (3_000, 12_000), 0.05, 0.01, 0.005, 0.01)
CITY = Shape(32_000, 900, 1_800, (2_000, 7_000), 0.001, 0.0005, 0.0005, 0.01)


def draw_city(people: int, shifts: int, seed: int = 1, shape: Shape = CITY) -> Tables:
    """The columns of a drawn problem, free of defects."""
    return _Draw(people, shifts, seed, shape).tables()


class _Draw:
    def __init__(self, people: int, shifts: int, seed: int, shape: Shape) -> None:
        self._chance = np.random.default_rng([people, shifts, seed])
        self._people_count, self._shift_count, self._shape = people, shifts, shape
        angle = self._chance.uniform(0, 2 * np.pi, shape.neighbourhoods)
        # Denser towards the middle, as cities are.
        away = shape.radius_m * self._chance.beta(1.2, 1.6, shape.neighbourhoods)
        self._centres = np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1)
        self._weight = self._chance.dirichlet(np.full(shape.neighbourhoods, 2.0))

    def tables(self) -> Tables:
        people = self._people()
        shifts, roles = self._shifts(), self._roles()
        shifts = self._with_roles(shifts, roles)
        return Tables(
            horizon=Horizon(_START, _START + _DAYS * _DAY, _OFFSET_MINUTES),
            rules=Rules(),
            weights=Weights(),
            people=people,
            shifts=shifts,
            roles=roles,
            relations=self._relations(people, shifts, roles),
            skills=SKILLS,
            groups=GROUPS,
            causes=CAUSES,
        )

    # ---- people ------------------------------------------------------------------------------

    def _people(self) -> People:
        chance, count, shape = self._chance, self._people_count, self._shape
        longitude, latitude = self._places(count, shape.placeless_people)
        limit = chance.integers(shape.travel_m[0] // 500, shape.travel_m[1] // 500, count) * 500
        limit[chance.random(count) < shape.unlimited] = NO_LIMIT
        minor = chance.random(count) < 0.15
        return People(
            id=_names("v", count),
            longitude=longitude,
            latitude=latitude,
            max_travel_m=limit.astype(np.int64),
            age=np.where(
                minor, chance.integers(15, 18, count), chance.integers(18, 76, count)
            ).astype(np.int32),
            max_minutes=chance.choice(np.array([360, 600, 900, 2400]), count),
            max_minutes_per_day=chance.choice(np.array([300, 480, 600]), count),
            max_shifts=chance.choice(np.array([1, 2, 3, 7]), count),
            served_minutes=chance.choice(np.array([0, 0, 120, 240, 700, 1500, 4000]), count),
            skills=self._levels(chance.random((count, len(SKILLS))) < _SKILL_SHARE, 1, 6),
            groups=_lists(chance.random((count, len(GROUPS))) < _GROUP_SHARE),
            available=self._available(),
            engaged=self._engaged(),
            likes=self._levels(chance.random((count, len(CAUSES))) < 0.4, 0, 4),
        )

    def _places(self, count: int, placeless: float) -> tuple[Array, Array]:
        chance, shape = self._chance, self._shape
        home = chance.choice(len(self._centres), count, p=self._weight)
        metres = self._centres[home] + chance.normal(0, shape.neighbourhood_m, (count, 2))
        latitude = np.round(_CENTRE[1] + metres[:, 1] / _METRES_PER_DEGREE, 5)
        across = _METRES_PER_DEGREE * np.cos(np.radians(_CENTRE[1]))
        longitude = np.round(_CENTRE[0] + metres[:, 0] / across, 5)
        nowhere = chance.random(count) < placeless
        longitude[nowhere] = latitude[nowhere] = ANYWHERE
        return longitude, latitude

    def _levels(self, has: Array, least: int, most: int) -> Demands:
        first, name = _flat(has)
        level = self._chance.integers(least, most, len(name)).astype(np.int8)
        return Demands(first, name, level)

    def _available(self) -> Spans:
        """One block on each of two to four days."""
        chance, count = self._chance, self._people_count
        days = chance.random((count, _DAYS)).argsort(axis=1) < chance.integers(2, 5, count)[:, None]
        first, day = _flat(days)
        start = _START + day * _DAY + chance.choice(np.array([6, 8, 9, 12, 17]), len(day)) * _HOUR
        end = start + chance.choice(np.array([5, 7, 9, 11]), len(day)) * _HOUR
        end = np.minimum(end, _START + (day + 1) * _DAY + 4 * _HOUR)
        return _spans(first, start, end)

    def _engaged(self) -> Spans:
        chance, count = self._chance, self._people_count
        first, _ = _flat((chance.random(count) < 0.05)[:, None])
        size = int(first[-1])
        start = _START + chance.integers(0, _DAYS * 48, size) * 30
        return _spans(first, start, start + chance.choice(np.array([60, 120, 240]), size))

    # ---- shifts ------------------------------------------------------------------------------

    def _shifts(self) -> Shifts:
        chance, count = self._chance, self._shift_count
        longitude, latitude = self._places(count, self._shape.placeless_shifts)
        start = (
            _START + chance.integers(0, _DAYS, count) * _DAY + chance.integers(28, 76, count) * 15
        )
        night = chance.random(count) < 0.02
        start[night] = _START + chance.integers(0, _DAYS - 1, int(night.sum())) * _DAY + 22 * _HOUR
        length = np.where(night, 240, chance.choice(np.array([90, 120, 180, 240]), count))
        team = np.zeros((count, len(SKILLS)), bool)
        asks = chance.random(count) < 0.3
        team[asks, chance.integers(0, len(SKILLS), int(asks.sum()))] = True
        wanted = self._levels(team, 1, 4)
        return Shifts(
            id=_names("s", count),
            project=_names("project ", count),
            start=start,
            end=start + length,
            longitude=longitude,
            latitude=latitude,
            cause=chance.integers(-1, len(CAUSES), count).astype(np.int32),
            priority=chance.choice(np.array([2, 5, 5, 5, 8, 10]), count),
            cancel_below_minimum=chance.random(count) < 0.2,
            first_role=np.zeros(count + 1, np.int64),
            team=wanted,
            team_count=np.ones(len(wanted.name), np.int64),
            invited=self._invited(),
        )

    def _invited(self) -> Lists:
        """A fifth of the shifts ask three people."""
        chance, count = self._chance, self._shift_count
        size = np.where(chance.random(count) < 0.2, min(3, self._people_count), 0)
        first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        step = max(1, self._people_count // 3)
        base = np.repeat(chance.integers(0, step, count), size)
        # Three different people: one in each third.
        turn = np.arange(int(first[-1])) - np.repeat(first[:-1], size)
        return Lists(first, (base + turn * step).astype(np.int32) % self._people_count)

    def _roles(self) -> Roles:
        chance, count = self._chance, self._shift_count
        led = chance.random(count) < 0.5
        roles = np.ones(count, np.int64) + led
        shift = np.repeat(np.arange(count), roles).astype(np.int32)
        size = len(shift)
        is_leader = np.zeros(size, bool)
        is_leader[np.cumsum(roles)[led] - 1] = True
        least = np.where(is_leader, 1, chance.integers(1, 4, size))
        extra = np.where(is_leader, chance.integers(0, 2, size), chance.integers(1, 5, size))
        skilled = np.zeros((size, len(SKILLS)), bool)
        skilled[is_leader, chance.integers(0, len(SKILLS), int(is_leader.sum()))] = True
        asked = np.zeros((size, len(GROUPS)), bool)
        grouped = ~is_leader & (chance.random(size) < 0.1)
        asked[grouped, chance.integers(0, len(GROUPS), int(grouped.sum()))] = True
        return Roles(
            id=np.where(is_leader, "leader", "helper").astype(object),
            shift=shift,
            min=least,
            max=least + extra,
            min_age=np.where(is_leader, chance.choice(np.array([0, 18, 21]), size), 0),
            max_age=np.where(is_leader, chance.choice(np.array([150, 150, 65]), size), 150),
            skills=self._levels(skilled, 1, 4),
            groups=_lists(asked),
        )

    def _with_roles(self, shifts: Shifts, roles: Roles) -> Shifts:
        first = np.searchsorted(roles.shift, np.arange(self._shift_count + 1)).astype(np.int64)
        fields = {name: getattr(shifts, name) for name in Shifts.__slots__}
        return Shifts(**{**fields, "first_role": first})

    # ---- lists that name people and lines ----------------------------------------------------

    def _relations(self, people: People, shifts: Shifts, roles: Roles) -> Relations:
        chance = self._chance
        order = chance.permutation(self._people_count)
        pairs = max(1, int(self._people_count * self._shape.grouped) // 2)
        friends, foes = order[: 2 * pairs], order[2 * pairs : 4 * pairs]
        first = np.arange(0, len(friends) + 1, 2).astype(np.int64)
        promised = self._promised(people, shifts, roles, order[4 * pairs :])
        banned = chance.integers(0, self._people_count, max(1, self._people_count // 50))
        where = chance.integers(0, self._shift_count, len(banned))
        unique = np.unique(np.stack([banned, where]), axis=1).astype(np.int32)
        before = self._promised(people, shifts, roles, order[-(len(order) // 4) :], share=0.05)
        return Relations(
            together=Lists(first, friends.astype(np.int32)),
            apart_one=foes[0::2].astype(np.int32),
            apart_other=foes[1::2].astype(np.int32),
            fixed=promised,
            forbidden_person=unique[0],
            forbidden_shift=unique[1],
            forbidden_reason=np.full(unique.shape[1], "declined", object),
            current_person=before.person,
            current_shift=roles.shift[before.role],
            current_role=before.role,
            current_dropped=1,
        )

    def _promised(
        self, people: People, shifts: Shifts, roles: Roles, who: Array, share: float = 0.02
    ) -> Assignments:
        """One line each for people who are not engaged elsewhere and live near enough."""
        chance = self._chance
        free = who[np.diff(people.engaged.first)[who] == 0]
        wanted = max(1, int(self._shift_count * share))
        asked = chance.choice(self._shift_count, wanted, replace=False)
        role = shifts.first_role[asked].astype(np.int32)
        near = _nearest_free(people, shifts, asked, free)
        return Assignments(near.astype(np.int32), role)


def _nearest_free(people: People, shifts: Shifts, asked: Array, free: Array) -> Array:
    """Somebody near each shift, nobody twice: the free in order of longitude, one place each."""
    by_longitude = free[np.argsort(np.nan_to_num(people.longitude[free]), kind="stable")]
    at = np.searchsorted(
        np.nan_to_num(people.longitude[by_longitude]), np.nan_to_num(shifts.longitude[asked])
    )
    order = np.argsort(at, kind="stable")
    place = np.maximum.accumulate(at[order] - np.arange(len(at))) + np.arange(len(at))
    place = place - max(0, int(place.max(initial=0)) - len(by_longitude) + 1)
    found = np.empty(len(asked), np.int64)
    found[order] = by_longitude[place]
    return found


def _names(prefix: str, count: int) -> Array:
    return np.array([f"{prefix}{number}" for number in range(count)], object)


def _flat(has: Array) -> tuple[Array, Array]:
    """Where each row begins, and the columns that are set, row by row."""
    first = np.concatenate([[0], np.cumsum(has.sum(axis=1))]).astype(np.int64)
    return first, np.nonzero(has)[1].astype(np.int32)


def _lists(has: Array) -> Lists:
    return Lists(*_flat(has))


def _spans(first: Array, start: Array, end: Array) -> Spans:
    nowhere = np.full(len(start), ANYWHERE)
    return Spans(first, start.astype(np.int64), end.astype(np.int64), nowhere, nowhere)
