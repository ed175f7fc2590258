"""Finding a shift as people do it: by words, from where they are, on the map, by what fits."""

import re
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from services import accounts, claims
from services.claims import ClaimQuery
from services.settings import Settings
from tests.pages.conftest import Open, Site
from tests.pages.said import Said, both_ways
from tests.pages.scene import (
    CLAIMER,
    DEMANDS,
    HOME,
    PASSWORD,
    SIGN_INS,
    UNSKILLED,
    VOLUNTEER,
    easy_passwords,
    person,
)

CHINESE = {
    "look": "zh-CN",
    "width": 375,
    "search": "想找什么活动？",
    "join": re.compile("我要报名.*陪练"),
    "sure": "确定，我要报名",
    "in": "你已报名，做陪练",
    "you": "为你推荐",
    "no": re.compile("不感兴趣"),
    "map": "地图",
}
ENGLISH = {
    "look": "en",
    "width": 1280,
    "search": "What are you looking for?",
    "join": re.compile("Count me in.*陪练"),
    "sure": "Yes, count me in",
    "in": "You are in, as 陪练",
    "you": "For you",
    "no": re.compile("Not for me"),
    "map": "Map",
}


def cards(page: Page) -> list[str]:
    return [each.strip() for each in page.locator("main a.cover").all_inner_texts()]


def expect_cards(page: Page, names: Iterable[str]) -> None:
    """Wait until the page shows these shifts and no others, in any order."""
    names = sorted(names)
    expect(page.locator("main a.cover")).to_have_count(len(names))
    assert sorted(cards(page)) == names


@pytest.mark.parametrize(("words", "who"), [(CHINESE, CLAIMER), (ENGLISH, UNSKILLED)])
def test_from_a_word_to_a_seat_in_three_screens(
    words: dict[str, object], who: str, site: Site, open_page: Open
) -> None:
    page = open_page("/", who=who, width=words["width"], language=words["look"])
    page.get_by_role("searchbox", name=str(words["search"])).fill("长者 手机")
    page.keyboard.press("Enter")
    expect_cards(page, ["长者智能手机课堂"] * 2)

    page.locator("main a.cover").first.click()
    page.get_by_role("link", name=words["join"]).click()
    page.get_by_role("button", name=str(words["sure"])).click()

    expect(page.get_by_text(str(words["in"]))).to_be_visible()
    mine = site.do(lambda settings: _states(site, who, settings))
    assert mine == ["confirmed"]


async def _states(site: Site, who: str, settings: Settings) -> list[str]:
    found = await claims.list_mine(person(site.scene, SIGN_INS[who]), ClaimQuery())
    return [each.state.value for each in found.items]


@both_ways
def test_near_me_sorts_by_the_phone_and_puts_the_position_nowhere(
    said: Said, site: Site, open_page: Open
) -> None:
    page = open_page("/", **said.how)
    page.context.grant_permissions(["geolocation"])
    # Where the sports are: three kilometres east of home.
    east = HOME[0] + 3400 / 95_000
    page.context.set_geolocation({"longitude": east, "latitude": HOME[1]})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(unquote(request.url)))

    page.get_by_role("button", name=said("Near me now")).click()

    expect(
        page.get_by_text(said("Sorted from where you are now. We do not keep it."))
    ).to_be_visible()
    expect(page.locator("main a.cover").first).to_have_text("街区运动会")
    expect(page.get_by_text(re.compile("100 (米|m)")).first).to_be_visible()
    assert not [url for url in asked if f"{east:.2f}" in url or "longitude" in url]
    assert page.evaluate("[localStorage.length, document.cookie.includes('121.')]") == [0, False]


@pytest.mark.parametrize("words", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_on_the_map_a_circle_leads_nearer_and_a_pin_to_its_shift(
    words: dict[str, object], open_page: Open
) -> None:
    page = open_page("/", who=VOLUNTEER, width=words["width"], language=words["look"])
    page.get_by_role("link", name=str(words["map"]), exact=True).click()
    expect(page.locator("svg.map")).to_be_visible()
    page.wait_for_load_state()
    circles, pins = page.locator("svg.map a.cluster"), page.locator("svg.map a.pin")
    expect(circles.first).to_be_visible()
    total = sum(int(each) for each in circles.locator("text").all_text_contents()) + pins.count()
    assert total == 6

    pins.first.click()

    expect(page).to_have_url(re.compile("/shifts/"))
    page.go_back()
    page.locator("svg.map a.cluster").first.click()
    expect(page).to_have_url(re.compile("box="))
    assert f"{HOME[0]:.4f}" not in unquote(page.url)


@pytest.mark.parametrize(
    ("words", "who"), [(CHINESE, CLAIMER), (ENGLISH, VOLUNTEER)], ids=["zh", "en"]
)
def test_what_is_not_for_me_does_not_come_back(
    words: dict[str, object], who: str, open_page: Open
) -> None:
    page = open_page("/", who=who, width=words["width"], language=words["look"], scripts=False)
    page.get_by_role("link", name=str(words["you"])).click()
    expect(page.locator(".for-you").first).to_be_visible()
    page.wait_for_load_state()
    before = page.locator(".for-you h3 a").evaluate_all("all => all.map(each => each.href)")
    assert before

    page.get_by_role("button", name=words["no"]).first.click()

    expect(page.locator(".for-you h3 a")).to_have_count(len(before) - 1)
    after = page.locator(".for-you h3 a").evaluate_all("all => all.map(each => each.href)")
    assert after == before[1:]
    page.goto("/")
    listed = page.locator("main a.cover").evaluate_all("all => all.map(each => each.href)")
    assert before[0] not in listed


def newcomer(site: Site, number: int, name: str) -> str:
    """A sign-in of their own for somebody of the scene whom no other test moves."""

    async def make(_: Settings) -> None:
        with easy_passwords():
            await accounts.create_account(name, PASSWORD, volunteer_id=site.scene.people[number])

    site.do(make)
    return name


@both_ways
def test_choices_narrow_by_kind_by_skill_and_by_ones_own_time(
    said: Said, site: Site, open_page: Open
) -> None:
    # These two have time on some days of the week alone.
    number, days = (9, (1, 3, 5)) if said.is_phone else (11, (3, 5))
    page = open_page("/", who=newcomer(site, number, f"sometimes-{said.width}"), **said.how)

    def choose(name: str, value: str) -> None:
        page.goto("/")
        page.locator("details.sheet summary").first.click()
        page.locator(f"select[name={name}]").select_option(value)
        page.get_by_role("button", name=said("Show"), exact=True).click()

    choose("category", "体育")
    expect_cards(page, ["街区运动会"])
    choose("skill", "智能手机教学")
    expect_cards(page, ["长者智能手机课堂"] * 2)
    choose("order", "urgency")
    expect(page.locator("main a.cover").first).to_have_text("苏河步道清洁")

    page.goto("/")
    page.locator("details.sheet summary").first.click()
    page.get_by_label(said("Only when I can")).check()
    page.get_by_role("button", name=said("Show"), exact=True).click()
    today = site.scene.first_day - timedelta(days=1)
    within = [
        demand.name
        for demand in DEMANDS
        for ahead, _, _ in demand.times
        if (today + timedelta(days=ahead)).weekday() in days
    ]
    expect_cards(page, within)
    page.get_by_role("link", name=said("Only when I can")).click()
    expect(page.locator("main a.cover")).to_have_count(6)


@both_ways
def test_who_wants_nothing_worked_out_has_the_plain_list(
    said: Said, site: Site, open_page: Open
) -> None:
    who = newcomer(site, 7 if said.is_phone else 6, f"plain-{said.width}")
    page = open_page("/?view=you", who=who, scripts=False, **said.how)
    expect(page.locator(".for-you").first).to_contain_text(said("Why:"))
    page.get_by_role("link", name=said("Turn it off")).click()
    matching = page.locator("form:has(input[name=purpose][value=matching])")
    matching.locator("button[value=no]").first.click()

    page.goto("/?view=you")

    expect(page.get_by_text(said("Recommendations are off"))).to_be_visible()
    expect(page.locator(".for-you")).to_have_count(0)
    page.get_by_role("link", name=said("To the list")).click()
    expect(page.locator("main a.cover")).to_have_count(6)
