"""Files over HTTP: looked at, stored, and two real events from file to answers."""

import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from jobs.making import Answer
from jobs.planning import plan
from matcher.portfolio import solve
from matcher.problem import Problem
from matcher.solve import SolveParams
from models.core import Volunteer
from services import accounts
from services.settings import Settings
from tests.api.conftest import PASSWORD, House, signed_in

INSTANCES = os.environ.get("MULIN_INSTANCES", "")
PEOPLE = "编号,姓名,年龄,可服务时间\nA1,张三,17,周六 09:00-12:00\nA2,李四,{age},\n"
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}")
SOLVE_SECONDS = 4


async def upload(
    house: House, kind: str, content: bytes, media_type: str = "text/csv", **headers: str
) -> httpx2.Response:
    return await house.organiser.post(
        f"/api/v1/imports?kind={kind}",
        content=content,
        headers={"Content-Type": media_type, "Idempotency-Key": os.urandom(8).hex(), **headers},
    )


async def test_sheet_is_looked_at_then_stored_once(house: House) -> None:
    looked = await upload(house, "people", PEOPLE.format(age=20).encode("gb18030"))
    assert (looked.status_code, looked.json()["state"]) == (201, "checked")
    assert looked.json()["report"]["counts"] == {"new": 2, "changed": 0, "same": 0, "refused": 0}
    assert await Volunteer.all().count() == 0

    path = looked.headers["location"]
    for _ in range(2):
        stored = await house.organiser.post(f"{path}/apply")
        assert (stored.status_code, stored.json()["state"]) == (200, "applied")
    assert await Volunteer.all().count() == 2

    again = await upload(house, "people", PEOPLE.format(age=20).encode())
    assert again.json()["report"]["counts"]["same"] == 2
    listed = (await house.organiser.get("/api/v1/imports?limit=1")).json()
    assert [each["id"] for each in listed["items"]] == [again.json()["id"]]
    rest = (await house.organiser.get(f"/api/v1/imports?after={listed['next']}")).json()
    assert [each["state"] for each in rest["items"]] == ["applied"]


async def test_refused_row_is_told_in_the_readers_language_and_never_stored(house: House) -> None:
    content = PEOPLE.format(age="二十").encode()
    chinese = (await upload(house, "people", content)).json()
    english = (await upload(house, "people", content, **{"Accept-Language": "en"})).json()
    [row] = [each for each in chinese["report"]["rows"] if each["outcome"] == "refused"]
    assert (row["place"], row["defects"][0]["place"]) == ("A3", "C3")
    assert "应为整数" in row["defects"][0]["message"]
    assert "must be a whole number" in str(english["report"]["rows"])
    refused = await house.organiser.post(f"/api/v1/imports/{chinese['id']}/apply")
    assert (refused.status_code, refused.json()["code"]) == (409, "import_refused")
    assert await Volunteer.all().count() == 0


async def test_imports_of_others_are_not_there(house: House) -> None:
    path = (await upload(house, "people", PEOPLE.format(age=20).encode())).headers["location"]
    for answer in (
        await house.other_organiser.get(path),
        await house.other_organiser.post(f"{path}/apply"),
        await house.other_organiser.post(
            f"/api/v1/imports?kind=people&organisation_id={house.street_id}",
            content=b"key,name,age\n1,Ada,20",
            headers={"Content-Type": "text/csv"},
        ),
    ):
        assert answer.status_code == 404
    _, volunteer = await house.volunteer("林晓")
    assert (await volunteer.get(path)).status_code == 403
    assert (await house.visitor.get(path)).status_code == 401


@pytest.mark.parametrize(
    ("kind", "content", "status", "code"),
    [
        ("problem", b"not JSON", 422, "not_json"),
        ("problem", "编号,姓名".encode("gb18030"), 422, "not_utf8"),
        ("people", b"name\nAda", 422, "no_header"),
        ("people", b"", 422, "empty_file"),
        ("people", b"x" * (16 * 1024 * 1024 + 1), 413, "too_large"),
    ],
)
async def test_file_that_is_no_such_thing_is_a_problem_document(
    house: House, kind: str, content: bytes, status: int, code: str
) -> None:
    answer = await upload(house, kind, content)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert code in str(answer.json())


async def test_templates_can_be_fetched(house: House) -> None:
    http = house.visitor.http
    answer = await http.get("/imports/templates/people.zh.xlsx")
    assert answer.content.startswith(b"PK")
    assert "attachment" in answer.headers["content-disposition"]
    assert (await http.get("/imports/templates/problem.zh.xlsx")).status_code == 404


def in_the_future(content: bytes) -> bytes:
    """The event as many whole weeks later as bring it into 2030."""
    text = content.decode()
    start = datetime.fromisoformat(json.loads(text)["horizon"]["start"])
    weeks = (datetime(2030, 6, 1, tzinfo=UTC) - start) // timedelta(weeks=1)

    def later(found: re.Match[str]) -> str:
        return (datetime.fromisoformat(found[0]) + timedelta(weeks=weeks)).isoformat()

    return TIME.sub(later, text).encode()


def briefly(problem: Problem, params: SolveParams, **calls: Any) -> Answer:
    return solve(problem, replace(params, seconds=SOLVE_SECONDS), **calls)


@pytest.mark.skipif(not INSTANCES, reason="MULIN_INSTANCES names no folder of real events")
@pytest.mark.parametrize("name", ["fosdem", "emf2022"])
async def test_real_event_from_file_to_answers(name: str, house: House, settings: Settings) -> None:
    content = in_the_future((Path(INSTANCES) / f"{name}.json").read_bytes())
    looked = await upload(house, "problem", content, "application/json")
    assert looked.json()["state"] == "checked", looked.text[:500]
    stored = await house.organiser.post(f"{looked.headers['location']}/apply")
    round_id = stored.json()["round_id"]
    path = f"/api/v1/rounds/{round_id}"
    assert (await house.organiser.post(f"{path}/solve")).json()["state"] == "solving"

    await plan(UUID(round_id), settings, briefly, beat_seconds=0.5)
    proposed = (await house.organiser.get(path)).json()
    assert proposed["state"] == "proposed", proposed["failure"]
    event = json.loads(content)
    assert proposed["plan"]["seats"] == sum(
        role["max"] for shift in event["shifts"] for role in shift["roles"]
    )

    published = (await house.organiser.post(f"{path}/publish", {})).json()
    assert published["plan"]["offers"] == {"open": proposed["plan"]["assignments"]}
    line = (await house.organiser.get(f"{path}/plan?limit=200")).json()
    # A minor's yes waits for a guardian's (C2): whose answer it is must not hang on the plan.
    adults = {each["id"] for each in event["volunteers"] if each.get("age", 99) >= 18}
    people = [
        person
        for shift in line["items"]
        for role in shift["roles"]
        for person in role["people"]
        if person["name"] in adults
    ]
    for person, verb, state in (
        (people[0], "accept", "accepted"),
        (people[-1], "decline", "declined"),
    ):
        client = await answering(house, person)
        [offer, *_] = (await client.get("/api/v1/offers")).json()["items"]
        answered = await client.post(f"/api/v1/offers/{offer['id']}/{verb}")
        assert answered.json().get("state") == state, answered.text


async def answering(house: House, person: dict[str, Any]) -> Any:
    await accounts.create_account(
        person["name"],
        PASSWORD,
        volunteer_id=UUID(person["volunteer_id"]),
    )
    return await signed_in(house.visitor, person["name"])
