"""One running site with a scene in it, and a browser, for all tests of the pages; for those that
need neither, a visitor of an application in this process."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from api.app import create_app
from services import clock
from services.database import open_runtime
from services.settings import Settings
from tests.pages.scene import Scene, build
from tests.pages.visiting import Client
from tests.support.lease import CHECKOUT, leased
from tests.support.pressing import PressingVisitor
from tests.support.signing import as_outside, token_of_name
from tests.support.waiting import wait_until

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
STARTED_SECONDS_MAX = 120  # It compiles and opens a database; a busy machine takes its time.
T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """A running web process, its database, and the scene in it."""

    address: str
    settings: Settings
    scene: Scene
    tokens: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def do(self, work: Callable[[Settings], Awaitable[T]]) -> T:
        """The result of `work` with the services open on the site's database."""
        return _in_thread(self.settings, work)

    def token(self, name: str) -> str:
        """A session of this person, for the cookie `mulin`; the same one for the whole run."""
        if name not in self.tokens:
            self.tokens[name] = self.do(lambda _: token_of_name(name))
        return self.tokens[name]

    def visitor(self, language: str = "zh") -> httpx2.Client:
        """A client that keeps its cookies and follows no redirects."""
        return PressingVisitor(base_url=self.address, headers={"Accept-Language": language})

    def client(self, name: str, language: str = "zh") -> httpx2.Client:
        """The same, signed in."""
        client = self.visitor(language)
        client.cookies.set("mulin", self.token(name))
        return client


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with leased("database") as url, _running(url) as address:
        settings = Settings(database_url=url, address=address)
        scene = _in_thread(settings, lambda settings: build(clock.now(), settings))
        yield Site(address, settings, scene)


@contextmanager
def _running(database_url: str) -> Iterator[str]:
    """The address of a web process on this database; it ends with the block."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning"],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": database_url, "MULIN_ADDRESS": address},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(process, address), "the web process", STARTED_SECONDS_MAX)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _answers(process: subprocess.Popen[bytes], address: str) -> bool:
    assert process.poll() is None, "the web process ended"
    try:
        return httpx2.get(f"{address}/static/mark.svg").status_code == 200
    except httpx2.TransportError:
        return False


def _in_thread(settings: Settings, work: Callable[[Settings], Awaitable[T]]) -> T:
    """Run in a thread of its own: the browser's driver keeps an event loop in this one."""

    async def run() -> T:
        async with open_runtime(settings.database_url):
            return await work(settings)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(run())).result()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Its driver keeps an event loop running in this thread, so it lives only as long
    as a module of browser tests: no test with a loop of its own could run beside it."""
    if not CHROMIUM.exists():
        pytest.skip("no browser: /usr/bin/chromium is not installed")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


def new_window(
    site: Site,
    browser: Browser,
    width: int = 375,
    language: str = "zh-CN",
    scheme: str = "light",
    *,
    who: str | None = None,
    scripts: bool = True,
) -> BrowserContext:
    """A window of its own, signed in as `who`. It must ask no other host and break no rule."""
    context = browser.new_context(
        base_url=site.address,
        viewport=ViewportSize(width=width, height=812 if width < 700 else 860),
        locale=language,
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
        has_touch=width < 700,
    )
    context.set_default_timeout(15_000)
    if who is not None:
        cookie = {"name": "mulin", "value": site.token(who), "url": site.address}
        context.add_cookies([cookie])
    context.on("request", lambda request: _note_other_host(request.url, site))
    context.on("console", lambda said: _note_error(said.type, said.text, site))
    context.on("weberror", lambda failed: site.complaints.append(str(failed.error)))
    return context


def _note_other_host(url: str, site: Site) -> None:
    if not url.startswith((site.address, "data:")):
        site.complaints.append(f"asked another host: {url}")


def _note_error(kind: str, text: str, site: Site) -> None:
    # The browser notes each answer of 404, 409 and the like, which tests ask for on purpose.
    if kind == "error" and "status of 4" not in text:
        site.complaints.append(text)


@pytest.fixture(autouse=True)
def no_complaints(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that asks another host, or that breaks the content security policy, fails its test."""
    yield
    if "site" in request.fixturenames:
        complaints = request.getfixturevalue("site").complaints
        found, complaints[:] = list(complaints), []
        assert found == []


Open = Callable[..., Page]
Window = Callable[..., Page]


@pytest.fixture(scope="module")
def window(site: Site, browser: Browser) -> Iterator[Window]:
    """One window for each look (width, language, scheme) and person, used again from page to page.
    With a `step`, of somebody in the middle of signing in."""
    contexts = []

    @cache
    def open_(look: tuple[int, str, str], who: str | None, step: str = "") -> Page:
        context = new_window(site, browser, *look, who=who)
        if step:
            cookie = {"name": "mulin-step", "value": step, "url": site.address}
            context.add_cookies([cookie, cookie | {"name": "mulin-openid"}])  # type: ignore[list-item]
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(site: Site, browser: Browser) -> Iterator[Open]:
    """Opens a path in a window of the test's own; takes what `new_window` takes."""
    contexts = []

    def open_(path: str, **how: Any) -> Page:
        contexts.append(new_window(site, browser, **how))
        page = contexts[-1].new_page()
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def settings(database: str) -> Settings:
    return Settings(database_url=database, address="http://testserver")


@pytest.fixture
async def scene(settings: Settings) -> Scene:
    return await build(clock.now(), settings)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[Client]:
    transport = httpx2.ASGITransport(app=as_outside(create_app(settings)))
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with Client(transport=transport, base_url="http://testserver", headers=headers) as each:
        yield each
