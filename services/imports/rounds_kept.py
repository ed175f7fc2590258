"""The round of an imported problem: its last plan as one that was published, itself as a draft."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import inspect

from matcher.plan import Score
from matcher.problem import Line, Problem
from matcher.score import score
from models.core import Plan, PlanLine, Round, RoundState, new_id
from services.database import rows
from services.imports.problems import EARLIEST_MINUTE, LATEST_MINUTE, instant
from services.imports.sentences import note, row_defect
from services.imports.views import Note, RowDefect, RowReport
from services.imports.wanted import WantedShift, WantedVolunteer
from services.minors import MinorRules
from services.rounds import RulesIn, WeightsIn

OFFSET_MOST = 14 * 60
Seat = tuple[UUID, UUID, UUID]
"""Volunteer, shift and role."""

# One state after the other, because no other path to `published` is allowed.
_TO_PUBLISHED = (RoundState.SOLVING, RoundState.PROPOSED, RoundState.PUBLISHED)

_LINES = (
    "SELECT r.id, l.volunteer_id, l.shift_id, l.role_id FROM round r "
    "JOIN plan p ON p.round_id = r.id JOIN plan_line l ON l.plan_id = p.id "
    "WHERE r.organisation_id = $1 AND r.state = 'published' "
    "AND r.horizon_start = $2 AND r.horizon_end = $3"
)


@dataclass(slots=True)
class KeptPlan:
    """The lines of `current` that still mean something, with what became of the others."""

    seats: dict[tuple[UUID, UUID], Seat] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    known: bool = False
    rows: list[RowReport] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def horizon_defects(problem: Problem) -> list[RowDefect]:
    """What the tables do not take of a problem's horizon, rules and weights."""
    found: list[RowDefect] = []
    horizon = problem.horizon
    if abs(horizon.offset_minutes) > OFFSET_MOST:
        found.append(row_defect("horizon.start", "offset_too_large", found=horizon.offset_minutes))
    if horizon.start_minute < EARLIEST_MINUTE or horizon.end_minute > LATEST_MINUTE:
        found.append(row_defect("horizon", "too_early_or_late"))
    for name, given, bounds in (
        ("rules", problem.rules, RulesIn),
        ("weights", problem.weights, WeightsIn),
    ):
        for key, value in asdict(given).items():
            most = _most(bounds, key)
            if value > most:
                place = f"{name}.{key}"
                found.append(row_defect(place, "above_most", most=most, found=value))
    return found


def _most(bounds: type[msgspec.Struct], key: str) -> int:
    """The largest value that a field of a command takes."""
    described = inspect.type_info(bounds)
    assert isinstance(described, inspect.StructType)
    kind = next(each.type for each in described.fields if each.name == key)
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    assert isinstance(kind, inspect.IntType)
    assert kind.le is not None
    return kind.le


async def match_current(
    organisation_id: UUID,
    problem: Problem,
    people: dict[str, WantedVolunteer],
    shifts: dict[str, WantedShift],
) -> KeptPlan:
    """The lines of the last plan by their ids here, and whether such a plan was kept before."""
    kept = KeptPlan()
    dropped = joined = 0
    for line in problem.current:
        shift = shifts.get(line.shift)
        if line.volunteer not in people or shift is None or line.role not in shift.role_ids:
            dropped += 1
            continue
        seat = (people[line.volunteer].id, shift.id, shift.role_ids[line.role])
        if seat[:2] in kept.seats:
            joined += 1
            continue
        kept.seats[seat[0], seat[1]] = seat
        kept.lines.append(line)
    for code, count in (("current_dropped", dropped), ("current_joined", joined)):
        if count:
            kept.notes.append(note(code, count=count))
    kept.known = await _known(organisation_id, problem, set(kept.seats.values()))
    outcome: Any = "same" if kept.known else "new"
    if problem.current:
        kept.rows.append(RowReport(row=0, place="current", outcome=outcome))
    return kept


async def _known(organisation_id: UUID, problem: Problem, seats: set[Seat]) -> bool:
    horizon = problem.horizon
    ends = instant(horizon.start_minute), instant(horizon.end_minute)
    stored: dict[UUID, set[Seat]] = {}
    for row in await rows(_LINES, organisation_id, *ends):
        seat = (row["volunteer_id"], row["shift_id"], row["role_id"])
        stored.setdefault(row["id"], set()).add(seat)
    return not seats or seats in stored.values()


async def write_rounds(
    organisation_id: UUID,
    account_id: UUID | None,
    problem: Problem,
    kept: KeptPlan,
    now: datetime,
    of_minors: MinorRules,
) -> UUID:
    """The last plan as a published round, if it is new; then the draft, ready to be solved, by the
    file's own numbers and the service's for minors."""
    if not kept.known:
        await _write_published(organisation_id, account_id, problem, kept, now)
    wanted = _columns(organisation_id, problem)
    rules = {**asdict(problem.rules), "minors": msgspec.to_builtins(of_minors)}
    drafts = await Round.filter(state=RoundState.DRAFT, **wanted).order_by("created_at")
    for draft in drafts:
        if draft.rules == rules and draft.weights == asdict(problem.weights):
            return draft.id
    made = await Round.create(
        **wanted,
        requested_by_id=account_id,
        rules=rules,
        weights=asdict(problem.weights),
    )
    return made.id


def _columns(organisation_id: UUID, problem: Problem) -> dict[str, Any]:
    horizon = problem.horizon
    return {
        "organisation_id": organisation_id,
        "horizon_start": instant(horizon.start_minute),
        "horizon_end": instant(horizon.end_minute),
        "offset_minutes": horizon.offset_minutes,
    }


async def _write_published(
    organisation_id: UUID,
    account_id: UUID | None,
    problem: Problem,
    kept: KeptPlan,
    now: datetime,
) -> None:
    made = await Round.create(
        **_columns(organisation_id, problem),
        requested_by_id=account_id,
        rules=asdict(problem.rules),
        weights=asdict(problem.weights),
        attempt=1,
        started_at=now,
        finished_at=now,
        published_at=now,
    )
    for state in _TO_PUBLISHED:
        made.state = state
        await made.save(update_fields=["state"])
    plan_id = new_id()
    await _plan_row(plan_id, made.id, problem, kept).save(force_create=True)
    fixed = set(problem.fixed)
    await PlanLine.bulk_create(
        [
            PlanLine(
                plan_id=plan_id,
                volunteer_id=volunteer_id,
                shift_id=shift_id,
                role_id=role_id,
                fixed=line in fixed,
            )
            for line, (volunteer_id, shift_id, role_id) in zip(
                kept.lines, kept.seats.values(), strict=True
            )
        ],
        batch_size=2_000,
    )


def _plan_row(plan_id: UUID, round_id: UUID, problem: Problem, kept: KeptPlan) -> Plan:
    """What is known of a plan made elsewhere: how good it is, and no bound."""
    found = score(problem, kept.lines)
    on_role = Counter((line.shift, line.role) for line in kept.lines)
    # A plan that overfills a role has fewer than no open seats; the table knows no such figure.
    reached = Score(*(max(0, each) for each in (found.shortfall, found.open, found.cost)))
    return Plan(
        id=plan_id,
        round_id=round_id,
        attempt=1,
        status="feasible",
        score_shortfall=reached.shortfall,
        score_open=reached.open,
        score_cost=reached.cost,
        bound_shortfall=0,
        bound_open=0,
        bound_cost=0,
        bound_from={"shortfall": "trivial", "open": "trivial", "cost": "trivial"},
        seconds=0.0,
        volunteers_count=len(problem.volunteers),
        seats_count=sum(
            max(role.max, on_role[shift.id, role.id])
            for shift in problem.shifts
            for role in shift.roles
        ),
    )
