"""One way to make choices, fed by a seeded generator or by Hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")


class WholeNumbers(Protocol):
    def __call__(self, least: int, most: int, /) -> int: ...


class Choices:
    """Everything drawn comes down to whole numbers; small ones are the plain cases."""

    def __init__(self, whole: WholeNumbers) -> None:
        self.whole = whole

    def chance(self, percent: int) -> bool:
        return self.whole(0, 99) >= 100 - percent

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.whole(0, len(items) - 1)]

    def some(self, items: Sequence[Item], most: int) -> list[Item]:
        """Up to `most` different items, in any order."""
        left = list(items)
        count = self.whole(0, min(most, len(left)))
        return [left.pop(self.whole(0, len(left) - 1)) for _ in range(count)]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        left = list(items)
        return [left.pop(self.whole(0, len(left) - 1)) for _ in range(len(left))]


def seeded(generator: random.Random) -> Choices:
    return Choices(generator.randint)


def drawn(draw: Callable[[st.SearchStrategy[int]], Any]) -> Choices:
    def whole(least: int, most: int) -> int:
        return int(draw(st.integers(least, most)))

    return Choices(whole)
