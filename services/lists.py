"""Lists in which nothing may stand twice."""

from collections.abc import Hashable, Iterable

from services.errors import Defect


def listed_twice(name: str, keys: Iterable[Hashable]) -> list[Defect]:
    """A defect at each place of the list `name` whose key stood there before."""
    seen: set[Hashable] = set()
    found = []
    for index, key in enumerate(keys):
        if key in seen:
            found.append(Defect(f"{name}[{index}]", "listed_twice"))
        seen.add(key)
    return found
