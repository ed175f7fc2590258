"""What the solver makes of a round's problem: a checked plan, who gets how much, and the proof."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from matcher import portfolio
from matcher.check import check
from matcher.defects import Defect, Defects
from matcher.plan import Plan
from matcher.problem import Problem
from matcher.report import Report, report, report_of_tables
from matcher.solve import Progress, SolveParams
from matcher.solve import Solved as SolvedWhole
from matcher.solve.certificate import Certificate, write_certificate
from matcher.tables.of_problem import tables_of
from matcher.tables.plans import PlanTables, plan_tables_of
from matcher.tables.tables import Tables
from matcher.validate import validate
from services.planning import Loaded

if TYPE_CHECKING:
    from matcher.city.part import RunParts
    from services.planning.copying import LoadedTables

Answer = Plan | PlanTables | SolvedWhole | portfolio.Solved[Plan] | portfolio.Solved[PlanTables]


class Solver(Protocol):
    """`matcher.portfolio.solve`, or what stands in for it and may prove nothing."""

    def __call__(
        self,
        problem: Any,
        params: SolveParams,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        run_parts: "RunParts | None" = None,
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Made:
    """A plan that breaks no rule, and what is kept with it."""

    plan: Plan | PlanTables
    report: Report
    proof: Mapping[str, object] | None


class Refused(Exception):
    """The matcher does not take the problem."""

    def __init__(self, problem: Problem | Tables, defects: tuple[Defect, ...]) -> None:
        super().__init__()
        self.problem = problem
        self.defects = defects


def plan_of_objects(
    loaded: Loaded, places: Mapping[str, str], solve: Callable[[Problem], Answer]
) -> Made:
    """Plan a round that was loaded as objects. Raises Refused."""
    problem = loaded.problem
    if defects := validate(problem):
        raise Refused(problem, defects)
    plan, proof = _answer(problem, solve(problem))
    assert isinstance(plan, Plan)
    _refuse_broken({violation.rule for violation in check(problem, plan)})
    return Made(plan, report(problem, plan.assignments, places), proof)


def plan_of_columns(loaded: "LoadedTables", solve: Callable[[Tables], Answer]) -> Made:
    """Plan a round that was loaded as columns. Raises Refused.

    Of what can be wrong with a problem only promises that clash are looked for: the database
    itself refuses the rest.
    """
    from matcher.tables.check_plan import CheckedPlan
    from matcher.tables.fixed_clash import note_fixed_clash

    tables, defects = loaded.tables, Defects()
    note_fixed_clash(tables, defects)
    if defects:
        raise Refused(tables, defects.listed())
    plan, proof = _answer(tables, solve(tables))
    plan = plan_tables_of(plan) if isinstance(plan, Plan) else plan
    checked = CheckedPlan(tables, plan)
    _refuse_broken({each.rule for each in checked.broken()})
    return Made(plan, report_of_tables(tables, checked.assignments, loaded.places), proof)


def _answer(
    problem: Problem | Tables, found: Answer
) -> tuple[Plan | PlanTables, Mapping[str, object] | None]:
    if isinstance(found, Plan | PlanTables):
        return found, None
    if found.certificate is None:
        return found.plan, None
    if isinstance(found.certificate, Certificate):
        return found.plan, write_certificate(found.certificate)
    from matcher.bounds.written import write_prices
    from matcher.city import price_certificate

    tables = tables_of(problem) if isinstance(problem, Problem) else problem
    return found.plan, write_prices(price_certificate(tables, found.certificate))


def _refuse_broken(rules: set[str]) -> None:
    if rules:
        raise AssertionError(f"the plan breaks {', '.join(sorted(rules))}")
