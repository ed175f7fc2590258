"""Hypothesis strategies over the same drawing as the numbered cases, so that a failure shrinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from tests.reference.choices import drawn as drawn_choices
from tests.reference.plans import breaking, grown, reckless
from tests.reference.problems import SMALL, Size, problem
from tests.reference.reading import RULES, Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reference.book import Json, Line


class Case(NamedTuple):
    reading: Reading
    lines: list[Line]


@st.composite
def problems(
    draw: Callable[[st.SearchStrategy[int]], int], size: Size = SMALL, fixed: str | None = None
) -> Json:
    return problem(drawn_choices(draw), size, fixed)


@st.composite
def cases(draw: Callable[[st.SearchStrategy[int]], int], size: Size = SMALL) -> Case:
    """A problem and a plan for it: valid, breaking one rule on purpose, or any lines."""
    choices = drawn_choices(draw)
    reading = Reading(problem(choices, size))
    kind = choices.pick(("valid", "breaking", "breaking", "any"))
    if kind == "valid":
        return Case(reading, grown(reading, choices))
    if kind == "breaking":
        return Case(reading, breaking(reading, choices, choices.pick(tuple(RULES))))
    return Case(reading, reckless(reading, choices))
