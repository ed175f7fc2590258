"""Answers that come from outside: by the link in a message, by text, by a key of the telephone.

They go the same way as an answer on the page (`services.offers`), under the same rules.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import DatumKind, RoleName, new_id
from services import offers, personal, phones
from services.adapters.channels.protocol import Answer
from services.birth import ALONE_FROM_AGE
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError
from services.notifications.links import TOKEN_LENGTH, digest_of
from services.notifications.telling import notify, notify_accounts
from services.notifications.texts import TEXTS
from services.offers import Offer, OfferState
from services.rights import Actor
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction
from services.vault import keyring

TEXT_PLACE = "inbound_answer.text_cipher"
YES = frozenset(
    ["1", "y", "yes", "ok", "好", "好的", "是", "来", "能来", "可以", "接受", "同意", "参加"]
)
NO = frozenset(
    ["2", "n", "no", "否", "不", "不来", "不行", "不能", "不能来", "不参加", "谢绝", "拒绝", "没空"]
)


class LinkGone(NotFound):
    """There is no such link: it was mistyped, or nobody ever sent it."""

    code, status = "link_unknown", 404


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """What a link asks. `is_used`: it has been answered by this link, and the offer says how."""

    offer: Offer
    is_used: bool


@as_system
async def look(token: str, now: datetime) -> Linked:
    """What the link asks, as it stands now. Changes nothing. Raises LinkGone."""
    row = await _link(token)
    offer = await offers.get(await _person(row["volunteer_id"]), row["offer_id"], now)
    return Linked(offer=offer, is_used=row["used_at"] is not None)


@as_system
async def use(token: str, *, is_yes: bool, now: datetime, settings: Settings) -> Offer:
    """Answer by the link, once. Raises LinkGone, Conflict("link_used") or what the answer on the
    page would raise; the link stays good then."""
    async with transaction():
        row = await _link(token)
        actor = await _person(row["volunteer_id"])
        offer = await offers.get(actor, row["offer_id"], now)
        if row["used_at"] is not None:
            raise Conflict("link_used", state=offer.state.value)
        answered = await _answer(actor, row["offer_id"], is_yes=is_yes, now=now, settings=settings)
        taken = await rows(
            "UPDATE answer_link SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING id",
            row["id"],
            now,
        )
        if not taken:
            raise Conflict("link_used", state=answered.state.value)
    return answered


async def _link(token: str) -> dict[str, Any]:
    if len(token) != TOKEN_LENGTH:
        raise LinkGone
    found = await rows(
        "SELECT id, offer_id, volunteer_id, used_at FROM answer_link WHERE token_digest = $1",
        digest_of(token),
    )
    if not found:
        raise LinkGone
    return found[0]


async def _person(volunteer_id: UUID) -> Actor:
    """The person alone, without wards and roles. Raises Forbidden for children: their guardians
    answer for them."""
    [row] = await rows(
        "SELECT v.name, v.age, a.id FROM volunteer v LEFT JOIN account a ON a.volunteer_id = v.id "
        "WHERE v.id = $1",
        volunteer_id,
    )
    if row["age"] < ALONE_FROM_AGE:
        raise Forbidden("guardian_answers")
    return Actor(account_id=row["id"] or UUID(int=0), name=row["name"], volunteer_id=volunteer_id)


async def _answer(
    actor: Actor, offer_id: UUID, *, is_yes: bool, now: datetime, settings: Settings
) -> Offer:
    if is_yes:
        return await offers.accept(actor, offer_id, now, settings)
    return await offers.decline(actor, offer_id, now)


@as_system
async def take(channel: str, answer: Answer, now: datetime, settings: Settings) -> str:
    """Understand one answer and act on it; what came of it. One that was pushed before is passed
    over.

    Whoever shares a number, or was asked two things, cannot be understood by a bare *yes*: nothing
    is guessed then. They are told how to answer, and the organisers see what was said.
    """
    async with transaction():
        offer, person = await _question(channel, answer, now)
        wish = _wish(answer.text)
        new = await _note(channel, answer, person)
        if new is None:
            return "repeated"
        if person is None:
            return await _conclude(new, "unknown")
        if offer is None or wish is None:
            await notify("answer_unread", person, once=f"unread:{new}", urgent=True)
            await _flag(person, answer.text, now)
            return await _conclude(new, "unread")
    return await _act(new, offer, person, is_yes=wish, now=now, settings=settings)


async def _act(
    answer_id: UUID,
    offer_id: UUID,
    person: UUID,
    *,
    is_yes: bool,
    now: datetime,
    settings: Settings,
) -> str:
    meaning = "accepted" if is_yes else "declined"
    try:
        async with transaction():
            actor = await _person(person)
            await _answer(actor, offer_id, is_yes=is_yes, now=now, settings=settings)
    except Conflict as refused:
        gone = {f"offer_{state.value}" for state in OfferState}
        meaning = "too_late" if refused.reason in gone else "refused"
    except ServiceError:
        meaning = "refused"
    async with transaction():
        await notify(
            f"answer_{meaning}",
            person,
            about=offer_id,
            once=f"answer:{answer_id}",
            urgent=True,
            **await _facts(offer_id),
        )
        return await _conclude(answer_id, meaning)


def _wish(text: str) -> bool | None:
    """Yes, no, or nothing that can be understood."""
    plain = text.strip().strip("。.!！，, ").lower()
    if plain in YES:
        return True
    return False if plain in NO else None


async def _question(channel: str, answer: Answer, now: datetime) -> tuple[UUID | None, UUID | None]:
    """Which open offer is answered, and by whom; None where that is not certain."""
    if answer.key is not None:
        found = await rows(
            "SELECT n.about, n.volunteer_id, n.kind FROM message m JOIN notification n "
            "ON n.id = m.notification_id WHERE m.id::text = $1 AND m.channel = $2",
            answer.key,
            channel,
        )
        if not found:
            return None, None
        about = found[0]["about"] if TEXTS[found[0]["kind"]].answers else None
        return about, found[0]["volunteer_id"]
    people = await _people_of(answer.address)
    asked = await rows(
        "SELECT DISTINCT n.about, n.volunteer_id FROM message m "
        "JOIN notification n ON n.id = m.notification_id JOIN offer o ON o.id = n.about "
        "JOIN claim c ON c.id = o.claim_id WHERE m.channel = $1 AND m.sent_at IS NOT NULL "
        "AND n.volunteer_id = ANY($2::uuid[]) AND c.state = 'offered' AND o.deadline_at > $3",
        channel,
        people,
        now,
    )
    if len(asked) == 1:
        return asked[0]["about"], asked[0]["volunteer_id"]
    return None, people[0] if people else None


async def _people_of(number: str) -> list[UUID]:
    try:
        owners = await personal.owners(DatumKind.PHONE, phones.normalise(number))
    except Invalid:
        return []
    return [owner.volunteer_id for owner in owners if owner.volunteer_id is not None]


async def _note(channel: str, answer: Answer, person: UUID | None) -> UUID | None:
    """Keep it under the provider's reference; None if that is here already."""
    answer_id = new_id()
    added = await rows(
        "INSERT INTO inbound_answer (id, created_at, channel, reference, volunteer_id, "
        "text_cipher, meaning) VALUES ($1, now(), $2, $3, $4, $5, 'unread') "
        "ON CONFLICT DO NOTHING RETURNING id",
        answer_id,
        channel,
        answer.reference[:120],
        person,
        keyring().encrypt(TEXT_PLACE, answer_id, answer.text[:500]),
    )
    return answer_id if added else None


async def _conclude(answer_id: UUID, meaning: str) -> str:
    """What could be read needs no longer be kept in its own words."""
    await rows(
        "UPDATE inbound_answer SET meaning = $2::varchar, text_cipher = CASE WHEN "
        "$2::varchar = 'unread' THEN text_cipher END WHERE id = $1",
        answer_id,
        meaning,
    )
    return meaning


async def _facts(offer_id: UUID) -> dict[str, object]:
    [row] = await rows(
        "SELECT j.name AS project, s.starts_at, s.place FROM offer o "
        "JOIN claim c ON c.id = o.claim_id JOIN shift s ON s.id = c.shift_id "
        "JOIN project j ON j.id = s.project_id WHERE o.id = $1",
        offer_id,
    )
    return dict(row)


async def _flag(person: UUID, text: str, now: datetime) -> None:
    """Show what nobody could read to the organisers whose open offers the person has."""
    found = await rows(
        "SELECT DISTINCT g.account_id, v.name, j.name AS project, c.id AS claim_id "
        "FROM offer o JOIN claim c ON c.id = o.claim_id JOIN volunteer v ON v.id = c.volunteer_id "
        "JOIN shift s ON s.id = c.shift_id JOIN project j ON j.id = s.project_id "
        "JOIN role_grant g ON g.organisation_id = j.organisation_id AND g.role = $3 "
        "AND g.ended_at IS NULL "
        "WHERE c.volunteer_id = $1 AND c.state = 'offered' AND o.deadline_at > $2",
        person,
        now,
        RoleName.ORGANISER.value,
    )
    for row in found:
        await notify_accounts(
            "answer_flagged",
            [row["account_id"]],
            about=row["claim_id"],
            person=row["name"],
            project=row["project"],
            text=text[:200],
        )


@as_system
async def take_permit(answer: Answer) -> bool:
    """One consent to one message of the messaging app; False if it is nobody's, or known."""
    owners = await personal.owners(DatumKind.WECHAT, answer.address)
    person = next((owner.volunteer_id for owner in owners if owner.volunteer_id), None)
    if person is None:
        return False
    added = await rows(
        "INSERT INTO message_permit (id, created_at, volunteer_id, template, reference) "
        "VALUES ($1, now(), $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id",
        new_id(),
        person,
        answer.text[:80],
        answer.reference[:160],
    )
    return bool(added)
