"""Accounts that are made from the command line: at the founding of a service, and for its demo."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.core import Account, DatumKind, RoleGrant, RoleName
from services import audit, personal, phones
from services.accounts import passwords, totp
from services.audit import Act
from services.rights import Actor, Grant
from services.scope import as_system
from services.transactions import transaction
from services.vault import keyring


@as_system
async def create_account(
    name: str,
    password: str,
    *grants: tuple[RoleName, UUID],
    volunteer_id: UUID | None = None,
    totp_secret: str | None = None,
) -> Actor:
    """A new sign-in by name and password, with roles at nodes.

    Without `totp_secret` the first sign-in sets up an authenticator. Refused with `name_taken`, or
    `has_account` for a volunteer who has one.
    """
    password_hash = await passwords.hash_of(password)
    async with transaction():
        account = await Account.create(
            name=name, display_name=name, password_hash=password_hash, volunteer_id=volunteer_id
        )
        if totp_secret is not None:
            account.totp_cipher = keyring().encrypt(totp.PLACE, account.id, totp_secret)
            await account.save(update_fields=["totp_cipher"])
        await _grant(account.id, grants)
    return Actor(
        account_id=account.id,
        name=name,
        volunteer_id=volunteer_id,
        grants=tuple(Grant(role=role, organisation_id=node) for role, node in grants),
    )


@as_system
async def give_phone(volunteer_id: UUID, name: str, phone: str, now: datetime) -> Actor:
    """An account for a person, with a number that counts as proven: for the demo."""
    async with transaction():
        account = await Account.create(display_name=name, volunteer_id=volunteer_id)
        await personal.put(
            DatumKind.PHONE,
            phones.normalise(phone),
            volunteer_id=volunteer_id,
            verified_at=now,
        )
        await _log_made(account.id)
    return Actor(account_id=account.id, name=name, volunteer_id=volunteer_id)


async def _grant(account_id: UUID, grants: Sequence[tuple[RoleName, UUID]]) -> None:
    await _log_made(account_id)
    for role, organisation_id in grants:
        await RoleGrant.create(account_id=account_id, role=role, organisation_id=organisation_id)
        await audit.record(
            Act.ROLE_GRANTED, subject_kind="account", subject_id=account_id,
            organisation_id=organisation_id, role=role.value, how="command line",
        )  # fmt: skip


async def _log_made(account_id: UUID) -> None:
    await audit.record(
        Act.ACCOUNT_MADE, subject_kind="account", subject_id=account_id, how="command line"
    )
