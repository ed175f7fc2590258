"""Is this plan valid? FORMAT's rules over tables, for cities; `matcher.check` says them in words.

Neither looks at the other nor at any solver; tests hold the two against each other.
"""

from collections.abc import Iterator

from matcher.tables import check_people, check_shifts
from matcher.tables.findings import TOLD_MOST, Broken, Finding, by_rule
from matcher.tables.plan_lines import PlanLines
from matcher.tables.tables import Assignments, Int64s, Tables

__all__ = ["Broken", "check_lines"]


def check_lines(
    tables: Tables,
    assignments: Assignments,
    *,
    told_most: int = TOLD_MOST,
    places: Int64s | None = None,
) -> tuple[Broken, ...]:
    """Every hard rule that these lines break, with a count and the first places.

    A line that stands twice is told under `format` and counted once in the rest. `places` are the
    places of the lines in their plan, where it has others that name nothing.
    """
    return by_rule(findings(PlanLines(tables, assignments, places), told_most), told_most)


def findings(lines: PlanLines, told_most: int) -> Iterator[Finding]:
    """What each rule has to say, in their order."""
    yield lines.repeated()
    yield check_people.unsuited_lines(lines)
    yield check_people.unavailable_lines(lines)
    yield check_people.distant_lines(lines)
    yield from check_people.Meetings(lines, told_most).findings()
    yield check_people.lines_above_limits(lines)
    yield check_shifts.overfull_roles(lines)
    yield check_shifts.double_roles(lines)
    yield check_shifts.roles_below_minimum(lines)
    yield check_shifts.incomplete_teams(lines)
    yield check_shifts.unaccompanied_minors(lines)
    yield check_shifts.pairs_not_apart(lines)
    yield check_shifts.split_groups(lines)
    yield lines.broken_promises()
    yield check_people.forbidden_lines(lines)
