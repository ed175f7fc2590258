"""The tables as the records that the index reads: people by place, their lists beside them."""

import numpy as np

from matcher.index.records import (
    DEMAND,
    NAMED,
    PERSON,
    PLACED,
    ROLE,
    SHIFT,
    SLOT,
    SPAN,
    Facts,
    Numbers,
    Records,
)
from matcher.pairs import WEIGHT_MOST
from matcher.score import SERVED_UNIT_MINUTES, SERVED_UNITS_MOST
from matcher.tables import Demands, Spans, Tables
from matcher.tables.tables import Int32s, Int64s


def facts_of(tables: Tables, row: Int32s, place_of: Int32s, slots: int) -> Facts:
    """Everything that queries read, with room for so many lines and none of them yet.

    `row` has the people in the order of their places; `place_of` is the way back.
    """
    people, shifts, roles = tables.people, tables.shifts, tables.roles
    relations = tables.relations
    group_at = _reordered(people.groups.first, row)[1]
    friends, apart = _friends(tables, place_of), _apart(tables, place_of)
    promised = _keys(tables, place_of[relations.fixed.person], roles.shift[relations.fixed.role])
    forbidden = _keys(tables, place_of[relations.forbidden_person], relations.forbidden_shift)
    asked_on = np.repeat(np.arange(len(shifts), dtype=np.int32), np.diff(shifts.invited.first))
    invited = place_of[shifts.invited.item]
    return Facts(
        person=_persons(tables, row, friends[0], apart[0]),
        person_skill=_named(people.skills, _reordered(people.skills.first, row)[1]),
        person_group=people.groups.item[group_at],
        available=_spans(people.available, row, SPAN),
        engaged=_spans(people.engaged, row, PLACED),
        like=_named(people.likes, _reordered(people.likes.first, row)[1]),
        friend=friends[1],
        apart=apart[1],
        group_first=relations.together.first,
        group_member=place_of[relations.together.item],
        shift=_shifts(tables),
        invited=invited,
        team=_teams(tables),
        role=_roles(tables),
        role_skill=_named(roles.skills, np.arange(len(roles.skills.name))),
        role_group=roles.groups.item,
        line=no_lines(slots),
        # What is forbidden and promised all the same is not forbidden.
        forbidden=np.setdiff1d(forbidden, promised),
        asked=_keys(tables, invited, asked_on),
        fixed=promised,
        numbers=numbers_of(tables),
    )


def _persons(tables: Tables, row: Int32s, friend: Int64s, apart: Int64s) -> Records:
    people = tables.people
    found = np.zeros(len(row) + 1, PERSON)
    served = np.minimum(SERVED_UNITS_MOST, people.served_minutes // SERVED_UNIT_MINUTES)
    for name in ("longitude", "latitude", "max_travel_m", "age"):
        found[name][:-1] = getattr(people, name)[row]
    for name in ("max_minutes", "max_minutes_per_day", "max_shifts"):
        found[name][:-1] = getattr(people, name)[row]
    lists = {
        "skill": people.skills.first,
        "group": people.groups.first,
        "available": people.available.first,
        "engaged": people.engaged.first,
        "like": people.likes.first,
    }
    for name, first in lists.items():
        found[name] = _reordered(first, row)[0]
    found["friend"], found["apart"] = friend, apart
    found["row"][:-1], found["fairness_base"][:-1] = row, served[row]
    found["line"] = -1
    return found


def _shifts(tables: Tables) -> Records:
    shifts = tables.shifts
    found = np.zeros(len(shifts) + 1, SHIFT)
    for name in ("longitude", "latitude", "start", "end", "priority", "cause"):
        found[name][:-1] = getattr(shifts, name)
    found["role"], found["team"] = shifts.first_role, shifts.team.first
    found["invited"] = shifts.invited.first
    found["cancels"][:-1] = shifts.cancel_below_minimum
    found["has_fixed"][tables.roles.shift[tables.relations.fixed.role]] = True
    found["line"] = -1
    return found


def _roles(tables: Tables) -> Records:
    roles = tables.roles
    found = np.zeros(len(roles) + 1, ROLE)
    for name in ("shift", "min", "max", "min_age", "max_age"):
        found[name][:-1] = getattr(roles, name)
    found["skill"], found["group"] = roles.skills.first, roles.groups.first
    return found


def _teams(tables: Tables) -> Records:
    team = tables.shifts.team
    found = np.zeros(len(team.name), DEMAND)
    found["name"], found["level"], found["count"] = (
        team.name,
        team.level,
        tables.shifts.team_count,
    )
    return found


def _named(demands: Demands, at: Int64s) -> Records:
    found = np.zeros(len(at), NAMED)
    found["name"], found["level"] = demands.name[at], demands.level[at]
    return found


def _spans(spans: Spans, row: Int32s, kind: "np.dtype[np.void]") -> Records:
    at = _reordered(spans.first, row)[1]
    found = np.zeros(len(at), kind)
    for name in kind.names or ():
        found[name] = getattr(spans, name)[at]
    return found


def _reordered(first: Int64s, row: Int32s) -> tuple[Int64s, Int64s]:
    """Where each row's list begins in the new order, and where each of its items was."""
    counts = np.diff(first)[row]
    new = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    at = np.repeat(first[:-1][row] - new[:-1], counts) + np.arange(new[-1])
    return new, at.astype(np.int64)


def _listed(owner: Int32s, item: Int32s, owners: int) -> tuple[Int64s, Int32s]:
    """A list for each owner, in the order given."""
    order = np.argsort(owner, kind="stable")
    counts = np.bincount(owner, minlength=owners)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return first, item[order].astype(np.int32)


def _friends(tables: Tables, place_of: Int32s) -> tuple[Int64s, Int32s]:
    """The groups of each place; a group of one is kept together by whatever it does."""
    together = tables.relations.together
    size = np.diff(together.first)
    group = np.repeat(np.arange(len(size)), size)
    counts = np.repeat(size > 1, size)
    return _listed(place_of[together.item[counts]], group[counts].astype(np.int32), len(place_of))


def _apart(tables: Tables, place_of: Int32s) -> tuple[Int64s, Int32s]:
    one = place_of[tables.relations.apart_one]
    other = place_of[tables.relations.apart_other]
    return _listed(np.concatenate([one, other]), np.concatenate([other, one]), len(place_of))


def _keys(tables: Tables, place: Int32s, shift: Int32s) -> Int64s:
    """Persons and shifts as ordered keys, each once."""
    found: Int64s = np.unique(place.astype(np.int64) * len(tables.shifts) + shift)
    return found


def numbers_of(tables: Tables) -> Numbers:
    """The rules' and weights' numbers; weights above `WEIGHT_MOST` only order as that does."""
    rules, weights = tables.rules, tables.weights
    return Numbers(
        offset_minutes=tables.horizon.offset_minutes,
        horizon_start=tables.horizon.start_minute,
        horizon_end=tables.horizon.end_minute,
        min_rest_minutes=rules.min_rest_minutes,
        speed_kmh=rules.speed_kmh,
        transfer_minutes=rules.transfer_minutes,
        adult_age=rules.adult_age,
        minors_per_adult=rules.minors_per_adult,
        travel=min(WEIGHT_MOST, weights.travel),
        cause=min(WEIGHT_MOST, weights.cause),
        fairness=min(WEIGHT_MOST, weights.fairness),
        invite=min(WEIGHT_MOST, weights.invite),
    )


def no_lines(slots: int) -> Records:
    """Room for so many lines."""
    found = np.zeros(slots, SLOT)
    for name in SLOT.names or ():
        found[name] = -1
    return found
