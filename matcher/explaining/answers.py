"""What is answered, as values: nothing here asks a solver."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matcher.explaining.changes import Change
from matcher.plan import Reason
from matcher.problem import Line

Key = tuple[str, str]
"""A shift and one of its roles, by ids."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how hard to look: `seconds` by `clock`, and `nodes` searched for each question.

    With `nodes` and enough seconds the answers are repeatable.
    """

    seconds: float
    clock: Callable[[], float]
    nodes: int | None = 2000
    questions: int = 40


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that fills the seat, proven by `lines`, a valid plan of the changed problem.

    `is_cheapest`: no cheaper change of this kind that was looked at would do, says the solver
    over the whole problem; otherwise it is the cheapest that was found.
    """

    change: Change
    lines: tuple[Line, ...]
    is_cheapest: bool

    @property
    def price(self) -> int:
        """The change's price."""
        return self.change.price


@dataclass(frozen=True, slots=True)
class OpenSeat:
    """An open role: who is kept from it by what, and what would fill it, the cheapest first.

    No remedy and `is_settled`: no single change that was looked at fills it. Without `is_settled`
    the effort ended before that was known.
    """

    shift: str
    role: str
    missing: int
    reasons: Mapping[Reason, int]
    remedies: tuple[Remedy, ...]
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes by level against the plan: below 0 the other plan is better on that level.

    `lines` is the other plan. `is_proven`: it is the best there is, says the solver; without it
    there may be a better one. `gained` and `given_up` are the seats of which the other plan has
    more and fewer people.
    """

    shortfall: int
    open: int
    cost: int
    lines: tuple[Line, ...]
    is_proven: bool
    gained: tuple[tuple[Key, int], ...] = ()
    given_up: tuple[tuple[Key, int], ...] = ()

    @property
    def levels(self) -> tuple[int, int, int]:
        """The three levels, compared in this order."""
        return self.shortfall, self.open, self.cost


@dataclass(frozen=True, slots=True)
class Impossible:
    """No valid plan at all is as asked, says the solver."""


@dataclass(frozen=True, slots=True)
class SeatPrice:
    """What the plan becomes if this open seat must be filled; `Impossible` where no plan fills it,
    None where the effort ended before that was known."""

    key: Key
    difference: Difference | Impossible | None


@dataclass(frozen=True, slots=True)
class TradeOff:
    """The open seats by what filling each would cost, the cheapest first, those nobody can fill
    last.

    `is_whole`: all of them were asked about. On a plan proven optimal every price is a loss
    somewhere: a seat elsewhere, or cost where two seats weigh the same.
    """

    seats: tuple[SeatPrice, ...]
    is_whole: bool
