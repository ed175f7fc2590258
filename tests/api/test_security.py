"""Who may ask: sessions, cookies, other sites' requests, headers, and no anonymous write."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.app import create_app
from api.layer.authentication import cookie_name
from api.layer.envelope import CONTENT_SECURITY_POLICY
from api.layer.operations import Operation
from api.routes import GROUPS
from services.settings import Settings
from tests.api.conftest import PASSWORD, House, signed_in

WRITES = [each for group in GROUPS for each in group.listed if each.method != "GET"]
ORGANISATIONS = "/api/v1/organisations"
COMMAND = {"kind": "neighbourhood", "name": "东风居民区"}


def with_some_ids(path: str) -> str:
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + str(uuid4()) + rest.partition("}")[2]
    return path


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
async def test_nobody_writes_without_a_session(quiet_house: House, operation: Operation) -> None:
    if operation.access == "open":
        return
    answer = await quiet_house.visitor.ask(operation.method, with_some_ids(operation.path))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer unknown", "Basic eDp5", "Bearer a b", "bearer é"]
)
async def test_what_is_no_token_signs_nobody_in(quiet_house: House, header: str) -> None:
    answer = await quiet_house.visitor.get(
        "/api/v1/sessions/current", headers={"Authorization": header.encode("latin-1")}
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_signing_out_ends_the_session(house: House) -> None:
    other = await signed_in(house.visitor, "梧桐街道")
    ended = await house.organiser.ask("DELETE", "/api/v1/sessions/current")
    after = await house.organiser.get("/api/v1/sessions/current")
    still = await other.get("/api/v1/sessions/current")

    assert (ended.status_code, ended.content) == (204, b"")
    assert after.status_code == 401
    assert still.json()["name"] == "梧桐街道"


async def test_wrong_name_and_wrong_password_answer_alike(house: House) -> None:
    answers = [
        await house.visitor.post("/api/v1/sessions", {"name": name, "password": password})
        for name, password in (("nobody", PASSWORD), ("梧桐街道", "guess"))
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_name_or_password")
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


async def test_guessing_a_password_is_slowed_down(house: House) -> None:
    wrong = {"name": "梧桐街道", "password": "guess"}
    statuses = [
        (await house.visitor.post("/api/v1/sessions", wrong)).status_code for _ in range(11)
    ]
    right = await house.visitor.post("/api/v1/sessions", {"name": "梧桐街道", "password": PASSWORD})
    assert statuses == [401] * 10 + [429]
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0


async def with_cookie(house: House, settings: Settings, **headers: str) -> httpx2.Response:
    """A write that a browser sends with its session's cookie."""
    cookie = f"{cookie_name(settings)}={house.organiser.token}"
    return await house.visitor.ask(
        "POST",
        ORGANISATIONS,
        json={**COMMAND, "name": str(uuid4())},
        headers={"Cookie": cookie, "Idempotency-Key": str(uuid4()), **headers},
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://mulin.test"}, 403),
        ({"Origin": "http://mulin.test"}, 201),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "http://mulin.test.evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
    ids=str,
)
async def test_cookie_alone_is_not_enough_to_write(
    house: House, settings: Settings, headers: dict[str, str], status: int
) -> None:
    answer = await with_cookie(house, settings, **headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross_site"


async def test_cookie_is_enough_to_read(house: House, settings: Settings) -> None:
    cookie = f"{cookie_name(settings)}={house.organiser.token}"
    answer = await house.visitor.get("/api/v1/sessions/current", headers={"Cookie": cookie})
    assert answer.json()["name"] == "梧桐街道"


async def test_other_site_cannot_sign_somebody_in(quiet_house: House) -> None:
    answer = await quiet_house.visitor.post(
        "/api/v1/sessions",
        {"name": "梧桐街道", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


async def test_refusal_of_another_site_is_a_page_where_people_read(quiet_house: House) -> None:
    answer = await quiet_house.visitor.http.post("/sign-in", headers={"Origin": "http://evil.test"})
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/", "/api/docs", "/api/openapi.json", "/nothing", "/api/x"])
async def test_every_answer_carries_the_security_headers(quiet_house: House, path: str) -> None:
    headers = (await quiet_house.visitor.http.get(path)).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-request-id"]
    assert "strict-transport-security" not in headers


async def test_over_tls_the_cookie_is_bound_to_the_host(database: str) -> None:
    settings = Settings(database_url=database, secure_cookies=True)
    transport = httpx2.ASGITransport(app=create_app(settings))
    async with httpx2.AsyncClient(transport=transport, base_url="https://mulin.test") as http:
        answer = await http.get("/api/docs")
    assert "max-age" in answer.headers["strict-transport-security"]
    assert cookie_name(settings) == "__Host-mulin"


async def test_answers_with_peoples_data_are_kept_by_nobody_else(quiet_house: House) -> None:
    answer = await quiet_house.organiser.get("/api/v1/volunteers")
    assert "private" in answer.headers["cache-control"]
    assert "Authorization" in answer.headers["vary"]


@pytest.fixture
async def foreign(house: House) -> dict[str, Any]:
    """Things of one street, which the organiser of the next one asks for."""
    person = await house.organiser.made(
        "/api/v1/volunteers", {"name": "林晓", "birth_date": "2000-01-01"}
    )
    project = await house.organiser.made(
        "/api/v1/projects", {"organisation_id": str(house.street_id), "name": "草稿"}
    )
    round_ = await house.organiser.made(
        "/api/v1/rounds",
        {
            "organisation_id": str(house.street_id),
            "horizon_start": "2030-03-01T00:00:00+08:00",
            "horizon_end": "2030-03-08T00:00:00+08:00",
        },
    )
    return {"person": person["id"], "project": project["id"], "round": round_["id"]}


async def test_what_lies_outside_the_subtree_is_not_there(
    house: House, foreign: dict[str, Any]
) -> None:
    other = house.other_organiser
    for path in (
        f"/api/v1/organisations/{house.street_id}",
        f"/api/v1/volunteers/{foreign['person']}",
        f"/api/v1/volunteers/{foreign['person']}/points",
        f"/api/v1/projects/{foreign['project']}",
        f"/api/v1/rounds/{foreign['round']}",
        f"/api/v1/rounds/{foreign['round']}/plan",
    ):
        answer = await other.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    for path in (
        f"/api/v1/projects/{foreign['project']}/publish",
        f"/api/v1/rounds/{foreign['round']}/cancel",
        f"/api/v1/rounds/{foreign['round']}/solve",
        f"/api/v1/rounds/{foreign['round']}/discard",
    ):
        assert (await other.post(path)).status_code == 404, path
    for path in ("/api/v1/volunteers", "/api/v1/rounds"):
        assert (await other.get(path)).json()["items"] == [], path
    assert (await house.visitor.get("/api/v1/projects")).json()["items"] == []


async def test_volunteer_is_no_organiser_and_the_other_way_round(house: House) -> None:
    _, lin = await house.volunteer("林晓")
    for path in ("/api/v1/volunteers", "/api/v1/rounds"):
        answer = await lin.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "right_missing"), path
    for path in ("/api/v1/offers", "/api/v1/claims"):
        answer = await house.organiser.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "volunteers_only"), path
