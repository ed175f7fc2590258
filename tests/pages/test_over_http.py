"""What pages answer: states, refusals, forms sent twice, addresses from elsewhere."""

import re
from datetime import timedelta

import httpx2
import pytest

from api.app import create_app
from services import accounts, clock, offers, planning, rounds
from services.paging import PageQuery
from services.rounds import PublishIn
from services.settings import Settings
from tests.pages.scene import (
    CLAIMER,
    ORGANISER,
    SIGN_INS,
    VOLUNTEER,
    Scene,
    clash,
    fail_round,
    fill,
    person,
    plan_requested,
    plan_round,
    request_round,
)
from tests.pages.visiting import Client, sign_in


async def test_language_follows_the_browser_until_the_reader_chooses(client: Client) -> None:
    assert 'lang="zh-CN"' in (await client.get("/")).text
    assert 'lang="en"' in (await client.get("/", headers={"Accept-Language": "en-GB"})).text

    answer = await client.post("/language", data={"language": "en", "back": "/sign-in"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    page = await client.get("/sign-in", headers={"Accept-Language": "zh"})
    assert 'lang="en"' in page.text
    assert page.headers["content-language"] == "en"


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "", "/a\nb"]
)
async def test_nobody_is_led_to_another_site(client: Client, back: str) -> None:
    answer = await client.post("/language", data={"language": "en", "back": back})
    assert answer.headers["location"] == "/"


async def test_sign_in_refuses_leads_back_and_ends(client: Client, scene: Scene) -> None:
    wrong = await client.post("/sign-in/staff", data={"name": VOLUNTEER, "password": "not-it"})
    assert wrong.status_code == 401
    assert f'value="{VOLUNTEER}"' in wrong.text
    assert "not-it" not in wrong.text

    asked = await client.get("/inbox")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?back=%2Finbox")
    await sign_in(client, VOLUNTEER)
    assert (await client.get("/inbox")).status_code == 200

    await client.post("/sign-out")
    assert (await client.get("/inbox")).status_code == 303


async def test_who_lost_a_role_is_told_at_the_next_page(client: Client, scene: Scene) -> None:
    await sign_in(client, ORGANISER)
    await accounts.end_sessions(scene.organiser.account_id, "role_lost", clock.now())
    led = await client.get("/rounds")
    assert led.status_code == 303
    page = await client.get(led.headers["location"])
    assert "你的一项职责已结束" in page.text


async def test_a_step_that_is_gone_begins_anew(client: Client, scene: Scene) -> None:
    lost = await client.get("/sign-in/step")
    assert (lost.status_code, lost.headers["location"]) == (303, "/sign-in?back=%2F&over=1")
    assert "登录已过期，请重新开始" in (await client.get(lost.headers["location"])).text
    late = await client.post("/sign-in/step", data={"code": "123456"})
    assert late.status_code == 410
    assert "登录已过期，请重新开始" in late.text


async def test_other_sites_cannot_press_buttons(client: Client, scene: Scene) -> None:
    await sign_in(client, VOLUNTEER)
    shift = f"/shifts/{scene.shift_ids['街区运动会 2']}"

    answer = await client.post(
        f"{shift}/claims",
        data={"role": "guide", "version": "1"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert "你已报名" not in (await client.get(shift)).text


async def test_claim_goes_through_sign_in_and_a_second_tap_is_harmless(
    client: Client, scene: Scene
) -> None:
    shift = f"/shifts/{scene.shift_ids['街区运动会 2']}"
    visitor = await client.post(f"{shift}/claims", data={"role": "guide", "version": "1"})
    assert visitor.headers["location"] == f"/sign-in?back={shift.replace('/', '%2F')}"

    await sign_in(client, CLAIMER)
    for _ in range(2):
        answer = await client.post(f"{shift}/claims", data={"role": "guide", "version": "1"})
        assert (answer.status_code, answer.headers["location"]) == (303, shift)

    page = await client.get(shift)
    assert "你已报名，做引导员" in page.text
    assert "还缺 1 人" in page.text


async def test_shifts_can_be_narrowed_by_day_kind_and_distance(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, VOLUNTEER)

    async def names(query: str) -> list[str]:
        return re.findall(r'class="cover"[^>]*>([^<]+)<', (await client.get(f"/?{query}")).text)

    day = scene.first_day + timedelta(days=1)
    assert await names(f"day={day}") == ["苏河步道清洁", "街区运动会"]
    assert await names("category=文化") == ["社区图书角整理"] * 2
    assert "街区运动会" not in await names("near=2")
    assert len(await names("near=5")) == 6
    assert len(await names("day=never&near=far&after=")) == 6
    assert (await client.get("/?after=nonsense")).status_code == 422


async def test_answers_to_offers_hold_and_strangers_have_none(
    client: Client, scene: Scene, settings: Settings
) -> None:
    now = clock.now()
    round_id = await plan_round(scene, now, settings)
    await rounds.publish(scene.organiser, round_id, PublishIn(), now, settings)
    [first, second, *_] = (await offers.list_mine(scene.volunteer, PageQuery(), now)).items
    await sign_in(client, CLAIMER)
    assert (await client.post(f"/offers/{first.id}/accept")).status_code == 404

    await sign_in(client, VOLUNTEER)
    for _ in range(2):
        answer = await client.post(f"/offers/{first.id}/accept")
        assert answer.headers["location"] == "/inbox?said=accepted"
    assert (await client.post(f"/offers/{second.id}/decline")).status_code == 303
    late = await client.post(f"/offers/{second.id}/accept")

    assert late.status_code == 409
    [alert] = re.findall(r'role="alert">(.*?)</div>', late.text, re.DOTALL)
    assert "你已经婉拒了这份邀约，名额已让出。" in alert
    past = (await client.get("/mine?show=past")).text
    [declined] = re.findall(r"<article.*?</article>", past, re.DOTALL)
    assert "已婉拒" in declined
    assert second.shift.project_name in declined


async def test_round_is_asked_for_once_however_often_the_form_is_sent(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, ORGANISER)
    form = (await client.get("/rounds/new")).text
    fields = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', form))
    fields |= {"organisation_id": str(scene.street_id), "seconds_max": "60"}

    answers = [await client.post("/rounds", data=fields) for _ in range(3)]

    first, *again = answers
    assert first.status_code == 303
    # A form is good once; whoever sends it again is led to what came of it.
    assert {answer.status_code for answer in again} == {409}
    assert all(first.headers["location"] in answer.text for answer in again)
    listed = (await rounds.list_page(scene.organiser, PageQuery())).items
    assert [(each.state, each.seconds_max) for each in listed] == [("solving", 60)]
    assert listed[0].rules == rounds.RulesIn()


FAULTS = (
    ("last_day", "2020-01-01", "最后一天早于第一天"),
    ("first_day", "", "请选择日期"),
    ("speed_kmh", "fast", "请填整数"),
    ("speed_kmh", "0", "最小为 1"),
    ("travel", "-1", "最小为 0"),
    ("organisation_id", "x", "编号"),
)


async def test_form_of_a_round_says_what_is_wrong_and_keeps_the_rest(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, ORGANISER)
    fields = {
        "organisation_id": str(scene.street_id),
        "first_day": scene.first_day.isoformat(),
        "last_day": scene.last_day.isoformat(),
        "seconds_max": "20",
        "min_rest_minutes": "471",
    }
    for field, value, said in FAULTS:
        answer = await client.post("/rounds", data=fields | {field: value})
        fault = re.search(rf'id="fault-{field}">([^<]*)<', answer.text)
        assert answer.status_code == 400
        assert fault is not None
        assert said in fault[1]
        assert 'value="471"' in answer.text
    assert (await rounds.list_page(scene.organiser, PageQuery())).items == []


async def test_round_can_be_cancelled_discarded_published_but_not_stale(
    client: Client, scene: Scene, settings: Settings
) -> None:
    await sign_in(client, ORGANISER)
    now = clock.now()
    cancelled = await request_round(scene, now, settings)
    assert (await client.post(f"/rounds/{cancelled}/cancel")).status_code == 303
    assert "你停止了这次编排" in (await client.get(f"/rounds/{cancelled}")).text

    discarded = await plan_round(scene, now, settings)
    await client.post(f"/rounds/{discarded}/discard")
    assert "你搁置了这份方案" in (await client.get(f"/rounds/{discarded}")).text
    assert (await client.post(f"/rounds/{discarded}/publish")).status_code == 409

    moved = await plan_round(scene, now, settings)
    past = {"deadline_at": "2020-01-01T00:00"}
    late = await client.post(f"/rounds/{moved}/publish", data=past)
    assert late.status_code == 422
    assert "期限须在将来" in late.text
    assert "发布并发出邀约" in late.text
    await fill(scene, now, settings)
    refused = await client.post(f"/rounds/{moved}/publish")
    assert refused.status_code == 409
    assert "重新编排" in refused.text
    await client.post(f"/rounds/{moved}/solve")
    await plan_requested(moved, now, settings)
    deadline = now.astimezone(settings.zone) + timedelta(hours=3)
    form = {"deadline_at": deadline.strftime("%Y-%m-%dT%H:%M")}
    assert (await client.post(f"/rounds/{moved}/publish", data=form)).status_code == 303

    assert "答复情况" in (await client.get(f"/rounds/{moved}")).text
    deadlines = {
        offer.deadline_at
        for number in SIGN_INS.values()
        for offer in (await offers.list_mine(person(scene, number), PageQuery(), now)).items
    }
    assert deadlines == {deadline.replace(second=0, microsecond=0)}


async def test_moving_part_of_a_round_asks_for_the_whole_page_when_done(
    client: Client, scene: Scene, settings: Settings
) -> None:
    await sign_in(client, ORGANISER)
    round_id = await request_round(scene, clock.now(), settings)
    running = await client.get(f"/rounds/{round_id}/progress")
    assert "hx-refresh" not in running.headers
    assert "<html" not in running.text

    await plan_requested(round_id, clock.now(), settings)

    done = await client.get(f"/rounds/{round_id}/progress")
    assert done.headers["hx-refresh"] == "true"


async def test_while_a_round_is_worked_out_what_can_still_be_gained_is_said(
    client: Client, scene: Scene, settings: Settings
) -> None:
    await sign_in(client, ORGANISER)
    round_id = await request_round(scene, clock.now(), settings)
    attempt = await planning.begin(round_id, clock.now(), settings)
    assert attempt is not None
    reached = rounds.Score(shortfall=0, open=321, cost=98765)
    proven = rounds.Score(shortfall=0, open=321, cost=87654)
    progress = planning.Progress(stage="cost", fraction=0.5, score=reached, bound=proven)
    await planning.heartbeat(attempt, progress, clock.now())

    page = (await client.get(f"/rounds/{round_id}")).text

    assert "至多再改善 12%。" in page
    assert "空缺至多还能补上" not in page  # Of what is proven already there is no more to say.


async def test_planning_is_for_organisers_of_the_place(client: Client, scene: Scene) -> None:
    assert (await client.get("/rounds")).headers["location"] == "/sign-in?back=%2Frounds"
    await sign_in(client, VOLUNTEER)
    for path in ("/rounds", "/rounds/new"):
        assert (await client.get(path)).status_code == 403
    assert (await client.post("/rounds", data={})).status_code == 403


@pytest.mark.parametrize("path", ["/nowhere", "/shifts/not-an-id", "/shifts/" + "0" * 32])
async def test_what_is_not_there_is_said_in_the_layout(client: Client, path: str) -> None:
    answer = await client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "<h1" in answer.text
    assert 'href="/sign-in"' in answer.text
    assert "only for those who are signed in" in answer.text
    assert "/api/" not in answer.text


async def test_wrong_method_names_the_right_ones(client: Client) -> None:
    answer = await client.delete("/sign-in")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


async def test_form_that_is_no_form_is_refused(client: Client, scene: Scene) -> None:
    await sign_in(client, VOLUNTEER)
    for content, kind, status in (
        (b"{}", "application/json", 415),
        (b"a=%ff", "application/x-www-form-urlencoded", 400),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
    ):
        headers = {"Content-Type": kind}
        answer = await client.post("/language", content=content, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")


async def test_crash_shows_a_number_and_nothing_else() -> None:
    """Without a database every page that reads one fails; the page that says so needs none."""
    app = create_app(Settings(database_url="postgres://nobody@127.0.0.1:1/none"))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with Client(transport=transport, base_url="http://testserver") as client:
        answer = await client.get("/")
    assert answer.status_code in (500, 503)
    assert f">{answer.headers['x-request-id'][:8]}<" in answer.text
    assert "Traceback" not in answer.text


async def test_pages_are_kept_by_nobody_and_files_for_good(client: Client, scene: Scene) -> None:
    await sign_in(client, VOLUNTEER)
    page = await client.get("/inbox")
    assert page.headers["cache-control"] == "private, no-store"
    assert "unsafe" not in page.headers["content-security-policy"]
    [sheet, *_] = re.findall(r'href="(/static/[^"]+\.css\?v=[^"]+)"', page.text)
    kept = await client.get(sheet)
    assert "immutable" in kept.headers["cache-control"]
    assert (await client.get("/static/../pages/__init__.py")).status_code == 404


async def test_stale_plan_can_be_seen_but_not_published(
    client: Client, scene: Scene, settings: Settings
) -> None:
    await sign_in(client, ORGANISER)
    round_id = await plan_round(scene, clock.now(), settings)
    await fill(scene, clock.now(), settings)
    await planning.mark_stale(clock.now())

    page = (await client.get(f"/rounds/{round_id}")).text

    assert "这份方案做好之后，情况变了" in page
    assert f"/rounds/{round_id}/publish" not in page
    assert "/replacements" not in page


async def test_failure_names_the_promises_that_clash(
    client: Client, scene: Scene, settings: Settings
) -> None:
    await sign_in(client, ORGANISER)
    round_id = await fail_round(scene, clash(scene), clock.now(), settings)

    page = (await client.get(f"/rounds/{round_id}")).text

    alert = page.split('role="alert"')[1]
    assert "约定之间有冲突" in alert
    assert "刘思远" in alert
    assert alert.count('href="/shifts/') == 2
    assert str(scene.people[4]) not in page


async def test_refusal_keeps_who_is_signed_in(client: Client, scene: Scene) -> None:
    await sign_in(client, VOLUNTEER)
    forbidden = (await client.get("/rounds")).text
    assert "我的班次" in forbidden
    missing = (await client.get("/nowhere")).text
    assert 'href="/sign-in"' not in missing
