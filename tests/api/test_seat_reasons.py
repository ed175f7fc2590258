"""Every reason against a seat, at each door: a program and a page are told the same, in both
languages, and nothing is stored."""

import html
from collections.abc import AsyncIterator, Iterator
from functools import cache
from itertools import chain

import httpx2
import pytest
from starlette.types import ASGIApp

from api.app import create_app
from api.routes import GROUPS
from services import clock, scope
from services.database import open_runtime, rows
from services.refusals import Refusal
from services.settings import Settings
from services.shifts import RoleIn
from tests.api import seat_cases_decided
from tests.api.seat_agreement import ADDRESS, undone
from tests.api.seat_cases import CASES, Asked
from tests.api.support import Client
from tests.support.factories import NOW, make_city, make_person, make_shift
from tests.support.lease import leased
from tests.support.pressing import PressingClient
from tests.support.signing import as_outside, token_of

# What is done to a claim by those who are not in it for themselves, or that ends it.
OF_SEATS = ("create_claim", "withdraw_claim", "approve_claim", "refuse_claim")
LANGUAGES = ("zh-CN", "en")
assert seat_cases_decided  # Its cases are among them.


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """One database for all cases: what each does is taken back."""
    with leased("database") as found:
        yield found


@pytest.fixture
async def http(url: str) -> AsyncIterator[PressingClient]:
    scope.begin(scope.SYSTEM)
    transport = httpx2.ASGITransport(app=_application(url))
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with (
        open_runtime(url, 2),
        PressingClient(transport=transport, base_url=ADDRESS, headers=headers) as each,
    ):
        yield each


@cache
def _application(url: str) -> ASGIApp:
    return as_outside(create_app(Settings(database_url=url, address=ADDRESS)))


def test_there_is_a_case_for_every_reason() -> None:
    """A new code, or one that is refused in a new place, needs a way to it here."""
    documented = {
        (operation.name, code)
        for operation in chain.from_iterable(group.listed for group in GROUPS)
        if operation.name in OF_SEATS
        for code in operation.refuses
    }
    assert set(CASES) == documented
    assert {code for name, code in CASES if name == "create_claim"} >= {*Refusal}


@pytest.mark.parametrize(("operation", "code"), CASES, ids=str)
async def test_every_reason_is_reached_and_said_alike(
    http: PressingClient, operation: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with undone():
        await _reached_and_said_alike(http, operation, code, monkeypatch)


async def _reached_and_said_alike(
    http: PressingClient, operation: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await CASES[operation, code]()
    monkeypatch.setattr(clock, "now", lambda: asked.at)
    token = await token_of(asked.who.account_id)
    before = await rows("SELECT id, state, version FROM claim ORDER BY id")
    for number, language in enumerate(LANGUAGES):
        http.cookies.clear()
        client = Client(http, token)
        answer = await client.post(
            f"/api/v1{asked.path}", asked.body, headers={"Accept-Language": language}
        )
        problem = answer.json()
        assert problem["code"] == code
        assert not {"–", "{"} & set(problem["detail"]), "a fact of the sentence is missing"
        http.cookies.set("mulin", token)
        page = await http.post(
            asked.page, data=dict(asked.form), headers={"Accept-Language": language}
        )
        shown = await _shown(http, asked, page, language)
        said = asked.says[number] or problem["detail"]
        assert said in shown
        if not asked.leads_to:
            assert page.status_code == answer.status_code
        named = [each["shift_id"] for each in problem.get("alternatives", {}).get("items", [])]
        assert [each for each in named if f'"/shifts/{each}"' not in shown] == []
    assert await rows("SELECT id, state, version FROM claim ORDER BY id") == before


async def _shown(http: PressingClient, asked: Asked, page: httpx2.Response, language: str) -> str:
    """What the page says, or the one to which it leads."""
    if asked.leads_to:
        location = page.headers["location"]
        assert (page.status_code, location.partition("?")[0]) == (303, asked.leads_to)
        page = await http.get(location, headers={"Accept-Language": language})
    return html.unescape(page.text)


async def test_a_key_is_good_for_one_claim_and_no_other_body(
    http: PressingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    async with undone():
        await _good_for_one(http)


async def _good_for_one(http: PressingClient) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    roles = [RoleIn(key=key, target=1) for key in ("guide", "helper")]
    shift = await make_shift(boss, roles=roles)
    client, path = Client(http, await token_of(ada.account_id)), f"/api/v1/shifts/{shift.id}/claims"
    key = {"Idempotency-Key": "a-tap"}
    wish = {"risk_statement_version": 1, "role": "guide"}

    first = await client.post(path, wish, headers=key)
    again = await client.post(path, wish, headers=key)
    other = await client.post(path, {**wish, "role": "helper"}, headers=key)
    longer = await client.post(path, {**wish, "or_wait": True}, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    for refused in (other, longer):
        assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")
    [held] = await rows("SELECT r.key, c.state FROM claim c JOIN role r ON r.id = c.role_id")
    assert held == {"key": "guide", "state": "confirmed"}
