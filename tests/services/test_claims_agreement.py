"""A claim by hand is refused exactly where the matcher's check would find the plan broken."""

from typing import Any
from uuid import UUID

from hypothesis import event, given, settings
from hypothesis import strategies as st

from matcher.check import check_assignments
from matcher.problem import (
    MINUTES_PER_DAY,
    Engagement,
    Horizon,
    Line,
    Problem,
    Role,
    Rules,
    Shift,
    Volunteer,
)
from services.refusals import Commitment, Refusal, Refused, Seat, choose_seat

RULE_OF = {
    Refusal.SKILLS: "H1",
    Refusal.AGE: "H1",
    Refusal.GROUP: "H1",
    Refusal.FULL: "H7",
    Refusal.OVERLAP: "H4",
    Refusal.TRAVEL_TOO_TIGHT: "H4",
    Refusal.TOO_LITTLE_REST: "H5",
    Refusal.TOO_MANY_MINUTES: "H6",
    Refusal.TOO_MANY_MINUTES_THAT_DAY: "H6",
    Refusal.TOO_MANY_SHIFTS: "H6",
}
OFFSET = 480
MONDAY = 20_000 * MINUTES_PER_DAY - OFFSET
WEEK = Horizon(MONDAY, MONDAY + 7 * MINUTES_PER_DAY, OFFSET)
PLACES = (None, (121.47, 31.23), (121.4712, 31.23), (121.52, 31.23), (121.9, 30.9), (122.3, 31))

# In half hours, and crowded into few of them, so that clashes of every kind are common.
spans = st.tuples(st.integers(0, 3 * 48), st.integers(1, 8)).map(
    lambda drawn: (MONDAY + 30 * drawn[0], MONDAY + 30 * (drawn[0] + drawn[1]))
)
places = st.sampled_from(PLACES)
skills = st.dictionaries(st.sampled_from("ab"), st.integers(1, 3), max_size=2)
groups = st.lists(st.sampled_from("xyz"), unique=True, max_size=2).map(tuple)
numbers = st.builds(
    Rules,
    min_rest_minutes=st.sampled_from([0, 480, 660]),
    speed_kmh=st.sampled_from([4, 15]),
    transfer_minutes=st.sampled_from([0, 10]),
)


def rarely(kind: st.SearchStrategy[Any], usual: object) -> st.SearchStrategy[Any]:
    """Mostly the usual, so that a rule that is asked late is reached as well."""
    return st.sampled_from([False] * 5 + [True]).flatmap(lambda so: kind if so else st.just(usual))


roles = st.builds(
    Role,
    id=st.just("r"),
    max=st.sampled_from([1, 3, 3]),
    skills=rarely(skills, {}),
    min_age=rarely(st.just(30), 0),
    max_age=rarely(st.just(30), 150),
    groups=rarely(groups, ()),
)


@st.composite
def shifts(draw: st.DrawFn) -> list[Shift]:
    drawn = draw(st.lists(st.tuples(spans, places, roles), min_size=1, max_size=6))
    return [
        Shift(
            id=str(UUID(int=number)),
            project="p",
            start_minute=start,
            end_minute=end,
            location=place,
            roles=(role,),
        )
        for number, ((start, end), place, role) in enumerate(drawn)
    ]


people = st.builds(
    Volunteer,
    id=st.just("ada"),
    available=st.just(((WEEK.start_minute, WEEK.end_minute + MINUTES_PER_DAY),)),
    age=st.sampled_from([29, 30, 31]),
    skills=skills,
    groups=groups,
    max_minutes=st.sampled_from([600, 2400, 2400]),
    max_minutes_per_day=st.sampled_from([300, 480, 900]),
    max_shifts=st.sampled_from([3, 7, 7]),
    engaged=st.lists(
        st.builds(lambda span, place: Engagement(*span, place), spans, places), max_size=2
    ).map(tuple),
)


def time_rules_broken(problem: Problem, lines: list[Line]) -> set[str]:
    return {each.rule for each in check_assignments(problem, lines)} & {"H4", "H5", "H6"}


@settings(max_examples=400, deadline=None)
@given(people, shifts(), numbers, st.integers(0, 2))
def test_a_claim_is_refused_where_the_check_finds_the_plan_broken(
    ada: Volunteer, drawn: list[Shift], rules: Rules, held: int
) -> None:
    *others, asked = drawn
    crowd = [Volunteer(id=f"other{n}", skills={"a": 5, "b": 5}) for n in range(held)]
    problem = Problem(WEEK, (ada, *crowd), tuple(drawn), rules)
    promised: list[Shift] = []
    for shift in others:
        lines = [Line("ada", each.id, "r") for each in (*promised, shift)]
        if not time_rules_broken(problem, lines):
            promised.append(shift)

    answer = choose_seat(
        ada,
        [Seat(UUID(asked.id), asked.roles[0], held)],
        commitment(asked),
        [commitment(each) for each in promised],
        OFFSET,
        rules,
    )

    own = [Line("ada", each.id, "r") for each in (*promised, asked)]
    theirs = [Line(each.id, asked.id, "r") for each in crowd]
    broken = time_rules_broken(problem, own)
    on_asked = check_assignments(problem, [own[-1]])
    broken |= {each.rule for each in on_asked} & {"H1"}
    full = check_assignments(problem, [own[-1], *theirs])
    broken |= {each.rule for each in full} & {"H7"}
    event(answer.reason.value if isinstance(answer, Refused) else "taken")
    if isinstance(answer, Refused):
        assert RULE_OF[answer.reason] in broken
        # Who does not suit is told so first, then that the role is full, then about the time.
        if "H1" in broken:
            assert RULE_OF[answer.reason] == "H1"
        elif "H7" in broken:
            assert RULE_OF[answer.reason] == "H7"
    else:
        assert broken == set()


def commitment(shift: Shift) -> Commitment:
    return Commitment(shift.start_minute, shift.end_minute, shift.location, UUID(shift.id), "p")
