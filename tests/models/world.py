"""A small world in plain SQL, and one more valid row for each table, to break in one way."""

from collections.abc import Mapping

Row = Mapping[str, str]


def uuid(number: int) -> str:
    """An id as an SQL literal."""
    return f"'00000000-0000-7000-8000-{number:012d}'"


CITY, DISTRICT, TEAM = uuid(1), uuid(2), uuid(3)
ADA, BEN, CAI = uuid(11), uuid(12), uuid(13)
PROJECT, MORNING, NOON = uuid(21), uuid(31), uuid(32)
MORNING_ROLE, NOON_ROLE = uuid(41), uuid(42)
ADAS_CLAIM, ROUND, PLAN, ADAS_ACCOUNT = uuid(51), uuid(61), uuid(71), uuid(81)
ISSUER, ADAS_POINTS, BENS_POINTS = uuid(91), uuid(92), uuid(93)
AWARD, REVERSED_AWARD, REVERSAL = uuid(101), uuid(102), uuid(103)
NEW = uuid(999)

EARLY, MID, LATE, LATER = (f"'2026-11-21T{hour:02}:00:00Z'" for hour in (1, 2, 3, 4))

SCORES = {
    f"{kind}_{level}": "5" for kind in ("score", "bound") for level in ("shortfall", "open", "cost")
}


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
        "birth_date": "'2000-05-01'",
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
    ("organisation", {"id": CITY, "kind": "'city'", "parent_id": "NULL", "name": "'C'"}),
    ("organisation", {"id": DISTRICT, "kind": "'district'", "parent_id": CITY, "name": "'D'"}),
    ("organisation", {"id": TEAM, "kind": "'service_team'", "parent_id": DISTRICT, "name": "'T'"}),
    ("volunteer", _volunteer(ADA, "'ada'")),
    ("volunteer", _volunteer(BEN, "'ben'")),
    ("volunteer", _volunteer(CAI, "'cai'")),
    (
        "account",
        {
            "id": ADAS_ACCOUNT,
            "name": "'ada'",
            "password_hash": "'x'",
            "role": "'volunteer'",
            "volunteer_id": ADA,
        },
    ),
    (
        "sign_in_session",
        {"id": uuid(82), "account_id": ADAS_ACCOUNT, "token_digest": "'t'", "expires_at": LATE},
    ),
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
    ("membership", {"id": uuid(14), "volunteer_id": ADA, "organisation_id": TEAM}),
    (
        "volunteer_skill",
        {"id": uuid(15), "volunteer_id": ADA, "skill": "'s'", "level": "1", "evidence": "''"},
    ),
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
    ("offer", {"id": uuid(52), "claim_id": ADAS_CLAIM, "round_id": ROUND, "deadline_at": EARLY}),
    ("points_account", {"id": ISSUER, "kind": "'issuer'", "volunteer_id": "NULL"}),
    ("points_account", _points(ADAS_POINTS, ADA)),
    ("points_account", _points(BENS_POINTS, BEN)),
    ("points_transfer", _transfer(AWARD, "'a1'", ISSUER, ADAS_POINTS)),
    ("points_transfer", _transfer(REVERSED_AWARD, "'a2'", ISSUER, ADAS_POINTS)),
    ("points_transfer", _transfer(REVERSAL, "'r2'", ADAS_POINTS, ISSUER, REVERSED_AWARD)),
]

VALID: dict[str, Row] = {
    "organisation": {"kind": "'street'", "parent_id": DISTRICT, "name": "'S'"},
    "volunteer": _volunteer(NEW, "'new'"),
    "account": {
        "name": "'ben'",
        "password_hash": "'x'",
        "role": "'volunteer'",
        "volunteer_id": BEN,
        "organisation_id": "NULL",
    },
    "sign_in_session": {"account_id": ADAS_ACCOUNT, "token_digest": "'u'", "expires_at": LATE},
    "idempotency_record": {
        "account_id": ADAS_ACCOUNT,
        "route": "'/x'",
        "key": "'l'",
        "fingerprint": "'f'",
        "headers": "'{}'",
        "status": "200",
        "body": "'b'",
    },
    "membership": {"volunteer_id": BEN, "organisation_id": TEAM},
    "volunteer_skill": {"volunteer_id": BEN, "skill": "'s'", "level": "5", "evidence": "''"},
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
    "offer": {"claim_id": NEW, "round_id": ROUND, "deadline_at": EARLY},
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
    "offer": [("claim", VALID["claim"])],
    "plan": [("round", VALID["round"])],
}


def insert(table: str, row: Row) -> str:
    """The statement that adds this row."""
    whole = {"id": uuid(1000), "created_at": "now()", **row}
    return f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({', '.join(whole.values())})"
