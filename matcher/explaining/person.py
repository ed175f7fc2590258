"""Why somebody is not on a shift, what would have to change, and why somebody else is on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from matcher import rules
from matcher.check import check_assignments
from matcher.explaining.candidates import raised
from matcher.explaining.changes import Ages, Available, Change, Groups, Limit, Radius, SkillLevels
from matcher.explaining.seat import Seat, seat_of
from matcher.explaining.standing import Standing, standing
from matcher.lookup import Lookup
from matcher.plan import Reason
from matcher.problem import Line, Problem, Role, Shift, Volunteer
from matcher.score import LIKING_MOST, TRAVEL_UNIT_M, fairness_base, liking
from matcher.violation import Violation

OF_PERSON = ("H4", "H5", "H6")
OF_SHIFT = ("H8", "H9", "H10", "H11", "H12")

_GIVEN_UP_MOST = 3


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What keeps one volunteer from one role beside a valid plan.

    `reason` is the first in the format's order; None where the volunteer is on the shift already.
    `is_full`: nobody more can have the role. `words` are the rules that the line would break, for
    `busy` those about the person and for `team` those about the shift, with whom they name.
    `changes` are all needed to lift H1 to H3, none where H14 says no. `give_up` is a smallest set
    of the person's own lines without which there is time; None where no set of at most three is.
    `limit`, where H6 alone makes them busy, is what would do instead: higher limits.
    `forbidden` are the words why H14 says no.
    """

    line: Line
    reason: Reason | None
    is_full: bool
    words: tuple[Violation, ...]
    changes: tuple[Change, ...]
    give_up: tuple[Line, ...] | None
    limit: Limit | None
    forbidden: tuple[str, ...]
    standing: Standing


def why_not(problem: Problem, assignments: Sequence[Line], line: Line) -> WhyNot:
    """Why this line is not in the plan. Raises KeyError where it names nothing."""
    lookup = Lookup(problem)
    volunteer, shift = lookup.volunteers[line.volunteer], lookup.shifts[line.shift]
    role = lookup.roles[line.shift, line.role]
    found = standing(volunteer, shift, role)
    near = [each for each in assignments if _touches(each, line)]
    is_on = any(
        (each.volunteer, each.shift) == (line.volunteer, line.shift) for each in assignments
    )
    words = () if is_on else _added_words(problem, near, line)
    busy = tuple(each for each in words if each.rule in OF_PERSON)
    team = tuple(each for each in words if each.rule in OF_SHIFT)
    forbidden = tuple(
        each.reason
        for each in problem.forbidden
        if (each.volunteer, each.shift) == (line.volunteer, line.shift)
    )
    people = sum(1 for each in near if (each.shift, each.role) == (line.shift, line.role))
    return WhyNot(
        line=line,
        reason=None if is_on else _first(found, bool(forbidden), bool(busy), bool(team)),
        is_full=people >= role.max,
        words=(*busy, *team),
        changes=() if is_on or forbidden else _changes(volunteer, shift, role, found),
        give_up=_given_up(problem, near, line) if busy else (),
        limit=_limit(lookup, near, line) if {each.rule for each in busy} == {"H6"} else None,
        forbidden=forbidden,
        standing=found,
    )


def _touches(one: Line, line: Line) -> bool:
    return one.volunteer == line.volunteer or one.shift == line.shift


def _first(found: Standing, is_forbidden: bool, is_busy: bool, is_spoiling: bool) -> Reason:
    if is_forbidden:
        return "forbidden"
    if found.lacking:
        return found.lacking[0]
    if is_busy:
        return "busy"
    return "team" if is_spoiling else "free"


def _added_words(problem: Problem, near: Sequence[Line], line: Line) -> tuple[Violation, ...]:
    """What the line would break of the rules about the person's time and the shift's people."""
    wanted = {*OF_PERSON, *OF_SHIFT}
    after = [each for each in _about(problem, [*near, line], line) if each.rule in wanted]
    before = {(each.rule, each.message) for each in _about(problem, near, line)}
    return tuple(each for each in after if (each.rule, each.message) not in before)


def _about(problem: Problem, lines: Sequence[Line], line: Line) -> list[Violation]:
    """The rules broken by this volunteer's lines and this shift's, each judged by itself.

    Of other people the lines on other shifts are not there, so what those lack is no news.
    """
    own = [each for each in lines if each.volunteer == line.volunteer]
    here = [each for each in lines if each.shift == line.shift]
    return [
        *(each for each in check_assignments(problem, own) if each.rule in OF_PERSON),
        *(each for each in check_assignments(problem, here) if each.rule in OF_SHIFT),
    ]


def _given_up(problem: Problem, near: Sequence[Line], line: Line) -> tuple[Line, ...] | None:
    promised = set(problem.fixed)
    own = [each for each in near if each.volunteer == line.volunteer]
    loose = [each for each in own if each not in promised]
    for size in range(min(_GIVEN_UP_MOST, len(loose)) + 1):
        for chosen in combinations(loose, size):
            left = [each for each in own if each not in chosen]
            broken = check_assignments(problem, [*left, line])
            if not any(each.rule in OF_PERSON for each in broken):
                return chosen
    return None


def _limit(lookup: Lookup, near: Sequence[Line], line: Line) -> Limit:
    own = {each.shift: None for each in near if each.volunteer == line.volunteer}
    shift = lookup.shifts[line.shift]
    shifts = [*(lookup.shifts[each] for each in own), shift]
    return raised(lookup.volunteers[line.volunteer], shifts, shift, lookup.problem.horizon)


def _changes(volunteer: Volunteer, shift: Shift, role: Role, found: Standing) -> tuple[Change, ...]:
    """One for each of H1 to H3 that stands in the way; together they lift all of them."""
    changes: list[Change] = []
    where = shift.id, role.id
    if found.skills:
        levels = tuple(sorted(found.skills.items()))
        steps = sum(role.skills[skill] - level for skill, level in levels)
        changes.append(SkillLevels(*where, levels, steps))
    years = found.years_below + found.years_above
    if years:
        lowest, highest = role.min_age - found.years_below, role.max_age + found.years_above
        changes.append(Ages(*where, lowest, highest, years))
    if found.is_outside_groups and volunteer.groups:
        changes.append(Groups(*where, volunteer.groups[:1]))
    if found.minutes_uncovered:
        changes.append(
            Available(volunteer.id, shift.start_minute, shift.end_minute, found.minutes_uncovered)
        )
    if found.metres_beyond:
        changes.append(Radius(volunteer.id, found.metres, found.metres_beyond))
    return tuple(changes)


@dataclass(frozen=True, slots=True)
class WhyThis:
    """What a line of a plan costs, in the parts of the third level.

    `travel`, `cause`, `invite` and `fairness` are what the line adds; `change` is what keeping a
    line of the last plan saves, 0 or less. Their sum is what the plan without the line would save.
    `is_fixed`: promised before, so nothing was chosen. `metres` from home; `liking` 0 to 3.
    """

    line: Line
    is_fixed: bool
    metres: int
    liking: int
    is_invited: bool
    travel: int
    cause: int
    invite: int
    fairness: int
    change: int

    @property
    def cost(self) -> int:
        """All parts together."""
        return self.travel + self.cause + self.invite + self.fairness + self.change


def why_this(problem: Problem, assignments: Sequence[Line], line: Line) -> WhyThis:
    """The parts of the cost of a line of the plan. Raises KeyError where it names nothing."""
    given = {each.shift for each in assignments if each.volunteer == line.volunteer}
    return _parts(Lookup(problem), line, len(given - {line.shift}))


def _parts(lookup: Lookup, line: Line, given_beside: int) -> WhyThis:
    """The parts for somebody who has so many other shifts."""
    weights = lookup.problem.weights
    volunteer, shift = lookup.volunteers[line.volunteer], lookup.shifts[line.shift]
    metres, liked = rules.travel_m(volunteer, shift), liking(volunteer, shift)
    is_invited = volunteer.id in shift.invited
    kept = sum(
        1
        for each in lookup.problem.current
        if (each.volunteer, each.shift) == (line.volunteer, line.shift)
    )
    return WhyThis(
        line=line,
        is_fixed=line in lookup.fixed,
        metres=metres,
        liking=liked,
        is_invited=is_invited,
        travel=weights.travel * (metres // TRAVEL_UNIT_M),
        cause=weights.cause * (LIKING_MOST - liked),
        invite=weights.invite * (bool(shift.invited) and not is_invited),
        fairness=weights.fairness * (fairness_base(volunteer) + given_beside),
        change=-weights.change * kept,
    )


def next_in_line(
    problem: Problem, assignments: Sequence[Line], line: Line, most: int = 3
) -> tuple[tuple[Line, int], ...]:
    """Who could take a line's seat if everybody else stayed, and by how much each costs more.

    The cheapest first; nobody where the line is promised. Each is an upper bound of what the plan
    without the line must cost.
    """
    if line in problem.fixed:
        return ()
    lookup = Lookup(problem)
    left = [each for each in assignments if each != line]
    seat = seat_of(problem, left, line.shift, line.role)
    given: dict[str, set[str]] = {}
    for each in left:
        given.setdefault(each.volunteer, set()).add(each.shift)
    spoken_for = _parts(lookup, line, len(given.get(line.volunteer, ()))).cost
    found = []
    for row, volunteer in enumerate(problem.volunteers):
        if volunteer.id != line.volunteer and _fits(seat, row, volunteer):
            other = replace(line, volunteer=volunteer.id)
            cost = _parts(lookup, other, len(given.get(volunteer.id, ()))).cost
            found.append((other, cost - spoken_for))
    ordered = sorted(found, key=lambda each: (each[1], each[0]))
    here = [each for each in left if each.shift == line.shift]
    # Whoever left may have left friends behind, whom nobody else's coming brings together again.
    valid = (each for each in ordered if not _spoils(problem, [*here, each[0]]))
    return tuple(islice(valid, most))


def _spoils(problem: Problem, here: Sequence[Line]) -> bool:
    return any(each.rule in OF_SHIFT for each in check_assignments(problem, here))


def _fits(seat: Seat, row: int, volunteer: Volunteer) -> bool:
    """Nothing keeps the volunteer from the seat beside the other lines."""
    return (
        bool(seat.can_take[row])
        and not seat.spoils[row]
        and volunteer.id not in seat.on_shift
        and volunteer.id not in seat.forbidden
        and not standing(volunteer, seat.shift, seat.role).lacking
    )
