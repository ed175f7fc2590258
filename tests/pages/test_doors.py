"""The pages for programs, and those for the sign-ins of other houses."""

import re
from dataclasses import dataclass
from uuid import UUID

import pytest

from api.oauth.description import SCOPE_WORDS as DESCRIBED
from api.pages.clients import SCOPE_WORDS
from models.core import RoleName
from services import approvals, clients, clock, providers, tokens
from services.approvals import ApprovalQuery, Whose
from services.clients import Client as Program
from services.clients import ClientScope
from services.paging import PageQuery
from services.rights import Actor
from services.settings import Settings
from services.tokens import TokenAsked
from tests.pages.visiting import Client
from tests.support.factories import (
    make_account,
    make_city,
    make_person,
)
from tests.support.pressing import SESSION
from tests.support.signing import token_of


@dataclass(frozen=True)
class Office:
    """Who keeps the system of a city, signed in."""

    city: UUID
    administrator: Actor
    client: Client


@pytest.fixture
async def office(client: Client) -> Office:
    city, _ = await make_city("上海市")
    administrator = await make_account((RoleName.SYSTEM_ADMINISTRATOR, city.id))
    client.cookies.set(SESSION, await token_of(administrator.account_id))
    return Office(city.id, administrator, client)


async def test_program_is_registered_and_its_secret_shown_once(
    office: Office, settings: Settings
) -> None:
    empty = await office.client.get("/admin/clients")
    assert "还没有程序接入" in empty.text
    form = {"name": "区平台", "organisation_id": str(office.city), "purpose": "同步"}

    missing = await office.client.post("/admin/clients/new", data=form)
    assert missing.status_code == 422
    assert "请至少选一项" in missing.text
    assert 'value="区平台"' in missing.text
    shown = await office.client.post(
        "/admin/clients/new", data={**form, "scopes": ["work:read", "people:write"]}
    )

    [secret] = re.findall(r">(mulin_[\w-]+)<", shown.text)
    program = await _only(office)
    assert program.scopes == ["people:write", "work:read"]
    page = await office.client.get("/admin/clients")
    assert secret not in page.text
    assert "等待第二个人批准" in page.text
    await _approve(program)
    asked = TokenAsked(client_id=str(program.id), client_secret=secret)
    await tokens.issue(asked, clock.now(), settings)
    assert "最近使用" in (await office.client.get("/admin/clients")).text


async def test_secret_is_renewed_and_program_shut_out(office: Office) -> None:
    form = {"name": "区平台", "scopes": "work:read", "purpose": "同步"}
    first = await office.client.post("/admin/clients/new", data=form)
    program = await _only(office)

    renewed = await office.client.post(f"/admin/clients/{program.id}/secret")
    assert _secret(renewed.text) != _secret(first.text)
    ended = await office.client.post(f"/admin/clients/{program.id}/revoke")

    assert ended.headers["location"] == "/admin/clients?said=revoked"
    assert "令牌同时失效" in (await office.client.get(ended.headers["location"])).text
    late = await office.client.post(f"/admin/clients/{program.id}/secret")
    assert late.status_code == 409
    assert "不能再给它密钥" in late.text


async def test_house_is_added_switched_off_and_on(office: Office) -> None:
    form = {
        "organisation_id": str(office.city),
        "title": "育才中学",
        "key": "育才",
        "issuer": "http://login.example",
        "client_id": "mulin",
        "client_secret": "given-by-the-school",
    }
    wrong = await office.client.post("/admin/providers/new", data=form)
    assert wrong.status_code == 422
    assert "2 到 40 个小写字母" in wrong.text
    assert "given-by-the-school" not in wrong.text
    plain = await office.client.post("/admin/providers/new", data={**form, "key": "yucai"})
    assert "https://" in plain.text
    good = {**form, "key": "yucai", "issuer": "https://login.example"}
    assert (await office.client.post("/admin/providers/new", data=good)).status_code == 303
    twice = await office.client.post("/admin/providers/new", data=good)
    assert twice.status_code == 422

    [house] = (await providers.list_page(office.administrator, PageQuery())).items
    address = f"/admin/providers/{house.id}"
    page = await office.client.get("/admin/providers")
    assert "http://testserver/sign-in/with/yucai/return" in page.text
    assert "育才中学" in (await _as_visitor(office, "/sign-in"))
    for verb, said in (("deactivate", "off"), ("activate", "on")):
        answer = await office.client.post(f"{address}/{verb}")
        assert answer.headers["location"] == f"/admin/providers?said={said}"
    kept = await office.client.post(f"{address}/secret", data={"client_secret": "given-anew"})
    assert kept.headers["location"] == "/admin/providers?said=secret"
    none = await office.client.post(f"{address}/secret", data={"client_secret": ""})
    assert none.status_code == 422


async def test_pages_are_for_those_who_keep_the_system(office: Office) -> None:
    organiser = await make_account((RoleName.ORGANISER, office.city))
    person = await make_person(organiser)
    for actor in (organiser, person):
        office.client.cookies.set(SESSION, await token_of(actor.account_id))
        for path in ("/admin/clients", "/admin/clients/new", "/admin/providers"):
            assert (await office.client.get(path)).status_code == 403
        made = await office.client.post("/admin/clients/new", data={"name": "x"})
        assert made.status_code in (403, 422)
    assert (await clients.list_page(office.administrator, PageQuery())).items == []


async def _only(office: Office) -> Program:
    [program] = (await clients.list_page(office.administrator, PageQuery())).items
    return program


async def _approve(program: Program) -> None:
    """Let the program in, as a second person."""
    second = await make_account((RoleName.NODE_ADMINISTRATOR, program.organisation_id))
    query = ApprovalQuery(whose=Whose.TO_DECIDE)
    [asked] = (await approvals.list_page(second, query, clock.now())).items
    await approvals.approve(second, asked.id, clock.now())


def _secret(text: str) -> str:
    [secret] = re.findall(r">(mulin_[\w-]+)<", text)
    return str(secret)


async def _as_visitor(office: Office, path: str) -> str:
    session = office.client.cookies[SESSION]
    office.client.cookies.delete(SESSION)
    text = (await office.client.get(path)).text
    office.client.cookies.set(SESSION, session)
    return text


def test_every_scope_is_told_in_words() -> None:
    scopes = {each.value for each in ClientScope}
    assert set(SCOPE_WORDS) == scopes
    assert set(DESCRIBED) == scopes
