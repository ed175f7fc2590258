"""Shifts, roles and seats as the loops read them."""

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from matcher.city.arrays import NAMED, PRICE_UNITS, SHIFT, SLOT, SPECIAL, Array, Demand
from matcher.city.folk import grouped, reordered
from matcher.city.pairs import cosines
from matcher.problem import MINUTES_PER_DAY
from matcher.tables import Tables

BELOW_MINIMUM = 20
"""So many times as much counts a seat below its role's minimum."""


class Slots:
    """A slot for each role, and one more for an adult in it and for each line of its team.

    Seats begin in the slot of their role; settling the teams moves some to a slot that asks more.
    """

    def __init__(self, tables: Tables) -> None:
        roles, team = tables.roles, tables.shifts.team
        lines = np.diff(team.first)[roles.shift]
        count = len(roles)
        self.extra_first = count + np.concatenate([[0], np.cumsum(1 + lines)]).astype(np.int64)
        extra_role = np.repeat(np.arange(count), 1 + lines)
        kind = np.arange(len(extra_role)) + count - self.extra_first[extra_role]
        line = (team.first[roles.shift[extra_role]] + kind - 1)[kind > 0]
        self.role = np.concatenate([np.arange(count), extra_role]).astype(np.int32)
        adult = np.where(kind == 0, tables.rules.adult_age, 0)
        self.min_age = roles.min_age[self.role]
        self.min_age[count:] = np.maximum(self.min_age[count:], adult)
        first, at = reordered(roles.skills.first, self.role.astype(np.int64))
        owner = np.repeat(np.arange(len(self.role)), np.diff(first))
        asked = count + np.nonzero(kind > 0)[0]
        every = np.concatenate([owner, asked])
        order = np.argsort(every, kind="stable")
        self.skill = np.concatenate([roles.skills.name[at], team.name[line]])[order]
        self.level = np.concatenate([roles.skills.level[at], team.level[line]])[order]
        self.skill_first = np.searchsorted(every[order], np.arange(len(self.role) + 1)).astype(
            np.int64
        )


def demand_of(tables: Tables, place: Array, slots: Slots) -> Demand:
    shifts, relations, roles = tables.shifts, tables.relations, tables.roles
    shift = np.zeros(len(shifts), SHIFT)
    shift["start"] = shifts.start - tables.horizon.start_minute
    shift["end"] = shifts.end - tables.horizon.start_minute
    shift["day"] = (shifts.start + tables.horizon.offset_minutes) // MINUTES_PER_DAY
    shift["longitude"], shift["latitude"] = shifts.longitude, np.radians(shifts.latitude)
    shift["cos_latitude"] = cosines(shift["latitude"])
    shift["cause"], shift["has_invited"] = shifts.cause, np.diff(shifts.invited.first) > 0
    special_first, special = _specials(tables, place)
    shift["special_first"], shift["special_last"] = special_first[:-1], special_first[1:]
    banned_first, banned = grouped(
        relations.forbidden_shift, place[relations.forbidden_person], len(shifts)
    )
    shift["banned_first"], shift["banned_last"] = banned_first[:-1], banned_first[1:]
    slot = np.zeros(len(slots.role), SLOT)
    slot["shift"], slot["role"] = roles.shift[slots.role], slots.role
    slot["min_age"], slot["max_age"] = slots.min_age, roles.max_age[slots.role]
    slot["skill_first"], slot["skill_last"] = slots.skill_first[:-1], slots.skill_first[1:]
    group_first, group_at = reordered(roles.groups.first, slots.role.astype(np.int64))
    slot["group_first"], slot["group_last"] = group_first[:-1], group_first[1:]
    skill = np.zeros(len(slots.skill), NAMED)
    skill["name"], skill["level"] = slots.skill, slots.level
    return Demand(shift, special, banned, slot, skill, roles.groups.item[group_at])


def worths(tables: Tables, seat_role: Array, number: Array, worth: int) -> Array:
    """What a seat is worth: far more below the role's minimum."""
    priority = tables.shifts.priority[tables.roles.shift[seat_role]]
    below = number < tables.roles.min[seat_role]
    return np.where(below, BELOW_MINIMUM, 1) * priority * worth * PRICE_UNITS


def fixed_seats(tables: Tables, first_seat: Array) -> Array:
    """The seat of each fixed line: the first of its role that no other line has."""
    role = tables.relations.fixed.role.astype(np.int64)
    order = np.argsort(role, kind="stable")
    sorted_role = role[order]
    number = np.arange(len(role)) - np.searchsorted(sorted_role, sorted_role)
    seats = np.empty(len(role), np.int64)
    seats[order] = first_seat[sorted_role] + number
    return seats


def units_of(tables: Tables, place: Array) -> tuple[Array, Array]:
    """People who serve the same shifts or none, group by group: groups that share one are one."""
    together = tables.relations.together
    size = np.diff(together.first)
    people = len(tables.people)
    owner = np.repeat(np.arange(len(size)), size)[np.repeat(size > 1, size)]
    member = place[together.item[np.repeat(size > 1, size)]]
    edges = sparse.coo_array(
        (np.ones(len(owner), np.int8), (owner, member)), shape=(len(size), people)
    )
    ties = sparse.bmat([[None, edges], [edges.T, None]], format="csr")
    if not len(owner):
        return np.zeros(1, np.int64), np.zeros(0, np.int32)
    _, label = csgraph.connected_components(ties, directed=False)
    members = np.unique(member)
    label = np.unique(label[len(size) + members], return_inverse=True)[1]
    return grouped(label, members, int(label.max()) + 1)


def _specials(tables: Tables, place: Array) -> tuple[Array, Array]:
    """For each shift the people whom it knows by name: whether invited, and lines before."""
    shifts, relations = tables.shifts, tables.relations
    invited_shift = np.repeat(np.arange(len(shifts)), np.diff(shifts.invited.first))
    shift = np.concatenate([invited_shift, relations.current_shift])
    person = place[np.concatenate([shifts.invited.item, relations.current_person])]
    is_invited = np.arange(len(shift)) < len(invited_shift)
    people = max(1, len(place))
    unique, at = np.unique(shift.astype(np.int64) * people + person, return_inverse=True)
    special = np.zeros(len(unique), SPECIAL)
    special["person"] = unique % people
    special["current"] = np.bincount(at[~is_invited], minlength=len(unique))
    special["invited"][at[is_invited]] = True
    return np.searchsorted(unique // people, np.arange(len(shifts) + 1)).astype(np.int64), special
