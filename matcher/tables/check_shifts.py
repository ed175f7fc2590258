"""H7 to H12: what the people of one shift must keep together."""

import numpy as np

from matcher.tables.findings import Finding
from matcher.tables.plan_lines import PlanLines
from matcher.tables.seating import Seating, is_among, owners
from matcher.tables.tables import Bools, Int32s, Int64s
from matcher.violation import Violation, violation


def overfull_roles(lines: PlanLines) -> Finding:
    """H7, of a role."""
    tables, people = lines.tables, lines.seating.role_people
    broken = np.nonzero(people > tables.roles.max)[0]

    def tell(n: int) -> Violation:
        role = int(broken[n])
        numbers = {"people": int(people[role]), "most": int(tables.roles.max[role])}
        at, names = _role_at(lines, role)
        return violation("H7", at, "too_many", **numbers, **names)

    return Finding("H7", len(broken), tell)


def double_roles(lines: PlanLines) -> Finding:
    """H7, of a person."""
    seating, tables = lines.seating, lines.tables
    keys = np.sort(seating.pair_keys(lines.person, lines.shift))
    roles = np.diff(np.searchsorted(keys, seating.pairs), append=len(keys))
    broken = np.nonzero(roles > 1)[0]

    def tell(n: int) -> Violation:
        pair = int(broken[n])
        shift = int(seating.pair_shift[pair])
        names = {
            "volunteer": str(tables.people.id[seating.pair_person[pair]]),
            "shift": str(tables.shifts.id[shift]),
        }
        return violation("H7", f"shifts[{shift}]", "two_roles", roles=int(roles[pair]), **names)

    return Finding("H7", len(broken), tell)


def _bound_shifts(lines: PlanLines) -> Bools:
    """The shifts with anybody on them that H8 to H10 bind."""
    serves = np.zeros(len(lines.tables.shifts), np.bool_)
    serves[lines.shift] = True
    found: Bools = serves & ~lines.seating.fixed_shifts()
    return found


def _role_at(lines: PlanLines, role: int) -> tuple[str, dict[str, str]]:
    tables = lines.tables
    shift = int(tables.roles.shift[role])
    names = {"shift": str(tables.shifts.id[shift]), "role": str(tables.roles.id[role])}
    return f"shifts[{shift}]", names


def roles_below_minimum(lines: PlanLines) -> Finding:
    """H8."""
    tables, people = lines.tables, lines.seating.role_people
    bound = _bound_shifts(lines) & tables.shifts.cancel_below_minimum
    broken = np.nonzero(bound[tables.roles.shift] & (people < tables.roles.min))[0]

    def tell(n: int) -> Violation:
        role = int(broken[n])
        numbers = {"people": int(people[role]), "least": int(tables.roles.min[role])}
        at, names = _role_at(lines, role)
        return violation("H8", at, "below_minimum", **numbers, **names)

    return Finding("H8", len(broken), tell)


def incomplete_teams(lines: PlanLines) -> Finding:
    """H9."""
    tables, missing = lines.tables, lines.seating.team_missing()
    team, team_shift = tables.shifts.team, owners(tables.shifts.team.first)
    broken = np.nonzero(_bound_shifts(lines)[team_shift] & (missing > 0))[0]

    def tell(n: int) -> Violation:
        line = int(broken[n])
        shift = int(team_shift[line])
        return violation(
            "H9",
            f"shifts[{shift}]",
            "team",
            shift=str(tables.shifts.id[shift]),
            missing=int(missing[line]),
            skill=tables.skills[team.name[line]],
            level=int(team.level[line]),
        )

    return Finding("H9", len(broken), tell)


def unaccompanied_minors(lines: PlanLines) -> Finding:
    """H10."""
    missing, ids = lines.seating.adults_missing(), lines.tables.shifts.id
    broken = np.nonzero(_bound_shifts(lines) & (missing > 0))[0]

    def tell(n: int) -> Violation:
        shift = int(broken[n])
        lacking = int(missing[shift])
        return violation(
            "H10", f"shifts[{shift}]", "adults", shift=str(ids[shift]), missing=lacking
        )

    return Finding("H10", len(broken), tell)


def pairs_not_apart(lines: PlanLines) -> Finding:
    """H11."""
    tables, seating, relations = lines.tables, lines.seating, lines.tables.relations
    pair, shift = _shifts_of(seating, relations.apart_one)
    both = seating.has_pairs(relations.apart_other[pair], shift)
    pair, shift = pair[both], shift[both]

    def tell(n: int) -> Violation:
        ids = tables.people.id
        at = int(shift[n])
        rows = relations.apart_one[pair[n]], relations.apart_other[pair[n]]
        one, two = sorted(str(ids[row]) for row in rows)
        names = {"shift": str(tables.shifts.id[at]), "volunteer": one, "other": two}
        return violation("H11", f"shifts[{at}]", "apart", **names)

    return Finding("H11", len(pair), tell)


def split_groups(lines: PlanLines) -> Finding:
    """H12."""
    tables, together = lines.tables, lines.tables.relations.together
    group_of, shifts = owners(together.first), max(1, len(tables.shifts))
    member, shift = _shifts_of(lines.seating, together.item)
    keys, present = np.unique(
        group_of[member].astype(np.int64) * shifts + shift, return_counts=True
    )
    split = present < np.diff(together.first)[keys // shifts]
    fixed = Seating(tables, tables.relations.fixed)
    member, shift = _shifts_of(fixed, together.item)
    freed = np.unique(group_of[member].astype(np.int64) * shifts + shift)
    broken = keys[split & ~is_among(keys, freed)]

    def tell(n: int) -> Violation:
        group, at = divmod(int(broken[n]), shifts)
        members = together.item[together.first[group] : together.first[group + 1]]
        names = ", ".join(str(tables.people.id[row]) for row in members)
        where = str(tables.shifts.id[at])
        return violation("H12", f"shifts[{at}]", "together", shift=where, group=names)

    return Finding("H12", len(broken), tell)


def _shifts_of(seating: Seating, people: Int32s) -> tuple[Int64s, Int32s]:
    """Each place in `people` with each shift that its person is on."""
    first = np.searchsorted(seating.pair_person, people)
    count = np.searchsorted(seating.pair_person, people, side="right") - first
    place = np.repeat(np.arange(len(people)), count)
    # The nth of a place's shifts stands n after its first.
    nth = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    return place, seating.pair_shift[first[place] + nth]
