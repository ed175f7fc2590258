"""Over HTTP: a person's own profile and skills, and an office that looks at the skills."""

from typing import Any

from tests.api.conftest import House, shift_command
from tests.api.support import CLAIM

ME = "/api/v1/me"
SKILLS = "/api/v1/me/skills"
FIRST_AID = {
    "skill": "急救",
    "level": 3,
    "evidence": "红十字会救护员证",
    "evidence_kind": "first_aid_certificate",
}


async def test_a_person_changes_times_and_limits_without_an_organiser(house: House) -> None:
    _, person = await house.volunteer("lin")
    times = await person.get(f"{ME}/availability")
    wanted = {"windows": [{"weekday": 5, "start_minute": 480, "end_minute": 720}], "changes": []}

    changed = await person.put(f"{ME}/availability", wanted, times.headers["etag"])
    stale = await person.put(f"{ME}/availability", wanted, times.headers["etag"])
    before = await person.get(f"{ME}/profile")
    limits = {"max_shifts": 2, "home": [121.445, 31.216]}
    profile = await person.put(f"{ME}/profile", limits, before.headers["etag"])
    bare = await person.ask("PUT", f"{ME}/profile", json=limits)

    assert (changed.status_code, changed.json()["windows"]) == (200, wanted["windows"])
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    assert (profile.status_code, profile.json()["max_shifts"]) == (200, 2)
    assert (bare.status_code, bare.json()["code"]) == (428, "if_match_missing")
    seen = (await person.get(ME)).json()
    assert [each["kind"] for each in seen["todo"]] == []


async def test_accounts_that_are_nobody_s_own_are_told_so(house: House) -> None:
    for path in (ME, f"{ME}/profile", f"{ME}/availability", SKILLS):
        refused = await house.organiser.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "volunteers_only")
        assert (await house.visitor.get(path)).status_code == 401


async def test_a_skill_is_declared_confirmed_used_and_refused(house: House) -> None:
    _, person = await house.volunteer("lin")
    project = await house.published_project()
    command = shift_command(project["id"], 4, 9)
    command["roles"] = [{"key": "aid", "target": 2, "skills": {"急救": 3}}]
    shift = await house.organiser.made("/api/v1/shifts", command)
    claims = f"/api/v1/shifts/{shift['id']}/claims"

    early = await person.post(claims, CLAIM)
    declared = await person.made(SKILLS, FIRST_AID)
    twice = await person.post(SKILLS, FIRST_AID)
    [waiting] = (await house.organiser.get("/api/v1/skills")).json()["items"]
    elsewhere = await house.other_organiser.get(f"/api/v1/skills/{declared['id']}")
    by_self = await person.get(f"/api/v1/skills/{declared['id']}")
    too_long = await house.organiser.ask(
        "POST",
        f"/api/v1/skills/{declared['id']}/confirm",
        json={"expires_on": "2090-12-31"},
        headers={"If-Match": "*"},
    )

    assert (early.status_code, early.json()["code"]) == (409, "skills")
    assert "时间与技能" in early.json()["detail"]
    assert "急救证书" in early.json()["detail"]
    assert (twice.status_code, twice.json()["code"]) == (409, "skill_listed")
    assert (waiting["id"], waiting["skill"]["level"]) == (declared["id"], 3)
    assert elsewhere.status_code == 404
    assert (by_self.status_code, by_self.json()["code"]) == (403, "right_missing")
    # A certificate of first aid is looked at anew after three years.
    assert too_long.status_code == 422
    assert [each["code"] for each in too_long.json()["errors"]] == ["later_than_rule"]
    await _confirm_as_long_as_it_may(house, declared["id"])
    assert (await person.get(f"{SKILLS}/{declared['id']}")).json()["counts"] is True
    assert (await house.organiser.get("/api/v1/skills")).json()["items"] == []


async def _confirm_as_long_as_it_may(house: House, skill_id: str) -> None:
    path = f"/api/v1/skills/{skill_id}"
    seen = await house.organiser.get(path)
    done = await house.organiser.ask(
        "POST", f"{path}/confirm", json={}, headers={"If-Match": seen.headers["etag"]}
    )
    assert done.status_code == 200, done.text
    assert done.json()["skill"]["expires_on"] == seen.json()["latest_day"]


async def test_skills_are_changed_and_taken_off_by_their_holder(house: House) -> None:
    person_view, person = await house.volunteer("lin")
    made = await person.post(SKILLS, {"skill": "沪语", "level": 2})
    where = made.headers["location"]

    changed = await person.put(where, {"skill": "沪语", "level": 4}, made.headers["etag"])
    other_name = await person.put(where, {"skill": "粤语", "level": 4}, changed.headers["etag"])
    listed = await house.organiser.get(f"/api/v1/volunteers/{person_view['id']}/skills")
    gone = await person.ask("DELETE", where, headers={"If-Match": changed.headers["etag"]})

    assert (changed.json()["level"], changed.json()["counts"]) == (4, True)
    assert other_name.status_code == 422
    assert [each["skill"] for each in listed.json()["items"]] == ["沪语"]
    assert gone.status_code == 204
    assert (await person.get(SKILLS)).json()["items"] == []


async def test_anybody_may_know_what_has_to_be_confirmed(house: House) -> None:
    answer = await house.visitor.get("/api/v1/skill-rules")

    found: dict[str, Any] = {each["skill"]: each for each in answer.json()["items"]}
    assert found.keys() == {"急救", "医疗", "驾驶", "未成年人服务"}
    assert found["未成年人服务"]["valid_days_max"] == 365
    assert found["驾驶"]["lowest_level"] == "neighbourhood"
