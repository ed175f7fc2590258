"""Rounds hand the solver what claims ask of minors, and what it proposes is accepted."""

from random import Random

import pytest

from models.core import ActivityConsent, InsurancePolicy, Round
from services import offers, planning, rounds, standing_in
from services.paging import PageQuery
from services.rounds import RoundIn, RulesIn
from services.settings import Settings
from services.standing_in import BestShiftsQuery
from services.volunteers import Window
from tests.services.claims.world import claim
from tests.services.planning_problem import by_id, problem_of
from tests.services.rounds_world import MONDAY, NOW, SETTINGS, SUNDAY_NIGHT, World, at, minute
from tests.support.factories import NOW as NOON
from tests.support.factories import hours, make_city, make_person, make_shift
from tests.support.families import BORN_TEEN

pytestmark = pytest.mark.usefixtures("database")


async def test_the_solver_is_handed_minors_with_their_hours_their_day_and_no_danger() -> None:
    world = await World.make()
    teen, adult = await world.volunteer(age=16), await world.volunteer()
    danger = await world.published_project(world.street, is_dangerous=True)
    await InsurancePolicy.create(
        project_id=danger.id, insurer="I", number="1", covers_from=at(0, 0), covers_until=at(6, 0)
    )
    shift, dangerous = await world.shift(at(0, 9)), await world.shift(at(1, 9), project=danger)
    problem = await problem_of(world, rules=RulesIn(adult_age=14, minors_per_adult=99))
    young, grown = by_id(problem, teen), by_id(problem, adult)
    assert [young.available[0], young.max_minutes_per_day] == [
        (minute(at(0, 6)), minute(at(0, 22))),
        240,
    ]
    assert len(young.available) == 7
    assert [grown.available, grown.max_minutes_per_day] == [
        ((minute(MONDAY), minute(SUNDAY_NIGHT)),),
        480,
    ]
    assert (problem.rules.adult_age, problem.rules.minors_per_adult) == (18, 5)
    ages = {each.id: each.roles[0].min_age for each in problem.shifts}
    assert ages == {str(shift.id): 0, str(dangerous.id): 18}


async def test_a_round_keeps_the_numbers_of_the_day_it_was_made() -> None:
    world = await World.make()
    teen = await world.volunteer(age=16)
    await world.shift(at(0, 9))
    early = Settings(minor_until_minute=720, minor_minutes_per_day=60, minors_per_adult=2)
    wish = RoundIn(organisation_id=world.street.id, horizon_start=MONDAY, horizon_end=SUNDAY_NIGHT)
    made = await rounds.request(world.organiser, wish, NOW, early)
    assert made.rules.minors_per_adult == 5  # What was asked for; the service is stricter.
    assert (await rounds.get(world.organiser, made.id)).rules == RulesIn()
    problem = (await planning.load_problem(made.id)).problem
    young = by_id(problem, teen)
    assert (young.available[0][1], young.max_minutes_per_day) == (minute(at(0, 12)), 60)
    assert problem.rules.minors_per_adult == 2
    # One from before there were such numbers has those of the service.
    await Round.filter(id=made.id).update(rules={})
    assert by_id((await planning.load_problem(made.id)).problem, teen).max_minutes_per_day == 240


async def test_what_a_round_proposes_is_accepted_in_any_order() -> None:
    world = await World.make()
    people = [await world.volunteer(age=age) for age in (15, 16, 17, 17, 30)]
    shift = await world.shift(at(0, 9), seats=5)
    round_ = await world.published()
    assert round_.plan is not None
    assert round_.plan.filled == 5
    # The guardians were asked with the offers, and have all said yes.
    answer = {"state": "given", "guardian_id": world.organiser.account_id, "answered_at": NOW}
    assert await ActivityConsent.filter(shift_id=shift.id).update(**answer) == 4
    actors = [world.volunteer_actor(each) for each in people]
    Random(7).shuffle(actors)
    for actor in actors:
        [offer] = (await offers.list_mine(actor, PageQuery(), NOW)).items
        assert (await offers.accept(actor, offer.id, NOW, SETTINGS)).state == "accepted"


async def test_what_fits_a_minor_best_lies_in_their_hours() -> None:
    _, boss = await make_city()
    free = [Window(weekday=each, start_minute=0, end_minute=1440) for each in range(7)]
    night = await make_shift(boss, starts_at=hours(35), seats=5)
    day = await make_shift(boss, starts_at=hours(24), seats=5)
    for each in (night, day):
        await claim(await make_person(boss), each)
    found = {}
    for is_young in (True, False):
        born = {"birth_date": BORN_TEEN} if is_young else {}
        person = await make_person(boss, windows=free, **born)
        best = await standing_in.best_shifts(person, BestShiftsQuery(), NOON, SETTINGS)
        found[is_young] = {each.shift.id for each in best.items}
    assert found == {True: {day.id}, False: {day.id, night.id}}
