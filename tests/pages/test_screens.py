"""Every page as a person sees it, in each state: a picture, and what can be measured on it."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from jobs.explaining import explain
from services import claims, clock, rounds
from services.claims import ClaimIn
from services.paging import PageQuery
from services.settings import Settings
from tests.pages.conftest import Site, new_window
from tests.pages.scene import (
    CLAIMER,
    EMPTY,
    ORGANISER,
    SIGN_INS,
    VOLUNTEER,
    person,
    rounds_in_all_states,
)
from tests.support.lease import CHECKOUT

SCREENS = CHECKOUT / "artefacts" / "screens"
NARROWEST = 320
KILOBYTES_MAX = 150


class Look(NamedTuple):
    """How wide, in which language and in which colours."""

    width: int
    language: str
    scheme: str


PHONE, DESK, NIGHT = (
    Look(375, "zh-CN", "light"),
    Look(1280, "en", "light"),
    Look(375, "zh-CN", "dark"),
)
PAGES = {
    "shifts": ("/", None),
    "shifts-empty": ("/?day=2020-01-01", None),
    "shifts-near": ("/?near=5", VOLUNTEER),
    "find-words": ("/?q=长者", VOLUNTEER),
    "find-nothing": ("/?q=潜水", None),
    "find-you": ("/?view=you", VOLUNTEER),
    "find-map": ("/?view=map", VOLUNTEER),
    "find-map-nothing": ("/?view=map&day=2020-01-01", None),
    "claim": ("/shifts/{sports}/claim?role=guide", VOLUNTEER),
    "claim-waiting": ("/shifts/{books}/claim?wait=1", VOLUNTEER),
    "shift-mine": ("/shifts/{river}", CLAIMER),
    "mine": ("/mine", CLAIMER),
    "mine-settings": ("/mine/settings", CLAIMER),
    "mine-series": ("/mine/series", CLAIMER),
    "notifications": ("/me/notifications", VOLUNTEER),
    "shift": ("/shifts/{sports}", VOLUNTEER),
    "shift-full": ("/shifts/{books}", None),
    "sign-in": ("/sign-in", None),
    "inbox": ("/inbox", VOLUNTEER),
    "rounds": ("/rounds", ORGANISER),
    "rounds-empty": ("/rounds", EMPTY),
    "round-new": ("/rounds/new", ORGANISER),
    "round-solving": ("/rounds/{solving}", ORGANISER),
    "round-proposed": ("/rounds/{proposed}", ORGANISER),
    "standing-in": ("/rounds/{proposed}/roles/{role}/replacements", ORGANISER),
    "standing-in-for": (
        "/rounds/{proposed}/roles/{role}/replacements?instead_of={seated}",
        ORGANISER,
    ),
    "round-published": ("/rounds/{published}", ORGANISER),
    "round-stale": ("/rounds/{stale}", ORGANISER),
    "round-failed": ("/rounds/{failed}", ORGANISER),
    "round-clash": ("/rounds/{clash}", ORGANISER),
    "round-cancelled": ("/rounds/{cancelled}", ORGANISER),
    "tree": ("/admin/tree/{street}", ORGANISER),
    "tree-search": ("/admin/tree?text=居委", ORGANISER),
    "tree-members": ("/admin/tree/{street}/members", ORGANISER),
    "tree-merge": ("/admin/tree/{street}/merge", ORGANISER),
    "tags-empty": ("/admin/tags", ORGANISER),
    "not-found": ("/nowhere", None),
    "forbidden": ("/rounds", VOLUNTEER),
}
AT_NIGHT = (
    "shifts",
    "shift",
    "find-you",
    "find-map",
    "claim",
    "shift-mine",
    "mine",
    "inbox",
    "round-new",
    "round-solving",
    "round-proposed",
    "round-stale",
    "standing-in-for",
    "tree",
)
CASES = [
    *((name, PHONE) for name in PAGES),
    *((name, DESK) for name in PAGES),
    *((name, NIGHT) for name in AT_NIGHT),
]

MEASURES = (Path(__file__).parent / "measures.js").read_text()


def measure(page: Page, name: str) -> Any:
    return page.evaluate(f"{MEASURES}.{name}()")


@pytest.fixture(scope="module")
def places(site: Site) -> dict[str, str]:
    """What stands in the addresses above."""
    river = site.scene.shift_ids["苏河步道清洁 2"]
    site.do(lambda settings: _take_a_seat(site, river, settings))
    found = site.do(lambda settings: rounds_in_all_states(site.scene, clock.now(), settings))
    site.do(lambda _: explain(found["proposed"], now=clock.now))
    shifts = {"sports": "街区运动会 2", "books": "社区图书角整理 1", "river": "苏河步道清洁 2"}
    found |= {name: site.scene.shift_ids[key] for name, key in shifts.items()}
    found["street"] = site.scene.street_id
    found |= site.do(lambda _: _seat_of(site, found["proposed"]))
    return {name: str(each) for name, each in found.items()}


async def _take_a_seat(site: Site, shift_id: UUID, settings: Settings) -> None:
    holder = person(site.scene, SIGN_INS[CLAIMER])
    command = ClaimIn(risk_statement_version=1)
    await claims.claim(holder, shift_id, command, clock.now(), settings)


async def _seat_of(site: Site, round_id: UUID) -> dict[str, UUID]:
    """The first role of the plan with somebody in it, and who that is."""
    plan = await rounds.plan(site.scene.organiser, round_id, PageQuery(limit=50))
    seats = (role for shift in plan.items for role in shift.roles if role.people)
    role = next(seats)
    return {"role": role.role_id, "seated": role.people[0].volunteer_id}


Window = Callable[[Look, str | None], Page]


@pytest.fixture(scope="module")
def window(site: Site, browser: Browser) -> Iterator[Window]:
    """One window for each look and person, used again from page to page."""
    contexts = []

    @cache
    def open_(look: Look, who: str | None) -> Page:
        context = new_window(site, browser, *look, who=who)
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("name", "look"),
    CASES,
    ids=lambda part: "-".join(map(str, part)) if isinstance(part, tuple) else part,
)
def test_page_can_be_read_and_used(
    name: str, look: Look, window: Window, places: dict[str, str]
) -> None:
    path, who = PAGES[name]
    page = window(look, who)
    page.goto(path.format(**places))

    assert page.locator("main h1").count() == 1
    assert page.locator("html").get_attribute("lang") == look.language
    assert measure(page, "tooFaint") == []
    assert measure(page, "tooSmall") == []
    assert measure(page, "nameless") == []
    assert violations(page) == []
    assert measure(page, "bytes") < KILOBYTES_MAX * 1000
    shoot(page, name, look)
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    page.set_viewport_size({"width": look.width, "height": 812})


AXE = Axe()
# Best practices beside the rules of WCAG 2.2, A and AA.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, with the first place of each."""
    found = AXE.run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


def shoot(page: Page, name: str, look: Look) -> Path:
    """A picture as tall as the page, so that the tabs at the bottom cover nothing."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    height = page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)")
    page.set_viewport_size({"width": look.width, "height": height})
    file = SCREENS / f"{name}-{look.width}-{look.language[:2]}-{look.scheme}.png"
    page.screenshot(path=file)
    return file
