"""My shifts, without a browser: each says how it stands, and what is asked is asked once."""

from typing import Any

import pytest

from services import clock
from services.settings import Settings
from tests.pages.scene import Scene
from tests.pages.screens import FRIEND, ME, THIRD
from tests.pages.states_of_mine import my_states
from tests.pages.visiting import Client, sign_in

Places = dict[str, Any]


@pytest.fixture
async def places(scene: Scene, settings: Settings) -> Places:
    return await my_states(scene, clock.now(), settings)


async def test_the_inbox_asks_about_a_moved_shift_and_a_swap(
    client: Client, places: Places
) -> None:
    await sign_in(client, ME)
    moved, swapping = (f"/mine/{places[name]}" for name in ("moved", "swapping"))

    asked = (await client.get("/inbox")).text
    assert f'action="{moved}/confirm"' in asked
    assert f'action="{moved}/cancel"' in asked
    assert f'href="{swapping}#swap-' in asked
    assert (await client.post(f"{moved}/confirm")).status_code == 303
    assert f'action="{moved}/confirm"' not in (await client.get("/inbox")).text


async def test_a_seat_says_how_it_stands_and_the_way_out_of_it(
    client: Client, places: Places
) -> None:
    await sign_in(client, ME)

    async def shown(name: str) -> str:
        return (await client.get(f"/mine/{places[name]}")).text

    offered = await shown("offered")
    assert "等你答复" in offered
    assert "/decline" in offered
    assert f"/mine/{places['offered']}/cancel" not in offered
    assert "改期，等你确认" in await shown("moved")
    assert "转让中" in await shown("linked")
    assert "组织者取消" in await shown("called_off")
    draw = await shown("entered")
    assert "抽签决定" in draw
    assert "退出抽签" in draw
    assert "撤回申请" in await shown("requested")
    assert "退出候补" in await shown("waitlisted")
    late = await shown("late")
    assert "再点一下“我会来”" in late
    await client.post(f"/mine/{places['late']}/confirm")
    assert "再点一下“我会来”" not in await shown("late")


async def test_links_to_friends_say_who_has_a_seat_and_what_to_do_where_they_lead_nowhere(
    client: Client, places: Places
) -> None:
    group, link = f"/buddies/{places['seated_group']}", f"/stand-in/{places['link']}"
    await sign_in(client, FRIEND)
    seated = (await client.get(group)).text
    assert "你们 2 人已报上" in seated
    assert "打开我的班次" in seated

    await sign_in(client, THIRD)
    closed = (await client.get(group)).text
    assert "已加入" not in closed
    assert "自己报名" in closed
    for wrong in ("/buddies/wrong", "/stand-in/wrong"):
        nowhere = await client.get(wrong)
        assert (nowhere.status_code, "请朋友再发一个" in nowhere.text) == (404, True)

    await sign_in(client, ME)
    own = (await client.get(link)).text
    assert f'{link}"' in own
    assert f'action="/mine/{places["linked"]}/keep"' in own
