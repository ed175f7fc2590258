"""Compiles a city's loops before the time of a solve begins to run."""

from collections.abc import Callable
from functools import lru_cache

from matcher.city.prepare import prepare
from matcher.city.seed import estimated_slack
from matcher.city.solve import solve_city
from matcher.problem import (
    Engagement,
    Forbidden,
    Horizon,
    Line,
    Problem,
    Role,
    Shift,
    TeamLine,
    Volunteer,
)
from matcher.solve.params import SolveParams
from matcher.tables.of_problem import tables_of

_SECONDS = 600.0


@lru_cache(maxsize=1)
def warm_up(clock: Callable[[], float]) -> None:
    """Have the loops of this process compiled: half a minute where nobody ever did, else a moment.

    Compiling cannot be interrupted and is none of the seconds that a solve is given.
    """
    tables = tables_of(_with_every_rule())
    solve_city(tables, SolveParams(_SECONDS, clock, effort=1.0))
    # Small problems count what large ones estimate.
    estimated_slack(prepare(tables, 1))


def _with_every_rule() -> Problem:
    """A problem in which every loop has something to do."""
    day, place = (0, 1440), (121.0, 31.0)
    young = [
        Volunteer(each, (day,), place, 9000, age=16, skills={"x": 3}, likes={"y": 2})
        for each in ("a", "b", "c", "d")
    ]
    engaged = (Engagement(0, 60, place),)
    elder = Volunteer("e", (day,), age=40, groups=("g",), engaged=engaged)
    shifts = [
        Shift(
            id=f"s{hour}",
            project="p",
            start_minute=60 * hour,
            end_minute=60 * hour + 90,
            roles=(Role("one", 2, 1, {"x": 1}), Role("two", 1, groups=("g",))),
            cause="y",
            location=place,
            cancel_below_minimum=hour == 2,
            team=(TeamLine("x", 2, 1),),
            invited=("a",),
        )
        for hour in (2, 6, 10)
    ]
    return Problem(
        Horizon(0, 1440),
        (*young, elder),
        tuple(shifts),
        together=(("a", "b"),),
        apart=(("c", "d"),),
        fixed=(Line("d", "s10", "one"),),
        forbidden=(Forbidden("c", "s6", "no"),),
        current=(Line("c", "s2", "one"),),
    )
