"""Whatever is entered, disputed and decided, in whatever order: the total is the sum over the stays
as they stand, and everything that a stay ever said can still be read."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services import attendance
from services.attendance import ConfirmIn
from services.errors import Conflict
from services.my_record import RecordEntry, StayState
from tests.services.attendance.world import IN, OUT, SETTINGS
from tests.services.my_record.world import Past, make_past

SCANS, TAPS = ("scan in", "scan out"), ("lead in", "lead out")
ACTS = (*SCANS, *TAPS, "close", "confirm", "dispute", "stands", "corrected", "struck")
STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 119))
LONG = [
    *(("scan in", 0), ("close", 0), ("confirm", 60), ("dispute", 0), ("corrected", 50)),
    *(("dispute", 1), ("struck", 0), ("dispute", 2), ("corrected", 10), ("dispute", 3)),
    ("stands", 0),
]


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(LONG)
@given(st.lists(STEP, min_size=4, max_size=14))
async def test_nothing_is_lost_and_the_sum_is_that_of_what_stands(
    database: str, steps: Sequence[tuple[str, int]]
) -> None:
    past = await make_past()
    stood: list[RecordEntry] = []
    for number, (act, minute) in enumerate(steps):
        now = 24 * 60.0 * (act not in SCANS + TAPS) + minute
        try:
            await _do(past, act, minute, now + number / 100)
        except Conflict:
            continue  # Refused with its reason, and then nothing may have changed.
        finally:
            if await past.lines():
                stood.append(await past.entry())
    if stood:
        await _holds(past, stood)


async def _do(past: Past, act: str, minute: int, now: float) -> None:
    day = past.day
    if act.startswith("scan"):
        await day.scans(day.ada, IN if act.endswith("in") else OUT, minute)
    elif act.startswith("lead"):
        await day.taps(day.adas, IN if act.endswith("in") else OUT, minute)
    elif act == "close":
        await attendance.close_due(day.at(now), SETTINGS)
    elif act == "confirm":
        left = ConfirmIn(out_at=day.at(minute))
        await attendance.confirm(day.lead, day.adas, left, day.at(now), SETTINGS)
    elif act == "dispute":
        await past.disputes(now)
    else:
        await _decide(past, act, minute, now)


async def _decide(past: Past, act: str, minute: int, now: float) -> None:
    if not await past.lines():
        return
    open_ones = [each for each in (await past.entry()).disputes if each.state == "open"]
    times: dict[str, Any] = {"out_at": past.day.at(minute)} if act == "corrected" else {}
    for each in open_ones:
        # A new organiser each time: whoever corrected it leaves the next one to somebody else.
        judge = await past.another_judge()
        await past.decides(each.id, act, now, who=judge, **times)


async def _holds(past: Past, stood: Sequence[RecordEntry]) -> None:
    totals, lines = await past.totals(), await past.lines()
    current = [each.stay.minutes or 0 for each in lines]
    assert totals.minutes == sum(current) == sum(each.minutes for each in totals.months)
    last = stood[-1]
    # Whatever stood at any moment, once it had an end, stands now or is among what stood before.
    kept = [*last.former, last.line.stay]
    for before, after in pairwise(stood):
        assert after.former[: len(before.former)] == before.former
    for entry in stood:
        if entry.line.stay.left is not None:
            assert entry.line.stay in kept
    if last.line.state is StayState.STRUCK:
        assert totals.minutes == 0
