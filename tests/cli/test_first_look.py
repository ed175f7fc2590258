"""`make run`, and somebody who has never been here: one house for all tests of this module."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Page, Response, ViewportSize, expect, sync_playwright

from cli.demo.making import ORGANISER_NAME, PASSWORD, PHONES, STAFF
from tests.cli.conftest import passable_folder
from tests.support.browser import ARGUMENTS, chromium_program
from tests.support.lease import CHECKOUT
from tests.support.processes import program, read_until

PORT = "18800"


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom nobody knows here, the screen that they hold and the words that they read."""

    number: str
    language: str
    width: int
    join: str
    sure: str
    taken: str


IN_CHINESE = Newcomer("154 0000 9001", "zh-CN", 375, "登录后报名", "确定，我要报名", "你已报名")
IN_ENGLISH = Newcomer(
    "154 0000 9002", "en", 1280, "Sign in to join", "Yes, count me in", "You are in"
)


@dataclass(frozen=True)
class Running:
    """What `make run` starts, and what it told before it was ready."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    address: str
    told: str


@pytest.fixture(scope="module")
def house() -> Iterator[Running]:
    with passable_folder() as folder:
        environment = {
            "DATABASE_URL": "", "REDIS_URL": "", "MULIN_ADDRESS": "", "LANG": "en_US.UTF-8",
            "MULIN_DATA": str(folder / "data"), "MULIN_PORT": PORT,
        }  # fmt: skip
        with program("cli", "up", environment=environment) as process:
            told = read_until(process, "Ctrl-C")
            announced = json.loads((folder / "data" / "running.json").read_bytes())
            yield Running(process, environment, announced["address"], told)
            os.kill(process.pid, signal.SIGINT)
            read_until(process, "All stopped")
        numbers = [
            number.replace(" ", "") for number in (*PHONES, IN_CHINESE.number, IN_ENGLISH.number)
        ]
        for log in (folder / "data" / "logs").iterdir():
            text = log.read_text(errors="replace")
            assert not [number for number in numbers if number in text], log


def test_make_run_plans_the_demo_week_and_tells_how_to_sign_in(house: Running) -> None:
    _sign_in_by_phone(house)
    _sign_in_as_staff(house)
    assert "seats filled in" in house.told
    assert "Proven: no plan is better." in house.told
    assert f"{house.address}/sign-in/staff?back=/rounds/" in house.told
    assert "password mulin-demo" in house.told
    assert PHONES[0] in house.told


def _code_for(house: Running, number: str) -> str:
    """The six digits that appear in the terminal of `make run`, beside the number masked."""
    digits = number.replace(" ", "")
    message = read_until(house.process, f"{digits[:3]}****{digits[-4:]}").splitlines()[-1]
    [code] = re.findall(r"(?<!\d)\d{6}(?!\d)", message)
    return str(code)


def _sign_in_by_phone(house: Running) -> None:
    """It opens the demo's volunteer."""
    with httpx2.Client(base_url=f"{house.address}/api/v1") as client:
        sent = client.post("/sign-in-codes", json={"phone": PHONES[0]})
        assert sent.status_code == 202, sent.text
        code = _code_for(house, PHONES[0])
        answer = client.post("/phone-sessions", json={"phone": PHONES[0], "code": code})
    assert answer.json()["actor"]["volunteer_id"], answer.text


def _sign_in_as_staff(house: Running) -> None:
    """`mulin demo --codes` shows what the authenticators of the demo's staff would."""
    shown = subprocess.run(
        [sys.executable, "-m", "cli", "demo", "--codes"],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env={**os.environ, **house.environment},
        check=True,
    ).stdout
    codes = dict(line.split() for line in shown.splitlines())
    assert set(codes) == set(STAFF)
    body = {"name": ORGANISER_NAME, "password": PASSWORD, "totp": codes[ORGANISER_NAME]}
    answer = httpx2.post(f"{house.address}/api/v1/sessions", json=body)
    assert len(answer.json()["actor"]["grants"]) == len(STAFF[ORGANISER_NAME]), answer.text


@pytest.mark.browser
@pytest.mark.parametrize(
    "newcomer", [IN_CHINESE, IN_ENGLISH], ids=["phone in Chinese", "desk in English"]
)
def test_somebody_new_has_a_seat_after_three_screens(house: Running, newcomer: Newcomer) -> None:
    """A screen is a page on which something is to be read and pressed. Three of them are the
    claim: find, look, confirm. Whoever is new meets three more on the way, once: the number, the
    code, and who they are; and is led on to where they were going."""
    program_file = chromium_program()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program_file, args=list(ARGUMENTS))
        context = browser.new_context(
            base_url=house.address,
            locale=newcomer.language,
            viewport=ViewportSize(width=newcomer.width, height=812),
        )
        page, screens = context.new_page(), list[str]()
        page.on("response", lambda answer: _note_screen(screens, answer))
        _find_register_and_claim(house, page, newcomer)
        browser.close()
    *asked, done = screens
    claim = [each for each in asked if not each.startswith("/sign-in")]
    once = [each for each in asked if each.startswith("/sign-in")]
    assert claim == ["/", "/shifts/…", "/shifts/…/claim"]
    assert once == ["/sign-in", "/sign-in/step", "/sign-in/step"]
    assert done == "/shifts/…"


def _note_screen(screens: list[str], answer: Response) -> None:
    if answer.request.is_navigation_request() and answer.status == 200:
        screens.append(re.sub(r"[0-9a-f-]{36}", "…", urlsplit(answer.url).path))


def _find_register_and_claim(house: Running, page: Page, newcomer: Newcomer) -> None:
    """What they press, with nobody beside them: each time the one large button of the page."""
    page.goto("/")
    page.locator("main a.cover", has_text="长者助餐送餐").first.click()
    page.get_by_role("link", name=newcomer.join).first.click()
    page.locator("[name=phone]").fill(newcomer.number)
    page.locator("main button.main").click()
    page.locator("[name=code]").fill(_code_for(house, newcomer.number))
    page.locator("main button.main").click()
    page.locator("[name=name]").fill("林晓")
    page.locator("[name=birth_date]").fill("2000-05-01")
    page.locator("[name=organisation_id]").first.check()
    page.locator("[name=accepts_terms]").check()
    page.locator("main button.main").click()
    page.get_by_role("button", name=newcomer.sure).click()
    expect(page.get_by_text(newcomer.taken).first).to_be_visible()
