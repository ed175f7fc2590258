"""The day of a shift in a real browser: a lead shows the code, people come, go, and say how it was.

The picture that the lead shows is photographed and read by the visitor's own browser.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from models.core import RoleName, SafetyReportKind
from services import (
    accounts,
    attendance,
    claims,
    clock,
    evaluations,
    projects,
    safety_reports,
    shifts,
    volunteers,
)
from services.attendance import DigitsIn, LeadIn, ObjectionIn, Way
from services.claims import ClaimIn
from services.database import rows
from services.evaluations import EvaluationIn, Word
from services.projects import ProjectIn
from services.rights import Actor
from services.safety_reports import SafetyReportIn
from services.scope import as_system
from services.settings import Settings
from services.shifts import RoleIn, ShiftIn
from services.volunteers import VolunteerIn
from tests.pages.conftest import Open, Site, new_window
from tests.pages.said import Said, both_ways
from tests.pages.scene import ORGANISER, PASSWORD, easy_passwords
from tests.pages.test_screens import Look, cases, look_at

READER = "jiedao"


FIRST, SECOND, THIRD = NAMES = ("朱清和", "陈雨桐", "林知夏")


@dataclass(frozen=True)
class Comer:
    """Somebody with a seat: the name they sign in with, and their claim."""

    name: str
    actor: Actor
    claim_id: UUID


@dataclass(frozen=True)
class Today:
    """A shift that has its door open, and who has a seat on it: new people each time, because
    nobody is in two places at once."""

    shift_id: UUID
    people: dict[str, Comer]

    @property
    def first(self) -> Comer:
        return self.people[FIRST]

    @property
    def second(self) -> Comer:
        return self.people[SECOND]

    @property
    def third(self) -> Comer:
        return self.people[THIRD]

    def path(self, page: str) -> str:
        return page.format(shift=self.shift_id, claim=self.first.claim_id)


@pytest.fixture
def today(site: Site) -> Today:
    """A shift of this hour with three people on it, of whom none has come yet."""
    return site.do(lambda settings: _make(site, settings))


async def _make(site: Site, settings: Settings) -> Today:
    now = clock.now().replace(second=0, microsecond=0)
    organiser = site.scene.organiser
    project = await projects.create(
        organiser,
        ProjectIn(
            organisation_id=site.scene.street_id,
            name="周末社区食堂",
            category="助老",
            risk_statement="厨房地滑，请穿防滑鞋。",
        ),
    )
    await projects.publish(organiser, project.id)
    shift = await shifts.create(
        organiser,
        ShiftIn(
            project_id=project.id,
            starts_at=now + timedelta(minutes=10),
            ends_at=now + timedelta(minutes=90),
            place="梧桐街道社区食堂",
            location=(121.4453, 31.2156),
            roles=[RoleIn(key="serve", name="帮厨", target=3)],
        ),
    )
    people = {}
    for number, name in enumerate(NAMES):
        volunteer = await volunteers.create(
            organiser,
            VolunteerIn(name=name, birth_date=date(2000, 3, 1 + number)),
            today=now.date(),
        )
        called = f"{shift.id}-{number}"
        with easy_passwords():
            who = await accounts.create_account(called, PASSWORD, volunteer_id=volunteer.id)
        taken = await claims.claim(
            who, shift.id, ClaimIn(risk_statement_version=1), clock.now(), settings
        )
        people[name] = Comer(called, who, taken.id)
    return Today(shift.id, people)


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
    page.locator("summary", has_text=said("Check-in by digits: how near")).click()
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
    site.do(lambda _: _reader_at_the_top(site))
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
    reader.get_by_role("button", name=said("I look after it")).click()
    reader.locator("[name=text]").fill("已约谈。")
    reader.get_by_role("button", name=said("Answer and close")).click()
    page.goto(address)
    expect(page.get_by_text("已约谈。")).to_be_visible()


async def _seen(site: Site, today: Today, settings: Settings) -> attendance.Attendance:
    return await attendance.of_claim(site.scene.organiser, today.first.claim_id, settings)


@as_system
async def _reader_at_the_top(site: Site) -> None:
    """An administrator of the district who runs no project."""
    if await rows("SELECT 1 FROM account WHERE name = $1", READER):
        return
    [above] = await rows("SELECT parent_id FROM organisation WHERE id = $1", site.scene.street_id)
    with easy_passwords():
        await accounts.create_account(
            READER, PASSWORD, (RoleName.NODE_ADMINISTRATOR, above["parent_id"])
        )


PAGES = {
    "check-in": ("/mine/{waiting}/check-in", "waiting"),
    "check-out": ("/mine/{here}/check-in", "here"),
    "after": ("/mine/{gone}/after", "gone"),
    "absent": ("/mine/{absent}/after", "absent"),
    "scan": ("/scan", "waiting"),
    "lead": ("/shifts/{shift}/lead", ORGANISER),
    "report-new": ("/shifts/{shift}/report", "waiting"),
    "check-code": ("/check/{code}", "waiting"),
    "reports": ("/safety-reports", READER),
    "report": ("/safety-reports/{report}", READER),
}


@pytest.fixture(scope="module")
def places(site: Site) -> dict[str, str]:
    return site.do(lambda settings: _places(site, settings))


async def _places(site: Site, settings: Settings) -> dict[str, str]:
    """One who waits, one who is here, one who has gone; one who did not come and objects."""
    boss, now = site.scene.organiser, clock.now()
    await _reader_at_the_top(site)
    today, other = await _make(site, settings), await _make(site, settings)
    late = now + timedelta(minutes=30)
    absent = other.third
    await attendance.mark_absent(boss, absent.claim_id, late, settings)
    why = ObjectionIn(text="我九点就到了，在后门帮忙搬桌子。")
    await attendance.object_to(absent.actor, absent.claim_id, why, late, settings)
    for who, ways in ((today.second, (Way.IN,)), (today.third, (Way.IN, Way.OUT))):
        for way in ways:
            shown = await attendance.show_code(boss, today.shift_id, now, settings)
            typed = DigitsIn(digits=shown.digits, way=way)
            await attendance.by_digits(who.actor, who.claim_id, typed, now, settings)
    praise = EvaluationIn(stars=5, words=[Word.RELIABLE, Word.KIND])
    await evaluations.give(boss, today.third.claim_id, praise, now)
    told = SafetyReportIn(kind=SafetyReportKind.ACCIDENT, text="有人滑倒，擦破了手。")
    report = await safety_reports.report(today.first.actor, today.shift_id, told, now)
    return {
        "shift": str(today.shift_id),
        "waiting": str(today.first.claim_id),
        "here": str(today.second.claim_id),
        "gone": str(today.third.claim_id),
        "absent": str(absent.claim_id),
        "report": str(report.id),
        "waiting's name": today.first.name,
        "here's name": today.second.name,
        "gone's name": today.third.name,
        "absent's name": absent.name,
    }


@pytest.fixture(scope="module")
def window(site: Site, browser: Browser) -> Iterator[object]:
    contexts = []

    @cache
    def open_(look: Look, who: str) -> Page:
        contexts.append(new_window(site, browser, *look, who=who))
        return contexts[-1].new_page()

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("name", "look"), cases(PAGES))
def test_page_can_be_read_and_used(
    name: str, look: Look, site: Site, window: object, places: dict[str, str]
) -> None:
    path, who = PAGES[name]
    page: Page = window(look, places.get(f"{who}'s name", who))  # type: ignore[operator]
    fresh = _fresh_code(site, places) if "{code}" in path else ""
    page.goto(path.format(code=fresh, **places))
    look_at(page, f"attendance-{name}", look)


def _fresh_code(site: Site, places: dict[str, str]) -> str:
    """What stands in the lead's picture right now; it is good for half a minute."""
    shift_id, boss = UUID(places["shift"]), site.scene.organiser
    shown = site.do(lambda settings: attendance.show_code(boss, shift_id, clock.now(), settings))
    return shown.address.rpartition("/")[2]
