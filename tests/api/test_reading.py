"""Requests that cannot be read or are not well made: each says what is wrong and where."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from api.layer.bodies import DEPTH_MAX, JSON_BYTES_MAX
from tests.api.conftest import House, shift_command
from tests.api.support import Client

ORGANISATIONS = "/api/v1/organisations"
SOME_ID = "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c99"


async def send(client: Client, content: bytes, media_type: str = "application/json") -> Any:
    headers = {"Content-Type": media_type, "Idempotency-Key": str(uuid4())}
    return await client.ask("POST", ORGANISATIONS, content=content, headers=headers)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"name": NaN}', "not_finite"),
        (b'{"name": -Infinity}', "not_finite"),
        (b'{"name": "\xff"}', "not_utf8"),
        (b'\xef\xbb\xbf{"name": "x"}', "not_json"),
        (b'{"name": "a", "name": "b"}', "duplicate_key"),
        (b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1), "json_too_deep"),
        (b"[" * 100_000, "json_too_deep"),
        (b'{"name": ' + b"9" * 5000 + b"}", "number_too_long"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_what_cannot_be_read_is_a_bad_request(
    quiet_house: House, content: bytes, code: str
) -> None:
    answer = await send(quiet_house.organiser, content)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml"]
)
async def test_other_media_types_are_refused(quiet_house: House, media_type: str) -> None:
    answer = await send(quiet_house.organiser, b"{}", media_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_refused")


async def test_another_charset_is_refused_and_utf8_is_not(quiet_house: House) -> None:
    refused = await send(quiet_house.organiser, b"{}", "application/json; charset=gbk")
    read = await send(quiet_house.organiser, b"{}", "Application/JSON; charset=UTF-8")
    assert (refused.status_code, read.status_code) == (415, 422)


async def test_body_above_the_limit_is_refused_by_its_announced_length(quiet_house: House) -> None:
    answer = await send(quiet_house.organiser, b" " * (JSON_BYTES_MAX + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.json()["parameters"] == {"limit_bytes": JSON_BYTES_MAX}


async def test_endless_body_is_refused_after_the_limit(quiet_house: House) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b" " * 65536
            await asyncio.sleep(0)

    answer = await send(quiet_house.organiser, endless())  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert sent <= JSON_BYTES_MAX + 2 * 65536


async def test_every_field_that_is_wrong_is_named(quiet_house: House) -> None:
    command = {
        "external_key": "",
        "birth_date": "2000-13-01",
        "home": [200, 31],
        "skills": [{"skill": "急救", "level": 9}],
        "windows": [{"weekday": 1, "start_minute": 0}],
        "max_minutes": "many",
        "likes": [{"cause": "敬老", "liking": 2, "why": "因为"}],
        "nickname": "小林",
    }
    answer = await quiet_house.organiser.post("/api/v1/volunteers", command)

    assert answer.status_code == 422
    assert {(error["place"], error["code"]) for error in answer.json()["errors"]} == {
        ("name", "missing_key"),
        ("external_key", "wrong_length"),
        ("birth_date", "not_a_date"),
        ("home[0]", "too_big"),
        ("skills[0].level", "too_big"),
        ("windows[0].end_minute", "missing_key"),
        ("max_minutes", "wrong_type"),
        ("likes[0].why", "unknown_key"),
        ("nickname", "unknown_key"),
    }


@pytest.mark.parametrize(
    ("fields", "place", "code"),
    [
        ({"name": "a\x00b"}, "name", "nul"),
        ({"name": "half \ud800"}, "name", "not_unicode"),
        ({"name": " "}, "name", "wrong_format"),
        ({"max_minutes": 2**53 + 1}, "max_minutes", "too_big"),
        ({"max_minutes": 2**31}, "max_minutes", "too_big"),
        ({"max_minutes": -1}, "max_minutes", "too_small"),
        ({"max_minutes": True}, "max_minutes", "wrong_type"),
        ({"max_minutes": 12.5}, "max_minutes", "wrong_type"),
        ({"groups": ["no id"]}, "groups[0]", "not_an_id"),
        ({"max_travel_m": []}, "max_travel_m", "wrong_type"),
        (
            {
                "changes": [
                    {
                        "kind": "off",
                        "starts_at": "2030-01-01T08:00:00",
                        "ends_at": "2030-01-01T09:00:00Z",
                    }
                ]
            },
            "changes[0].starts_at",
            "no_offset",
        ),
        ({"changes": [{"kind": "gone"}]}, "changes[0].kind", "not_allowed"),
    ],
    ids=str,
)
async def test_value_that_cannot_be_kept_is_named(
    quiet_house: House, fields: dict[str, Any], place: str, code: str
) -> None:
    command = {"name": "林晓", "birth_date": "2000-01-01", **fields}
    # Written by hand: the client's own JSON would refuse half a character.
    answer = await quiet_house.organiser.ask(
        "POST",
        "/api/v1/volunteers",
        content=ascii_json(command),
        headers={"Content-Type": "application/json", "Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 422, answer.text
    assert [(error["place"], error["code"]) for error in answer.json()["errors"]] == [(place, code)]


def ascii_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


async def test_whole_float_counts_as_an_integer(house: House) -> None:
    command = {"name": "林晓", "birth_date": "2000-01-01", "max_minutes": 12.0}
    made = await house.organiser.made("/api/v1/volunteers", command)
    assert made["max_minutes"] == 12


@pytest.mark.parametrize(
    ("query", "place", "code"),
    [
        ("limit=0", "limit", "too_small"),
        ("limit=201", "limit", "too_big"),
        ("limit=ten", "limit", "wrong_type"),
        ("limit=1&limit=2", "limit", "given_twice"),
        ("colour=red", "colour", "unknown_key"),
        ("limit=null", "limit", "wrong_type"),
        ("limit=1.0", "limit", "wrong_type"),
        ("organisation_id=null", "organisation_id", "not_an_id"),
        ("starts_after=0.5", "starts_after", "not_a_time"),
        ("after=x%00", "after", "nul"),
        ("after=!", "after", "bad_cursor"),
        ("starts_after=2030-01-01T00:00:00", "starts_after", "no_offset"),
        ("starts_after=2030-01-01T00:00:00 08:00", "starts_after", "not_a_time"),
        ("organisation_id=1", "organisation_id", "not_an_id"),
    ],
)
async def test_query_that_is_wrong_names_its_parameter(
    quiet_house: House, query: str, place: str, code: str
) -> None:
    answer = await quiet_house.visitor.get(f"/api/v1/shifts?{query}")
    assert answer.status_code == 422
    assert [(error["place"], error["code"]) for error in answer.json()["errors"]] == [(place, code)]


async def test_query_where_none_is_read_is_refused(quiet_house: House) -> None:
    answer = await quiet_house.visitor.get("/health/live?verbose=1")
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, "verbose")


@pytest.mark.parametrize("name", ["1", "x", "%00", "{a}", f"urn:uuid:{SOME_ID}", "%ff"])
async def test_what_is_no_id_names_nothing(quiet_house: House, name: str) -> None:
    answer = await quiet_house.visitor.get(f"/api/v1/shifts/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/api/v1/shifts", {"GET", "HEAD", "POST"}),
        ("DELETE", f"/api/v1/shifts/{SOME_ID}", {"GET", "HEAD", "PUT"}),
        ("GET", f"/api/v1/offers/{SOME_ID}/accept", {"POST"}),
        ("OPTIONS", "/api/v1/sessions/current", {"GET", "HEAD", "DELETE"}),
    ],
)
async def test_wrong_method_is_told_the_right_ones(
    quiet_house: House, method: str, path: str, allowed: set[str]
) -> None:
    answer = await quiet_house.visitor.ask(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_refused")
    assert set(answer.headers["allow"].split(", ")) == allowed


async def test_unknown_address_is_a_problem_below_api_and_a_page_elsewhere(
    quiet_house: House,
) -> None:
    for_program = await quiet_house.visitor.http.get("/api/v1/nothing")
    for_person = await quiet_house.visitor.http.get("/nothing")

    assert for_program.headers["content-type"] == "application/problem+json"
    assert for_program.json()["code"] == "no_such_path"
    assert for_person.status_code == 404
    assert for_person.headers["content-type"].startswith("text/html")


async def test_refusal_speaks_the_readers_language(quiet_house: House) -> None:
    said = {}
    for language in ("en", "zh-CN", "fr", "en;q=0.3, zh;q=0.9", "de, en;q=0.5", "en;q=x, *"):
        headers = {"Accept-Language": language}
        answer = await quiet_house.visitor.get("/api/v1/claims", headers=headers)
        said[language] = (answer.json()["title"], answer.headers["content-language"])
    chinese, english = ("请先登录", "zh-CN"), ("Not signed in", "en")
    assert said == {
        "en": english,
        "zh-CN": chinese,
        "fr": chinese,
        "en;q=0.3, zh;q=0.9": chinese,
        "de, en;q=0.5": english,
        "en;q=x, *": chinese,
    }


async def test_language_chosen_on_a_page_goes_before_that_of_the_browser(
    quiet_house: House,
) -> None:
    headers = {"Accept-Language": "zh-CN", "Cookie": "mulin-language=en"}
    answer = await quiet_house.visitor.get("/api/v1/claims", headers=headers)
    assert answer.json()["title"] == "Not signed in"
    assert answer.headers["content-language"] == "en"


async def test_problem_links_to_a_page_that_tells_its_code(quiet_house: House) -> None:
    problem = (await quiet_house.visitor.get("/api/v1/claims")).json()
    page = await quiet_house.visitor.http.get(problem["type"], headers={"Accept-Language": "en"})

    assert page.status_code == 200
    assert "not_signed_in" in page.text
    assert "Not signed in" in page.text


async def test_shift_command_names_the_role_that_is_wrong(house: House) -> None:
    project = await house.published_project()
    roles = [{"key": "a", "target": 1}, {"key": "b", "minimum": 3, "target": 2}]
    answer = await house.organiser.post(
        "/api/v1/shifts", shift_command(project["id"], 2, 9, roles=roles)
    )
    assert answer.status_code == 422
    assert [error["place"] for error in answer.json()["errors"]] == ["roles[1].target"]
