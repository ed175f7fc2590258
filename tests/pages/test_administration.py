"""The administration: what it shows to whom, asking and deciding, inviting, the log."""

import re
from typing import NamedTuple
from uuid import UUID

import httpx2
import pytest

from api.pages import routes
from api.pages.administration import ENTRIES
from models.core import Account, OrganisationKind
from services import approvals, audit, clock, roles, sealing
from services.approvals import ApprovalQuery, Whose
from services.audit import Act
from services.rights import Actor, RoleName, has, load_grants
from services.roles import GrantIn, StaffIn
from tests.pages.visiting import Client
from tests.support.factories import (
    NOW,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_volunteer,
)
from tests.support.signing import token_of


class Street(NamedTuple):
    """A street of a city, one beside it, who organises and administers there, a volunteer."""

    city_id: UUID
    street_id: UUID
    other_street_id: UUID
    organiser: Actor
    volunteer: Actor
    people: list[UUID]


@pytest.fixture
async def scene(client: Client) -> Street:
    city, boss = await make_city()
    street, other = [(await make_organisation(boss, OrganisationKind.STREET)).id for _ in range(2)]
    organiser = await make_organiser(street)
    people = [(await make_volunteer(organiser)).id for _ in range(2)]
    volunteer = await make_account(volunteer_id=people[0])
    return Street(city.id, street, other, organiser, volunteer, people)


async def as_account(client: Client, actor: Actor) -> Client:
    client.cookies.set("mulin", await token_of(actor.account_id))
    return client


async def press(
    client: Client, page: httpx2.Response, action: str, **fields: str
) -> httpx2.Response:
    """Press the button of the form with this address on the page, filled in like this."""
    form = re.search(
        rf'<form[^>]*action="{re.escape(action)}"[^>]*>.*?</form>', page.text, re.DOTALL
    )
    assert form, f"no form posts to {action}"
    token = re.search(r'name="form_token" value="([^"]+)"', form[0])
    assert token
    return await client.post(action, data={"form_token": token[1], **fields})


@pytest.fixture
async def second(scene: Street) -> Actor:
    """Another administrator and auditor of the street."""
    return await make_account(
        (RoleName.NODE_ADMINISTRATOR, scene.street_id), (RoleName.AUDITOR, scene.street_id)
    )


@pytest.fixture
async def newcomer(scene: Street) -> Actor:
    account = await make_account()
    await Account.filter(id=account.account_id).update(name="li.ming", display_name="李明")
    return account


async def held(account_id: UUID) -> list[RoleName | None]:
    return [grant.role for grant in await load_grants(account_id, NOW)]


async def test_hub_shows_what_the_account_may_look_after(client: Client, scene: Street) -> None:
    await as_account(client, scene.organiser)

    page = await client.get("/admin")

    assert page.status_code == 200
    assert 'href="/admin/tree"' in page.text
    assert "/admin/audit" not in page.text


async def test_hub_is_not_for_volunteers(client: Client, scene: Street) -> None:
    await as_account(client, scene.volunteer)

    for path in ("/admin", "/admin/approvals", "/admin/roles", "/admin/audit"):
        assert (await client.get(path)).status_code == 403


def test_every_entry_of_the_hub_is_a_page() -> None:
    known = {getattr(route, "path", "") for route in routes}
    assert {entry.address for entry in ENTRIES} <= known


async def test_every_entry_opens_for_whom_it_is_shown(client: Client, scene: Street) -> None:
    shut = []
    for role in RoleName:
        actor = await make_account((role, scene.street_id))
        await as_account(client, actor)
        for entry in ENTRIES:
            if any(has(actor, right) for right in entry.opens_for):
                status = (await client.get(entry.address)).status_code
                shut += [(role.value, entry.address, status)] if status != 200 else []
    assert shut == []


async def test_a_role_is_asked_for_and_approved_on_the_pages(
    client: Client, scene: Street, second: Actor, newcomer: Actor
) -> None:
    await as_account(client, scene.organiser)
    form = await client.get("/admin/roles/new?name=li.ming")
    asked = await press(
        client, form, "/admin/roles/new", name="li.ming", role="shift_lead",
        organisation_id=str(scene.street_id), reason="带班", last_day="2026-12-31",
    )  # fmt: skip
    assert asked.headers["location"] == "/admin/approvals?whose=mine&said=asked"
    mine = await client.get(asked.headers["location"])
    assert "李明 任班次负责人" in mine.text
    assert "/approve" not in mine.text

    await as_account(client, second)
    assert "1 项等你处理" in (await client.get("/admin")).text
    waiting = await client.get("/admin/approvals")
    [action] = re.findall(r'action="(/admin/approvals/[^"]+/approve)"', waiting.text)
    done = await press(client, waiting, action)

    assert done.headers["location"] == "/admin/approvals?whose=to_decide&said=approved"
    assert "已同意，并已办理" in (await client.get(done.headers["location"])).text
    assert await held(newcomer.account_id) == [RoleName.SHIFT_LEAD]


async def test_a_request_that_cannot_be_made_says_why_and_keeps_what_was_typed(
    client: Client, scene: Street, newcomer: Actor
) -> None:
    await as_account(client, scene.organiser)
    form = await client.get("/admin/roles/new")
    known = {"role": "shift_lead", "organisation_id": str(scene.street_id), "reason": "带班"}

    unknown = await press(client, form, "/admin/roles/new", name="nobody", **known)
    oneself = await press(client, form, "/admin/roles/new", name=scene.organiser.name, **known)
    empty = await press(
        client, form, "/admin/roles/new", name="li.ming", **{**known, "reason": " "}
    )

    assert unknown.status_code == 400
    assert "没有用这个登录名的账号" in unknown.text
    assert 'value="nobody"' in unknown.text
    assert oneself.status_code == 403
    assert "没有人能给自己授予角色" in oneself.text
    assert empty.status_code == 400
    found = await approvals.list_page(scene.organiser, ApprovalQuery(whose=Whose.ALL), NOW)
    assert found.items == []


async def test_what_was_decided_meanwhile_is_said_on_the_page(
    client: Client, scene: Street, second: Actor, newcomer: Actor
) -> None:
    third = await make_account((RoleName.NODE_ADMINISTRATOR, scene.street_id))
    command = GrantIn(
        account_id=newcomer.account_id, role=RoleName.REPORTER,
        organisation_id=scene.street_id, reason="报表",
    )  # fmt: skip
    asked = await roles.request(scene.organiser, command, clock.now())
    await as_account(client, second)
    page = await client.get("/admin/approvals")
    await approvals.refuse(third, asked.id, clock.now())

    late = await press(client, page, f"/admin/approvals/{asked.id}/approve")

    assert late.status_code == 409
    assert "已有结果（未同意）" in late.text
    assert await held(newcomer.account_id) == []


async def test_a_role_is_ended_on_its_page(
    client: Client, scene: Street, second: Actor, newcomer: Actor
) -> None:
    lead = await make_account((RoleName.SHIFT_LEAD, scene.street_id))
    token = await token_of(lead.account_id)
    await as_account(client, second)
    page = await client.get(f"/admin/roles?search={lead.name}")
    [action] = re.findall(r'action="(/admin/roles/[^"]+/end)"', page.text)

    done = await press(client, page, action)

    assert done.headers["location"] == "/admin/roles?said=ended"
    assert await held(lead.account_id) == []
    client.cookies.set("mulin", token)
    after = await client.get("/admin/roles")
    assert after.headers["location"].startswith("/sign-in")


async def test_new_staff_come_in_with_the_code_from_the_page(client: Client, scene: Street) -> None:
    await as_account(client, scene.organiser)
    form = await client.get("/admin/accounts/new")
    shown = await press(client, form, "/admin/accounts/new", name="zhao.lei", display_name="赵磊")
    code = re.search(r"[A-Z2-9]{5}(?:-[A-Z2-9]{5}){3}", shown.text)
    assert code
    assert "no-store" in shown.headers["cache-control"]
    assert code[0] not in (await client.get("/admin/roles")).text

    client.cookies.clear()
    page = await client.get("/join")
    wrong = await press(client, page, "/join", code="AAAAA", password="neighbours help each other")
    assert (wrong.status_code, "邀请码不对" in wrong.text) == (404, True)
    short = await press(client, page, "/join", code=code[0], password="short")
    assert short.status_code == 422
    assert "short" not in short.text.replace("shorter", "")
    joined = await press(client, page, "/join", code=code[0], password="neighbours help each other")

    assert joined.headers["location"] == "/sign-in/step"
    assert "otpauth" not in joined.text
    assert (await client.get("/sign-in/step")).status_code == 200


async def test_the_name_of_an_account_is_its_own(client: Client, scene: Street) -> None:
    await roles.make_account(scene.organiser, StaffIn(name="li.ming", display_name="李明"))
    await as_account(client, scene.organiser)
    form = await client.get("/admin/accounts/new")
    assert 'href="/admin/roles" aria-current="true"' in form.text
    for name in ("li.ming", "李明", "Li Ming", "-"):
        answer = await press(client, form, "/admin/accounts/new", name=name, display_name="李明")
        assert answer.status_code == 400
        assert 'aria-invalid="true"' in answer.text


async def test_the_log_shows_its_lines_and_how_far_it_is_sealed(
    client: Client, scene: Street, second: Actor
) -> None:
    await as_account(client, second)
    assert "还没有封链" in (await client.get("/admin/audit")).text
    await sealing.Sealer().seal()
    await audit.record(
        Act.PERSONAL_DATA_READ, subject_kind="volunteer", subject_id=scene.people[0],
        organisation_id=scene.street_id, account_id=scene.organiser.account_id,
        fields=["phone"], purpose="insurance",
    )  # fmt: skip

    page = await client.get("/admin/audit")

    assert "查看个人资料" in page.text
    assert "待封" in page.text
    assert "已封到第" in page.text
    [line] = re.findall(r'<li class="log-line">.*?</li>', page.text, re.DOTALL)[:1]
    assert scene.organiser.name in line
    assert str(scene.people[0])[-8:] in line


async def test_the_log_is_asked_by_act_id_and_day(
    client: Client, scene: Street, second: Actor
) -> None:
    await audit.record(Act.EXPORTED, organisation_id=scene.street_id, subject_id=scene.people[0])
    await as_account(client, second)

    async def lines(query: str) -> int:
        return (await client.get(f"/admin/audit?{query}")).text.count('class="log-line"')

    assert await lines("act=exported") == 1
    assert await lines("act=erased") == 0
    assert await lines(f"act=exported&subject_id={scene.people[0]}") == 1
    assert await lines(f"act=exported&subject_id={scene.people[1]}") == 0
    assert await lines("act=exported&until=2020-01-01") == 0
    assert await lines("act=exported&since=2020-01-01") == 1
    faulty = await client.get("/admin/audit?account_id=nonsense&since=never&act=what")
    assert "这不是编号" in faulty.text


async def test_the_log_of_another_subtree_is_not_there(client: Client, scene: Street) -> None:
    await audit.record(Act.EXPORTED, organisation_id=scene.street_id)
    await audit.record(Act.KEYS_ROTATED)
    stranger = await make_account((RoleName.AUDITOR, scene.other_street_id))
    await as_account(client, stranger)
    page = await client.get("/admin/audit?act=exported")
    assert "log-line" not in page.text
    # A line of no node is for those at the top alone.
    assert "log-line" not in (await client.get("/admin/audit?act=keys_rotated")).text
    watcher = await make_account((RoleName.AUDIT_ADMINISTRATOR, scene.city_id))
    await as_account(client, watcher)
    assert "log-line" in (await client.get("/admin/audit?act=keys_rotated")).text
    assert "log-line" in (await client.get("/admin/audit?act=exported")).text
