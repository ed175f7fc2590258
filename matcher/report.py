"""Who got how much: offers and hours before and after a plan, by age, place and newcomers.

Nobody is told apart. A group of fewer than ten people is counted with others, or not shown at all;
people are told to the nearest five and shares to the nearest five in a hundred, so that the
difference of two figures is not about few people either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.columns import Bools, Ints, compile_columns, ints
from matcher.lookup import Lookup
from matcher.obstacles import NOTHING, Obstacles
from matcher.plan import REASONS_VOLUNTEERS_MAX
from matcher.problem import Line, Problem

if TYPE_CHECKING:
    from matcher.tables import Assignments, Tables

Floats = NDArray[np.float64]
Names = NDArray[np.object_]

PEOPLE_LEAST = 10
"""Fewer people than these are never shown by themselves."""
PEOPLE_STEP = 5
SHARE_STEP = 5
PLACES_MOST = 8
CELL_DEGREES = 0.05

AGE_BANDS: tuple[tuple[str, int], ...] = (
    ("under_18", 0),
    ("18_25", 18),
    ("26_35", 26),
    ("36_59", 36),
    ("60_plus", 60),
)
NEWCOMERS, OTHERS = "newcomers", "served_before"
REST, NOWHERE = "rest", "no_home"
"""Names of groups beside those that the data give."""

LINES_FROM: tuple[int, ...] = (0, 1, 2, 3, 4)
HOURS_FROM: tuple[int, ...] = (0, 1, 4, 8, 16, 40)
"""Where the bars of the distributions begin; the last is open, and 0 hours is nothing at all."""

MINUTES_PER_HOUR = 60
_BLOCK_VOLUNTEERS = 1024
# More cells than there are around the earth, on either side of nought.
_CELLS_AROUND = 20_000


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of some people: mean, median, and the Gini coefficient, 0 where all have the same."""

    mean: float
    median: float
    gini: float


@dataclass(frozen=True, slots=True)
class Group:
    """Some people: how many, to the nearest five, and what they had and got.

    `with_offer` is the share in a hundred who are on any line of the plan, `waiting` the share who
    served nothing in the fairness window before and get nothing now: the longest wait that a
    problem tells of. Both to the nearest five. `lines` is the mean number of lines.
    """

    name: str
    people: int
    with_offer: int
    waiting: int
    lines: float
    before: Hours
    after: Hours


@dataclass(frozen=True, slots=True)
class Bar:
    """The share of people in a hundred from this number on, to the nearest five; None where they
    are one to nine."""

    start: int
    share: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """The distribution of a plan. Groups of less than ten are in `rest`, or nowhere.

    `could_serve`: of those who wait, the share for whom some role was open by H1 to H3 and H14;
    None where nobody waits, few do, or there are too many people to ask.
    """

    everybody: Group | None
    by_age: tuple[Group, ...]
    by_place: tuple[Group, ...]
    by_newcomer: tuple[Group, ...]
    lines: tuple[Bar, ...]
    hours_before: tuple[Bar, ...]
    hours_after: tuple[Bar, ...]
    could_serve: int | None


@dataclass(frozen=True, slots=True)
class _People:
    """One row for each person."""

    age: Ints
    served: Ints
    lines: Ints
    minutes: Ints
    place: tuple[Ints, list[str]]
    could: Bools | None


def report(
    problem: Problem, assignments: Sequence[Line], places: Mapping[str, str] | None = None
) -> Report:
    """The distribution of these lines, all of which name something.

    `places` names the place of each volunteer by id; without it, it is the cell of a grid in which
    the home lies, by its south-western corner.
    """
    lookup = Lookup(problem)
    row = {each.id: place for place, each in enumerate(problem.volunteers)}
    who = ints([row[line.volunteer] for line in assignments])
    minutes = ints([lookup.shifts[line.shift].minutes for line in assignments])
    people = len(problem.volunteers)
    homes = np.array(
        [each.location or (np.nan, np.nan) for each in problem.volunteers], np.float64
    ).reshape(-1, 2)
    place = cells(homes[:, 0], homes[:, 1])
    if places is not None:
        place = _numbered([places.get(each.id, NOWHERE) for each in problem.volunteers])
    return _report(
        _People(
            age=ints([each.age for each in problem.volunteers]),
            served=ints([each.served_minutes for each in problem.volunteers]),
            lines=np.bincount(who, minlength=people).astype(np.int64),
            minutes=np.bincount(who, minutes, minlength=people).astype(np.int64),
            place=place,
            could=_could(problem) if people <= REASONS_VOLUNTEERS_MAX else None,
        )
    )


def report_of_tables(tables: "Tables", lines: "Assignments", places: Names | None = None) -> Report:
    """The same of columns; `places` has a name for each person."""
    people, shifts = tables.people, tables.shifts
    place = cells(people.longitude, people.latitude)
    if places is not None:
        place = _numbered(places.tolist())
    length = shifts.end - shifts.start
    who = lines.person.astype(np.int64)
    minutes = length[tables.roles.shift[lines.role]]
    return _report(
        _People(
            age=people.age.astype(np.int64),
            served=people.served_minutes,
            lines=np.bincount(who, minlength=len(people)).astype(np.int64),
            minutes=np.bincount(who, minutes, minlength=len(people)).astype(np.int64),
            place=place,
            could=None,
        )
    )


def cells(longitude: Floats, latitude: Floats) -> tuple[Ints, list[str]]:
    """For each home the number of its cell, and the cells' names; the first is `NOWHERE`."""
    known = ~np.isnan(longitude)
    east, north = (np.floor(each[known] / CELL_DEGREES) for each in (longitude, latitude))
    # One number for both, so that millions of homes are sorted as whole numbers.
    corners, of_person = np.unique(
        (north * _CELLS_AROUND + east).astype(np.int64), return_inverse=True
    )
    code = np.zeros(len(longitude), np.int64)
    code[known] = of_person.ravel() + 1
    return code, [NOWHERE, *(_cell_name(corner) for corner in corners.tolist())]


def _cell_name(corner: int) -> str:
    north = round(corner / _CELLS_AROUND)
    east = corner - north * _CELLS_AROUND
    return f"{north * CELL_DEGREES:.2f}, {east * CELL_DEGREES:.2f}"


def _numbered(names: Sequence[str]) -> tuple[Ints, list[str]]:
    """Names as numbers, and what they stand for."""
    known = {name: row for row, name in enumerate(dict.fromkeys(names))}
    return ints([known[name] for name in names]), list(known)


def gini(values: Floats) -> float:
    """0 where all are the same, near 1 where one has everything; 0 where nobody has anything."""
    total = float(values.sum())
    if total <= 0:
        return 0.0
    ordered = np.sort(values)
    ranks = np.arange(1, len(ordered) + 1)
    return float(2 * (ranks @ ordered) / (len(ordered) * total) - (len(ordered) + 1) / len(ordered))


def _could(problem: Problem) -> Bools:
    """Whom nothing keeps from some role, plan or no plan."""
    columns = compile_columns(problem)
    obstacles, roles = Obstacles(columns), np.arange(len(columns.role_max))
    people = len(problem.volunteers)
    found = np.zeros(people, bool)
    for first in range(0, people if roles.size else 0, _BLOCK_VOLUNTEERS):
        block = slice(first, min(first + _BLOCK_VOLUNTEERS, people))
        found[block] = (obstacles.first(block, roles) == NOTHING).any(axis=1)
    return found


def _report(people: _People) -> Report:
    is_new = people.served == 0
    edges = [start for _, start in AGE_BANDS]
    band = np.searchsorted(edges, people.age, side="right") - 1
    waits = is_new & (people.lines == 0)
    after = people.served + people.minutes
    return Report(
        everybody=_group("everybody", people, np.ones(len(people.age), bool)),
        by_age=_groups(people, band, [name for name, _ in AGE_BANDS], range(len(AGE_BANDS))),
        by_place=_groups(people, *people.place, _largest(*people.place)),
        by_newcomer=_groups(people, 1 - is_new.astype(np.int64), [NEWCOMERS, OTHERS], (0, 1)),
        lines=_bars(people.lines, ints(LINES_FROM), LINES_FROM),
        hours_before=_hour_bars(people.served),
        hours_after=_hour_bars(after),
        could_serve=_share_of(people.could, waits),
    )


def _share_of(could: Bools | None, waits: Bools) -> int | None:
    people = int(np.count_nonzero(waits))
    if could is None or people < PEOPLE_LEAST:
        return None
    return _share(int(np.count_nonzero(could & waits)), people)


def _largest(place: Ints, names: Sequence[str]) -> list[int]:
    """The places with most people, those with most first; the others are the rest."""
    counts = np.bincount(place, minlength=len(names))
    order = sorted(range(len(names)), key=lambda at: (-counts[at], names[at]))
    return order[:PLACES_MOST]


def _groups(
    people: _People, code: Ints, names: Sequence[str], wanted: Sequence[int]
) -> tuple[Group, ...]:
    """A group for each number that has people enough; those that have not are counted together."""
    size = np.bincount(code, minlength=len(names))
    shown = [each for each in wanted if size[each] >= PEOPLE_LEAST]
    # A rest of less than ten would be told by taking the others from everybody.
    while shown and 0 < len(code) - int(size[shown].sum()) < PEOPLE_LEAST:
        shown.remove(min(shown, key=lambda each: (size[each], names[each])))
    found = [_group(names[each], people, code == each) for each in shown]
    found.append(_group(REST, people, ~np.isin(code, ints(shown))))
    return tuple(each for each in found if each is not None)


def _group(name: str, people: _People, members: Bools) -> Group | None:
    count = int(np.count_nonzero(members))
    if count < PEOPLE_LEAST:
        return None
    lines, served = people.lines[members], people.served[members]
    nothing = lines == 0
    return Group(
        name=name,
        people=_rounded(count, PEOPLE_STEP),
        with_offer=_share(count - int(np.count_nonzero(nothing)), count),
        waiting=_share(int(np.count_nonzero(nothing & (served == 0))), count),
        lines=round(float(lines.mean()), 2),
        before=_hours(served),
        after=_hours(served + people.minutes[members]),
    )


def _hours(minutes: Ints) -> Hours:
    hours = minutes / MINUTES_PER_HOUR
    return Hours(
        mean=round(float(hours.mean()), 1),
        median=round(float(np.median(hours)), 1),
        gini=round(gini(hours), 2),
    )


def _hour_bars(minutes: Ints) -> tuple[Bar, ...]:
    # The first bar is nothing at all; whoever served a minute is in the second.
    edges = ints([0, 1, *(hour * MINUTES_PER_HOUR for hour in HOURS_FROM[2:])])
    return _bars(minutes, edges, HOURS_FROM)


def _bars(values: Ints, edges: Ints, starts: Sequence[int]) -> tuple[Bar, ...]:
    people = len(values)
    counts = np.bincount(
        np.searchsorted(edges, values, side="right") - 1, minlength=len(edges)
    ).tolist()
    if people < PEOPLE_LEAST:
        return ()
    return tuple(
        Bar(start, None if 0 < count < PEOPLE_LEAST else _share(count, people))
        for start, count in zip(starts, counts, strict=True)
    )


def _share(count: int, people: int) -> int:
    return _rounded(100 * count / people, SHARE_STEP)


def _rounded(amount: float, step: int) -> int:
    """The nearest multiple of the step, the half upwards."""
    return int(amount / step + 0.5) * step
