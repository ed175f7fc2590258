"""Messages go once by each channel: retries, lost answers, dead workers, fall-back, quiet hours."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.core import DatumKind
from services import clock, personal
from services.adapters.channels.protocol import (
    Fate,
    NotDelivered,
    Outgoing,
    Receipt,
    ReceiptState,
    Unsure,
)
from services.database import rows
from services.notifications import (
    choices,
    notify,
    notify_account,
    notify_accounts,
    sending,
    telling,
)
from services.notifications import tell_number as tell
from services.notifications.choices import ChoiceIn
from services.notifications.sending import ATTEMPTS_MAX, SETTLE_AFTER
from services.notifications.wording import signed, words_of
from services.rights import Actor
from services.settings import Settings
from services.transactions import transaction
from tests.support.factories import make_account, make_city, make_person, organiser_at
from tests.support.inbox import Inbox

NUMBER, MAIL = "+8615400000001", "ada@example.org"
CODE = {"code": "042518", "minutes": 10}
SETTINGS = Settings()


class Failing(Inbox):
    """A channel that answers each message with this."""

    def __init__(self, error: Exception, *, fate: Fate = Fate.UNKNOWN) -> None:
        super().__init__(fate=fate)
        self.error = error
        self.tries = 0

    async def send(self, message: Outgoing) -> str | None:
        self.tries += 1
        raise self.error


async def neighbour(*, mail: bool = False) -> Actor:
    _, boss = await make_city()
    ada = await make_person(boss)
    await personal.put(DatumKind.PHONE, NUMBER, volunteer_id=ada.volunteer_id)
    if mail:
        await personal.put(
            DatumKind.EMAIL, MAIL, volunteer_id=ada.volunteer_id, verified_at=clock.now()
        )
    return ada


def person_of(actor: Actor) -> UUID:
    assert actor.volunteer_id is not None
    return actor.volunteer_id


async def tell_ada(ada: Actor, kind: str = "people_merged", **how: Any) -> UUID:
    """Tell Ada something; the message that goes first."""
    await notify(kind, person_of(ada), **how)
    [first] = await rows("SELECT id FROM message WHERE step = 0")
    message_id: UUID = first["id"]
    return message_id


async def message_of(channel: str = "sms") -> dict[str, Any]:
    [found] = await rows("SELECT * FROM message WHERE channel = $1", channel)
    return found


async def deliver(message_id: UUID, channel: Inbox, now: datetime) -> bool:
    return await sending.deliver(message_id, channel.channels, now, SETTINGS)


async def test_a_message_goes_once_and_the_queue_knows_no_more_than_its_id(database: str) -> None:
    message_id = await tell_ada(await neighbour())
    [asked] = await rows("SELECT job, arguments FROM outbox_message")
    assert (asked["job"], NUMBER in str(asked)) == ("mulin.send_message", False)
    inbox, now = Inbox(), clock.now()
    assert await deliver(message_id, inbox, now)
    assert not await deliver(message_id, inbox, now)
    assert inbox.got == [(NUMBER, signed(words_of("people_merged", "zh", {}), "zh"))]
    kept = await message_of()
    assert (kept["address_cipher"], kept["text_cipher"]) == (None, None)
    assert await sending.purge(now + timedelta(days=31)) == 1


async def test_a_code_to_a_number_is_forgotten_once_it_is_sent(database: str) -> None:
    message_id = await tell("code_sign_in", NUMBER, **CODE)
    inbox, now = Inbox(), clock.now()
    assert await deliver(message_id, inbox, now)
    assert inbox.code == "042518"
    kept = await message_of()
    assert (kept["address_cipher"], kept["text_cipher"]) == (None, None)
    assert await rows("SELECT 1 FROM notification") == []


async def test_without_any_address_it_is_in_the_inbox_alone(database: str) -> None:
    city, _ = await make_city()
    boss = await make_account(*organiser_at(city.id))
    assert await notify_account("guardian_verified", boss.account_id)
    assert await rows("SELECT 1 FROM message") == []
    assert len(await rows("SELECT 1 FROM notification")) == 1


async def test_the_same_key_tells_once(database: str) -> None:
    ada = await neighbour()
    assert await notify("people_merged", person_of(ada), once="merge:1")
    assert await notify("people_merged", person_of(ada), once="merge:1") is None
    assert await notify("people_merged", person_of(ada), once="merge:2")
    assert len(await rows("SELECT 1 FROM message")) == 2


async def test_what_was_undone_is_not_told(database: str) -> None:
    async def tell_and_fail() -> None:
        async with transaction():
            await tell("code_sign_in", NUMBER, **CODE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await tell_and_fail()
    assert await rows("SELECT 1 FROM message") == await rows("SELECT 1 FROM outbox_message") == []


async def test_a_failure_is_tried_again_and_at_last_given_up(database: str) -> None:
    now, broken = clock.now(), Failing(NotDelivered("away"))
    message_id = await tell("code_sign_in", NUMBER, **CODE)
    assert await sending.ask_again(now) == 0
    for attempt in range(1, ATTEMPTS_MAX + 1):
        assert await sending.ask_again(now + timedelta(minutes=30)) == 1
        assert not await deliver(message_id, broken, now)
        assert (await message_of())["attempts"] == attempt
    kept = await message_of()
    assert (kept["given_up_at"], kept["outcome"]) == (now, "away")
    assert kept["text_cipher"] is None
    assert await sending.ask_again(now + timedelta(hours=1)) == 0


async def test_a_limit_of_the_provider_is_waited_out(database: str) -> None:
    now = clock.now()
    message_id = await tell_ada(await neighbour())
    limited = Failing(NotDelivered("isv.BUSINESS_LIMIT_CONTROL", again_after=timedelta(minutes=1)))
    assert not await deliver(message_id, limited, now)
    assert (await message_of())["due_at"] == now + timedelta(minutes=1)
    assert await sending.ask_again(now + timedelta(seconds=59)) == 0
    assert await sending.ask_again(now + timedelta(seconds=60)) == 1


async def test_a_code_that_is_too_old_is_never_sent(database: str) -> None:
    message_id = await tell("code_sign_in", NUMBER, **CODE)
    inbox, late = Inbox(), clock.now() + timedelta(minutes=11)
    assert not await deliver(message_id, inbox, late)
    assert inbox.got == []
    assert (await message_of())["given_up_at"] == late


@pytest.mark.parametrize("fate", list(Fate))
async def test_a_lost_answer_is_asked_for_and_never_sent_again_unsure(
    database: str, fate: Fate
) -> None:
    message_id = await tell_ada(await neighbour())
    lost, now = Failing(Unsure(), fate=fate), clock.now()
    assert not await deliver(message_id, lost, now)
    assert not await deliver(message_id, lost, now + timedelta(seconds=30))
    later = now + SETTLE_AFTER
    assert await sending.ask_again(later) == 1
    assert await deliver(message_id, lost, later) is (fate is Fate.SENT)
    assert lost.tries == 1
    kept = await message_of()
    assert (kept["sent_at"] is not None) == (fate is Fate.SENT)
    assert (kept["given_up_at"] is not None) == (fate is Fate.UNKNOWN)
    again = Inbox()
    assert await deliver(message_id, again, later) is (fate is Fate.NOT_SENT)
    assert len(again.got) == (1 if fate is Fate.NOT_SENT else 0)


async def test_the_next_channel_is_used_where_one_refuses_for_good(database: str) -> None:
    mail_id = await tell_ada(await neighbour(mail=True))
    inbox, now = Inbox(), clock.now()
    refusing = {**inbox.channels, "email": Failing(NotDelivered("550", is_final=True))}
    assert not await sending.deliver(mail_id, refusing, now, SETTINGS)
    sms = await message_of("sms")
    assert sms["due_at"] == now
    assert await sending.deliver(sms["id"], refusing, now, SETTINGS)
    assert [address for address, _ in inbox.got] == [NUMBER]
    assert (await message_of("email"))["outcome"] == "550"


async def test_a_channel_that_is_not_set_up_falls_back_too(database: str) -> None:
    mail_id = await tell_ada(await neighbour(mail=True))
    now = clock.now()
    assert not await sending.deliver(mail_id, {"sms": Inbox()}, now, SETTINGS)
    assert (await message_of("sms"))["due_at"] == now


async def test_a_receipt_of_failure_falls_back_once_and_one_of_arrival_does_not(
    database: str,
) -> None:
    mail_id = await tell_ada(await neighbour(mail=True))
    now = clock.now()
    assert await deliver(mail_id, Inbox(), now)
    failed = Receipt(state=ReceiptState.FAILED, reference=f"ref-{mail_id}", code="bounced")
    assert await sending.take_receipts("email", [failed, failed], now) == 2
    assert (await message_of("sms"))["due_at"] == now
    sms_id = (await message_of("sms"))["id"]
    assert await deliver(sms_id, Inbox(), now)
    arrived = Receipt(state=ReceiptState.RECEIVED, key=str(sms_id))
    assert await sending.take_receipts("sms", [arrived], now) == 1
    assert (await message_of("sms"))["received_at"] == now
    stranger = Receipt(state=ReceiptState.RECEIVED, key="nobody's")
    assert await sending.take_receipts("sms", [stranger], now) == 0


async def test_what_was_opened_meanwhile_is_not_sent(database: str) -> None:
    message_id = await tell_ada(await neighbour())
    now, inbox = clock.now(), Inbox()
    await rows("UPDATE notification SET opened_at = $1", now)
    assert not await deliver(message_id, inbox, now)
    assert (inbox.got, (await message_of())["outcome"]) == ([], "opened")


NIGHT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)  # 22:30 in China
QUIET = ChoiceIn(
    channels=["sms"], language="en", quiet_from_minute=22 * 60, quiet_until_minute=7 * 60
)


async def test_quiet_hours_hold_back_what_is_not_urgent(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await neighbour()
    monkeypatch.setattr(clock, "now", lambda: NIGHT)
    await choices.put(ada, QUIET, NIGHT)
    message_id, inbox = await tell_ada(ada), Inbox()
    morning = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert not await deliver(message_id, inbox, NIGHT)
    assert (await message_of())["due_at"] == morning
    assert not await deliver(message_id, inbox, morning - timedelta(seconds=1))
    assert await sending.ask_again(morning) == 1
    assert await deliver(message_id, inbox, morning)
    assert inbox.got == [(NUMBER, signed(words_of("people_merged", "en", {}), "en"))]


async def test_what_is_urgent_comes_at_night(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await neighbour()
    monkeypatch.setattr(clock, "now", lambda: NIGHT)
    await choices.put(ada, QUIET, NIGHT)
    assert await deliver(await tell_ada(ada, urgent=True), Inbox(), NIGHT)


async def test_many_are_told_at_once_as_each_would_be(database: str) -> None:
    ada, staff, silent = await neighbour(), await make_account(), await make_account()
    other = "+8615400000002"
    await personal.put(DatumKind.PHONE, other, account_id=staff.account_id)
    accounts = [each.account_id for each in (ada, staff, silent)]

    assert len(await notify_accounts("activity_asked", accounts)) == 3
    assert await notify_accounts("activity_asked", []) == []

    inbox = Inbox()
    await inbox.collect()
    words = signed(words_of("activity_asked", "zh", {}), "zh")
    assert sorted(inbox.got) == [(number, words) for number in (NUMBER, other)]


async def test_a_robots_twenty_a_minute_are_kept_by_all_workers(database: str) -> None:
    city, _ = await make_city()
    robot = telling.new_id()
    cipher = telling.keyring().encrypt("group_robot.address_cipher", robot, "secret-key")
    await rows(
        "INSERT INTO group_robot (id, created_at, organisation_id, name, address_cipher) "
        "VALUES ($1, now(), $2, 'leads', $3)",
        robot,
        city.id,
        cipher,
    )
    slow, now = Inbox(), clock.now()
    slow.per_minute, slow.is_own_pace = 20, True
    for _ in range(25):
        assert await telling.tell_group("people_merged", city.id) == 1
    found = await rows("SELECT id FROM message ORDER BY id")
    for row in found:
        await deliver(row["id"], slow, now)
    assert len(slow.got) == 1  # One every three seconds.
    for second in range(0, 76, 3):
        for row in found:
            await deliver(row["id"], slow, now + timedelta(seconds=second))
        assert len(slow.got) <= 1 + second // 3
    assert len(slow.got) == 25
    assert {address for address, _ in slow.got} == {"secret-key"}
