"""My record: every stay in a person's name, who entered what, and disputes about one."""

from services.my_record.deciding import decide
from services.my_record.disputing import dispute, get_dispute, list_of_shift
from services.my_record.reading import get, list_mine, totals
from services.my_record.reminding import remind_due
from services.my_record.types import (
    Dispute,
    DisputeCase,
    DisputeDecision,
    DisputeIn,
    DisputeOutcome,
    EnteredBy,
    Holder,
    Holding,
    MonthTotal,
    RecordEntry,
    RecordLine,
    RecordQuery,
    RecordTotals,
    Stay,
    StayMoment,
    StayState,
    TotalsQuery,
)

__all__ = [
    "Dispute",
    "DisputeCase",
    "DisputeDecision",
    "DisputeIn",
    "DisputeOutcome",
    "EnteredBy",
    "Holder",
    "Holding",
    "MonthTotal",
    "RecordEntry",
    "RecordLine",
    "RecordQuery",
    "RecordTotals",
    "Stay",
    "StayMoment",
    "StayState",
    "TotalsQuery",
    "decide",
    "dispute",
    "get",
    "get_dispute",
    "list_mine",
    "list_of_shift",
    "remind_due",
    "totals",
]
