"""Rounds and recommendations keep to what closes a shift for a person, like claims do."""

from models.core import Block, InsurancePolicy
from services import blocks, insurance, standing_in
from services.blocks import BlockIn
from services.insurance import PolicyIn
from services.planning import load_problem
from services.planning.digest import read_digest
from services.rights import Actor
from services.standing_in import BestShiftsQuery
from services.volunteers import Window
from tests.services.rounds_world import World, at
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_person,
    make_project,
    make_shift,
)


async def best(actor: Actor) -> set[str]:
    found = await standing_in.best_shifts(actor, BestShiftsQuery(), NOW, SETTINGS)
    return {str(each.shift.id) for each in found.items}


async def test_what_cannot_be_claimed_is_not_recommended(database: str) -> None:
    _, boss = await make_city()
    free = [Window(weekday=day, start_minute=0, end_minute=1440) for day in range(7)]
    ada = await make_person(boss, windows=free)
    danger = await make_project(boss, is_dangerous=True)
    shift = await make_shift(boss)
    dangerous = await make_shift(boss, project_id=danger.id)
    later = await make_shift(boss, opens_at=hours(1))
    assert await best(ada) == {str(shift.id)}
    await insurance.add(
        boss,
        danger.id,
        PolicyIn(insurer="I", number="1", covers_from=NOW, covers_until=hours(100)),
    )
    assert await best(ada) == {str(shift.id), str(dangerous.id)}
    assert str(later.id) not in await best(ada)
    assert ada.volunteer_id is not None
    block = BlockIn(volunteer_id=ada.volunteer_id, ends_at=hours(25), reason="late")
    await blocks.add(boss, block, NOW)
    assert await best(ada) == set()


async def test_a_round_proposes_nobody_whom_a_block_or_missing_insurance_would_refuse(
    database: str,
) -> None:
    world = await World.make()
    shut = await world.volunteer()
    open_, after = await world.shift(at(0, 9)), await world.shift(at(3, 9))
    danger = await world.published_project(world.street, is_dangerous=True)
    dangerous = await world.shift(at(1, 9), project=danger)
    round_ = await world.request()
    before = await read_digest(round_.id)
    names = {each.id for each in (await load_problem(round_.id)).problem.shifts}
    assert names == {str(open_.id), str(after.id)}

    await Block.create(
        organisation_id=world.city.id, volunteer_id=shut.id, ends_at=at(2, 0), reason="late"
    )
    blocked = await read_digest(round_.id)
    problem = (await load_problem(round_.id)).problem
    assert [(each.volunteer, each.shift, each.reason) for each in problem.forbidden] == [
        (str(shut.id), str(open_.id), "blocked")
    ]
    await InsurancePolicy.create(
        project_id=danger.id, insurer="I", number="1", covers_from=at(0, 0), covers_until=at(6, 0)
    )
    insured = await read_digest(round_.id)
    names = {each.id for each in (await load_problem(round_.id)).problem.shifts}
    assert names == {str(open_.id), str(dangerous.id), str(after.id)}
    # Whoever proposed before has to look again.
    assert len({before, blocked, insured}) == 3
