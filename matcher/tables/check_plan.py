"""Is a whole plan true? Its lines by the hard rules, and what it says of itself by its lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

import numpy as np

from matcher.plan import REASONS_VOLUNTEERS_MAX, Score
from matcher.tables.check import findings
from matcher.tables.findings import TOLD_MOST, Broken, Finding, by_rule
from matcher.tables.lines import Numbering
from matcher.tables.plan_lines import PlanLines
from matcher.tables.plans import PlanTables
from matcher.tables.score import score_of_seating
from matcher.tables.tables import Assignments, Bools, Ids, Int32s, Int64s, Tables
from matcher.violation import Violation, violation

_Columns = Mapping[str, Ids | Int64s]

LEVELS = tuple(field.name for field in fields(Score))


def check_plan(
    tables: Tables, plan: PlanTables, *, told_most: int = TOLD_MOST
) -> tuple[Broken, ...]:
    """Every rule that the plan breaks and every claim of it that is false, with counts.

    The counts of reasons are not held against the problem: `matcher.check` does that, up to the
    size to which a plan must give them.
    """
    return CheckedPlan(tables, plan).broken(told_most)


class CheckedPlan:
    """A plan held against its problem."""

    def __init__(self, tables: Tables, plan: PlanTables) -> None:
        self.tables, self.plan = tables, plan
        self.numbering = Numbering(tables)
        self.person = _rows(plan.volunteer, self.numbering.person_at)
        self.shift = _rows(plan.shift, self.numbering.shift_at)
        self.role = self._roles(plan.shift, plan.role)
        known = np.nonzero((self.person >= 0) & (self.role >= 0))[0]
        self.assignments = Assignments(self.person[known], self.role[known])
        self.lines = PlanLines(tables, self.assignments, known)
        self.score = score_of_seating(self.lines.seating)

    def broken(self, told_most: int = TOLD_MOST) -> tuple[Broken, ...]:
        """What is not true."""
        return by_rule(self._findings(told_most), told_most)

    def _roles(self, shift: Ids, role: Ids) -> Int32s:
        at = self.numbering.role_at
        keys = zip(shift.tolist(), role.tolist(), strict=True)
        return np.array([at.get(key, -1) for key in keys], np.int32)

    def _findings(self, told_most: int) -> Iterator[Finding]:
        yield from self._unknown()
        yield from findings(self.lines, told_most)
        yield _listed("score", list(self._false_score()))
        yield _listed("bound", list(self._false_bounds()))
        yield from self._false_unfilled()

    def _unknown(self) -> Iterator[Finding]:
        plan = self.plan
        names = {"volunteer": plan.volunteer, "shift": plan.shift, "role": plan.role}
        yield _at_lines("unknown_volunteer", self.person < 0, {"volunteer": names["volunteer"]})
        yield _at_lines("unknown_shift", self.shift < 0, {"shift": names["shift"]})
        lacking = (self.shift >= 0) & (self.role < 0)
        yield _at_lines("unknown_role", lacking, {"shift": plan.shift, "role": plan.role})

    def _false_score(self) -> Iterator[Violation]:
        for level in LEVELS:
            said, is_true = getattr(self.plan.head.score, level), getattr(self.score, level)
            if said != is_true:
                yield violation("score", f"score.{level}", "score", said=said, true=is_true)

    def _false_bounds(self) -> Iterator[Violation]:
        head = self.plan.head
        for level in LEVELS:
            bound, reached = getattr(head.bound, level), getattr(self.score, level)
            place = f"bound.{level}"
            if bound < 0:
                yield violation("bound", place, "negative", bound=bound)
            if bound > reached:
                yield violation("bound", place, "bound_above_score", bound=bound, score=reached)
        status = "optimal" if head.bound == head.score else "feasible"
        if head.status != status:
            yield violation("bound", "status", "status", said=head.status, true=status)

    def _false_unfilled(self) -> Iterator[Finding]:
        plan, tables = self.plan, self.tables
        lacking = tables.roles.max - self.lines.seating.role_people
        # The last place is for what names no role: there nothing is missing.
        missing = np.append(np.maximum(0, lacking), 0)
        rows = self._roles(plan.unfilled_shift, plan.unfilled_role)
        named, first = np.unique(rows, return_index=True)
        twice = rows >= 0
        twice[first] = False
        # Of a role that is listed twice the last line counts.
        last = np.ones(len(rows), np.bool_)
        last[rows >= 0] = False
        last[len(rows) - 1 - np.unique(rows[::-1], return_index=True)[1]] = True
        is_open = missing[rows] > 0
        names = {"shift": plan.unfilled_shift, "role": plan.unfilled_role}
        yield _at_unfilled("unfilled_twice", "", twice, names)
        yield self._not_listed(missing[:-1], named)
        wrong = is_open & last & (plan.unfilled_missing != missing[rows])
        counts = {"said": plan.unfilled_missing, "true": missing[rows]}
        yield _at_unfilled("unfilled_count", ".missing", wrong, counts)
        yield _at_unfilled("unfilled_unknown", "", ~is_open & last, names)
        if len(tables.people) <= REASONS_VOLUNTEERS_MAX:
            without = np.array([each is None for each in plan.reasons], np.bool_)
            most = {"most": np.full(len(rows), REASONS_VOLUNTEERS_MAX)}
            yield _at_unfilled("no_reasons", ".reasons", without & is_open & last, most)

    def _not_listed(self, missing: Int64s, named: Int32s) -> Finding:
        tables = self.tables
        open_ = np.nonzero(missing > 0)[0]
        roles = open_[~np.isin(open_, named)]

        def tell(n: int) -> Violation:
            role = int(roles[n])
            names = {
                "shift": str(tables.shifts.id[tables.roles.shift[role]]),
                "role": str(tables.roles.id[role]),
            }
            count = int(missing[role])
            return violation("unfilled", "unfilled", "unfilled_missing", missing=count, **names)

        return Finding("unfilled", len(roles), tell)


def _rows(ids: Ids, at: dict[str, int]) -> Int32s:
    return np.array([at.get(id_, -1) for id_ in ids.tolist()], np.int32)


def _listed(rule: str, found: Sequence[Violation]) -> Finding:
    return Finding(rule, len(found), found.__getitem__)


def _at_lines(code: str, wrong: Bools, names: _Columns) -> Finding:
    return _told("format", "assignments[{}]", code, wrong, names)


def _at_unfilled(code: str, member: str, wrong: Bools, values: _Columns) -> Finding:
    return _told("unfilled", "unfilled[{}]" + member, code, wrong, values)


def _told(rule: str, place: str, code: str, wrong: Bools, values: _Columns) -> Finding:
    rows = np.nonzero(wrong)[0]

    def tell(n: int) -> Violation:
        row = int(rows[n])
        said = {key: _plain(column[row]) for key, column in values.items()}
        return violation(rule, place.format(row), code, **said)

    return Finding(rule, len(rows), tell)


def _plain(value: str | np.int64) -> str | int:
    return value if isinstance(value, str) else int(value)
