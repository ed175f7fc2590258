"""A message as it goes out: to which address, in which words, with which link."""

from datetime import datetime
from typing import Any

from models.core import DatumKind
from services import personal, phones
from services.adapters.channels.protocol import Outgoing
from services.database import rows
from services.notifications import links
from services.notifications.channels import templates_of
from services.notifications.choices import masked_mail
from services.notifications.telling import FACTS_PLACE, NUMBER_PLACE, WORDS_PLACE
from services.notifications.texts import TEXTS, Language
from services.notifications.wording import said, unpacked, words_of
from services.settings import Settings
from services.vault import keyring

ROBOT_PLACE = "group_robot.address_cipher"
_KINDS = {
    "sms": DatumKind.PHONE,
    "voice": DatumKind.PHONE,
    "email": DatumKind.EMAIL,
    "wechat": DatumKind.WECHAT,
}


class Nothing(Exception):
    """There is nothing to send: no address, or no question any more. `code` says why."""

    def __init__(self, code: str, *, falls_back: bool = True) -> None:
        self.code = code
        self.falls_back = falls_back
        super().__init__(code)


async def compose(message: dict[str, Any], now: datetime, settings: Settings) -> Outgoing:
    """What is to go out. Raises Nothing."""
    address = await _address(message)
    if message["channel"] == "wechat" and message["handed_at"] is None:
        await _use_permit(message, now, settings)
    facts = _facts(message)
    language: Language = facts.pop("language", None) or message["language"] or "zh"
    token = await _token(message, now)
    words = words_of(message["kind"], language, facts, settings.zone)
    if message["robot_id"] is not None:
        words = f"{words}\n{words_of(message['kind'], 'en', facts, settings.zone)}"
    return Outgoing(
        key=str(message["id"]),
        kind=message["kind"],
        address=address,
        shown=_shown(message["channel"], address),
        language=language,
        words=words,
        facts={name: str(said(fact, language, settings.zone)) for name, fact in facts.items()},
        link=None if token is None else f"{settings.address}/answer/{token}",
        token=token,
        first_tried_at=message["handed_at"] or now,
    )


def _facts(message: dict[str, Any]) -> dict[str, Any]:
    ring = keyring()
    if message["notification_id"] is None:
        return unpacked(ring.decrypt(WORDS_PLACE, message["id"], message["text_cipher"]))
    return unpacked(ring.decrypt(FACTS_PLACE, message["notification_id"], message["facts_cipher"]))


async def _address(message: dict[str, Any]) -> str:
    ring = keyring()
    if message["robot_id"] is not None:
        found = await rows(
            "SELECT address_cipher FROM group_robot WHERE id = $1 AND ended_at IS NULL",
            message["robot_id"],
        )
        if not found:
            raise Nothing("no_address")
        return ring.decrypt(ROBOT_PLACE, message["robot_id"], found[0]["address_cipher"])
    if message["notification_id"] is None:
        return ring.decrypt(NUMBER_PLACE, message["id"], message["address_cipher"])
    known = await personal.datum(
        _KINDS[message["channel"]],
        volunteer_id=message["volunteer_id"],
        account_id=message["account_id"],
    )
    if known is None or (message["channel"] == "email" and known.verified_at is None):
        raise Nothing("no_address")
    return known.text


def _shown(channel: str, address: str) -> str:
    """Only who may see the address sees more than this."""
    if channel in ("sms", "voice"):
        return phones.masked(address)
    return masked_mail(address) if channel == "email" else f"{address[:4]}…"


async def _use_permit(message: dict[str, Any], now: datetime, settings: Settings) -> None:
    """One consent to this template, one message. A printer has no templates: any will do."""
    template = templates_of(settings).wechat.get(message["kind"])
    used = await rows(
        "UPDATE message_permit SET used_at = $2, used_by = $3 WHERE id = (SELECT id "
        "FROM message_permit WHERE volunteer_id = $1 AND used_at IS NULL "
        "AND ($5 OR template = $4) ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED) "
        "RETURNING id",
        message["volunteer_id"],
        now,
        message["id"],
        None if template is None else template.id,
        settings.messenger == "print",
    )
    if not used:
        raise Nothing("no_consent")


async def _token(message: dict[str, Any], now: datetime) -> str | None:
    """A link for an offer that is still open. Raises Nothing where the question is over."""
    if not TEXTS[message["kind"]].answers or message["handed_at"] is not None:
        return None
    found = await rows(
        "SELECT o.id, o.deadline_at FROM offer o JOIN claim c ON c.id = o.claim_id "
        "WHERE o.id = $1 AND c.volunteer_id = $2 AND c.state = 'offered' AND o.deadline_at > $3",
        message["about"],
        message["volunteer_id"],
        now,
    )
    if not found:
        raise Nothing("answered", falls_back=False)
    [offer] = found
    if message["channel"] == "voice":
        return None
    return await links.make(offer["id"], message["volunteer_id"], offer["deadline_at"], now)
