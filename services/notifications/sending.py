"""Messages on their way out: each goes once by each channel, whatever dies meanwhile.

`handed_at` is committed before a channel is asked to send. Whoever finds it later without an end
knows that somebody died in between, or lost the answer: then the channel is asked what became of
the message. Only where it says *not sent* is it sent again; where it cannot tell, it is not, and
the person's next channel is used. So nothing goes twice by one channel, and nothing is lost that
another channel could bring.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.adapters.channels.protocol import (
    Channel,
    Fate,
    NotDelivered,
    Outgoing,
    Receipt,
    ReceiptState,
    Unsure,
)
from services.database import rows
from services.notifications import pacing
from services.notifications.choices import quiet_until
from services.notifications.composing import Nothing, compose
from services.outbox import Job, enqueue, enqueue_many
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction

ATTEMPTS_MAX = 5
RETRY_AFTER = timedelta(seconds=20)
SETTLE_AFTER = timedelta(minutes=2)
"""Longer than a worker's time limit for one message: nobody can still be at it."""
KEPT_DAYS, NOTICES_KEPT_DAYS = 30, 180
UNPACED_PER_MINUTE = 60_000

_MESSAGE = """
    SELECT m.id, m.kind, m.created_at, m.channel, m.address_cipher, m.text_cipher, m.robot_id,
        m.notification_id, m.due_at, m.good_until, m.handed_at, m.outcome, m.attempts,
        n.volunteer_id, n.account_id, n.about, n.facts_cipher, n.is_urgent, n.opened_at,
        h.language, h.quiet_from_minute, h.quiet_until_minute
    FROM message m LEFT JOIN notification n ON n.id = m.notification_id
    LEFT JOIN notification_choice h ON h.volunteer_id = n.volunteer_id
        OR h.account_id = n.account_id
    WHERE m.id = $1 AND m.sent_at IS NULL AND m.given_up_at IS NULL AND m.due_at IS NOT NULL
    FOR UPDATE OF m SKIP LOCKED
"""


@as_system
async def deliver(
    message_id: UUID, channels: Mapping[str, Channel], now: datetime, settings: Settings
) -> bool:
    """Hand one message over; whether it went. A second call for it does nothing.

    A failure is counted, and `ask_again` names the message later. After five, or when it would
    mean nothing any more, it is given up, and the next channel's turn comes.
    """
    async with transaction():
        found = await rows(_MESSAGE, message_id)
        if not found:
            return False
        [message] = found
        if message["handed_at"] is not None and message["handed_at"] + SETTLE_AFTER > now:
            return False
        outgoing = await _taken(message, channels, now, settings)
    if outgoing is None:
        return False
    channel = channels[message["channel"]]
    if message["handed_at"] is not None:
        return await _settle(message, outgoing, channel, now)
    return await _send(message, outgoing, channel, now)


async def _taken(
    message: dict[str, Any], channels: Mapping[str, Channel], now: datetime, settings: Settings
) -> Outgoing | None:
    """The message as it goes out now, noted as handed over; None if it does not, or not yet."""
    channel = channels.get(message["channel"])
    if message["good_until"] < now:
        await _give_up(message, "too_old", now, falls_back=False)
        return None
    if message["opened_at"] is not None and message["handed_at"] is None:
        await _give_up(message, "opened", now, falls_back=False)
        return None
    if channel is None:
        await _give_up(message, "not_configured", now)
        return None
    if message["handed_at"] is None:
        later = await _later(message, channel, now, settings)
        if later is not None:
            await _put_off(message, later[0], later[1])
            return None
    try:
        outgoing = await compose(message, now, settings)
    except Nothing as nothing:
        await _give_up(message, nothing.code, now, falls_back=nothing.falls_back)
        return None
    if message["handed_at"] is None:
        await rows(
            "UPDATE message SET handed_at = $2, attempts = attempts + 1, outcome = NULL "
            "WHERE id = $1",
            message["id"],
            now,
        )
    return outgoing


async def _later(
    message: dict[str, Any], channel: Channel, now: datetime, settings: Settings
) -> tuple[datetime, str] | None:
    """Until when it has to wait, and why."""
    if message["notification_id"] is not None and not message["is_urgent"]:
        quiet = quiet_until(
            now, message["quiet_from_minute"], message["quiet_until_minute"], settings.zone
        )
        if quiet is not None:
            return quiet, "quiet"
    if channel.per_minute >= UNPACED_PER_MINUTE:
        return None
    has_turn = message["outcome"] == "paced"
    turn = message["due_at"] if has_turn else await pacing.turn(message, channel, now)
    return (turn, "paced") if turn > now else None


async def _send(
    message: dict[str, Any], outgoing: Outgoing, channel: Channel, now: datetime
) -> bool:
    try:
        reference = await channel.send(outgoing)
    except Unsure:
        return False  # It stays as handed over, and is settled later.
    except NotDelivered as refused:
        async with transaction():
            await _note_refusal(message, refused, now)
        return False
    async with transaction():
        await _note_sent(message, now, reference)
    return True


async def _settle(
    message: dict[str, Any], outgoing: Outgoing, channel: Channel, now: datetime
) -> bool:
    """Nobody knows what became of it: the channel is asked, and nothing is sent here."""
    try:
        fate = await channel.find(outgoing)
    except (NotDelivered, Unsure):
        return False  # Asked again by the next tick, until it means nothing any more.
    async with transaction():
        held = await rows(
            "SELECT 1 FROM message WHERE id = $1 AND handed_at = $2 AND sent_at IS NULL "
            "AND given_up_at IS NULL FOR UPDATE",
            message["id"],
            message["handed_at"],
        )
        if not held:
            return False
        if fate is Fate.SENT:
            await _note_sent(message, now, None)
        elif fate is Fate.NOT_SENT:
            await _put_off(message, now, "lost")
            await enqueue(Job.SEND_MESSAGE, message_id=message["id"])
        else:
            await _give_up(message, "unsure", now)
    return fate is Fate.SENT


async def _note_sent(message: dict[str, Any], now: datetime, reference: str | None) -> None:
    await rows(
        "UPDATE message SET sent_at = $2, reference = $3, address_cipher = NULL, "
        "text_cipher = NULL, outcome = NULL WHERE id = $1",
        message["id"],
        now,
        reference,
    )


async def _note_refusal(message: dict[str, Any], refused: NotDelivered, now: datetime) -> None:
    if message["channel"] == "wechat" and refused.code != "43101":
        await _give_permit_back(message["id"])
    attempts = message["attempts"] + 1
    if refused.is_final or attempts >= ATTEMPTS_MAX:
        await _give_up(message, refused.code, now)
    else:
        wait = refused.again_after or RETRY_AFTER * (1 + attempts * attempts)
        await _put_off(message, now + wait, refused.code)


async def _give_permit_back(message_id: UUID) -> None:
    """A consent is used up by a message that arrived, not by one that was refused."""
    await rows(
        "UPDATE message_permit SET used_at = NULL, used_by = NULL WHERE used_by = $1", message_id
    )


async def _put_off(message: dict[str, Any], until: datetime, why: str) -> None:
    await rows(
        "UPDATE message SET due_at = $2, handed_at = NULL, outcome = $3 WHERE id = $1",
        message["id"],
        until,
        why[:60],
    )


async def _give_up(
    message: dict[str, Any], why: str, now: datetime, *, falls_back: bool = True
) -> None:
    await rows(
        "UPDATE message SET given_up_at = $2, outcome = $3, address_cipher = NULL, "
        "text_cipher = NULL WHERE id = $1",
        message["id"],
        now,
        why[:60],
    )
    if falls_back and message["notification_id"] is not None:
        await fall_back(message["notification_id"], now)


async def fall_back(notification_id: UUID, now: datetime) -> None:
    """Let the next channel's turn come, if there is one that waits."""
    found = await rows(
        "UPDATE message SET due_at = $2 WHERE id = (SELECT id FROM message "
        "WHERE notification_id = $1 AND due_at IS NULL AND sent_at IS NULL "
        "AND given_up_at IS NULL ORDER BY step LIMIT 1) RETURNING id",
        notification_id,
        now,
    )
    for row in found:
        await enqueue(Job.SEND_MESSAGE, message_id=row["id"])


@as_system
async def ask_again(now: datetime) -> int:
    """Ask for the delivery of what is due, was lost on the way, or was never settled.

    Each failure makes the next try wait longer. Asking twice is harmless.
    """
    async with transaction():
        # What is new has its own job; a moment later that job may have been lost.
        found = await rows(
            "SELECT id FROM message WHERE sent_at IS NULL AND given_up_at IS NULL AND ("
            "handed_at IS NULL AND due_at + CASE WHEN due_at = created_at "
            "OR outcome IS NULL AND attempts = 0 THEN $2::interval ELSE interval '0' END <= $1 "
            "OR handed_at <= $3) ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED",
            now,
            RETRY_AFTER,
            now - SETTLE_AFTER,
        )
        await enqueue_many(Job.SEND_MESSAGE, "message_id", [row["id"] for row in found])
    return len(found)


@as_system
async def take_receipts(channel: str, receipts: list[Receipt], now: datetime) -> int:
    """Note what a provider reports; how many of these were ours.

    A message that never arrived has failed, and the next channel's turn comes.
    """
    known = 0
    for receipt in receipts:
        async with transaction():
            found = await rows(
                "SELECT id, notification_id, received_at, outcome FROM message "
                "WHERE channel = $1 AND (reference = $2 OR id::text = $3) FOR UPDATE",
                channel,
                receipt.reference,
                receipt.key,
            )
            for row in found:
                await _note_receipt(row, receipt, now)
            known += len(found)
    return known


async def _note_receipt(row: dict[str, Any], receipt: Receipt, now: datetime) -> None:
    if row["received_at"] is not None or row["outcome"] is not None:
        return  # The provider repeats itself.
    if receipt.state is ReceiptState.FAILED:
        await rows(
            "UPDATE message SET outcome = $2 WHERE id = $1",
            row["id"],
            receipt.code[:60] or "failed",
        )
        if row["notification_id"] is not None:
            await fall_back(row["notification_id"], now)
        return
    await rows("UPDATE message SET received_at = $2 WHERE id = $1", row["id"], now)
    if receipt.state is ReceiptState.OPENED and row["notification_id"] is not None:
        await rows(
            "UPDATE notification SET opened_at = coalesce(opened_at, $2) WHERE id = $1",
            row["notification_id"],
            now,
        )


@as_system
async def purge(now: datetime) -> int:
    """Forget what was told long ago, and links and paces that mean nothing any more."""
    gone = await rows(
        "DELETE FROM message WHERE coalesce(sent_at, given_up_at, good_until) < $1 RETURNING id",
        now - timedelta(days=KEPT_DAYS),
    )
    await rows(
        "DELETE FROM notification WHERE created_at < $1", now - timedelta(days=NOTICES_KEPT_DAYS)
    )
    for table, moment in (
        ("answer_link", "expires_at"),
        ("inbound_answer", "created_at"),
        ("channel_pace", "next_at"),
    ):
        await rows(f"DELETE FROM {table} WHERE {moment} < $1", now - timedelta(days=KEPT_DAYS))
    return len(gone)
