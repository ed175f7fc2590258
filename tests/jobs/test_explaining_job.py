"""The reasons of a plan: worked out once it is proposed, kept beside it, told by right."""

from typing import Any
from uuid import UUID

import pytest

from jobs.explaining import Share, explain, reasons_of
from jobs.planning import plan
from matcher.portfolio import solve
from models.core import OutboxMessage, RoundState, Shift
from models.core import Plan as PlanRow
from models.core import Round as RoundRow
from services import planning, rounds
from services.outbox import Job
from services.paging import PageQuery
from services.planning.reasons import next_multiple
from services.rights import Actor, Grant, RoleName
from services.rounds import PlanView, Round
from services.settings import Settings
from tests.services.rounds_world import NOW, World, at

pytestmark = pytest.mark.usefixtures("database")


async def planned(world: World, **changes: Any) -> Round:
    """A round of the world, solved."""
    asked = await world.request(**changes)
    await plan(asked.id, Settings(), solve, now=lambda: NOW)
    return asked


async def explained(round_id: UUID) -> None:
    await explain(round_id, now=lambda: NOW)


async def view(world: World, round_: Round, actor: Actor | None = None) -> PlanView:
    return await rounds.plan(actor or world.organiser, round_.id, PageQuery())


async def two_shifts_and_one_who_has_time_for_one() -> World:
    world = await World.make()
    await world.volunteer(name="Ada", max_shifts=1)
    await world.shift(at(0, 9))
    await world.shift(at(1, 9))
    return world


async def test_a_proposed_plan_asks_for_its_reasons() -> None:
    world = await two_shifts_and_one_who_has_time_for_one()

    round_ = await planned(world)

    asked = await OutboxMessage.filter(job=Job.EXPLAIN_PLAN.value)
    assert [message.arguments for message in asked] == [{"round_id": str(round_.id)}]
    assert (await view(world, round_)).explained_at is None


async def test_what_would_fill_a_seat_is_told_by_name() -> None:
    world = await two_shifts_and_one_who_has_time_for_one()
    round_ = await planned(world)

    await explained(round_.id)

    told = await view(world, round_)
    assert told.explained_at == NOW
    (gap,) = [role for item in told.items for role in item.roles if role.missing]
    assert gap.would_fill is not None
    first = gap.would_fill.changes[0]
    assert (first.kind, first.name, first.shifts_more, first.price) == ("limit", "Ada", 1, 3)
    assert first.is_cheapest
    (why,) = [one.why for item in told.items for role in item.roles for one in role.people]
    assert why is not None
    assert why.cost == why.travel + why.cause + why.invite + why.fairness + why.change
    assert why.without is not None
    assert (why.without.shortfall, why.without.open) == (0, 0)
    assert told.trade_off is not None
    assert [price.answer for price in told.trade_off.seats] == ["yes"]


async def test_who_may_not_see_people_is_told_no_names_and_no_reasons_of_people() -> None:
    world = await two_shifts_and_one_who_has_time_for_one()
    round_ = await planned(world)
    await explained(round_.id)
    grant = Grant(organisation_id=world.street.id, role=RoleName.REPORTER)
    reporter = Actor(account_id=world.organiser.account_id, name="R", grants=(grant,))

    told = await view(world, round_, reporter)

    changes = [
        change
        for item in told.items
        for role in item.roles
        if role.would_fill
        for change in role.would_fill.changes
    ]
    assert [(change.kind, change.name, change.volunteer_id) for change in changes] == [
        ("limit", None, None)
    ]
    assert [one.why for item in told.items for role in item.roles for one in role.people] in (
        [],
        [None],
    )


async def test_reasons_are_worked_out_once_and_not_of_a_plan_that_is_stale() -> None:
    world = await two_shifts_and_one_who_has_time_for_one()
    round_ = await planned(world)
    await explained(round_.id)

    assert await planning.unexplained(round_.id) is None
    again = await planned(world)
    assert await planning.unexplained(again.id) is not None
    await RoundRow.filter(id=again.id).update(state=RoundState.STALE)
    assert await planning.unexplained(again.id) is None


async def test_data_that_moved_are_not_explained() -> None:
    world = await two_shifts_and_one_who_has_time_for_one()
    round_ = await planned(world)
    await Shift.all().update(priority=9)

    assert await planning.unexplained(round_.id) is None


async def test_a_plan_that_is_replaced_meanwhile_keeps_no_old_reasons() -> None:
    world = await two_shifts_and_one_who_has_time_for_one()
    round_ = await planned(world)
    asked = await planning.unexplained(round_.id)
    assert asked is not None
    await PlanRow.all().delete()

    found = reasons_of(asked, iter_clock())

    assert not await planning.keep_reasons(asked, found, NOW)


async def test_out_of_time_nothing_is_claimed() -> None:
    world = await two_shifts_and_one_who_has_time_for_one()
    asked = await planning.unexplained((await planned(world)).id)
    assert asked is not None

    found = reasons_of(asked, iter_clock(step=60.0))

    assert found.gaps == {}
    assert [why.without for why in found.lines.values()] == [None]


async def test_a_report_is_kept_with_the_plan() -> None:
    world = await World.make()
    for number in range(12):
        await world.volunteer(name=f"V{number}")
    await world.shift(at(0, 9))

    told = await view(world, await planned(world))

    assert told.report is not None
    assert told.report.everybody is not None
    assert told.report.everybody.people == 10
    assert [group.name for group in told.report.by_place] == ["Street"]


def test_seconds_are_shared_out() -> None:
    share = Share(8.0, iter_clock(step=0.0))

    assert share.effort(1).seconds == 8.0
    assert share.effort(4).seconds == 2.0
    assert Share(100.0, iter_clock(step=0.0)).effort(2).seconds == 10.0
    assert [next_multiple(each, 100) for each in (0, 1, 100, 101)] == [0, 100, 100, 200]


def iter_clock(step: float = 0.0) -> Any:
    """A clock that goes on by a step at each look."""
    seen = [0.0]

    def look() -> float:
        seen[0] += step
        return seen[0]

    return look
