"""One-time codes: six digits to a phone, good once, for a purpose, for ten minutes."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from models.core import new_id
from services import notifications
from services.accounts.types import Caller, CodeSent
from services.database import rows
from services.errors import NotSignedIn, ServiceError
from services.notifications import AddressChannel
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction
from services.vault import keyring

GOOD_FOR = timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=60)
PER_HOUR, PER_DAY = 5, 10
TRIES_MAX = 5
CODE_DIGITS = 6


class Purpose(StrEnum):
    """What a code is for; it is good for nothing else."""

    SIGN_IN = "sign_in"
    CHANGE_PHONE = "change_phone"
    GUARDIAN = "guardian"
    CONFIRM_EMAIL = "confirm_email"


class CodeTooSoon(ServiceError):
    """Another code was sent a moment ago, or too many today."""

    code, status = "code_too_soon", 429


class CodeRefused(NotSignedIn):
    """The code is not good: wrong, too old, used, or spent by too many wrong ones."""

    code, status = "code_wrong", 401


@as_system
async def send(
    number: str,
    purpose: Purpose,
    caller: Caller,
    now: datetime,
    settings: Settings,
    *,
    account_id: UUID | None = None,
    channel: AddressChannel = "sms",
) -> CodeSent:
    """Send a code to a normalised number, or an address of another channel, whoever it belongs
    to: nothing tells whether anybody.

    Raises CodeTooSoon within a minute of the last one for this number, after five in an hour or ten
    in a day, and after as many from one network address as the settings allow.
    """
    row_id, ring = new_id(), keyring()
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    async with transaction():
        # Two requests at once for one number wait for each other, so that both are counted.
        await rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", number)
        await _refuse_too_many(number, caller, now, settings)
        await rows(
            "INSERT INTO sign_in_code (id, created_at, phone_index, purpose, code_digest, "
            "account_id, client_index, expires_at, attempts) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
            row_id,
            now,
            ring.index("phone", number),
            purpose.value,
            _digest(ring.secret("code"), row_id, code),
            account_id,
            ring.index("client", caller.address) if caller.address else "",
            now + GOOD_FOR,
        )
        await notifications.tell_number(
            f"code_{purpose.value}",
            number,
            channel=channel,
            account_id=account_id,
            language=caller.language,
            code=code,
            minutes=int(GOOD_FOR.total_seconds() // 60),
        )
    return CodeSent(expires_at=now + GOOD_FOR, again_at=now + AGAIN_AFTER)


async def _refuse_too_many(number: str, caller: Caller, now: datetime, settings: Settings) -> None:
    ring = keyring()
    [sent] = await rows(
        "SELECT max(created_at) AS last, count(*) FILTER (WHERE created_at > $3) AS in_hour, "
        "count(*) AS in_day FROM sign_in_code "
        "WHERE phone_index = ANY($1::text[]) AND created_at > $2",
        ring.indexes("phone", number),
        now - timedelta(days=1),
        now - timedelta(hours=1),
    )
    if sent["last"] is not None and sent["last"] + AGAIN_AFTER > now:
        raise CodeTooSoon(again_at=sent["last"] + AGAIN_AFTER)
    if sent["in_hour"] >= PER_HOUR or sent["in_day"] >= PER_DAY:
        raise CodeTooSoon("too_many_codes", per_hour=PER_HOUR, per_day=PER_DAY)
    if not caller.address:
        return
    [from_here] = await rows(
        "SELECT count(*) AS count FROM sign_in_code "
        "WHERE client_index = ANY($1::text[]) AND created_at > $2",
        ring.indexes("client", caller.address),
        now - timedelta(hours=1),
    )
    if from_here["count"] >= settings.codes_per_client_hour:
        raise CodeTooSoon("too_many_codes_here")


@as_system
async def use(
    number: str, purpose: Purpose, code: str, now: datetime, *, account_id: UUID | None = None
) -> None:
    """Use up the code that was last sent to the number for this purpose.

    Raises CodeRefused: `code_wrong` with how many tries are left, `code_spent` after five; of the
    right code `code_expired` and `code_used`, which nobody else is told.
    """
    found = await rows(
        "UPDATE sign_in_code SET attempts = attempts + 1 WHERE id = (SELECT id FROM sign_in_code "
        "WHERE phone_index = ANY($1::text[]) AND purpose = $2 AND account_id IS NOT DISTINCT FROM "
        "$3 AND created_at > $4 ORDER BY created_at DESC, id DESC LIMIT 1) AND attempts < $5 "
        "RETURNING id, code_digest, attempts, expires_at, used_at",
        keyring().indexes("phone", number),
        purpose.value,
        account_id,
        now - timedelta(days=1),
        TRIES_MAX,
    )
    if not found:
        raise CodeRefused("code_spent")
    row = found[0]
    keys = keyring().secrets("code").values()
    digests = [_digest(key, row["id"], code) for key in keys]
    if not any(hmac.compare_digest(each, row["code_digest"]) for each in digests):
        left = TRIES_MAX - row["attempts"]
        raise CodeRefused("code_wrong", left=left) if left else CodeRefused("code_spent")
    if row["expires_at"] <= now:
        raise CodeRefused("code_expired")
    taken = await rows(
        "UPDATE sign_in_code SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING id",
        row["id"],
        now,
    )
    if not taken:
        raise CodeRefused("code_used")


@as_system
async def purge_codes(now: datetime) -> int:
    """Forget codes that count against no limit any more."""
    gone = await rows(
        "DELETE FROM sign_in_code WHERE created_at <= $1 RETURNING id", now - timedelta(days=1)
    )
    return len(gone)


def _digest(key: bytes, row_id: UUID, code: str) -> str:
    """Keyed, because a million codes are tried in no time; bound to its row."""
    return hmac.new(key, row_id.bytes + code.encode(), hashlib.sha256).hexdigest()
