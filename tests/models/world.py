"""A small world in plain SQL, and one more valid row for each table, to break in one way."""

from tests.models.agreement_world import AGREEMENT_VALID, AGREEMENT_WORLD
from tests.models.attendance_world import (
    ATTENDANCE_VALID,
    ATTENDANCE_WORLD,
    NEEDS_NEW_CLAIM,
)
from tests.models.claims_world import (
    CLAIMS_VALID,
    CLAIMS_WORLD,
    EARLY,
    LATE,
    LATER,
    MID,
    PROJECT,
)
from tests.models.finding_world import FINDING_VALID, FINDING_WORLD
from tests.models.my_shifts_world import MY_SHIFTS_VALID, MY_SHIFTS_WORLD
from tests.models.notices_world import NOTICES_VALID, NOTICES_WORLD
from tests.models.plain import PLAIN_ROWS
from tests.models.trust_world import (
    ADA,
    ADAS_ACCOUNT,
    BEN,
    CAI,
    CITY,
    DISTRICT,
    MORE_VALID,
    MORE_WORLD,
    MORNING,
    NEW,
    NOON,
    TEAM,
    Row,
    account,
    membership,
    session,
    skill,
    uuid,
)

MORNING_ROLE, NOON_ROLE = uuid(41), uuid(42)
ADAS_CLAIM, ROUND, PLAN = uuid(51), uuid(61), uuid(71)
ISSUER, ADAS_POINTS, BENS_POINTS = uuid(91), uuid(92), uuid(93)
AWARD, REVERSED_AWARD, REVERSAL = uuid(101), uuid(102), uuid(103)

_OFFERED = {"round_id": ROUND, "source": "'round'", "deadline_at": EARLY}

SCORES = {
    f"{kind}_{level}": "5" for kind in ("score", "bound") for level in ("shortfall", "open", "cost")
}


def _organisation(kind: str, parent: str, name: str) -> Row:
    return {"kind": kind, "parent_id": parent, "name": name, "state": "'active'"}


def _points(account: str, volunteer: str) -> Row:
    return {"id": account, "kind": "'volunteer'", "volunteer_id": volunteer}


def _transfer(name: str, key: str, debit: str, credit: str, reverses: str = "NULL") -> Row:
    return {
        "id": name,
        "key": key,
        "debit_id": debit,
        "credit_id": credit,
        "points": "10",
        "reason": "'help'",
        "reverses_id": reverses,
    }


def _volunteer(name: str, key: str) -> Row:
    return {
        "id": name,
        "organisation_id": DISTRICT,
        "external_key": key,
        "name": "'Ada'",
        "age": "26",
        "state": "'active'",
        "is_on_call": "false",
        "is_matched": "true",
        "active_at": "now()",
        "max_minutes": "2400",
        "max_minutes_per_day": "480",
        "max_shifts": "7",
        "served_minutes": "0",
    }


def _shift(name: str, key: str, start: str, end: str) -> Row:
    return {
        "id": name,
        "project_id": PROJECT,
        "external_key": key,
        "starts_at": start,
        "ends_at": end,
        "place": "'Hall'",
        "priority": "5",
        "cancel_below_minimum": "false",
        "state": "'open'",
        "claim_mode": "'instant'",
        "version": "1",
    }


def _role(name: str, shift: str, key: str, maximum: str) -> Row:
    return {
        "id": name,
        "shift_id": shift,
        "key": key,
        "name": key,
        "minimum": "0",
        "target": "1",
        "maximum": maximum,
        "min_age": "0",
        "max_age": "150",
        "held": "0",
    }


def _claim(name: str, shift: str, role: str, volunteer: str, state: str) -> Row:
    return {
        "id": name,
        "shift_id": shift,
        "role_id": role,
        "volunteer_id": volunteer,
        "organisation_id": DISTRICT,
        "state": state,
        "starts_at": EARLY,
        "ends_at": LATE,
        "changed_at": "now()",
        "version": "1",
    }


def _round(name: str) -> Row:
    return {
        "id": name,
        "organisation_id": DISTRICT,
        "horizon_start": EARLY,
        "horizon_end": LATER,
        "offset_minutes": "480",
        "rules": "'{}'",
        "weights": "'{}'",
        "seconds_max": "20",
        "seed": "1",
        "state": "'draft'",
        "attempt": "0",
        "failures": "0",
        "cancel_requested": "false",
        "progress": "'{}'",
        "version": "1",
    }


def _plan(name: str, round_: str) -> Row:
    return {
        "id": name,
        "round_id": round_,
        "attempt": "1",
        "status": "'optimal'",
        **SCORES,
        "bound_from": "'{}'",
        "seconds": "0.5",
        "volunteers_count": "1",
        "seats_count": "1",
    }


WORLD: list[tuple[str, Row]] = [
    ("organisation", {**_organisation("'city'", "NULL", "'C'"), "id": CITY, "code": "'31'"}),
    ("organisation", {**_organisation("'district'", CITY, "'D'"), "id": DISTRICT}),
    (
        "organisation",
        {
            **_organisation("'service_team'", DISTRICT, "'T'"),
            "id": TEAM,
            "credit_code": "'91110000600037341L'",
        },
    ),
    ("volunteer", _volunteer(ADA, "'ada'")),
    ("volunteer", _volunteer(BEN, "'ben'")),
    ("volunteer", _volunteer(CAI, "'cai'")),
    ("account", account(ADAS_ACCOUNT, "'ada'", ADA)),
    ("sign_in_session", session(uuid(82), "'t'")),
    (
        "idempotency_record",
        {
            "id": uuid(83),
            "account_id": ADAS_ACCOUNT,
            "route": "'/x'",
            "key": "'k'",
            "fingerprint": "'f'",
            "headers": "'{}'",
        },
    ),
    ("membership", membership(uuid(14), ADA, TEAM, "'team'")),
    ("membership", membership(uuid(24), ADA, CITY, "'home'")),
    ("volunteer_skill", skill(uuid(15), ADA, "1")),
    ("volunteer_liking", {"id": uuid(16), "volunteer_id": ADA, "cause": "'c'", "liking": "1"}),
    (
        "availability_window",
        {
            "id": uuid(17),
            "volunteer_id": ADA,
            "weekday": "0",
            "start_minute": "60",
            "end_minute": "120",
        },
    ),
    ("apart_pair", {"id": uuid(18), "one_id": ADA, "other_id": BEN}),
    ("together_group", {"id": uuid(19), "organisation_id": DISTRICT}),
    ("together_member", {"id": uuid(20), "group_id": uuid(19), "volunteer_id": ADA}),
    (
        "project",
        {
            "id": PROJECT,
            "organisation_id": DISTRICT,
            "external_key": "'p'",
            "name": "'P'",
            "description": "''",
            "state": "'published'",
            "risk_statement": "'Wet floors.'",
            "risk_statement_version": "1",
        },
    ),
    ("shift", _shift(MORNING, "'morning'", EARLY, LATE)),
    ("shift", _shift(NOON, "'noon'", MID, LATER)),
    ("role", _role(MORNING_ROLE, MORNING, "'helper'", "1")),
    ("role", _role(NOON_ROLE, NOON, "'helper'", "2")),
    ("role_skill", {"id": uuid(43), "role_id": MORNING_ROLE, "skill": "'s'", "level": "1"}),
    ("role_group", {"id": uuid(44), "role_id": MORNING_ROLE, "organisation_id": TEAM}),
    (
        "team_line",
        {"id": uuid(45), "shift_id": MORNING, "skill": "'s'", "level": "1", "count": "1"},
    ),
    ("invitation", {"id": uuid(46), "shift_id": MORNING, "volunteer_id": ADA}),
    ("exclusion", {"id": uuid(47), "shift_id": MORNING, "volunteer_id": BEN, "reason": "'rest'"}),
    ("claim", _claim(ADAS_CLAIM, MORNING, MORNING_ROLE, ADA, "'confirmed'")),
    ("round", _round(ROUND)),
    ("plan", _plan(PLAN, ROUND)),
    (
        "plan_line",
        {
            "id": uuid(72),
            "plan_id": PLAN,
            "volunteer_id": ADA,
            "shift_id": MORNING,
            "role_id": MORNING_ROLE,
            "fixed": "false",
        },
    ),
    (
        "plan_gap",
        {
            "id": uuid(73),
            "plan_id": PLAN,
            "shift_id": MORNING,
            "role_id": MORNING_ROLE,
            "missing": "1",
            "reasons": "'{}'",
        },
    ),
    (
        "plan_part",
        {
            "id": uuid(74),
            "round_id": ROUND,
            "attempt": "1",
            "number": "0",
            "seats": "1",
            "problem": "'p'",
            "ends_at": LATE,
            "tries": "0",
        },
    ),
    ("offer", {"id": uuid(52), "claim_id": ADAS_CLAIM, **_OFFERED}),
    *CLAIMS_WORLD,
    *AGREEMENT_WORLD,
    *ATTENDANCE_WORLD,
    *MY_SHIFTS_WORLD,
    ("points_account", {"id": ISSUER, "kind": "'issuer'", "volunteer_id": "NULL"}),
    ("points_account", _points(ADAS_POINTS, ADA)),
    ("points_account", _points(BENS_POINTS, BEN)),
    ("points_transfer", _transfer(AWARD, "'a1'", ISSUER, ADAS_POINTS)),
    ("points_transfer", _transfer(REVERSED_AWARD, "'a2'", ISSUER, ADAS_POINTS)),
    ("points_transfer", _transfer(REVERSAL, "'r2'", ADAS_POINTS, ISSUER, REVERSED_AWARD)),
    *MORE_WORLD,
    *FINDING_WORLD,
    *NOTICES_WORLD,
]

VALID: dict[str, Row] = {
    **MORE_VALID,
    **CLAIMS_VALID,
    **AGREEMENT_VALID,
    **ATTENDANCE_VALID,
    **NOTICES_VALID,
    **MY_SHIFTS_VALID,
    **FINDING_VALID,
    "organisation": _organisation("'street'", DISTRICT, "'S'"),
    "volunteer": _volunteer(NEW, "'new'"),
    "account": account(NEW, "'ben'", BEN),
    "sign_in_session": session(NEW, "'u'"),
    "idempotency_record": {
        "account_id": ADAS_ACCOUNT,
        "route": "'/x'",
        "key": "'l'",
        "fingerprint": "'f'",
        "headers": "'{}'",
        "status": "200",
        "body": "'b'",
    },
    "membership": membership(NEW, BEN, TEAM, "'team'"),
    "volunteer_skill": skill(NEW, BEN, "5"),
    "volunteer_liking": {"volunteer_id": BEN, "cause": "'c'", "liking": "3"},
    "availability_window": {
        "volunteer_id": ADA,
        "weekday": "6",
        "start_minute": "1439",
        "end_minute": "2880",
    },
    "availability_exception": {
        "volunteer_id": ADA,
        "kind": "'off'",
        "starts_at": EARLY,
        "ends_at": LATE,
    },
    "engagement": {"volunteer_id": ADA, "starts_at": EARLY, "ends_at": LATE},
    "apart_pair": {"one_id": ADA, "other_id": CAI},
    "together_member": {"group_id": uuid(19), "volunteer_id": BEN},
    "project": {
        "organisation_id": DISTRICT,
        "external_key": "'q'",
        "name": "'Q'",
        "description": "''",
        "state": "'draft'",
        "risk_statement": "''",
        "risk_statement_version": "0",
    },
    "shift": _shift(NEW, "'evening'", LATE, LATER),
    "role": _role(NEW, MORNING, "'cook'", "1"),
    "role_skill": {"role_id": MORNING_ROLE, "skill": "'t'", "level": "5"},
    "role_group": {"role_id": MORNING_ROLE, "organisation_id": DISTRICT},
    "team_line": {"shift_id": MORNING, "skill": "'t'", "level": "5", "count": "0"},
    "invitation": {"shift_id": MORNING, "volunteer_id": BEN},
    "exclusion": {"shift_id": MORNING, "volunteer_id": BEN, "reason": "'other'"},
    "claim": _claim(NEW, NOON, NOON_ROLE, BEN, "'confirmed'"),
    "offer": {"claim_id": NEW, **_OFFERED},
    "round": _round(NEW),
    "plan": _plan(uuid(998), NEW),
    "plan_line": {
        "plan_id": PLAN,
        "volunteer_id": BEN,
        "shift_id": MORNING,
        "role_id": MORNING_ROLE,
        "fixed": "true",
    },
    "plan_gap": {
        "plan_id": PLAN,
        "shift_id": NOON,
        "role_id": NOON_ROLE,
        "missing": "1",
        "reasons": "'{}'",
    },
    "plan_part": {
        "round_id": ROUND,
        "attempt": "1",
        "number": "1",
        "seats": "1",
        "problem": "'p'",
        "ends_at": LATE,
        "tries": "0",
    },
    "points_account": _points(NEW, CAI),
    "points_transfer": _transfer(NEW, "'a3'", ISSUER, ADAS_POINTS),
    "import_batch": {
        "organisation_id": DISTRICT,
        "kind": "'people'",
        "state": "'checked'",
        "report": "'{}'",
    },
}

# What a valid row itself stands on, beyond the world.
GROUND: dict[str, list[tuple[str, Row]]] = {
    "hand_over": [("claim", {**VALID["claim"], "id": uuid(120)})],
    "offer": [("claim", VALID["claim"])],
    **{table: [("claim", VALID["claim"])] for table in NEEDS_NEW_CLAIM},
    "plan": [("round", VALID["round"])],
}


def insert(table: str, row: Row) -> str:
    """The statement that adds this row."""
    whole = {**PLAIN_ROWS[table], "id": uuid(1000), "created_at": "now()", **row}
    return f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({', '.join(whole.values())})"
