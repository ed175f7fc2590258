"""Forms of pages: each carries a token, each press asks for it, and each refusal leads on."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from starlette.routing import Route

import api
from api.pages import routes
from api.pages.tokens import FIELD
from services import clock, forms, offers, rounds
from services.paging import PageQuery
from services.rounds import PublishIn
from services.settings import Settings
from tests.pages.scene import CLAIMER, VOLUNTEER, Scene, plan_round
from tests.pages.visiting import Client, sign_in
from tests.support.pressing import BARE, SESSION, token_for

TEMPLATES = sorted((Path(api.__file__).parent / "templates").rglob("*.html"))
PRESSED = [route for route in routes if isinstance(route, Route) and "POST" in route.methods]
AN_ID = "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c10"


def test_there_are_buttons_to_press() -> None:
    assert len(PRESSED) > 10


@pytest.mark.parametrize("route", PRESSED, ids=lambda route: route.path)
async def test_nothing_is_pressed_without_a_token(client: Client, route: Route) -> None:
    address = re.sub(r"{\w+(:uuid)?}", AN_ID, route.path)
    await client.get("/sign-in")  # A visit begins.

    for form in ({}, {FIELD: "forged"}, {FIELD: token_for("/elsewhere", client.cookies.jar)}):
        answer = await client.post(address, data=form, headers=BARE)
        assert answer.status_code == 403, f"{route.path} takes a form without a token"
        assert "请重新打开页面" in answer.text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_forms_say_where_they_go(template: Path) -> None:
    """Else the page could not give them a token, and no button may lead a form elsewhere."""
    text = template.read_text(encoding="utf-8")
    for form in re.findall(r"<form\b[^>]*>", text):
        posts = 'method="post"' in form
        assert posts or 'method="get"' in form, form
        assert not posts or re.search(r'action="(/|{{ )[^"]+"', form), form
    assert not re.search(r"\b(formaction|hx-(post|put|patch|delete))=", text)


async def test_every_form_of_a_page_has_a_token_of_its_own(client: Client, scene: Scene) -> None:
    await sign_in(client, CLAIMER)
    page = (await client.get(f"/shifts/{scene.shift_ids['街区运动会 2']}/claim")).text

    posting = re.findall(r'<form[^>]*method="post"[^>]*>(.*?)</form>', page, re.DOTALL)
    tokens = [re.findall(rf'name="{FIELD}" value="([^"]+)"', form) for form in posting]
    assert len(posting) >= 3
    assert all(len(each) == 1 for each in tokens)
    assert len({each[0] for each in tokens}) == len(posting)


async def test_form_of_a_page_can_be_sent(client: Client, scene: Scene) -> None:
    """As a browser does it: with the token that stands in the page, and no help from the test."""
    await sign_in(client, CLAIMER)
    address, form = await _form(client, scene)

    answer = await client.post(address, data=form, headers=BARE)

    assert (answer.status_code, answer.headers["location"]) == (303, address[: -len("/claims")])


async def test_replayed_form_is_told_what_came_of_it(client: Client, scene: Scene) -> None:
    await sign_in(client, CLAIMER)
    address, form = await _form(client, scene)
    await client.post(address, data=form, headers=BARE)

    again = await client.post(address, data=form, headers=BARE)

    assert again.status_code == 409
    assert "这个表单已经提交过" in again.text
    assert f'href="{address[: -len("/claims")]}"' in again.text
    english = await client.post(
        address, data=form, headers={**BARE, "Accept-Language": "en", "HX-Request": "true"}
    )
    assert "sent already" in english.text
    assert english.headers["hx-redirect"] == address[: -len("/claims")]


async def test_form_of_another_session_is_refused(client: Client, scene: Scene) -> None:
    await sign_in(client, CLAIMER)
    address, form = await _form(client, scene)
    await sign_in(client, CLAIMER)  # A new session of the same person.

    answer = await client.post(address, data=form, headers=BARE)

    assert answer.status_code == 403
    assert "登录或退出过" in answer.text
    assert f'href="{address[: -len("/claims")]}"' in answer.text


async def test_form_of_a_visitor_is_of_no_use_to_another(
    client: Client, settings: Settings
) -> None:
    page = (await client.get("/")).text
    [token] = re.findall(rf'action="/language"><input[^>]*name="{FIELD}" value="([^"]+)"', page)
    form = {FIELD: token, "language": "en", "back": "/"}
    assert (await client.post("/language", data=form, headers=BARE)).status_code == 303

    client.cookies.clear()
    await client.get("/")

    assert (await client.post("/language", data=form, headers=BARE)).status_code == 403


async def test_harmless_form_can_be_sent_again(client: Client) -> None:
    """Back, and the other language once more: nobody wants to be told off for that."""
    page = (await client.get("/")).text
    [token] = re.findall(rf'action="/language"><input[^>]*name="{FIELD}" value="([^"]+)"', page)
    for language in ("en", "zh", "en"):
        form = {FIELD: token, "language": language, "back": "/"}
        assert (await client.post("/language", data=form, headers=BARE)).status_code == 303


async def test_form_that_was_open_too_long_can_be_sent_by_one_more_button(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, CLAIMER)
    address, form = await _form(client, scene)
    session = next(each.value for each in client.cookies.jar if each.name == SESSION)
    then = clock.now() - forms.GOOD_FOR - timedelta(minutes=1)
    form[FIELD] = forms.issue(f"session:{session}", address, then)

    old = await client.post(address, data=form, headers=BARE)

    assert old.status_code == 409
    assert "请再试一次" in old.text
    [fields] = re.findall(rf'<form[^>]*action="{address}"[^>]*>(.*?)</form>', old.text, re.DOTALL)
    kept = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', fields))
    assert kept["role"] == form["role"]
    assert kept[FIELD] != form[FIELD]
    assert (await client.post(address, data=kept, headers=BARE)).status_code == 303


async def test_what_is_secret_is_not_written_into_a_page_again(client: Client) -> None:
    await client.get("/sign-in/staff")
    visit = next(each.value for each in client.cookies.jar if each.name == "mulin-visit")
    then = clock.now() - forms.GOOD_FOR - timedelta(minutes=1)
    form = {
        FIELD: forms.issue(f"visit:{visit}", "/sign-in/staff", then),
        "name": "somebody",
        "password": "a horse that nobody rides",
    }

    old = await client.post("/sign-in/staff", data=form, headers=BARE)

    assert old.status_code == 409
    assert "nobody rides" not in old.text
    assert "somebody" not in old.text


async def test_form_from_which_nothing_came_can_be_sent_again(
    client: Client, scene: Scene, settings: Settings
) -> None:
    """Refused, corrected with the back button, sent: the token was not used up."""
    now = clock.now()
    round_id = await plan_round(scene, now, settings)
    await rounds.publish(scene.organiser, round_id, PublishIn(), now, settings)
    [offer, *_] = (await offers.list_mine(scene.volunteer, PageQuery(), now)).items
    await sign_in(client, VOLUNTEER)
    missing = f"/offers/{uuid4()}/accept"
    form = {FIELD: token_for(missing, client.cookies.jar)}
    for _ in range(2):
        assert (await client.post(missing, data=form, headers=BARE)).status_code == 404

    address = f"/offers/{offer.id}/decline"
    form = {FIELD: token_for(address, client.cookies.jar)}
    statuses = [(await client.post(address, data=form, headers=BARE)).status_code for _ in range(2)]
    assert statuses == [303, 409]


async def test_form_with_files_is_read_and_its_token_counts(client: Client) -> None:
    await client.get("/")
    token = token_for("/language", client.cookies.jar)
    parts = {"evidence": ("paper.pdf", b"%PDF", "application/pdf")}

    for form, status in (({}, 403), ({FIELD: token, "language": "en", "back": "/inbox"}, 303)):
        answer = await httpx2.AsyncClient.post(client, "/language", data=form, files=parts)
        assert answer.status_code == status
    assert answer.headers["location"] == "/inbox"
    broken = await client.post(
        "/language", content=b"--x", headers={"Content-Type": "multipart/form-data; boundary=y"}
    )
    assert broken.status_code in (400, 403)


async def _form(client: Client, scene: Scene) -> tuple[str, dict[str, str]]:
    """The form by which a seat is claimed, with everything that stands in it."""
    address = f"/shifts/{scene.shift_ids['街区运动会 2']}/claims"
    page = (await client.get(f"{address[: -len('s')]}?role=guide")).text
    fields = re.findall(rf'<form[^>]*action="{address}"[^>]*>(.*?)</form>', page, re.DOTALL)[-1]
    return address, dict(re.findall(r'name="([^"]+)" value="([^"]*)"', fields))
