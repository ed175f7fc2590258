"""Forgetting a person: what identifies them goes, what others rely on stays, under an opaque id.

Claims, points, consents, disclosures and the log keep the id of a row that says nothing any more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from models.core import DatumKind
from services import audit, personal
from services.audit import Act
from services.claim_endings import end_future
from services.database import rows
from services.imports.forgetting import forget_texts
from services.vault import keyring

NOBODY: Final = "已注销"
"""What stands where a name stood."""

OF_PERSON: Final = (
    "personal_datum",
    "membership",
    "volunteer_skill",
    "volunteer_liking",
    "availability_window",
    "availability_exception",
    "engagement",
    "together_member",
    "exclusion",
    "block",
    "invitation",
    "volunteer_tag",
    "document_need",
    "notification",
    "notification_choice",
    "answer_link",
    "message_permit",
    "inbound_answer",
    "recommendation",
    "hand_over",
    "buddy_member",
    "series",
    "calendar_feed",
    "reminder_setting",
    "reminder",
)
"""Tables whose rows about a person go (column `volunteer_id`)."""

OF_PAIR: Final = ("apart_pair", "distinct_pair")

OF_ACCOUNT: Final = (
    "personal_datum",
    "sign_in_session",
    "sign_in_step",
    "sign_in_code",
    "identity",
    "idempotency_record",
    "message",
    "notification",
    "notification_choice",
)
"""Tables whose rows of an account go (column `account_id`)."""

KEPT: Final = (
    "claim",
    "points_account",
    "consent",
    "guardianship",
    "activity_consent",
    "disclosure",
    "erasure",
    "person_merge",
    "plan_line",
    "attendance",
    "attendance_version",
    "dispute",
    "absence",
    "evaluation",
    "agreement_signature",
    "account",
)
"""Tables that go on naming the person's row, which says nothing any more."""


async def erase_person(volunteer_id: UUID, now: datetime) -> bool:
    """Forget a person and those rows that were merged into theirs; False if it has to wait.

    It waits while the person is on a shift. Inside the caller's transaction and the system's scope.
    """
    everybody = await _with_merged(volunteer_id)
    await rows(
        "SELECT 1 FROM volunteer WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", everybody
    )
    if await _is_serving(everybody, now):
        return False
    accounts = await rows("SELECT id FROM account WHERE volunteer_id = ANY($1::uuid[])", everybody)
    numbers = [
        number
        for person in everybody
        if (number := await personal.get(DatumKind.PHONE, volunteer_id=person)) is not None
    ]
    await _forget_in_imports(everybody)
    for person in everybody:
        await end_future(person, now)
        await _forget_rows(person, now)
    for account in accounts:
        await erase_account(account["id"], now)
    await _forget_numbers(numbers)
    await audit.record(
        Act.ERASED,
        subject_kind="volunteer",
        subject_id=volunteer_id,
        organisation_id=await _organisation_of(volunteer_id),
        merged=len(everybody) - 1,
    )
    return True


async def erase_account(account_id: UUID, now: datetime) -> None:
    """Close an account and free its name and number; nobody signs in to it again."""
    number = await personal.get(DatumKind.PHONE, account_id=account_id)
    await rows(
        "UPDATE role_grant SET ended_at = $2, ended_by = $1 WHERE account_id = $1 "
        "AND ended_at IS NULL",
        account_id,
        now,
    )
    await rows(
        "UPDATE guardianship SET state = 'ended', ended_at = $2 WHERE guardian_id = $1 "
        "AND state IN ('requested','verified')",
        account_id,
        now,
    )
    await rows(
        "UPDATE guardian_check SET state = 'withdrawn', decided_by = $1, decided_at = $2 "
        "WHERE account_id = $1 AND state = 'requested'",
        account_id,
        now,
    )
    await rows(
        "UPDATE shift_lead SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL",
        account_id,
        now,
    )
    await rows("UPDATE safety_report SET is_anonymous = true WHERE account_id = $1", account_id)
    await rows(
        "UPDATE shift_lead SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL",
        account_id,
        now,
    )
    await rows("UPDATE safety_report SET is_anonymous = true WHERE account_id = $1", account_id)
    await rows(
        "UPDATE approval SET reason = $2 WHERE requested_by = $1 OR concerns = $1",
        account_id,
        NOBODY,
    )
    await rows(
        "UPDATE account SET state = 'closed', name = NULL, display_name = $2, "
        "password_hash = NULL, totp_cipher = NULL, totp_step = NULL, guardian_verified_at = NULL, "
        "guardian_verified_by = NULL WHERE id = $1",
        account_id,
        NOBODY,
    )
    for table in OF_ACCOUNT:
        await rows(f"DELETE FROM {table} WHERE account_id = $1", account_id)
    if number is not None:
        await _forget_numbers([number])


async def _with_merged(volunteer_id: UUID) -> list[UUID]:
    found = await rows(
        "WITH RECURSIVE person(id) AS (SELECT $1::uuid UNION SELECT m.merged_id "
        "FROM person_merge m JOIN person p ON p.id = m.kept_id) SELECT id FROM person ORDER BY id",
        volunteer_id,
    )
    return [row["id"] for row in found]


async def _is_serving(people: Sequence[UUID], now: datetime) -> bool:
    return bool(
        await rows(
            "SELECT 1 FROM claim WHERE volunteer_id = ANY($1::uuid[]) AND starts_at <= $2 "
            "AND ends_at > $2 AND state IN ('confirmed','seeking_standin','checked_in')",
            list(people),
            now,
        )
    )


async def _organisation_of(volunteer_id: UUID) -> UUID:
    [row] = await rows("SELECT organisation_id FROM volunteer WHERE id = $1", volunteer_id)
    organisation_id: UUID = row["organisation_id"]
    return organisation_id


async def _forget_in_imports(people: Sequence[UUID]) -> None:
    """Reports of imports quote cells; those that could have named these people are looked at."""
    known = await rows(
        "SELECT id, name, external_key FROM volunteer WHERE id = ANY($1::uuid[])", list(people)
    )
    nodes = await rows(
        "SELECT DISTINCT c.ancestor_id AS id FROM organisation_closure c WHERE c.descendant_id IN "
        "(SELECT organisation_id FROM volunteer WHERE id = ANY($1::uuid[]) UNION "
        "SELECT organisation_id FROM membership WHERE volunteer_id = ANY($1::uuid[]))",
        list(people),
    )
    texts = {row["name"] for row in known} | {row["external_key"] for row in known}
    await forget_texts(texts, [row["id"] for row in nodes])


async def _forget_rows(volunteer_id: UUID, now: datetime) -> None:
    for table in OF_PERSON:
        await rows(f"DELETE FROM {table} WHERE volunteer_id = $1", volunteer_id)
    for table in OF_PAIR:
        await rows(f"DELETE FROM {table} WHERE one_id = $1 OR other_id = $1", volunteer_id)
    await rows(
        "DELETE FROM together_group g WHERE (SELECT count(*) FROM together_member m "
        "WHERE m.group_id = g.id) = 1"
    )
    # What they wrote about themselves; what happened on a shift is other people's safety as well.
    await rows("UPDATE absence SET objection_cipher = NULL WHERE volunteer_id = $1", volunteer_id)
    await rows("DELETE FROM dispute WHERE volunteer_id = $1 AND state = 'open'", volunteer_id)
    await rows(
        "UPDATE dispute SET text_cipher = NULL, answer_cipher = NULL WHERE volunteer_id = $1",
        volunteer_id,
    )
    await rows("UPDATE person_merge SET reason = '' WHERE kept_id = $1", volunteer_id)
    await rows(
        "UPDATE guardianship SET state = 'ended', ended_at = $2 WHERE ward_id = $1 "
        "AND state IN ('requested','verified')",
        volunteer_id,
        now,
    )
    await rows(
        "UPDATE consent SET withdrawn_at = $2, withdrawn_by = account_id "
        "WHERE volunteer_id = $1 AND is_given AND withdrawn_at IS NULL",
        volunteer_id,
        now,
    )
    # The counters of what was served stay: they are sums of what stays.
    await rows(
        "UPDATE volunteer SET name = $2, external_key = 'erased-' || id, age = 0, "
        "state = 'erased', home_longitude = NULL, home_latitude = NULL, max_travel_m = NULL, "
        "max_minutes = 0, max_minutes_per_day = 0, max_shifts = 0, is_on_call = false, "
        "is_matched = false, active_at = created_at WHERE id = $1",
        volunteer_id,
        NOBODY,
    )


async def _forget_numbers(numbers: Sequence[str]) -> None:
    """Codes that were sent to these numbers a moment ago."""
    for number in numbers:
        await rows(
            "DELETE FROM sign_in_code WHERE phone_index = ANY($1::text[])",
            keyring().indexes(DatumKind.PHONE.value, number),
        )
