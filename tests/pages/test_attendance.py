"""The day of a shift in a real browser: a lead shows the code, people come, go, and say how it was.

The picture that the lead shows is photographed and read by the visitor's own browser.
"""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.messages import say
from services import attendance, clock
from services.attendance import GeofenceIn, LeadIn
from services.settings import Settings
from tests.pages.conftest import Open, Site
from tests.pages.said import Said, both_ways
from tests.pages.scene import ORGANISER
from tests.pages.today import DOOR, READER, Comer, Today, make_today, reader_at_the_top


@pytest.fixture
def today(site: Site) -> Today:
    return site.do(lambda settings: make_today(site, settings))


def photograph(page: Page, folder: Path) -> Path:
    """What somebody's phone takes of the lead's screen."""
    picture = folder / "code.png"
    page.locator(".qr").screenshot(path=picture)
    return picture


def name_lead(site: Site, today: Today, who: Comer) -> None:
    command = LeadIn(claim_id=who.claim_id)
    site.do(lambda _: attendance.name_lead(site.scene.organiser, today.shift_id, command,
                                           clock.now()))  # fmt: skip


@both_ways
def test_a_lead_shows_a_code_that_a_visitor_photographs(
    said: Said, site: Site, open_page: Open, today: Today, tmp_path: Path
) -> None:
    """In by a photo of the code, out by its digits, thanks from both sides."""
    name_lead(site, today, today.second)
    lead = open_page(today.path("/shifts/{shift}/lead"), who=today.second.name, **said.how)
    visitor = open_page(today.path("/mine/{claim}/check-in"), who=today.first.name, **said.how)

    visitor.locator("[data-photo]").set_input_files(photograph(lead, tmp_path))
    expect(visitor.get_by_text(said("You are checked in. Have a good time!"))).to_be_visible()
    expect(lead.get_by_text(said("Here: %(number)s") % {"number": 1})).to_be_visible(timeout=30_000)

    digits = lead.locator(".digits-shown").inner_text()
    visitor.get_by_role("textbox", name=said("Six digits")).fill(digits)
    visitor.get_by_role("button", name=said("Check out"), exact=True).click()
    expect(visitor.get_by_role("heading", name=said("Thank you!"))).to_be_visible()

    visitor.locator(".said-words input").first.check()
    visitor.locator(".stars button[value='5']").click()
    expect(visitor.locator(".stars-given").first).to_be_visible()
    lead.goto(today.path("/shifts/{shift}/lead"))
    lead.locator(f"#comer-{today.first.claim_id} .stars button[value='4']").click()
    visitor.reload()
    expect(visitor.get_by_role("heading", name=said("From the lead to you"))).to_be_visible()


@both_ways
def test_an_organiser_checks_in_with_one_tap_and_without_a_script(
    said: Said, site: Site, open_page: Open, today: Today
) -> None:
    page = open_page(today.path("/shifts/{shift}/lead"), who=ORGANISER, scripts=False, **said.how)
    claim_id = today.first.claim_id
    row = page.locator(f"#comer-{claim_id}")
    page.locator(f"#in-{claim_id}").click()
    expect(row.locator(".chip").get_by_text(said("Here"), exact=True)).to_be_visible()
    page.locator(f"#out-{claim_id}").click()
    expect(row.locator(".chip").get_by_text(said("Gone"), exact=True)).to_be_visible()
    page.locator("summary", has_text=said("Distance for check-in by six-digit code")).click()
    page.get_by_label(said("Within")).select_option("200")
    page.get_by_role("button", name=said("Save"), exact=True).click()
    expect(page.get_by_text(said("Noted."))).to_be_visible()


@both_ways
def test_who_was_marked_absent_objects_and_is_excused(
    said: Said, site: Site, open_page: Open, today: Today
) -> None:
    late = clock.now() + timedelta(minutes=30)
    name_lead(site, today, today.second)
    site.do(
        lambda settings: attendance.mark_absent(
            today.second.actor, today.first.claim_id, late, settings
        )
    )
    page = open_page(today.path("/mine/{claim}/after"), who=today.first.name, **said.how)
    page.locator("[name=text]").fill("路上出了事故，等了交警。")
    page.get_by_role("button", name=said("Object"), exact=True).click()
    expect(page.get_by_text(said("You objected. The organiser will look at it."))).to_be_visible()

    lead = open_page(today.path("/shifts/{shift}/lead"), who=ORGANISER, **said.how)
    expect(lead.get_by_text("路上出了事故，等了交警。")).to_be_visible()
    lead.locator(f"#excused-{today.first.claim_id}").click()
    expect(lead.locator(f"#excused-{today.first.claim_id}")).to_have_count(0)
    page.reload()
    expect(page.get_by_text(said("You objected. The organiser will look at it."))).to_have_count(0)
    seen = site.do(lambda settings: _seen(site, today, settings))
    assert seen.state == "excused"


@both_ways
def test_a_phones_own_camera_opens_a_page_with_one_button(
    said: Said, site: Site, open_page: Open, today: Today
) -> None:
    address = site.do(
        lambda settings: attendance.show_code(
            site.scene.organiser, today.shift_id, clock.now(), settings
        )
    ).address
    way = address.removeprefix(site.address)
    page = open_page(way, who=today.first.name, scripts=False, **said.how)
    expect(page.get_by_role("heading", level=1)).to_have_text("周末社区食堂")
    seen = site.do(lambda settings: _seen(site, today, settings))
    assert seen.in_at is None, "opening the page changed something"

    page.get_by_role("button", name=said("Check in"), exact=True).click()
    expect(page.get_by_text(said("You are checked in. Have a good time!"))).to_be_visible()


@both_ways
def test_wrong_digits_say_how_many_tries_are_left(
    said: Said, open_page: Open, today: Today
) -> None:
    way = today.path("/mine/{claim}/check-in")
    page = open_page(way, who=today.first.name, scripts=False, **said.how)
    page.get_by_role("textbox", name=said("Six digits")).fill("000000")
    page.get_by_role("button", name=said("Check in"), exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("还可以试 4 次|try 4 more times"))


@both_ways
def test_digits_count_near_the_place_only_where_the_lead_says_so(
    said: Said, site: Site, open_page: Open, today: Today
) -> None:
    """From afar, and from a phone that does not say where it is, they are refused with what helps;
    at the door they count."""
    page = open_page("/mine", who=today.first.name, **said.how)
    told = page.get_by_role("alert")

    def type_digits() -> None:
        page.goto(today.path("/mine/{claim}/check-in"))
        digits = site.do(lambda settings: _digits_shown(site, today, settings))
        page.get_by_role("textbox", name=said("Six digits")).fill(digits)
        page.get_by_role("button", name=said("Check in"), exact=True).click()

    def stand(east: float) -> None:
        page.context.set_geolocation({"longitude": DOOR[0] + east, "latitude": DOOR[1]})

    site.do(lambda settings: _ask_for_nearness(site, today, settings))
    type_digits()
    expect(told).to_contain_text(refusal("position_needed", said, site))
    page.context.grant_permissions(["geolocation"])
    stand(0.02)
    type_digits()
    expect(told).to_contain_text(refusal("not_near", said, site))
    stand(0.001)
    type_digits()
    expect(page.get_by_text(said("You are checked in. Have a good time!"))).to_be_visible()


NEAR_M = 200


async def _ask_for_nearness(site: Site, today: Today, settings: Settings) -> None:
    command = GeofenceIn(metres=NEAR_M)
    await attendance.set_geofence(site.scene.organiser, today.shift_id, command, settings)


async def _digits_shown(site: Site, today: Today, settings: Settings) -> str:
    lead = site.scene.organiser
    return (await attendance.show_code(lead, today.shift_id, clock.now(), settings)).digits


def refusal(code: str, said: Said, site: Site) -> str:
    language = "zh" if said.is_phone else "en"
    return say(code, {"metres": NEAR_M}, language, site.settings.zone).detail


@both_ways
def test_a_phone_without_a_network_and_with_a_wrong_clock_scans_and_sends_later(
    said: Said, site: Site, open_page: Open, today: Today, tmp_path: Path
) -> None:
    """The page is kept on the phone: it opens without a network, keeps the scan and sends it. The
    phone believes that it is another year, and is put right by the network: nothing is lost by it,
    and the time that counts is the one in the code."""
    lead = open_page(today.path("/shifts/{shift}/lead"), who=ORGANISER)
    picture = photograph(lead, tmp_path)
    before = clock.now()
    page = open_page("/scan", who=today.first.name, **said.how)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.clock.set_fixed_time(before - timedelta(days=400))
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name=said("Scan now, send later"))).to_be_visible()

    page.locator("[data-photo]").set_input_files(picture)
    expect(page.get_by_text(said("waits for a network"))).to_be_visible()
    assert "朱清和" not in page.content(), "the kept page names its owner"
    assert site.do(lambda settings: _seen(site, today, settings)).in_at is None

    page.context.clock.set_fixed_time(clock.now())
    page.context.set_offline(False)
    expect(page.locator("#kept-scans").get_by_text(said("sent"))).to_be_visible()
    seen = site.do(lambda settings: _seen(site, today, settings))
    assert seen.in_at is not None
    assert abs(seen.in_at - before) < timedelta(minutes=2)
    site.complaints.clear()  # The browser complains that it had no network.


@both_ways
def test_somebody_reports_in_confidence_and_reads_the_answer(
    said: Said, site: Site, open_page: Open, today: Today
) -> None:
    site.do(lambda _: reader_at_the_top(site))
    page = open_page(today.path("/shifts/{shift}/report"), who=today.first.name, **said.how)
    page.locator("input[name=kind][value=harassment]").check()
    page.locator("[name=text]").fill("有人一直辱骂新来的志愿者。")
    page.get_by_role("button", name=said("Send it")).click()
    expect(page.locator(".notice .strong").first).to_be_visible()
    address = page.url.removeprefix(site.address).partition("?")[0]

    organiser = open_page(address, who=ORGANISER, **said.how)
    expect(organiser.get_by_text("有人一直辱骂新来的志愿者。")).to_have_count(0)
    reader = open_page("/safety-reports", who=READER, **said.how)
    reader.locator(f"a[href='{address}']").click()
    expect(reader.get_by_text("有人一直辱骂新来的志愿者。")).to_be_visible()
    reader.get_by_role("button", name=said("I'll handle this")).click()
    reader.locator("[name=text]").fill("已约谈。")
    reader.get_by_role("button", name=said("Answer and close")).click()
    page.goto(address)
    expect(page.get_by_text("已约谈。")).to_be_visible()


async def _seen(site: Site, today: Today, settings: Settings) -> attendance.Attendance:
    return await attendance.of_claim(site.scene.organiser, today.first.claim_id, settings)
