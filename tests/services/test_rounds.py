"""Rounds as an organiser asks for them, reads them and puts them away."""

from datetime import date, timedelta

import msgspec
import pytest

from models.core import ClaimState, OrganisationKind, RoundState, Shift, new_id
from models.core import Round as RoundRow
from services import planning, rounds
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.paging import PageQuery
from services.planning.storing import LOOK_SECONDS, PEOPLE_OF_A_LOOK, is_due
from services.rounds import Round, RoundIn, RulesIn, Score, WeightsIn
from tests.services.rounds_world import MONDAY, NOW, SETTINGS, SUNDAY_NIGHT, World, at
from tests.support.owner import as_owner

TEN_YEARS_AGO = date(2016, 6, 1)

pytestmark = pytest.mark.usefixtures("database")


async def test_a_round_is_asked_for_and_read() -> None:
    world = await World.make()

    asked = await world.request(
        seconds_max=5, seed=9, rules=RulesIn(speed_kmh=20), weights=WeightsIn(travel=0)
    )

    assert asked.state is RoundState.SOLVING
    assert (asked.organisation_id, asked.organisation_name) == (world.street.id, "Street")
    assert (asked.horizon_start, asked.horizon_end) == (MONDAY, SUNDAY_NIGHT)
    assert (asked.seconds_max, asked.seed, asked.offset_minutes) == (5, 9, 480)
    assert (asked.rules.speed_kmh, asked.rules.adult_age) == (20, 18)
    assert (asked.weights.travel, asked.weights.cause) == (0, 20)
    assert (asked.progress.stage, asked.plan, asked.failure) == ("queued", None, None)
    assert await rounds.get(world.organiser, asked.id) == asked
    assert msgspec.json.decode(msgspec.json.encode(asked), type=Round) == asked


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"horizon_end": MONDAY}, "horizon_end", "end_not_after_start"),
        ({"horizon_start": MONDAY + timedelta(seconds=1)}, "horizon_start", "not_whole_minutes"),
        ({"horizon_end": MONDAY + timedelta(days=400)}, "horizon_end", "horizon_too_long"),
    ],
)
async def test_a_horizon_that_makes_no_sense_is_refused(
    changes: dict[str, object], place: str, code: str
) -> None:
    world = await World.make()

    with pytest.raises(Invalid) as refused:
        await world.request(**changes)

    assert [(defect.place, defect.code) for defect in refused.value.defects] == [(place, code)]
    assert await RoundRow.all().count() == 0


async def test_a_round_keeps_the_days_of_what_was_published_over_the_same_time() -> None:
    world = await World.make()

    assert (await world.request()).offset_minutes == 480
    assert (await world.published(offset_minutes=60)).offset_minutes == 60
    assert (await world.request()).offset_minutes == 60
    assert (await world.request(offset_minutes=-330)).offset_minutes == -330
    next_week = {"horizon_start": SUNDAY_NIGHT, "horizon_end": SUNDAY_NIGHT + timedelta(days=7)}
    assert (await world.request(**next_week)).offset_minutes == 480


async def test_only_organisers_and_only_in_their_own_subtree() -> None:
    world = await World.make()
    other_street = await world.organisation("Other", OrganisationKind.STREET, world.city)
    stranger = await world.organiser_of(other_street)
    person = world.volunteer_actor(await world.volunteer())
    round_ = await world.proposed()
    calls = (
        lambda actor: rounds.get(actor, round_.id),
        lambda actor: rounds.plan(actor, round_.id, PageQuery()),
        lambda actor: rounds.cancel(actor, round_.id, NOW),
        lambda actor: rounds.discard(actor, round_.id, NOW),
        lambda actor: rounds.solve_again(actor, round_.id, NOW),
        lambda actor: rounds.publish(actor, round_.id, rounds.PublishIn(), NOW, SETTINGS),
    )
    for call in calls:
        with pytest.raises(NotFound):
            await call(stranger)
        with pytest.raises(Forbidden):
            await call(person)
    wanted = RoundIn(
        organisation_id=world.street.id, horizon_start=MONDAY, horizon_end=SUNDAY_NIGHT
    )
    with pytest.raises(Invalid):
        await rounds.request(stranger, wanted, NOW, SETTINGS)
    assert (await rounds.list_page(stranger, PageQuery())).items == []
    assert (await rounds.get(world.organiser, round_.id)).state is RoundState.PROPOSED


async def test_rounds_are_listed_newest_first_page_by_page() -> None:
    world = await World.make()
    asked = [await world.request() for _ in range(5)]
    above = await world.organiser_of(world.city)

    first = await rounds.list_page(above, PageQuery(limit=3))
    second = await rounds.list_page(above, PageQuery(limit=3, after=first.next))

    listed = [round_.id for round_ in [*first.items, *second.items]]
    assert listed == [round_.id for round_ in reversed(asked)]
    assert second.next is None


async def test_a_plan_in_figures_and_shift_by_shift() -> None:
    world = await World.make()
    ada = await world.volunteer(name="Ada")
    ben = await world.volunteer(name="Ben", birth_date=TEN_YEARS_AGO)
    busy = await world.shift(at(0, 9), seats=2, minimum=1)
    await world.claim(ada, busy)
    lonely = await world.shift(at(1, 9), seats=2, priority=7)
    await world.role(lonely, key="z adult", target=1, maximum=1, min_age=18)

    round_ = await world.proposed()
    plan = await rounds.plan(world.organiser, round_.id, PageQuery())

    assert round_.plan is not None
    assert plan.summary == round_.plan
    assert (round_.plan.volunteers, round_.plan.shifts, round_.plan.seats) == (2, 2, 5)
    assert round_.plan.filled == round_.plan.assignments == 4
    assert (round_.plan.fixed, round_.plan.status) == (1, "feasible")
    assert round_.plan.score == Score(shortfall=0, open=7, cost=round_.plan.score.cost)
    assert round_.plan.bound == Score(shortfall=0, open=0, cost=0)
    assert round_.plan.bound_from.open == "trivial"
    assert (round_.plan.offers, round_.plan.not_offered) == ({}, 0)

    assert [item.shift.id for item in plan.items] == [busy.id, lonely.id]
    assert [item.priority for item in plan.items] == [5, 7]
    [full] = plan.items[0].roles
    assert [(person.name, person.fixed, person.state) for person in full.people] == [
        ("Ada", True, ClaimState.CONFIRMED),
        ("Ben", False, None),
    ]
    assert (full.missing, full.reasons, full.minimum, full.target) == (0, {}, 1, 2)
    roles = {role.role: role for role in plan.items[1].roles}
    assert sum(role.missing for role in roles.values()) == 1
    assert {person.volunteer_id for role in roles.values() for person in role.people} == {
        ada.id,
        ben.id,
    }


async def test_an_open_seat_says_what_keeps_everybody_from_it() -> None:
    world = await World.make()
    await world.volunteer(age=10)
    await world.volunteer(is_free=False)
    shift = await world.shift(at(0, 9), seats=2)
    await world.role(shift, key="a adult", target=1, maximum=1, min_age=18)

    plan = await rounds.plan(world.organiser, (await world.proposed()).id, PageQuery())

    [item] = plan.items
    missing = {role.role: (role.missing, role.reasons) for role in item.roles}
    # A child is not left alone on a shift (H10), which is what `team` counts.
    assert missing["a adult"] == (1, {"age": 1, "unavailable": 1})
    assert list(missing.values())[1] == (2, {"unavailable": 1, "team": 1})


async def test_a_long_plan_is_read_page_by_page() -> None:
    world = await World.make()
    shifts = [await world.shift(at(day, 9)) for day in (3, 0, 2, 1, 0)]
    round_ = await world.proposed()

    read, after, pages = [], None, 0
    while pages == 0 or after:
        page = await rounds.plan(world.organiser, round_.id, PageQuery(limit=2, after=after))
        read += [item.shift.id for item in page.items]
        after, pages = page.next, pages + 1

    in_order = sorted(shifts, key=lambda shift: (shift.starts_at, shift.id))
    assert read == [shift.id for shift in in_order]
    assert pages == 3


async def test_there_is_no_plan_before_it_is_solved() -> None:
    world = await World.make()
    asked = await world.request()

    with pytest.raises(NotFound):
        await rounds.plan(world.organiser, asked.id, PageQuery())


async def test_without_people_or_shifts_a_round_is_proposed_all_the_same(
    database_url: str,
) -> None:
    world = await World.make()
    empty = await world.proposed()
    await world.volunteer()
    nobody_needed = await world.proposed()
    await as_owner(database_url, "DELETE FROM volunteer")
    await world.shift(at(0, 9))
    nobody_there = await world.proposed()

    for round_, seats in ((empty, 0), (nobody_needed, 0), (nobody_there, 1)):
        assert round_.state is RoundState.PROPOSED
        assert round_.plan is not None
        assert (round_.plan.seats, round_.plan.filled) == (seats, 0)


async def test_data_that_moves_while_it_is_solved_makes_the_plan_stale_at_once() -> None:
    world = await World.make()
    await world.volunteer()
    shift = await world.shift(at(0, 9))
    asked = await world.request()
    attempt, loaded = await world.begun(asked.id)
    await Shift.filter(id=shift.id).update(priority=9)

    await planning.store(attempt, loaded, world.plan_of(loaded), NOW)

    seen = await rounds.get(world.organiser, asked.id)
    assert seen.state is RoundState.STALE
    assert seen.plan is not None  # To look at, until it is made anew.


async def test_what_was_deleted_while_it_was_solved_is_left_out_of_the_stale_plan(
    database_url: str,
) -> None:
    world = await World.make()
    gone, _ = await world.volunteer(), await world.volunteer()
    await world.shift(at(0, 9), seats=2)
    vanished = await world.shift(at(3, 9), seats=3)
    asked = await world.request()
    attempt, loaded = await world.begun(asked.id)
    plan = world.plan_of(loaded)
    assert len(plan.assignments) == 4
    await as_owner(database_url, f"DELETE FROM volunteer WHERE id = '{gone.id}'")
    await Shift.filter(id=vanished.id).delete()

    await planning.store(attempt, loaded, plan, NOW)

    seen = await rounds.get(world.organiser, asked.id)
    assert seen.state is RoundState.STALE
    assert seen.plan is not None
    assert seen.plan.assignments == 1


async def test_a_proposed_plan_goes_stale_when_the_data_move_and_can_be_made_anew() -> None:
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    round_ = await world.proposed()
    assert await planning.mark_stale(NOW) == 0

    await world.volunteer()
    assert await planning.mark_stale(NOW) == 1
    assert await planning.mark_stale(NOW) == 0
    assert (await rounds.get(world.organiser, round_.id)).state is RoundState.STALE

    again = await rounds.solve_again(world.organiser, round_.id, NOW)
    assert (again.state, again.attempt, again.progress.stage) == (
        RoundState.SOLVING,
        1,
        "queued",
    )
    solved = await world.solve(round_.id)
    assert (solved.state, solved.attempt) == (RoundState.PROPOSED, 2)
    assert solved.plan is not None
    assert solved.plan.volunteers == 2


async def test_a_draft_is_solved_when_asked() -> None:
    world = await World.make()
    draft = await RoundRow.create(
        organisation_id=world.street.id,
        horizon_start=MONDAY,
        horizon_end=SUNDAY_NIGHT,
        offset_minutes=480,
        rules={"speed_kmh": 30},
    )
    assert (await rounds.get(world.organiser, draft.id)).rules.speed_kmh == 30

    await rounds.solve_again(world.organiser, draft.id, NOW)

    assert (await world.solve(draft.id)).state is RoundState.PROPOSED


async def test_cancelling_before_anybody_took_the_round_ends_it_at_once() -> None:
    world = await World.make()
    asked = await world.request()

    ended = await rounds.cancel(world.organiser, asked.id, NOW)
    again = await rounds.cancel(world.organiser, asked.id, NOW)

    assert ended.state is again.state is RoundState.CANCELLED
    assert ended.finished_at == NOW
    assert await planning.begin(asked.id, NOW, SETTINGS) is None


async def test_each_step_is_refused_where_it_does_not_belong() -> None:
    world = await World.make()
    solving, proposed = await world.request(), await world.proposed()
    discarded = await rounds.discard(world.organiser, proposed.id, NOW)
    assert discarded.state is RoundState.DISCARDED
    assert await rounds.discard(world.organiser, proposed.id, NOW) == discarded

    for step, code, round_ in (
        (rounds.discard, "round_not_proposed", solving),
        (rounds.cancel, "round_not_solving", discarded),
        (rounds.solve_again, "round_not_solvable", discarded),
    ):
        with pytest.raises(Conflict) as refused:
            await step(world.organiser, round_.id, NOW)
        assert (refused.value.reason, refused.value.parameters) == (
            code,
            {"state": round_.state.value},
        )
    with pytest.raises(Conflict, match="round_not_proposed"):
        await rounds.publish(world.organiser, solving.id, rounds.PublishIn(), NOW, SETTINGS)


async def test_solving_again_what_is_being_solved_changes_nothing() -> None:
    world = await World.make()
    asked = await world.request()
    attempt, _ = await world.begun(asked.id)

    await rounds.solve_again(world.organiser, asked.id, NOW)

    assert not await planning.heartbeat(attempt, planning.Progress(), NOW)


def test_large_rounds_are_looked_at_less_often_and_each_in_its_turn() -> None:
    rounds_ = [new_id() for _ in range(40)]
    calls = [NOW + timedelta(seconds=LOOK_SECONDS * number) for number in range(21)]

    def looks(people: int) -> set[int]:
        return {sum(is_due(each, people, at) for at in calls) for each in rounds_}

    assert looks(PEOPLE_OF_A_LOOK - 1) == {21}
    assert looks(6 * PEOPLE_OF_A_LOOK) == {3}
    first = {next(at for at in calls if is_due(each, 500_000, at)) for each in rounds_}
    assert len(first) > 5
