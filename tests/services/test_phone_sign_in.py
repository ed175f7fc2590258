"""Sign-in by phone: codes, shared and recycled numbers, imported people."""

import asyncio
from datetime import date, timedelta

import pytest

from models.core import SignInMethod
from services import accounts, personal, phones
from services.accounts import (
    Asks,
    BirthDateProof,
    Caller,
    Chosen,
    CodeRequest,
    CodeTooSoon,
    Denial,
    PasswordProof,
    PhoneSignIn,
    Session,
    StepGone,
    TooManyAttempts,
    holders,
)
from services.accounts.totp import code_at
from services.database import rows
from services.errors import Forbidden, NotSignedIn
from services.settings import Settings
from tests.services.phoning import (
    BORN,
    HERE,
    MINUTE,
    NUMBER,
    OTHER,
    PHONE,
    give_number,
    make_neighbour,
    other_than,
    read_code,
    refused,
    register,
    send_code,
    session,
    sign_in,
    step,
)
from tests.support.factories import (
    NOW,
    PASSWORD,
    SETTINGS,
    make_account,
    make_city,
    make_person,
    make_volunteer,
    organiser_at,
)


async def test_a_code_opens_the_account_of_its_number(database: str) -> None:
    ada = await make_neighbour()
    found = session(await sign_in())
    assert found.actor.account_id == ada.account_id
    assert found.actor.persons == (ada.volunteer_id,)


async def test_a_wrong_code_a_replayed_one_and_an_old_one_are_told_apart(database: str) -> None:
    await make_neighbour()
    code = await send_code()
    assert await refused(PHONE, other_than(code)) == "code_wrong"
    command = PhoneSignIn(phone=PHONE, code=code)
    session(await accounts.sign_in_by_phone(command, HERE, NOW, SETTINGS))
    assert await refused(PHONE, code) == "code_used"
    late = NOW + 2 * MINUTE
    code = await send_code(now=late)
    assert await refused(PHONE, code, late + 10 * MINUTE) == "code_expired"


async def test_who_does_not_know_the_code_is_not_told_that_there_was_one(database: str) -> None:
    code = await send_code()
    used = PhoneSignIn(phone=PHONE, code=code)
    await accounts.sign_in_by_phone(used, HERE, NOW, SETTINGS)
    assert await refused(PHONE, other_than(code)) == "code_wrong"
    assert await refused(PHONE, other_than(code), NOW + 11 * MINUTE) == "code_wrong"


async def test_a_code_bears_five_tries(database: str) -> None:
    await make_neighbour()
    code = await send_code()
    said = [await refused(PHONE, other_than(code, n)) for n in range(1, 6)]
    assert said == ["code_wrong"] * 4 + ["code_spent"]
    assert await refused(PHONE, code) == "code_spent"
    assert isinstance(await sign_in(now=NOW + MINUTE), Session)


async def test_codes_are_rationed_by_number(database: str) -> None:
    for minutes in range(5):
        await send_code(now=NOW + minutes * MINUTE)
    with pytest.raises(CodeTooSoon, match="code_too_soon"):
        await send_code(now=NOW + 4.9 * MINUTE)
    with pytest.raises(CodeTooSoon, match="too_many_codes"):
        await send_code(now=NOW + 5 * MINUTE)
    for minutes in range(65, 70):
        await send_code(now=NOW + minutes * MINUTE)
    with pytest.raises(CodeTooSoon, match="too_many_codes"):
        await send_code(now=NOW + timedelta(hours=3))
    assert await send_code(OTHER)


async def test_codes_are_rationed_by_network_address(database: str) -> None:
    settings = Settings(codes_per_client_hour=2)

    async def send(number: int, address: str) -> None:
        command = CodeRequest(phone=f"154 0000 1{number:03}")
        await accounts.send_code(command, Caller(address=address), NOW, settings)

    await send(1, "192.0.2.1")
    await send(2, "192.0.2.1")
    with pytest.raises(CodeTooSoon, match="too_many_codes_here"):
        await send(3, "192.0.2.1")
    await send(3, "192.0.2.2")


async def test_neither_number_nor_code_nor_address_is_kept_in_clear(database: str) -> None:
    await make_neighbour()
    command = CodeRequest(phone=PHONE)
    await accounts.send_code(command, HERE, NOW, SETTINGS)
    tables = ("sign_in_code", "message", "outbox_message", "sign_in_step", "sign_in_failure")
    kept = str([await rows(f"SELECT * FROM {table}") for table in tables])
    code = await read_code()
    for secret in (NUMBER, "15400000001", code, HERE.address):
        assert secret not in kept
        assert secret.encode().hex() not in kept


async def test_known_and_unknown_numbers_get_the_same_answer(database: str) -> None:
    await make_neighbour()
    answers = [
        await accounts.send_code(CodeRequest(phone=phone), HERE, NOW, SETTINGS)
        for phone in (PHONE, OTHER)
    ]
    assert answers[0] == answers[1]


async def test_a_family_phone_asks_who_it_is(database: str) -> None:
    ada = await make_neighbour("王小明")
    _, boss = await make_city()
    bob = await make_person(boss, name="李建国")
    await give_number(volunteer_id=bob.volunteer_id)
    asked = step(await sign_in(), Asks.CHOICE)
    assert [choice.name for choice in asked.choices] == ["王**", "李**"]
    chosen = Chosen(step=asked.step, id=asked.choices[1].id)
    found = session(await accounts.choose(chosen, HERE, NOW, SETTINGS))
    assert found.actor.account_id == bob.account_id != ada.account_id
    with pytest.raises(StepGone):
        await accounts.choose(chosen, HERE, NOW, SETTINGS)


async def test_nobody_else_can_be_chosen(database: str) -> None:
    await make_neighbour()
    _, boss = await make_city()
    bob = await make_person(boss)
    await give_number(volunteer_id=bob.volunteer_id)
    eve = await make_person(boss)
    await give_number(OTHER, volunteer_id=eve.volunteer_id)
    [hers] = await holders.of_number(phones.normalise(OTHER))
    asked = step(await sign_in(), Asks.CHOICE)
    with pytest.raises(StepGone):
        await accounts.choose(Chosen(step=asked.step, id=hers.datum_id), HERE, NOW, SETTINGS)


async def test_an_imported_person_proves_the_birth_date_once(database: str) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss, name="王小明", birth_date=BORN)
    await give_number(volunteer_id=ada.id, proven_at=None)
    asked = step(await sign_in(), Asks.BIRTH_DATE)
    assert asked.shown == "王**"
    proof = BirthDateProof(step=asked.step, birth_date=BORN)
    found = session(await accounts.prove_by_birth_date(proof, HERE, NOW, SETTINGS))
    assert found.actor.volunteer_id == ada.id
    again = session(await sign_in(now=NOW + MINUTE))
    assert again.actor.account_id == found.actor.account_id


async def test_a_birth_date_is_guessed_five_times_in_all(database: str) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss, birth_date=BORN)
    await give_number(volunteer_id=ada.id, proven_at=None)
    reasons = []
    for tries in range(5):
        # Another code begins another step, but no new tries.
        asked = step(await sign_in(now=NOW + tries * MINUTE), Asks.BIRTH_DATE)
        proof = BirthDateProof(step=asked.step, birth_date=BORN + timedelta(days=1 + tries))
        with pytest.raises((NotSignedIn, TooManyAttempts)) as caught:
            await accounts.prove_by_birth_date(proof, HERE, NOW + tries * MINUTE, SETTINGS)
        reasons.append(caught.value.reason)
    assert reasons == ["birth_date_wrong"] * 4 + ["ask_your_organisation"]
    later = NOW + timedelta(hours=2)
    asked = step(await sign_in(now=later), Asks.BIRTH_DATE)
    right = BirthDateProof(step=asked.step, birth_date=BORN)
    with pytest.raises(TooManyAttempts, match="ask_your_organisation"):
        await accounts.prove_by_birth_date(right, HERE, later, SETTINGS)
    # The organisation writes the number down anew.
    await give_number(volunteer_id=ada.id, proven_at=None)
    asked = step(await sign_in(now=later + MINUTE), Asks.BIRTH_DATE)
    right = BirthDateProof(step=asked.step, birth_date=BORN)
    session(await accounts.prove_by_birth_date(right, HERE, later + MINUTE, SETTINGS))


async def test_a_child_has_no_sign_in_of_its_own(database: str) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss, birth_date=date(2010, 1, 1))
    await give_number(volunteer_id=ada.id, proven_at=None)
    await rows("UPDATE volunteer SET age = 13 WHERE id = $1", ada.id)
    step(await sign_in(), Asks.REGISTRATION)
    assert await rows("SELECT 1 FROM account WHERE volunteer_id = $1", ada.id) == []


SILENT = NOW - timedelta(days=SETTINGS.phone_silent_days)


async def test_a_code_never_opens_an_account_whose_number_went_silent(database: str) -> None:
    ada = await make_neighbour(proven_at=SILENT)
    asked = step(await sign_in(), Asks.BIRTH_DATE)
    assert asked.may_deny
    proof = BirthDateProof(step=asked.step, birth_date=BORN)
    found = session(await accounts.prove_by_birth_date(proof, HERE, NOW, SETTINGS))
    assert found.actor.account_id == ada.account_id
    assert isinstance(await sign_in(now=NOW + MINUTE), Session)


async def test_the_day_before_it_is_not_silent_yet(database: str) -> None:
    await make_neighbour(proven_at=SILENT + timedelta(seconds=1))
    assert isinstance(await sign_in(), Session)


async def test_a_browser_that_is_signed_in_is_known(database: str) -> None:
    ada = await make_neighbour(proven_at=SILENT)
    known = await accounts.open_session(ada.account_id, SignInMethod.PHONE, NOW, SETTINGS)
    found = session(await sign_in(caller=Caller(token=known.token)))
    assert found.actor.account_id == ada.account_id
    later = NOW + timedelta(days=SETTINGS.phone_silent_days)
    step(await sign_in(now=later, caller=Caller(token=known.token)), Asks.BIRTH_DATE)


async def test_the_next_owner_of_a_number_registers_anew(database: str) -> None:
    ada = await make_neighbour(proven_at=SILENT)
    city, _ = await make_city("临江市")
    asked = step(await sign_in(), Asks.BIRTH_DATE)
    anew = step(await accounts.deny(Denial(step=asked.step), NOW), Asks.REGISTRATION)
    found = session(await register(anew, city.id))
    assert found.actor.account_id != ada.account_id
    [holder] = await holders.of_number(NUMBER)
    assert holder.volunteer_id == found.actor.volunteer_id
    # The account of before has everything but the number.
    assert (await personal.birth_dates([ada.volunteer_id]))[ada.volunteer_id] == BORN
    assert await rows(
        "SELECT 1 FROM audit_event WHERE act = 'personal_data_changed' AND subject_id = $1",
        ada.volunteer_id,
    )
    # Its owner comes back through the organisation, which knows their number of today.
    await give_number(OTHER, volunteer_id=ada.volunteer_id, proven_at=None)
    asked = step(await sign_in(OTHER), Asks.BIRTH_DATE)
    proof = BirthDateProof(step=asked.step, birth_date=BORN)
    back = session(await accounts.prove_by_birth_date(proof, HERE, NOW, SETTINGS))
    assert back.actor.account_id == ada.account_id


async def test_only_what_a_code_does_not_open_can_be_denied(database: str) -> None:
    await make_neighbour()
    _, boss = await make_city()
    bob = await make_person(boss)
    await give_number(volunteer_id=bob.volunteer_id)
    asked = step(await sign_in(), Asks.CHOICE)
    with pytest.raises(StepGone):
        await accounts.deny(Denial(step=asked.step), NOW)


async def test_staff_with_a_silent_number_give_password_and_authenticator(database: str) -> None:
    secret = accounts.new_totp_secret()
    city, _ = await make_city()
    boss = await accounts.create_account(
        "boss", PASSWORD, *organiser_at(city.id), totp_secret=secret
    )
    await give_number(account_id=boss.account_id, proven_at=SILENT)
    asked = step(await sign_in(), Asks.PASSWORD)
    for password, code in (("wrong", code_at(secret, NOW)), (PASSWORD, "000000")):
        proof = PasswordProof(step=asked.step, password=password, totp=code)
        with pytest.raises(NotSignedIn):
            await accounts.prove_by_password(proof, HERE, NOW, SETTINGS)
    proof = PasswordProof(step=asked.step, password=PASSWORD, totp=code_at(secret, NOW))
    found = session(await accounts.prove_by_password(proof, HERE, NOW, SETTINGS))
    assert found.actor.is_staff


async def test_by_phone_somebody_with_roles_is_a_volunteer_and_no_more(database: str) -> None:
    city, boss = await make_city()
    ada = await make_volunteer(boss)
    await make_account(*organiser_at(city.id), volunteer_id=ada.id)
    await give_number(volunteer_id=ada.id)
    found = session(await sign_in())
    assert found.actor.volunteer_id == ada.id
    assert found.actor.grants == ()


async def test_a_locked_account_stays_shut(database: str) -> None:
    ada = await make_neighbour()
    await rows("UPDATE account SET state = 'locked' WHERE id = $1", ada.account_id)
    with pytest.raises(Forbidden, match="account_locked"):
        await sign_in()


async def test_of_two_uses_of_one_code_at_once_one_wins(database: str) -> None:
    await make_neighbour()
    code = await send_code()
    command = PhoneSignIn(phone=PHONE, code=code)
    asked = [accounts.sign_in_by_phone(command, HERE, NOW, SETTINGS) for _ in range(4)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(each, Session) for each in answers) == 1
