"""Signing in by phone in a browser, with the code read off the message."""

from uuid import UUID

from playwright.sync_api import Page

from models.core import DatumKind
from services import clock, personal
from services.scope import as_system
from services.settings import Settings
from tests.pages.conftest import Site
from tests.support.inbox import Inbox


def read_code(site: Site) -> str:
    async def work(_: Settings) -> str:
        inbox = Inbox()
        await inbox.collect()
        return inbox.code

    return site.do(work)


def give_number(site: Site, person_id: UUID, number: str, *, is_proven: bool = True) -> None:
    proven_at = clock.now() if is_proven else None

    @as_system
    async def work(_: Settings) -> None:
        await personal.put(DatumKind.PHONE, number, volunteer_id=person_id, verified_at=proven_at)

    site.do(work)


def enter_number(page: Page, number: str) -> None:
    page.locator("[name=phone]").fill(number)
    page.locator("main button.main").click()


def enter_code(page: Page, site: Site) -> None:
    page.locator("[name=code]").fill(read_code(site))
    page.locator("main button.main").click()
