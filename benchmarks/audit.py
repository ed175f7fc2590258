"""Writing, sealing and verifying a long log: `python -m benchmarks.audit [LINES]`.

On a database of its own in the embedded PostgreSQL. It says how many lines are sealed and verified
each second, what a pass costs when nothing is new, and how soon a committed line has its seal,
first in an empty log and then in the long one: the cost of a pass must not grow with the log.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

from services import clock, scope, sealing, verifying
from services.database import open_runtime, rows
from services.sealing import Sealer
from tests.support.lease import leased, servers_at_hand

LINES = 200_000
BATCH = 20_000
IDLE_PASSES = 50
FRESH = 30

FILL = (
    "INSERT INTO audit_event (id, created_at, act, account_id, subject_kind, subject_id, "
    "organisation_id, facts, transaction_number) SELECT gen_random_uuid(), clock_timestamp(), "
    "'personal_data_read', gen_random_uuid(), 'volunteer', gen_random_uuid(), gen_random_uuid(), "
    "jsonb_build_object('purpose', 'insurance', 'fields', jsonb_build_array('phone'), 'n', n), "
    "pg_current_xact_id()::text::bigint FROM generate_series(1, $1::int) n"
)


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def seconds_of(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def seal_all(sealer: Sealer) -> int:
    sealed = 0
    while True:
        batch = await sealer.seal()
        sealed += batch.sealed
        if not batch.is_full:
            return sealed


async def measure_passes(sealer: Sealer, title: str) -> None:
    """A pass without anything new, and a pass right after a line was written."""
    idle = [await seconds_of(sealer.seal) for _ in range(IDLE_PASSES)]
    fresh = []
    for _ in range(FRESH):
        await rows(FILL, 1)
        fresh.append(await seconds_of(sealer.seal))
    say(
        f"{title:>12}: a pass with nothing new {statistics.median(idle) * 1000:6.2f} ms, "
        f"with one new line {statistics.median(fresh) * 1000:6.2f} ms (medians)"
    )


async def run(url: str, lines: int) -> None:
    scope.begin(scope.SYSTEM)
    async with open_runtime(url, 2):
        sealer = Sealer()
        await measure_passes(sealer, "empty log")
        spent, sealed = 0.0, 0
        for _ in range(lines // BATCH):
            await rows(FILL, BATCH)
            started = time.perf_counter()
            sealed += await seal_all(sealer)
            spent += time.perf_counter() - started
        say(f"{'sealed':>12}: {sealed} lines, {sealed / spent:,.0f} a second")
        await rows("ANALYZE")
        await measure_passes(sealer, f"{sealed} lines")
        started = time.perf_counter()
        newcomer = Sealer()
        while newcomer._sweep_after is not None:  # noqa: SLF001
            await newcomer.seal()
        say(f"{'swept':>12}: the whole log in {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        report = await verifying.verify()
        took = time.perf_counter() - started
        say(f"{'verified':>12}: {report.lines} lines, {report.lines / took:,.0f} a second")
        assert report.is_sound
        assert report.unsealed.age_seconds(clock.now()) == 0
        head = await sealing.head()
        assert head.number == report.lines


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else LINES
    with servers_at_hand(), leased("database") as url:
        asyncio.run(run(url, lines))


if __name__ == "__main__":
    main()
