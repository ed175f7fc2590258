"""Two real events' demand: valid plans whose first two levels are proven."""

import os
from pathlib import Path

import pytest

from matcher.check import check
from matcher.codec import read_problem
from matcher.plan import Score
from matcher.solve import Progress, solve
from tests.matcher.solving import params

FOLDER = os.environ.get("MULIN_INSTANCES", "")


@pytest.mark.skipif(not FOLDER, reason="MULIN_INSTANCES names no folder with real instances")
@pytest.mark.parametrize(
    ("name", "shortfall", "open_"), [("fosdem", 315, 2650), ("emf2022", 60, 420)]
)
def test_real_event_is_planned_and_its_seats_proven(name: str, shortfall: int, open_: int) -> None:
    """Stopped as soon as shortfall and open are closed: the cost takes the longest."""
    asked = read_problem((Path(FOLDER) / f"{name}.json").read_bytes())
    told: list[Progress] = []

    plan = solve(
        asked,
        params(effort=None),
        on_progress=told.append,
        cancelled=lambda: bool(told) and _are_seats_closed(told[-1].score, told[-1].bound),
    )

    assert check(asked, plan) == []
    assert (plan.score.shortfall, plan.score.open) == (shortfall, open_)
    assert (plan.bound.shortfall, plan.bound.open) == (shortfall, open_)


def _are_seats_closed(score: Score, bound: Score) -> bool:
    return (score.shortfall, score.open) == (bound.shortfall, bound.open)
