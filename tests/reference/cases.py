"""Numbered cases: the same number is the same problem and plan, here and in a long run."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.reference.choices import Choices, seeded
from tests.reference.plans import breaking, grown, reckless
from tests.reference.problems import SMALL, Size, problem
from tests.reference.reading import RULES, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reference.book import Json, Line

RULE_NAMES = tuple(RULES)


def case(number: int, size: Size = SMALL, fixed: str | None = None) -> tuple[Json, Choices]:
    """The problem of this number, and the choices that go on from it."""
    choices = seeded(random.Random(number))
    return problem(choices, size, fixed), choices


def plans_of(number: int, reading: Reading, choices: Choices) -> Iterator[tuple[str, list[Line]]]:
    """Plans of a numbered problem: full, thinned, two that break a rule in turn, and any lines.

    Yields what each is meant to be: the name of a rule, "" for a valid plan, "any" for any lines.
    """
    yield "", grown(reading, choices)
    yield "", grown(reading, choices, share_percent=60)
    for step in (0, 7):
        rule = RULE_NAMES[(number + step) % len(RULE_NAMES)]
        yield rule, breaking(reading, choices, rule)
    yield "any", reckless(reading, choices)
