"""Where people are led when something does not go as they meant, and what they may know."""

import re
from datetime import timedelta

from services import clock, shifts
from services.settings import Settings
from services.shifts import RoleIn, ShiftIn
from tests.pages.scene import ORGANISER, UNSKILLED, Scene, fill
from tests.pages.visiting import Client, sign_in


async def test_refused_claim_says_why_and_what_else_there_is(client: Client, scene: Scene) -> None:
    await sign_in(client, UNSKILLED)
    shift = f"/shifts/{scene.shift_ids['街区运动会 2']}"

    answer = await client.post(f"{shift}/claims", data={"role": "aid", "version": "1"})

    assert answer.status_code == 409
    why, instead = answer.text.split("你可以参加这些")
    assert "急救" in why
    assert "在附近，有的在其他日子。" in instead
    others = re.findall(r'class="cover" href="(/shifts/[^"]+)"', answer.text)
    assert len(others) >= 3
    assert shift not in others
    for other in others:
        its_page = (await client.get(other)).text
        assert re.search(rf'href="{other}/claim\?role=[^"&]+"', its_page), "no seat is left there"


async def test_nobody_is_pointed_to_what_they_cannot_take(
    client: Client, scene: Scene, settings: Settings
) -> None:
    """The books are full and the talk asks for a skill; only the sports have a seat for her."""
    await fill(scene, clock.now(), settings)
    shift = f"/shifts/{scene.shift_ids['长者智能手机课堂 1']}"
    await sign_in(client, UNSKILLED)

    answer = await client.post(f"{shift}/claims", data={"role": "teach", "version": "1"})

    others = re.findall(r'class="cover" href="/shifts/([^"]+)"', answer.text)
    assert str(scene.shift_ids["社区图书角整理 1"]) not in others
    assert str(scene.shift_ids["街区运动会 2"]) in others
    first, *_ = re.findall(r'<p class="small strong">([^<]+)<', answer.text)
    assert "月" in first


async def test_address_of_a_button_leads_to_its_page(client: Client, scene: Scene) -> None:
    shift = f"/shifts/{scene.shift_ids['街区运动会 2']}"
    for button, its_page in (
        (f"{shift}/claims", shift),
        (f"/offers/{scene.street_id}/accept", "/inbox"),
        (f"/rounds/{scene.street_id}/publish", f"/rounds/{scene.street_id}"),
        ("/sign-out", "/"),
    ):
        answer = await client.get(button)
        assert (answer.status_code, answer.headers["location"]) == (303, its_page)


async def test_session_that_ended_is_said(client: Client, scene: Scene) -> None:
    assert "请重新登录" not in (await client.get("/sign-in?back=/inbox")).text
    client.cookies.set("mulin", "0" * 43)
    answer = await client.get("/inbox?said=accepted")
    assert answer.headers["location"] == "/sign-in?back=%2Finbox"
    assert "请重新登录" in (await client.get(answer.headers["location"])).text


async def test_what_people_wrote_is_marked_as_chinese_on_english_pages(
    client: Client, scene: Scene
) -> None:
    shift = f"/shifts/{scene.shift_ids['街区运动会 2']}"
    english = (await client.get(shift, headers={"Accept-Language": "en"})).text
    assert '<h1><span lang="zh-CN">街区运动会</span></h1>' in english
    assert "<h1>街区运动会</h1>" in (await client.get(shift)).text


async def test_members_only_is_said_by_name_to_those_who_may_know(
    client: Client, scene: Scene, settings: Settings
) -> None:
    now = clock.now()
    model = await shifts.get(scene.organiser, scene.shift_ids["街区运动会 2"])
    role = RoleIn(key="in", target=1, groups=[scene.street_id])
    command = ShiftIn(
        project_id=model.project_id,
        starts_at=(now + timedelta(days=3)).replace(second=0, microsecond=0),
        ends_at=(now + timedelta(days=3, hours=2)).replace(second=0, microsecond=0),
        roles=[role],
    )
    made = await shifts.create(scene.organiser, command)
    assert "限指定组织的成员" in (await client.get(f"/shifts/{made.id}")).text
    await sign_in(client, ORGANISER)
    assert "限梧桐街道的成员" in (await client.get(f"/shifts/{made.id}")).text


async def test_a_part_of_a_page_is_not_replaced_by_the_form_to_sign_in(
    client: Client, scene: Scene
) -> None:
    address = f"/shifts/{scene.shift_ids['街区运动会 2']}/lead/people"
    answer = await client.get(address, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert answer.headers["hx-redirect"].startswith("/sign-in?back=")
    assert answer.text == ""
    await sign_in(client, ORGANISER)
    assert (await client.get(address, headers={"HX-Request": "true"})).status_code == 200
