"""Heavy risk: the way to a seat leads by the agreement, on a phone in Chinese and at a desk in
English; without scripts too."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from services import agreements, claims, clock, insurance, shifts
from services.agreements import AgreementIn, SignatureIn
from services.claims import ClaimIn
from services.insurance import PolicyIn
from services.settings import Settings
from tests.pages.conftest import Open, Site
from tests.pages.said import Said, both_ways
from tests.pages.scene import ANSWERER, CLAIMER, ORGANISER, SIGN_INS, VOLUNTEER, person

NAME = "苏河步道清洁 2"
TEXT = "我已了解临水作业的风险。\n\n一、全程穿好救生衣。\n二、听从现场负责人的安排，不适立即告知。"


@pytest.fixture(scope="module")
def heavy(site: Site) -> str:
    """The address of a shift that asks for a signature."""
    site.do(lambda _: _mark(site))
    return f"/shifts/{site.scene.shift_ids[NAME]}"


async def _mark(site: Site) -> None:
    now, boss = clock.now(), site.scene.organiser
    project = (await shifts.get(boss, site.scene.shift_ids[NAME])).project_id
    policy = PolicyIn(
        insurer="平安", number="1", covers_from=now, covers_until=now + timedelta(days=90)
    )
    await insurance.add(boss, project, policy)
    await agreements.write(boss, project, AgreementIn(is_heavy_risk=True, text=TEXT), None, now)


@both_ways
def test_whoever_wants_the_seat_reads_and_signs_first(
    said: Said, heavy: str, open_page: Open
) -> None:
    who = VOLUNTEER if said.is_phone else CLAIMER
    page = open_page(heavy, who=who, scripts=not said.is_phone, **said.how)
    expect(page.locator("#agreement")).to_contain_text(said("Read the agreement"))
    page.locator("a.button.main").first.click()

    steps = page.locator("ol.way-steps li")
    names = [said(each) for each in ("Find", "Look", "Sign", "Confirm")]
    expect(steps).to_have_text(names)
    expect(page.locator("ol.way-steps [aria-current=step]")).to_have_text(said("Sign"))
    # Nothing can be promised before it is signed.
    expect(page.locator("main form")).to_have_count(0)
    page.get_by_role("link", name=said("Read and sign the agreement")).click()

    expect(page.locator("p.text")).to_have_text(TEXT)
    sign = page.get_by_role("button", name=said("Sign"), exact=True)
    if said.is_phone:  # The browser itself asks for the tick; without it the service does.
        page.locator("form.act").evaluate("form => form.noValidate = true")
        sign.click()
        expect(page.locator("#agrees-wrong")).to_be_visible()
    page.get_by_role("checkbox").check()
    sign.click()

    expect(page.get_by_text(said("Agreement signed"))).to_be_visible()
    page.get_by_role("button", name=said("Yes, count me in")).click()
    expect(page.get_by_text(said.begun("You are in, as %(role)s. See you there!"))).to_be_visible()
    page.goto(f"{heavy}/agreement")
    expect(page.get_by_text(said.begun("You signed this on %(moment)s."))).to_be_visible()


def test_other_words_are_asked_for_on_ones_own_page_and_seen_by_the_lead(
    site: Site, heavy: str
) -> None:
    claim_id = site.do(lambda settings: _promised(site, settings))
    assert "协议有更新" not in _read(site, ANSWERER, f"/mine/{claim_id}")
    site.do(lambda _: _reword(site))

    for language, asks, seen in (
        ("zh", "协议有更新", "协议未签"),
        ("en", "The agreement was written anew", "Has not signed the agreement"),
    ):
        mine = _read(site, ANSWERER, f"/mine/{claim_id}", language)
        assert asks in mine
        assert f'href="{heavy}/agreement"' in mine
        assert seen in _read(site, ORGANISER, f"{heavy}/lead/people", language)


def _read(site: Site, who: str, path: str, language: str = "zh") -> str:
    with site.client(who, language) as client:
        return client.get(path).text


async def _promised(site: Site, settings: Settings) -> UUID:
    shift_id, now = site.scene.shift_ids[NAME], clock.now()
    actor = person(site.scene, SIGN_INS[ANSWERER])
    await agreements.sign(actor, shift_id, SignatureIn(version=1), now)
    taken = await claims.claim(actor, shift_id, ClaimIn(risk_statement_version=1), now, settings)
    return taken.id


async def _reword(site: Site) -> None:
    boss = site.scene.organiser
    project = (await shifts.get(boss, site.scene.shift_ids[NAME])).project_id
    command = AgreementIn(is_heavy_risk=True, text=f"{TEXT}\n三、不单独行动。")
    await agreements.write(boss, project, command, None, clock.now())
