"""Attendance: who leads a shift, who came and went when, and who did not come."""

from services.attendance.absences import decide, mark_absent, object_to
from services.attendance.checking import asks_position, by_digits, by_hand, look, scan
from services.attendance.forgotten import close_due, confirm
from services.attendance.leading import (
    board,
    end_lead,
    list_leads,
    name_lead,
    set_geofence,
    show_code,
)
from services.attendance.reading import of_claim
from services.attendance.types import (
    Absence,
    Attendance,
    Board,
    ByHandIn,
    CheckCode,
    ConfirmIn,
    DigitsIn,
    GeofenceIn,
    LeadIn,
    ObjectionDecision,
    ObjectionIn,
    ScanIn,
    ShiftLead,
    ShiftLeads,
    Way,
)

__all__ = [
    "Absence",
    "Attendance",
    "Board",
    "ByHandIn",
    "CheckCode",
    "ConfirmIn",
    "DigitsIn",
    "GeofenceIn",
    "LeadIn",
    "ObjectionDecision",
    "ObjectionIn",
    "ScanIn",
    "ShiftLead",
    "ShiftLeads",
    "Way",
    "asks_position",
    "board",
    "by_digits",
    "by_hand",
    "close_due",
    "confirm",
    "decide",
    "end_lead",
    "list_leads",
    "look",
    "mark_absent",
    "name_lead",
    "object_to",
    "of_claim",
    "scan",
    "set_geofence",
    "show_code",
]
