"""Figures for those who may not see the people behind them.

A count below five is not told, and every other is rounded to the nearest five, each by itself. So
neither one figure nor the difference of two, on whatever levels of the tree, is about few people.
"""

from typing import Final

PEOPLE_LEAST: Final = 5


def count(people: int, *, is_exact: bool) -> int | None:
    """How many people, or nothing where they are too few to tell."""
    return total(people, people, is_exact=is_exact)


def total(amount: int, people: int, *, is_exact: bool, step: int = PEOPLE_LEAST) -> int | None:
    """A sum over so many people, to the nearest `step`; nothing where they are too few.

    Nobody is nobody: a sum over no people is told as it is.
    """
    if is_exact or people == 0:
        return amount
    if people < PEOPLE_LEAST:
        return None
    return (amount + step // 2) // step * step
