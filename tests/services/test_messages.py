"""Short messages: sent once, tried again, given up, and forgotten; numbers written one way."""

import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models.core import DatumKind
from services import clock, messages, personal, phones
from services.adapters.messages import NotDelivered, Printer
from services.database import rows
from services.errors import Invalid
from services.message_texts import TEXTS, words_of
from services.messages import ATTEMPTS_MAX
from services.rights import Actor
from services.settings import Settings, SettingsRefused, load_settings
from services.transactions import transaction
from tests.support.factories import make_account, make_city, make_person, organiser_at
from tests.support.inbox import Inbox

NUMBER = "+8615400000001"
FACTS = {"code": "042518", "minutes": 10}


class Broken:
    """A way of sending that does not work."""

    async def send(self, number: str, shown: str, words: str) -> None:
        raise NotDelivered


async def neighbour() -> Actor:
    _, boss = await make_city()
    ada = await make_person(boss)
    await personal.put(DatumKind.PHONE, NUMBER, volunteer_id=ada.volunteer_id)
    return ada


async def only_message() -> dict[str, Any]:
    [found] = await rows("SELECT * FROM message")
    return found


async def test_a_message_goes_once_and_is_forgotten(database: str) -> None:
    ada = await neighbour()
    assert ada.volunteer_id is not None
    assert await messages.queue_for_volunteer("phone_changed", ada.volunteer_id, shown="138****1")
    [asked] = await rows("SELECT job, arguments FROM outbox_message")
    message = await only_message()
    assert (asked["job"], NUMBER in str(asked)) == ("mulin.send_message", False)
    inbox, now = Inbox(), clock.now()
    message_id = message["id"]
    assert await messages.deliver(message_id, inbox, now)
    assert not await messages.deliver(message_id, inbox, now)
    assert [number for number, _ in inbox.got] == [NUMBER]
    kept = await only_message()
    assert (kept["address_cipher"], kept["text_cipher"]) == (None, None)
    assert await messages.purge(now + timedelta(days=31)) == 1


async def test_nobody_is_told_without_a_number(database: str) -> None:
    city, _ = await make_city()
    boss = await make_account(*organiser_at(city.id))
    assert not await messages.queue_for_account("phone_changed", boss.account_id, shown="")
    assert await rows("SELECT 1 FROM message") == []


async def test_a_failure_is_tried_again_and_at_last_given_up(database: str) -> None:
    ada, now = await neighbour(), clock.now()
    await messages.queue_for_account("phone_changed", ada.account_id, shown="138****1")
    message_id = (await only_message())["id"]
    assert await messages.ask_again(now) == 0
    for attempt in range(1, ATTEMPTS_MAX + 1):
        assert await messages.ask_again(now + timedelta(minutes=30)) == 1
        assert not await messages.deliver(message_id, Broken(), now)
        assert (await only_message())["attempts"] == attempt
    kept = await only_message()
    assert kept["given_up_at"] == now
    assert kept["text_cipher"] is None
    assert await messages.ask_again(now + timedelta(hours=1)) == 0


async def test_a_code_that_is_too_old_is_never_sent(database: str) -> None:
    await messages.queue("code_sign_in", NUMBER, **FACTS)
    message_id = (await only_message())["id"]
    inbox, late = Inbox(), clock.now() + timedelta(minutes=11)
    assert not await messages.deliver(message_id, inbox, late)
    assert inbox.got == []
    assert (await only_message())["given_up_at"] == late


async def test_what_was_undone_is_not_told(database: str) -> None:
    async def queue_and_fail() -> None:
        async with transaction():
            await messages.queue("code_sign_in", NUMBER, **FACTS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await queue_and_fail()
    assert await rows("SELECT 1 FROM message") == await rows("SELECT 1 FROM outbox_message") == []


async def test_the_printer_masks_the_number_and_bears_a_closed_terminal() -> None:
    read, write = os.pipe()
    words = words_of("code_sign_in", "zh", FACTS)
    await Printer(write).send(NUMBER, phones.masked(NUMBER), words)
    os.close(write)
    printed = os.read(read, 4096).decode()
    os.close(read)
    assert "042518" in printed
    assert "154****0001" in printed
    assert "15400000001" not in printed
    await Printer(write).send(NUMBER, phones.masked(NUMBER), words)


def test_every_message_is_short_and_signed() -> None:
    for kind in TEXTS:
        assert len(kind) <= 24
    assert words_of("code_sign_in", "zh", FACTS).startswith("【睦邻】")
    assert "042518" in words_of("code_sign_in", "en", FACTS)


def test_an_unknown_way_of_sending_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsRefused, match="messenger"):
        load_settings({"MULIN_MESSENGER": "pigeon"})
    assert isinstance(messages.messenger_of(Settings()), Printer)


@pytest.mark.parametrize(
    ("written", "number", "shown"),
    [
        ("13800138000", "+8613800138000", "138****8000"),
        (" 138-0013 8000 ", "+8613800138000", "138****8000"),
        ("+86 138 0013 8000", "+8613800138000", "138****8000"),
        ("0086 13800138000", "+8613800138000", "138****8000"),
        ("１３８００１３８０００", "+8613800138000", "138****8000"),
        ("+852 9123 4567", "+85291234567", "+852 ****4567"),
        ("+44 7911 123456", "+447911123456", "+44 ****3456"),
    ],
)
def test_a_number_is_written_one_way(written: str, number: str, shown: str) -> None:
    assert phones.normalise(written) == number
    assert phones.masked(number) == shown


@pytest.mark.parametrize(
    "written",
    ["", "110", "021 6888 8888", "1380013800", "138001380000", "12800138000", "+86",
     "+852 2123 4567", "13800138000 ext. 5", "call me", "+999 123456789"],
)  # fmt: skip
def test_what_is_no_mobile_number_is_refused(written: str) -> None:
    assert not phones.is_mobile(written)
    with pytest.raises(Invalid):
        phones.normalise(written)


async def test_many_are_told_at_once_as_each_would_be(database: str) -> None:
    ada, staff, silent = await neighbour(), await make_account(), await make_account()
    other = "+8615400000002"
    await personal.put(DatumKind.PHONE, other, account_id=staff.account_id)
    accounts = [each.account_id for each in (ada, staff, silent)]

    assert await messages.queue_for_accounts("activity_asked", accounts) == 2
    assert await messages.queue_for_accounts("activity_asked", []) == 0

    inbox = Inbox()
    for row in await rows("SELECT arguments ->> 'message_id' AS id FROM outbox_message"):
        assert await messages.deliver(UUID(row["id"]), inbox, clock.now())
    assert sorted(inbox.got) == [
        (number, words_of("activity_asked", "zh", {})) for number in (NUMBER, other)
    ]
