"""A call-up: who is asked first when many are needed at once at one place.

Everybody who opted in, is free and has a wanted skill can be given one seat. As many seats as can
be filled are filled, and the time until people are there, added up, is the least that is possible.
What it costs to call somebody depends on the person alone and not on the seat, so taking people in
the order of their arrival, whenever the seats can still be dealt out among all who were taken, is
best of all: those who can be dealt seats together are the independent sets of a matroid. `bound`
proves it again from prices of the seats.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matcher.index.index import Index
from matcher.index.loops import roster_candidates
from matcher.tables.tables import Bools, Int64s

NEVER_MINUTES = 2**32
"""No arrival is as late: a seat filled is worth more than all minutes together."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many people with a skill at a level or above; `skill` None takes anybody."""

    skill: str | None
    level: int
    count: int


@dataclass(frozen=True, slots=True)
class Call:
    """When and where people are needed, and how many of which skill."""

    start_minute: int
    end_minute: int
    longitude: float
    latitude: float
    wanted: tuple[Wanted, ...]
    min_age: int = 18


@dataclass(frozen=True, slots=True)
class Rostered:
    """A person, by row, for a line of `Call.wanted`, and how soon he can be there."""

    person: int
    wanted: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Roster:
    """Those to be asked, the soonest first.

    `missing` counts the seats of each line that nobody is left for. `minutes` are all arrivals
    added up, `bound` the least for so many seats filled; `able` is how many people could be asked.
    """

    people: tuple[Rostered, ...]
    missing: tuple[int, ...]
    minutes: int
    bound: int
    able: int


def roster(index: Index, call: Call, opted_in: Bools) -> Roster:
    """The best roster of a call-up; `opted_in` says by row who agreed to be called.

    Opting in stands in for H2 and H3: it is a yes at any hour and from anywhere. H4 to H6 hold
    beside all that a person has promised, and of H1 the age and the skill. Somebody without a home
    in the books cannot be told to be near, and is left out. Of people who arrive alike the order
    of the rows decides.
    """
    people, classes, minutes = _able(index, call, opted_in)
    order = np.lexsort((people, minutes))
    dealt = _Dealt([each.count for each in call.wanted])
    for at in order.tolist():
        if dealt.is_full:
            break
        dealt.add(at, int(classes[at]))
    chosen = sorted(dealt.seat_of, key=lambda at: (int(minutes[at]), int(people[at])))
    found = tuple(Rostered(int(people[at]), dealt.seat_of[at], int(minutes[at])) for at in chosen)
    total = sum(each.minutes for each in found)
    return Roster(
        people=found,
        missing=tuple(dealt.left),
        minutes=total,
        bound=_bound(call, classes, minutes, dealt),
        able=len(people),
    )


def _able(index: Index, call: Call, opted_in: Bools) -> tuple[Int64s, Int64s, Int64s]:
    """Rows of those who can come, the lines that each could take as bits, and their minutes."""
    names = {name: row for row, name in enumerate(index.tables.skills)}
    skill = np.array(
        [-1 if each.skill is None else names.get(each.skill, -2) for each in call.wanted], np.int64
    )
    level = np.array([each.level for each in call.wanted], np.int64)
    stay = np.zeros(1, index.facts.shift.dtype)
    stay["start"], stay["end"] = call.start_minute, call.end_minute
    stay["longitude"], stay["latitude"] = call.longitude, call.latitude
    places, classes, minutes = roster_candidates(
        index.facts, stay, opted_in[index.row_of], skill, level, call.min_age
    )
    return index.row_of[places].astype(np.int64), classes, minutes


class _Dealt:
    """People with seats. Somebody more is let in by moving others from line to line, if need be."""

    def __init__(self, seats: Sequence[int]) -> None:
        self.left = list(seats)
        self.seat_of: dict[int, int] = {}
        # Who sits in a line, by the bits of what else they could do: any of a kind is as good.
        self._kinds: list[dict[int, list[int]]] = [{} for _ in seats]
        self._closed: set[int] = set()

    @property
    def is_full(self) -> bool:
        return not any(self.left)

    def add(self, person: int, kind: int) -> bool:
        """Deal the person a seat; False where no dealing has room for him."""
        if kind in self._closed:
            return False
        path = self._path(kind)
        if path is None:
            # Who cannot be let in now never can: seats only fill up.
            self._closed.add(kind)
            return False
        # From the free seat backwards: each line passes one person on to the next.
        for here, on in reversed(list(pairwise(path))):
            self._move(here, on)
        self._sit(person, kind, path[0])
        self.left[path[-1]] -= 1
        return True

    def reachable(self, kind: int) -> set[int]:
        """The lines in which a seat would help this kind of person: his, and those they lead to."""
        return set(self._walk(kind))

    def _path(self, kind: int) -> list[int] | None:
        came = self._walk(kind)
        free = next((line for line in came if self.left[line]), None)
        if free is None:
            return None
        path = [free]
        while (before := came[path[-1]]) is not None:
            path.append(before)
        return path[::-1]

    def _walk(self, kind: int) -> dict[int, int | None]:
        """Breadth first over lines, with the line that each was reached from."""
        came: dict[int, int | None] = {
            line: None for line in range(len(self.left)) if kind >> line & 1
        }
        waiting = deque(came)
        while waiting:
            here = waiting.popleft()
            could = 0
            for other, sitting in self._kinds[here].items():
                could |= other if sitting else 0
            for line in range(len(self.left)):
                if could >> line & 1 and line not in came:
                    came[line] = here
                    waiting.append(line)
        return came

    def _move(self, here: int, on: int) -> None:
        kind = next(kind for kind, who in self._kinds[here].items() if who and kind >> on & 1)
        self._sit(self._kinds[here][kind].pop(), kind, on)

    def _sit(self, person: int, kind: int, line: int) -> None:
        self.seat_of[person] = line
        self._kinds[line].setdefault(kind, []).append(person)


def _bound(call: Call, classes: Int64s, minutes: Int64s, dealt: _Dealt) -> int:
    """The least sum of arrivals over as many seats, proven by prices for the lines.

    A seat's price is how much sooner than never its next taker would come; a line with a seat left
    costs nothing. Whatever roster is made, its worth is at most all seats at their prices and, for
    each person, what he is worth above the cheapest price of a line that he could take.
    """
    worth = NEVER_MINUTES - minutes
    price = [0] * len(call.wanted)
    waiting = [at for at in np.argsort(minutes, kind="stable").tolist() if at not in dealt.seat_of]
    seen: set[int] = set()
    for at in waiting:
        kind = int(classes[at])
        if kind in seen:
            continue
        seen.add(kind)
        for line in dealt.reachable(kind):
            price[line] = max(price[line], int(worth[at]))
    bits = np.arange(len(price))
    prices = np.array(price, np.int64)
    cheapest = np.where((classes[:, None] >> bits) & 1, prices, NEVER_MINUTES).min(
        axis=1, initial=NEVER_MINUTES
    )
    gained = int(np.maximum(0, worth - cheapest).sum())
    most = gained + sum(line.count * each for line, each in zip(call.wanted, price, strict=True))
    return len(dealt.seat_of) * NEVER_MINUTES - most
