"""Which account of the messaging app is whose: they write a code of ours to our service account.

The code is on the person's own page; what they write comes to us signed by the app. So no page of
ours loads anything from there, and nobody can name an account that is not theirs.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from models.core import DatumKind, new_id
from services import audit, personal, rights
from services.adapters.channels.protocol import Answer
from services.audit import Act
from services.database import rows
from services.errors import ServiceError
from services.notifications.telling import notify
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.transactions import transaction
from services.vault import keyring

PURPOSE = "link_wechat"
DIGITS = 8
GOOD_FOR = timedelta(minutes=10)
PER_HOUR = 5
TRIES_PER_HOUR = 5
"""Of one account of the app: a hundred million codes are not tried through."""


class LinkCode(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written to the service account, and until when."""

    code: str
    expires_at: datetime


class TooManyLinkCodes(ServiceError):
    code, status = "too_many_codes", 429


@acting
async def make_code(actor: Actor, now: datetime) -> LinkCode:
    """A code for the actor's own person, told this once. Raises TooManyLinkCodes."""
    rights.require_person(actor)
    ring, row_id = keyring(), new_id()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    async with entered(SYSTEM), transaction():
        await rows("SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE", actor.account_id)
        [made] = await rows(
            "SELECT count(*) AS count FROM sign_in_code WHERE account_id = $1 AND purpose = $2 "
            "AND created_at > $3",
            actor.account_id,
            PURPOSE,
            now - timedelta(hours=1),
        )
        if made["count"] >= PER_HOUR:
            raise TooManyLinkCodes(per_hour=PER_HOUR, per_day=24 * PER_HOUR)
        await rows(
            "INSERT INTO sign_in_code (id, created_at, phone_index, purpose, code_digest, "
            "account_id, client_index, expires_at, attempts) "
            "VALUES ($1, $2, $3, $4, '', $5, '', $6, 0)",
            row_id,
            now,
            ring.index(PURPOSE, code),
            PURPOSE,
            actor.account_id,
            now + GOOD_FOR,
        )
    return LinkCode(code=code, expires_at=now + GOOD_FOR)


@as_system
async def link(answer: Answer, now: datetime) -> bool:
    """Take one line that somebody wrote to the service account; whether it linked them."""
    code = answer.text.strip()
    if len(code) != DIGITS or not code.isascii() or not code.isdigit():
        return False
    async with transaction():
        if not await _may_try(answer, now):
            return False
        used = await rows(
            "UPDATE sign_in_code SET used_at = $3 WHERE phone_index = ANY($1::text[]) "
            "AND purpose = $2 AND used_at IS NULL AND expires_at > $3 RETURNING account_id",
            keyring().indexes(PURPOSE, code),
            PURPOSE,
            now,
        )
        if len(used) != 1:  # Two people were given the same one: neither is meant.
            return False
        await _link(used[0]["account_id"], answer.address, now)
    return True


async def _may_try(answer: Answer, now: datetime) -> bool:
    """Each line is noted once; too many from one account of the app, and none is looked at."""
    who = keyring().index(DatumKind.WECHAT.value, answer.address)
    added = await rows(
        "INSERT INTO inbound_answer (id, created_at, channel, reference, meaning) "
        "VALUES ($1, $2, 'wechat', $3, 'unknown') ON CONFLICT DO NOTHING RETURNING id",
        new_id(),
        now,
        f"{who[:40]}:{answer.reference}"[:120],
    )
    [tries] = await rows(
        "SELECT count(*) AS count FROM inbound_answer WHERE channel = 'wechat' "
        "AND starts_with(reference, $1) AND created_at > $2",
        f"{who[:40]}:",
        now - timedelta(hours=1),
    )
    return bool(added) and tries["count"] <= TRIES_PER_HOUR


async def _link(account_id: UUID, openid: str, now: datetime) -> None:
    [account] = await rows("SELECT volunteer_id FROM account WHERE id = $1", account_id)
    person: UUID = account["volunteer_id"]
    # Whoever shows the account of the app has it: nobody else keeps it.
    for owner in await personal.owners(DatumKind.WECHAT, openid):
        await personal.forget(DatumKind.WECHAT, volunteer_id=owner.volunteer_id)
    await personal.put(DatumKind.WECHAT, openid, volunteer_id=person, verified_at=now)
    await audit.record(
        Act.PERSONAL_DATA_CHANGED,
        subject_kind="volunteer",
        subject_id=person,
        account_id=account_id,
        what="wechat",
    )
    await notify("wechat_linked", person)


@acting
async def unlink(actor: Actor) -> None:
    """Forget the actor's account of the app, and the messages that it allowed."""
    person = rights.require_person(actor)
    async with entered(SYSTEM), transaction():
        await personal.forget(DatumKind.WECHAT, volunteer_id=person)
        await rows("DELETE FROM message_permit WHERE volunteer_id = $1", person)
        await audit.record(
            Act.PERSONAL_DATA_CHANGED,
            subject_kind="volunteer",
            subject_id=person,
            account_id=actor.account_id,
            what="wechat_forgotten",
        )
