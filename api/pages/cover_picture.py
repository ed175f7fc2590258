"""The insurance of a project drawn over time: its policies as bars, its shifts as marks.

Only where things lie is worked out here; the template draws them, and a list beside the picture
says the same in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from api.pages.moments import Moments
from services.insurance import CoveredShift, Policy

WIDTH: Final = 100  # per cent: the picture is as wide as its card, its letters stay as they are
LEFT: Final = 3  # on either side, so that a mark at the edge is whole
BELOW: Final = 8
ROW: Final = 22
TOP: Final = 58  # the dates, then the line of the shifts
DAYS_LEAST: Final = 14
DAYS_MOST: Final = 366
TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Tick:
    """A day that is named below the line."""

    x: float
    day: date


@dataclass(frozen=True, slots=True)
class Mark:
    """A shift. `state` is `covered`, `partly` (not for every seat) or `bare`."""

    x: float
    state: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A policy, from x to x in per cent; an end outside the picture is open."""

    policy_id: UUID
    x: float
    width: float
    y: int
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class CoverPicture:
    """All that is drawn."""

    height: int
    ticks: list[Tick]
    marks: list[Mark]
    bars: list[Bar]


def draw(
    shifts: Sequence[CoveredShift], policies: Sequence[Policy], moments: Moments
) -> CoverPicture | None:
    """The time from today to the last shift, or two weeks; None where there is nothing to draw."""
    standing = [each for each in policies if each.covers_until > moments.now]
    if not shifts and not standing:
        return None
    first = moments.midnight(moments.day_of(moments.now))
    until = max([each.ends_at for each in shifts] or [standing[-1].covers_until])
    last = moments.day_of(until) + timedelta(days=1)
    days = (last - moments.day_of(first)).days
    scale = _Scale(first, min(max(days, DAYS_LEAST), DAYS_MOST))
    bars = [
        bar for row, policy in enumerate(standing) if (bar := scale.bar(policy, TOP + ROW * row))
    ]
    return CoverPicture(
        height=TOP + ROW * len(standing) + BELOW,
        ticks=scale.ticks(),
        marks=[Mark(scale.at(each.starts_at), state_of(each)) for each in shifts],
        bars=bars,
    )


def state_of(shift: CoveredShift) -> str:
    """Whether everybody who has or may have a seat is insured."""
    if shift.covered >= shift.maximum:
        return "covered"
    return "partly" if shift.covered > 0 and shift.covered >= shift.held else "bare"


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    days: int

    def at(self, moment: datetime) -> float:
        """Where a moment lies, at the edge where it lies outside."""
        part = (moment - self.first) / timedelta(days=self.days)
        return round(LEFT + (WIDTH - 2 * LEFT) * min(max(part, 0.0), 1.0), 1)

    def bar(self, policy: Policy, y: int) -> Bar:
        end = self.first + timedelta(days=self.days)
        x, until = self.at(policy.covers_from), self.at(policy.covers_until)
        return Bar(
            policy_id=policy.id,
            x=x,
            width=max(round(until - x, 1), 1.0),
            y=y,
            begins=policy.covers_from >= self.first,
            ends=policy.covers_until <= end,
        )

    def ticks(self) -> list[Tick]:
        """The first day, the last, and some between them at like distances."""
        days = [round(self.days * part / (TICKS - 1)) for part in range(TICKS)]
        moments = [self.first + timedelta(days=day) for day in days]
        return [Tick(self.at(each), each.date()) for each in moments]
