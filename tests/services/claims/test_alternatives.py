"""What is named beside a refusal: three seats that could be claimed now, the best first."""

from datetime import timedelta
from typing import Any

from services import blocks, claims, offers, projects
from services.blocks import BlockIn
from services.claims import SeatRefused, Width
from services.errors import Conflict
from services.projects import ProjectIn
from services.rights import Actor
from services.shifts import RoleIn, Shift
from services.volunteers import Skill
from tests.services.claims.world import TIRELESS, claim, refusal
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_person,
    make_project,
    make_shift,
)

HOME = (121.4737, 31.2304)
NEAR = (121.4837, 31.2304)  # about a kilometre
FAR = (121.6837, 31.2304)  # twenty kilometres
DAY = hours(24)
AID = [RoleIn(key="aid", target=3, skills={"aid": 2})]


async def scene(boss: Actor, **given: Any) -> tuple[Actor, Shift]:
    """Somebody with a skill, and a full shift that asks for it."""
    skills = [Skill(skill="aid", level=3)]
    ada = await make_person(boss, home=HOME, skills=skills, **{**TIRELESS, **given})
    roles = [RoleIn(key="aid", target=1, skills={"aid": 2})]
    full = await make_shift(boss, roles=roles, location=NEAR, starts_at=DAY)
    await claim(await make_person(boss, skills=skills), full)
    return ada, full


async def test_those_of_the_day_with_the_skill_and_near_come_first(database: str) -> None:
    _, boss = await make_city()
    ada, full = await scene(boss)
    same = [
        await make_shift(boss, roles=AID, location=NEAR, starts_at=DAY + timedelta(hours=n))
        for n in (0, 3, 6)
    ]
    await make_shift(boss, location=NEAR, starts_at=DAY)
    await make_shift(boss, roles=AID, location=FAR, starts_at=DAY)
    refused = await refusal(ada, full)
    found = refused.alternatives
    assert found.width is Width.SAME
    assert [each.shift_id for each in found.items] == [each.id for each in same]
    for each in found.items:
        assert (each.is_same_day, each.is_same_skill, each.is_near) == (True, True, True)
        assert each.way_minutes is not None
        assert each.way_minutes <= 30


async def test_it_is_looked_further_step_by_step_and_said_how_far(database: str) -> None:
    _, boss = await make_city()
    ada, full = await scene(boss)

    async def width() -> tuple[Width, int]:
        found = (await refusal(ada, full)).alternatives
        return found.width, len(found.items)

    assert await width() == (Width.ANY, 0)
    await make_shift(boss, location=FAR, starts_at=DAY + timedelta(days=2))
    assert await width() == (Width.ANY, 1)
    for hour in (0, 3):
        await make_shift(boss, location=NEAR, starts_at=DAY + timedelta(days=1, hours=hour))
    assert await width() == (Width.ANY, 3)
    await make_shift(boss, location=FAR, starts_at=DAY)
    assert await width() == (Width.OTHER_DAY, 3)
    for hour in (3, 6):
        await make_shift(boss, location=FAR, starts_at=DAY + timedelta(hours=hour))
    assert await width() == (Width.FARTHER, 3)
    for hour in (0, 3, 6):
        await make_shift(boss, location=NEAR, starts_at=DAY + timedelta(hours=hour))
    assert await width() == (Width.OTHER_SKILL, 3)


async def test_each_of_them_can_be_claimed_and_none_that_cannot_is_named(database: str) -> None:
    city, boss = await make_city()
    ada, full = await scene(boss)
    far_from_open = {"location": NEAR, "starts_at": DAY + timedelta(hours=3)}
    await make_shift(boss, opens_at=hours(2), **far_from_open)
    await make_shift(boss, roles=[RoleIn(key="r", target=1, min_age=60)], **far_from_open)
    crowded = await make_shift(boss, **far_from_open)
    await claim(await make_person(boss), crowded)
    dangerous = await make_project(boss, is_dangerous=True)
    await make_shift(boss, project_id=dangerous.id, **far_from_open)
    mine = await make_shift(boss, location=NEAR, starts_at=DAY + timedelta(hours=6))
    await claim(ada, mine)
    await make_shift(boss, location=NEAR, starts_at=DAY + timedelta(hours=7))  # overlaps it
    open_ = [
        await make_shift(boss, location=NEAR, starts_at=DAY + timedelta(hours=hour))
        for hour in (0, 3)
    ]
    found = (await refusal(ada, full)).alternatives
    assert {each.shift_id for each in found.items} == {each.id for each in open_}
    for each in found.items:
        command = claims.ClaimIn(role=each.role_key, risk_statement_version=1)
        made = await claims.claim(ada, each.shift_id, command, NOW, SETTINGS)
        assert made.state is each.becomes
    command_of_block = BlockIn(
        volunteer_id=ada.volunteer_id or city.id, ends_at=hours(500), reason="late"
    )
    await blocks.add(boss, command_of_block, NOW)
    assert (await refusal(ada, full)).alternatives.items == []


async def test_what_was_declined_and_what_is_too_far_for_the_person_is_not_named(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, full = await scene(boss, max_travel_m=5000)
    await make_shift(boss, location=FAR, starts_at=DAY)
    declined = await make_shift(boss, location=NEAR, starts_at=DAY)
    holder = await make_person(boss)
    held = await claim(holder, declined)
    await claim(ada, declined, or_wait=True)
    await claims.withdraw(holder, held.id, NOW, SETTINGS)
    await claims.offer_due(NOW, SETTINGS)
    [offer] = (await offers.list_mine(ada, offers.OfferQuery(), NOW)).items
    await offers.decline(ada, offer.id, NOW)
    assert (await refusal(ada, full)).alternatives.items == []
    # By their own hand they may still claim it: a no costs nothing.
    assert (await claim(ada, declined)).state == "confirmed"


async def test_without_a_skill_the_same_category_counts_and_without_a_home_the_shifts_place(
    database: str,
) -> None:
    _, boss = await make_city()
    ada = await make_person(boss, **TIRELESS)
    kind = await make_project(boss, category="敬老")
    full = await make_shift(boss, project_id=kind.id, location=NEAR, starts_at=DAY)
    await claim(await make_person(boss), full)
    alike = await make_shift(boss, project_id=kind.id, location=NEAR, starts_at=DAY)
    other = await make_shift(boss, location=FAR, starts_at=DAY)
    found = (await refusal(ada, full)).alternatives.items
    by_id = {each.shift_id: each for each in found}
    assert (by_id[alike.id].is_same_skill, by_id[alike.id].way_minutes) == (True, 0)
    assert (by_id[other.id].is_same_skill, by_id[other.id].is_near) == (False, False)


async def test_a_shift_of_a_dangerous_project_without_insurance_says_what_is_open_instead(
    database: str,
) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    project = await make_project(boss)
    shift = await make_shift(boss, project_id=project.id)
    beside = await make_shift(boss)
    changed = ProjectIn(
        organisation_id=project.organisation_id,
        name=project.name,
        risk_statement=project.risk_statement,
        is_dangerous=True,
    )
    await projects.replace(boss, project.id, changed, None, NOW)
    refused = await refusal(ada, shift)
    assert isinstance(refused, Conflict | SeatRefused)
    assert refused.reason == "insurance"
    assert [each.shift_id for each in refused.alternatives.items] == [beside.id]


async def test_after_a_no_to_one_role_another_of_the_shift_is_named_where_it_is_open(
    database: str,
) -> None:
    _, boss = await make_city()
    ada = await make_person(boss, **TIRELESS)
    skilled = RoleIn(key="aid", target=1, skills={"aid": 2})
    shift = await make_shift(boss, roles=[skilled, RoleIn(key="guide", target=1)], starts_at=DAY)
    guide = next(role for role in shift.roles if role.key == "guide")
    assert (await refusal(ada, shift, "aid")).reason == "skills"
    assert await claims.role_open_to(ada, shift.id, NOW, SETTINGS) == guide.id
    await claim(await make_person(boss), shift, "guide")
    assert await claims.role_open_to(ada, shift.id, NOW, SETTINGS) is None
