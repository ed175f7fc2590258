"""A seat's people held against the rules, some hundred at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from matcher.lookup import Lookup
from matcher.problem import Line, Problem
from matcher.ranking import Candidate, KeptAway, Ranking, Replacements

PART_PEOPLE = 250
"""A ranking holds every two shifts of a problem against each other: those of so many people are
some hundred, and those of all who are asked might be every shift of a city."""


def as_things_stand(problem: Problem, planned: Sequence[Line]) -> list[Line]:
    """What is promised, and what the plan proposes to people who have not said no since."""
    lookup = Lookup(problem)
    promised = {(line.volunteer, line.shift) for line in problem.fixed}
    proposed = [
        line
        for line in planned
        if lookup.knows(line)
        and (line.volunteer, line.shift) not in promised
        and (line.volunteer, line.shift) not in lookup.forbidden
    ]
    return [*problem.fixed, *proposed]


def ranked_in_parts(
    problem: Problem,
    lines: Sequence[Line],
    role: tuple[str, str],
    asked: frozenset[str],
    most: tuple[int, int],
) -> Replacements:
    """The answer of `Ranking.replacements` for the `role` (its shift's id and its own) with nobody
    but `asked` in it: so many who could take the seat and so many who are kept away."""
    row_of = {each.id: row for row, each in enumerate(problem.volunteers)}
    candidates: list[Candidate] = []
    kept_away: list[KeptAway] = []
    names = [name for name in row_of if name in asked]
    for first in range(0, len(names), PART_PEOPLE):
        own = frozenset(names[first : first + PART_PEOPLE])
        part, of_part = _part(problem, lines, role[0], own)
        ranking, besides = Ranking(part, of_part), len(part.volunteers) - len(own)
        found = ranking.replacements(ranking.role_at[role], *(each + besides for each in most))
        for one in found.candidates:
            if (name := part.volunteers[one.person].id) in own:
                candidates.append(replace(one, person=row_of[name]))
        for other in found.kept_away:
            if (name := part.volunteers[other.person].id) in own:
                kept_away.append(replace(other, person=row_of[name]))
    candidates.sort(key=lambda each: (-each.score, each.way_m or 0, each.person))
    kept_away.sort(key=lambda each: (each.way_m, each.person))
    return Replacements(tuple(candidates[: most[0]]), tuple(kept_away[: most[1]]))


def _part(
    problem: Problem, lines: Sequence[Line], shift: str, own: frozenset[str]
) -> tuple[Problem, list[Line]]:
    """The problem of these people, of their friends and of everybody on the shift, and its lines.

    Other people's lines on other shifts say nothing about who could be on this one.
    """
    together = [group for group in problem.together if not own.isdisjoint(group)]
    people = own.union(*together, (line.volunteer for line in lines if line.shift == shift))
    of_part = list(_among(lines, people))
    fixed = tuple(_among(problem.fixed, people))
    shifts = {shift, *(line.shift for line in of_part), *(line.shift for line in fixed)}
    forbidden = (each for each in problem.forbidden if each.shift == shift)
    part = replace(
        problem,
        volunteers=tuple(each for each in problem.volunteers if each.id in people),
        shifts=tuple(each for each in problem.shifts if each.id in shifts),
        together=tuple(together),
        apart=tuple(pair for pair in problem.apart if people.issuperset(pair)),
        fixed=fixed,
        forbidden=tuple(each for each in forbidden if each.volunteer in people),
    )
    return part, of_part


def _among(lines: Sequence[Line], people: frozenset[str]) -> Iterator[Line]:
    return (line for line in lines if line.volunteer in people)
