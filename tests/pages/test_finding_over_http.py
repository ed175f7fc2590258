"""What the pages of finding answer to odd addresses, refusals of being matched, and positions."""

import re
from datetime import datetime, timedelta
from typing import Any

from services import agreements, claims, clock, insurance, shifts
from services.agreements import AgreementIn
from services.claims import ClaimIn
from services.insurance import PolicyIn
from services.settings import Settings
from services.shifts import RoleIn, Shift, ShiftIn
from tests.pages.scene import UNSKILLED, VOLUNTEER, Scene, person
from tests.pages.visiting import Client, sign_in


async def test_whoever_refuses_to_be_matched_sees_everything_and_nothing_worked_out(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, VOLUNTEER)
    await client.post("/me/consents/answer", data={"purpose": "matching", "answer": "no"})

    page = (await client.get("/?view=you")).text

    assert "已关闭推荐" in page
    assert 'class="for-you"' not in page
    assert len(re.findall(r'class="cover"', (await client.get("/")).text)) == 6
    assert (await client.get("/?order=fit")).status_code == 409


async def test_an_address_that_makes_no_sense_is_read_as_far_as_it_does(
    client: Client, scene: Scene
) -> None:
    for query in (
        "view=attic",
        "day=yesterday",
        "near=5",
        "free=1",
        "order=fit",
        "order=distance",
        "box=1,2,3",
        "box=a,b,c,d",
        "view=you",
        "q=%00",
    ):
        page = await client.get(f"/?{query}")
        assert page.status_code == 200, query
        assert 'class="cover"' in page.text, query


async def test_a_position_that_is_none_leads_back_to_the_list(client: Client, scene: Scene) -> None:
    for wrong in (
        {},
        {"longitude": "east", "latitude": "31"},
        {"longitude": "1", "latitude": "91"},
    ):
        answer = await client.post("/nearby", data=wrong)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    near = await client.post("/nearby", data={"longitude": "121.481", "latitude": "31.216"})
    assert near.status_code == 200
    assert near.headers["cache-control"] == "private, no-cache"
    assert "geolocation=(self)" in near.headers["permissions-policy"]
    assert "geolocation=()" in (await client.get("/sign-in")).headers["permissions-policy"]


async def a_shift(scene: Scene, begins: datetime, hours: int, **given: Any) -> Shift:
    """One more shift of the sports, with a single seat."""
    like = await shifts.get(scene.organiser, scene.shift_ids["街区运动会 2"])
    command = ShiftIn(
        project_id=like.project_id,
        starts_at=begins,
        ends_at=begins + timedelta(hours=hours),
        place=like.place,
        roles=[RoleIn(key="guide", name="引导员", target=1)],
        **given,
    )
    return await shifts.create(scene.organiser, command)


def at_ten_in_the_evening(settings: Settings, days: int) -> datetime:
    today = clock.now().astimezone(settings.zone)
    return today.replace(hour=22, minute=0, second=0, microsecond=0) + timedelta(days=days)


async def test_a_full_shift_says_so_on_its_card_and_offers_its_waiting_list(
    client: Client, scene: Scene, settings: Settings
) -> None:
    shift = await a_shift(scene, at_ten_in_the_evening(settings, 6), 1)
    begun = ClaimIn(risk_statement_version=shift.risk_statement_version)
    await claims.claim(person(scene, 9), shift.id, begun, clock.now(), settings)

    day = shift.starts_at.astimezone(settings.zone).date()
    listed = (await client.get(f"/?day={day}")).text
    page = (await client.get(f"/shifts/{shift.id}")).text

    assert "已满 · 可候补" in listed
    assert "人手已够" not in listed
    assert "登录后候补" in page
    assert "登录后报名" not in page
    assert "立即生效" not in page


async def test_an_end_on_another_day_is_marked_and_a_day_apart_comes_first(
    client: Client, scene: Scene, settings: Settings
) -> None:
    evening = at_ten_in_the_evening(settings, 40)
    await a_shift(scene, evening, 3)

    page = (await client.get(f"/?day={evening.date()}")).text

    assert "次日" in page
    chosen = page.index(f"{evening.month}月{evening.day}日</span>")
    assert chosen < page.index("今天</b>")


async def test_a_day_and_words_without_a_shift_say_what_was_looked_for(
    client: Client, scene: Scene
) -> None:
    words = (await client.get("/?q=潜水")).text
    day = (await client.get("/?day=2020-01-01&category=体育")).text

    assert "没有找到“潜水”" in words
    assert "这一天没有班次" in day
    assert "2020年1月1日</span>" in day
    assert "看全部日期" in day


async def test_what_heavy_risk_asks_for_stands_with_each_role(client: Client, scene: Scene) -> None:
    shift_id = scene.shift_ids["苏河步道清洁 2"]
    shift, now = await shifts.get(scene.organiser, shift_id), clock.now()
    until = now + timedelta(days=90)
    policy = PolicyIn(insurer="平安", number="1", covers_from=now, covers_until=until)
    await insurance.add(scene.organiser, shift.project_id, policy)
    words = AgreementIn(is_heavy_risk=True, text="听从安排。")
    await agreements.write(scene.organiser, shift.project_id, words, None, now)

    page = (await client.get(f"/shifts/{shift_id}")).text
    await sign_in(client, VOLUNTEER)
    asked = (await client.get(f"/shifts/{shift_id}/claim?role=clean")).text

    for said in ("年满 18 岁", "先签署志愿服务协议", "先签协议，再报名"):
        assert said in page
    assert "人人可报名" not in page
    assert ">先签协议</h1>" in asked
    assert "立即生效" not in page + asked


async def test_a_no_names_the_other_role_and_offers_the_refused_one_no_more(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, UNSKILLED)
    sports = f"/shifts/{scene.shift_ids['街区运动会 2']}"

    answer = await client.post(f"{sports}/claims", data={"role": "aid", "version": "1"})

    assert answer.status_code == 409
    assert "这个班次的“引导员”你可以报名" in answer.text
    assert "claim?role=guide" in answer.text
    assert "claim?role=aid" not in answer.text
    assert answer.text.index("<h1") < answer.text.index('role="alert"')
    assert 'href="/me/profile"' in answer.text


async def test_a_clash_leads_to_the_shift_that_is_in_the_way(
    client: Client, scene: Scene, settings: Settings
) -> None:
    await sign_in(client, VOLUNTEER)
    evening = at_ten_in_the_evening(settings, 9)
    mine = await a_shift(scene, evening, 2)
    other = await a_shift(scene, evening + timedelta(hours=1), 2)
    fields = {"role": "guide", "version": str(mine.risk_statement_version)}
    await client.post(f"/shifts/{mine.id}/claims", data=fields)

    answer = await client.post(f"/shifts/{other.id}/claims", data=fields)

    assert answer.status_code == 409
    assert f'href="/shifts/{mine.id}"' in answer.text
    assert "claim?role=" not in answer.text.partition("<aside")[0].partition('id="roles"')[2]
