"""The tree, memberships, tags and totals over HTTP; every answer is held against the document."""

from datetime import timedelta
from typing import Any

import pytest

from services import clock
from tests.api.conftest import House
from tests.api.support import Client

API = "/api/v1"
WHY = "按公告"


async def made_under(client: Client, parent: object, kind: str, name: str, **given: Any) -> str:
    command = {"kind": kind, "name": name, "parent_id": str(parent), **given}
    found: str = (await client.made(f"{API}/organisations", command))["id"]
    return found


async def test_the_tree_is_changed_and_tells_its_history(house: House) -> None:
    one = await made_under(house.organiser, house.street_id, "service_team", "一队")
    other = await made_under(house.organiser, house.street_id, "service_team", "二队")
    node = f"{API}/organisations/{one}"
    read = await house.organiser.get(node)
    edit = {"name": "第一队", "reason": WHY}
    assert (await house.organiser.put(node, edit, '"old"')).status_code == 412
    assert (await house.organiser.put(node, edit, read.headers["etag"])).json()["name"] == "第一队"
    moved = await house.organiser.post(f"{node}/move", {"parent_id": other, "reason": WHY})
    assert moved.json()["parent_id"] == other
    circle = await house.organiser.post(
        f"{API}/organisations/{other}/move", {"parent_id": one, "reason": WHY}
    )
    assert (circle.status_code, circle.json()["code"]) == (409, "organisation_cycle")
    preview = await house.organiser.get(f"{node}/merger", params={"into_id": other})
    assert preview.json()["refusals"] == []
    merged = await house.organiser.post(f"{node}/merge", {"into_id": other, "reason": WHY})
    assert (merged.json()["state"], merged.json()["merged_into_id"]) == ("merged", other)
    again = await house.organiser.post(f"{node}/close", {"reason": WHY})
    assert again.json()["code"] == "organisation_not_active"
    events = (await house.organiser.get(f"{node}/events")).json()["items"]
    assert [event["kind"] for event in events] == ["merged", "moved", "renamed", "made"]
    found = await house.organiser.get(f"{API}/organisations", params={"text": "第一"})
    assert [each["id"] for each in found.json()["items"]] == [one]
    for path in ("", "/events", "/totals", "/contributions", "/members"):
        assert (await house.other_organiser.get(f"{node}{path}")).status_code == 404


async def test_a_wrong_code_names_its_place_and_its_rule(house: House) -> None:
    command = {
        "kind": "school",
        "name": "中学",
        "parent_id": str(house.street_id),
        "credit_code": "91110000600037341N",
    }
    answer = await house.organiser.post(
        f"{API}/organisations", command, headers={"Accept-Language": "zh"}
    )
    assert answer.status_code == 422
    [defect] = answer.json()["errors"]
    assert defect["code"] == "credit_code_check_digit"
    assert "校验位" in defect["detail"]


async def test_somebody_asks_to_belong_and_is_answered(house: House) -> None:
    person, own = await house.volunteer("ada")
    memberships = f"{API}/volunteers/{person['id']}/memberships"
    command = {"organisation_id": str(house.other_street_id), "kind": "home"}
    asked = await own.made(memberships, command)
    assert asked["is_requested"]
    assert (await own.post(memberships, command)).json()["code"] == "member_already"
    line = f"{API}/memberships/{asked['id']}"
    assert (await own.post(f"{line}/accept")).status_code == 403
    assert (await house.organiser.get(line)).status_code == 404
    waiting = await house.other_organiser.get(
        f"{API}/organisations/{house.other_street_id}/members", params={"when": "requested"}
    )
    assert [each["id"] for each in waiting.json()["items"]] == [asked["id"]]
    accepted = await house.other_organiser.post(f"{line}/accept")
    assert accepted.json()["is_requested"] is False
    seen = await house.other_organiser.get(f"{API}/volunteers/{person['id']}")
    assert seen.json()["served_minutes"] is None
    tomorrow = clock.now().date() + timedelta(days=2)
    ended = await own.post(f"{line}/end", {"ends_on": tomorrow.isoformat()})
    assert ended.json()["ends_on"] == tomorrow.isoformat()
    assert len((await own.get(memberships)).json()["items"]) == 1
    assert (await house.organiser.get(memberships)).json()["items"] == []


@pytest.fixture
async def tag(house: House) -> dict[str, Any]:
    """One of the street."""
    command = {"organisation_id": str(house.street_id), "name": "骨干", "meaning": "受过急救培训"}
    return await house.organiser.made(f"{API}/tags", command)


async def test_a_tag_is_given_shown_and_taken_away(house: House, tag: dict[str, Any]) -> None:
    person, own = await house.volunteer("ada")
    team = await made_under(house.organiser, house.street_id, "service_team", "一队")
    address = f"{API}/tags/{tag['id']}"
    given = await house.organiser.post(f"{address}/people", {"volunteer_id": person["id"]})
    assert given.json()["volunteer_name"] == "ada"
    [mine] = (await own.get(f"{API}/volunteers/{person['id']}/tags")).json()["items"]
    assert (mine["name"], mine["organisation_name"]) == ("骨干", "梧桐街道")
    grants = await house.organiser.post(f"{address}/grants", {"organisation_id": team})
    assert [each["organisation_id"] for each in grants.json()["items"]] == [team]
    sideways = await house.organiser.post(
        f"{address}/grants", {"organisation_id": str(house.other_street_id)}
    )
    assert sideways.json()["code"] == "tag_grant_not_below"
    gone = await house.organiser.ask("DELETE", f"{address}/grants/{team}")
    assert gone.status_code == 204
    assert (await house.organiser.get(f"{address}/grants")).json()["items"] == []
    people = (await house.organiser.get(f"{address}/people")).json()["items"]
    assert [each["volunteer_id"] for each in people] == [person["id"]]
    taken = await house.organiser.ask("DELETE", f"{address}/people/{person['id']}")
    assert taken.status_code == 204
    assert (await house.other_organiser.get(address)).status_code == 404
    assert (await own.get(f"{API}/tags")).status_code == 403


async def test_a_tags_words_change_and_it_ends(house: House, tag: dict[str, Any]) -> None:
    address = f"{API}/tags/{tag['id']}"
    read = await house.organiser.get(address)
    edited = await house.organiser.put(address, {"name": "应急骨干"}, read.headers["etag"])
    assert edited.json()["name"] == "应急骨干"
    retired = await house.organiser.post(f"{address}/retire")
    assert retired.json()["retired_at"]
    person, _ = await house.volunteer("ada")
    refused = await house.organiser.post(f"{address}/people", {"volunteer_id": person["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "tag_retired")
    listed = await house.organiser.get(
        f"{API}/tags", params={"organisation_id": str(house.street_id)}
    )
    assert [each["id"] for each in listed.json()["items"]] == [tag["id"]]
    for wrong, code in (
        ({"organisation_id": str(house.street_id), "name": "应急骨干"}, "tag_name_taken"),
        ({"organisation_id": str(house.other_street_id), "name": "别处"}, "not_found"),
    ):
        assert (await house.organiser.post(f"{API}/tags", wrong)).json()["code"] == code


async def test_what_was_reported_is_read_back_with_its_totals(house: House) -> None:
    await house.volunteer("ada")
    await house.published_project()
    node = f"{API}/organisations/{house.street_id}"
    totals = (await house.organiser.get(f"{node}/totals")).json()
    assert (totals["is_exact"], totals["registered"], totals["projects"]) == (True, 1, 1)
    lines = (await house.organiser.get(f"{node}/contributions")).json()["items"]
    assert [line["kind"] for line in lines] == ["project", "person"]
    people = await house.organiser.get(f"{node}/contributions", params={"kind": "person"})
    assert len(people.json()["items"]) == 1
