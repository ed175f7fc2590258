"""Signing in over the interface: each refusal says what is still asked for, and how to go on."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from models.core import DatumKind
from services import accounts, clock, personal
from services.accounts.totp import code_at
from services.database import rows
from tests.api.conftest import PASSWORD, House
from tests.api.support import Client
from tests.support.factories import organiser_at
from tests.support.inbox import Inbox

PHONE = "154 0000 0001"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


async def code_for(client: Client, phone: str = PHONE) -> str:
    answer = await client.ask("POST", "/api/v1/sign-in-codes", json={"phone": phone})
    assert answer.status_code == 202, answer.text
    inbox = Inbox()
    await inbox.collect()
    return inbox.code


async def sign_in(client: Client, phone: str = PHONE, **more: Any) -> dict[str, Any]:
    code = await code_for(client, phone)
    body = {"phone": phone, "code": code, **more}
    answer = await client.ask("POST", "/api/v1/phone-sessions", json=body)
    found: dict[str, Any] = answer.json()
    return found


async def step_on(client: Client, path: str, refused: dict[str, Any], **more: Any) -> Any:
    body = {"step": refused["parameters"]["step"], **more}
    return await client.ask("POST", f"/api/v1/{path}", json=body)


async def test_a_volunteer_signs_in_with_number_and_code(house: House) -> None:
    person, _ = await house.volunteer("林晓")
    await personal.put(
        DatumKind.PHONE,
        "+8615400000001",
        volunteer_id=UUID(person["id"]),
        verified_at=clock.now(),
    )
    session = await sign_in(house.visitor)
    assert session["actor"]["volunteer_id"] == person["id"]
    me = await house.visitor.signed_in(session["token"]).get("/api/v1/sessions/current")
    assert me.json()["volunteer_id"] == person["id"]


async def test_an_imported_person_is_asked_for_the_birth_date(house: House) -> None:
    command = {"name": "林晓", "birth_date": "2000-01-01", "phone": PHONE}
    person = await house.organiser.made("/api/v1/volunteers", command)
    refused = await sign_in(house.visitor)
    assert (refused["status"], refused["code"]) == (401, "birth_date_needed")
    assert refused["parameters"]["shown"] == "林*"
    wrong = await step_on(house.visitor, "birth-date-proofs", refused, birth_date="2000-01-02")
    assert (wrong.status_code, wrong.json()["parameters"]["left"]) == (401, 4)
    right = await step_on(house.visitor, "birth-date-proofs", refused, birth_date="2000-01-01")
    assert right.json()["actor"]["volunteer_id"] == person["id"]


async def test_somebody_new_registers(house: House) -> None:
    refused = await sign_in(house.visitor)
    assert refused["code"] == "registration_needed"
    form = {"name": "林晓", "accepts_terms": True, "organisation_id": str(house.street_id)}
    child = {"birth_date": "2020-01-01", **form}
    too_young = await step_on(house.visitor, "registrations", refused, **child)
    assert (too_young.status_code, too_young.json()["code"]) == (409, "registration_needs_guardian")
    grown = {"birth_date": "2000-01-01", **form}
    made = await step_on(house.visitor, "registrations", refused, **grown)
    assert made.status_code == 201, made.text
    again = await step_on(house.visitor, "registrations", refused, **grown)
    assert (again.status_code, again.json()["code"]) == (410, "sign_in_step_gone")


async def test_a_wrong_code_says_how_many_tries_are_left(house: House) -> None:
    code = await code_for(house.visitor)
    wrong = {"phone": PHONE, "code": f"{(int(code) + 1) % 10**6:06}"}
    answer = await house.visitor.ask("POST", "/api/v1/phone-sessions", json=wrong)
    assert (answer.status_code, answer.json()["code"]) == (401, "code_wrong")
    assert "4" in answer.json()["detail"]


async def test_a_second_code_has_to_wait(house: House) -> None:
    await code_for(house.visitor)
    answer = await house.visitor.ask("POST", "/api/v1/sign-in-codes", json={"phone": PHONE})
    assert (answer.status_code, answer.json()["code"]) == (429, "code_too_soon")
    assert "retry-after" in answer.headers


async def test_what_is_no_mobile_number_is_named(house: House) -> None:
    for phone in ("12345", "021 6888 8888", "138 0013 800", "+86 154", "hello there"):
        answer = await house.visitor.ask("POST", "/api/v1/sign-in-codes", json={"phone": phone})
        assert answer.status_code == 422, phone
        [error] = answer.json()["errors"]
        assert (error["place"], error["code"]) == ("phone", "phone_malformed")


async def test_staff_are_asked_for_their_authenticator(house: House) -> None:
    await accounts.create_account(
        "boss", PASSWORD, *organiser_at(house.street_id), totp_secret=SECRET
    )
    body: dict[str, str] = {"name": "boss", "password": PASSWORD}
    asked = await house.visitor.ask("POST", "/api/v1/sessions", json=body)
    assert (asked.status_code, asked.json()["code"]) == (401, "totp_needed")
    now = clock.now()
    right = await step_on(
        house.visitor, "authenticator-proofs", asked.json(), totp=code_at(SECRET, now)
    )
    assert right.status_code == 201, right.text
    replayed = body | {"totp": code_at(SECRET, now)}
    again = await house.visitor.ask("POST", "/api/v1/sessions", json=replayed)
    assert (again.status_code, again.json()["code"]) == (401, "totp_wrong")


async def test_the_first_sign_in_of_staff_gives_a_secret(house: House) -> None:
    body = {"name": "梧桐街道", "password": PASSWORD}
    asked = (await house.visitor.ask("POST", "/api/v1/sessions", json=body)).json()
    assert asked["code"] == "totp_enrolment_needed"
    code = code_at(asked["parameters"]["secret"], clock.now())
    made = await step_on(house.visitor, "authenticators", asked, totp=code)
    assert made.json()["actor"]["grants"]


async def test_an_ended_session_says_why(house: House) -> None:
    _, client = await house.volunteer("林晓")
    me = (await client.get("/api/v1/sessions/current")).json()
    await accounts.end_sessions(UUID(me["account_id"]), "role_lost", clock.now())
    answer = await client.get("/api/v1/sessions/current")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
    assert answer.json()["parameters"] == {"reason": "role_lost"}
    assert "职责" in answer.json()["detail"]
    english = await client.get("/api/v1/sessions", headers={"Accept-Language": "en"})
    assert english.json()["detail"].startswith("One of your roles has ended")


async def test_an_expired_session_says_so(house: House) -> None:
    _, client = await house.volunteer("林晓")
    me = (await client.get("/api/v1/sessions/current")).json()
    await rows(
        "UPDATE sign_in_session SET expires_at = $2 WHERE id = $1",
        UUID(me["session_id"]),
        clock.now() - timedelta(seconds=1),
    )
    answer = await client.get("/api/v1/offers")
    assert answer.json()["parameters"] == {"reason": "expired"}


async def test_one_sees_and_ends_ones_own_sessions(house: House) -> None:
    _, client = await house.volunteer("林晓")
    _, stranger = await house.volunteer("王明")
    [mine] = (await client.get("/api/v1/sessions")).json()["items"]
    assert mine["is_current"]
    path = f"/api/v1/sessions/{mine['id']}"
    assert (await stranger.ask("DELETE", path)).status_code == 404
    assert (await client.ask("DELETE", "/api/v1/sessions/others")).status_code == 204
    assert (await client.ask("DELETE", path)).status_code == 204
    assert (await client.get("/api/v1/sessions")).json()["code"] == "session_ended"


async def test_a_number_is_changed_by_a_code_to_the_new_one(house: House) -> None:
    _, client = await house.volunteer("林晓")
    asked = await client.post("/api/v1/phone-change-codes", {"phone": PHONE})
    assert asked.status_code == 202, asked.text
    inbox = Inbox()
    await inbox.collect()
    body = {"phone": PHONE, "code": inbox.code}
    answer = await client.ask("PUT", "/api/v1/account/phone", json=body)
    assert answer.status_code == 204, answer.text
    used = await client.ask("PUT", "/api/v1/account/phone", json=body)
    assert used.json()["code"] == "code_used"
