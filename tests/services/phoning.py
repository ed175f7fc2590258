"""Signing in by phone, with the code read off the message."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.core import DatumKind
from services import accounts, personal, phones
from services.accounts import (
    Asks,
    Caller,
    CodeRefused,
    CodeRequest,
    PhoneSignIn,
    Progress,
    Registration,
    Session,
    Step,
)
from services.rights import Actor
from tests.support.factories import (
    NOW,
    SETTINGS,
    make_city,
    make_person,
)
from tests.support.inbox import Inbox

PHONE, OTHER = "154 0000 0001", "154 0000 0002"
NUMBER = "+8615400000001"
MINUTE = timedelta(minutes=1)
HERE = Caller(address="192.0.2.7")
BORN = date(2000, 5, 1)


async def send_code(phone: str = PHONE, now: datetime = NOW, caller: Caller = HERE) -> str:
    """Ask for a code and read it off the message."""
    await accounts.send_code(CodeRequest(phone=phone), caller, now, SETTINGS)
    return await read_code()


async def read_code() -> str:
    inbox = Inbox()
    await inbox.collect()
    return inbox.code


async def sign_in(
    phone: str = PHONE, now: datetime = NOW, *, is_new: bool = False, caller: Caller = HERE
) -> Progress:
    code = await send_code(phone, now, caller)
    command = PhoneSignIn(phone=phone, code=code, is_new=is_new)
    return await accounts.sign_in_by_phone(command, caller, now, SETTINGS)


def session(progress: Progress) -> Session:
    assert isinstance(progress, Session), progress
    return progress


def step(progress: Progress, asks: Asks) -> Step:
    assert isinstance(progress, Step)
    assert progress.asks is asks
    return progress


async def give_number(
    phone: str = PHONE, proven_at: datetime | None = NOW, **owner: UUID | None
) -> None:
    number = phones.normalise(phone)
    await personal.put(DatumKind.PHONE, number, verified_at=proven_at, **owner)


async def make_neighbour(name: str = "王小明", **number: Any) -> Actor:
    """A volunteer who signs in with the number."""
    _, boss = await make_city()
    ada = await make_person(boss, name=name, birth_date=BORN)
    await give_number(volunteer_id=ada.volunteer_id, **number)
    return ada


async def refused(phone: str, code: str, now: datetime = NOW) -> str:
    with pytest.raises(CodeRefused) as caught:
        await accounts.sign_in_by_phone(PhoneSignIn(phone=phone, code=code), HERE, now, SETTINGS)
    return caught.value.reason


def other_than(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10**6:06}"


async def register(
    asked: Step, home: UUID, *, born: date = BORN, name: str = "林晓", **given: Any
) -> Session:
    known: dict[str, Any] = {"accepts_terms": True, "birth_date": born, "organisation_id": home}
    command = Registration(step=asked.step, name=name, **{**known, **given})
    return await accounts.register(command, HERE, NOW, SETTINGS)
