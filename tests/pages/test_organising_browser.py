"""What organisers do for people's protection, in a browser: on a phone in Chinese, at a desk in
English."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from services import clock, shifts
from services.settings import Settings
from tests.pages.conftest import Open, Site
from tests.pages.scene import ORGANISER
from tests.pages.test_asking import _take, one_seat
from tests.pages.test_screens import DESK, PHONE, Look, measure, shoot, violations

ZH = {
    "shifts": "待开展的班次", "asks": "1 人待审核", "projects": "项目与保障", "policy": "登记保单",
    "insurer": "保险公司", "number": "保单号", "until": "到（含当天）", "keep": "登记",
    "kept": "保单已登记", "danger": "标为有较大人身风险，须有保险", 
    "whole": "名额都有保险", "blocks": "暂停报名", "pause": "暂停某人报名", "search": "查找",
    "who": "姓名、编号或手机号", "why": "原因", "do": "暂停报名", "done": "已暂停",
    "groups": "工作群", "name": "群的名称", "address": "机器人的 Webhook 地址", "connect": "接入",
    "added": "已添加",
}  # fmt: skip
EN = {
    "shifts": "Shifts ahead", "asks": "1 request", "projects": "Projects and protection",
    "policy": "Add a policy", "insurer": "Insurer", "number": "Number of the policy",
    "until": "To, inclusive", "keep": "Write it down", "kept": "The policy is written down",
    "danger": "Mark it as dangerous: ask for insurance", "whole": "all seats insured",
    "blocks": "Paused sign-ups", "pause": "Pause somebody's sign-ups", "search": "Search",
    "who": "Name, number or phone", "why": "Why", "do": "Pause their sign-ups", "done": "Noted",
    "groups": "Chat groups", "name": "What you call the group",
    "address": "Webhook address of the robot", "connect": "Connect", "added": "Added",
}  # fmt: skip
LOOKS = [pytest.param(PHONE, ZH, 0, id="phone"), pytest.param(DESK, EN, 1, id="desk")]


def assert_usable(page: Page, name: str, look: Look) -> None:
    """Read by everybody, tapped by every thumb, and looked at."""
    assert violations(page) == []
    assert measure(page, "tooFaint") == []
    assert measure(page, "tooSmall") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width
    shoot(page, name, look)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


@pytest.mark.parametrize(("look", "words", "turn"), LOOKS)
def test_an_organiser_sees_to_shifts_and_their_insurance(
    look: Look, words: dict[str, str], turn: int, site: Site, open_page: Open
) -> None:
    shift = site.do(lambda _: one_seat(site, "approve", 50 + turn))
    site.do(lambda settings: _take(site, shift, "zhuqinghe", settings))
    page = open_page("/admin", who=ORGANISER, width=look.width, language=look.language)
    assert_usable(page, "organise", look)
    page.get_by_role("main").get_by_role("link", name=words["shifts"]).last.click()
    expect(page.get_by_text(words["asks"]).first).to_be_visible()
    assert_usable(page, "organise-shifts", look)

    page.goto("/admin/projects")
    assert_usable(page, "organise-projects", look)
    project = site.do(lambda settings: _river(site, settings))
    page.goto(f"/projects/{project}/protection")
    page.get_by_text(words["policy"], exact=True).click()
    page.get_by_label(words["insurer"]).fill("人保财险")
    page.get_by_label(words["number"]).fill(f"PICC-2026-{turn}")
    last = (clock.now() + timedelta(days=60)).date().isoformat()
    page.get_by_label(words["until"]).fill(last)
    assert_usable(page, "protection-form", look)
    press(page, words["keep"])
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text(words["kept"])
    if turn == 0:
        press(page, words["danger"])
        expect(page.get_by_text(words["whole"]).first).to_be_visible()
    assert_usable(page, "protection", look)


@pytest.mark.parametrize(("look", "words", "turn"), LOOKS)
def test_an_organiser_pauses_claims_and_connects_a_group(
    look: Look, words: dict[str, str], turn: int, open_page: Open
) -> None:
    page = open_page("/admin/blocks", who=ORGANISER, width=look.width, language=look.language)
    assert_usable(page, "blocks", look)
    page.goto("/admin/blocks/new")
    page.get_by_label(words["who"]).fill(("周景", "徐牧")[turn])
    press(page, words["search"])
    assert_usable(page, "block-whom", look)
    page.get_by_role("main").locator("ul.rows a").first.click()
    page.get_by_label(words["why"]).fill("两次没来也没说，先休息一阵")
    assert_usable(page, "block-new", look)
    press(page, words["do"])
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text(words["done"])
    assert_usable(page, "blocks-some", look)

    page.goto("/admin/robots")
    page.get_by_label(words["name"]).fill("河道组织者群")
    page.get_by_label(words["address"]).fill(
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aaa-4bc4-97a0"
    )
    press(page, words["connect"])
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text(words["added"])
    assert "693a91f6" not in page.content()
    assert_usable(page, "robots", look)


async def _river(site: Site, settings: Settings) -> str:
    shift = await shifts.get(site.scene.organiser, site.scene.shift_ids["苏河步道清洁 2"])
    return str(shift.project_id)
