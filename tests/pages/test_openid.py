"""Signing in through the provider of a school: a real one in a process of its own, over HTTP, once
as it should be and once for each thing that can be wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
import pytest

from models.core import (
    Identity,
    Membership,
    MembershipKind,
    OrganisationKind,
    RoleName,
    SignInSession,
    SignInStep,
)
from services import clock, openid, providers, vault
from services.accounts import totp
from services.database import rows
from services.providers import Provider, ProviderIn
from services.rights import Actor
from tests.pages.visiting import Client
from tests.support.factories import make_account, make_city, make_organisation, make_volunteer
from tests.support.pressing import SESSION
from tests.support.provider import (
    CLIENT,
    STRANGER,
    STUDENT,
    TEACHER,
    USERS,
    RunningProvider,
    running_provider,
)
from tests.support.signing import token_of

NUMBER = str(USERS[STUDENT]["student_number"])


@pytest.fixture(scope="module")
def house() -> Iterator[RunningProvider]:
    with running_provider() as found:
        yield found


@dataclass(frozen=True)
class School:
    """A school with its provider, and those who look after it."""

    id: UUID
    organiser: Actor
    administrator: Actor
    provider: Provider


@pytest.fixture
async def school(database: str, house: RunningProvider) -> School:
    _, organiser = await make_city()
    node = await make_organisation(organiser, OrganisationKind.SCHOOL, name="育才中学")
    administrator = await make_account((RoleName.SYSTEM_ADMINISTRATOR, node.id))
    command = ProviderIn(
        key="yucai",
        title="育才中学",
        issuer=house.issuer,
        client_id=CLIENT,
        client_secret="given-by-the-school",
        number_claim="student_number",
    )
    provider = await providers.make(administrator, command)
    at_school = await make_account((RoleName.ORGANISER, node.id))
    return School(node.id, at_school, administrator, provider)


async def test_known_number_signs_in_at_the_first_time(
    client: Client, school: School, house: RunningProvider
) -> None:
    person = await make_volunteer(school.organiser, name="林晓", external_key=NUMBER)

    answer = await sign_in_at(client, house, STUDENT, back="/inbox")

    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    page = await client.get("/inbox")
    assert page.status_code == 200
    assert "林晓" in page.text
    [session] = await SignInSession.all().select_related("account")
    assert session.account.volunteer_id == person.id
    assert (session.method, session.has_second_factor) == ("provider", False)


async def test_membership_number_counts_too_and_the_second_time_as_well(
    client: Client, school: School, house: RunningProvider
) -> None:
    city = await make_account((RoleName.ORGANISER, await _top(school)))
    person = await make_volunteer(city, name="林晓", external_key="elsewhere")
    membership = await Membership.create(
        volunteer_id=person.id,
        organisation_id=school.id,
        kind=MembershipKind.STUDENT,
        number=NUMBER,
        starts_on=date(2024, 9, 1),
        is_requested=True,
    )
    # What somebody says of themselves, and the school has not confirmed, proves nothing.
    assert (await sign_in_at(client, house, STUDENT)).headers["location"] == "/sign-in/link"
    client.cookies.clear()
    await Membership.filter(id=membership.id).update(is_requested=False)

    for _ in range(2):
        assert (await sign_in_at(client, house, STUDENT)).headers["location"] == "/inbox"
        client.cookies.clear()
    assert len(await Identity.all()) == 1
    assert len(await rows("SELECT 1 FROM account WHERE volunteer_id = $1", person.id)) == 1


async def test_subject_and_secret_are_kept_encrypted_and_said_nowhere(
    client: Client, school: School, house: RunningProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    await make_volunteer(school.organiser, external_key="other")
    begun = await client.get("/sign-in/with/yucai")
    await client.get(house.signs_in(begun.headers["location"], STRANGER))
    link = await client.get("/sign-in/link")

    kept = repr(
        [
            await rows(f"SELECT * FROM {table}")
            for table in ("sign_in_step", "identity", "identity_provider", "audit_event")
        ]
    )
    for secret in (STRANGER, "given-by-the-school"):
        assert secret not in kept
        assert secret not in link.text
        assert secret not in capsys.readouterr().out
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    assert state not in kept


async def test_number_of_somebody_with_an_account_takes_nothing_over(
    client: Client, school: School, house: RunningProvider
) -> None:
    person = await make_volunteer(school.organiser, name="林晓", external_key=NUMBER)
    await make_account(volunteer_id=person.id)

    answer = await sign_in_at(client, house, STUDENT)

    assert answer.headers["location"] == "/sign-in/link"
    page = await client.get("/sign-in/link")
    assert "还差一步" in page.text
    assert "林晓" not in page.text
    assert await SignInSession.all() == []


async def test_unknown_person_signs_in_first_and_then_links(
    client: Client, school: School, house: RunningProvider
) -> None:
    account = await make_account()
    await sign_in_at(client, house, STRANGER, back="/me/sessions")
    asked = await client.post("/sign-in/link")
    assert asked.headers["location"].startswith("/sign-in?")
    client.cookies.set(SESSION, await token_of(account.account_id))

    page = await client.get("/sign-in/link")
    linked = await client.post("/sign-in/link")

    assert "这是你吗" in page.text
    assert linked.headers["location"] == "/me/sessions"
    client.cookies.clear()
    assert (await sign_in_at(client, house, STRANGER)).headers["location"] == "/me/wards"
    [own] = await openid.list_own(account)
    assert "育才中学" in (await client.get("/me/sessions")).text
    ended = await client.post(f"/me/sessions/links/{own.id}/end")
    assert ended.headers["location"] == "/me/sessions?done=unlinked"
    assert "育才中学" not in (await client.get("/me/sessions")).text
    client.cookies.clear()
    assert (await sign_in_at(client, house, STRANGER)).headers["location"] == "/sign-in/link"


async def test_only_way_in_is_not_taken_away(
    client: Client, school: School, house: RunningProvider
) -> None:
    await make_volunteer(school.organiser, external_key=NUMBER)
    await sign_in_at(client, house, STUDENT)
    [identity] = await Identity.all()

    answer = await client.post(f"/me/sessions/links/{identity.id}/end")

    assert answer.status_code == 409
    assert "没有别的办法登录" in answer.text
    assert "育才中学" in answer.text


async def test_link_is_good_once_and_not_for_a_second_account(
    client: Client, school: School, house: RunningProvider
) -> None:
    one, other = await make_account(), await make_account()
    client.cookies.set(SESSION, await token_of(one.account_id))
    await sign_in_at(client, house, STRANGER)
    stolen = next(each.value for each in client.cookies.jar if each.name == "mulin-openid")
    await client.post("/sign-in/link")

    client.cookies.set("mulin-openid", str(stolen))
    again = await client.post("/sign-in/link")

    assert "why=provider_state" in again.headers["location"]
    assert [each.title for each in await openid.list_own(one)] == ["育才中学"]
    client.cookies.clear()
    client.cookies.set(SESSION, await token_of(other.account_id))
    signed_in = await sign_in_at(client, house, STRANGER)
    assert signed_in.headers["location"] == "/me/wards"  # As the first: the link says who it is.
    assert await openid.list_own(other) == []


async def test_link_survives_a_rotation_of_the_keys(
    client: Client, school: School, house: RunningProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While both keys are in use a subject is found by either."""
    await make_volunteer(school.organiser, external_key=NUMBER)
    await sign_in_at(client, house, STUDENT)
    client.cookies.clear()

    monkeypatch.setenv(vault.KEYS_VARIABLE, vault.keyring().with_new_key().to_json())

    assert (await sign_in_at(client, house, STUDENT)).headers["location"] == "/inbox"
    assert len(await Identity.all()) == 1


async def test_child_below_fourteen_has_no_sign_in(
    client: Client, school: School, house: RunningProvider
) -> None:
    person = await make_volunteer(school.organiser, external_key=NUMBER)
    await rows("UPDATE volunteer SET age = 13 WHERE id = $1", person.id)

    answer = await sign_in_at(client, house, STUDENT)

    assert "why=guardian_signs_in" in answer.headers["location"]
    assert "由监护人登录" in (await client.get(answer.headers["location"])).text


async def test_roles_ask_for_a_second_factor_unless_the_provider_did(
    client: Client, school: School, house: RunningProvider
) -> None:
    staff = await make_account((RoleName.ORGANISER, school.id))
    secret = totp.new_secret()
    before = clock.now() - timedelta(minutes=2)
    assert await totp.enrol(staff.account_id, secret, totp.code_at(secret, before), before)
    for subject in (STRANGER, TEACHER):
        client.cookies.set(SESSION, await token_of(staff.account_id))
        await sign_in_at(client, house, subject)
        await client.post("/sign-in/link")
        client.cookies.clear()

    weak = await sign_in_at(client, house, STRANGER)
    assert weak.headers["location"] == "/sign-in/step"
    assert SESSION not in {each.name for each in client.cookies.jar}
    answer = await client.post("/sign-in/step", data={"totp": totp.code_at(secret, clock.now())})
    assert answer.status_code == 303
    assert (await client.get("/rounds")).status_code == 200
    newest = await rows("SELECT method FROM sign_in_session ORDER BY id DESC LIMIT 1")
    assert newest == [{"method": "provider"}]

    client.cookies.clear()
    strong = await sign_in_at(client, house, TEACHER, back="/rounds")
    assert strong.headers["location"] == "/rounds"
    assert (await client.get("/rounds")).status_code == 200


@pytest.mark.parametrize(
    ("fault", "why", "words"),
    [
        ("signature", "proof_refused", "没有通过核验"),
        ("algorithm", "proof_refused", "没有通过核验"),
        ("shared_secret", "proof_refused", "没有通过核验"),
        ("audience", "proof_refused", "没有通过核验"),
        ("issuer", "proof_refused", "没有通过核验"),
        ("nonce", "proof_refused", "没有通过核验"),
        ("expired", "proof_refused", "没有通过核验"),
        ("no_subject", "proof_refused", "没有通过核验"),
        ("no_token", "provider_faulty", "无法使用"),
        ("token_refused", "provider_faulty", "无法使用"),
        ("other_issuer", "provider_faulty", "无法使用"),
        ("broken_discovery", "provider_faulty", "无法使用"),
    ],
)
async def test_provider_that_is_broken_or_lies_signs_nobody_in(
    client: Client, school: School, house: RunningProvider, fault: str, why: str, words: str
) -> None:
    await make_volunteer(school.organiser, external_key=NUMBER)
    begun = await client.get("/sign-in/with/yucai")
    returning = house.signs_in(begun.headers["location"], STUDENT)
    with house.wrong(fault):
        answer = await client.get(returning)

    assert answer.headers["location"] == f"/sign-in/failed?why={why}&with=yucai"
    page = await client.get(answer.headers["location"])
    assert words in page.text
    assert "育才中学" in page.text
    assert 'href="/sign-in/with/yucai"' in page.text
    assert await SignInSession.all() == []
    assert await Identity.all() == []
    refused = await rows("SELECT facts->>'what' AS what FROM audit_event ORDER BY id DESC LIMIT 1")
    assert refused == [{"what": why}]


async def test_no_at_the_provider_is_a_no(
    client: Client, school: School, house: RunningProvider
) -> None:
    begun = await client.get("/sign-in/with/yucai")
    returning = house.denies(begun.headers["location"])
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]

    answer = await client.get(f"{returning}&state={state}")

    assert "why=provider_denied" in answer.headers["location"]
    page = await client.get(answer.headers["location"], headers={"Accept-Language": "en"})
    assert "You did not agree to sign in at 育才中学" in re.sub("<[^>]+>", "", page.text)


async def test_provider_that_is_down_is_said_to_be(client: Client, school: School) -> None:
    await rows("UPDATE identity_provider SET issuer = 'http://127.0.0.1:1'")
    answer = await client.get("/sign-in/with/yucai")

    assert answer.headers["location"] == "/sign-in/failed?why=provider_away&with=yucai"
    page = await client.get(answer.headers["location"])
    assert page.status_code == 503
    assert "暂时没有回应" in page.text


async def test_state_is_good_once_in_its_own_browser_and_for_ten_minutes(
    client: Client, school: School, house: RunningProvider
) -> None:
    await make_volunteer(school.organiser, external_key=NUMBER)
    over = "/sign-in/failed?why=provider_state&with=yucai"

    async def begun() -> str:
        answer = await client.get("/sign-in/with/yucai")
        return house.signs_in(answer.headers["location"], STUDENT)

    forged = re.sub("state=[^&]+", "state=of-somebody-else", await begun())
    assert (await client.get(forged)).headers["location"] == over

    returning = await begun()
    kept = dict(client.cookies)
    client.cookies.clear()  # Another browser: the address was sent to somebody else.
    assert (await client.get(returning)).headers["location"] == over

    client.cookies.update(kept)
    assert (await client.get(returning)).headers["location"] == "/inbox"
    client.cookies.update(kept)  # Replayed, with everything that came with it.
    assert (await client.get(returning)).headers["location"] == over

    late = await begun()
    await SignInStep.all().update(expires_at=clock.now() - timedelta(seconds=1))
    assert (await client.get(late)).headers["location"] == over
    assert len(await SignInSession.all()) == 1


async def test_provider_of_another_address_cannot_finish_it(
    client: Client, school: School, house: RunningProvider
) -> None:
    """Mix-up: begun with one provider, returned at the address of another."""
    await rows(
        "INSERT INTO identity_provider (id, created_at, organisation_id, key, title, issuer, "
        "client_id, number_claim, is_active) SELECT gen_random_uuid(), now(), organisation_id, "
        "'other', '另一所学校', issuer, client_id, '', true FROM identity_provider"
    )
    begun = await client.get("/sign-in/with/yucai")
    returning = house.signs_in(begun.headers["location"], STUDENT)

    answer = await client.get(returning.replace("/with/yucai/", "/with/other/"))

    assert "why=provider_state" in answer.headers["location"]


async def test_provider_that_was_put_away_is_not_there(
    client: Client, school: School, house: RunningProvider
) -> None:
    begun = await client.get("/sign-in/with/yucai")
    returning = house.signs_in(begun.headers["location"], STUDENT)
    await providers.set_active(school.administrator, school.provider.id, is_active=False)

    assert (await client.get("/sign-in/with/yucai")).status_code == 404
    assert (await client.get(returning)).status_code == 404
    assert "育才中学" not in (await client.get("/sign-in")).text


async def test_what_goes_to_the_provider_says_nothing_of_the_person(
    client: Client, school: School, house: RunningProvider
) -> None:
    answer = await client.get("/sign-in/with/yucai?back=/inbox")
    asked = {name: value[0] for name, value in _query(answer).items()}

    assert asked.keys() == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://testserver/sign-in/with/yucai/return"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_nobody_is_led_elsewhere_after_it(
    client: Client, school: School, house: RunningProvider
) -> None:
    await make_volunteer(school.organiser, external_key=NUMBER)
    answer = await sign_in_at(client, house, STUDENT, back="//evil.example/")
    assert answer.headers["location"] == "/inbox"


async def sign_in_at(
    client: Client, house: RunningProvider, subject: str, back: str = "/"
) -> httpx2.Response:
    """To the provider, in as this subject, and back."""
    begun = await client.get("/sign-in/with/yucai", params={"back": back})
    assert begun.status_code == 303, begun.text
    return await client.get(house.signs_in(begun.headers["location"], subject))


async def _top(school: School) -> UUID:
    [node] = await rows("SELECT id FROM organisation WHERE parent_id IS NULL")
    found: UUID = node["id"]
    return found


def _query(answer: httpx2.Response) -> dict[str, Any]:
    return parse_qs(urlsplit(answer.headers["location"]).query)
