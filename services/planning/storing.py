"""Keeping the plan of a round, once, and noticing that the data moved under it."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from tortoise.transactions import in_transaction

from matcher.plan import Plan, Unfilled
from matcher.problem import Line, Problem
from matcher.report import Report
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
    loaded: Loaded,
    plan: Plan,
    now: datetime,
    report: Report | None = None,
    certificate: Mapping[str, object] | None = None,
) -> None:
    """Keep the plan and propose the round: stale at once if the data moved meanwhile, cancelled
    without a plan if the organiser asked for that. Raises LostLease, and then writes nothing.

    Its reasons are asked for with it: they come later, by a job of their own. `certificate` is the
    proof of its bounds, as values for JSON.
    """
    async with in_transaction():
        round_ = await locked(attempt)
        if round_.cancel_requested:
            await end(round_, RoundState.CANCELLED, now)
            return
        await PlanRow.filter(round_id=round_.id).delete()  # Of an earlier solve, gone stale.
        proof = None if certificate is None else zlib.compress(msgspec.json.encode(certificate))
        await _store_plan(round_.id, attempt.attempt, loaded.problem, plan, now, report, proof)
        round_.problem_digest = loaded.digest
        round_.progress = msgspec.to_builtins(_done(plan))
        await end(round_, RoundState.PROPOSED, now)
        if await read_digest(round_.id) != loaded.digest:
            await end(round_, RoundState.STALE, now)
        else:
            await outbox.enqueue(outbox.Job.EXPLAIN_PLAN, round_id=round_.id)


def _done(plan: Plan) -> Progress:
    figures = {"score": plan.score, "bound": plan.bound}
    done = {name: msgspec.to_builtins(value) for name, value in figures.items()}
    return msgspec.convert(
        {"stage": "done", "fraction": 1.0, "assignments": len(plan.assignments), **done}, Progress
    )


async def _store_plan(
    round_id: UUID,
    attempt: int,
    problem: Problem,
    plan: Plan,
    now: datetime,
    report: Report | None,
    certificate: bytes | None,
) -> None:
    row = await PlanRow.create(
        round_id=round_id,
        attempt=attempt,
        status=plan.status,
        score_shortfall=plan.score.shortfall,
        score_open=plan.score.open,
        score_cost=plan.score.cost,
        bound_shortfall=plan.bound.shortfall,
        bound_open=plan.bound.open,
        bound_cost=plan.bound.cost,
        bound_from=msgspec.to_builtins(plan.bound_from),
        seconds=plan.seconds,
        volunteers_count=len(problem.volunteers),
        seats_count=sum(role.max for shift in problem.shifts for role in shift.roles),
        report=None if report is None else msgspec.to_builtins(report),
        certificate=certificate,
    )
    await _store_lines(row.id, plan.assignments, frozenset(problem.fixed), now)
    await _store_gaps(row.id, plan.unfilled, now)


async def _store_lines(
    plan_id: UUID, lines: Sequence[Line], fixed: frozenset[Line], now: datetime
) -> None:
    await rows(
        STORE_LINES,
        now,
        plan_id,
        [new_id() for _ in lines],
        [UUID(line.volunteer) for line in lines],
        [UUID(line.shift) for line in lines],
        [UUID(line.role) for line in lines],
        [line in fixed for line in lines],
    )


async def _store_gaps(plan_id: UUID, gaps: Sequence[Unfilled], now: datetime) -> None:
    await rows(
        STORE_GAPS,
        now,
        plan_id,
        [new_id() for _ in gaps],
        [UUID(gap.shift) for gap in gaps],
        [UUID(gap.role) for gap in gaps],
        [gap.missing for gap in gaps],
        [msgspec.json.encode(dict(gap.reasons or {})).decode() for gap in gaps],
    )


@as_system
async def mark_stale() -> int:
    """Mark every proposed round whose data moved; how many there were."""
    proposed = await Round.filter(state=RoundState.PROPOSED).order_by("id")
    marked = 0
    for round_ in proposed:
        async with one_moment():
            digest = await read_digest(round_.id)
        if digest != round_.problem_digest:
            marked += await _mark(round_.id, round_.attempt)
    return marked


async def _mark(round_id: UUID, attempt: int) -> int:
    # The plan may have been published, or made anew, since it was looked at.
    return await Round.filter(id=round_id, attempt=attempt, state=RoundState.PROPOSED).update(
        state=RoundState.STALE
    )
