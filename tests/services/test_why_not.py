"""Why somebody is not on a shift of a round's plan, as the service says it."""

from typing import Any
from uuid import uuid4

import pytest

from jobs.planning import plan
from matcher.portfolio import solve
from models.core import Plan as PlanRow
from services import rounds
from services.errors import Conflict, Forbidden, NotFound
from services.rights import Actor, Grant, RoleName
from services.rounds import Round
from services.settings import Settings
from tests.services.rounds_world import NOW, World, at

pytestmark = pytest.mark.usefixtures("database")


async def world_and_round() -> tuple[Any, Round, Any]:
    """One shift with a role, one person who takes it and a second who cannot."""
    world = await World.make()
    shift = await world.shift(at(0, 9))
    role = (await shift.roles.all())[0]
    await world.volunteer(name="Ada")
    far = await world.volunteer(name="Ben", max_shifts=0)
    asked = await world.request()
    await plan(asked.id, Settings(), solve, now=lambda: NOW)
    return (world, role, far), asked, shift


async def test_the_first_obstacle_is_told_with_what_would_change_it() -> None:
    (world, role, ben), round_, _ = await world_and_round()

    said = await rounds.why_not_there(world.organiser, round_.id, role.id, ben.id)

    assert (said.name, said.reason, said.rules) == ("Ben", "busy", ["H6"])
    assert said.give_up is None
    assert said.limit is not None
    assert (said.limit.kind, said.limit.shifts_more) == ("limit", 1)
    assert said.changes == []


async def test_who_may_not_see_people_is_refused() -> None:
    (world, role, ben), round_, _ = await world_and_round()
    grant = Grant(organisation_id=world.street.id, role=RoleName.REPORTER)
    reporter = Actor(account_id=world.organiser.account_id, name="R", grants=(grant,))

    with pytest.raises(Forbidden):
        await rounds.why_not_there(reporter, round_.id, role.id, ben.id)


async def test_what_is_not_there_is_not_found() -> None:
    (world, role, ben), round_, _ = await world_and_round()

    for ids in ((uuid4(), role.id, ben.id), (round_.id, uuid4(), ben.id)):
        with pytest.raises(NotFound):
            await rounds.why_not_there(world.organiser, *ids)
    with pytest.raises(NotFound):
        await rounds.why_not_there(world.organiser, round_.id, role.id, uuid4())


async def test_a_round_of_a_city_is_left_to_the_command_line() -> None:
    (world, role, ben), round_, _ = await world_and_round()
    await PlanRow.all().update(volunteers_count=10_001)

    with pytest.raises(Conflict) as refused:
        await rounds.why_not_there(world.organiser, round_.id, role.id, ben.id)

    assert refused.value.reason == "round_too_large"
