"""Programs over HTTP: how they get a token, what it opens, and how each wrong one is refused."""

import base64
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest

from models.core import RoleName
from services import tokens
from services.settings import Settings
from tests.api.conftest import House
from tests.api.support import Client
from tests.support.factories import make_account
from tests.support.signing import token_of

GRANT = {"grant_type": "client_credentials"}


@dataclass(frozen=True)
class Machine:
    """A program of the street, and who administers it."""

    id: str
    secret: str
    administrator: Client

    @property
    def named(self) -> dict[str, str]:
        return {**GRANT, "client_id": self.id, "client_secret": self.secret}


@pytest.fixture
async def machine(house: House) -> Machine:
    account = await make_account((RoleName.SYSTEM_ADMINISTRATOR, house.street_id))
    administrator = house.visitor.signed_in(await token_of(account.account_id))
    command = {"name": "街道平台", "scopes": ["work:read", "people:write"], "purpose": "登记"}
    client = await administrator.made("/api/v1/clients", command)
    second = await make_account((RoleName.NODE_ADMINISTRATOR, house.street_id))
    approver = house.visitor.signed_in(await token_of(second.account_id))
    [asked] = (await approver.get("/api/v1/approvals?whose=to_decide")).json()["items"]
    assert (await approver.post(f"/api/v1/approvals/{asked['id']}/approve")).status_code == 200
    answer = await administrator.post(f"/api/v1/clients/{client['id']}/secret")
    assert answer.status_code == 200
    return Machine(client["id"], answer.json()["client_secret"], administrator)


async def test_token_by_form_or_by_header(house: House, machine: Machine) -> None:
    by_form = await ask(house, machine.named)
    basic = base64.b64encode(f"{machine.id}:{machine.secret}".encode()).decode()
    wish = {**GRANT, "scope": "work:read", "resource": tokens.audience(Settings())}
    by_header = await ask(house, wish, Authorization=f"Basic {basic}")

    for answer, scope in ((by_form, "people:write work:read"), (by_header, "work:read")):
        assert answer.status_code == 200, answer.text
        assert answer.json()["token_type"] == "Bearer"
        assert answer.json()["expires_in"] <= 900
        assert answer.json()["scope"] == scope
        assert answer.headers["cache-control"] == "no-store"


async def test_token_opens_what_its_scopes_open(house: House, machine: Machine) -> None:
    program = await signed_in(house, machine)
    project = await house.published_project()

    person = await program.made("/api/v1/volunteers", {"name": "林晓", "birth_date": "2001-02-03"})
    found = await program.get(f"/api/v1/projects/{project['id']}")
    refused = await program.post(f"/api/v1/projects/{project['id']}/publish")

    assert person["organisation_id"] == str(house.street_id)
    assert found.status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "right_missing")
    elsewhere = {"organisation_id": str(house.other_street_id)}
    other = await program.post(
        "/api/v1/volunteers", {"name": "甲", "birth_date": "2001-02-03", **elsewhere}
    )
    assert other.status_code in (404, 422)


async def test_repeated_request_of_a_program_gets_the_first_answer(
    house: House, machine: Machine
) -> None:
    program = await signed_in(house, machine)
    command = {"name": "林晓", "birth_date": "2001-02-03"}
    key = {"Idempotency-Key": "once"}

    first = await program.post("/api/v1/volunteers", command, headers=key)
    again = await program.post("/api/v1/volunteers", command, headers=key)

    assert first.json()["id"] == again.json()["id"]


async def test_program_acts_for_nobody(house: House, machine: Machine) -> None:
    """What is a person's own is refused to it by name, whatever its scopes."""
    program = await signed_in(house, machine)
    shift = "/api/v1/shifts/0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c10/claims"

    for answer in (
        await program.get("/api/v1/offers"),
        await program.get("/api/v1/claims"),
        await program.post(shift, {"role": "helper", "risk_statement_version": 1}),
        await program.get("/api/v1/clients"),
        await program.post(
            "/api/v1/clients", {"name": "另一个", "scopes": ["work:read"], "purpose": "x"}
        ),
        await program.get("/api/v1/providers"),
    ):
        assert answer.status_code in (403, 404), answer.request.url
        assert answer.json()["code"] in ("volunteers_only", "right_missing", "not_found")


@pytest.mark.parametrize(
    ("changed", "status", "error", "code"),
    [
        ({"client_secret": "mulin_wrong"}, 401, "invalid_client", "client_unknown"),
        ({"client_id": str(UUID(int=7))}, 401, "invalid_client", "client_unknown"),
        ({"client_id": "no-id"}, 401, "invalid_client", "client_unknown"),
        ({"client_id": ""}, 401, "invalid_client", "client_unknown"),
        ({"scope": "audit:read"}, 400, "invalid_scope", "scope_too_wide"),
        ({"scope": "work:read work:write"}, 400, "invalid_scope", "scope_too_wide"),
        ({"resource": "https://other.example"}, 400, "invalid_target", "other_target"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", "grant_type_unknown"),
        ({"grant_type": None}, 400, "invalid_request", "token_request_malformed"),
        ({"client_id": None}, 400, "invalid_request", "token_request_malformed"),
        ({"grant_type": ["client_credentials"] * 2}, 400, "invalid_request", None),
        ({"filler": "x" * 9000}, 413, "invalid_request", "too_large"),
    ],
)
async def test_refusals_are_those_of_the_standard(
    house: House,
    machine: Machine,
    changed: dict[str, Any],
    status: int,
    error: str,
    code: str | None,
) -> None:
    form = {
        name: value for name, value in {**machine.named, **changed}.items() if value is not None
    }

    answer = await ask(house, form)

    assert answer.status_code == status, answer.text
    assert answer.json()["error"] == error
    assert code in (None, answer.json()["code"])
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert machine.secret not in answer.text


async def test_client_is_named_once(house: House, machine: Machine) -> None:
    basic = base64.b64encode(f"{machine.id}:{machine.secret}".encode()).decode()
    twice = await ask(house, machine.named, Authorization=f"Basic {basic}")
    assert twice.json()["error"] == "invalid_request"

    for header in ("Basic !!!", "Basic eA==", "Bearer abc", "Basic", f"Digest {basic}"):
        answer = await ask(house, GRANT, Authorization=header)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_token_request_is_a_form_and_a_post(house: House, machine: Machine) -> None:
    http = house.visitor.http
    as_json = await http.post("/oauth/token", json=machine.named)
    assert (as_json.status_code, as_json.json()["error"]) == (400, "invalid_request")
    by_get = await http.get("/oauth/token", params=machine.named)
    assert by_get.status_code == 405
    from_browser = await http.post(
        "/oauth/token", data=machine.named, headers={"Origin": "https://evil.example"}
    )
    assert (from_browser.status_code, from_browser.json()["code"]) == (403, "cross_site")


async def test_bad_token_is_refused_also_where_none_is_needed(
    house: House, machine: Machine
) -> None:
    good = (await ask(house, machine.named)).json()["access_token"]
    header, claims, _ = good.split(".")

    for path in ("/api/v1/volunteers", "/api/v1/shifts", "/health/live"):
        answer = await house.visitor.signed_in(f"{header}.{claims}.AAAA").get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_revoked_program_is_out_at_once(house: House, machine: Machine) -> None:
    program = await signed_in(house, machine)
    assert (await program.get("/api/v1/volunteers")).status_code == 200

    answer = await machine.administrator.post(f"/api/v1/clients/{machine.id}/revoke")

    assert answer.json()["revoked_at"]
    refused = await program.get("/api/v1/volunteers")
    assert (refused.status_code, refused.json()["code"]) == (401, "client_revoked")
    assert (await ask(house, machine.named)).json()["error"] == "invalid_client"
    renewed = await machine.administrator.post(f"/api/v1/clients/{machine.id}/secret")
    assert (renewed.status_code, renewed.json()["code"]) == (409, "client_ended")


async def test_token_in_a_cookie_is_no_token(house: House, machine: Machine) -> None:
    """A browser never carries one: a page could make it send its cookie."""
    token = (await ask(house, machine.named)).json()["access_token"]
    answer = await house.visitor.http.get(
        "/api/v1/volunteers", headers={"Cookie": f"mulin={token}"}
    )
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"


async def test_secret_is_not_kept_with_the_answers_of_repeated_requests(
    house: House, machine: Machine
) -> None:
    again = await machine.administrator.post(
        f"/api/v1/clients/{machine.id}/secret", headers={"Idempotency-Key": "k"}
    )
    once_more = await machine.administrator.post(
        f"/api/v1/clients/{machine.id}/secret", headers={"Idempotency-Key": "k"}
    )
    assert again.json()["client_secret"] != once_more.json()["client_secret"]


async def test_provider_is_registered_over_tls_and_its_secret_never_read(
    house: House, machine: Machine
) -> None:
    administrator = machine.administrator
    command = {
        "key": "yucai",
        "title": "育才中学",
        "issuer": "https://login.yucai.example",
        "client_id": "mulin",
        "client_secret": "given-by-the-school",
        "number_claim": "student_number",
    }
    made = await administrator.made("/api/v1/providers", command)
    address = f"/api/v1/providers/{made['id']}"
    again = await administrator.post("/api/v1/providers", command)
    plain = await administrator.post(
        "/api/v1/providers", {**command, "key": "other", "issuer": "http://login.yucai.example"}
    )
    off = await administrator.post(f"{address}/deactivate")
    new = {"client_secret": "given-anew"}
    renewed = await administrator.ask("PUT", f"{address}/secret", json=new)

    assert made["has_secret"]
    assert "given-by-the-school" not in (await administrator.get(address)).text
    assert (again.status_code, again.json()["code"]) == (409, "key_taken")
    assert plain.json()["errors"][0] == {
        "place": "issuer",
        "code": "not_over_tls",
        "detail": plain.json()["errors"][0]["detail"],
    }
    assert off.json()["is_active"] is False
    assert renewed.status_code == 200
    for other in (house.organiser, house.other_organiser):
        assert (await other.get(address)).status_code == 403


async def ask(house: House, form: dict[str, Any], **headers: str) -> httpx2.Response:
    """What the token endpoint answers, held against the document."""
    return await house.visitor.ask("POST", "/oauth/token", data=form, headers=headers)


async def signed_in(house: House, machine: Machine) -> Client:
    """The program with a token."""
    answer = await ask(house, machine.named)
    assert answer.status_code == 200, answer.text
    return house.visitor.signed_in(answer.json()["access_token"])
