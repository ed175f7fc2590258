"""Whose a number is: accounts, and imported people who have none yet. Families share numbers."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from models.core import AccountState, DatumKind, new_id
from services import audit, personal
from services.audit import Act
from services.birth import ALONE_FROM_AGE
from services.database import rows
from services.scope import as_system
from services.settings import Settings
from services.vault import keyring

_SELECT = """
    SELECT d.id AS datum_id, d.verified_at, d.volunteer_id, v.organisation_id,
        a.id AS account_id, a.state AS account_state,
        a.totp_cipher IS NOT NULL AS has_authenticator, coalesce(v.name, a.display_name) AS name
    FROM personal_datum d
    LEFT JOIN volunteer v ON v.id = d.volunteer_id
    LEFT JOIN account a ON a.id = d.account_id OR a.volunteer_id = d.volunteer_id
    WHERE d.kind = 'phone' AND (v.id IS NULL OR v.state = 'active')
        AND (a.id IS NULL OR a.state <> 'closed')
        AND (a.id IS NOT NULL OR v.age >= $2) AND {condition}
    ORDER BY d.created_at, d.id
"""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of whom the number is on record. Without `account_id` they never signed in."""

    datum_id: UUID
    verified_at: datetime | None
    volunteer_id: UUID | None
    organisation_id: UUID | None
    account_id: UUID | None
    account_state: AccountState | None
    has_authenticator: bool
    name: str

    @property
    def masked_name(self) -> str:
        """What somebody who has only shown the number may see: enough to know one's family by."""
        return self.name[0] + "*" * max(1, min(len(self.name) - 1, 3))

    def is_silent(self, now: datetime, settings: Settings) -> bool:
        """Whether the number was not proven for so long that it may be somebody else's by now."""
        silent_for = timedelta(days=settings.phone_silent_days)
        return self.verified_at is None or self.verified_at <= now - silent_for


@as_system
async def of_number(number: str) -> list[Holder]:
    """Everybody of this number who may sign in, the first stored first.

    Children below 14 have no sign-in of their own: their guardians act for them.
    """
    condition = "d.lookup = ANY($1::text[])"
    found = await rows(
        _SELECT.format(condition=condition),
        keyring().indexes(DatumKind.PHONE.value, number),
        ALONE_FROM_AGE,
    )
    return msgspec.convert(found, list[Holder])


@as_system
async def of_datum(datum_id: UUID) -> Holder | None:
    """The same by the row that holds the number; None if it is gone."""
    found = await rows(_SELECT.format(condition="d.id = $1"), datum_id, ALONE_FROM_AGE)
    return msgspec.convert(found[0], Holder) if found else None


@as_system
async def note_proven(datum_id: UUID, now: datetime) -> None:
    """The number has answered: it is this person's today."""
    await rows("UPDATE personal_datum SET verified_at = $2 WHERE id = $1", datum_id, now)


@as_system
async def take_off(holder: Holder) -> None:
    """Somebody else has this number now. Everything else of its old owner stays as it is; they
    come back through their organisation, which gives them their new one."""
    owner = (
        {"volunteer_id": holder.volunteer_id}
        if holder.volunteer_id is not None
        else {"account_id": holder.account_id}
    )
    await personal.forget(DatumKind.PHONE, **owner)
    await audit.record(
        Act.PERSONAL_DATA_CHANGED,
        subject_kind="volunteer" if holder.volunteer_id else "account",
        subject_id=holder.volunteer_id or holder.account_id,
        organisation_id=holder.organisation_id,
        what="phone_taken_off",
        why="somebody else has it",
    )


@as_system
async def open_account(volunteer_id: UUID, name: str, organisation_id: UUID | None) -> UUID:
    """An account for a person who has none, to sign in by phone; its id."""
    account_id = new_id()
    await rows(
        "INSERT INTO account (id, created_at, display_name, volunteer_id, state) "
        "VALUES ($1, now(), $2, $3, 'active')",
        account_id,
        name,
        volunteer_id,
    )
    await audit.record(
        Act.ACCOUNT_MADE, subject_kind="account", subject_id=account_id,
        organisation_id=organisation_id, account_id=account_id, how="phone",
    )  # fmt: skip
    return account_id
