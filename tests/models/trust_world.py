"""The same world's rights, people's data and log: one row of each table, and one more valid one."""

from collections.abc import Mapping

Row = Mapping[str, str]


def uuid(number: int) -> str:
    """An id as an SQL literal."""
    return f"'00000000-0000-7000-8000-{number:012d}'"


CITY, DISTRICT, TEAM = uuid(1), uuid(2), uuid(3)
ADA, BEN, CAI = uuid(11), uuid(12), uuid(13)
MORNING, NOON = uuid(31), uuid(32)
ADAS_ACCOUNT, BOSS, ROBOT = uuid(81), uuid(84), uuid(85)
APPROVAL, PROVIDER, TAG, EVENT, SEALED = uuid(111), uuid(112), uuid(113), uuid(114), uuid(115)
APPROVED = uuid(190)
DOT = uuid(14)  # is fifteen
SOMEBODY = uuid(900)  # whom the log speaks of: a plain column
NEW = uuid(999)
DIGEST = f"'{'0' * 64}'"


def account(name: str, signs_in_as: str, volunteer: str = "NULL") -> Row:
    return {
        "id": name,
        "name": signs_in_as,
        "display_name": "'Somebody'",
        "password_hash": "'x'",
        "totp_cipher": "NULL",
        "volunteer_id": volunteer,
        "state": "'active'",
    }


def session(name: str, digest: str) -> Row:
    return {
        "id": name,
        "account_id": ADAS_ACCOUNT,
        "token_digest": digest,
        "method": "'password'",
        "device": "''",
        "seen_at": "now()",
        "expires_at": "now()",
        "ended_reason": "''",
    }


def membership(name: str, volunteer: str, organisation: str, kind: str) -> Row:
    return {
        "id": name,
        "volunteer_id": volunteer,
        "organisation_id": organisation,
        "kind": kind,
        "number": "''",
        "starts_on": "'2026-01-01'",
        "ends_on": "'2026-12-31'",
    }


def skill(name: str, volunteer: str, level: str) -> Row:
    return {
        "id": name,
        "volunteer_id": volunteer,
        "skill": "'s'",
        "level": level,
        "evidence": "''",
        "evidence_kind": "''",
        "state": "'declared'",
    }


def datum(name: str, kind: str, lookup: str, volunteer: str = ADA, account: str = "NULL") -> Row:
    return {
        "id": name,
        "volunteer_id": volunteer,
        "account_id": account,
        "kind": kind,
        "subkind": "''",
        "cipher": "'x'",
        "lookup": lookup,
        "key_id": "'k1'",
    }


def _grant(name: str, role: str, organisation: str = DISTRICT, account: str = BOSS) -> Row:
    return {
        "id": name,
        "account_id": account,
        "role": role,
        "organisation_id": organisation,
        "approval_id": "NULL",
    }


def _approval(name: str) -> Row:
    return {
        "id": name,
        "kind": "'role_grant'",
        "state": "'requested'",
        "organisation_id": DISTRICT,
        "command": "'{}'",
        "reason": "'help'",
        "requested_by": SOMEBODY,
        "concerns": uuid(901),
        "expires_at": "now() + interval '7 days'",
    }


def _approved(name: str) -> Row:
    return _approval(name) | {
        "state": "'approved'",
        "concerns": BOSS,
        "decided_by": uuid(902),
        "decided_at": "now()",
    }


def _code(name: str) -> Row:
    return {
        "id": name,
        "phone_index": "'p'",
        "purpose": "'sign_in'",
        "code_digest": "'d'",
        "expires_at": "now() + interval '10 minutes'",
        "attempts": "0",
    }


def _step(name: str, digest: str) -> Row:
    return {
        "id": name,
        "token_digest": digest,
        "kind": "'totp'",
        "expires_at": "now()",
        "attempts": "0",
    }


def _provider(name: str, key: str) -> Row:
    return {
        "id": name,
        "organisation_id": DISTRICT,
        "key": key,
        "title": "'School'",
        "issuer": "'https://school.example'",
        "client_id": "'c'",
        "number_claim": "''",
        "is_active": "true",
    }


def _consent(name: str, purpose: str) -> Row:
    return {
        "id": name,
        "volunteer_id": ADA,
        "purpose": purpose,
        "recipient": "''",
        "text_version": "'1'",
        "is_given": "true",
        "account_id": SOMEBODY,
    }


def _guardianship(name: str, ward: str) -> Row:
    return {
        "id": name,
        "ward_id": ward,
        "guardian_id": BOSS,
        "relation": "'mother'",
        "state": "'requested'",
        "evidence_kind": "''",
    }


def _activity_consent(name: str, shift: str) -> Row:
    return {
        "id": name,
        "volunteer_id": ADA,
        "shift_id": shift,
        "state": "'asked'",
        "risk_statement_version": "1",
    }


def _need(name: str, purpose: str) -> Row:
    return {
        "id": name,
        "volunteer_id": ADA,
        "purpose": purpose,
        "recipient": "'insurer'",
        "organisation_id": DISTRICT,
        "account_id": SOMEBODY,
    }


def _guardian_check(name: str, who: str) -> Row:
    return {
        "id": name,
        "account_id": who,
        "organisation_id": DISTRICT,
        "state": "'requested'",
        "evidence_kind": "''",
        "children_max": "0",
    }


def _erasure(name: str, volunteer: str) -> Row:
    return {"id": name, "volunteer_id": volunteer, "reason": "'asked'", "due_at": "now()"}


def _merge(name: str, kept: str, merged: str) -> Row:
    return {
        "id": name,
        "kept_id": kept,
        "merged_id": merged,
        "account_id": SOMEBODY,
        "reason": "'twice'",
    }


def _distinct(name: str, one: str, other: str) -> Row:
    return {"id": name, "one_id": one, "other_id": other, "account_id": SOMEBODY}


def _tag(name: str, called: str) -> Row:
    return {"id": name, "organisation_id": DISTRICT, "name": called, "meaning": "''"}


def _seal(name: str, number: str, event: str) -> Row:
    return {
        "id": name,
        "number": number,
        "event_id": event,
        "digest": DIGEST,
        "sealed_below": "1",
    }


def _event(name: str) -> Row:
    return {
        "id": name,
        "act": "'signed_in'",
        "account_id": SOMEBODY,
        "subject_kind": "''",
        "facts": "'{}'",
        "transaction_number": "1",
    }


def _disclosure(name: str) -> Row:
    return {
        "id": name,
        "volunteer_id": ADA,
        "recipient": "'insurer'",
        "purpose": "'insurance'",
        "fields_given": "'[]'",
        "basis": "'consent'",
    }


def _organisation_event(name: str) -> Row:
    return {
        "id": name,
        "organisation_id": DISTRICT,
        "kind": "'renamed'",
        "before": "'{}'",
        "after": "'{}'",
        "reason": "''",
    }


def _client(name: str, account: str) -> Row:
    return {
        "id": name,
        "organisation_id": DISTRICT,
        "name": "'Robot'",
        "secret_digest": "'d'",
        "scopes": "'[]'",
        "account_id": account,
    }


def _young(name: str) -> Row:
    return {
        "id": name,
        "organisation_id": DISTRICT,
        "external_key": "'dot'",
        "name": "'Dot'",
        "age": "15",
        "state": "'active'",
        "max_minutes": "600",
        "max_minutes_per_day": "180",
        "max_shifts": "3",
    }


MORE_WORLD: list[tuple[str, Row]] = [
    ("volunteer", _young(DOT)),
    ("account", {**account(BOSS, "'boss'"), "guardian_verified_at": "NULL"}),
    ("account", account(ROBOT, "'robot'")),
    ("approval", _approval(APPROVAL)),
    ("approval", _approved(APPROVED)),
    ("role_grant", _grant(uuid(120), "'organiser'")),
    ("role_grant", _grant(uuid(191), "'reporter'") | {"approval_id": APPROVED}),
    ("role_grant", _grant(uuid(121), "'system_administrator'")),
    ("sign_in_code", _code(uuid(122))),
    ("sign_in_step", _step(uuid(123), "'t'")),
    ("form_use", {"id": uuid(124), "token_digest": "'t'", "expires_at": "now()", "outcome": "''"}),
    ("identity_provider", _provider(PROVIDER, "'school'")),
    (
        "identity",
        {
            "id": uuid(125),
            "provider_id": PROVIDER,
            "subject_digest": "'d'",
            "account_id": ADAS_ACCOUNT,
        },
    ),
    ("machine_client", _client(uuid(126), ROBOT)),
    ("personal_datum", datum(uuid(127), "'phone'", "'l'")),
    ("personal_datum", datum(uuid(128), "'phone'", "'l'", "NULL", BOSS)),
    ("personal_datum", datum(uuid(129), "'document'", "'n'")),
    ("consent", _consent(uuid(130), "'research'")),
    ("guardianship", _guardianship(uuid(131), ADA)),
    ("guardian_check", _guardian_check(uuid(192), BOSS)),
    ("activity_consent", _activity_consent(uuid(132), MORNING)),
    ("document_need", _need(uuid(133), "'insurance'")),
    ("erasure", _erasure(uuid(134), ADA)),
    ("person_merge", _merge(uuid(135), ADA, BEN)),
    ("tag", _tag(TAG, "'party'")),
    ("tag_grant", {"id": uuid(136), "tag_id": TAG, "organisation_id": TEAM}),
    ("volunteer_tag", {"id": uuid(137), "tag_id": TAG, "volunteer_id": ADA}),
    ("audit_event", _event(EVENT)),
    ("audit_seal", _seal(SEALED, "1", EVENT)),
    ("organisation_event", _organisation_event(uuid(138))),
    ("disclosure", _disclosure(uuid(139))),
    ("distinct_pair", _distinct(uuid(193), ADA, BEN)),
    ("key_check", {"id": uuid(194), "key_id": "'k1'", "cipher": "''"}),
    ("daily_run", {"id": uuid(195), "job": "'ages'", "day": "'2026-11-21'"}),
]

MORE_VALID: dict[str, Row] = {
    "role_grant": _grant(NEW, "'shift_lead'"),
    "sign_in_code": _code(NEW),
    "sign_in_step": _step(NEW, "'u'"),
    "form_use": {"token_digest": "'u'", "expires_at": "now()", "outcome": "''"},
    "identity_provider": _provider(NEW, "'other'"),
    "identity": {"provider_id": PROVIDER, "subject_digest": "'e'", "account_id": ADAS_ACCOUNT},
    "machine_client": _client(NEW, BOSS),
    "approval": _approval(NEW),
    "audit_event": _event(NEW),
    "audit_seal": _seal(NEW, "2", uuid(998)),
    "organisation_event": _organisation_event(NEW),
    "personal_datum": datum(NEW, "'phone'", "'l'", BEN),
    "distinct_pair": _distinct(NEW, ADA, CAI),
    "key_check": {"key_id": "'k2'", "cipher": "''"},
    "daily_run": {"job": "'ages'", "day": "'2026-11-22'"},
    "skill_rule": {
        "skill": "'climbing'",
        "evidence_kinds": "'[]'",
        "lowest_level": "'street'",
        "valid_days_max": "1",
    },
    "consent": _consent(NEW, "'insurance'"),
    "guardianship": _guardianship(NEW, BEN),
    "guardian_check": _guardian_check(NEW, ROBOT),
    "activity_consent": _activity_consent(NEW, NOON),
    "document_need": _need(NEW, "'travel'"),
    "erasure": _erasure(NEW, BEN),
    "person_merge": _merge(NEW, ADA, CAI),
    "retention_run": {
        "found_count": "2",
        "touched_count": "1",
        "people_max": "1",
        "report": "'{}'",
    },
    "disclosure": _disclosure(NEW),
    "tag": _tag(NEW, "'youth'"),
    "tag_grant": {"tag_id": TAG, "organisation_id": CITY},
    "volunteer_tag": {"tag_id": TAG, "volunteer_id": BEN},
    "message": {
        "kind": "'code'",
        "channel": "'sms'",
        "good_until": "'2099-01-01'",
        "attempts": "0",
        "text_cipher": "'x'",
        "address_cipher": "'x'",
    },
}
