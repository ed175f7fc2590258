"""Safety reports: what went wrong on a shift, told in confidence to somebody outside it."""

from services.safety_reports.reading import close, get, list_page, take
from services.safety_reports.telling import report
from services.safety_reports.types import (
    SafetyReport,
    SafetyReportAnswer,
    SafetyReportIn,
    SafetyReportQuery,
)

__all__ = [
    "SafetyReport",
    "SafetyReportAnswer",
    "SafetyReportIn",
    "SafetyReportQuery",
    "close",
    "get",
    "list_page",
    "report",
    "take",
]
