"""A plan as columns: its lines and open seats by ids, beside what it says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.plan import Plan, Reason, Unfilled
from matcher.problem import Line
from matcher.tables.of_problem import ids
from matcher.tables.tables import Assignments, Ids, Int64s, Tables


@dataclass(frozen=True, slots=True)
class PlanTables:
    """`head` is the plan without its lines and open seats, which are the columns.

    `reasons` has an entry for each open seat, None where the plan leaves them out.
    """

    head: Plan
    volunteer: Ids
    shift: Ids
    role: Ids
    unfilled_shift: Ids
    unfilled_role: Ids
    unfilled_missing: Int64s
    reasons: Sequence[Mapping[Reason, int] | None]

    def __len__(self) -> int:
        return len(self.volunteer)


def plan_tables_of(plan: Plan) -> PlanTables:
    """The columns of a plan."""
    return PlanTables(
        head=replace(plan, assignments=(), unfilled=()),
        volunteer=ids([line.volunteer for line in plan.assignments]),
        shift=ids([line.shift for line in plan.assignments]),
        role=ids([line.role for line in plan.assignments]),
        unfilled_shift=ids([each.shift for each in plan.unfilled]),
        unfilled_role=ids([each.role for each in plan.unfilled]),
        unfilled_missing=np.array([each.missing for each in plan.unfilled], np.int64),
        reasons=tuple(each.reasons for each in plan.unfilled),
    )


def plan_of(plan: PlanTables) -> Plan:
    """The plan that these columns say."""
    columns = plan.volunteer.tolist(), plan.shift.tolist(), plan.role.tolist()
    unfilled = zip(
        plan.unfilled_shift.tolist(),
        plan.unfilled_role.tolist(),
        plan.unfilled_missing.tolist(),
        plan.reasons,
        strict=True,
    )
    return replace(
        plan.head,
        assignments=tuple(Line(*row) for row in zip(*columns, strict=True)),
        unfilled=tuple(Unfilled(*row) for row in unfilled),
    )


def plan_over(tables: Tables, lines: Assignments, head: Plan) -> PlanTables:
    """The plan of these lines, which says of itself what `head` says; reasons are left out."""
    shift_of = tables.shifts.id[tables.roles.shift]
    people = np.bincount(lines.role, minlength=len(tables.roles))
    missing = tables.roles.max - people
    open_ = np.nonzero(missing > 0)[0]
    return PlanTables(
        head=head,
        volunteer=tables.people.id[lines.person],
        shift=shift_of[lines.role],
        role=tables.roles.id[lines.role],
        unfilled_shift=shift_of[open_],
        unfilled_role=tables.roles.id[open_],
        unfilled_missing=missing[open_].astype(np.int64),
        reasons=(None,) * len(open_),
    )
