"""Every page as a person sees it, in each state: what can be measured on it, and its picture.

As a rule each is measured on a phone in Chinese, there by night as well, and at a desk in English;
axe, which takes longest, looks at the phone. `MULIN_SCREENS=all` (`make screens`) holds every size,
language and scheme against everything, and takes the pictures.
"""

import asyncio
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from api.app import create_app
from jobs.explaining import explain
from services import claims, clock, rounds
from services.claims import ClaimIn
from services.database import open_runtime
from services.paging import PageQuery
from services.settings import Settings
from tests.pages.conftest import Site, Window
from tests.pages.scene import CLAIMER, SIGN_INS, person, rounds_in_all_states
from tests.pages.screens import SCREENS
from tests.pages.states_of_mine import my_states
from tests.pages.states_of_work import half_signed_in, work_states
from tests.support.lease import CHECKOUT

PICTURES = CHECKOUT / "artefacts" / "screens"
NARROWEST = 320
KILOBYTES_MAX = 150
EVERY_LOOK = os.environ.get("MULIN_SCREENS") == "all"


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
BY_DAY = (
    [Look(*each, "light") for each in product((375, 1280), ("zh-CN", "en"))]
    if EVERY_LOOK
    else [PHONE, DESK]
)
MEASURES = (Path(__file__).parent / "measures.js").read_text()


def cases(names: Iterable[str]) -> list[Any]:
    """Each of these pages in each look by day; what is looked at by day on a phone is looked at
    by night as well."""
    return [
        pytest.param(name, look, id=f"{name}-{look.width}-{look.language[:2]}")
        for look in BY_DAY
        for name in names
    ]


def measure(page: Page, name: str) -> Any:
    return page.evaluate(f"{MEASURES}.{name}()")


def look_at(page: Page, name: str, look: Look) -> None:
    """Hold a page that is open against every rule, and take its picture."""
    assert page.locator("main h1").count() == 1
    assert page.locator("html").get_attribute("lang") == look.language
    assert measure(page, "tooFaint") == []
    assert measure(page, "tooSmall") == []
    assert measure(page, "nameless") == []
    assert measure(page, "cut") == []
    assert measure(page, "bytes") < KILOBYTES_MAX * 1000
    if EVERY_LOOK or look.width == PHONE.width:
        assert violations(page) == []
        _look_by_night(page, name, look)
    if EVERY_LOOK:
        shoot(page, name, look)
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    page.set_viewport_size({"width": look.width, "height": 812})


def _look_by_night(page: Page, name: str, look: Look) -> None:
    page.emulate_media(color_scheme="dark")
    assert measure(page, "tooFaint") == []
    if EVERY_LOOK:
        assert violations(page) == []
        shoot(page, name, look._replace(scheme="dark"))
    page.emulate_media(color_scheme="light")


AXE = Axe()
# Best practices beside the rules of WCAG 2.2, A and AA.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, with the first place of each."""
    found = AXE.run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


def shoot(page: Page, name: str, look: Look) -> Path:
    """A picture as tall as the page, so that the tabs at the bottom cover nothing."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    height = page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)")
    page.set_viewport_size({"width": look.width, "height": height})
    file = PICTURES / f"{name}-{look.width}-{look.language[:2]}-{look.scheme}.png"
    page.screenshot(path=file)
    return file


@pytest.fixture(scope="module")
def places(site: Site) -> dict[str, str]:
    """What stands in the addresses of the screens."""
    river = site.scene.shift_ids["苏河步道清洁 2"]
    site.do(lambda settings: _take_a_seat(site, river, settings))
    found = site.do(lambda settings: rounds_in_all_states(site.scene, clock.now(), settings))
    site.do(lambda _: explain(found["proposed"], now=clock.now))
    found["clash_round"] = found.pop("clash")
    shifts = {"sports": "街区运动会 2", "books": "社区图书角整理 1", "river": "苏河步道清洁 2"}
    found |= {name: site.scene.shift_ids[key] for name, key in shifts.items()}
    found["street"] = site.scene.street_id
    found |= site.do(lambda _: _seat_of(site, found["proposed"]))
    mine = site.do(lambda settings: my_states(site.scene, clock.now(), settings))
    work = site.do(lambda settings: work_states(site.scene, clock.now(), settings))
    return {name: str(each) for name, each in (found | mine | work).items()}


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


UNAVAILABLE = ("unavailable", "sign-in-failed")


@pytest.mark.parametrize(("name", "look"), cases(SCREENS))
def test_page_can_be_read_and_used(
    name: str, look: Look, site: Site, window: Window, places: dict[str, str]
) -> None:
    screen = SCREENS[name]
    step = _step(site, screen.step, places) if screen.step else ""
    page = window(look, screen.who, step)
    if name == "unavailable":
        html = _without_database(look.language)
        page.route("**/broken", lambda route: route.fulfill(status=503, body=html))
    path = screen.path.format(**places)
    page.goto(path)
    assert urlsplit(page.url).path == urlsplit(path).path  # It leads nowhere else.
    if screen.press:
        page.locator(screen.press).first.click()
        page.wait_for_load_state()
    if name in UNAVAILABLE:
        site.complaints.clear()  # The browser notes the answer that is asked for here.
    look_at(page, name, look)


def _step(site: Site, step: str, places: dict[str, str]) -> str:
    provider_id = UUID(places["provider_id"])
    return site.do(
        lambda settings: half_signed_in(step, site.scene, provider_id, clock.now(), settings)
    )


def _without_database(language: str) -> str:
    """The page that a visitor gets while the database is away."""

    async def ask() -> str:
        settings = Settings(database_url="postgres://postgres@/none?host=/nowhere")
        async with open_runtime(settings.database_url):
            transport = httpx2.ASGITransport(app=create_app(settings))
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://mulin.test"
            ) as http:
                return (await http.get("/", headers={"Accept-Language": language})).text

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(ask())).result()
