"""Every page of the day of a shift: who waits, who is here, who has gone, who did not come."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.core import SafetyReportKind
from services import attendance, clock, evaluations, safety_reports
from services.attendance import DigitsIn, ObjectionIn, Way
from services.evaluations import EvaluationIn, Word
from services.safety_reports import SafetyReportIn
from services.settings import Settings
from tests.pages.conftest import Site, Window
from tests.pages.scene import ORGANISER
from tests.pages.test_screens import Look, cases, look_at
from tests.pages.today import READER, make_today, reader_at_the_top

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
    await reader_at_the_top(site)
    today, other = await make_today(site, settings), await make_today(site, settings)
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


@pytest.mark.parametrize(("name", "look"), cases(PAGES))
def test_page_can_be_read_and_used(
    name: str, look: Look, site: Site, window: Window, places: dict[str, str]
) -> None:
    path, who = PAGES[name]
    page = window(look, places.get(f"{who}'s name", who))
    fresh = _fresh_code(site, places) if "{code}" in path else ""
    page.goto(path.format(code=fresh, **places))
    look_at(page, f"attendance-{name}", look)


def _fresh_code(site: Site, places: dict[str, str]) -> str:
    """What stands in the lead's picture right now; it is good for half a minute."""
    shift_id, boss = UUID(places["shift"]), site.scene.organiser
    shown = site.do(lambda settings: attendance.show_code(boss, shift_id, clock.now(), settings))
    return shown.address.rpartition("/")[2]
