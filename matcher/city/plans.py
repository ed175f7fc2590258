"""A city's plan as FORMAT says it."""

from matcher.city.solve import CityPlan
from matcher.plan import Plan
from matcher.tables import Tables
from matcher.tables.plans import PlanTables, plan_over


def plan_tables_of_city(tables: Tables, found: CityPlan) -> PlanTables:
    """The plan's columns by ids. Reasons are left to `mulin explain`."""
    head = Plan(
        assignments=(),
        score=found.score,
        bound=found.bound,
        bound_from=found.bound_from,
        status=found.status,
        seconds=found.seconds,
        unfilled=(),
    )
    return plan_over(tables, found.assignments, head)
