"""The log of what was done with rights and personal data; `services.sealing` chains it."""

from enum import StrEnum
from uuid import UUID

import msgspec

from models.core import new_id
from services import clock, scope
from services.database import rows


class Act(StrEnum):
    """What is logged. A line names ids and facts, never a name, a number or a date of birth."""

    ACCESS_DENIED = "access_denied"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SESSION_ENDED = "session_ended"
    ACCOUNT_MADE = "account_made"
    ACCOUNT_CHANGED = "account_changed"
    CREDENTIAL_CHANGED = "credential_changed"
    PERSONAL_DATA_READ = "personal_data_read"
    PERSONAL_DATA_CHANGED = "personal_data_changed"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    GUARDIAN_DECIDED = "guardian_decided"
    ROLE_GRANTED = "role_granted"
    ROLE_ENDED = "role_ended"
    APPROVAL_REQUESTED = "approval_requested"
    APPROVAL_DECIDED = "approval_decided"
    SEAT_TAKEN = "seat_taken"
    SEAT_GIVEN_BACK = "seat_given_back"
    SEAT_HANDED_OVER = "seat_handed_over"
    STANDIN_SOUGHT = "standin_sought"
    STANDIN_NOT_SOUGHT = "standin_not_sought"
    SHIFT_MOVED = "shift_moved"
    CALENDAR_CHANGED = "calendar_changed"
    EXPORTED = "exported"
    DISCLOSED = "disclosed"
    ERASURE_ASKED = "erasure_asked"
    ERASURE_WITHDRAWN = "erasure_withdrawn"
    ERASED = "erased"
    RETENTION_RUN = "retention_run"
    PEOPLE_MERGED = "people_merged"
    SKILL_DECIDED = "skill_decided"
    TREE_CHANGED = "tree_changed"
    TAG_CHANGED = "tag_changed"
    TOKEN_ISSUED = "token_issued"
    CLIENT_CHANGED = "client_changed"
    PROVIDER_CHANGED = "provider_changed"
    GROUP_ROBOT_CHANGED = "group_robot_changed"
    KEYS_ROTATED = "keys_rotated"
    CLAIM_DECIDED = "claim_decided"
    SEATS_DRAWN = "seats_drawn"
    SEAT_OFFERED = "seat_offered"
    BLOCK_CHANGED = "block_changed"
    INSURANCE_CHANGED = "insurance_changed"
    AGREEMENT_WRITTEN = "agreement_written"
    AGREEMENT_SIGNED = "agreement_signed"
    LEAD_CHANGED = "lead_changed"
    ATTENDANCE_CHANGED = "attendance_changed"
    DISPUTE_CHANGED = "dispute_changed"
    SAFETY_REPORTED = "safety_reported"
    SAFETY_REPORT_READ = "safety_report_read"
    SAFETY_REPORT_DECIDED = "safety_report_decided"


async def record(
    act: Act,
    *,
    subject_kind: str = "",
    subject_id: UUID | None = None,
    organisation_id: UUID | None = None,
    account_id: UUID | None = None,
    **facts: str | int | bool | list[str] | None,
) -> None:
    """Write a line, in the caller's transaction: what is undone was not done.

    Who acts is the account of the present scope unless it is named. `organisation_id` decides
    which auditors see the line.
    """
    await rows(
        "INSERT INTO audit_event (id, created_at, act, account_id, subject_kind, subject_id, "
        "organisation_id, facts, transaction_number) VALUES ($1, $2, $3, $4, $5, $6, $7, "
        "$8::jsonb, pg_current_xact_id()::text::bigint)",
        new_id(),
        clock.now(),
        act.value,
        account_id or scope.present().account_id,
        subject_kind,
        subject_id,
        organisation_id,
        msgspec.json.encode(facts).decode(),
    )
