"""The whole line over HTTP: people and shifts come in, a plan goes out, people answer."""

from typing import Any
from uuid import UUID

import pytest

from jobs.planning import plan
from matcher.portfolio import solve
from services.settings import Settings
from tests.api.conftest import House, shift_command
from tests.api.support import CLAIM, Client

WEEK = {
    "horizon_start": "2030-03-01T00:00:00+08:00",
    "horizon_end": "2030-03-08T00:00:00+08:00",
    "seconds_max": 5,
}
ALWAYS = [{"weekday": day, "start_minute": 0, "end_minute": 1440} for day in range(7)]
ROUNDS = "/api/v1/rounds"


class Line:
    """One round after another over the same week."""

    def __init__(self, house: House, settings: Settings) -> None:
        self.house = house
        self.settings = settings

    async def planned(self) -> str:
        """A round asked for over HTTP and worked on by the job, in this process."""
        command = {"organisation_id": str(self.house.street_id), **WEEK}
        asked = await self.house.organiser.post(ROUNDS, command)
        assert asked.status_code == 202
        assert asked.json()["state"] == "solving"
        await self.work(asked.json()["id"])
        return str(asked.json()["id"])

    async def work(self, round_id: str) -> None:
        await plan(UUID(round_id), self.settings, solve, beat_seconds=0.05)

    async def act(self, round_id: str, verb: str, body: Any = None) -> Any:
        return await self.house.organiser.post(f"{ROUNDS}/{round_id}/{verb}", body)

    async def lines(self, round_id: str) -> dict[str, dict[str, Any]]:
        """Who is planned, by name."""
        answer = await self.house.organiser.get(f"{ROUNDS}/{round_id}/plan")
        assert answer.status_code == 200
        return {
            person["name"]: person
            for shift in answer.json()["items"]
            for role in shift["roles"]
            for person in role["people"]
        }


@pytest.fixture
def line(house: House, settings: Settings) -> Line:
    return Line(house, settings)


async def open_offer(client: Client) -> dict[str, Any]:
    """The one offer that waits for an answer."""
    found = (await client.get("/api/v1/offers")).json()["items"]
    [offer] = [each for each in found if each["state"] == "open"]
    return dict(offer)


async def test_plan_publish_answer_and_the_next_round_keeps_what_was_accepted(
    house: House, line: Line
) -> None:
    project = await house.published_project()
    await house.organiser.made("/api/v1/shifts", shift_command(project["id"], 2, 9))
    _, lin = await house.volunteer("林晓", windows=ALWAYS)
    _, wang = await house.volunteer("王芳", windows=ALWAYS)

    first = await line.planned()
    proposed = (await house.organiser.get(f"{ROUNDS}/{first}")).json()
    assert proposed["state"] == "proposed"
    assert proposed["plan"]["status"] == "optimal"
    assert proposed["plan"]["score"] == proposed["plan"]["bound"]
    assert set(await line.lines(first)) == {"林晓", "王芳"}

    published = await line.act(first, "publish", {})
    assert published.json()["state"] == "published"
    assert published.json()["plan"]["offers"] == {"open": 2}

    yes, no = await open_offer(lin), await open_offer(wang)
    accepted = await lin.post(f"/api/v1/offers/{yes['id']}/accept")
    declined = await wang.post(f"/api/v1/offers/{no['id']}/decline")
    assert (accepted.json()["state"], declined.json()["state"]) == ("accepted", "declined")
    assert (await lin.post(f"/api/v1/offers/{yes['id']}/accept")).json() == accepted.json()
    late = await wang.post(f"/api/v1/offers/{no['id']}/accept")
    assert (late.status_code, late.json()["code"]) == (409, "offer_declined")

    _, zhao = await house.volunteer("赵敏", windows=ALWAYS)
    second = await line.planned()
    people = await line.lines(second)
    assert set(people) == {"林晓", "赵敏"}
    assert people["林晓"]["fixed"]
    assert not people["赵敏"]["fixed"]

    await line.act(second, "publish", {})
    assert (await open_offer(zhao))["shift"]["project_name"] == "周末助老"
    assert [each["state"] for each in (await wang.get("/api/v1/offers")).json()["items"]] == [
        "declined"
    ]


async def test_plan_of_data_that_moved_is_not_published(house: House, line: Line) -> None:
    project = await house.published_project()
    made = await house.organiser.made("/api/v1/shifts", shift_command(project["id"], 2, 9))
    await house.volunteer("林晓", windows=ALWAYS)
    round_id = await line.planned()
    await house.organiser.post(f"/api/v1/shifts/{made['id']}/call-off")

    refused = await line.act(round_id, "publish", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "round_stale")
    assert (await house.organiser.get(f"{ROUNDS}/{round_id}")).json()["state"] == "stale"

    again = await line.act(round_id, "solve")
    assert (again.status_code, again.json()["state"]) == (202, "solving")
    await line.work(round_id)
    assert (await line.act(round_id, "publish", {})).json()["state"] == "published"


async def test_round_that_nobody_works_on_is_stopped_at_once(house: House, line: Line) -> None:
    command = {"organisation_id": str(house.street_id), **WEEK}
    asked = await house.organiser.made(ROUNDS, command)
    stopped = await line.act(asked["id"], "cancel")
    await line.work(asked["id"])

    assert stopped.json()["state"] == "cancelled"
    assert (await house.organiser.get(f"{ROUNDS}/{asked['id']}")).json()["state"] == "cancelled"
    assert (await house.organiser.get(f"{ROUNDS}/{asked['id']}/plan")).status_code == 404
    refused = await line.act(asked["id"], "discard")
    assert (refused.status_code, refused.json()["code"]) == (409, "round_not_proposed")


async def test_open_seat_says_what_keeps_people_from_it(house: House, line: Line) -> None:
    project = await house.published_project()
    roles = [{"key": "signer", "target": 2, "minimum": 1, "skills": {"手语": 3}}]
    await house.organiser.made("/api/v1/shifts", shift_command(project["id"], 2, 9, roles=roles))
    skill = [{"skill": "手语", "level": 4}]
    await house.volunteer("林晓", windows=ALWAYS, skills=skill)
    await house.volunteer("王芳", windows=ALWAYS)
    await house.volunteer("赵敏", skills=skill)

    round_id = await line.planned()
    answer = await house.organiser.get(f"{ROUNDS}/{round_id}/plan")
    [role] = answer.json()["items"][0]["roles"]
    assert role["missing"] == 1
    assert role["reasons"] == {"skills": 1, "unavailable": 1}


async def test_claim_by_hand_says_why_not(house: House) -> None:
    project = await house.published_project()
    roles = [{"key": "helper", "target": 1}]
    shifts = [
        await house.organiser.made(
            "/api/v1/shifts", shift_command(project["id"], 2, hour, roles=roles)
        )
        for hour in (9, 10)
    ]
    _, lin = await house.volunteer("林晓")
    _, wang = await house.volunteer("王芳")
    english = {"Accept-Language": "en"}

    taken = await lin.post(f"/api/v1/shifts/{shifts[0]['id']}/claims", {**CLAIM, "role": "helper"})
    full = await wang.post(f"/api/v1/shifts/{shifts[0]['id']}/claims", CLAIM, headers=english)
    overlap = await lin.post(f"/api/v1/shifts/{shifts[1]['id']}/claims", CLAIM, headers=english)
    no_role = await wang.post(f"/api/v1/shifts/{shifts[1]['id']}/claims", {**CLAIM, "role": "cook"})

    assert (taken.status_code, taken.json()["state"]) == (201, "confirmed")
    assert (full.status_code, full.json()["code"]) == (409, "full")
    assert full.json()["detail"] == "No seat is left (1 seat in all)."
    assert (overlap.status_code, overlap.json()["code"]) == (409, "overlap")
    assert overlap.json()["detail"] == "It overlaps 周末助老, which begins Sat 2 Mar, 09:00."
    assert overlap.json()["parameters"]["starts_at"] == "2030-03-02T09:00:00+08:00"
    assert (no_role.status_code, no_role.json()["code"]) == (404, "no_such_role")

    given_back = await lin.post(f"/api/v1/claims/{taken.json()['id']}/withdraw")
    assert given_back.json()["state"] == "cancelled"
    assert (await wang.post(f"/api/v1/shifts/{shifts[0]['id']}/claims", CLAIM)).status_code == 201
    listed = await house.organiser.get(f"/api/v1/shifts/{shifts[0]['id']}/claims")
    assert [each["state"] for each in listed.json()["items"]] == ["cancelled", "confirmed"]


async def test_points_are_added_and_taken_back_but_never_changed(house: House) -> None:
    person, lin = await house.volunteer("林晓")
    award = {"volunteer_id": person["id"], "points": 20, "reason": "全程参加", "key": "a-1"}
    made = await house.organiser.made("/api/v1/points-transfers", award)
    same = await house.organiser.made("/api/v1/points-transfers", award)
    path = f"/api/v1/points-transfers/{made['id']}/reverse"
    undone = await house.organiser.post(path, {"key": "r-1"})
    twice = await house.organiser.post(path, {"key": "r-2"})

    assert same["id"] == made["id"]
    assert undone.json()["points"] == -20
    assert (twice.status_code, twice.json()["code"]) == (409, "already_reversed")
    listed = (await lin.get(f"/api/v1/volunteers/{person['id']}/points")).json()["items"]
    assert sorted(each["points"] for each in listed) == [-20, 20]
    assert (await lin.get(f"/api/v1/volunteers/{person['id']}")).json()["points"] == 0


async def test_shift_with_claims_keeps_its_time(house: House) -> None:
    project = await house.published_project()
    made = await house.organiser.post("/api/v1/shifts", shift_command(project["id"], 2, 9))
    path, etag = made.headers["location"], made.headers["etag"]
    moved = await house.organiser.put(path, shift_command(project["id"], 2, 10), etag)
    _, lin = await house.volunteer("林晓")
    await lin.post(f"{path}/claims", CLAIM)
    etag = (await house.organiser.get(path)).headers["etag"]
    refused = await house.organiser.put(path, shift_command(project["id"], 2, 11), etag)

    assert moved.json()["starts_at"] == "2030-03-02T10:00:00+08:00"
    assert (refused.status_code, refused.json()["code"]) == (409, "shift_has_claims")


async def test_project_without_risk_statement_stays_a_draft(house: House) -> None:
    command = {"organisation_id": str(house.street_id), "name": "无告知"}
    project = await house.organiser.made("/api/v1/projects", command)
    answer = await house.organiser.post(f"/api/v1/projects/{project['id']}/publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "risk_statement_missing")
    assert (await house.visitor.get(f"/api/v1/projects/{project['id']}")).status_code == 404
