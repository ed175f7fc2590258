"""The same world's leads, codes, stays, absences and what was said; and what breaks each."""

from tests.models.trust_world import (
    ADA,
    ADAS_ACCOUNT,
    BEN,
    BOSS,
    DISTRICT,
    MORNING,
    NOON,
    Row,
    uuid,
)

ADAS_CLAIM, NEW_CLAIM = uuid(51), uuid(999)
EARLY, LATE = "'2026-11-21T01:00:00Z'", "'2026-11-21T03:00:00Z'"
OUT = {
    "out_at": LATE,
    "out_evidence": "'qr'",
    "out_place": "'inside'",
    "out_recorded_at": LATE,
    "out_by": BOSS,
}
CAPPED = {**OUT, "out_evidence": "'capped'", "out_by": "NULL", "needs_confirmation": "true"}


def _lead(account: str) -> Row:
    return {"shift_id": MORNING, "account_id": account, "named_by": BOSS, "ended_at": "NULL"}


def _stay(claim: str, volunteer: str) -> Row:
    return {
        "claim_id": claim,
        "volunteer_id": volunteer,
        "in_at": EARLY,
        "in_evidence": "'qr'",
        "in_place": "'unknown'",
        "in_recorded_at": EARLY,
        "in_by": BOSS,
        "needs_confirmation": "false",
    }


def _absence(claim: str, volunteer: str) -> Row:
    return {
        "claim_id": claim,
        "volunteer_id": volunteer,
        "marked_by": BOSS,
        "object_until": "now() + interval '2 days'",
    }


def _evaluation(claim: str, volunteer: str, about: str) -> Row:
    return {
        "claim_id": claim,
        "volunteer_id": volunteer,
        "about": about,
        "stars": "5",
        "words": "'[]'",
        "given_by": BOSS,
        "changed_at": "now()",
    }


def _version(claim: str, volunteer: str, number: str) -> Row:
    return {
        **{name: value for name, value in _stay(claim, volunteer).items() if name != "in_place"},
        **{name: value for name, value in OUT.items() if name != "out_place"},
        "number": number,
    }


def _dispute(claim: str, volunteer: str) -> Row:
    return {
        "claim_id": claim,
        "volunteer_id": volunteer,
        "state": "'open'",
        "text_cipher": "'t'",
        "due_at": "now() + interval '7 days'",
    }


def _report() -> Row:
    return {
        "kind": "'accident'",
        "state": "'sent'",
        "shift_id": MORNING,
        "recipient_id": DISTRICT,
        "account_id": ADAS_ACCOUNT,
        "is_anonymous": "false",
        "text_cipher": "'t'",
    }


ATTENDANCE_WORLD: list[tuple[str, Row]] = [
    ("shift_lead", {**_lead(ADAS_ACCOUNT), "id": uuid(501)}),
    ("shift_check", {"id": uuid(502), "shift_id": MORNING, "key_cipher": "'k'"}),
    ("attendance", {**_stay(ADAS_CLAIM, ADA), "id": uuid(503)}),
    ("absence", {**_absence(ADAS_CLAIM, ADA), "id": uuid(504)}),
    ("attendance_version", {**_version(ADAS_CLAIM, ADA, "1"), "id": uuid(507)}),
    ("dispute", {**_dispute(ADAS_CLAIM, ADA), "id": uuid(508)}),
    ("evaluation", {**_evaluation(ADAS_CLAIM, ADA, "'shift'"), "id": uuid(505)}),
    ("safety_report", {**_report(), "id": uuid(506)}),
]
ATTENDANCE_VALID: dict[str, Row] = {
    "shift_lead": _lead(BOSS),
    "shift_check": {"shift_id": NOON, "key_cipher": "'k'", "geofence_m": "200"},
    "attendance": {**_stay(NEW_CLAIM, BEN), **OUT},
    "absence": _absence(NEW_CLAIM, BEN),
    "attendance_version": _version(ADAS_CLAIM, ADA, "2"),
    "dispute": _dispute(NEW_CLAIM, BEN),
    "evaluation": _evaluation(ADAS_CLAIM, ADA, "'volunteer'"),
    "safety_report": _report(),
}
NEEDS_NEW_CLAIM = ("attendance", "absence", "dispute")
DECIDED = {"state": "'rejected'", "decided_at": "now()", "decided_by": BOSS}
CORRECTED = {"corrected_at": "now()", "corrected_by": BOSS}

# Constraint: a table and what is wrong with the new row.
ATTENDANCE_ROWS: list[tuple[str, str, Row]] = [
    ("shift_lead_once", "shift_lead", {"account_id": ADAS_ACCOUNT}),
    ("shift_check_once", "shift_check", {"shift_id": MORNING}),
    ("shift_check_geofence", "shift_check", {"geofence_m": "49"}),
    ("shift_check_geofence", "shift_check", {"geofence_m": "5001"}),
    ("attendance_once", "attendance", {"claim_id": ADAS_CLAIM}),
    ("attendance_in_evidence", "attendance", {"in_evidence": "'capped'"}),
    ("attendance_in_place", "attendance", {"in_place": "'near'"}),
    ("attendance_out_after_in", "attendance", {"out_at": "'2026-11-21T00:59:59Z'"}),
    ("attendance_out_evidence", "attendance", {"out_evidence": "'hearsay'"}),
    ("attendance_out_place", "attendance", {"out_place": "'near'"}),
    ("attendance_out_whole", "attendance", {"out_at": "NULL"}),
    ("attendance_out_whole", "attendance", {"out_by": "NULL"}),
    ("attendance_out_whole", "attendance", {**CAPPED, "out_by": BOSS}),
    ("attendance_capped_is_marked", "attendance", {**CAPPED, "needs_confirmation": "false"}),
    ("attendance_confirmed_whole", "attendance", {"confirmed_at": "now()"}),
    (
        "attendance_confirmed_whole",
        "attendance",
        {**CAPPED, "confirmed_at": "now()", "confirmed_by": BOSS},
    ),
    ("attendance_corrected_whole", "attendance", {"corrected_at": "now()"}),
    (
        "attendance_corrected_when_over",
        "attendance",
        {**CORRECTED, **dict.fromkeys(OUT, "NULL")},
    ),
    ("attendance_struck_by_correction", "attendance", {"struck_at": "now()"}),
    (
        "attendance_struck_by_correction",
        "attendance",
        {**CORRECTED, "struck_at": "now() - interval '1 hour'"},
    ),
    ("attendance_version_once", "attendance_version", {"number": "1"}),
    ("dispute_one_open", "dispute", {"claim_id": ADAS_CLAIM, "volunteer_id": ADA}),
    ("dispute_leaves_time", "dispute", {"due_at": "now()"}),
    ("dispute_state_listed", "dispute", DECIDED),
    ("dispute_decided_whole", "dispute", {"decided_at": "now()", "decided_by": BOSS}),
    ("dispute_answered_when_decided", "dispute", {"answer_cipher": "'a'"}),
    ("absence_once", "absence", {"claim_id": ADAS_CLAIM}),
    ("absence_leaves_time", "absence", {"object_until": "'2020-01-01'"}),
    ("absence_objected_in_time", "absence", {"objected_at": "now() + interval '3 days'"}),
    (
        "absence_outcome_known",
        "absence",
        {"outcome": "'forgiven'", "decided_at": "now()", "decided_by": BOSS},
    ),
    ("absence_decided_whole", "absence", {"decided_at": "now()"}),
    ("absence_objection_has_its_time", "absence", {"objection_cipher": "'o'"}),
    ("evaluation_about_known", "evaluation", {"about": "'weather'"}),
    ("evaluation_stars", "evaluation", {"stars": "0"}),
    ("evaluation_stars", "evaluation", {"stars": "6"}),
    ("evaluation_once", "evaluation", {"about": "'shift'"}),
    ("safety_report_kind_known", "safety_report", {"kind": "'gossip'"}),
    (
        "safety_report_state_known",
        "safety_report",
        {"state": "'lost'", "taken_at": "now()", "taken_by": BOSS},
    ),
    ("safety_report_states_whole", "safety_report", {"state": "'taken'"}),
    ("safety_report_states_whole", "safety_report", {"taken_by": BOSS}),
    ("safety_report_states_whole", "safety_report", {"closed_at": "now()", "closed_by": BOSS}),
]

_ENDS = (
    "UPDATE attendance SET out_at = in_at, out_evidence = 'lead', out_place = 'unknown', "
    f"out_recorded_at = in_at, out_by = {BOSS}"
)
_DECIDES = f"UPDATE dispute SET state = 'rejected', decided_at = now(), decided_by = {BOSS}"
ATTENDANCE_STATEMENTS: list[tuple[str, str]] = [
    (
        "dispute_state_listed",
        f"{_DECIDES}; UPDATE dispute SET state = 'open', decided_at = NULL, decided_by = NULL",
    ),
    ("dispute_decided_whole", "UPDATE dispute SET state = 'upheld'"),
]
ATTENDANCE_EFFECTS: list[tuple[str, str, str]] = [
    (
        "attendance_changed",
        f"{_ENDS}; UPDATE attendance SET out_at = in_at + interval '1 hour'",
        "SELECT count(*) = 2 AND max(number) = 2 FROM attendance_version "
        f"WHERE claim_id = {ADAS_CLAIM}",
    ),
]
ATTENDANCE_TABLE_OF = {"attendance_changed": "attendance"}
ATTENDANCE_TRIGGERS = {
    "attendance_changed": "effect",
    "dispute_state_first": "dispute_state_listed",
    "dispute_state_next": "dispute_state_listed",
}
