"""Small problems by hand: Monday 2026-03-02 at +08:00, with `at(day, hour)` for times."""

from typing import Any

from matcher.problem import Horizon, Line, Problem, Role, Shift, Volunteer

OFFSET_MINUTES = 480
DAY = 1440
MONDAY = 29_539_680  # 2026-03-02T00:00+08:00
HORIZON = Horizon(MONDAY, MONDAY + 7 * DAY, OFFSET_MINUTES)
ALWAYS = ((MONDAY - 7 * DAY, MONDAY + 14 * DAY),)
# About 1,112 m apart, going north along a meridian.
HERE, THERE = (121.47, 31.23), (121.47, 31.24)


def at(day: int, hour: float) -> int:
    """Minutes since the epoch, at that hour of that day, the Monday being 0."""
    return MONDAY + day * DAY + round(hour * 60)


def volunteer(name: str, **changed: Any) -> Volunteer:
    """Somebody who can always serve."""
    return Volunteer(id=name, **{"available": ALWAYS, **changed})


def shift(name: str, start: int, hours: float = 2, **changed: Any) -> Shift:
    """A shift with two seats in one role."""
    values: dict[str, Any] = {"project": "park", "roles": (Role("helper", max=2),), **changed}
    return Shift(id=name, start_minute=start, end_minute=start + round(hours * 60), **values)


def problem(volunteers: list[Volunteer], shifts: list[Shift], **changed: Any) -> Problem:
    """A problem of one week."""
    return Problem(
        **{
            "horizon": HORIZON,
            "volunteers": tuple(volunteers),
            "shifts": tuple(shifts),
            **changed,
        }
    )


def lines(*texts: str) -> tuple[Line, ...]:
    """Lines written as `volunteer shift` or `volunteer shift role`, the role being `helper`."""
    return tuple(Line(*(*text.split(), "helper")[:3]) for text in texts)
