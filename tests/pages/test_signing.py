"""Signing in as people do it: a phone in the hand, a family sharing it, staff at a desk."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from services import clock
from services.accounts.totp import code_at
from tests.pages.conftest import Open, Site
from tests.pages.phoning import enter_code, enter_number, give_number
from tests.pages.scene import ANSWERER, ORGANISER, PASSWORD, VOLUNTEER
from tests.support.signing import token_of_name


def never_wider(page: Page) -> None:
    """Nothing sticks out to the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_new_registers_on_a_phone(scripts: bool, site: Site, open_page: Open) -> None:
    number = f"154 0000 10{scripts:02}"
    page = open_page("/sign-in?back=/inbox", scripts=scripts)
    enter_number(page, "12345")
    expect(page.get_by_role("alert")).to_contain_text("不是可用的手机号")
    enter_number(page, number)
    expect(page.get_by_text(re.compile(r"154\*\*\*\*10"))).to_be_visible()
    page.locator("[name=code]").fill("12")
    page.locator("main button.main").click()
    expect(page.get_by_role("alert")).to_contain_text("6 位数字")
    enter_code(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text("注册")
    page.get_by_role("link", name="梧桐街道").click()
    expect(page.get_by_role("radio", name="延安新村居委会")).to_be_checked()
    never_wider(page)
    page.get_by_label("姓名").fill("林晓")
    page.get_by_label("出生日期").fill("2019-05-01")
    page.get_by_label("我已阅读并同意").check()
    page.locator("main button.main").click()
    expect(page.get_by_role("alert")).to_contain_text("请监护人")
    page.get_by_label("出生日期").fill("2001-05-01")
    page.get_by_label("我已阅读并同意").check()
    page.locator("main button.main").click()
    expect(page).to_have_url(re.compile("/inbox$"))
    page.goto("/me/sessions")
    expect(page.get_by_text("本机")).to_be_visible()


def test_a_family_chooses_and_an_imported_member_proves_the_birth_date(
    site: Site, open_page: Open
) -> None:
    number = "+8615400002000"
    give_number(site, site.scene.people[1], number, is_proven=False)
    give_number(site, site.scene.people[2], number, is_proven=False)
    page = open_page("/sign-in")
    enter_number(page, number)
    enter_code(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text("你是哪一位？")
    page.get_by_role("button", name="王**").click()
    page.get_by_label("出生日期").fill("1990-01-01")
    page.locator("main button.main").click()
    expect(page.get_by_role("alert")).to_contain_text("还可以试 4 次")
    year = site.scene.first_day.year - 21
    page.get_by_label("出生日期").fill(f"{year}-03-01")
    page.locator("main button.main").click()
    expect(page).to_have_url(re.compile("/inbox$"))


def test_who_has_the_number_newly_says_that_this_is_not_me(site: Site, open_page: Open) -> None:
    number = "+8615400003000"
    give_number(site, site.scene.people[3], number, is_proven=False)
    page = open_page("/sign-in", language="en", width=1280)
    enter_number(page, number)
    enter_code(page, site)
    expect(page.get_by_text(re.compile("on record for 张"))).to_be_visible()
    page.get_by_text("This is not me").click()
    page.get_by_role("button", name="It is not me: register anew").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Register")
    assert page.get_by_text("张子墨").count() == 0


def test_staff_set_up_an_authenticator_once(site: Site, open_page: Open) -> None:
    page = open_page("/sign-in", language="en", width=1280)
    page.get_by_role("link", name="Sign in by password").click()
    page.get_by_label("Username").fill(ORGANISER)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button.main").click()
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    secret = "".join((page.locator("code.secret").text_content() or "").split())
    page.locator("[name=totp]").fill("000000")
    page.locator("main button.main").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong or was used")
    page.locator("[name=totp]").fill(code_at(secret, clock.now()))
    page.locator("main button.main").click()
    expect(page.get_by_role("link", name="Organise")).to_be_visible()

    again = open_page("/sign-in/staff", language="en")
    again.get_by_label("Username").fill(ORGANISER)
    again.get_by_label("Password").fill(PASSWORD)
    again.locator("main button.main").click()
    expect(again.get_by_role("heading", level=1)).to_have_text("Authenticator code")
    never_wider(again)
    again.locator("[name=totp]").fill(code_at(secret, clock.now() + timedelta(seconds=30)))
    again.locator("main button.main").click()
    expect(again.get_by_role("link", name="Organise")).to_be_visible()


def test_one_signs_another_device_out(site: Site, open_page: Open) -> None:
    page = open_page("/me/sessions", who=VOLUNTEER)
    site.do(lambda _: token_of_name(VOLUNTEER))
    page.reload()
    page.locator("form[action$='/end'] button").last.click()
    expect(page.get_by_text("那台设备已退出登录")).to_be_visible()
    expect(page.get_by_text("没有在其他设备上登录")).to_be_visible()


def test_a_code_for_a_new_number_can_be_sent_again(site: Site, open_page: Open) -> None:
    page = open_page("/me/phone", who=ANSWERER)
    enter_number(page, "154 0000 4001")
    page.get_by_role("button", name="重新发送").click()
    expect(page.get_by_role("alert")).to_contain_text("刚刚已经发过验证码")
    expect(page.get_by_text(re.compile("154\\*\\*\\*\\*4001"))).to_be_visible()


def test_a_number_is_added_with_a_code(site: Site, open_page: Open) -> None:
    page = open_page("/me/phone", who=VOLUNTEER)
    enter_number(page, "154 0000 4000")
    enter_code(page, site)
    expect(page.get_by_text("手机号已更换")).to_be_visible()
    expect(page.get_by_text("154****4000")).to_be_visible()
