"""Telling people something, in the transaction of what happened.

    await notify("shift_moved", volunteer_id, about=claim_id, once=f"moved:{claim_id}:{version}",
                 urgent=True, project=…, starts_at=…)

The words are in `services.notifications.texts`. A notification is a line in the person's inbox, and
a message on the channels that they chose. No commit, nobody is told.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from models.core import DatumKind, new_id
from services import clock, personal
from services.database import rows
from services.notifications.texts import TEXTS, Language, Reach
from services.notifications.wording import packed, words_of
from services.outbox import Job, enqueue, enqueue_many
from services.scope import as_system
from services.vault import keyring

AddressChannel = Literal["sms", "email"]
FACTS_PLACE = "notification.facts_cipher"
NUMBER_PLACE, WORDS_PLACE = "message.address_cipher", "message.text_cipher"
CHANNELS_AT_FIRST = "wechat,email,sms"
"""Which channels somebody is told by who has chosen none: the first for which there is an address.
Only what they have proven counts, and for the messaging app what they consented to."""
NEXT_AFTER = {"sms": timedelta(seconds=60), "voice": timedelta(seconds=180)}
"""In a chain: how long after the call itself each channel follows, unless it was opened."""

_ADD = """
    INSERT INTO notification (id, created_at, volunteer_id, account_id, kind, about, once,
        facts_cipher, is_urgent, good_until, written_in)
    SELECT line.id, $1, line.volunteer_id, line.account_id, $2, line.about, line.once, line.facts,
        $3, $4, pg_current_xact_id()::text::bigint
    FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[], $10::bytea[])
        AS line(id, volunteer_id, account_id, about, once, facts)
    ON CONFLICT DO NOTHING RETURNING id
"""
_STEPS = """
    SELECT n.id, way.channel FROM notification n
    LEFT JOIN notification_choice h ON h.volunteer_id = n.volunteer_id
        OR h.account_id = n.account_id
    CROSS JOIN LATERAL unnest(string_to_array(coalesce(h.channels, $2), ','))
        WITH ORDINALITY AS way(channel, place)
    WHERE n.id = ANY($1::uuid[]) AND (
        way.channel IN ('sms', 'voice') AND EXISTS (SELECT 1 FROM personal_datum d
            WHERE (d.volunteer_id = n.volunteer_id OR d.account_id = n.account_id)
            AND d.kind = 'phone')
        OR way.channel = 'email' AND EXISTS (SELECT 1 FROM personal_datum d
            WHERE (d.volunteer_id = n.volunteer_id OR d.account_id = n.account_id)
            AND d.kind = 'email' AND d.verified_at IS NOT NULL)
        OR way.channel = 'wechat' AND EXISTS (SELECT 1 FROM message_permit p
            WHERE p.volunteer_id = n.volunteer_id AND p.used_at IS NULL)
            AND EXISTS (SELECT 1 FROM personal_datum d
            WHERE d.volunteer_id = n.volunteer_id AND d.kind = 'wechat'))
    ORDER BY n.id, way.place
"""
_SEND = """
    INSERT INTO message (id, created_at, kind, notification_id, channel, step, due_at, good_until,
        attempts)
    SELECT line.id, $1, $2, line.notification_id, line.channel, line.step, line.due_at, $3, 0
    FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::int[], $8::timestamptz[])
        AS line(id, notification_id, channel, step, due_at)
"""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One of many to be told: a person or an account, about what, with which facts."""

    volunteer_id: UUID | None = None
    account_id: UUID | None = None
    about: UUID | None = None
    once: str | None = None
    facts: dict[str, object] = {}


async def notify(
    kind: str,
    volunteer_id: UUID,
    /,
    *,
    about: UUID | None = None,
    once: str | None = None,
    urgent: bool = False,
    **facts: object,
) -> UUID | None:
    """Tell a person. The notification's id, or None where `once` says that they know already.

    Quiet hours hold back what is not urgent.
    """
    told = Told(volunteer_id=volunteer_id, about=about, once=once, facts=facts)
    ids = await notify_many(kind, [told], urgent=urgent)
    return ids[0] if ids else None


@as_system
async def notify_account(
    kind: str,
    account_id: UUID,
    /,
    *,
    about: UUID | None = None,
    once: str | None = None,
    urgent: bool = False,
    **facts: object,
) -> UUID | None:
    """The same to an account: a lead, an organiser, a guardian; where it is a volunteer's, to
    them."""
    ids = await notify_accounts(kind, [account_id], about=about, once=once, urgent=urgent, **facts)
    return ids[0] if ids else None


@as_system
async def notify_accounts(
    kind: str,
    account_ids: Collection[UUID],
    /,
    *,
    about: UUID | None = None,
    once: str | None = None,
    urgent: bool = False,
    **facts: object,
) -> list[UUID]:
    """The same to many, in as few statements as to one."""
    found = await rows(
        "SELECT id, volunteer_id FROM account WHERE id = ANY($1::uuid[]) ORDER BY id",
        list(account_ids),
    )
    told = [
        Told(
            volunteer_id=row["volunteer_id"],
            account_id=None if row["volunteer_id"] else row["id"],
            about=about,
            once=once,
            facts=facts,
        )
        for row in found
    ]
    return await notify_many(kind, told, urgent=urgent)


@as_system
async def notify_many(kind: str, told: Sequence[Told], /, *, urgent: bool = False) -> list[UUID]:
    """Tell each of these, in as few statements as one; the notifications that are new."""
    if not told:
        return []
    now, ring, ids = clock.now(), keyring(), [new_id() for _ in told]
    good_until = now + timedelta(minutes=TEXTS[kind].good_for_minutes)
    for each in told:
        words_of(kind, "zh", each.facts)  # A fact that is missing is missed here, not in a job.
    added = await rows(
        _ADD,
        now,
        kind,
        urgent,
        good_until,
        ids,
        [each.volunteer_id for each in told],
        [each.account_id for each in told],
        [each.about for each in told],
        [each.once for each in told],
        [
            ring.encrypt(FACTS_PLACE, id_, packed(each.facts))
            for id_, each in zip(ids, told, strict=True)
        ],
    )
    new = [row["id"] for row in added]
    await _send(kind, new, now, good_until)
    return new


async def _send(kind: str, ids: Sequence[UUID], now: datetime, good_until: datetime) -> None:
    reach = TEXTS[kind].reach
    if reach is Reach.INBOX or not ids:
        return
    steps: dict[UUID, list[str]] = {}
    for row in await rows(_STEPS, list(ids), CHANNELS_AT_FIRST):
        steps.setdefault(row["id"], []).append(row["channel"])
    lines = [
        (new_id(), id_, channel, step, _due(reach, channel, step, now))
        for id_, channels in steps.items()
        for step, channel in enumerate(channels)
    ]
    if not lines:
        return
    columns = (list(column) for column in zip(*lines, strict=True))
    await rows(_SEND, now, kind, good_until, *columns)
    await enqueue_many(
        Job.SEND_MESSAGE, "message_id", [line[0] for line in lines if line[4] == now]
    )


def _due(reach: Reach, channel: str, step: int, now: datetime) -> datetime | None:
    """When a step is due; None if it is for the case that those before it fail."""
    if reach is Reach.CHAIN:
        return now + NEXT_AFTER.get(channel, timedelta()) if step else now
    at_once = 2 if reach is Reach.TWO else 1
    return now if step < at_once else None


@as_system
async def tell_number(
    kind: str,
    number: str,
    /,
    *,
    channel: AddressChannel = "sms",
    account_id: UUID | None = None,
    language: Language = "zh",
    **facts: object,
) -> UUID:
    """Send to a normalised number or an address, whoever it belongs to; the message's id.

    For codes, and for a number that is somebody's no more. In no inbox; both the number and the
    words are forgotten once it is sent.
    """
    words_of(kind, language, facts)
    message_id, said = new_id(), packed({"language": language, **facts})
    await _tell_address(kind, message_id, channel, said, account_id=account_id, number=number)
    return message_id


@as_system
async def tell_group(kind: str, organisation_id: UUID, /, **facts: object) -> int:
    """Tell the chat groups of an organisation's organisers; how many groups that is."""
    robots = await rows(
        "SELECT id FROM group_robot WHERE organisation_id = $1 AND ended_at IS NULL ORDER BY id",
        organisation_id,
    )
    words_of(kind, "zh", facts)
    for row in robots:
        await _tell_address(kind, new_id(), "wecom", packed(facts), robot_id=row["id"])
    return len(robots)


@as_system
async def tell_robot(kind: str, robot_id: UUID, /, **facts: object) -> None:
    """Tell one of those groups."""
    words_of(kind, "zh", facts)
    await _tell_address(kind, new_id(), "wecom", packed(facts), robot_id=robot_id)


async def _tell_address(
    kind: str,
    message_id: UUID,
    channel: str,
    facts: str,
    *,
    account_id: UUID | None = None,
    number: str | None = None,
    robot_id: UUID | None = None,
) -> None:
    ring, now = keyring(), clock.now()
    await rows(
        "INSERT INTO message (id, created_at, kind, account_id, robot_id, channel, step, due_at, "
        "good_until, address_cipher, text_cipher, attempts) "
        "VALUES ($1, $2, $3, $4, $5, $6, 0, $2, $7, $8, $9, 0)",
        message_id,
        now,
        kind,
        account_id,
        robot_id,
        channel,
        now + timedelta(minutes=TEXTS[kind].good_for_minutes),
        None if number is None else ring.encrypt(NUMBER_PLACE, message_id, number),
        ring.encrypt(WORDS_PLACE, message_id, facts),
    )
    await enqueue(Job.SEND_MESSAGE, message_id=message_id)


@as_system
async def number_of_account(account_id: UUID) -> str | None:
    """The number that an account signs in with: its own, or that of the person it is."""
    found = await rows("SELECT volunteer_id FROM account WHERE id = $1", account_id)
    volunteer_id = found[0]["volunteer_id"] if found else None
    if volunteer_id is not None:
        return await personal.get(DatumKind.PHONE, volunteer_id=volunteer_id)
    return await personal.get(DatumKind.PHONE, account_id=account_id)
