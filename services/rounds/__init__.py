"""Rounds: planning runs that an organiser asks for, looks at and publishes."""

from services.planning.progress import Failure, NamedLine, Progress, Score
from services.planning.reasons import LineWhy, PlanReport, ReportBar, SeatChange, TradeOff
from services.rounds.changing import cancel, discard, request, solve_again
from services.rounds.proving import PlanCertificate, certificate
from services.rounds.publishing import ask_again_to_publish, publish, publish_asked
from services.rounds.reading import get, list_page, plan
from services.rounds.types import (
    REASONS_PEOPLE_MOST,
    SECONDS_MAX,
    BoundFrom,
    PlanNow,
    PlanPerson,
    PlanRole,
    PlanShift,
    PlanSummary,
    PlanView,
    PublishIn,
    Round,
    RoundIn,
    RulesIn,
    WeightsIn,
)
from services.rounds.why_not import WhyNotView, why_not_there

__all__ = [
    "REASONS_PEOPLE_MOST",
    "SECONDS_MAX",
    "BoundFrom",
    "Failure",
    "LineWhy",
    "NamedLine",
    "PlanCertificate",
    "PlanNow",
    "PlanPerson",
    "PlanReport",
    "PlanRole",
    "PlanShift",
    "PlanSummary",
    "PlanView",
    "Progress",
    "PublishIn",
    "ReportBar",
    "Round",
    "RoundIn",
    "RulesIn",
    "Score",
    "SeatChange",
    "TradeOff",
    "WeightsIn",
    "WhyNotView",
    "ask_again_to_publish",
    "cancel",
    "certificate",
    "discard",
    "get",
    "list_page",
    "plan",
    "publish",
    "publish_asked",
    "request",
    "solve_again",
    "why_not_there",
]
