"""Short messages to people: written in the transaction that causes them, sent by a job.

To tell somebody something: add its words to `services.message_texts.TEXTS`, then
`await queue_for_volunteer("your_kind", volunteer_id, fact=…)` inside the transaction of what
happened. Number and words are encrypted; the queue is told the message's id and nothing else; both
are erased once the message is sent or given up.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from models.core import DatumKind, new_id
from services import clock, personal, phones
from services.adapters.messages import Messenger, NotDelivered, Printer
from services.database import rows
from services.message_texts import TEXTS, Language, words_of
from services.outbox import Job, enqueue, enqueue_many
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction
from services.vault import keyring

ATTEMPTS_MAX = 5
RETRY_AFTER = timedelta(seconds=20)
NUMBER_PLACE, WORDS_PLACE = "message.address_cipher", "message.text_cipher"


@as_system
async def queue_for_account(
    kind: str, account_id: UUID, /, *, language: Language = "zh", **parameters: object
) -> bool:
    """Send it to the account's number, or its person's. False if there is none: nothing is sent."""
    number = await number_of_account(account_id)
    if number is None:
        return False
    await queue(kind, number, account_id=account_id, language=language, **parameters)
    return True


@as_system
async def queue_for_accounts(
    kind: str, account_ids: Collection[UUID], /, *, language: Language = "zh"
) -> int:
    """The same to many, in as few statements as to one; how many of them have a number."""
    numbers = await personal.of_accounts(DatumKind.PHONE, account_ids)
    accounts, ring = sorted(numbers), keyring()
    ids = [new_id() for _ in accounts]
    words = words_of(kind, language, {})
    await rows(
        "INSERT INTO message (id, created_at, kind, account_id, address_cipher, text_cipher, "
        "attempts) SELECT line.id, $1, $2, line.account_id, line.address, line.words, 0 "
        "FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::bytea[]) "
        "AS line(id, account_id, address, words)",
        clock.now(),
        kind,
        ids,
        accounts,
        [
            ring.encrypt(NUMBER_PLACE, id_, numbers[account])
            for id_, account in zip(ids, accounts, strict=True)
        ],
        [ring.encrypt(WORDS_PLACE, id_, words) for id_ in ids],
    )
    await enqueue_many(Job.SEND_MESSAGE, "message_id", ids)
    return len(ids)


@as_system
async def queue_for_volunteer(
    kind: str, volunteer_id: UUID, /, *, language: Language = "zh", **parameters: object
) -> bool:
    """Send it to the person's number. False if there is none: nothing is sent then."""
    number = await personal.get(DatumKind.PHONE, volunteer_id=volunteer_id)
    if number is None:
        return False
    found = await rows("SELECT id FROM account WHERE volunteer_id = $1", volunteer_id)
    account_id = found[0]["id"] if found else None
    await queue(kind, number, account_id=account_id, language=language, **parameters)
    return True


@as_system
async def queue(
    kind: str,
    number: str,
    /,
    *,
    account_id: UUID | None = None,
    language: Language = "zh",
    **parameters: object,
) -> UUID:
    """Send it to a normalised number. Part of the caller's transaction; the message's id."""
    message_id, ring = new_id(), keyring()
    await rows(
        "INSERT INTO message (id, created_at, kind, account_id, address_cipher, text_cipher, "
        "attempts) VALUES ($1, $2, $3, $4, $5, $6, 0)",
        message_id,
        clock.now(),
        kind,
        account_id,
        ring.encrypt(NUMBER_PLACE, message_id, number),
        ring.encrypt(WORDS_PLACE, message_id, words_of(kind, language, parameters)),
    )
    await enqueue(Job.SEND_MESSAGE, message_id=message_id)
    return message_id


@as_system
async def number_of_account(account_id: UUID) -> str | None:
    """The number that an account signs in with: its own, or that of the person it is."""
    found = await rows("SELECT volunteer_id FROM account WHERE id = $1", account_id)
    volunteer_id = found[0]["volunteer_id"] if found else None
    if volunteer_id is not None:
        return await personal.get(DatumKind.PHONE, volunteer_id=volunteer_id)
    return await personal.get(DatumKind.PHONE, account_id=account_id)


def messenger_of(settings: Settings) -> Messenger:
    """The messenger that the settings choose."""
    return Printer(settings.print_descriptor)


@as_system
async def deliver(message_id: UUID, messenger: Messenger, now: datetime) -> bool:
    """Hand one message over, and erase it; whether it went. A second call for it does nothing.

    A failure is counted, and `due` names the message again later. After five, or when it would mean
    nothing any more, it is given up. Only a crash between the two steps can send a message twice.
    """
    async with transaction():
        found = await rows(
            "SELECT id, kind, created_at, address_cipher, text_cipher FROM message WHERE id = $1 "
            "AND sent_at IS NULL AND given_up_at IS NULL FOR UPDATE SKIP LOCKED",
            message_id,
        )
        if not found:
            return False
        message, ring = found[0], keyring()
        good_for = timedelta(minutes=TEXTS[message["kind"]].good_for_minutes)
        if now - message["created_at"] > good_for:
            await _end(message_id, "given_up_at", now)
            return False
        number = ring.decrypt(NUMBER_PLACE, message_id, message["address_cipher"])
        words = ring.decrypt(WORDS_PLACE, message_id, message["text_cipher"])
        try:
            await messenger.send(number, phones.masked(number), words)
        except NotDelivered:
            await _note_failure(message_id, now)
            return False
        await _end(message_id, "sent_at", now)
    return True


@as_system
async def ask_again(now: datetime) -> int:
    """Ask for the delivery of what failed or was lost on the way; how many messages that is.

    Each failure makes the next try wait longer. Asking twice is harmless.
    """
    async with transaction():
        found = await rows(
            "SELECT id FROM message WHERE sent_at IS NULL AND given_up_at IS NULL "
            "AND created_at + $2::interval * (1 + attempts * attempts) < $1 "
            "ORDER BY created_at LIMIT 500 FOR UPDATE SKIP LOCKED",
            now,
            RETRY_AFTER,
        )
        for row in found:
            await enqueue(Job.SEND_MESSAGE, message_id=row["id"])
    return len(found)


@as_system
async def purge(now: datetime, *, days: int = 30) -> int:
    """Forget that messages were sent more than `days` ago."""
    gone = await rows(
        "DELETE FROM message WHERE coalesce(sent_at, given_up_at) < $1 RETURNING id",
        now - timedelta(days=days),
    )
    return len(gone)


async def _note_failure(message_id: UUID, now: datetime) -> None:
    [row] = await rows(
        "UPDATE message SET attempts = attempts + 1 WHERE id = $1 RETURNING attempts", message_id
    )
    if row["attempts"] >= ATTEMPTS_MAX:
        await _end(message_id, "given_up_at", now)


async def _end(message_id: UUID, how: str, now: datetime) -> None:
    await rows(
        f"UPDATE message SET {how} = $2, address_cipher = NULL, text_cipher = NULL WHERE id = $1",
        message_id,
        now,
    )
