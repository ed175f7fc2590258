"""The same world's hand-overs, groups, series, feeds and reminders."""

from tests.models.claims_world import EARLY, LATE, PROJECT
from tests.models.trust_world import ADA, BEN, MORNING, NOON, Row, uuid

ADAS_CLAIM = uuid(51)
GROUP, SERIES = uuid(112), uuid(114)

_HAND_OVER = {"claim_id": ADAS_CLAIM, "is_open_to_all": "false", "code": "'c'", "state": "'open'"}
_SERIES = {
    "volunteer_id": ADA,
    "project_id": PROJECT,
    "weekday": "3",
    "start_minute": "540",
    "risk_statement_version": "1",
    "starts_on": "'2026-11-26'",
    "version": "1",
}
_REMINDER = {
    "volunteer_id": ADA,
    "claim_id": ADAS_CLAIM,
    "lead_minutes": "60",
    "starts_at": LATE,
    "due_at": EARLY,
}


def _group(code: str) -> Row:
    return {
        "shift_id": NOON,
        "code": code,
        "size": "2",
        "state": "'gathering'",
        "is_planned_together": "true",
    }


def _member(volunteer: str) -> Row:
    return {"group_id": GROUP, "volunteer_id": volunteer, "risk_statement_version": "1"}


MY_SHIFTS_WORLD: list[tuple[str, Row]] = [
    ("hand_over", {**_HAND_OVER, "id": uuid(111)}),
    ("buddy_group", {**_group("'g'"), "id": GROUP}),
    ("buddy_member", {**_member(ADA), "id": uuid(113)}),
    ("series", {**_SERIES, "id": SERIES}),
    ("series_skip", {"id": uuid(115), "series_id": SERIES, "day": "'2026-12-03'"}),
    (
        "series_outcome",
        {"id": uuid(116), "series_id": SERIES, "shift_id": MORNING, "reason": "'full'"},
    ),
    ("calendar_feed", {"id": uuid(117), "volunteer_id": ADA, "token_digest": "'t'"}),
    ("reminder_setting", {"id": uuid(118), "volunteer_id": ADA, "lead_minutes": "'[60]'"}),
    ("reminder", {**_REMINDER, "id": uuid(119)}),
]
MY_SHIFTS_VALID: dict[str, Row] = {
    "hand_over": {
        **_HAND_OVER,
        "code": "'d'",
        "volunteer_id": BEN,
        "wanted_id": uuid(120),
        "risk_statement_version": "1",
    },
    "buddy_group": _group("'h'"),
    "buddy_member": _member(BEN),
    "series": {**_SERIES, "weekday": "4"},
    "series_skip": {"series_id": SERIES, "day": "'2026-12-10'"},
    "series_outcome": {"series_id": SERIES, "shift_id": NOON, "reason": "'full'"},
    "calendar_feed": {"volunteer_id": BEN, "token_digest": "'u'"},
    "reminder_setting": {"volunteer_id": BEN, "lead_minutes": "'[]'"},
    "reminder": {**_REMINDER, "lead_minutes": "120"},
}
