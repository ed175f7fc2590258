"""People as the loops read them: in small cells of neighbours, the cheapest of each cell first.

A cell is a ball in space around some homes. Whatever is far from the ball is far from all of them,
also across the poles and the line where longitudes begin again. That a cell is small makes a count
fast; that its ball holds its people is all that a bound relies on.
"""

import numpy as np

from matcher.bounds.records import ANY_DISTANCE, Cells, Crowd
from matcher.problem import MINUTES_PER_DAY
from matcher.score import SERVED_UNIT_MINUTES, SERVED_UNITS_MOST
from matcher.tables.parts import people_in_order
from matcher.tables.seating import owners
from matcher.tables.tables import NO_LIMIT, Bools, Floats, Int64s, People, Tables

_PEOPLE_PER_CELL = 32
_ROUNDING = 1e-9


def crowd_of(tables: Tables, prices: Int64s) -> tuple[Crowd, Cells, Int64s]:
    """The people, their cells, and the row of each in `tables`."""
    order, first = _in_cells(tables.people, prices)
    people = people_in_order(tables.people, order)
    minutes, shifts = _left(tables, people)
    engaged, horizon = people.engaged, tables.horizon
    crowd = Crowd(
        price=prices[order].astype(np.int64),
        longitude=people.longitude,
        latitude=np.radians(people.latitude),
        space=space_of(people.longitude, people.latitude),
        limit_m=np.where(people.max_travel_m == NO_LIMIT, ANY_DISTANCE, people.max_travel_m),
        age=people.age.astype(np.int64),
        minutes=minutes,
        day_minutes=people.max_minutes_per_day,
        shifts=shifts,
        base=np.minimum(SERVED_UNITS_MOST, people.served_minutes // SERVED_UNIT_MINUTES),
        skill_first=people.skills.first,
        skill=people.skills.name,
        skill_level=people.skills.level,
        group_first=people.groups.first,
        group=people.groups.item,
        free_first=people.available.first,
        free_start=people.available.start,
        free_end=people.available.end,
        like_first=people.likes.first,
        like=people.likes.name,
        like_level=people.likes.level,
        engaged_first=engaged.first,
        engaged_start=engaged.start,
        engaged_end=engaged.end,
        engaged_day=(engaged.start + horizon.offset_minutes) // MINUTES_PER_DAY,
        engaged_counts=_is_inside(tables, engaged.start),
        engaged_longitude=engaged.longitude,
        engaged_latitude=np.radians(engaged.latitude),
    )
    return crowd, _cells(crowd, first), order


def space_of(longitude: Floats, latitude: Floats) -> Floats:
    """Places in degrees as points (n, 3) on a sphere of radius 1; not a number for nowhere."""
    across, up = np.radians(longitude), np.radians(latitude)
    around = np.cos(up)
    return np.stack([around * np.cos(across), around * np.sin(across), np.sin(up)], axis=1)


def _is_inside(tables: Tables, start: Int64s) -> Bools:
    """Service elsewhere counts in H6 only where it starts inside the horizon."""
    horizon = tables.horizon
    found: Bools = (start >= horizon.start_minute) & (start < horizon.end_minute)
    return found


def _left(tables: Tables, people: People) -> tuple[Int64s, Int64s]:
    """Minutes and shifts that service promised elsewhere leaves everybody."""
    engaged = people.engaged
    inside = _is_inside(tables, engaged.start)
    owner = owners(engaged.first)[inside]
    minutes = people.max_minutes.astype(np.int64)
    np.subtract.at(minutes, owner, (engaged.end - engaged.start)[inside])
    shifts = people.max_shifts - np.bincount(owner, minlength=len(people))
    return minutes, shifts


# ---- cells -----------------------------------------------------------------------------------


def _in_cells(people: People, prices: Int64s) -> tuple[Int64s, Int64s]:
    """Everybody cell by cell, in each cell the cheapest first; where each cell begins.

    Whoever goes anywhere, and whoever has no home, is in cells of their own: no other cell is
    then looked at for their sake.
    """
    kind = np.where(np.isnan(people.longitude), 2, people.max_travel_m == NO_LIMIT)
    strip = np.zeros(len(people), np.int64)
    for each in range(3):
        rows = np.nonzero(kind == each)[0]
        strips = max(1, int(np.sqrt(len(rows) / _PEOPLE_PER_CELL)))
        up = np.argsort(people.latitude[rows], kind="stable")
        strip[rows[up]] = 3 * (np.arange(len(rows)) * strips // max(1, len(rows))) + each
    order = np.lexsort((people.longitude, strip))
    begins = np.nonzero(np.diff(strip[order], prepend=-1))[0]
    within = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    cell = np.cumsum(within % _PEOPLE_PER_CELL == 0)
    by_price = np.lexsort((prices[order], cell))
    first = np.append(np.nonzero(within % _PEOPLE_PER_CELL == 0)[0], len(order))
    return order[by_price], first.astype(np.int64)


def _cells(crowd: Crowd, first: Int64s) -> Cells:
    if len(first) == 1:  # Nobody is there.
        nobody = np.zeros(0, np.int64)
        return Cells(first, np.zeros((0, 3)), np.zeros(0), nobody, nobody)
    begins, size = first[:-1], np.diff(first)
    middle = np.add.reduceat(crowd.space, begins, axis=0) / size[:, None]
    away = ((crowd.space - np.repeat(middle, size, axis=0)) ** 2).sum(axis=1)
    radius = np.sqrt(np.maximum.reduceat(away, begins)) + _ROUNDING
    nowhere = np.isnan(radius)
    return Cells(
        first=first,
        middle=np.where(nowhere[:, None], 0.0, middle),
        radius=np.where(nowhere, np.inf, radius),
        reach_m=np.maximum.reduceat(crowd.limit_m, begins),
        least=np.minimum.reduceat(crowd.price, begins),
    )
