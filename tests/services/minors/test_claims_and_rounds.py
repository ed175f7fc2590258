"""What is asked of minors: a claim refuses exactly what the solver's own check finds broken."""

from uuid import UUID

from hypothesis import event, given, settings
from hypothesis import strategies as st

from matcher.check import check_assignments
from matcher.problem import MINUTES_PER_DAY, Horizon, Line, Problem, Role, Rules, Shift, Volunteer
from services import minors
from services.minors import MinorRules
from services.refusals import Commitment, Company, Refusal, Refused, Seat, choose_seat

OFFSET = 480
MONDAY = 20_000 * MINUTES_PER_DAY - OFFSET
WEEK = Horizon(MONDAY, MONDAY + 7 * MINUTES_PER_DAY, OFFSET)
ALWAYS = ((WEEK.start_minute, WEEK.end_minute + MINUTES_PER_DAY),)
RULE_OF = {
    Refusal.MINOR_HOURS: "H2",
    Refusal.AGE: "H1",
    Refusal.TOO_MANY_MINUTES_THAT_DAY: "H6",
    Refusal.ADULT_MISSING: "H10",
}

numbers = st.builds(
    MinorRules,
    from_minute=st.sampled_from([0, 360, 480]),
    until_minute=st.sampled_from([1080, 1320, 1440]),
    minutes_per_day=st.sampled_from([120, 240]),
    minors_per_adult=st.integers(1, 3),
)
spans = st.tuples(st.integers(0, 4 * 24 - 1), st.integers(1, 12)).map(
    lambda drawn: (MONDAY + 60 * drawn[0], 30 * drawn[1])
)
ages = st.sampled_from([15, 16, 17, 18, 30])


@settings(max_examples=300, deadline=None)
@given(numbers, spans, ages, st.lists(ages, max_size=6), st.booleans())
def test_a_claim_of_a_minor_is_refused_where_the_check_finds_the_plan_broken(
    of: MinorRules, span: tuple[int, int], age: int, crowd: list[int], danger: bool
) -> None:
    start, minutes = span
    role = Role("r", max=9, min_age=0 if age % 2 else 16)
    role = minors.grown_up_only(role) if danger else role
    asked = Shift(str(UUID(int=1)), "p", start, start + minutes, (role,))
    # As a round hands people to the solver.
    ada = minors.kept_short(Volunteer("ada", age=age, max_minutes_per_day=300), of)
    hours = minors.kept_to_hours(ALWAYS, WEEK, of) if minors.is_minor(age) else ALWAYS
    others = [Volunteer(f"other{n}", ALWAYS, age=each) for n, each in enumerate(crowd)]
    problem = Problem(
        WEEK,
        (Volunteer(**{**_fields(ada), "available": hours}), *others),
        (asked,),
        minors.strict(Rules(adult_age=16, minors_per_adult=9), of),
    )
    lines = [Line(each.id, asked.id, "r") for each in problem.volunteers]
    own = {each.rule for each in check_assignments(problem, lines[:1])} & {"H1", "H2", "H6"}
    # Whoever was there before is taken as they are.
    with_others = {each.rule for each in check_assignments(problem, lines)} & {"H10"}
    broken = own | (with_others if minors.is_minor(age) else set())

    shift = Commitment(start, start + minutes, shift_id=UUID(int=1))
    grown = sum(not minors.is_minor(each) for each in crowd)
    company = Company(grown, len(crowd) - grown, of.minors_per_adult)
    answer = minors.refuse_hours(age, shift, OFFSET, of) or choose_seat(
        ada, [Seat(UUID(int=2), role, 0)], shift, (), OFFSET, company=company
    )

    event(answer.reason.value if isinstance(answer, Refused) else "taken")
    if isinstance(answer, Refused):
        assert RULE_OF[answer.reason] in broken
    else:
        assert broken == set()


def _fields(person: Volunteer) -> dict[str, object]:
    return {name: getattr(person, name) for name in Volunteer.__slots__}


@given(numbers, st.lists(st.tuples(st.integers(0, 7 * 48), st.integers(1, 96)), max_size=4))
def test_what_is_left_of_a_minors_time_is_all_of_it_that_lies_in_their_hours(
    of: MinorRules, drawn: list[tuple[int, int]]
) -> None:
    found = sorted((MONDAY + 30 * start, MONDAY + 30 * (start + length)) for start, length in drawn)
    apart = [each for n, each in enumerate(found) if n == 0 or found[n - 1][1] < each[0]]
    left = minors.kept_to_hours(apart, WEEK, of)
    for minute in range(WEEK.start_minute, WEEK.end_minute, 15):
        of_day = (minute + OFFSET) % MINUTES_PER_DAY
        is_free = any(start <= minute < end for start, end in apart)
        is_in = any(start <= minute < end for start, end in left)
        assert is_in == (is_free and of.from_minute <= of_day < of.until_minute)
