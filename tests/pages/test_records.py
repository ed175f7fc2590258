"""My record in a real browser: somebody finds a stay that is not theirs and says so, an organiser
decides; and every page of it as it looks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from services import accounts, attendance, claims, clock, my_record, projects, shifts, volunteers
from services.attendance import ByHandIn, ScanIn, Way
from services.claims import ClaimIn
from services.database import rows
from services.my_record import DisputeDecision, DisputeIn, DisputeOutcome
from services.projects import ProjectIn
from services.rights import Actor
from services.scope import as_system
from services.settings import Settings
from services.shifts import RoleIn, ShiftIn
from services.volunteers import VolunteerIn
from tests.pages.conftest import Open, Site
from tests.pages.scene import EMPTY, ORGANISER, PASSWORD, VOLUNTEER, easy_passwords
from tests.pages.test_screens import (
    DESK,
    KILOBYTES_MAX,
    NARROWEST,
    NIGHT,
    PHONE,
    Look,
    measure,
    shoot,
    violations,
)
from tests.pages.today import show_name
from tests.support.factories import organiser_at
from tests.support.families import make_family

JUDGE, LEADER = "panduan", "daiban"
SHOWN = {JUDGE: "沈望舒", LEADER: "顾长风"}
WHY = "我那天在外地，没有去过这个活动，这条不是我的。"
ANSWER = "核对了签到表，确实不是你，已经划去。"


@dataclass(frozen=True)
class Stay:
    """A shift of some days ago on which one person was."""

    name: str
    person: Actor
    shift_id: UUID
    claim_id: UUID
    starts_at: datetime


async def _accounts(site: Site) -> tuple[Actor, Actor]:
    """Who led the shifts, and who had nothing to do with them."""
    found = []
    for name in (LEADER, JUDGE):
        known = await as_system(rows)("SELECT id FROM account WHERE name = $1", name)
        grants = organiser_at(site.scene.street_id)
        if not known:
            with easy_passwords():
                found.append(await accounts.create_account(name, PASSWORD, *grants))
            await show_name(found[-1], SHOWN[name])
            continue
        leader = site.scene.organiser
        found.append(Actor(account_id=known[0]["id"], name=name, grants=leader.grants))
    return found[0], found[1]


async def _person(site: Site, name: str) -> tuple[str, Actor]:
    now = clock.now()
    with easy_passwords():
        volunteer = await volunteers.create(
            site.scene.organiser,
            VolunteerIn(name=name, birth_date=date(2000, 3, 1)),
            today=now.date(),
        )
        called = f"record-{volunteer.id}"
        who = await accounts.create_account(called, PASSWORD, volunteer_id=volunteer.id)
    await show_name(who, name)
    return called, who


async def _stay(
    site: Site, settings: Settings, called: str, who: Actor, days: int, project_name: str
) -> Stay:
    """Somebody came by code, on a shift of two hours so many days ago; nothing ends it yet."""
    boss, now = site.scene.organiser, clock.now().replace(second=0, microsecond=0)
    project = await projects.create(
        boss,
        ProjectIn(
            organisation_id=site.scene.street_id,
            name=project_name,
            category="助老",
            risk_statement="地滑，请穿防滑鞋。",
        ),
    )
    await projects.publish(boss, project.id)
    shift = await shifts.create(
        boss,
        ShiftIn(
            project_id=project.id,
            starts_at=now + timedelta(days=days),
            ends_at=now + timedelta(days=days, hours=2),
            place="梧桐街道社区食堂",
            roles=[RoleIn(key="serve", name="帮厨", target=3)],
        ),
    )
    taken = await claims.claim(who, shift.id, ClaimIn(risk_statement_version=1), now, settings)
    starts_at = now - timedelta(days=days)
    await as_system(rows)(
        "UPDATE shift SET starts_at = $2, ends_at = $3 WHERE id = $1",
        shift.id,
        starts_at,
        starts_at + timedelta(hours=2),
    )
    return Stay(called, who, shift.id, taken.id, starts_at)


async def _taps(leader: Actor, stay: Stay, way: Way, minutes: int, settings: Settings) -> None:
    now = stay.starts_at + timedelta(minutes=minutes)
    await attendance.by_hand(leader, stay.claim_id, ByHandIn(way=way), now, settings)


async def _scans(leader: Actor, stay: Stay, way: Way, minutes: int, settings: Settings) -> None:
    now = stay.starts_at + timedelta(minutes=minutes)
    shown = await attendance.show_code(leader, stay.shift_id, now, settings)
    await attendance.scan(stay.person, ScanIn(code=shown.address, way=way), now, settings)


async def _noted_by_hand(site: Site, settings: Settings) -> Stay:
    """The lead has written down somebody who says that they were never there."""
    leader, _ = await _accounts(site)
    called, who = await _person(site, "陈雨桐")
    stay = await _stay(site, settings, called, who, 2, "苏河步道清洁")
    for way, minutes in ((Way.IN, 0), (Way.OUT, 120)):
        await _taps(leader, stay, way, minutes, settings)
    return stay


def test_somebody_was_never_there_and_an_organiser_strikes_it_out(
    site: Site, open_page: Open
) -> None:
    """On a phone in Chinese and without a script; the organiser at a desk, in English."""
    stay = site.do(lambda settings: _noted_by_hand(site, settings))
    mine = open_page("/mine", who=stay.name, scripts=False)
    mine.get_by_role("link", name="我的记录").click()
    expect(mine.locator(".record-hours")).to_have_text("2 小时")
    mine.get_by_role("link", name="苏河步道清洁").click()
    expect(mine.get_by_text("负责人代签").first).to_be_visible()
    mine.get_by_label("哪里不对？").fill(WHY)
    mine.get_by_role("button", name="申请更正").click()
    expect(mine.get_by_text("已转给组织者处理")).to_be_visible()
    expect(mine.get_by_text(WHY)).to_be_visible()

    led = open_page(f"/shifts/{stay.shift_id}/disputes", who=LEADER, width=1280, language="en")
    expect(led.get_by_text("A colleague decides")).to_be_visible()
    expect(led.get_by_role("button", name="Send decision")).to_have_count(0)
    desk = open_page(
        f"/shifts/{stay.shift_id}/lead", who=JUDGE, width=1280, language="en", scripts=False
    )
    desk.get_by_role("link", name="What people dispute").click()
    desk.get_by_label("They were never there").check()
    desk.get_by_label("Your reason").fill(ANSWER)
    desk.get_by_role("button", name="Send decision").click()
    expect(desk.get_by_text("Decided, and the person has been told.")).to_be_visible()

    mine.goto("/mine/record")
    expect(mine.get_by_text("已划去")).to_be_visible()
    expect(mine.locator(".record-hours")).to_have_text("0 分钟")
    mine.get_by_role("link", name="苏河步道清洁").click()
    expect(mine.get_by_text(ANSWER)).to_be_visible()
    mine.locator("summary", has_text="改动前的内容").click()
    expect(mine.locator(".record-former").get_by_text("2 小时")).to_be_visible()


def test_an_organiser_corrects_the_times_or_is_told_why_not(site: Site, open_page: Open) -> None:
    stay = site.do(lambda settings: _disputed(site, settings))
    page = open_page(f"/shifts/{stay.shift_id}/disputes", who=JUDGE, scripts=False)
    expect(page.get_by_label("离开", exact=True)).to_be_hidden()
    page.get_by_label("时间应当更正").check()
    local = stay.starts_at.astimezone(site.settings.zone)
    page.get_by_label("离开", exact=True).fill(f"{local - timedelta(hours=9):%Y-%m-%dT%H:%M}")
    page.get_by_label("理由").fill("按签到表。")
    page.get_by_role("button", name="提交处理结果").click()
    expect(page.get_by_role("alert")).to_contain_text("签退时间早于签到时间")
    expect(page.get_by_label("理由")).to_have_value("按签到表。")
    page.get_by_label("离开", exact=True).fill(f"{local + timedelta(minutes=90):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="提交处理结果").click()
    expect(page.get_by_text("已采纳，记录已改")).to_be_visible()
    entry = site.do(
        lambda settings: my_record.get(stay.person, stay.claim_id, clock.now(), settings)
    )
    assert entry.line.stay.minutes == 90


async def _disputed(site: Site, settings: Settings) -> Stay:
    stay = await _noted_by_hand(site, settings)
    await my_record.dispute(stay.person, stay.claim_id, DisputeIn(text=WHY), clock.now(), settings)
    return stay


PAGES = {
    "record": ("/mine/record", "full"),
    "record-empty": ("/mine/record", VOLUNTEER),
    "record-of-ward": ("/me/wards/{ward}/record", "guardian"),
    "stay": ("/mine/{noted}/record", "full"),
    "stay-disputed": ("/mine/{disputed}/record", "full"),
    "stay-struck": ("/mine/{struck}/record", "full"),
    "disputes": ("/shifts/{shift}/disputes", JUDGE),
    "disputes-led": ("/shifts/{shift}/disputes", LEADER),
    "disputes-empty": ("/shifts/{quiet}/disputes", ORGANISER),
}
CASES = [
    *((name, look) for look in (PHONE, DESK) for name in PAGES),
    *((name, NIGHT) for name in ("record", "stay-struck", "disputes")),
]


@pytest.fixture(scope="module")
def places(site: Site) -> dict[str, str]:
    return site.do(lambda settings: _places(site, settings))


async def _places(site: Site, settings: Settings) -> dict[str, str]:
    """One person with a stay in each state; and a lead and a judge."""
    leader, judge = await _accounts(site)
    called, who = await _person(site, "朱清和")
    made = {}
    for name, days, project_name in (
        ("noted", 1, "社区图书角整理"),
        ("disputed", 2, "苏河步道清洁"),
        ("struck", 3, "长者智能手机课堂"),
        ("corrected", 4, "街区运动会"),
        ("forgotten", 5, "周末社区食堂"),
        ("old", 40, "社区图书角整理"),
    ):
        made[name] = stay = await _stay(site, settings, called, who, days, project_name)
        await _scans(leader, stay, Way.IN, 2, settings)
        if name == "forgotten":
            late = stay.starts_at + timedelta(hours=5)
            await attendance.close_due(late, settings)
        else:
            await _taps(leader, stay, Way.OUT, 95, settings)
    for name, outcome in (("disputed", None), ("struck", "struck"), ("corrected", "corrected")):
        stay, now = made[name], clock.now()
        said = await my_record.dispute(who, stay.claim_id, DisputeIn(text=WHY), now, settings)
        if outcome is not None:
            at = stay.starts_at + timedelta(minutes=120) if outcome == "corrected" else None
            command = DisputeDecision(outcome=DisputeOutcome(outcome), answer=ANSWER, out_at=at)
            await my_record.decide(judge, said.id, command, now, settings)
    family = await make_family(site.scene.organiser)
    await show_name(family.guardian, "胡雅琴")
    return {
        **{name: str(stay.claim_id) for name, stay in made.items()},
        "shift": str(made["disputed"].shift_id),
        "quiet": str(made["noted"].shift_id),
        "ward": str(family.teen.volunteer_id),
        "ward's name": await _called(family.teen),
        "full's name": called,
        "guardian's name": family.guardian.name,
    }


@pytest.mark.parametrize(
    ("name", "look"), CASES, ids=lambda part: "-".join(map(str, part)) if len(part) == 3 else part
)
def test_page_can_be_read_and_used(
    name: str, look: Look, window: object, places: dict[str, str]
) -> None:
    path, who = PAGES[name]
    page: Page = window(look, places.get(f"{who}'s name", who))  # type: ignore[operator]
    page.goto(path.format(**places))
    assert page.locator("main h1").count() == 1
    assert measure(page, "tooFaint") == []
    assert measure(page, "tooSmall") == []
    assert measure(page, "nameless") == []
    assert violations(page) == []
    assert measure(page, "bytes") < KILOBYTES_MAX * 1000
    shoot(page, f"records-{name}", look)
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    page.set_viewport_size({"width": look.width, "height": 812})


async def _called(who: Actor) -> str:
    [known] = await as_system(rows)("SELECT name FROM volunteer WHERE id = $1", who.volunteer_id)
    name: str = known["name"]
    return name


def test_a_guardian_reads_whose_record_it_is(open_page: Open, places: dict[str, str]) -> None:
    page = open_page(PAGES["record-of-ward"][0].format(**places), who=places["guardian's name"])
    name = places["ward's name"]
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name}的服务记录")
    expect(page.get_by_text("孩子一签到")).to_be_visible()


def test_a_disputed_stay_is_so_since_it_was_disputed(
    open_page: Open, places: dict[str, str]
) -> None:
    """Not since somebody noted it, two days earlier; and what was decided hides its form."""
    page = open_page(PAGES["stay-disputed"][0].format(**places), who=places["full's name"])
    said = page.locator("section[aria-labelledby^='dispute-'] .soft.small").first.inner_text()
    expect(page.locator("section[aria-labelledby=where] dd").first).to_contain_text(said)
    page.goto(PAGES["stay-struck"][0].format(**places))
    expect(page.get_by_role("button", name="申请更正")).to_be_hidden()
    page.locator("summary", has_text="你其实去过？").click()
    expect(page.get_by_role("button", name="申请更正")).to_be_visible()


def test_another_streets_organiser_sees_no_dispute(
    site: Site, open_page: Open, places: dict[str, str]
) -> None:
    page = open_page(f"/shifts/{places['shift']}/disputes", who=EMPTY)
    expect(page.get_by_text(WHY)).to_have_count(0)
    assert page.locator("form[action*='/disputes/']").count() == 0
