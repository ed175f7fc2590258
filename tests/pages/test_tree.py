"""The pages of the tree and of tags: down and up again, a change with its history, a merger seen
before it happens, tags given line by line."""

import re
from uuid import UUID

import httpx2
import pytest

from models.core import OrganisationKind
from services import organisations, tags
from services.organisations import Organisation, OrganisationIn
from services.rights import Actor
from services.tags import TagIn
from tests.pages.scene import ORGANISER, VOLUNTEER, Scene
from tests.pages.visiting import Client, sign_in

K = OrganisationKind
WHY = "按公告"


async def made(actor: Actor, kind: K, name: str, parent_id: UUID | None = None) -> Organisation:
    command = OrganisationIn(kind=kind, name=name, parent_id=parent_id)
    return await organisations.create(actor, command)


async def test_one_goes_down_step_by_step_and_back(client: Client, scene: Scene) -> None:
    team = await made(scene.organiser, K.SERVICE_TEAM, "晨光服务队")
    await sign_in(client, ORGANISER)

    top = await client.get("/admin/tree")
    below = await client.get(f"/admin/tree/{team.id}")
    found = await client.get("/admin/tree", params={"text": "晨光"})
    nothing = await client.get("/admin/tree", params={"text": "没有这个"})

    assert f'href="/admin/tree/{team.id}"' in top.text
    assert f'href="/admin/tree/{scene.street_id}"' in below.text
    assert f'href="/admin/tree/{team.id}"' in found.text
    assert "没有找到" in nothing.text


async def test_a_change_stands_in_the_history_and_a_refusal_on_the_page(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, ORGANISER)
    node = f"/admin/tree/{scene.street_id}"

    made_ = await client.post(f"{node}/children", data={"kind": "school", "name": "梧桐中学"})
    wrong = await client.post(
        f"{node}/children",
        data={"kind": "school", "name": "另一所", "credit_code": "91110000600037341N"},
    )
    edited = await client.post(
        f"{node}/edit", data={"name": "梧桐街道办", "code": "310106012", "reason": WHY}
    )

    assert made_.status_code == edited.status_code == 303
    assert wrong.status_code == 422
    assert "校验位" in wrong.text
    assert 'value="另一所"' in wrong.text, "what was written stays in its form"
    page = await client.get(edited.headers["location"])
    assert "更名" in page.text
    assert WHY in page.text


async def test_a_merger_is_seen_before_it_happens(client: Client, scene: Scene) -> None:
    one = await made(scene.organiser, K.SERVICE_TEAM, "一队")
    other = await made(scene.organiser, K.SERVICE_TEAM, "二队")
    inner = await made(scene.organiser, K.SERVICE_TEAM, "小组", one.id)
    await sign_in(client, ORGANISER)
    address = f"/admin/tree/{one.id}/merge"

    preview = await client.get(address, params={"other_id": str(other.id)})
    into_itself = await client.get(address, params={"other_id": str(inner.id)})
    done = await client.post(address, data={"other_id": str(other.id), "reason": WHY})

    assert "1 个下级组织" in preview.text
    assert "确认合并" in preview.text
    assert "确认合并" not in into_itself.text
    assert done.headers["location"].startswith(f"/admin/tree/{other.id}")
    assert (await organisations.get(scene.organiser, inner.id)).parent_id == other.id
    assert "已合并" in (await client.get(f"/admin/tree/{one.id}")).text


async def test_a_move_asks_where_to_and_says_why_not(client: Client, scene: Scene) -> None:
    team = await made(scene.organiser, K.SERVICE_TEAM, "一队")
    inner = await made(scene.organiser, K.SERVICE_TEAM, "小组", team.id)
    await sign_in(client, ORGANISER)
    address = f"/admin/tree/{team.id}/move"

    choices = await client.get(address, params={"text": "街道"})
    refused = await client.post(address, data={"other_id": str(inner.id), "reason": WHY})
    closed = await client.post(f"/admin/tree/{team.id}/close", data={"reason": WHY})

    assert f"?other_id={scene.street_id}" in choices.text
    assert refused.status_code == 409
    assert "组织不能隶属于自己的下级" in refused.text
    assert closed.status_code == 409
    assert "还有 1 个下级组织" in closed.text


async def test_a_request_is_answered_on_the_members_page(client: Client, scene: Scene) -> None:
    await sign_in(client, VOLUNTEER)
    refused = await client.get(f"/admin/tree/{scene.street_id}/members")
    from_person = await client.post(
        f"/api/v1/volunteers/{scene.volunteer.volunteer_id}/memberships",
        json={"organisation_id": str(scene.street_id), "kind": "home"},
        headers={"Idempotency-Key": "once"},
    )
    await sign_in(client, ORGANISER)
    members = f"/admin/tree/{scene.street_id}/members"
    waiting = await client.get(members, params={"when": "requested"})
    answered = await client.post(f"/admin/memberships/{from_person.json()['id']}/accept")
    now = await client.get(members)

    assert refused.status_code in (403, 404)
    assert from_person.status_code == 201
    assert "同意" in waiting.text
    assert answered.status_code == 303
    assert "陈雨桐" in now.text


@pytest.fixture
async def tag_page(client: Client, scene: Scene) -> str:
    tag = await tags.define(scene.organiser, TagIn(organisation_id=scene.street_id, name="骨干"))
    await sign_in(client, ORGANISER)
    return f"/admin/tags/{tag.id}"


async def looked_at(client: Client, page: str, people: str) -> httpx2.Response:
    return await client.post(f"{page}/people", data={"people": people})


async def test_tags_are_given_line_by_line(client: Client, tag_page: str) -> None:
    wrong = await looked_at(client, tag_page, "陈雨桐\n没有此人")
    right = await looked_at(client, tag_page, "陈雨桐\n李沐阳\n陈雨桐")
    nobody = await client.get(tag_page)
    [store] = re.findall(r'action="(/admin/tags/[^"]+/store)"', right.text)
    stored = await client.post(store)
    page = await client.get(stored.headers["location"])

    assert wrong.status_code == 409
    assert "没有此人" in wrong.text
    assert "B3" in wrong.text
    assert right.status_code == 200
    assert "陈雨桐" not in nobody.text, "looking stores nothing"
    assert "陈雨桐" in page.text
    assert "李沐阳" in page.text


async def test_a_tag_is_defined_shown_below_and_retired(client: Client, scene: Scene) -> None:
    home = await made(scene.organiser, K.NEIGHBOURHOOD, "梧桐第二居委会")
    await sign_in(client, ORGANISER)
    defined = await client.post(
        "/admin/tags",
        data={"organisation_id": str(scene.street_id), "name": "夜间可用", "meaning": "22 点后"},
    )
    address = defined.headers["location"].partition("?")[0]
    granted = await client.post(f"{address}/grants", data={"organisation_id": str(home.id)})
    page = await client.get(address)
    again = await client.post(
        "/admin/tags", data={"organisation_id": str(scene.street_id), "name": "夜间可用"}
    )
    retired = await client.post(f"{address}/retire")
    last = await client.get(retired.headers["location"])

    assert granted.status_code == 303
    assert "梧桐第二居委会" in page.text
    assert again.status_code == 409
    assert "这一级已有同名标签" in again.text
    assert "已停用" in last.text
    assert "预览" not in last.text
