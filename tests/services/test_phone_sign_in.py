"""Sign-in by phone: codes, shared and recycled numbers, imported people, registration."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.core import DatumKind, OrganisationKind, SignInMethod
from services import accounts, personal, phones
from services.accounts import (
    Asks,
    BirthDateProof,
    Caller,
    Chosen,
    CodeRefused,
    CodeRequest,
    CodeTooSoon,
    Denial,
    PasswordProof,
    PhoneChange,
    PhoneSignIn,
    Progress,
    Registration,
    Session,
    Step,
    StepGone,
    TooManyAttempts,
    holders,
)
from services.accounts.totp import code_at
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotSignedIn
from services.rights import Actor
from services.settings import Settings
from tests.support.factories import (
    NOW,
    PASSWORD,
    SETTINGS,
    make_account,
    make_city,
    make_organisation,
    make_person,
    make_volunteer,
    organiser_at,
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


async def register(
    asked: Step, home: UUID, *, born: date = BORN, name: str = "林晓", **given: Any
) -> Session:
    known: dict[str, Any] = {"accepts_terms": True, "birth_date": born, "organisation_id": home}
    command = Registration(step=asked.step, name=name, **{**known, **given})
    return await accounts.register(command, HERE, NOW, SETTINGS)


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


async def test_of_two_uses_of_one_code_at_once_one_wins(database: str) -> None:
    await make_neighbour()
    code = await send_code()
    command = PhoneSignIn(phone=PHONE, code=code)
    asked = [accounts.sign_in_by_phone(command, HERE, NOW, SETTINGS) for _ in range(4)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(each, Session) for each in answers) == 1
