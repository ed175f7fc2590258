"""Codes of an authenticator: RFC 6238 with six digits, SHA-1 and steps of 30 seconds."""

import base64
import hmac
import os
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from services.database import rows
from services.scope import as_system
from services.vault import keyring

SECRET_BYTES = 20
DIGITS, STEP_SECONDS = 6, 30
DRIFT_STEPS = 1
PLACE = "account.totp_cipher"
ISSUER = "Mulin"


def new_secret() -> str:
    """A secret as authenticators take it: 160 random bits in base 32."""
    return base64.b32encode(os.urandom(SECRET_BYTES)).decode()


def uri_of(secret: str, name: str) -> str:
    """What the QR code for an authenticator holds."""
    return _generator(secret).get_provisioning_uri(name, ISSUER)


def code_at(secret: str, now: datetime) -> str:
    """What an authenticator with this secret shows."""
    return _code(secret, int(now.timestamp()) // STEP_SECONDS)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that the code is of: the present one, or one beside it; None if it is wrong."""
    present = int(now.timestamp()) // STEP_SECONDS
    around = range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1)
    # All of them are compared, so that the time tells nothing.
    found = [step for step in around if hmac.compare_digest(_code(secret, step), code)]
    return found[-1] if found else None


@as_system
async def shown_by(name: str, now: datetime) -> str:
    """What the authenticator of the account of this name shows: for whoever holds the keys of the
    service, such as the demo's command line. Empty if there is none."""
    found = await rows("SELECT id, totp_cipher FROM account WHERE name = $1", name)
    if not found or found[0]["totp_cipher"] is None:
        return ""
    secret = keyring().decrypt(PLACE, found[0]["id"], found[0]["totp_cipher"])
    return code_at(secret, now)


@as_system
async def is_right(account_id: UUID, code: str, now: datetime) -> bool:
    """Whether the authenticator of the account shows this now. Each code is good once (RFC 6238
    §5.2), also when it comes twice at the same instant."""
    found = await rows("SELECT totp_cipher FROM account WHERE id = $1", account_id)
    if not found or found[0]["totp_cipher"] is None:
        return False
    secret = keyring().decrypt(PLACE, account_id, found[0]["totp_cipher"])
    step = step_of(secret, code, now)
    return step is not None and bool(
        await rows(
            "UPDATE account SET totp_step = $2 WHERE id = $1 "
            "AND (totp_step IS NULL OR totp_step < $2) RETURNING id",
            account_id,
            step,
        )
    )


@as_system
async def enrol(account_id: UUID, secret: str, code: str, now: datetime) -> bool:
    """Keep the secret of a new authenticator once it has shown a right code; whether it has.

    One that is there already is never replaced: a password alone must not be enough for that.
    """
    step = step_of(secret, code, now)
    return step is not None and bool(
        await rows(
            "UPDATE account SET totp_cipher = $2, totp_step = $3 "
            "WHERE id = $1 AND totp_cipher IS NULL RETURNING id",
            account_id,
            keyring().encrypt(PLACE, account_id, secret),
            step,
        )
    )


def _code(secret: str, step: int) -> str:
    return _generator(secret).generate(step * STEP_SECONDS).decode()


def _generator(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS, enforce_key_length=False)
