"""What a repair keeps, touches and says, on small problems by hand."""

import time

import pytest

from matcher.check import check_assignments
from matcher.plan import Score
from matcher.problem import Line, Problem, Role, Shift, TeamLine
from matcher.repair import (
    CallOff,
    Change,
    ChangeRefused,
    Claim,
    DropOut,
    Join,
    MoveShift,
    PlanBroken,
    Repaired,
    SetSeats,
)
from matcher.repair.repair import repair
from matcher.solve import SolveParams
from tests.matcher.factories import at, lines, problem, shift, volunteer


def mended(
    before: Problem, plan: tuple[Line, ...], *changes: Change, freed_most: int = 2
) -> Repaired:
    params = SolveParams(seconds=60, clock=time.monotonic, workers=1)
    found = repair(before, plan, changes, params, freed_most=freed_most)
    assert check_assignments(found.problem, found.assignments) == []
    return found


def one_seat(name: str, start: int) -> Shift:
    return shift(name, start, roles=(Role("helper", max=1, min=1),))


def test_the_seat_of_a_sick_person_goes_to_somebody_free() -> None:
    before = problem(
        [volunteer("ann"), volunteer("bo"), volunteer("cy")],
        [shift("one", at(0, 9)), shift("two", at(1, 9))],
    )
    plan = lines("ann one", "bo one", "bo two", "ann two")

    found = mended(before, plan, DropOut("ann"))

    assert set(found.assignments) == set(lines("bo one", "bo two", "cy one", "cy two"))
    assert found.freed == ()
    assert {(each.line.volunteer, each.reason) for each in found.removed} == {
        ("ann", "dropped_out")
    }
    assert {each.reason for each in found.added} == {"fills"}
    assert found.is_best


def test_somebody_moves_up_when_only_he_can_and_another_takes_his_seat() -> None:
    before = problem(
        [
            volunteer("ann", skills={"first aid": 1}),
            volunteer("bo", skills={"first aid": 1}, max_shifts=1),
            volunteer("cy"),
        ],
        [
            shift("aid", at(0, 9), roles=(Role("aider", max=1, min=1, skills={"first aid": 1}),)),
            shift("tea", at(0, 9), roles=(Role("helper", max=1, min=1),)),
        ],
    )
    plan = lines("ann aid aider", "bo tea")

    found = mended(before, plan, DropOut("ann"))
    kept = mended(before, plan, DropOut("ann"), freed_most=0)

    assert set(found.assignments) == set(lines("bo aid aider", "cy tea"))
    assert found.freed == ("bo",)
    assert {(each.line.volunteer, each.reason) for each in found.added} == {
        ("bo", "moved"),
        ("cy", "fills"),
    }
    assert set(kept.assignments) == set(lines("bo tea"))


def test_people_stay_where_nobody_can_complete_their_team_and_it_is_said() -> None:
    team = (TeamLine("first aid", 1, 1),)
    before = problem(
        [volunteer("ann", skills={"first aid": 1}), volunteer("bo")],
        [shift("one", at(0, 9), team=team)],
    )

    found = mended(before, lines("ann one", "bo one"), DropOut("ann", "one"))

    assert found.assignments == lines("bo one")
    assert [(each.shift, each.lacks) for each in found.short] == [("one", ("team",))]
    assert found.problem.fixed == lines("bo one")


def test_a_completed_team_leans_on_no_promise() -> None:
    team = (TeamLine("first aid", 1, 1),)
    aider = {"first aid": 2}
    before = problem(
        [volunteer("ann", skills=aider), volunteer("bo"), volunteer("cy", skills=aider)],
        [shift("one", at(0, 9), team=team)],
    )

    found = mended(before, lines("ann one", "bo one"), DropOut("ann"))

    assert set(found.assignments) == set(lines("bo one", "cy one"))
    assert found.short == ()


def test_friends_go_on_without_somebody_who_cannot_come_at_all() -> None:
    before = problem(
        [volunteer("ann"), volunteer("bo")],
        [shift("one", at(0, 9)), shift("two", at(1, 9))],
        together=(("ann", "bo"),),
    )
    plan = lines("ann one", "bo one", "ann two", "bo two")

    found = mended(before, plan, DropOut("ann"))
    once = mended(before, plan, DropOut("ann", "one"))

    assert set(found.assignments) == set(lines("bo one", "bo two"))
    assert found.short == ()
    assert set(once.assignments) == set(lines("bo one", "ann two", "bo two"))
    assert [(each.shift, each.lacks) for each in once.short] == [("one", ("together",))]


def test_a_moved_shift_keeps_whoever_still_can() -> None:
    before = problem(
        [volunteer("ann"), volunteer("bo", available=((at(0, 8), at(0, 12)),)), volunteer("cy")],
        [shift("one", at(0, 9)), shift("two", at(0, 14), roles=(Role("helper", max=1),))],
    )
    plan = lines("ann one", "bo one", "cy two")

    found = mended(before, plan, MoveShift("one", at(0, 14), at(0, 16)))

    assert set(found.assignments) == set(lines("ann one", "cy two"))
    assert {(each.line.volunteer, each.reason) for each in found.removed} == {("bo", "unavailable")}


def test_a_moved_shift_gives_way_to_what_was_planned_beside_it() -> None:
    before = problem(
        [volunteer("ann")],
        [one_seat("one", at(0, 9)), one_seat("two", at(0, 14))],
    )

    found = mended(before, lines("ann one", "ann two"), MoveShift("one", at(0, 15), at(0, 17)))

    assert found.assignments == lines("ann two")
    assert {(each.line.shift, each.reason) for each in found.removed} == {("one", "overlap")}


def test_a_promise_holds_on_a_moved_shift_unless_it_cannot_be_kept() -> None:
    before = problem(
        [volunteer("ann", available=((at(0, 8), at(0, 12)),)), volunteer("bo", available=())],
        [shift("one", at(0, 9))],
        fixed=lines("ann one", "bo one"),
    )

    found = mended(before, lines("ann one", "bo one"), MoveShift("one", at(0, 14), at(0, 16)))

    # Bo never had the time: a person decided that, and the move changes nothing about it.
    assert found.assignments == lines("bo one")
    assert {(each.line.volunteer, each.reason) for each in found.removed} == {
        ("ann", "unavailable")
    }


def test_a_claim_takes_its_seat_and_its_hours() -> None:
    before = problem(
        [volunteer("ann"), volunteer("bo")],
        [one_seat("one", at(0, 9)), one_seat("two", at(0, 10))],
    )

    found = mended(before, lines("ann one", "bo two"), Claim(Line("bo", "one", "helper")))

    assert set(found.assignments) == set(lines("bo one", "ann two"))
    assert {(each.line, each.reason) for each in found.removed} == {
        (lines("ann one")[0], "seat_taken"),
        (lines("bo two")[0], "overlap"),
    }
    assert found.problem.fixed == lines("bo one")


def test_more_seats_and_new_people_fill_each_other() -> None:
    before = problem([volunteer("ann")], [shift("one", at(0, 9), roles=(Role("helper", max=1),))])

    found = mended(
        before, lines("ann one"), SetSeats("one", "helper", 1, 2), Join(volunteer("new"))
    )

    assert set(found.assignments) == set(lines("ann one", "new one"))
    assert found.freed == ()


def test_a_shift_that_is_off_frees_its_people_for_others() -> None:
    before = problem(
        [volunteer("ann")],
        [one_seat("one", at(0, 9)), one_seat("two", at(0, 10))],
        fixed=lines("ann one"),
    )

    found = mended(before, lines("ann one"), CallOff("one"))

    assert found.assignments == lines("ann two")
    assert {each.reason for each in found.removed} == {"called_off"}


def test_what_was_proven_before_is_proven_after_where_people_only_leave() -> None:
    before = problem(
        [volunteer("ann"), volunteer("bo"), volunteer("cy", max_shifts=0)],
        [shift("one", at(0, 9))],
    )
    params = SolveParams(seconds=0, clock=time.monotonic)

    found = repair(before, lines("ann one"), [DropOut("cy")], params, proven=Score(0, 0, 0))
    assert found.are_seats_best
    assert set(found.assignments) == set(lines("ann one", "bo one"))


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        (DropOut("nobody"), "changes[0].volunteer", "unknown_volunteer"),
        (DropOut("ann", "none"), "changes[0].shift", "unknown_shift"),
        (CallOff("none"), "changes[0].shift", "unknown_shift"),
        (MoveShift("one", at(0, 9), at(0, 9)), "changes[0].end", "end_not_after_start"),
        (MoveShift("one", at(30, 9), at(30, 10)), "changes[0].start", "outside_horizon"),
        (SetSeats("one", "cook", 0, 1), "changes[0].role", "unknown_role"),
        (SetSeats("one", "helper", 3, 2), "changes[0].min", "min_above_max"),
        (SetSeats("one", "helper", 0, 0), "changes[0].max", "too_small"),
        (SetSeats("one", "helper", -1, 1), "changes[0].min", "too_small"),
        (Claim(Line("ann", "one", "cook")), "changes[0].role", "unknown_role"),
        (Claim(Line("nobody", "one", "helper")), "changes[0].volunteer", "unknown_volunteer"),
        (Claim(Line("ann", "two", "helper")), "fixed", "fixed_clash"),
        (SetSeats("one", "helper", 0, 1), "fixed", "fixed_clash"),
        (Join(volunteer("ann")), "changes[0].volunteer", "duplicate_id"),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_its_place(
    change: Change, place: str, code: str
) -> None:
    before = problem(
        [volunteer("ann"), volunteer("bo")],
        [shift("one", at(0, 9)), shift("two", at(0, 10))],
        fixed=lines("ann one", "bo one"),
    )

    with pytest.raises(ChangeRefused) as refused:
        mended(before, lines("ann one", "bo one"), change)

    assert [(each.place, each.code) for each in refused.value.defects] == [(place, code)]


def test_a_plan_that_was_never_valid_is_not_repaired() -> None:
    before = problem([volunteer("ann")], [shift("one", at(0, 9)), shift("two", at(0, 10))])

    with pytest.raises(PlanBroken) as broken:
        mended(before, lines("ann one", "ann two"), DropOut("ann"))

    assert [each.rule for each in broken.value.violations] == ["H4"]


def test_with_no_time_left_the_free_are_asked_and_nobody_is_freed() -> None:
    before = problem([volunteer("ann"), volunteer("bo")], [shift("one", at(0, 9))])
    params = SolveParams(seconds=0, clock=time.monotonic)

    found = repair(before, lines("ann one"), [DropOut("ann")], params)

    assert found.assignments == lines("bo one")
    assert not found.is_best
