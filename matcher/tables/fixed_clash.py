"""Fixed lines that cannot all hold, found over columns and named by `matcher.clash`."""

import numpy as np

from matcher.clash import describe, smallest_clash
from matcher.defects import Defects
from matcher.tables import check_people, check_shifts
from matcher.tables.parts import of_people_and_shifts
from matcher.tables.plan_lines import PlanLines
from matcher.tables.tables import Tables
from matcher.tables.to_problem import problem_of


def note_fixed_clash(tables: Tables, defects: Defects) -> None:
    """Note the smallest set of fixed lines that break H4 to H7 or H11, if any do."""
    fixed = tables.relations.fixed
    if not len(fixed) or not _clash(tables):
        return
    shifts = np.unique(tables.roles.shift[fixed.role])
    problem = problem_of(of_people_and_shifts(tables, np.unique(fixed.person), shifts))
    clash = smallest_clash(problem)
    if clash is None:
        return
    lines = [(place, problem.fixed[place]) for place in clash.places]
    defects.add(
        "fixed",
        "fixed_clash",
        rule=clash.rule,
        lines="; ".join(describe(line, place) for place, line in lines),
        places=" ".join(str(place) for place in clash.places),
        count=len(lines),
    )


def _clash(tables: Tables) -> bool:
    lines = PlanLines(tables, tables.relations.fixed)
    found = [
        *check_people.Meetings(lines, 0).findings(),
        check_people.lines_above_limits(lines),
        check_shifts.overfull_roles(lines),
        check_shifts.double_roles(lines),
        check_shifts.pairs_not_apart(lines),
    ]
    return any(finding.count for finding in found)
