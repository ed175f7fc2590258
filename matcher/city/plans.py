"""A city's plan as FORMAT says it, and the proof of its bound."""

from matcher.bounds.prices import PriceCertificate, digest
from matcher.city.certificate import Certificate
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


def price_certificate(tables: Tables, certificate: Certificate) -> PriceCertificate:
    """The certificate as it is kept beside a plan, for whoever counts again what it proves."""
    return PriceCertificate(
        problem=digest(tables),
        seat=certificate.seat,
        below=certificate.below,
        prices=certificate.prices,
    )
