"""Sign-in: who gets a session, how long it lasts, and what it does not tell."""

from datetime import timedelta

import pytest

from models.core import SignInFailure, SignInSession
from services import accounts
from services.accounts import FAILURES_MAX, SignIn, TooManyAttempts
from services.errors import Conflict, Forbidden, NotSignedIn
from tests.support.factories import (
    NOW,
    PASSWORD,
    SETTINGS,
    make_account,
    make_city,
    make_person,
    make_volunteer,
)


async def fail(name: str, password: str = "wrong") -> str:
    with pytest.raises(NotSignedIn) as caught:
        await accounts.sign_in(SignIn(name=name, password=password), NOW, SETTINGS)
    return caught.value.reason


async def test_a_session_names_its_actor_until_it_ends(database: str) -> None:
    _, boss = await make_city()
    session = await accounts.sign_in(SignIn(name=boss.name, password=PASSWORD), NOW, SETTINGS)
    assert session.actor == boss
    assert session.expires_at == NOW + timedelta(days=SETTINGS.session_days)
    assert await accounts.actor_of(session.token, NOW) == boss
    assert await accounts.actor_of(session.token, session.expires_at) is None


async def test_signing_out_ends_one_session_and_can_be_repeated(database: str) -> None:
    _, boss = await make_city()
    sign_in = SignIn(name=boss.name, password=PASSWORD)
    one, other = [await accounts.sign_in(sign_in, NOW, SETTINGS) for _ in range(2)]
    for _ in range(2):
        await accounts.sign_out(one.token, NOW)
    assert await accounts.actor_of(one.token, NOW) is None
    assert await accounts.actor_of(other.token, NOW) == boss
    await accounts.sign_out("never given", NOW)


async def test_no_token_and_no_password_is_kept(database: str) -> None:
    actor = await _new_account("ada", "a secret of hers")
    session = await accounts.sign_in(
        SignIn(name=actor.name, password="a secret of hers"), NOW, SETTINGS
    )
    kept = await SignInSession.all().values_list("token_digest", flat=True)
    assert session.token not in kept
    await fail("Ada Lovelace")
    assert "Ada Lovelace" not in str(await SignInFailure.all().values())


async def _new_account(name: str, password: str) -> accounts.Actor:
    city, _ = await make_city()
    return await accounts.create_account(name, password, *organiser_at(city.id))


async def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nothing(database: str) -> None:
    _, boss = await make_city()
    assert await fail(boss.name) == await fail("nobody") == "wrong_name_or_password"


async def test_an_unknown_name_costs_a_real_password_check(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = await _new_account("ada", "a secret of hers")
    checked: list[str] = []
    verify = accounts._passwords.verify  # noqa: SLF001
    monkeypatch.setattr(
        accounts._passwords,  # noqa: SLF001
        "verify",
        lambda password, known: checked.append(known) or verify(password, known),
    )
    await fail(actor.name)
    await fail("nobody")
    costs = [known.split("$")[1:4] for known in checked]
    assert costs[0] == costs[1] == ["argon2id", "v=19", "m=65536,t=3,p=4"]


async def test_after_ten_failures_a_name_waits_whether_it_exists_or_not(database: str) -> None:
    account = await make_account(*organiser_at((await make_city())[0].id))
    await SignInFailure.bulk_create(
        [
            SignInFailure(name_digest=accounts._digest(name), created_at=NOW)  # noqa: SLF001
            for name in (account.name, "nobody")
            for _ in range(FAILURES_MAX)
        ]
    )
    for name in (account.name, "nobody"):
        sign_in = SignIn(name=name, password=PASSWORD)
        with pytest.raises(TooManyAttempts):
            await accounts.sign_in(sign_in, NOW, SETTINGS)
    later = NOW + accounts.FAILURES_WINDOW
    sign_in = SignIn(name=account.name, password=PASSWORD)
    assert (await accounts.sign_in(sign_in, later, SETTINGS)).actor == account


async def test_failures_are_counted(database: str) -> None:
    await fail("nobody")
    await fail("somebody")
    assert await SignInFailure.filter(name_digest=accounts._digest("nobody")).count() == 1  # noqa: SLF001


async def test_a_name_is_taken_once_and_a_person_has_one_account(database: str) -> None:
    city, boss = await make_city()
    with pytest.raises(Conflict, match="name_taken"):
        await accounts.create_account(boss.name, "x", *organiser_at(city.id))
    ada = await make_person(boss)
    with pytest.raises(Conflict, match="has_account"):
        await accounts.create_account("again", "x", volunteer_id=ada.volunteer_id)


async def test_what_is_over_is_forgotten(database: str) -> None:
    _, boss = await make_city()
    session = await accounts.sign_in(SignIn(name=boss.name, password=PASSWORD), NOW, SETTINGS)
    await fail("nobody")
    assert await accounts.purge(NOW) == 0
    assert await accounts.purge(session.expires_at) == 2
    assert await SignInSession.all().count() == await SignInFailure.all().count() == 0


async def test_organisers_and_volunteers_are_not_each_other(database: str) -> None:
    city, boss = await make_city()
    volunteer = await make_volunteer(boss)
    ada = await make_account(volunteer_id=volunteer.id)
    assert accounts.require_organiser(boss) == city.id
    assert accounts.require_volunteer(ada) == volunteer.id
    with pytest.raises(Forbidden, match="right_missing"):
        accounts.require_organiser(ada)
    with pytest.raises(Forbidden, match="volunteers_only"):
        accounts.require_volunteer(boss)
