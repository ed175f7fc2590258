"""Every page as a person sees it: a picture each, and nothing that hangs over the edge."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from services import clock
from tests.pages.conftest import Open, Site
from tests.pages.scene import EMPTY, ORGANISER, VOLUNTEER, rounds_in_all_states
from tests.support.lease import CHECKOUT

SCREENS = CHECKOUT / "artefacts" / "screens"
LOOKS = [(375, "zh-CN", "light"), (1280, "en", "light"), (375, "zh-CN", "dark")]
PAGES = {
    "shifts": ("/", None),
    "shifts-empty": ("/?day=2020-01-01", None),
    "shifts-near": ("/?near=5", VOLUNTEER),
    "shift": ("/shifts/{sports}", VOLUNTEER),
    "shift-full": ("/shifts/{books}", None),
    "sign-in": ("/sign-in", None),
    "offers": ("/offers", VOLUNTEER),
    "rounds": ("/rounds", ORGANISER),
    "rounds-empty": ("/rounds", EMPTY),
    "round-new": ("/rounds/new", ORGANISER),
    "round-solving": ("/rounds/{solving}", ORGANISER),
    "round-proposed": ("/rounds/{proposed}", ORGANISER),
    "round-published": ("/rounds/{published}", ORGANISER),
    "round-stale": ("/rounds/{stale}", ORGANISER),
    "round-failed": ("/rounds/{failed}", ORGANISER),
    "round-cancelled": ("/rounds/{cancelled}", ORGANISER),
    "not-found": ("/nowhere", None),
    "forbidden": ("/rounds", VOLUNTEER),
}


def shoot(page: Page, name: str, width: int, language: str, scheme: str) -> Path:
    SCREENS.mkdir(parents=True, exist_ok=True)
    # As tall as the page, so that the tabs at the bottom cover nothing in the picture.
    height = page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)")
    page.set_viewport_size({"width": width, "height": height})
    file = SCREENS / f"{name}-{width}-{language[:2]}-{scheme}.png"
    page.screenshot(path=file)
    return file


@pytest.fixture(scope="session")
def places(site: Site) -> dict[str, str]:
    """What stands in the addresses above."""
    found = site.do(lambda settings: rounds_in_all_states(site.scene, clock.now(), settings))
    shifts = {"sports": "街区运动会 2", "books": "社区图书角整理 1"}
    found |= {name: site.scene.shift_ids[key] for name, key in shifts.items()}
    return {name: str(each) for name, each in found.items()}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_page_looks_as_pictured(
    name: str, width: int, language: str, scheme: str, open_page: Open, places: dict[str, str]
) -> None:
    path, who = PAGES[name]
    page = open_page(
        path.format(**places), width=width, language=language, scheme=scheme, who=who
    )
    assert page.locator("main h1, main h2").first.is_visible()
    assert shoot(page, name, width, language, scheme).stat().st_size > 5_000
