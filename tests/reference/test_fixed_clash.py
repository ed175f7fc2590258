"""Fixed lines that clash are refused with a smallest set; all others make a valid plan."""

from __future__ import annotations

from collections import Counter

from matcher.codec import read_problem
from matcher.defects import ProblemRefused
from tests.reference import agreement
from tests.reference.cases import case
from tests.reference.reading import RULES, Reading, fixed_clash

PROBLEMS = 1000
RULES_PROBLEMS = 600


def test_clashing_fixed_lines_are_refused_with_a_smallest_set() -> None:
    sizes: Counter[int | None] = Counter()
    for number in range(PROBLEMS):
        drawn, _ = case(number, fixed="any")
        size = fixed_clash(drawn)
        sizes[size] += 1
        assert agreement.of_refusal(drawn) == [], f"case {number}, smallest {size}"

    assert min(sizes[size] for size in (None, 1, 2, 3)) >= PROBLEMS // 50, sizes


def test_every_rule_that_binds_promises_is_the_one_that_is_named() -> None:
    """Overlap, rest, limits, seats and people apart; alone beside an engagement, in twos and more.

    What is named is enough to clash and no line of it can be spared, whatever the rule.
    """
    named: Counter[str] = Counter()
    for number in range(PROBLEMS, PROBLEMS + RULES_PROBLEMS):
        drawn, _ = case(number, fixed="any")
        try:
            read_problem(drawn)
        except ProblemRefused as refusal:
            (defect,) = refusal.defects
        else:
            continue
        reading = Reading(drawn)
        lines = [reading.fixed[int(at)] for at in str(defect.parameters["places"]).split()]
        rule = str(defect.parameters["rule"])
        assert RULES[rule](reading, lines), f"case {number}: {rule} of {lines}"
        for spared in lines:
            left = [line for line in lines if line != spared]
            assert not reading.clashes(left), f"case {number}: {spared} can be spared"
        named[f"{rule} of {min(len(lines), 3)}"] += 1

    wanted = {"H4 of 1", "H4 of 2", "H5 of 1", "H5 of 2", "H6 of 1", "H6 of 2", "H6 of 3"}
    assert wanted | {"H7 of 2", "H7 of 3", "H11 of 2"} <= set(named), named
