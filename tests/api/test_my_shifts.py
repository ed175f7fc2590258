"""My shifts over the interface: each step as a program takes it, held against the document."""

from uuid import uuid4

import icalendar
import pytest

from tests.api.conftest import House, shift_command
from tests.api.support import CLAIM, Client

API = "/api/v1"


async def a_shift(house: House, day: int = 2, **fields: object) -> dict[str, object]:
    project = await house.published_project()
    return await house.organiser.made(
        f"{API}/shifts", shift_command(project["id"], day, 9, **fields)
    )


async def code_of(client: Client, path: str, json: object = None) -> str:
    answer = await client.post(path, json)
    return f"{answer.status_code} {answer.json()['code']}"


async def test_a_seat_is_confirmed_handed_on_and_taken(house: House) -> None:
    _, ada = await house.volunteer("ada")
    _, ben = await house.volunteer("ben")
    shift = await a_shift(house)
    claim = await ada.made(f"{API}/shifts/{shift['id']}/claims", CLAIM)
    assert (await ada.post(f"{API}/claims/{claim['id']}/confirm")).status_code == 200
    [mine] = (await ada.get(f"{API}/my-shifts")).json()["items"]
    assert (mine["id"], mine["phase"]) == (claim["id"], "coming")
    assert mine["acts"] == ["confirm", "cancel", "hand_over"]

    key = {"Idempotency-Key": str(uuid4())}
    path = f"{API}/claims/{claim['id']}/hand-overs"
    first = await ada.post(path, {}, headers=key)
    again = await ada.post(path, {}, headers=key)
    other = await ada.post(path, {"is_open_to_all": True}, headers=key)
    assert (first.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert (await ada.get(first.headers["location"])).json()["id"] == first.json()["id"]

    code = first.json()["code"]
    [found] = (await ben.get(f"{API}/hand-overs?code={code}")).json()["items"]
    take = {"risk_statement_version": found["risk_statement_version"], "code": code}
    taken = await ben.post(f"{API}/hand-overs/{found['id']}/take", take)
    assert (taken.status_code, taken.json()["state"]) == (200, "confirmed")
    [past] = (await ada.get(f"{API}/my-shifts?phase=past")).json()["items"]
    assert past["claim"]["state"] == "handed_over"
    assert await code_of(ada, f"{API}/claims/{claim['id']}/confirm") == "409 state_change_refused"


async def test_friends_and_weeks(house: House) -> None:
    _, ada = await house.volunteer("ada")
    _, ben = await house.volunteer("ben")
    shift = await a_shift(house)
    begin = {"size": 2, "risk_statement_version": 1}
    group = await ada.made(f"{API}/shifts/{shift['id']}/buddy-groups", begin)
    path = f"{API}/buddy-groups/{group['id']}"
    assert await code_of(ada, f"{path}/claim") == "409 buddies_too_few"
    assert (await ben.get(path)).status_code == 404
    [shown] = (await ben.get(f"{API}/buddy-groups?code={group['code']}")).json()["items"]
    assert (shown["joined"], shown["is_mine"]) == (1, False)
    join = {"code": group["code"], "risk_statement_version": 1}
    assert (await ben.post(f"{path}/join", join)).json()["joined"] == 2
    assert (await ben.post(f"{path}/claim")).json()["state"] == "claimed"
    assert (await ada.post(f"{path}/leave", {})).status_code == 204

    wish = {
        "project_id": shift["project_id"],
        "weekday": 5,
        "start_minute": 540,
        "risk_statement_version": 1,
        "starts_on": "2030-03-01",
    }
    series = await ada.made(f"{API}/series", wish)
    assert await code_of(ada, f"{API}/series", wish) == "409 series_already"
    own = f"{API}/series/{series['id']}"
    assert await code_of(ada, f"{own}/skip", {"day": "2030-03-03"}) == "409 series_other_day"
    skipped = await ada.post(f"{own}/skip", {"day": "2030-03-09"})
    assert (
        skipped.json()["days"] == [{"day": "2030-03-09", "is_skipped": True}]
        or (skipped.json()["days"][0]["is_skipped"])
    )
    assert (await ada.post(f"{own}/come", {"day": "2030-03-09"})).json()["days"] == []
    assert (await ada.post(f"{own}/end")).json()["ended_at"]
    assert (await ben.get(own)).status_code == 404


async def test_a_shift_is_moved_from_what_was_read_and_the_calendar_follows(house: House) -> None:
    _, ada = await house.volunteer("ada")
    shift = await a_shift(house)
    await ada.made(f"{API}/shifts/{shift['id']}/claims", CLAIM)
    feed = (await ada.post(f"{API}/calendar-feed", {})).json()
    assert (await ada.get(f"{API}/calendar-feed")).json()["path"] is None
    command = {"starts_at": "2030-03-02T23:00:00+08:00", "ends_at": "2030-03-03T01:00:00+08:00"}
    path = f"{API}/shifts/{shift['id']}/move"
    without = await house.organiser.post(path, command)
    stale = await house.organiser.post(path, command, headers={"If-Match": '"old"'})
    assert (without.status_code, stale.status_code) == (428, 412)

    etag = (await house.organiser.get(f"{API}/shifts/{shift['id']}")).headers["etag"]
    moved = await house.organiser.post(path, command, headers={"If-Match": etag})

    assert moved.json() == {"shift_id": shift["id"], "asked_again": 1, "called_off": 0}
    text = (await house.visitor.http.get(feed["path"])).content
    [event] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event.decoded("DTSTART").isoformat() == "2030-03-02T15:00:00+00:00"
    assert (await ada.ask("DELETE", f"{API}/calendar-feed")).status_code == 204
    assert (await house.visitor.http.get(feed["path"])).status_code == 404


@pytest.mark.parametrize("leads", [[5], [10**9], [60] * 6])
async def test_leads_that_cannot_be_are_refused_by_their_place(
    leads: list[int], house: House
) -> None:
    _, ada = await house.volunteer("ada")
    answer = await ada.ask("PUT", f"{API}/reminder-setting", json={"lead_minutes": leads})
    assert answer.status_code == 422
    good = await ada.ask("PUT", f"{API}/reminder-setting", json={"lead_minutes": [60, 1440]})
    assert good.json() == {"lead_minutes": [1440, 60]}
