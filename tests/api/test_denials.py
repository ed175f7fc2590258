"""Denied access leaves a line, though the request itself left nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from services import clock, denials
from services.database import rows
from services.denials import Counter, Denial
from tests.api.conftest import House
from tests.support.factories import NOW, make_account


async def denied() -> list[dict[str, Any]]:
    return await rows(
        "SELECT account_id, subject_id, organisation_id, facts->>'route' AS route, "
        "facts->>'reason' AS reason, facts->>'right' AS \"right\", "
        "(facts->>'count')::int AS count, facts FROM audit_event "
        "WHERE act = 'access_denied' ORDER BY id"
    )


async def test_a_missing_right_and_a_foreign_object_leave_a_line_each(house: House) -> None:
    person = await house.organiser.made(
        "/api/v1/volunteers", {"name": "林晓", "birth_date": "2000-01-01"}
    )
    await house.other_organiser.get(f"/api/v1/volunteers/{person['id']}")
    await house.other_organiser.get("/api/v1/offers")

    foreign, missing = await denied()

    assert str(foreign["subject_id"]) == person["id"]
    assert foreign["route"] == "/api/v1/volunteers/{volunteer_id}"
    assert foreign["organisation_id"] == house.other_street_id
    assert (missing["route"], missing["reason"]) == ("/api/v1/offers", "volunteers_only")
    assert "林晓" not in str([foreign, missing])


async def test_a_refused_creation_leaves_its_line_and_nothing_else(house: House) -> None:
    """The effect of such a POST is undone with its transaction; the line is not."""
    command = {"organisation_id": str(house.street_id), "name": "不该有的", "risk_statement": "无"}
    _, lin = await house.volunteer("林晓")
    answer = await lin.post("/api/v1/projects", command)
    assert answer.status_code == 403

    [line] = await denied()

    assert (line["route"], line["right"]) == ("/api/v1/projects", "run_work")
    assert line["organisation_id"] == house.street_id  # Of a volunteer: where they are registered.
    assert "不该有的" not in line["facts"]
    assert await rows("SELECT 1 FROM project") == []


async def test_what_is_not_denied_leaves_no_line(house: House) -> None:
    await house.visitor.get("/api/v1/volunteers")
    await house.organiser.get("/api/v1/nothing")
    await house.organiser.post("/api/v1/projects", {"name": ""})
    assert await denied() == []


async def test_a_page_that_says_no_leaves_a_line(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.organiser.token}"}
    page = await house.visitor.http.get("/mine", headers=headers)
    assert page.status_code == 403
    [line] = await denied()
    assert (line["route"], line["reason"]) == ("/mine", "volunteers_only")


async def test_a_flood_is_told_in_few_lines_that_count_it(database: str) -> None:
    intruder, somebody = await make_account(), await make_account()
    denial = Denial(method="GET", route="/api/v1/volunteers/{volunteer_id}", reason="not_found")
    for _ in range(1000):
        await denials.note(intruder, denial, NOW)
    await denials.note(somebody, denial, NOW)
    await denials.note(intruder, denial, NOW + timedelta(minutes=1))

    lines = await denied()

    counts = [line["count"] for line in lines if line["account_id"] == intruder.account_id]
    assert counts == [*range(1, 11), 20, 40, 80, 160, 320, 640, 1]
    assert [line["count"] for line in lines if line["account_id"] == somebody.account_id] == [1]


def test_the_counter_does_not_grow_without_end() -> None:
    counter = Counter()
    for _ in range(denials.ACCOUNTS_REMEMBERED + 5):
        counter.count(uuid4(), clock.now())
    assert len(counter._counts) <= denials.ACCOUNTS_REMEMBERED  # noqa: SLF001
