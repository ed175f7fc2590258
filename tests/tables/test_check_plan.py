"""What a plan says of itself is judged over columns as `matcher.check` judges it."""

from __future__ import annotations

import random
from collections import Counter
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from matcher.check import check
from matcher.codec import read_plan, read_problem
from matcher.tables.check_plan import check_plan
from matcher.tables.of_problem import tables_of
from matcher.tables.plans import plan_of, plan_tables_of
from tests.reference.cases import case, plans_of
from tests.reference.choices import seeded
from tests.reference.plans import plan_json
from tests.reference.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.violation import Violation
    from tests.reference.choices import Choices

Json = dict[str, Any]
ALL = 10**9
# What only the counts of reasons tell is not asked of columns.
NOT_ASKED = {"unfilled_reasons", "bound_beaten"}


def _other_number(part: str) -> Callable[[Json, Choices], None]:
    def change(plan: Json, choices: Choices) -> None:
        plan[part][choices.pick(("shortfall", "open", "cost"))] += choices.pick((-1, 1, 10**6))

    return change


def _other_status(plan: Json, choices: Choices) -> None:
    plan["status"] = "feasible" if plan["status"] == "optimal" else "optimal"


def _one_less(plan: Json, choices: Choices) -> None:
    if plan["unfilled"]:
        plan["unfilled"].remove(choices.pick(plan["unfilled"]))


def _twice(plan: Json, choices: Choices) -> None:
    if plan["unfilled"]:
        plan["unfilled"].append(dict(choices.pick(plan["unfilled"]), missing=9))


def _other_count(plan: Json, choices: Choices) -> None:
    if plan["unfilled"]:
        choices.pick(plan["unfilled"])["missing"] += choices.pick((-1, 1))


def _unknown_seat(plan: Json, choices: Choices) -> None:
    plan["unfilled"].append({"shift": "s0", "role": "nobody", "missing": 1})


def _no_reasons(plan: Json, choices: Choices) -> None:
    for each in plan["unfilled"]:
        each.pop("reasons", None)


def _unknown_line(plan: Json, choices: Choices) -> None:
    line = {"volunteer": "v0", "shift": "s0", "role": "helper"}
    place = choices.pick((0, len(plan["assignments"])))
    plan["assignments"].insert(place, {**line, choices.pick(tuple(line)): "nobody"})


SPOILS = (
    _other_number("score"),
    _other_number("bound"),
    _other_status,
    _one_less,
    _twice,
    _other_count,
    _unknown_seat,
    _no_reasons,
    _unknown_line,
)


def test_what_a_plan_claims_is_judged_as_matcher_check_judges() -> None:
    codes: set[str] = set()
    for number in range(160):
        drawn, choices = case(number)
        reading, problem = Reading(drawn), read_problem(drawn)
        tables = tables_of(problem)
        for _, lines in plans_of(number, reading, choices):
            document = deepcopy(plan_json(reading, lines))
            SPOILS[number % len(SPOILS)](document, seeded(random.Random(number)))
            plan = read_plan(document)
            columns = plan_tables_of(plan)
            assert plan_of(columns) == plan
            expected = Counter(_told(each) for each in check(problem, plan))
            for told in [each for each in expected if each[2] in NOT_ASKED]:
                del expected[told]
            broken = check_plan(tables, columns, told_most=ALL)
            found = Counter(_told(each) for own in broken for each in own.first)
            assert found == expected, f"case {number}"
            codes.update(code for _, _, code, _ in expected)

    assert codes >= {
        "bound_above_score",
        "negative",
        "no_reasons",
        "score",
        "status",
        "unfilled_count",
        "unfilled_missing",
        "unfilled_twice",
        "unfilled_unknown",
        "unknown_role",
        "unknown_shift",
        "unknown_volunteer",
    }


def _told(violation: Violation) -> tuple[str, str, str, str]:
    return violation.rule, violation.place, violation.code, violation.message
