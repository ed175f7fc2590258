"""Asking for a seat that the organiser gives, and waiting for one that is taken: in a browser."""

from datetime import timedelta
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from models.core import ClaimMode
from services import claims, clock, shifts
from services.paging import PageQuery
from services.settings import Settings
from services.shifts import RoleIn, Shift, ShiftIn
from tests.pages.conftest import Open, Site
from tests.pages.said import Said, both_ways
from tests.pages.scene import (
    ANSWERER,
    CLAIMER,
    ORGANISER,
    SIGN_INS,
    UNSKILLED,
    VOLUNTEER,
    person,
)
from tests.pages.test_screens import DESK, NIGHT, PHONE, Look, measure, shoot

ZH = {
    "ask": "提交申请",
    "yes": "同意",
    "taken": "并已通知本人",
    "waits": "人等你答复",
    "wait": "排队候补",
    "turn": "候补轮到你",
    "seat": "名额是你的了",
}
EN = {
    "ask": "Ask for a seat",
    "yes": "Accept",
    "taken": "has the seat and is told so",
    "waits": "waits for your answer",
    "wait": "Wait for a seat",
    "turn": "Your turn on the waiting list",
    "seat": "The seat is yours",
}
ENTERED = "You are in the draw for %(role)s. We tell you what came of it."
LOOKS = [pytest.param(PHONE, ZH, id="phone"), pytest.param(DESK, EN, id="desk")]


async def one_seat(site: Site, mode: str, days: int) -> Shift:
    """A shift with one seat, on a day on which nobody of the scene is engaged."""
    like = await shifts.get(site.scene.organiser, site.scene.shift_ids["街区运动会 2"])
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    command = ShiftIn(
        project_id=like.project_id,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        place=like.place,
        roles=[RoleIn(key="guide", name="引导员", target=1)],
        claim_mode=ClaimMode(mode),
        draw_at=start - timedelta(days=1) if mode == "draw" else None,
    )
    return await shifts.create(site.scene.organiser, command)


async def state_of(site: Site, who: str, shift_id: UUID) -> str:
    held = await claims.list_mine(person(site.scene, SIGN_INS[who]), PageQuery(limit=200))
    return next(each.state.value for each in held.items if each.shift.id == shift_id)


def claim_on(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()


def assert_usable(page: Page, name: str, look: Look) -> None:
    """Read by everybody, small enough, and looked at."""
    assert Axe().run(page).response["violations"] == []
    assert measure(page, "tooFaint") == []
    shoot(page, name, look)


@pytest.mark.parametrize(("look", "words"), LOOKS)
def test_who_asks_is_taken_by_the_organiser(
    look: Look, words: dict[str, str], site: Site, open_page: Open
) -> None:
    shift = site.do(lambda _: one_seat(site, "approve", 20 if look is PHONE else 23))
    how = {"width": look.width, "language": look.language}
    asking = open_page(f"/shifts/{shift.id}/claim?role=guide", who=CLAIMER, **how)
    claim_on(asking, words["ask"])
    assert site.do(lambda _: state_of(site, CLAIMER, shift.id)) == "requested"

    page = open_page(f"/shifts/{shift.id}/requests", who=ORGANISER, **how)
    expect(page.get_by_role("heading", level=2).first).to_contain_text(words["waits"])
    assert_usable(page, "shift-requests", look)
    claim_on(page, words["yes"])
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text(words["taken"])
    assert site.do(lambda _: state_of(site, CLAIMER, shift.id)) == "confirmed"
    assert_usable(page, "shift-requests-none", look)


@pytest.mark.parametrize(("look", "words"), LOOKS)
def test_who_waits_is_asked_when_a_seat_is_free(
    look: Look, words: dict[str, str], site: Site, open_page: Open
) -> None:
    shift = site.do(lambda _: one_seat(site, "instant", 30 if look is PHONE else 33))
    site.do(lambda settings: _take(site, shift, CLAIMER, settings))
    how = {"width": look.width, "language": look.language}
    waiting = open_page(f"/shifts/{shift.id}/claim?role=guide&wait=1", who=ANSWERER, **how)
    assert_usable(waiting, "claim-waiting", look)
    claim_on(waiting, words["wait"])
    assert site.do(lambda _: state_of(site, ANSWERER, shift.id)) == "waitlisted"
    assert_usable(waiting, "shift-waiting", look)

    site.do(lambda settings: _give_back_and_offer(site, shift, settings))
    assert site.do(lambda _: state_of(site, ANSWERER, shift.id)) == "offered"
    waiting.goto("/inbox")
    expect(waiting.get_by_text(words["turn"]).first).to_be_visible()
    waiting.locator("form[action$='/accept'] button").first.click()
    expect(waiting.get_by_text(words["seat"])).to_be_visible()
    assert site.do(lambda _: state_of(site, ANSWERER, shift.id)) == "confirmed"


@both_ways
def test_seats_are_drawn_among_all_who_asked(said: Said, site: Site, open_page: Open) -> None:
    shift = site.do(lambda _: one_seat(site, "draw", 50 if said.is_phone else 53))
    pages = {
        who: open_page(f"/shifts/{shift.id}/claim?role=guide", who=who, **said.how)
        for who in (CLAIMER, ANSWERER)
    }
    for page in pages.values():
        claim_on(page, said("Enter the draw"))
        expect(page.get_by_text(said.begun(ENTERED))).to_be_visible()

    assert shift.draw_at is not None
    site.do(lambda settings: claims.draw_due(shift.draw_at, settings))

    states = {who: site.do(lambda _, who=who: state_of(site, who, shift.id)) for who in pages}
    assert sorted(states.values()) == ["confirmed", "waitlisted"]
    for who, page in pages.items():
        page.reload()
        seen = (
            "You are in, as %(role)s. See you there!"
            if states[who] == "confirmed"
            else "You are waiting for a seat as %(role)s."
        )
        expect(page.get_by_text(said.begun(seen))).to_be_visible()


@both_ways
def test_a_no_says_why_and_leads_to_a_seat_that_is_there(
    said: Said, site: Site, open_page: Open
) -> None:
    sports = site.scene.shift_ids["街区运动会 2"]
    who = UNSKILLED if said.is_phone else VOLUNTEER
    page = open_page(f"/shifts/{sports}/claim?role=aid", who=who, **said.how)
    claim_on(page, said("Yes, count me in"))
    expect(page.get_by_role("alert")).to_contain_text("急救")
    instead = page.get_by_role("region", name=said("You could join these"))
    expect(instead.get_by_role("link").nth(2)).to_be_visible()

    instead.get_by_role("link").first.click()
    page.get_by_role("link", name=said("Count me in")).first.click()
    claim_on(page, said("Yes, count me in"))
    expect(page.get_by_text(said.begun("You are in, as %(role)s. See you there!"))).to_be_visible()


def test_requests_are_read_at_night(site: Site, open_page: Open) -> None:
    shift = site.do(lambda _: one_seat(site, "approve", 40))
    site.do(lambda settings: _take(site, shift, CLAIMER, settings))
    page = open_page(f"/shifts/{shift.id}/requests", who=ORGANISER, scheme="dark")
    assert_usable(page, "shift-requests", NIGHT)


async def _take(site: Site, shift: Shift, who: str, settings: Settings) -> None:
    command = claims.ClaimIn(risk_statement_version=shift.risk_statement_version)
    actor = person(site.scene, SIGN_INS[who])
    await claims.claim(actor, shift.id, command, clock.now(), settings)


async def _give_back_and_offer(site: Site, shift: Shift, settings: Settings) -> None:
    actor = person(site.scene, SIGN_INS[CLAIMER])
    held = await claims.list_mine(actor, PageQuery(limit=200))
    [mine] = [each for each in held.items if each.shift.id == shift.id]
    await claims.withdraw(actor, mine.id, clock.now(), settings)
    await claims.offer_due(clock.now(), settings)
