"""What organisers do for shifts and for people's protection, on pages: without a browser."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from models.core import ClaimMode
from services import claims, clock, insurance, projects, shifts
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict
from services.paging import PageQuery
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.shifts import RoleIn, Shift, ShiftIn
from tests.pages.scene import (
    CLAIMER,
    EMPTY,
    NAMES,
    ORGANISER,
    SIGN_INS,
    VOLUNTEER,
    Scene,
    person,
)
from tests.pages.visiting import Client, sign_in

WEBHOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0"
RIVER, SPORTS = "苏河步道清洁 2", "街区运动会 2"


async def claim(scene: Scene, shift: Shift, settings: Settings, who: str = CLAIMER) -> str:
    command = ClaimIn(risk_statement_version=shift.risk_statement_version)
    actor = person(scene, SIGN_INS[who])
    return (await claims.claim(actor, shift.id, command, clock.now(), settings)).state.value


async def shift_to_approve(scene: Scene) -> Shift:
    like = await shifts.get(scene.organiser, scene.shift_ids[SPORTS])
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=20)
    command = ShiftIn(
        project_id=like.project_id,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        roles=[RoleIn(key="guide", target=1)],
        claim_mode=ClaimMode.APPROVE,
    )
    return await shifts.create(scene.organiser, command)


async def river(scene: Scene) -> Shift:
    return await shifts.get(scene.organiser, scene.shift_ids[RIVER])


async def test_the_shifts_to_come_say_what_each_waits_for(
    client: Client, scene: Scene, settings: Settings
) -> None:
    shift = await shift_to_approve(scene)
    assert await claim(scene, shift, settings) == "requested"
    await sign_in(client, ORGANISER)
    hub = (await client.get("/admin")).text
    assert re.search(r'href="/admin/shifts".*?1 项等你处理', hub, re.DOTALL)

    page = (await client.get("/admin/shifts")).text
    places = [page.index(f'href="/shifts/{each}"') for each in (scene.shift_ids[RIVER], shift.id)]
    assert places == sorted(places)
    mine = page[page.index(f'href="/shifts/{shift.id}"') :]
    assert "1 人待审核" in mine
    for way in ("requests", "lead", "move"):
        assert f'href="/shifts/{shift.id}/{way}"' in mine
    # It is the street's: the street beside it has none, and a volunteer no such page.
    await sign_in(client, EMPTY)
    assert "没有待开展的班次" in (await client.get("/admin/shifts")).text
    await sign_in(client, VOLUNTEER)
    assert (await client.get("/admin/shifts")).status_code == 403


async def test_claims_are_paused_and_taken_again_and_the_person_is_told(
    client: Client, scene: Scene, settings: Settings
) -> None:
    await sign_in(client, ORGANISER)
    assert "没有暂停任何人的报名" in (await client.get("/admin/blocks")).text
    found = await client.post("/admin/blocks/new", data={"q": "朱清"})
    [address] = re.findall(r'href="(/admin/blocks/new\?person=[0-9a-f-]+)"', found.text)
    assert "朱清和" in (await client.get(address)).text
    who = UUID(address.partition("=")[2])
    today = clock.now().astimezone(settings.zone).date()
    given = {
        "person": str(who),
        "last_day": (today + timedelta(days=9)).isoformat(),
        "reason": " 两次无故\u3000缺席，先休息一下 ",
    }

    wrong = await client.post("/admin/blocks", data={**given, "last_day": "", "reason": " "})
    assert wrong.status_code == 422
    assert wrong.text.count('class="fault"') == 2
    past = await client.post("/admin/blocks", data={**given, "last_day": "2020-01-01"})
    assert (past.status_code, "期限须在将来" in past.text) == (422, True)
    made = await client.post("/admin/blocks", data=given)
    assert (made.status_code, made.headers["location"]) == (303, "/admin/blocks?said=made")
    again = await client.post("/admin/blocks", data=given)
    assert (again.status_code, "已经暂停了这个人" in again.text) == (409, True)

    with pytest.raises(Conflict) as caught:
        await claim(scene, await river(scene), settings)
    assert caught.value.reason == "blocked_until"
    until = caught.value.parameters["until"]
    assert until.astimezone(settings.zone).date() == today + timedelta(days=10)  # type: ignore[attr-defined]
    page = (await client.get("/admin/blocks")).text
    assert "两次无故 缺席，先休息一下" in page
    [lift] = re.findall(r'action="(/admin/blocks/[0-9a-f-]+/lift)"', page)
    assert (await client.post(lift)).status_code == 303
    assert await claim(scene, await river(scene), settings) == "confirmed"
    async with entered(SYSTEM):
        told = await rows(
            "SELECT kind FROM notification WHERE volunteer_id = $1 AND kind LIKE 'claims_%' "
            "ORDER BY created_at",
            who,
        )
    assert [each["kind"] for each in told] == ["claims_blocked", "claims_unblocked"]


async def test_a_person_of_elsewhere_cannot_be_named(client: Client, scene: Scene) -> None:
    await sign_in(client, EMPTY)
    for person_id in (scene.people[0], UUID(int=0)):
        assert (await client.get(f"/admin/blocks/new?person={person_id}")).status_code == 404
    assert (await client.get("/admin/blocks/new?person=nobody")).status_code == 404
    given = {"person": str(scene.people[0]), "last_day": "2099-01-01", "reason": "No"}
    assert (await client.post("/admin/blocks", data=given)).status_code == 404


async def protection_of(client: Client, project_id: UUID, form: str) -> tuple[str, str]:
    """The page, and the tag that the form with this address carries."""
    page = (await client.get(f"/projects/{project_id}/protection")).text
    part = page[page.index(f'action="/projects/{project_id}/protection/{form}"') :]
    return page, re.findall(r'name="tag" value="([^"]*)"', part)[0]


async def test_a_project_becomes_dangerous_only_with_its_people_insured(
    client: Client, scene: Scene, settings: Settings
) -> None:
    shift = await river(scene)
    await claim(scene, shift, settings)
    base = f"/projects/{shift.project_id}/protection"
    await sign_in(client, ORGANISER)
    page, tag = await protection_of(client, shift.project_id, "risk")
    assert "没有保险也不影响报名" in page
    refused = await client.post(f"{base}/risk", data={"tag": tag, "is_dangerous": "yes"})
    assert (refused.status_code, "将有 1 个" in refused.text) == (409, True)

    first = shift.starts_at.astimezone(settings.zone).date()
    policy = {"insurer": "人保财险", "number": "P-1", "first_day": first.isoformat()}
    wrong = await client.post(f"{base}/policies", data={**policy, "last_day": "2020-01-01"})
    assert (wrong.status_code, 'value="人保财险"' in wrong.text) == (422, True)
    for people in ("0", "many"):
        odd = {**policy, "last_day": first.isoformat(), "people_max": people}
        assert (await client.post(f"{base}/policies", data=odd)).status_code == 422
    made = {**policy, "last_day": first.isoformat(), "people_max": "5"}
    assert (await client.post(f"{base}/policies", data=made)).status_code == 303
    twice = await client.post(f"{base}/policies", data=made)
    assert (twice.status_code, "已有同号的保单" in twice.text) == (409, True)

    # What was seen before is not what is there now: somebody else may have changed it.
    stale = await client.post(f"{base}/risk", data={"tag": "f" * 32, "is_dangerous": "yes"})
    assert stale.status_code == 412
    assert (
        await client.post(f"{base}/risk", data={"tag": tag, "is_dangerous": "yes"})
    ).status_code == 303
    assert (await projects.get(scene.organiser, shift.project_id)).is_dangerous
    page = (await client.get(base)).text
    assert "24 个名额中 5 个有保险" in page
    assert page.count('class="partly"') == 1
    assert page.count('class="policy"') == 1
    [remove] = re.findall(rf'action="({base}/policies/[0-9a-f-]+/remove)"', page)
    kept = await client.post(remove)
    assert (kept.status_code, "失去保障" in kept.text) == (409, True)

    _, tag = await protection_of(client, shift.project_id, "risk")
    assert (
        await client.post(f"{base}/risk", data={"tag": tag, "is_dangerous": "no"})
    ).status_code == 303
    assert (await client.post(remove)).status_code == 303
    left = await insurance.list_of(scene.organiser, shift.project_id, PageQuery())
    assert left.items == []


async def test_the_agreement_of_heavy_risk_is_written_and_needs_words(
    client: Client, scene: Scene
) -> None:
    shift = await river(scene)
    base = f"/projects/{shift.project_id}/protection"
    await sign_in(client, ORGANISER)
    _, tag = await protection_of(client, shift.project_id, "agreement")
    empty = await client.post(f"{base}/agreement", data={"tag": tag, "is_heavy_risk": "yes"})
    assert empty.status_code == 422
    assert 'id="text-wrong"' in empty.text
    words = {"tag": tag, "is_heavy_risk": "yes", "text": "下水前须有两人在岸上。\r\n听从指挥。"}
    assert (await client.post(f"{base}/agreement", data=words)).status_code == 303
    page = (await client.get(base)).text
    assert "重大风险" in page
    assert "下水前须有两人在岸上。\n听从指挥。" in page
    listed = (await client.get("/admin/projects")).text
    assert "重大风险" in listed.partition(str(shift.project_id))[2].partition("</li>")[0]
    # Heavy risk is dangerous: that is not taken back beside it.
    assert f'action="{base}/risk"' not in page
    stale = await client.post(f"{base}/agreement", data={**words, "text": "另一版"})
    assert (stale.status_code, "另一版" in stale.text) == (412, True)


async def test_a_group_is_connected_tried_and_taken_out_and_its_address_never_shown(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, ORGANISER)
    node = {"organisation_id": str(scene.street_id), "name": "河道组织者群"}
    wrong = await client.post("/admin/robots", data={**node, "address": "https://x.cn/?key=secret"})
    assert wrong.status_code == 422
    assert "Webhook 地址" in wrong.text
    assert "key=secret" not in wrong.text
    long = {**node, "name": "长" * 81, "address": WEBHOOK}
    assert (await client.post("/admin/robots", data=long)).status_code == 422
    assert (
        await client.post("/admin/robots", data={**node, "address": WEBHOOK})
    ).status_code == 303
    page = (await client.get("/admin/robots?said=added")).text
    assert "河道组织者群" in page
    assert "693a91f6" not in page
    assert "还没发过消息" in page

    [test] = re.findall(r'action="(/admin/robots/[0-9a-f-]+/test)"', page)
    assert (await client.post(test)).status_code == 303
    soon = await client.post(test)
    assert (soon.status_code, "请过 60 秒再试" in soon.text) == (409, True)
    async with entered(SYSTEM):
        found = await rows("SELECT id FROM message WHERE kind = 'robot_test'")
        assert len(found) == 1
        await rows("UPDATE message SET outcome = '93000' WHERE id = $1", found[0]["id"])
    assert "没有送到（93000）" in (await client.get("/admin/robots")).text
    async with entered(SYSTEM):
        await rows(
            "UPDATE message SET sent_at = $2, text_cipher = NULL, outcome = NULL WHERE id = $1",
            found[0]["id"],
            clock.now(),
        )
    assert "最近一条" in (await client.get("/admin/robots")).text
    await sign_in(client, EMPTY)
    assert "河道组织者群" not in (await client.get("/admin/robots")).text
    assert (await client.post(test)).status_code == 404
    await sign_in(client, ORGANISER)
    assert (await client.post(test.replace("/test", "/end"))).status_code == 303
    assert "还没有接入群" in (await client.get("/admin/robots")).text


async def test_a_free_seat_is_given_to_somebody_who_waits_on_the_page_of_the_shift(
    client: Client, scene: Scene, settings: Settings
) -> None:
    shift = await shift_to_approve(scene)
    await claim(scene, shift, settings)
    [held] = (await claims.list_of_shift(scene.organiser, shift.id, PageQuery())).items
    await claims.approve(scene.organiser, held.id, clock.now(), settings)
    command = ClaimIn(risk_statement_version=shift.risk_statement_version, or_wait=True)
    await claims.claim(person(scene, 0), shift.id, command, clock.now(), settings)
    await sign_in(client, ORGANISER)
    path = f"/shifts/{shift.id}/requests"
    page = (await client.get(path)).text
    assert "由你选人来问" in page
    assert "问问这位" not in page
    holder = person(scene, SIGN_INS[CLAIMER])
    await claims.withdraw(holder, held.id, clock.now(), settings)
    page = (await client.get(path)).text
    [offer] = re.findall(rf'action="({path}/[0-9a-f-]+)"', page)
    asked = await client.post(offer, data={"decision": "yes"})
    assert "?done=asked&claim=" in asked.headers["location"]
    page = (await client.get(asked.headers["location"])).text
    assert f"已经问了 {NAMES[0]}" in page
    assert "已问，等本人答复" in page
    assert "前答复" in page


async def test_every_page_reads_in_english(client: Client, scene: Scene) -> None:
    await sign_in(client, ORGANISER)
    shift = await river(scene)
    for path, words in {
        "/admin/shifts": "Shifts ahead",
        "/admin/projects": "Projects and protection",
        "/admin/blocks": "Paused sign-ups",
        "/admin/blocks/new": "Whose sign-ups?",
        f"/admin/blocks/new?person={scene.people[0]}": "Pause sign-ups for",
        "/admin/robots": "Chat groups",
        f"/projects/{shift.project_id}/protection": "Protection",
    }.items():
        page = await client.get(path, headers={"Accept-Language": "en"})
        assert (page.status_code, 'lang="en"' in page.text) == (200, True), path
        assert re.search(rf"<h1>\s*(?:<span[^>]*>)?{re.escape(words)}", page.text), path
