"""My shifts in a real browser: on a phone in Chinese and at a desk in English, to the end."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import httpx2
import pytest
from playwright.sync_api import Page, expect

from services import claims, clock, shifts
from services.claims import ClaimIn
from services.my_shifts import series_following
from services.settings import Settings
from services.shifts import RoleIn, ShiftIn
from tests.pages.conftest import Open, Site
from tests.pages.scene import (
    ANSWERER,
    CLAIMER,
    ORGANISER,
    SIGN_INS,
    UNSKILLED,
    VOLUNTEER,
    person,
)
from tests.pages.test_screens import DESK, PHONE, Look

LOOKS = pytest.mark.parametrize("look", [PHONE, DESK], ids=["phone-zh", "desk-en"])
WORDS = {
    "friend": ("发链接给朋友", "To a friend, by a link"),
    "link": ("发给朋友的链接", "Link for your friend"),
    "take": ("我来接", "I'll take it"),
    "taken": ("谢谢你顶上", "Thank you for stepping in"),
    "cannot": ("我来不了", "I can't come"),
    "looking": ("正在帮你找人顶替", "looking for a stand-in"),
    "step_in": ("我来顶上", "I'll step in"),
    "coming": ("我会来", "I'm coming"),
    "noted": ("到时候见", "See you there"),
    "make_link": ("生成邀请链接", "Make a link for my friends"),
    "links": ("发给朋友们的链接", "Link for your friends"),
    "in": ("我加入", "I'm in"),
    "seats": ("给我们 2 个人一起报名", "Take 2 seats for us"),
    "all_in": ("大家都报上了", "You are all in"),
    "weekly": ("每周替我报名", "Sign me up every week"),
    "signed_up": ("已报名", "Signed up"),
    "skip": ("跳过", "Skip"),
    "skipped": ("已跳过", "Skipped"),
    "save": ("保存", "Save"),
    "saved": ("已保存", "Saved."),
    "address": ("生成地址", "Make an address"),
    "calendar": ("日历地址", "Address for your calendar"),
    "ask": ("改期并请大家重新确认", "Move it and ask everybody"),
    "moved": ("这个班次改期了", "This shift was moved"),
    "swap": ("提出换班", "Propose the swap"),
    "accept": ("换班", "Swap"),
    "alarm": ("来不了", "cannot come"),
    "to_all": ("给所有能来的人", "To everybody who can"),
    "cancel": ("取消报名", "Cancel my place"),
    "free": ("名额已让出", "Seat given back"),
    "swapped": ("换班成功", "You have swapped"),
}


class Said(NamedTuple):
    """The words of a page in the language in which it is read."""

    look: Look

    def __call__(self, name: str) -> str:
        return WORDS[name][self.look.language == "en"]


class Desk(NamedTuple):
    """Somebody at a page, in one look; the pictures of what they see are in `screens`."""

    site: Site
    open_page: Open
    look: Look

    def at(self, path: str, who: str) -> Page:
        width, language, _ = self.look
        return self.open_page(path, who=who, width=width, language=language)


@pytest.fixture
def desk(site: Site, open_page: Open, look: Look) -> Desk:
    return Desk(site, open_page, look)


def a_shift(desk: Desk, days: int, hours: int = 0, *, minute: int = 0, seats: int = 2) -> UUID:
    """A shift for anybody; at another time in each look, so that nothing clashes."""
    days += 40 if desk.look is DESK else 0

    async def make(_: Settings) -> UUID:
        known = await shifts.get(None, next(iter(desk.site.scene.shift_ids.values())))
        start = clock.now().replace(minute=minute, second=0, microsecond=0)
        start += timedelta(days=days, hours=hours + (3 if desk.look is DESK else 0))
        command = ShiftIn(
            project_id=known.project_id,
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            place="文化活动中心一楼",
            roles=[RoleIn(key="helper", name="引导", target=seats)],
        )
        return (await shifts.create(desk.site.scene.organiser, command)).id

    return desk.site.do(make)


def a_seat(desk: Desk, shift_id: UUID, who: str) -> UUID:
    async def claim(settings: Settings) -> UUID:
        shift = await shifts.get(None, shift_id)
        wish = ClaimIn(risk_statement_version=shift.risk_statement_version)
        someone = person(desk.site.scene, SIGN_INS[who])
        return (await claims.claim(someone, shift_id, wish, clock.now(), settings)).id

    return desk.site.do(claim)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=False).first.click()


@LOOKS
def test_a_seat_goes_to_a_friend_and_on_to_a_stand_in(desk: Desk, look: Look) -> None:
    said = Said(look)
    shift_id = a_shift(desk, 9)
    a_seat(desk, shift_id, VOLUNTEER)
    mine = desk.at("/mine", VOLUNTEER)
    mine.locator("main a[href^='/mine/']").first.click()
    press(mine, said("coming"))
    expect(mine.get_by_text(said("noted"))).to_be_visible()
    press(mine, said("friend"))
    link = mine.get_by_label(said("link")).input_value()

    theirs = desk.at(link.removeprefix(desk.site.address), ANSWERER)
    press(theirs, said("take"))
    expect(theirs.get_by_text(said("taken"))).to_be_visible()

    soon = a_shift(desk, 0 if look is PHONE else -40, 8)
    held = a_seat(desk, soon, ANSWERER)
    theirs.goto(f"/mine/{held}")
    press(theirs, said("cannot"))
    expect(theirs.get_by_text(said("looking")).first).to_be_visible()
    # Another in each look: the two shifts may lie around midnight, with less than a night between.
    helper = desk.at("/mine/stand-ins", CLAIMER if look is PHONE else UNSKILLED)
    press(helper, said("step_in"))
    expect(helper.get_by_text(said("taken"))).to_be_visible()


@LOOKS
def test_a_seat_is_for_everybody_who_can_or_given_back_in_time(desk: Desk, look: Look) -> None:
    said = Said(look)
    mine = a_seat(desk, a_shift(desk, 26), VOLUNTEER)
    page = desk.at(f"/mine/{mine}", VOLUNTEER)
    press(page, said("to_all"))
    helper = desk.at("/mine/stand-ins", CLAIMER)
    press(helper, said("step_in"))
    expect(helper.get_by_text(said("taken"))).to_be_visible()

    other = a_seat(desk, a_shift(desk, 28), VOLUNTEER)
    page.goto(f"/mine/{other}")
    press(page, said("cancel"))
    page.goto(f"/mine/{other}")
    expect(page.locator(".chip").get_by_text(said("free"))).to_be_visible()


@LOOKS
def test_friends_take_their_seats_together(desk: Desk, look: Look) -> None:
    said = Said(look)
    shift_id = a_shift(desk, 12)
    first = desk.at(f"/shifts/{shift_id}/buddies", VOLUNTEER)
    press(first, said("make_link"))
    link = first.get_by_label(said("links")).input_value()
    friend = desk.at(link.removeprefix(desk.site.address), ANSWERER)
    press(friend, said("in"))
    press(friend, said("seats"))
    expect(friend.get_by_text(said("all_in"))).to_be_visible()


@LOOKS
def test_coming_every_week_and_keeping_it_in_mind(desk: Desk, look: Look) -> None:
    said = Said(look)
    # At half past: the project's other shifts begin on the hour, and would be of the same series.
    shift_id = a_shift(desk, 15, minute=30)
    page = desk.at(f"/shifts/{shift_id}/series", CLAIMER if look is PHONE else ANSWERER)
    press(page, said("weekly"))
    desk.site.do(lambda settings: series_following.follow(clock.now(), settings))
    page.reload()
    if look is PHONE:  # At the desk the shift is further ahead than the list shows.
        expect(page.get_by_role("link", name=said("signed_up"))).to_be_visible()
    press(page, said("skip"))
    expect(page.get_by_text(said("skipped"), exact=True).first).to_be_visible()

    page.goto("/mine/settings")
    page.get_by_role("checkbox").first.check()
    press(page, said("save"))
    expect(page.get_by_text(said("saved"))).to_be_visible()
    press(page, said("address"))
    address = page.get_by_label(said("calendar")).input_value()
    answer = httpx2.get(address)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.startswith("BEGIN:VCALENDAR")
    same = httpx2.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304


@LOOKS
def test_a_moved_shift_asks_again_and_two_people_swap(desk: Desk, look: Look) -> None:
    said = Said(look)
    one, other = a_shift(desk, 20), a_shift(desk, 22)
    mine, theirs = a_seat(desk, one, VOLUNTEER), a_seat(desk, other, ANSWERER)
    boss = desk.at(f"/shifts/{one}/move", ORGANISER)
    boss.get_by_role("textbox").last.fill("二楼会议室")
    press(boss, said("ask"))
    page = desk.at(f"/mine/{mine}", VOLUNTEER)
    expect(page.get_by_text(said("moved"))).to_be_visible()
    press(page, said("coming"))

    press(page, said("friend"))
    link = page.get_by_label(said("link")).input_value()
    friend = desk.at(link.removeprefix(desk.site.address), ANSWERER)
    friend.get_by_role("combobox").select_option(str(theirs))
    press(friend, said("swap"))
    page.goto(f"/mine/{mine}")
    page.locator("form[action$='/accept'] button").click()
    expect(page.get_by_text(said("swapped"))).to_be_visible()
