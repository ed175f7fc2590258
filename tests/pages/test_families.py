"""Consents, one's own data, guardians and their queue, in a real browser and without one."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from models.core import Account, DatumKind, Erasure, OrganisationKind, Volunteer
from services import (
    activity_consents,
    clock,
    consents,
    disclosures,
    guardians,
    organisations,
    personal,
)
from services.activity_consents import ActivityConsentIn
from services.consents import Purpose
from services.guardian_types import GuardianshipIn, Relation
from services.organisations import OrganisationIn
from services.recipients import Basis
from services.rights import Actor
from services.scope import as_system
from services.settings import Settings
from tests.pages.conftest import Open, Site, Window
from tests.pages.scene import ANSWERER, CLAIMER, ORGANISER, SIGN_INS, VOLUNTEER, person
from tests.pages.test_screens import Look, cases, look_at
from tests.support.families import VERIFIED, accompany, with_wards
from tests.support.signing import token_of

TEEN, PARENT = "teen", "parent"


@dataclass(frozen=True)
class Home:
    """A girl of 16, her mother who is no volunteer, and a shift that she would like to join."""

    teen: Actor
    parent: Actor
    shift_id: UUID


@pytest.fixture(scope="module")
def home(site: Site) -> Home:
    made = site.do(lambda settings: _make(site, settings))
    for name, actor in ((TEEN, made.teen), (PARENT, made.parent)):
        site.tokens[name] = site.do(lambda _, who=actor: token_of(who.account_id))  # type: ignore[misc]
    return made


@as_system
async def _make(site: Site, settings: Settings) -> Home:
    teen = person(site.scene, SIGN_INS[ANSWERER])
    [account] = await Account.filter(volunteer_id=teen.volunteer_id)
    teen = Actor(account_id=account.id, name=account.display_name, volunteer_id=teen.volunteer_id)
    await Volunteer.filter(id=teen.volunteer_id).update(age=16)
    await organisations.create(
        site.scene.organiser,
        OrganisationIn(
            kind=OrganisationKind.NEIGHBOURHOOD,
            name="梧桐第二居委会",
            parent_id=site.scene.street_id,
        ),
    )
    mother = await Account.create(display_name="胡静")
    parent = Actor(account_id=mother.id, name="胡静")
    await personal.put(DatumKind.PHONE, "+8615400000077", account_id=mother.id)
    now = clock.now()
    code = await guardians.make_code(teen, now)
    tie = await guardians.ask(parent, GuardianshipIn(code=code.code, relation=Relation.MOTHER), now)
    await guardians.decide(site.scene.organiser, tie.id, VERIFIED, now)
    for name in ("苏河步道清洁 2", "社区图书角整理 3"):
        await accompany(site.scene.shift_ids[name])
    return Home(teen, await with_wards(parent), site.scene.shift_ids["苏河步道清洁 2"])


def ask(site: Site, home: Home, shift: str) -> None:
    async def work(_: Settings) -> None:
        command = ActivityConsentIn(shift_id=site.scene.shift_ids[shift])
        await activity_consents.ask(home.teen, command, clock.now())

    site.do(work)


def test_a_consent_is_given_and_taken_back_with_one_tap_and_without_scripts(
    site: Site, open_page: Open
) -> None:
    page = open_page("/me/consents", who=VOLUNTEER, scripts=False)
    card = page.locator("article", has_text="公布我的姓名和时长")
    card.get_by_role("button", name="同意 :", exact=False).first.click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("随时可以在这里撤回")
    who = person(site.scene, 0)
    assert who.volunteer_id is not None
    me = who.volunteer_id
    assert site.do(lambda _: consents.stands(me, Purpose.PUBLICITY))
    card = page.locator("article", has_text="公布我的姓名和时长")
    card.get_by_role("button", name="撤回").click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("已撤回")
    assert not site.do(lambda _: consents.stands(me, Purpose.PUBLICITY))


def claim_seat(page: Page) -> None:
    """From a shift's page: say that one would come, read what is promised, and say it again."""
    page.get_by_role("link", name="我要报名").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("确认报名")
    expect(page.locator("#risk")).to_contain_text("防滑鞋")
    page.get_by_role("button", name="确定，我要报名").click()


def test_a_minor_asks_the_mother_agrees_and_the_girl_joins(
    site: Site, home: Home, open_page: Open
) -> None:
    page = open_page(f"/shifts/{home.shift_id}", who=TEEN, scripts=False)
    claim_seat(page)
    expect(page.locator("#guardian")).to_contain_text("已请监护人回答")
    mother = open_page("/me/wards", who=PARENT, scripts=False)
    card = mother.locator("article.waiting")
    expect(card).to_contain_text("防滑鞋")
    card.get_by_role("button", name="我已阅读并同意").click()
    expect(mother.get_by_role("main").get_by_role("status")).to_contain_text("你已同意")
    page.goto(f"/shifts/{home.shift_id}")
    expect(page.locator("#guardian")).to_contain_text("监护人已同意")
    claim_seat(page)
    expect(page.locator("main")).to_contain_text("已报名")
    # She takes it back: the seat goes with it.
    mother.goto("/me/wards")
    mother.locator("section", has_text="以前的回答").get_by_role("button", name="撤回").click()
    page.goto(f"/shifts/{home.shift_id}")
    expect(page.locator("main")).not_to_contain_text("已报名")


def test_a_guardian_signs_the_ward_up_having_read_the_risks(
    site: Site, home: Home, open_page: Open
) -> None:
    shift = site.scene.shift_ids["社区图书角整理 3"]
    page = open_page(f"/shifts/{shift}", who=PARENT)
    page.locator("#wards").get_by_role("checkbox").check()
    page.locator("#wards").get_by_role("button", name="替胡书瑶报名").click()
    expect(page.locator("#wards .chip")).to_have_text("已确认")


def test_a_code_ties_two_people_and_the_queue_checks_them(site: Site, open_page: Open) -> None:
    page = open_page("/me/wards", who=CLAIMER)
    page.get_by_role("button", name="生成").click()
    code = page.locator(".big-code").inner_text()
    assert len(code) == 11
    assert code not in page.url
    queue = open_page("/admin/guardians", who=ORGANISER)
    expect(queue.locator("h1")).to_have_text("待核验的监护人")


def test_a_child_is_registered_step_by_step(site: Site, home: Home, open_page: Open) -> None:
    page = open_page("/me/wards", who=PARENT, scripts=False)
    page.get_by_label("居委会或村委会名称").fill("梧桐第二")
    page.get_by_role("button", name="查找").click()
    page.locator(".places a").first.click()
    page.get_by_role("button", name="申请在这里核验").click()
    expect(page.locator("#child")).to_contain_text("待核验")
    queue = open_page("/admin/guardians", who=ORGANISER, scripts=False)
    form = queue.locator("form", has_text="胡静")
    form.get_by_role("button", name="核验通过").click()
    expect(queue.get_by_role("alert")).to_contain_text("看过哪种证明")
    form = queue.locator("form", has_text="胡静")
    form.get_by_label("我看过的证明").select_option("birth_certificate")
    form.get_by_role("button", name="核验通过").click()
    expect(queue.get_by_role("main").get_by_role("status")).to_contain_text("已记录")
    page.goto("/me/wards")
    page.get_by_label("孩子的姓名").fill("胡小满")
    page.get_by_label("出生日期").fill(f"{date.today().year - 10}-03-01")  # noqa: DTZ011
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="登记孩子").click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("孩子已登记")
    expect(page.locator("section", has_text="我监护的人")).to_contain_text("胡小满")


def test_each_page_of_a_ward_says_for_whom_one_acts(site: Site, home: Home) -> None:
    ward = f"/me/wards/{home.teen.volunteer_id}"
    with site.client(PARENT) as client:
        for path in ("consents", "data", "profile", "profile/skills/new"):
            assert "你正在替胡书瑶办理" in client.get(f"{ward}/{path}").text
        data = client.get(f"{ward}/data").text
    assert "删除胡书瑶的账号" in data
    assert "我要注销" not in data
    assert "/me/documents" not in data  # Those are the mother's own.


def test_only_the_grown_up_register_children(site: Site, home: Home) -> None:
    shown = {}
    for name in (TEEN, PARENT):
        with site.client(name) as client:
            shown[name] = 'id="child"' in client.get("/me/wards").text
    assert shown == {TEEN: False, PARENT: True}


def test_everything_is_downloaded_as_one_file(site: Site) -> None:
    with site.client(VOLUNTEER) as client:
        answer = client.get("/me/data/download")
    assert answer.headers["content-disposition"].startswith('attachment; filename="mulin-')
    found: dict[str, Any] = json.loads(answer.content)
    assert found["schema_version"] == 1
    assert found["person"]["name"] == "陈雨桐"


def test_the_account_is_deleted_in_seven_days_and_kept_after_all(
    site: Site, open_page: Open
) -> None:
    page = open_page("/me/data", who=CLAIMER, scripts=False)
    page.get_by_text("我要注销").click()
    page.get_by_role("button", name="7 天后注销").click()
    expect(page.get_by_role("main").locator(".notice.wait")).to_contain_text("删除全部个人信息")

    async def open_ones(_: Settings) -> int:
        return await Erasure.filter(withdrawn_at=None).count()

    assert site.do(as_system(open_ones)) == 1
    page.get_by_role("button", name="保留账号").click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("没有删除任何内容")
    assert site.do(as_system(open_ones)) == 0


PAGES = {
    "consents": ("/me/consents", VOLUNTEER),
    "data": ("/me/data", VOLUNTEER),
    "wards-mother": ("/me/wards", PARENT),
    "wards-girl": ("/me/wards", TEEN),
    "wards-nobody": ("/me/wards", CLAIMER),
    "consents-ward": ("/me/wards/{ward}/consents", PARENT),
    "record-ward": ("/me/wards/{ward}/record", PARENT),
    "data-ward": ("/me/wards/{ward}/data", PARENT),
    "profile-ward": ("/me/wards/{ward}/profile", PARENT),
    "skill-ward": ("/me/wards/{ward}/profile/skills/new?skill=急救", PARENT),
    "admin-guardians": ("/admin/guardians", ORGANISER),
    "shift-mother": ("/shifts/{shift}", PARENT),
}


@pytest.fixture(scope="module")
def lived(site: Site, home: Home) -> Home:
    """Something of everything to look at."""
    ask(site, home, "街区运动会 2")

    async def more(_: Settings) -> None:
        me = site.scene.people[0]
        agreed = person(site.scene, 0)
        await consents.give(agreed, me, Purpose.EXPORT, "youth_league", now=clock.now())
        await disclosures.record(
            [me], recipient="youth_league", purpose="2026 年志愿服务时长",
            fields_given=["volunteer_number", "masked_name", "minutes"],
            basis=Basis.CONSENT, now=clock.now(),
        )  # fmt: skip
        await consents.refuse(person(site.scene, 0), me, Purpose.EMERGENCY, now=clock.now())
        other = await Account.create(display_name="朱建国")
        code = await guardians.make_code(Actor(account_id=other.id, name="朱建国"), clock.now())
        child = person(site.scene, 3)
        await Volunteer.filter(id=child.volunteer_id).update(age=15)
        account = await Account.create(display_name="张子墨", volunteer_id=child.volunteer_id)
        teen = Actor(account_id=account.id, name="张子墨", volunteer_id=child.volunteer_id)
        await guardians.ask(
            teen, GuardianshipIn(code=code.code, relation=Relation.GRANDPARENT), clock.now()
        )

    site.do(as_system(more))
    return home


@pytest.mark.parametrize(("name", "look"), cases(PAGES))
def test_page_can_be_read_and_used(
    name: str, look: Look, site: Site, lived: Home, window: Window
) -> None:
    path, who = PAGES[name]
    page = window(look, who)
    answer = page.goto(path.format(ward=lived.teen.volunteer_id, shift=lived.shift_id))
    assert answer.status == 200
    look_at(page, f"family-{name}", look)
