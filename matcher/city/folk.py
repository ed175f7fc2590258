"""People as the loops read them: records in the order of the grid, their lists beside them."""

import numpy as np

from matcher.city.arrays import ENGAGED, NAMED, PERSON, SPAN, Array, Folk
from matcher.city.pairs import cosines
from matcher.problem import MINUTES_PER_DAY
from matcher.score import SERVED_UNIT_MINUTES, SERVED_UNITS_MOST
from matcher.tables import Demands, Tables

_MINUTES_MOST = 1 << 30


def folk_of(tables: Tables, order: Array, place: Array) -> Folk:
    people, begin = tables.people, tables.horizon.start_minute
    person = np.zeros(len(people), PERSON)
    at = {
        name: _lists_in(person, name, lists.first, order)
        for name, lists in (
            ("skill", people.skills),
            ("group", people.groups),
            ("free", people.available),
            ("like", people.likes),
            ("engaged", people.engaged),
        )
    }
    foe_first, foe = _foes(tables, place)
    person["foe_first"], person["foe_last"] = foe_first[:-1], foe_first[1:]
    minutes, shifts = _left(tables)
    person["longitude"], person["latitude"] = (
        people.longitude[order],
        np.radians(people.latitude[order]),
    )
    person["cos_latitude"] = cosines(person["latitude"])
    person["limit_m"], person["age"] = people.max_travel_m[order], people.age[order]
    person["minutes"], person["shifts"] = minutes[order], shifts[order]
    person["day_minutes"] = people.max_minutes_per_day[order]
    served = people.served_minutes[order] // SERVED_UNIT_MINUTES
    person["base"], person["is_bound"] = (
        np.minimum(SERVED_UNITS_MOST, served),
        _bound(tables)[order],
    )
    free = np.zeros(len(at["free"]), SPAN)
    free["start"] = _near(people.available.start[at["free"]] - begin)
    free["end"] = _near(people.available.end[at["free"]] - begin)
    return Folk(
        person=person,
        skill=_named(people.skills, at["skill"]),
        group=people.groups.item[at["group"]],
        free=free,
        like=_named(people.likes, at["like"]),
        engaged=_engaged(tables, at["engaged"]),
        foe=foe,
    )


def unbound(folk: Folk) -> Folk:
    """The same people as if everybody served alone."""
    person = folk.person.copy()
    person["is_bound"] = False
    return folk._replace(person=person)


def _near(minutes: Array) -> Array:
    """Minutes in 32 bits: what lies a thousand years away is as far as matters."""
    return np.clip(minutes, -_MINUTES_MOST, _MINUTES_MOST)


def _lists_in(person: Array, name: str, first: Array, order: Array) -> Array:
    """Say where each person's list is; the old places of its items in their new order."""
    begins, at = reordered(first, order)
    person[f"{name}_first"], person[f"{name}_last"] = begins[:-1], begins[1:]
    return at


def _named(demands: Demands, at: Array) -> Array:
    found = np.zeros(len(at), NAMED)
    found["name"], found["level"] = demands.name[at], demands.level[at]
    return found


def _engaged(tables: Tables, at: Array) -> Array:
    """Service promised elsewhere. It counts in H6 only where it starts inside the horizon."""
    engaged, horizon = tables.people.engaged, tables.horizon
    found = np.zeros(len(at), ENGAGED)
    found["start"] = engaged.start[at] - horizon.start_minute
    found["end"] = engaged.end[at] - horizon.start_minute
    found["day"] = (engaged.start[at] + horizon.offset_minutes) // MINUTES_PER_DAY
    found["longitude"], found["latitude"] = engaged.longitude[at], np.radians(engaged.latitude[at])
    found["counts"] = (engaged.start[at] >= horizon.start_minute) & (
        engaged.start[at] < horizon.end_minute
    )
    return found


def _left(tables: Tables) -> tuple[Array, Array]:
    """Minutes and shifts that service promised elsewhere leaves everybody."""
    people, horizon = tables.people, tables.horizon
    engaged = people.engaged
    inside = (engaged.start >= horizon.start_minute) & (engaged.start < horizon.end_minute)
    owner = np.repeat(np.arange(len(people)), np.diff(engaged.first))[inside]
    minutes, shifts = people.max_minutes.copy(), people.max_shifts.copy()
    np.subtract.at(minutes, owner, (engaged.end - engaged.start)[inside])
    np.subtract.at(shifts, owner, 1)
    return minutes, shifts


def reordered(first: Array, order: Array) -> tuple[Array, Array]:
    """Where each row's list begins in the new order, and which old entries follow each other."""
    size = np.diff(first)[order]
    begins = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    at = np.repeat(first[:-1][order] - begins[:-1], size) + np.arange(int(begins[-1]))
    return begins, at


def _bound(tables: Tables) -> Array:
    """Who is in a group of two at least, and so never serves alone."""
    together = tables.relations.together
    size = np.diff(together.first)
    bound = np.zeros(len(tables.people), bool)
    bound[together.item[np.repeat(size > 1, size)]] = True
    return bound


def _foes(tables: Tables, place: Array) -> tuple[Array, Array]:
    one, other = place[tables.relations.apart_one], place[tables.relations.apart_other]
    return grouped(np.concatenate([one, other]), np.concatenate([other, one]), len(place))


def grouped(row: Array, value: Array, rows: int) -> tuple[Array, Array]:
    """The values of each row one after another, and where each row begins."""
    order = np.argsort(row, kind="stable")
    first = np.searchsorted(row[order], np.arange(rows + 1)).astype(np.int64)
    return first, value[order].astype(np.int32)
