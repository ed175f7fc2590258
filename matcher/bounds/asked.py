"""Shifts and roles as the loops read them: what each asks of a person, and how many it asks."""

import numpy as np

from matcher.bounds.crowd import space_of
from matcher.bounds.records import Asked, Numbers
from matcher.problem import MINUTES_PER_DAY
from matcher.tables.seating import owners
from matcher.tables.tables import Bools, Int32s, Int64s, Tables


def numbers_of(tables: Tables) -> Numbers:
    rules, weights = tables.rules, tables.weights
    return Numbers(
        rules.min_rest_minutes,
        rules.speed_kmh,
        rules.transfer_minutes,
        weights.travel,
        weights.cause,
        weights.invite,
        weights.change,
    )


def asked_of(tables: Tables, place: Int64s) -> Asked:
    """What every shift asks; `place` is where each row of the people stands in the crowd."""
    shifts, roles, relations = tables.shifts, tables.roles, tables.relations
    known_first, known, lines, invited = _known(tables, place)
    barred = place[relations.forbidden_person]
    banned_first, by_shift = _grouped(relations.forbidden_shift, barred, len(shifts))
    team_first, team = _team(tables)
    seats, missing = seats_beside_fixed(tables)
    return Asked(
        start=shifts.start,
        end=shifts.end,
        day=(shifts.start + tables.horizon.offset_minutes) // MINUTES_PER_DAY,
        longitude=shifts.longitude,
        latitude=np.radians(shifts.latitude),
        space=space_of(shifts.longitude, shifts.latitude),
        cause=shifts.cause,
        priority=shifts.priority,
        has_invited=np.diff(shifts.invited.first) > 0,
        first_role=shifts.first_role,
        known_first=known_first,
        known=known,
        known_lines=lines,
        known_invited=invited,
        banned_first=banned_first,
        banned=barred[by_shift],
        team_first=team_first,
        team_skill=shifts.team.name[team].astype(np.int64),
        team_level=shifts.team.level[team].astype(np.int64),
        wanted=seats,
        below=np.minimum(missing, seats),
        min_age=roles.min_age,
        max_age=roles.max_age,
        skill_first=roles.skills.first,
        skill=roles.skills.name,
        skill_level=roles.skills.level,
        group_first=roles.groups.first,
        group=roles.groups.item,
    )


def seats_beside_fixed(tables: Tables) -> tuple[Int64s, Int64s]:
    """How many people each role can have beside its fixed lines, and lacks then to its minimum.

    More people than there are nobody has.
    """
    roles = tables.roles
    fixed = np.bincount(tables.relations.fixed.role, minlength=len(roles))
    seats = np.maximum(0, np.minimum(roles.max, len(tables.people)) - fixed)
    return seats.astype(np.int64), np.maximum(0, roles.min - fixed).astype(np.int64)


def _team(tables: Tables) -> tuple[Int64s, Int64s]:
    """Where the team lines of each shift begin, and which they are: those that bind (H9)."""
    shifts, relations = tables.shifts, tables.relations
    is_fixed = np.zeros(len(shifts), np.bool_)
    is_fixed[tables.roles.shift[relations.fixed.role]] = True
    owner = owners(shifts.team.first)
    lines = np.nonzero((shifts.team_count > 0) & ~is_fixed[owner])[0]
    return np.searchsorted(owner[lines], np.arange(len(shifts) + 1)), lines


def _known(tables: Tables, place: Int64s) -> tuple[Int64s, Int64s, Int64s, Bools]:
    """The people whom each shift knows by name, with their lines before and who was asked for."""
    shifts, relations = tables.shifts, tables.relations
    shift = np.concatenate([owners(shifts.invited.first), relations.current_shift])
    person = place[np.concatenate([shifts.invited.item, relations.current_person])]
    is_asked = np.arange(len(shift)) < len(shifts.invited.item)
    people = max(1, len(place))
    pairs, at = np.unique(shift.astype(np.int64) * people + person, return_inverse=True)
    lines = np.bincount(at[~is_asked], minlength=len(pairs)).astype(np.int64)
    invited = np.zeros(len(pairs), np.bool_)
    invited[at[is_asked]] = True
    first = np.searchsorted(pairs // people, np.arange(len(shifts) + 1))
    return first, pairs % people, lines, invited


def _grouped(row: Int32s, value: Int64s, rows: int) -> tuple[Int64s, Int64s]:
    """Where each row's values begin, and which they are, in the order of their size."""
    order = np.lexsort((value, row))
    return np.searchsorted(row[order], np.arange(rows + 1)), order
