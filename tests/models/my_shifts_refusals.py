"""What breaks each constraint of hand-overs, groups, series, feeds and reminders."""

from tests.models.my_shifts_world import ADAS_CLAIM, GROUP
from tests.models.world import ADA, BEN, CAI, MORNING, VALID, Row, insert, uuid

_TO_NOBODY = {"volunteer_id": "NULL", "wanted_id": "NULL", "risk_statement_version": "NULL"}
MY_SHIFTS_ROWS: list[tuple[str, str, Row]] = [
    ("hand_over_answered", "hand_over", {"answered_at": "now()"}),
    ("hand_over_code_once", "hand_over", {"code": "'c'"}),
    ("hand_over_state_known", "hand_over", {"state": "'lost'", "answered_at": "now()"}),
    ("hand_over_taken_by_somebody", "hand_over", {"state": "'taken'", "answered_at": "now()"}),
    ("hand_over_to_one_or_all", "hand_over", {"is_open_to_all": "true"}),
    ("hand_over_swap_with_somebody", "hand_over", {"wanted_id": ADAS_CLAIM}),
    ("hand_over_swap_with_somebody", "hand_over", {"volunteer_id": "NULL"}),
    ("hand_over_one_open", "hand_over", _TO_NOBODY),
    ("buddy_group_code_once", "buddy_group", {"code": "'g'"}),
    ("buddy_group_size", "buddy_group", {"size": "1"}),
    ("buddy_group_size", "buddy_group", {"size": "9"}),
    ("buddy_group_state_known", "buddy_group", {"state": "'lost'"}),
    ("buddy_member_once", "buddy_member", {"volunteer_id": ADA}),
    ("series_days", "series", {"ends_on": "'2026-11-25'"}),
    ("series_one_of_a_time", "series", {"weekday": "3"}),
    ("series_start_minute", "series", {"start_minute": "1440"}),
    ("series_weekday", "series", {"weekday": "7"}),
    ("series_skip_once", "series_skip", {"day": "'2026-12-03'"}),
    ("series_outcome_claim_or_reason", "series_outcome", {"reason": "NULL"}),
    ("series_outcome_claim_or_reason", "series_outcome", {"claim_id": ADAS_CLAIM}),
    ("series_outcome_once", "series_outcome", {"shift_id": MORNING}),
    ("calendar_feed_one", "calendar_feed", {"volunteer_id": ADA}),
    ("calendar_feed_token_once", "calendar_feed", {"token_digest": "'t'"}),
    ("reminder_setting_list", "reminder_setting", {"lead_minutes": "'{}'"}),
    ("reminder_setting_one", "reminder_setting", {"volunteer_id": ADA}),
    ("reminder_lead", "reminder", {"lead_minutes": "0"}),
    ("reminder_once", "reminder", {"lead_minutes": "60"}),
]


def _joins(name: str, volunteer: str) -> str:
    return (
        "INSERT INTO buddy_member (id, created_at, group_id, volunteer_id, "
        f"risk_statement_version) VALUES ({name}, now(), {GROUP}, {volunteer}, 1)"
    )


def _swaps(name: str) -> str:
    return (
        "INSERT INTO hand_over (id, created_at, claim_id, volunteer_id, is_open_to_all, "
        "wanted_id, code, risk_statement_version, state) VALUES "
        f"({name}, now(), {ADAS_CLAIM}, {BEN}, false, {uuid(120)}, left(md5({name}::text), 32), "
        "1, 'open')"
    )


_BENS_CLAIM = insert("claim", {**VALID["claim"], "id": uuid(120)})
MY_SHIFTS_STATEMENTS: list[tuple[str, str]] = [
    (
        "buddy_group_not_overfull",
        f"{_joins(uuid(121), BEN)}; {_joins(uuid(122), CAI)}",
    ),
    ("hand_over_one_swap", f"{_BENS_CLAIM}; {_swaps(uuid(123))}; {_swaps(uuid(124))}"),
    (
        "together_group_buddy_group_once",
        f"UPDATE together_group SET buddy_group_id = {GROUP}; INSERT INTO together_group "
        f"(id, created_at, organisation_id, buddy_group_id) SELECT {uuid(125)}, now(), "
        f"organisation_id, {GROUP} FROM together_group",
    ),
]
MY_SHIFTS_TRIGGERS = {"buddy_group_places": "buddy_group_not_overfull"}
