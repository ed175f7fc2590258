"""Idempotency keys, entity tags, cursors, times: what every resource has in common."""

import asyncio
import base64
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services import idempotency, organisations
from tests.api.conftest import House, shift_command

VOLUNTEERS = "/api/v1/volunteers"
PERSON = {"name": "林晓", "birth_date": "2000-01-01"}


async def test_repeat_with_the_same_key_gets_the_first_answer_and_makes_nothing(
    house: House,
) -> None:
    key = {"Idempotency-Key": "once-0001"}
    first = await house.organiser.post(VOLUNTEERS, PERSON, headers=key)
    again = await house.organiser.post(VOLUNTEERS, PERSON, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    for header in ("location", "etag", "content-type"):
        assert again.headers[header] == first.headers[header]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len((await house.organiser.get(VOLUNTEERS)).json()["items"]) == 1


async def test_refusal_is_the_first_answer_too(house: House) -> None:
    command = {"kind": "neighbourhood", "name": "东风居民区"}
    await house.organiser.made("/api/v1/organisations", command)
    key = {"Idempotency-Key": "refused-0001"}
    first = await house.organiser.post("/api/v1/organisations", command, headers=key)
    again = await house.organiser.post("/api/v1/organisations", command, headers=key)

    assert (first.status_code, first.json()["code"]) == (409, "name_taken")
    assert (again.status_code, again.content) == (409, first.content)
    assert again.headers["content-type"] == "application/problem+json"


async def test_key_used_for_another_request_is_refused(house: House) -> None:
    key = {"Idempotency-Key": "once-0002"}
    await house.organiser.post(VOLUNTEERS, PERSON, headers=key)
    other = await house.organiser.post(VOLUNTEERS, {**PERSON, "name": "王芳"}, headers=key)

    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert len((await house.organiser.get(VOLUNTEERS)).json()["items"]) == 1


async def test_key_belongs_to_its_account(house: House) -> None:
    key = {"Idempotency-Key": "once-0003"}
    one = await house.organiser.post(VOLUNTEERS, PERSON, headers=key)
    other = await house.other_organiser.post(VOLUNTEERS, PERSON, headers=key)
    assert one.json()["id"] != other.json()["id"]


async def test_key_is_free_again_when_the_request_was_not_well_made(house: House) -> None:
    key = {"Idempotency-Key": "once-0004"}
    refused = await house.organiser.post(VOLUNTEERS, {}, headers=key)
    made = await house.organiser.post(VOLUNTEERS, PERSON, headers=key)
    assert (refused.status_code, made.status_code) == (422, 201)


async def test_creating_without_a_key_or_with_a_bad_one_is_refused(house: House) -> None:
    for key, code in (
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_malformed"),
        ("k" * 256, "idempotency_key_malformed"),
        ("café", "idempotency_key_malformed"),
    ):
        headers = {} if key is None else {"Idempotency-Key": key.encode("latin-1")}
        answer = await house.organiser.ask("POST", VOLUNTEERS, json=PERSON, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_ten_at_once_with_one_key_make_one(house: House) -> None:
    key = {"Idempotency-Key": "once-0005"}
    answers = await asyncio.gather(
        *(house.organiser.post(VOLUNTEERS, PERSON, headers=key) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == 1
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"still_running"}
    assert len((await house.organiser.get(VOLUNTEERS)).json()["items"]) == 1


async def test_repeat_while_the_first_still_runs_is_told_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    create = organisations.create

    async def slow_create(*arguments: Any) -> organisations.Organisation:
        begun.set()
        await may_end.wait()
        return await create(*arguments)

    monkeypatch.setattr(organisations, "create", slow_create)
    command = {"kind": "neighbourhood", "name": "东风居民区"}
    key = {"Idempotency-Key": "once-0006"}
    first = asyncio.create_task(house.organiser.post("/api/v1/organisations", command, headers=key))
    await begun.wait()
    meanwhile = await house.organiser.post("/api/v1/organisations", command, headers=key)
    may_end.set()
    made = await first
    again = await house.organiser.post("/api/v1/organisations", command, headers=key)

    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "still_running")
    assert (made.status_code, again.content) == (201, made.content)


async def test_effect_is_undone_when_its_answer_cannot_be_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*arguments: Any) -> None:
        raise ConnectionResetError

    key = {"Idempotency-Key": "once-0007"}
    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "finish", lost)
        answer = await house.organiser.post(VOLUNTEERS, PERSON, headers=key)
    nobody = await house.organiser.get(VOLUNTEERS)
    again = await house.organiser.post(VOLUNTEERS, PERSON, headers=key)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert nobody.json()["items"] == []
    assert again.status_code == 201


async def test_edit_names_the_version_it_changes(house: House) -> None:
    made = await house.organiser.post(VOLUNTEERS, PERSON)
    path, etag = made.headers["location"], made.headers["etag"]

    without = await house.organiser.ask("PUT", path, json=PERSON)
    edited = await house.organiser.put(path, {**PERSON, "name": "林小晓"}, etag)
    late = await house.organiser.put(path, {**PERSON, "name": "林大晓"}, etag)
    current = await house.organiser.get(path)

    assert (without.status_code, without.json()["code"]) == (428, "if_match_missing")
    assert edited.status_code == 200
    assert edited.headers["etag"] not in (etag, None)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert current.json()["name"] == "林小晓"
    assert current.headers["etag"] == edited.headers["etag"]


async def test_of_two_edits_at_once_one_is_told_to_read_again(house: House) -> None:
    made = await house.organiser.post(VOLUNTEERS, PERSON)
    path, etag = made.headers["location"], made.headers["etag"]
    answers = await asyncio.gather(
        house.organiser.put(path, {**PERSON, "name": "一"}, etag),
        house.organiser.put(path, {**PERSON, "name": "二"}, etag),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_unchanged_resource_is_not_sent_again(house: House) -> None:
    made = await house.organiser.post(VOLUNTEERS, PERSON)
    path, etag = made.headers["location"], made.headers["etag"]
    for given, status in ((etag, 304), (f"W/{etag}", 304), ('"other", ' + etag, 304), ('"x"', 200)):
        answer = await house.organiser.get(path, headers={"If-None-Match": given})
        assert answer.status_code == status
        assert answer.headers["etag"] == etag


async def test_pages_hold_everything_once_and_link_to_the_next(house: House) -> None:
    for number in range(7):
        await house.organiser.made(VOLUNTEERS, {**PERSON, "name": f"志愿者{number}"})
    path: str | None = f"{VOLUNTEERS}?limit=3"
    names, sizes = [], []
    while path is not None:
        answer = await house.organiser.get(path)
        page = answer.json()
        names += [item["name"] for item in page["items"]]
        sizes.append(len(page["items"]))
        link = answer.headers.get("link")
        assert (link is None) == (page["next"] is None)
        path = link.partition(">")[0].removeprefix("<") if link else None

    assert sizes == [3, 3, 1]
    assert sorted(names) == [f"志愿者{number}" for number in range(7)]


async def test_times_carry_the_offset_of_the_service(house: House) -> None:
    project = await house.published_project()
    command = shift_command(project["id"], 2, 9, starts_at="2030-03-02T01:00:00Z")
    made = await house.organiser.made("/api/v1/shifts", command)

    assert made["starts_at"] == "2030-03-02T09:00:00+08:00"
    assert datetime.fromisoformat(made["ends_at"]).utcoffset() == timedelta(hours=8)


async def test_answer_says_where_the_new_thing_is(house: House) -> None:
    made = await house.organiser.post(VOLUNTEERS, PERSON)
    found = await house.organiser.get(made.headers["location"])
    assert found.json() == made.json()


async def test_head_is_get_without_the_body(house: House) -> None:
    made = await house.organiser.post(VOLUNTEERS, PERSON)
    headers = {"Authorization": f"Bearer {house.organiser.token}"}
    answer = await house.organiser.http.head(made.headers["location"], headers=headers)
    assert answer.status_code == 200
    assert answer.headers["etag"] == made.headers["etag"]


async def test_forged_cursor_is_refused_and_never_breaks(house: House) -> None:
    for forged in ("null", "[]", '["2030-01-01T00:00:00Z", 1]', "1e999", '"\\u0000"', "[" * 500):
        cursor = base64.urlsafe_b64encode(forged.encode()).rstrip(b"=").decode()
        for path in (VOLUNTEERS, "/api/v1/shifts", "/api/v1/organisations", "/api/v1/rounds"):
            answer = await house.organiser.get(path, params={"after": cursor})
            assert answer.status_code in (200, 422), (path, forged, answer.text)


async def test_root_of_the_tree_is_not_made_over_http(house: House) -> None:
    answer = await house.organiser.post(
        "/api/v1/organisations", {"kind": "city", "name": f"市{uuid4()}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_parent")
    assert await organisations.subtree_ids([house.street_id]) == [house.street_id]
