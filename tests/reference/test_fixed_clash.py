"""Fixed lines that clash are refused with a smallest set; all others make a valid plan."""

from __future__ import annotations

from collections import Counter

from tests.reference import agreement
from tests.reference.cases import case
from tests.reference.reading import fixed_clash

PROBLEMS = 1000


def test_clashing_fixed_lines_are_refused_with_a_smallest_set() -> None:
    sizes: Counter[int | None] = Counter()
    for number in range(PROBLEMS):
        drawn, _ = case(number, fixed="any")
        size = fixed_clash(drawn)
        sizes[size] += 1
        assert agreement.of_refusal(drawn) == [], f"case {number}, smallest {size}"

    assert min(sizes[size] for size in (None, 1, 2, 3)) >= PROBLEMS // 50, sizes
