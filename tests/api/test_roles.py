"""Roles, approvals and the log over the interface: each answer held against the document."""

from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from services import accounts, sealing
from services.rights import RoleName
from tests.api.conftest import House
from tests.api.support import Client
from tests.support.factories import make_account
from tests.support.signing import token_of


class Desk(NamedTuple):
    """The two who decide for a street, who watches there, and who is to gain."""

    one: Client
    two: Client
    auditor: Client
    newcomer_id: UUID
    newcomer: Client


@pytest.fixture
async def desk(house: House) -> Desk:
    street = house.street_id
    two = await make_account((RoleName.NODE_ADMINISTRATOR, street))
    auditor = await make_account((RoleName.AUDITOR, street))
    newcomer = await make_account()
    clients = [
        house.visitor.signed_in(await token_of(each.account_id))
        for each in (two, auditor, newcomer)
    ]
    return Desk(house.organiser, clients[0], clients[1], newcomer.account_id, clients[2])


def grant(house: House, desk: Desk, **given: Any) -> dict[str, Any]:
    return {
        "account_id": str(desk.newcomer_id),
        "role": "organiser",
        "organisation_id": str(house.street_id),
        "reason": "接替王老师",
        **given,
    }


async def test_a_role_is_asked_for_approved_and_ended(house: House, desk: Desk) -> None:
    asked = await desk.one.post("/api/v1/role-grants", grant(house, desk))
    assert asked.status_code == 202
    path = asked.headers["location"]
    assert path == f"/api/v1/approvals/{asked.json()['id']}"

    oneself = await desk.one.post(f"{path}/approve")
    assert (oneself.status_code, oneself.json()["code"]) == (403, "second_person_needed")
    waiting = await desk.two.get("/api/v1/approvals?whose=to_decide")
    assert [each["id"] for each in waiting.json()["items"]] == [asked.json()["id"]]
    approved = await desk.two.post(f"{path}/approve")
    assert approved.json()["state"] == "approved"
    again = await desk.two.post(f"{path}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "approval_decided")
    assert "已同意" in again.json()["detail"]

    account = await desk.two.get(f"/api/v1/accounts/{desk.newcomer_id}")
    [role] = account.json()["roles"]
    assert (role["role"], role["organisation_id"]) == ("organiser", str(house.street_id))
    assert (await desk.newcomer.get("/api/v1/volunteers")).status_code == 200
    ended = await desk.two.ask("DELETE", f"/api/v1/role-grants/{role['id']}")
    assert ended.status_code == 204
    after = await desk.newcomer.get("/api/v1/volunteers")
    assert (after.status_code, after.json()["code"]) == (401, "session_ended")


async def test_the_same_request_sent_twice_is_one(house: House, desk: Desk) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first, second = [
        await desk.one.post("/api/v1/role-grants", grant(house, desk), headers=headers)
        for _ in range(2)
    ]
    assert first.json() == second.json()
    assert len((await desk.one.get("/api/v1/approvals?whose=mine")).json()["items"]) == 1


async def test_what_cannot_be_asked_says_why(house: House, desk: Desk) -> None:
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"role": "auditor"}, 403, "role_not_yours"),
        ({"role": "security_administrator"}, 403, "top_only"),
        ({"role": "king"}, 422, "invalid"),
        ({"reason": " "}, 422, "invalid"),
        ({"account_id": str(uuid4())}, 422, "invalid"),
        ({"organisation_id": str(uuid4())}, 404, "not_found"),
        ({"organisation_id": str(house.other_street_id)}, 404, "not_found"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, 422, "invalid"),
    ]
    for given, status, code in cases:
        answer = await desk.one.post("/api/v1/role-grants", grant(house, desk, **given))
        assert (answer.status_code, answer.json()["code"]) == (status, code), given


async def test_the_missing_right_is_named_in_the_readers_language(house: House, desk: Desk) -> None:
    said = {
        language: (
            await desk.auditor.get("/api/v1/volunteers", headers={"Accept-Language": language})
        ).json()["detail"]
        for language in ("zh", "en")
    }
    assert said == {
        "zh": "这里供组织的工作人员使用，需要“查看人员”的权限。"
        "如果工作需要，请向所在组织的管理员申请。",
        "en": "This is for an organisation's staff and needs the right to see people. If your "
        "work calls for it, ask the organisation's administrator.",
    }


async def test_new_staff_are_invited_by_a_code_that_is_kept_nowhere(
    house: House, desk: Desk
) -> None:
    made = await desk.one.made("/api/v1/accounts", {"name": "li.ming", "display_name": "李明"})
    path = f"/api/v1/accounts/{made['id']}/invitation"
    stranger = await house.other_organiser.post(path)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")

    invited = await desk.one.post(path)

    assert invited.json()["name"] == "li.ming"
    stored = await sealing.rows("SELECT body FROM idempotency_record WHERE body IS NOT NULL")
    assert all(invited.json()["code"].encode() not in bytes(row["body"]) for row in stored)
    taken = await desk.two.post("/api/v1/accounts", {"name": "li.ming", "display_name": "李明"})
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")


async def test_the_log_is_read_by_those_who_watch(house: House, desk: Desk) -> None:
    await desk.one.post("/api/v1/role-grants", grant(house, desk))
    await sealing.Sealer().seal()

    lines = (await desk.auditor.get("/api/v1/audit-lines?act=approval_requested")).json()["items"]

    assert [line["facts"]["kind"] for line in lines] == ["role_grant"]
    assert lines[0]["number"] >= 1
    chain = (await desk.auditor.get("/api/v1/audit-chain")).json()
    assert (chain["unsealed"], len(chain["digest"])) == (0, 64)
    for path in ("/api/v1/audit-lines", "/api/v1/audit-chain"):
        answer = await desk.one.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "right_missing")
    elsewhere = await desk.auditor.get(
        f"/api/v1/audit-lines?organisation_id={house.other_street_id}"
    )
    assert elsewhere.status_code == 422


async def test_sessions_of_an_ended_role_are_over_at_once(house: House, desk: Desk) -> None:
    """In the midst of a session: the next request is refused, and is told why."""
    lead = await make_account((RoleName.SHIFT_LEAD, house.street_id))
    client = house.visitor.signed_in(await token_of(lead.account_id))
    assert (await client.get("/api/v1/sessions/current")).status_code == 200
    [role] = (await desk.one.get(f"/api/v1/accounts/{lead.account_id}")).json()["roles"]

    await desk.one.ask("DELETE", f"/api/v1/role-grants/{role['id']}")

    answer = await client.get("/api/v1/sessions/current")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
    assert answer.json()["parameters"] == {"reason": accounts.EndReason.ROLE_LOST.value}
