"""Keeping the plan of a round, once, and noticing that the data moved under it."""

import asyncio
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from tortoise.transactions import in_transaction

from matcher.plan import Plan
from matcher.report import Report
from matcher.tables.plans import PlanTables, plan_tables_of
from models.core import Plan as PlanRow
from models.core import Round, RoundState, new_id
from services import outbox
from services.database import rows
from services.planning.digest import read_digest
from services.planning.leases import Attempt, end, locked
from services.planning.loading import Loaded
from services.planning.progress import Progress
from services.planning.scope import one_moment
from services.scope import as_system

if TYPE_CHECKING:
    from services.planning.copying import LoadedTables

BATCH_LINES = 20_000
"""So many lines go to the database at once: of a city's there are half a million."""

LOOK_SECONDS = 15
PEOPLE_OF_A_LOOK = 25_000
"""A look at 200,000 people took 2.4 seconds, which is then one in fifty (benchmarks.rounds)."""

PROPOSED = (
    "SELECT r.id, r.attempt, r.problem_digest, p.volunteers_count FROM round r "
    "JOIN plan p ON p.round_id = r.id WHERE r.state = 'proposed' "
    # Whoever publishes it looks itself, and holds the row for as long as that takes.
    "AND r.publish_asked_at IS NULL ORDER BY r.id"
)
# What was deleted since the problem was read is left out: the plan is stale then, and says so.
STORE_LINES = (
    "INSERT INTO plan_line (id, created_at, plan_id, volunteer_id, shift_id, role_id, fixed) "
    "SELECT t.id, $1, $2, t.volunteer, t.shift, t.role, t.fixed "
    "FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::boolean[]) "
    "AS t(id, volunteer, shift, role, fixed) "
    "JOIN volunteer v ON v.id = t.volunteer JOIN role r ON r.id = t.role AND r.shift_id = t.shift"
)
STORE_GAPS = (
    "INSERT INTO plan_gap (id, created_at, plan_id, shift_id, role_id, missing, reasons) "
    "SELECT t.id, $1, $2, t.shift, t.role, t.missing, t.reasons::jsonb "
    "FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::text[]) "
    "AS t(id, shift, role, missing, reasons) "
    "JOIN role r ON r.id = t.role AND r.shift_id = t.shift"
)


@as_system
async def store(
    attempt: Attempt,
    loaded: "Loaded | LoadedTables",
    plan: Plan | PlanTables,
    now: datetime,
    report: Report | None = None,
    certificate: Mapping[str, object] | None = None,
) -> None:
    """Keep the plan and propose the round: stale at once if the data moved meanwhile, cancelled
    without a plan if the organiser asked for that. Raises LostLease, and then writes nothing.

    The reasons of a plan over objects are asked for with it: they come later, by a job of their
    own. A plan over columns has none. `certificate` is the proof of its bounds, as values for JSON.
    """
    columns = plan_tables_of(plan) if isinstance(plan, Plan) else plan
    proof = None if certificate is None else await asyncio.to_thread(_packed, certificate)
    async with in_transaction():
        round_ = await locked(attempt)
        if round_.cancel_requested:
            await end(round_, RoundState.CANCELLED, now)
            return
        await PlanRow.filter(round_id=round_.id).delete()  # Of an earlier solve, gone stale.
        kept = await _store_head(round_.id, attempt.attempt, loaded, columns, now, report, proof)
        await _store_lines(kept.id, columns, loaded.promised, now)
        await _store_gaps(kept.id, columns, now)
        round_.problem_digest = loaded.digest
        round_.progress = msgspec.to_builtins(_done(columns))
        await end(round_, RoundState.PROPOSED, now)
        if await read_digest(round_.id) != loaded.digest:
            await end(round_, RoundState.STALE, now)
        elif isinstance(loaded, Loaded):
            await outbox.enqueue(outbox.Job.EXPLAIN_PLAN, round_id=round_.id)


def _packed(certificate: Mapping[str, object]) -> bytes:
    return zlib.compress(msgspec.json.encode(certificate))


def _done(plan: PlanTables) -> Progress:
    figures = {"score": plan.head.score, "bound": plan.head.bound}
    done = {name: msgspec.to_builtins(value) for name, value in figures.items()}
    return msgspec.convert(
        {"stage": "done", "fraction": 1.0, "assignments": len(plan), **done}, Progress
    )


async def _store_head(
    round_id: UUID,
    attempt: int,
    loaded: "Loaded | LoadedTables",
    plan: PlanTables,
    now: datetime,
    report: Report | None,
    certificate: bytes | None,
) -> PlanRow:
    head = plan.head
    return await PlanRow.create(
        round_id=round_id,
        attempt=attempt,
        status=head.status,
        score_shortfall=head.score.shortfall,
        score_open=head.score.open,
        score_cost=head.score.cost,
        bound_shortfall=head.bound.shortfall,
        bound_open=head.bound.open,
        bound_cost=head.bound.cost,
        bound_from=msgspec.to_builtins(head.bound_from),
        seconds=head.seconds,
        volunteers_count=loaded.volunteers_count,
        seats_count=loaded.seats_count,
        report=None if report is None else msgspec.to_builtins(report),
        certificate=certificate,
        explained_at=None if isinstance(loaded, Loaded) else now,
    )


async def _store_lines(
    plan_id: UUID, plan: PlanTables, promised: set[tuple[str, str]], now: datetime
) -> None:
    for some in _batches(len(plan)):
        people, roles = plan.volunteer[some].tolist(), plan.role[some].tolist()
        await rows(
            STORE_LINES,
            now,
            plan_id,
            [new_id() for _ in people],
            people,
            plan.shift[some].tolist(),
            roles,
            [line in promised for line in zip(people, roles, strict=True)],
        )


async def _store_gaps(plan_id: UUID, plan: PlanTables, now: datetime) -> None:
    for some in _batches(len(plan.unfilled_role)):
        shifts = plan.unfilled_shift[some].tolist()
        await rows(
            STORE_GAPS,
            now,
            plan_id,
            [new_id() for _ in shifts],
            shifts,
            plan.unfilled_role[some].tolist(),
            plan.unfilled_missing[some].tolist(),
            [msgspec.json.encode(dict(found or {})).decode() for found in plan.reasons[some]],
        )


def _batches(count: int) -> Iterator[slice]:
    return (slice(first, first + BATCH_LINES) for first in range(0, count, BATCH_LINES))


@as_system
async def mark_stale(now: datetime) -> int:
    """Mark every proposed round whose data moved; how many there were.

    To be called every `LOOK_SECONDS`. Large rounds are looked at in some of the calls only, so that
    a look costs the database about as much time in a day whatever the round's size; whoever
    publishes a round looks again.
    """
    marked = 0
    for row in await rows(PROPOSED):
        if not is_due(row["id"], row["volunteers_count"], now):
            continue
        async with one_moment():
            digest = await read_digest(row["id"])
        if digest != row["problem_digest"]:
            marked += await _mark(row["id"], row["attempt"])
    return marked


def is_due(round_id: UUID, people: int, now: datetime) -> bool:
    """Whether a round with so many people is looked at in the call of this moment.

    Each has a turn of its own, so that two large ones are not looked at together.
    """
    call = int(now.timestamp()) // LOOK_SECONDS
    return (call + round_id.int) % (1 + people // PEOPLE_OF_A_LOOK) == 0


async def _mark(round_id: UUID, attempt: int) -> int:
    # The plan may have been published, or made anew, since it was looked at.
    return await Round.filter(id=round_id, attempt=attempt, state=RoundState.PROPOSED).update(
        state=RoundState.STALE
    )
