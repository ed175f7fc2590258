"""Answers by text and by key: understood, repeated, shared numbers, too late, nobody's."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.core import DatumKind
from services import clock, offers, personal
from services.adapters.channels.protocol import Answer
from services.database import rows
from services.notifications import answering, offering, wechat_linking
from services.notifications.answering import take
from services.offers import OfferState
from services.paging import PageQuery
from services.rights import Actor
from tests.services.rounds_world import NOW, SETTINGS, World, at
from tests.support.factories import make_city, make_person
from tests.support.inbox import Inbox

NUMBER = "13800138000"


@pytest.fixture(autouse=True)
def the_clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


async def offered_pair() -> tuple[Actor, UUID, Actor, UUID]:
    """Two people with an open offer each."""
    world = await World.make()
    people = [await world.volunteer() for _ in range(2)]
    await world.shift(at(0, 9), seats=2)
    await world.published()
    ada, ben = (world.volunteer_actor(each) for each in people)
    [first], [second] = [
        (await offers.list_mine(each, PageQuery(), NOW)).items for each in (ada, ben)
    ]
    return ada, first.id, ben, second.id


async def asked_by_text(*people: Actor) -> None:
    """These people share a number, and what they were offered was told them there."""
    for person in people:
        await personal.put(DatumKind.PHONE, f"+86{NUMBER}", volunteer_id=person.volunteer_id)
    await offering.tell(NOW)
    await Inbox().collect()


async def state_of(actor: Actor, offer_id: UUID) -> OfferState:
    return (await offers.get(actor, offer_id, NOW)).state


def reply(text: str, reference: str = "1", address: str = NUMBER) -> Answer:
    return Answer(reference=reference, address=address, text=text)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("1", OfferState.ACCEPTED),
        (" 好的。", OfferState.ACCEPTED),
        ("2", OfferState.DECLINED),
        ("N", OfferState.DECLINED),
        ("谢绝", OfferState.DECLINED),
    ],
)
async def test_a_plain_answer_counts_once(database: str, text: str, state: OfferState) -> None:
    ada, offer_id, _, _ = await offered_pair()
    await asked_by_text(ada)
    assert await take("sms", reply(text), NOW, SETTINGS) == state.value
    assert await take("sms", reply(text), NOW, SETTINGS) == "repeated"
    assert await state_of(ada, offer_id) is state
    [kept] = await rows("SELECT text_cipher, meaning FROM inbound_answer")
    assert (kept["text_cipher"], kept["meaning"]) == (None, state.value)


async def test_what_nobody_can_read_changes_nothing_and_is_shown_to_a_human(database: str) -> None:
    ada, offer_id, _, _ = await offered_pair()
    await asked_by_text(ada)
    assert await take("sms", reply("也许吧"), NOW, SETTINGS) == "unread"
    assert await state_of(ada, offer_id) is OfferState.OPEN
    kinds = {row["kind"] for row in await rows("SELECT kind FROM notification")}
    assert {"answer_unread", "answer_flagged"} <= kinds


async def test_two_people_of_one_number_are_not_told_apart_by_a_yes(database: str) -> None:
    ada, first, ben, second = await offered_pair()
    await asked_by_text(ada, ben)
    assert await take("sms", reply("1"), NOW, SETTINGS) == "unread"
    assert await state_of(ada, first) is OfferState.OPEN
    assert await state_of(ben, second) is OfferState.OPEN


async def test_a_strangers_answer_is_nobodys(database: str) -> None:
    ada, offer_id, _, _ = await offered_pair()
    await asked_by_text(ada)
    stranger = reply("1", address="13900139000")
    assert await take("sms", stranger, NOW, SETTINGS) == "unknown"
    assert await take("sms", reply("1", "2", "not a number"), NOW, SETTINGS) == "unknown"
    assert await state_of(ada, offer_id) is OfferState.OPEN


async def test_a_key_answers_the_call_in_which_it_was_pressed_even_if_a_number_is_shared(
    database: str,
) -> None:
    ada, first, ben, second = await offered_pair()
    await asked_by_text(ada, ben)
    await rows("UPDATE message SET channel = 'voice'")
    [message] = await rows(
        "SELECT m.id FROM message m JOIN notification n ON n.id = m.notification_id "
        "WHERE n.volunteer_id = $1",
        ben.volunteer_id,
    )
    pressed = Answer(reference="c:1", address=NUMBER, text="1", key=str(message["id"]))
    assert await take("voice", pressed, NOW, SETTINGS) == "accepted"
    assert await state_of(ben, second) is OfferState.ACCEPTED
    assert await state_of(ada, first) is OfferState.OPEN


async def test_a_yes_that_comes_too_late_is_told_so(database: str) -> None:
    ada, offer_id, _, _ = await offered_pair()
    await asked_by_text(ada)
    [message] = await rows("SELECT id FROM message WHERE sent_at IS NOT NULL LIMIT 1")
    late = (await offers.get(ada, offer_id, NOW)).deadline_at + timedelta(minutes=1)
    by_key = Answer(reference="1", address=NUMBER, text="1", key=str(message["id"]))
    assert await take("sms", by_key, late, SETTINGS) == "too_late"
    assert await rows("SELECT 1 FROM notification WHERE kind = 'answer_too_late'") != []


async def test_a_consent_to_one_message_is_kept_once(database: str) -> None:
    ada, _, _, _ = await offered_pair()
    consent = Answer(reference="o:1:0", address="openid", text="template-1")
    assert not await answering.take_permit(consent)
    await personal.put(DatumKind.WECHAT, "openid", volunteer_id=ada.volunteer_id)
    assert await answering.take_permit(consent)
    assert not await answering.take_permit(consent)
    assert len(await rows("SELECT 1 FROM message_permit")) == 1


async def test_an_account_of_the_app_is_linked_by_the_code_that_its_owner_writes(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    code = (await wechat_linking.make_code(ada, NOW)).code
    written = Answer(reference="1", address="openid", text=f" {code} ")
    late = NOW + timedelta(minutes=11)
    assert not await wechat_linking.link(written, late)
    again = Answer(reference="2", address="openid", text=code)
    assert await wechat_linking.link(again, NOW)
    assert await personal.get(DatumKind.WECHAT, volunteer_id=ada.volunteer_id) == "openid"
    third = Answer(reference="3", address="other", text=code)
    assert not await wechat_linking.link(third, NOW)

    new = (await wechat_linking.make_code(ben, NOW)).code
    assert await wechat_linking.link(Answer(reference="4", address="openid", text=new), NOW)
    assert await personal.get(DatumKind.WECHAT, volunteer_id=ada.volunteer_id) is None
    await wechat_linking.unlink(ben)
    assert await personal.get(DatumKind.WECHAT, volunteer_id=ben.volunteer_id) is None


async def test_codes_to_link_cannot_be_tried_through(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    code = (await wechat_linking.make_code(ada, NOW)).code
    for number in range(5):
        guess = Answer(reference=str(number), address="stranger", text=f"{number:08}")
        assert not await wechat_linking.link(guess, NOW)
    right = Answer(reference="x", address="stranger", text=code)
    assert not await wechat_linking.link(right, NOW)
    for _ in range(4):
        await wechat_linking.make_code(ada, NOW)
    with pytest.raises(wechat_linking.TooManyLinkCodes):
        await wechat_linking.make_code(ada, NOW)
