"""One solve for all sizes: it chooses the engine by how many lines a plan could choose from.

Two engines keep the same promises. `matcher.solve` lists every possible line and proves the best
plan, or nearly; `matcher.city` lists none, so that it reaches from a town to a city. Between the
two sizes the second makes the first plan and the first goes on from there.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, overload

import numpy as np

from matcher.columns import compile_columns
from matcher.explain import unfilled
from matcher.obstacles import NOTHING, Obstacles
from matcher.plan import REASONS_VOLUNTEERS_MAX, Plan, Status
from matcher.problem import Problem
from matcher.solve import Progress, SolveParams, solve_with_proof
from matcher.tables.lines import lines_of
from matcher.tables.parts import of_people_and_shifts
from matcher.tables.plans import PlanTables, plan_of, plan_tables_of
from matcher.tables.tables import Tables
from matcher.tables.to_problem import problem_of

if TYPE_CHECKING:
    from matcher.city import CityPlan
    from matcher.city.certificate import Certificate as CityCertificate
    from matcher.city.part import RunParts
    from matcher.solve.certificate import Certificate

SEEDED_PAIRS_LEAST = 150_000
"""From so many possible lines on the city's engine makes the first plan: it is there in seconds."""
PAIRS_MOST = 600_000
"""With more possible lines than this listing them takes longer and finds no better plan."""
SHIFTS_MOST = 4_000
"""With more shifts the arrays of each shift against each, which listing needs, grow too large."""

# So many people and shifts are looked at where all of them would be too many to ask.
_SAMPLE_PEOPLE, _SAMPLE_SHIFTS = 400, 1_000

# Of the time, the first plan by the city's engine may take so much where lines are listed after it.
_SEED_SHARE = 0.25
# It is there long before; what its engine adds in more time, listing adds in less.
_SEED_SECONDS_MOST = 8.0

Engine = Literal["listing", "seeded", "city"]
Tell = Callable[[Progress], None]

_AnyPlan = TypeVar("_AnyPlan", Plan, PlanTables)


@dataclass(frozen=True, slots=True)
class Solved(Generic[_AnyPlan]):
    """A plan in the form of its problem, and the proof of its bounds from `lp`, if it has any."""

    plan: _AnyPlan
    certificate: "Certificate | CityCertificate | None"


@overload
def solve(
    problem: Problem,
    params: SolveParams,
    *,
    on_progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
    run_parts: "RunParts | None" = None,
) -> Solved[Plan]: ...


@overload
def solve(
    problem: Tables,
    params: SolveParams,
    *,
    on_progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
    run_parts: "RunParts | None" = None,
) -> Solved[PlanTables]: ...


def solve(
    problem: Problem | Tables,
    params: SolveParams,
    *,
    on_progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
    run_parts: "RunParts | None" = None,
) -> Solved[Plan] | Solved[PlanTables]:
    """A valid plan for any problem free of defects, by the engine that suits it, with its proof.

    Never without a plan: out of time, or cancelled, it is the best so far; at worst the fixed
    lines. Reasons are counted up to the size to which a plan must give them. `run_parts` solves the
    parts of what is divided, here one after another unless it is given.
    """
    engine = engine_for(problem)
    if engine != "listing":
        # Numba takes a while to load; small problems need none of it.
        from matcher.city.warming import warm_up

        warm_up(params.clock)
    if engine == "city":
        return _by_the_city(problem, params, on_progress, cancelled, run_parts)
    whole = problem if isinstance(problem, Problem) else problem_of(problem)
    if engine == "seeded":
        solved = _seeded(problem, whole, params, on_progress, cancelled, run_parts)
    else:
        found = solve_with_proof(whole, params, on_progress=on_progress, cancelled=cancelled)
        solved = Solved(found.plan, found.certificate)
    if isinstance(problem, Problem):
        return solved
    return Solved(plan_tables_of(solved.plan), solved.certificate)


def engine_for(problem: Problem | Tables) -> Engine:
    """Which engine plans the problem. The same problem is always planned by the same one."""
    people, shifts, roles = _sizes(problem)
    if shifts > SHIFTS_MOST:
        return "city"
    if people * roles < SEEDED_PAIRS_LEAST:
        return "listing"
    pairs = likely_pairs(problem)
    if pairs < SEEDED_PAIRS_LEAST:
        return "listing"
    return "seeded" if pairs <= PAIRS_MOST else "city"


def _sizes(problem: Problem | Tables) -> tuple[int, int, int]:
    if isinstance(problem, Tables):
        return len(problem.people), len(problem.shifts), len(problem.roles)
    roles = sum(len(shift.roles) for shift in problem.shifts)
    return len(problem.volunteers), len(problem.shifts), roles


def likely_pairs(problem: Problem | Tables) -> int:
    """How many pairs of a person and a role fit in time, place and skill, told from a sample.

    The sample is drawn by a seed of its own; up to its size it is everybody and everything.
    """
    people, shifts, _ = _sizes(problem)
    if not people or not shifts:
        return 0
    chosen_people, chosen_shifts = _chosen(people, _SAMPLE_PEOPLE), _chosen(shifts, _SAMPLE_SHIFTS)
    part = _part(problem, chosen_people, chosen_shifts)
    columns = compile_columns(part)
    roles = np.arange(len(columns.role_max))
    codes = Obstacles(columns).first(slice(0, len(chosen_people)), roles)
    share = np.count_nonzero(codes == NOTHING) / (len(chosen_people) * len(chosen_shifts))
    return round(float(share) * people * shifts)


def _chosen(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(count))
    chance = np.random.default_rng(count)
    return sorted(chance.choice(count, most, replace=False).tolist())


def _part(problem: Problem | Tables, people: list[int], shifts: list[int]) -> Problem:
    """These people and shifts alone, without the lines and lists that tie them to others."""
    if isinstance(problem, Tables):
        rows = np.array(people, np.int64), np.array(shifts, np.int64)
        problem = problem_of(of_people_and_shifts(problem, *rows))
        people, shifts = list(range(len(people))), list(range(len(shifts)))
    return Problem(
        horizon=problem.horizon,
        rules=problem.rules,
        weights=problem.weights,
        volunteers=tuple(replace(problem.volunteers[row], engaged=()) for row in people),
        shifts=tuple(replace(problem.shifts[row], invited=()) for row in shifts),
    )


def _by_the_city(
    problem: Problem | Tables,
    params: SolveParams,
    on_progress: Tell | None,
    cancelled: Callable[[], bool] | None,
    run_parts: "RunParts | None",
) -> Solved[Plan] | Solved[PlanTables]:
    tables, found = _city_plan(problem, params, on_progress, cancelled, run_parts)
    from matcher.city import plan_tables_of_city

    plan = plan_tables_of_city(tables, found)
    if len(tables.people) <= REASONS_VOLUNTEERS_MAX:
        plan = _with_reasons(problem, plan)
    if isinstance(problem, Problem):
        return Solved(plan_of(plan), found.certificate)
    return Solved(plan, found.certificate)


def _seeded(
    problem: Problem | Tables,
    whole: Problem,
    params: SolveParams,
    on_progress: Tell | None,
    cancelled: Callable[[], bool] | None,
    run_parts: "RunParts | None",
) -> Solved[Plan]:
    """A first plan by the city's engine; all lines listed from there."""
    began = params.clock()
    first = replace(params, seconds=min(_SEED_SHARE * params.seconds, _SEED_SECONDS_MOST))
    told = _part_of(on_progress, 0.0, _SEED_SHARE)
    tables, found = _city_plan(problem, first, told, cancelled, run_parts)
    used = params.clock() - began
    rest = replace(params, seconds=max(0.0, params.seconds - used))
    solved = solve_with_proof(
        whole,
        rest,
        on_progress=_part_of(on_progress, _SEED_SHARE, 1.0),
        cancelled=cancelled,
        start=lines_of(tables, found.assignments),
    )
    plan = replace(solved.plan, seconds=round(solved.plan.seconds + used, 3))
    if _proves_more(found, plan):
        status: Status = "optimal" if found.bound == plan.score else "feasible"
        plan = replace(plan, bound=found.bound, bound_from=found.bound_from, status=status)
        return Solved(plan, found.certificate)
    return Solved(plan, solved.certificate)


def _proves_more(found: "CityPlan", plan: Plan) -> bool:
    """Whether what was proven at first still speaks of this plan, and says more of it."""
    score, bound = plan.score, plan.bound
    if (score.shortfall, score.open) != (found.score.shortfall, found.score.open):
        return False
    levels = zip(astuple(found.bound), astuple(bound), strict=True)
    return found.bound != bound and all(one >= other for one, other in levels)


def _part_of(tell: Tell | None, first: float, last: float) -> Tell | None:
    """Tells a part's progress as that of the whole, whose fraction goes from `first` to `last`."""
    if tell is None:
        return None

    def told(progress: Progress) -> None:
        is_done = progress.stage == "done"
        if is_done and last < 1.0:
            progress = replace(progress, stage="cost")
        tell(replace(progress, fraction=first + (last - first) * progress.fraction))

    return told


def _city_plan(
    problem: Problem | Tables,
    params: SolveParams,
    on_progress: Tell | None,
    cancelled: Callable[[], bool] | None,
    run_parts: "RunParts | None",
) -> tuple[Tables, "CityPlan"]:
    from matcher.city import solve_city
    from matcher.city.part import in_turn
    from matcher.tables.of_problem import tables_of

    tables = problem if isinstance(problem, Tables) else tables_of(problem)
    return tables, solve_city(
        tables,
        params,
        on_progress=on_progress,
        cancelled=cancelled,
        run_parts=run_parts or in_turn,
    )


def _with_reasons(problem: Problem | Tables, plan: PlanTables) -> PlanTables:
    whole = problem if isinstance(problem, Problem) else problem_of(problem)
    optimal = plan.head.status == "optimal"
    rows = unfilled(whole, plan_of(plan).assignments, optimal=optimal)
    return replace(plan, reasons=tuple(row.reasons for row in rows))
