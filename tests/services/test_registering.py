"""Registering oneself with a proven number, and changing the number."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from models.core import OrganisationKind
from services import accounts
from services.accounts import (
    Asks,
    Chosen,
    CodeRefused,
    CodeRequest,
    PhoneChange,
    Session,
)
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid
from tests.services.phoning import (
    HERE,
    MINUTE,
    NUMBER,
    OTHER,
    PHONE,
    make_neighbour,
    other_than,
    read_code,
    refused,
    register,
    session,
    sign_in,
    step,
)
from tests.support.factories import (
    NOW,
    SETTINGS,
    make_city,
    make_organisation,
)
from tests.support.inbox import Inbox


async def test_somebody_new_registers_with_a_home_and_consents(database: str) -> None:
    city, boss = await make_city()
    home = await make_organisation(boss, OrganisationKind.NEIGHBOURHOOD, city.id)
    found = await register(step(await sign_in(), Asks.REGISTRATION), home.id)
    person = found.actor.volunteer_id
    [kept] = await rows("SELECT name, age, organisation_id FROM volunteer WHERE id = $1", person)
    assert kept == {"name": "林晓", "age": 26, "organisation_id": home.id}
    [member] = await rows("SELECT kind, organisation_id FROM membership")
    assert member == {"kind": "home", "organisation_id": home.id}
    [consent] = await rows("SELECT purpose, is_given, account_id FROM consent")
    assert consent == {
        "purpose": "service", "is_given": True, "account_id": found.actor.account_id,
    }  # fmt: skip
    assert session(await sign_in(now=NOW + MINUTE)).actor.volunteer_id == person


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"accepts_terms": False}, "terms_not_accepted"),
        ({"birth_date": None}, "birth_date_impossible"),
        ({"birth_date": date(2030, 1, 1)}, "birth_date_impossible"),
        ({"organisation_id": None}, "home_unknown"),
        ({"organisation_id": UUID(int=1)}, "home_unknown"),
    ],
)
async def test_a_registration_that_lacks_something_can_be_sent_again(
    database: str, given: dict[str, Any], code: str
) -> None:
    city, _ = await make_city()
    asked = step(await sign_in(), Asks.REGISTRATION)
    with pytest.raises(Invalid) as caught:
        await register(asked, city.id, **given)
    assert [defect.code for defect in caught.value.defects] == [code]
    await register(asked, city.id)


async def test_a_home_is_of_the_lowest_level_that_there_is(database: str) -> None:
    city, boss = await make_city()
    await make_organisation(boss, OrganisationKind.NEIGHBOURHOOD, city.id)
    team = await make_organisation(boss)
    asked = step(await sign_in(), Asks.REGISTRATION)
    for wrong in (city.id, team.id):
        with pytest.raises(Invalid):
            await register(asked, wrong)


async def test_below_fourteen_a_guardian_registers(database: str) -> None:
    city, _ = await make_city()
    asked = step(await sign_in(), Asks.REGISTRATION)
    today = NOW.astimezone(SETTINGS.zone).date()
    with pytest.raises(Conflict, match="registration_needs_guardian"):
        await register(asked, city.id, born=today.replace(year=today.year - 14))
    guardian = await register(asked, city.id, is_guardian_only=True, name="王建国")
    assert (guardian.actor.volunteer_id, guardian.actor.name) == (None, "王建国")
    again = session(await sign_in(now=NOW + MINUTE))
    assert again.actor.account_id == guardian.actor.account_id


async def test_somebody_new_registers_beside_those_who_share_the_number(database: str) -> None:
    await make_neighbour()
    city, _ = await make_city()
    await register(step(await sign_in(is_new=True), Asks.REGISTRATION), city.id)
    later = step(await sign_in(now=NOW + MINUTE), Asks.CHOICE)
    assert len(later.choices) == 2
    anew = await accounts.choose(Chosen(step=later.step), HERE, NOW, SETTINGS)
    step(anew, Asks.REGISTRATION)


async def change_number(mine: Session, code: str, now: datetime = NOW) -> None:
    await accounts.change_phone(mine.actor, PhoneChange(phone=OTHER, code=code), now)


async def test_a_changed_number_is_proven_the_old_one_told_other_sessions_end(
    database: str,
) -> None:
    await make_neighbour()
    mine, other = session(await sign_in()), session(await sign_in(now=NOW + MINUTE))
    later = NOW + 2 * MINUTE
    await accounts.send_phone_code(mine.actor, CodeRequest(phone=OTHER), HERE, later, SETTINGS)
    code = await read_code()
    # A code for one purpose is good for no other.
    assert await refused(OTHER, code, later) in ("code_wrong", "code_spent")
    with pytest.raises(CodeRefused):
        await change_number(mine, other_than(code), later)
    await change_number(mine, code, later)
    assert await accounts.actor_of(mine.token, later)
    assert await accounts.why_ended(other.token, later) == "phone_changed"
    inbox = Inbox()
    await inbox.collect()
    assert [(number, "154****0002" in words) for number, words in inbox.got] == [(NUMBER, True)]
    found = session(await sign_in(OTHER, later + MINUTE))
    assert found.actor.account_id == mine.actor.account_id
    step(await sign_in(now=later + 2 * MINUTE), Asks.REGISTRATION)


async def test_a_number_is_changed_only_shortly_after_a_sign_in(database: str) -> None:
    await make_neighbour()
    mine = session(await sign_in())
    late = NOW + 11 * MINUTE
    with pytest.raises(Forbidden, match="sign_in_again"):
        await accounts.send_phone_code(mine.actor, CodeRequest(phone=OTHER), HERE, late, SETTINGS)
    with pytest.raises(Conflict, match="phone_same"):
        await accounts.send_phone_code(mine.actor, CodeRequest(phone=PHONE), HERE, NOW, SETTINGS)
