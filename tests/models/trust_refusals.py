"""What breaks each constraint of accounts, the tree, rights, people's data and the log."""

from collections.abc import Mapping

from tests.models.trust_world import (
    ADA,
    APPROVAL,
    APPROVED,
    BEN,
    BOSS,
    CAI,
    DISTRICT,
    DOT,
    EVENT,
    ROBOT,
    SOMEBODY,
    TEAM,
    Row,
    uuid,
)

# Constraint: a table and what is wrong with the new row.
TRUST_ROWS: list[tuple[str, str, Row]] = [
    ("account_guardian_checked_by_somebody", "account", {"guardian_verified_at": "now()"}),
    ("account_signs_in_by_name", "account", {"name": "NULL"}),
    ("account_signs_in_by_name", "account", {"password_hash": "NULL", "totp_cipher": "'x'"}),
    ("account_state_known", "account", {"state": "'asleep'"}),
    ("activity_consent_answered_by_somebody", "activity_consent", {"answered_at": "now()"}),
    (
        "activity_consent_answered_by_somebody",
        "activity_consent",
        {"state": "'given'", "answered_at": "now()"},
    ),
    (
        "activity_consent_state_known",
        "activity_consent",
        {"state": "'maybe'", "answered_at": "now()", "guardian_id": BOSS},
    ),
    ("uid_activity_co_volunte_677d9f", "activity_consent", {"shift_id": uuid(31)}),
    ("approval_decided_whole", "approval", {"decided_at": "now()"}),
    ("approval_reasoned", "approval", {"reason": "' '"}),
    ("approval_state_known", "approval", {"state": "'lost'", "decided_at": "now()"}),
    ("approval_two_people", "approval", {"state": "'approved'", "decided_at": "now()"}),
    (
        "approval_two_people",
        "approval",
        {"state": "'approved'", "decided_at": "now()", "decided_by": SOMEBODY},
    ),
    (
        "approval_two_people",
        "approval",
        {"state": "'approved'", "decided_at": "now()", "decided_by": uuid(901)},
    ),
    (
        "approval_approved_in_time",
        "approval",
        {
            "state": "'approved'",
            "decided_by": uuid(902),
            "decided_at": "now() + interval '7 days'",
        },
    ),
    ("audit_seal_digest", "audit_seal", {"digest": "'A'"}),
    ("audit_seal_event_id_key", "audit_seal", {"event_id": EVENT}),
    ("audit_seal_number_key", "audit_seal", {"number": "1"}),
    ("audit_seal_numbered", "audit_seal", {"number": "0"}),
    ("claim_minor_agreed", "claim", {"volunteer_id": DOT}),
    ("consent_one_standing", "consent", {"purpose": "'research'"}),
    ("consent_withdrawn_by_somebody", "consent", {"withdrawn_at": "now()"}),
    (
        "consent_withdrawn_was_given",
        "consent",
        {"is_given": "false", "withdrawn_at": "now()", "withdrawn_by": SOMEBODY},
    ),
    ("document_need_once", "document_need", {"purpose": "'insurance'"}),
    ("erasure_of_one", "erasure", {"volunteer_id": "NULL"}),
    ("erasure_once", "erasure", {"volunteer_id": ADA}),
    ("erasure_one_end", "erasure", {"withdrawn_at": "now()", "done_at": "now()"}),
    ("form_use_token_digest_key", "form_use", {"token_digest": "'t'"}),
    ("guardian_check_children", "guardian_check", {"children_max": "1"}),
    ("guardian_check_decided_by_somebody", "guardian_check", {"state": "'verified'"}),
    ("guardian_check_once", "guardian_check", {"account_id": BOSS}),
    (
        "guardian_check_state_known",
        "guardian_check",
        {"state": "'own'", "decided_at": "now()", "decided_by": SOMEBODY},
    ),
    ("guardianship_decided_by_somebody", "guardianship", {"state": "'verified'"}),
    ("guardianship_once", "guardianship", {"ward_id": ADA}),
    ("guardianship_state_known", "guardianship", {"state": "'own'", "ended_at": "now()"}),
    ("uid_identity_provide_7ca0b2", "identity", {"subject_digest": "'d'"}),
    ("identity_provider_key_key", "identity_provider", {"key": "'school'"}),
    ("machine_client_account_id_key", "machine_client", {"account_id": ROBOT}),
    ("membership_dates", "membership", {"ends_on": "'2025-12-31'"}),
    ("membership_kind_known", "membership", {"kind": "'fan'"}),
    ("membership_once", "membership", {"volunteer_id": ADA}),
    (
        "membership_one_home",
        "membership",
        {"volunteer_id": ADA, "organisation_id": DISTRICT, "kind": "'home'"},
    ),
    ("message_sent_is_forgotten", "message", {"sent_at": "now()"}),
    ("message_sent_is_forgotten", "message", {"text_cipher": "NULL", "address_cipher": "NULL"}),
    ("message_sent_is_forgotten", "message", {"address_cipher": "NULL"}),
    ("organisation_code_key", "organisation", {"code": "'31'"}),
    ("organisation_code_of_a_level", "organisation", {"code": "'3x'"}),
    ("organisation_code_of_a_level", "organisation", {"kind": "'school'", "code": "'310101'"}),
    ("organisation_credit_code_key", "organisation", {"credit_code": "'91110000600037341L'"}),
    ("organisation_credit_code_letters", "organisation", {"credit_code": "'91110000600037341I'"}),
    ("organisation_merged_into_one", "organisation", {"state": "'merged'"}),
    ("organisation_merged_into_one", "organisation", {"merged_into_id": TEAM}),
    ("organisation_state_known", "organisation", {"state": "'lost'"}),
    ("person_merge_merged_id_key", "person_merge", {"merged_id": BEN}),
    ("person_merge_two_rows", "person_merge", {"merged_id": ADA}),
    ("personal_datum_kind_known", "personal_datum", {"kind": "'shoe'"}),
    ("personal_datum_looked_up", "personal_datum", {"lookup": "NULL"}),
    ("distinct_pair_in_order", "distinct_pair", {"one_id": CAI, "other_id": ADA}),
    ("uid_distinct_pa_one_id_66c894", "distinct_pair", {"one_id": ADA, "other_id": BEN}),
    ("key_check_key_id_key", "key_check", {"key_id": "'k1'"}),
    ("uid_daily_run_job_86f50c", "daily_run", {"day": "'2026-11-21'"}),
    ("personal_datum_of_one", "personal_datum", {"account_id": ROBOT}),
    ("personal_datum_of_one", "personal_datum", {"volunteer_id": "NULL"}),
    (
        "uid_personal_da_account_4696f7",
        "personal_datum",
        {"volunteer_id": "NULL", "account_id": BOSS},
    ),
    ("uid_personal_da_volunte_996636", "personal_datum", {"volunteer_id": ADA}),
    ("retention_run_capped", "retention_run", {"touched_count": "2"}),
    ("retention_run_capped", "retention_run", {"found_count": "0"}),
    ("role_grant_ended_by_somebody_or_time", "role_grant", {"ended_by": SOMEBODY}),
    ("role_grant_once", "role_grant", {"role": "'organiser'"}),
    ("role_grant_approved", "role_grant", {"role": "'reporter'", "approval_id": APPROVAL}),
    ("role_grant_of_approval", "role_grant", {"role": "'shift_lead'", "approval_id": APPROVED}),
    ("role_grant_three_apart", "role_grant", {"role": "'audit_administrator'"}),
    ("sign_in_code_attempts", "sign_in_code", {"attempts": "6"}),
    ("sign_in_code_one_purpose", "sign_in_code", {"purpose": "' '"}),
    ("sign_in_code_ten_minutes", "sign_in_code", {"expires_at": "now() + interval '11 minutes'"}),
    ("sign_in_step_attempts", "sign_in_step", {"attempts": "11"}),
    ("sign_in_step_token_digest_key", "sign_in_step", {"token_digest": "'t'"}),
    ("volunteer_skill_refused_for_a_reason", "volunteer_skill", {"reason": "'too old'"}),
    ("skill_rule_days", "skill_rule", {"valid_days_max": "0"}),
    ("skill_rule_skill_key", "skill_rule", {"skill": "'急救'"}),
    ("uid_tag_organis_247a60", "tag", {"name": "'party'"}),
    ("uid_tag_grant_tag_id_9b3846", "tag_grant", {"organisation_id": TEAM}),
    ("uid_volunteer_t_tag_id_715ab3", "volunteer_tag", {"volunteer_id": ADA}),
    ("volunteer_age", "volunteer", {"age": "-1"}),
    ("volunteer_age", "volunteer", {"age": "151"}),
    ("volunteer_erased_is_nobody", "volunteer", {"state": "'erased'", "is_on_call": "true"}),
    (
        "volunteer_erased_is_nobody",
        "volunteer",
        {"state": "'erased'", "home_longitude": "0", "home_latitude": "0"},
    ),
    ("volunteer_on_call_grown_up", "volunteer", {"is_on_call": "true", "age": "17"}),
    ("volunteer_state_known", "volunteer", {"state": "'asleep'"}),
    ("volunteer_skill_state_known", "volunteer_skill", {"state": "'true'", "verified_by": BOSS}),
    (
        "volunteer_skill_verified_by_somebody",
        "volunteer_skill",
        {"state": "'refused'", "reason": "'r'"},
    ),
    ("volunteer_skill_verified_by_somebody", "volunteer_skill", {"verified_at": "now()"}),
    (
        "volunteer_skill_verified_on_evidence",
        "volunteer_skill",
        {"state": "'verified'", "verified_by": BOSS, "verified_at": "now()"},
    ),
]

# Constraint: a statement on the world, for what a new row cannot break.
TRUST_STATEMENTS: list[tuple[str, str]] = [
    (f"{table}_append_only", statement)
    for table, column in (
        ("audit_event", "act = 'x'"),
        ("audit_seal", "number = 7"),
        ("organisation_event", "reason = 'x'"),
        ("disclosure", "purpose = 'x'"),
    )
    for statement in (
        f"UPDATE {table} SET {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    )
] + [
    (
        "claim_starts_qualified",
        "UPDATE role_skill SET level = 5; UPDATE claim SET state = 'checked_in'",
    ),
    ("approval_decided_once", 'UPDATE approval SET command = \'{"role": "auditor"}\''),
    ("approval_decided_once", "UPDATE approval SET requested_by = decided_by"),
    ("role_grant_ended_once", "UPDATE role_grant SET role = 'coordinator'"),
    ("role_grant_ended_once", "UPDATE role_grant SET ends_at = now()"),
]

TRUST_TRIGGERS: Mapping[str, str] = {
    "claim_starts": "claim_starts_qualified",
    "claim_minor": "claim_minor_agreed",
    "approval_decided": "approval_decided_once",
    "role_grant_made": "role_grant_approved",
    "role_grant_ended": "role_grant_ended_once",
    "organisation_made": "effect",
    "organisation_moved": "effect",
    "project_moved": "effect",
    **{
        f"{table}_{part}": f"{table}_append_only"
        for table in ("audit_event", "audit_seal", "organisation_event", "disclosure")
        for part in ("rows", "table")
    },
}

# Ids of what may be gone by then, or of what is not a row of ours: why there is no foreign key.
PLAIN_IDS: Mapping[str, str] = {
    "activity_consent.guardian_id": "the answer outlives the guardian's account",
    "audit_event.account_id": "the log outlives what it speaks of",
    "audit_event.organisation_id": "the log outlives what it speaks of",
    "audit_event.subject_id": "the log outlives what it speaks of, and speaks of every table",
    "audit_seal.event_id": "a line that was taken out is found by the chain, not hidden by it",
    "consent.account_id": "the answer outlives the account",
    "disclosure.account_id": "what was received stays received",
    "distinct_pair.account_id": "the finding outlives the account that made it",
    "document_need.account_id": "the reason outlives the account that gave it",
    "organisation_event.account_id": "the tree's past outlives its administrators",
    "person_merge.account_id": "the merge outlives the account that made it",
    "plan_part.lease_id": "a worker's hold on the part, and no row of any table",
    "volunteer_tag.account_id": "the tag outlives the account that gave it",
    "volunteer_tag.import_id": "the tag outlives the file that it came in",
}
