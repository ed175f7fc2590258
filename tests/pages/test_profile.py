"""A person at work on their own profile, and an organiser on the skills, in a real browser."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from api.pages.week import week_of
from services import clock, profile, skills
from services.profile import Availability, AvailabilityIn
from services.rights import Actor
from services.settings import Settings
from services.skills import EvidenceKind, SkillIn, SkillState
from services.volunteer_types import Window
from tests.pages.conftest import Open, Site
from tests.pages.scene import ANSWERER, CLAIMER, ORGANISER, SIGN_INS, UNSKILLED, VOLUNTEER, person
from tests.pages.test_screens import Look, cases, look_at

FIRST_AID = "急救"
WEEKDAY_EVENINGS = [Window(weekday=day, start_minute=1080, end_minute=1320) for day in range(5)]


def who(site: Site, name: str) -> Actor:
    return person(site.scene, SIGN_INS[name])


def times_of(site: Site, name: str) -> Availability:
    actor = who(site, name)

    async def read(_: Settings) -> Availability:
        return await profile.availability(actor, site.scene.people[SIGN_INS[name]])

    return site.do(read)


def give_times(site: Site, name: str, windows: list[Window]) -> None:
    actor = who(site, name)

    async def write(_: Settings) -> Availability:
        person_id = site.scene.people[SIGN_INS[name]]
        return await profile.replace_availability(
            actor, person_id, AvailabilityIn(windows=windows), None
        )

    site.do(write)


def declare(site: Site, name: str, skill: str = FIRST_AID, evidence: str = "救护员证") -> UUID:
    actor = who(site, name)

    async def write(settings: Settings) -> UUID:
        today = clock.now().astimezone(settings.zone).date()
        command = SkillIn(
            skill=skill,
            level=3,
            evidence=evidence,
            evidence_kind=EvidenceKind.FIRST_AID_CERTIFICATE if skill == FIRST_AID else None,
        )
        person_id = site.scene.people[SIGN_INS[name]]
        return (await skills.declare(actor, person_id, command, today=today)).id

    return site.do(write)


def cell(page: Page, name: str) -> object:
    return page.get_by_role("checkbox", name=name, exact=True)


@pytest.mark.browser
@pytest.mark.parametrize(("scripts", "name"), [(True, CLAIMER), (False, UNSKILLED)])
def test_a_week_is_drawn_with_a_thumb(
    scripts: bool, name: str, site: Site, open_page: Open
) -> None:
    give_times(site, name, [Window(weekday=0, start_minute=900, end_minute=1080)])
    page = open_page("/me/profile", who=name, scripts=scripts)

    page.get_by_role("checkbox", name="周六 上午", exact=True).check()
    page.get_by_role("checkbox", name="周日 下午", exact=True).check()
    page.get_by_role("button", name="保存每周时间").click()

    expect(page.get_by_text("已保存，今后按这张时间表来问你。")).to_be_visible()
    week = week_of(times_of(site, name).windows)
    assert week.cells == {(5, 2), (6, 4)}
    assert week.exact == ((0, 900, 1080),)  # What was finer than the grid is still there.
    expect(page.get_by_role("checkbox", name="周六 上午", exact=True)).to_be_checked()


@pytest.mark.browser
def test_a_day_and_a_part_are_taken_as_a_whole_and_cells_are_drawn_across(
    site: Site, open_page: Open
) -> None:
    give_times(site, ANSWERER, [])
    page = open_page("/me/profile", who=ANSWERER, width=1280)

    page.locator('th[data-day="5"]').click()
    page.locator('th[data-part="6"]').focus()
    page.keyboard.press("Enter")
    first = page.locator('input[name="cell"][value="0-2"]').bounding_box()
    last = page.locator('input[name="cell"][value="2-2"]').bounding_box()
    assert first is not None
    assert last is not None
    page.mouse.move(first["x"] + 10, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(last["x"] + 10, last["y"] + 10, steps=12)
    page.mouse.up()
    page.get_by_role("button", name="保存每周时间").click()

    expect(page.get_by_text("已保存，今后按这张时间表来问你。")).to_be_visible()
    assert week_of(times_of(site, ANSWERER).windows).cells == {
        *((5, part) for part in range(8)),
        *((day, 6) for day in range(7)),
        (0, 2),
        (1, 2),
        (2, 2),
    }


@pytest.mark.browser
def test_days_off_limits_likes_home_and_switches_without_scripts(
    site: Site, open_page: Open
) -> None:
    page = open_page("/me/profile", who=UNSKILLED, scripts=False, language="en")
    day = clock.now().astimezone(site.settings.zone).date() + timedelta(days=9)

    page.get_by_text("Add days that are not free").click()
    page.get_by_label("First day").fill(day.isoformat())
    page.get_by_label("Last day").fill((day + timedelta(days=2)).isoformat())
    page.get_by_role("button", name="Add days off").click()
    expect(page.get_by_text("Not free", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("Take off")).click()
    expect(page.get_by_text("Not free", exact=True)).to_have_count(0)

    page.get_by_role("textbox", name="At most, in one day").fill("3.5")
    page.get_by_role("textbox", name="How far from home").fill("many")
    page.get_by_role("button", name="Save these limits").click()
    expect(page.get_by_text("Please give a number from 0 to 1000")).to_be_visible()
    expect(page.get_by_role("textbox", name="At most, in one day")).to_have_value("3.5")
    page.get_by_role("textbox", name="How far from home").fill("4")
    page.get_by_role("button", name="Save these limits").click()
    expect(page.get_by_text("You will not be asked for more than this.")).to_be_visible()

    page.get_by_role("group", name="助老").get_by_label("Love").check(force=True)
    page.get_by_role("button", name="Save likes").click()
    expect(page.get_by_role("group", name="助老").get_by_label("Love")).to_be_checked()

    page.get_by_text("Enter the position by hand").click()
    page.get_by_label("Longitude").fill("121.4453123")
    page.get_by_label("Latitude").fill("31.2156999")
    page.get_by_role("region", name="Roughly where I live").get_by_role(
        "button", name="Save", exact=True
    ).click()
    expect(page.get_by_label("Longitude")).to_have_value("121.445")

    switch = page.get_by_role("button", name=re.compile("Calling me in an emergency"))
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")


@pytest.mark.browser
def test_a_skill_goes_from_its_holder_to_the_office_and_back(site: Site, open_page: Open) -> None:
    page = open_page("/me/profile", who=CLAIMER)
    page.get_by_role("link", name="添加技能").click()
    page.get_by_role("link", name=FIRST_AID).click()
    expect(page.get_by_text("须凭急救证书，由街镇或以上的组织者确认后才计入。")).to_be_visible()
    page.get_by_label("凭证").fill("红十字会救护员证，2026 年取得")
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("listitem").filter(has_text=FIRST_AID)).to_contain_text("待确认")

    desk = open_page("/admin/skills", who=ORGANISER, width=1280)
    desk.get_by_role("link", name=re.compile("朱清和")).click()
    desk.get_by_role("button", name="确认", exact=True).click()
    expect(desk.get_by_text("已确认，并已告知本人。")).to_be_visible()

    page.goto("/me/profile")
    expect(page.get_by_role("listitem").filter(has_text=FIRST_AID)).to_contain_text("已计入")


@pytest.mark.browser
def test_a_refused_skill_says_why(site: Site, open_page: Open) -> None:
    skill_id = declare(site, UNSKILLED)
    desk = open_page(f"/admin/skills/{skill_id}", who=ORGANISER, width=1280)
    desk.get_by_label("原因").fill("证件照片看不清")
    desk.get_by_role("button", name="不予确认").click()
    expect(desk.get_by_text("未予确认，已告知本人")).to_be_visible()

    page = open_page(f"/me/skills/{skill_id}", who=UNSKILLED)

    expect(page.get_by_text("未获确认：证件照片看不清")).to_be_visible()
    found = site.do(lambda settings: _state(site, skill_id, settings))
    assert found is SkillState.REFUSED


async def _state(site: Site, skill_id: UUID, settings: Settings) -> SkillState:
    today = clock.now().astimezone(settings.zone).date()
    return (await skills.get(who(site, UNSKILLED), skill_id, today=today)).state


PAGES = {
    "me": ("/me", VOLUNTEER),
    "me-empty": ("/me", UNSKILLED),
    "me-profile": ("/me/profile", VOLUNTEER),
    "me-skill": ("/me/skills/{skill}", VOLUNTEER),
    "me-skill-new": ("/me/skills/new?skill=急救", VOLUNTEER),
    "admin-skills": ("/admin/skills", ORGANISER),
    "admin-skill": ("/admin/skills/{skill}", ORGANISER),
}


@pytest.fixture(scope="module")
def waiting(site: Site) -> UUID:
    """A skill that waits, of somebody whose profile has something in every part."""
    evenings = [
        *WEEKDAY_EVENINGS,
        Window(weekday=5, start_minute=480, end_minute=1080),
        Window(weekday=2, start_minute=930, end_minute=1050),
    ]
    give_times(site, VOLUNTEER, evenings)
    declare(site, VOLUNTEER, "沪语", "")
    return declare(site, VOLUNTEER)


@pytest.mark.browser
@pytest.mark.parametrize(("name", "look"), cases(PAGES))
def test_page_can_be_read_and_used(
    name: str, look: Look, site: Site, waiting: UUID, open_page: Open
) -> None:
    path, name_of_reader = PAGES[name]
    page = open_page(
        path.format(skill=waiting),
        who=name_of_reader,
        width=look.width,
        language=look.language,
        scheme=look.scheme,
    )
    look_at(page, name, look)
