"""How somebody wants to be told: which channels in which order, the language, quiet hours."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import DatumKind, new_id
from services import personal, phones, rights
from services.database import rows
from services.errors import Defect, Invalid
from services.notifications.telling import CHANNELS_AT_FIRST
from services.notifications.texts import Language
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.transactions import transaction

ChannelName = Literal["sms", "email", "voice", "wechat"]
CHANNELS: tuple[ChannelName, ...] = ("wechat", "email", "sms", "voice")
MINUTES_OF_DAY = 24 * 60
Minute = Annotated[int, Meta(ge=0, lt=MINUTES_OF_DAY)]


class ChoiceIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The channels in the order in which they are tried; none: the inbox alone.

    Quiet hours are from one minute of the local day to another, over midnight too.
    """

    channels: list[ChannelName]
    language: Language = "zh"
    quiet_from_minute: Minute | None = None
    quiet_until_minute: Minute | None = None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody is told. `addresses`: where, masked; a channel without one is passed over."""

    channels: list[ChannelName]
    language: Language
    quiet_from_minute: int | None
    quiet_until_minute: int | None
    is_chosen: bool
    addresses: dict[ChannelName, str]
    messages_allowed: int


@acting
async def get(actor: Actor, volunteer_id: UUID | None = None) -> Choice:
    """How the actor, or a ward, is told."""
    if volunteer_id is not None:
        rights.require_own(actor, volunteer_id)
    person, account = _whose(actor, volunteer_id)
    found = await rows(
        "SELECT channels, language, quiet_from_minute, quiet_until_minute "
        "FROM notification_choice WHERE volunteer_id = $1 OR account_id = $2",
        person,
        account,
    )
    row: dict[str, Any] = (
        found[0] if found else dict.fromkeys(("quiet_from_minute", "quiet_until_minute"))
    )
    async with entered(SYSTEM):
        addresses = await _addresses(person, account)
        [permits] = await rows(
            "SELECT count(*) AS count FROM message_permit "
            "WHERE volunteer_id = $1 AND used_at IS NULL",
            person,
        )
    return Choice(
        channels=msgspec.convert(
            [each for each in row.get("channels", CHANNELS_AT_FIRST).split(",") if each],
            list[ChannelName],
        ),
        language=row.get("language", "zh"),
        quiet_from_minute=row["quiet_from_minute"],
        quiet_until_minute=row["quiet_until_minute"],
        is_chosen=bool(found),
        addresses=addresses,
        messages_allowed=permits["count"],
    )


@acting
async def put(
    actor: Actor, command: ChoiceIn, now: datetime, volunteer_id: UUID | None = None
) -> Choice:
    """Be told in this way from now on. Codes to sign in, and what the law asks us to tell, come
    all the same."""
    if volunteer_id is not None:
        rights.require_own(actor, volunteer_id)
    _refuse_malformed(command)
    person, account = _whose(actor, volunteer_id)
    owner = "volunteer_id" if person else "account_id"
    async with transaction():
        await rows(
            f"INSERT INTO notification_choice (id, created_at, {owner}, channels, language, "
            "quiet_from_minute, quiet_until_minute, changed_at) "
            f"VALUES ($1, $2, $3, $4, $5, $6, $7, $2) ON CONFLICT ({owner}) DO UPDATE SET "
            "channels = EXCLUDED.channels, language = EXCLUDED.language, "
            "quiet_from_minute = EXCLUDED.quiet_from_minute, "
            "quiet_until_minute = EXCLUDED.quiet_until_minute, changed_at = EXCLUDED.changed_at",
            new_id(),
            now,
            person or account,
            ",".join(command.channels),
            command.language,
            command.quiet_from_minute,
            command.quiet_until_minute,
        )
    return await get(actor, volunteer_id)


def quiet_until(
    now: datetime, from_minute: int | None, until_minute: int | None, zone: tzinfo
) -> datetime | None:
    """When the quiet hours end in which this moment lies; None if it lies in none."""
    if from_minute is None or until_minute is None:
        return None
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    since = (minute - from_minute) % MINUTES_OF_DAY
    length = (until_minute - from_minute) % MINUTES_OF_DAY
    if since >= length:
        return None
    day = local.date() + timedelta(days=int(minute >= until_minute))
    end = datetime.combine(day, time(until_minute // 60, until_minute % 60), zone)
    return end.astimezone(UTC)


def _whose(actor: Actor, volunteer_id: UUID | None) -> tuple[UUID | None, UUID | None]:
    """The person, or the account of somebody who is no volunteer."""
    person = volunteer_id or actor.volunteer_id
    return person, None if person else actor.account_id


async def _addresses(person: UUID | None, account: UUID | None) -> dict[ChannelName, str]:
    found: dict[ChannelName, str] = {}
    phone = await personal.get(DatumKind.PHONE, volunteer_id=person, account_id=account)
    if phone is not None:
        found["sms"] = found["voice"] = phones.masked(phone)
    mail = await personal.datum(DatumKind.EMAIL, volunteer_id=person, account_id=account)
    if mail is not None and mail.verified_at is not None:
        found["email"] = masked_mail(mail.text)
    if await personal.get(DatumKind.WECHAT, volunteer_id=person, account_id=account):
        found["wechat"] = "✓"
    return found


def masked_mail(address: str) -> str:
    """`a***@example.org`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"


def _refuse_malformed(command: ChoiceIn) -> None:
    defects = []
    if len(set(command.channels)) < len(command.channels):
        defects.append(Defect("channels", "listed_twice"))
    if (command.quiet_from_minute is None) != (command.quiet_until_minute is None):
        defects.append(Defect("quiet_until_minute", "quiet_needs_both"))
    elif (
        command.quiet_from_minute is not None
        and command.quiet_from_minute == command.quiet_until_minute
    ):
        defects.append(Defect("quiet_until_minute", "quiet_is_empty"))
    if defects:
        raise Invalid(defects)


def in_order(chosen: Sequence[ChannelName], first: ChannelName | None) -> list[ChannelName]:
    """The chosen channels with the one that comes first in front, the others as is usual."""
    wanted = [each for each in CHANNELS if each in chosen]
    return sorted(wanted, key=lambda each: each != first)
