"""Why a seat stays open, and the cheapest change of each kind that would fill it, proven."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

import numpy as np

from matcher.columns import compile_columns
from matcher.explain import Explanation
from matcher.explaining.answers import Effort, Key, OpenSeat, Remedy
from matcher.explaining.candidates import Candidate, candidates
from matcher.explaining.changes import KINDS, Kind, Replan
from matcher.explaining.neighbourhood import Neighbourhood, around, whole
from matcher.explaining.proving import Proof, Prover
from matcher.explaining.seat import seat_of
from matcher.problem import Line, Problem
from matcher.solve.engine import Engine

WHOLE_VOLUNTEERS_TIMES_ROLES = 12_000
"""A problem with no more volunteers times roles is solved again as a whole, else in part."""

# So many single changes of a kind are asked about after all cheaper ones together were not enough.
_SINGLES_MOST = 6


def open_seat(
    problem: Problem,
    lines: Sequence[Line],
    shift_id: str,
    role_id: str,
    effort: Effort,
    *,
    kinds: Iterable[Kind] = KINDS,
    cancelled: Callable[[], bool] = lambda: False,
) -> OpenSeat | None:
    """Why this role of a valid plan has a seat left; None where it has none.

    Raises KeyError where there is no such role.
    """
    columns = compile_columns(problem)
    row = columns.role_at[shift_id, role_id]
    explanation = Explanation(columns, lines)
    missing = int(columns.role_max[row] - explanation.people_by_role[row])
    if missing <= 0:
        return None
    (counts,) = explanation.counts(np.array([row]))
    remedies, is_settled = _remedies(
        problem, lines, (shift_id, role_id), effort, set(kinds), cancelled
    )
    return OpenSeat(shift_id, role_id, missing, counts, remedies, is_settled)


def _remedies(
    problem: Problem,
    lines: Sequence[Line],
    key: Key,
    effort: Effort,
    kinds: set[Kind],
    cancelled: Callable[[], bool],
) -> tuple[tuple[Remedy, ...], bool]:
    started = effort.clock()
    found = candidates(seat_of(problem, lines, *key))
    part = _part(problem, lines, key, found)
    remedies: list[Remedy] = []
    is_settled = part.is_whole
    with Engine(
        lambda: effort.seconds - (effort.clock() - started), cancelled, lambda: None
    ) as engine:
        for kind in KINDS:
            if kind not in kinds or (kind != "replan" and kind not in found):
                continue
            prover = Prover(problem, part, key, engine, effort)
            offered = [Candidate(Replan())] if kind == "replan" else found[kind]
            search = _Search(prover, offered, is_whole=part.is_whole)
            remedy = search.scan() if kind in ("replan", "time") else search.prefix()
            is_settled &= search.is_settled
            if remedy:
                remedies.append(remedy)
            if kind == "replan" and remedy:
                break  # Nothing need change at all.
    remedies.sort(key=lambda remedy: (remedy.price, KINDS.index(remedy.change.kind)))
    return tuple(remedies), is_settled


def _part(
    problem: Problem,
    lines: Sequence[Line],
    key: Key,
    found: Mapping[Kind, Sequence[Candidate]],
) -> Neighbourhood:
    roles = sum(len(shift.roles) for shift in problem.shifts)
    if len(problem.volunteers) * roles <= WHOLE_VOLUNTEERS_TIMES_ROLES:
        return whole(problem, lines)
    # The cheapest of each kind in turn, those first who could take the seat at once.
    wanted = chain(
        (each.person for row in _in_turn(found) for each in row if each.person),
        (
            named
            for row in _in_turn(found)
            for each in row
            if (named := getattr(each.change, "volunteer", None))
        ),
    )
    return around(problem, lines, key[0], wanted)


def _in_turn(
    found: Mapping[Kind, Sequence[Candidate]],
) -> Iterable[list[Candidate]]:
    """The first candidate of each kind, then the second, and so on."""
    longest = max((len(each) for each in found.values()), default=0)
    for place in range(longest):
        yield [each[place] for each in found.values() if place < len(each)]


class _Search:
    """The cheapest change of one kind, from candidates in the order of their prices."""

    def __init__(self, prover: Prover, offered: Sequence[Candidate], *, is_whole: bool) -> None:
        self._prover, self._offered, self._is_whole = prover, offered, is_whole
        self.is_settled = True

    def scan(self) -> Remedy | None:
        """Ask about one after another: for changes of which more is not always better."""
        is_cheapest = True
        for candidate in self._offered:
            proof = self._ask([candidate])
            if proof.answer == "yes":
                return self._remedy(candidate, proof, is_cheapest=is_cheapest)
            if proof.answer == "unknown":
                is_cheapest = False
                if self._prover.questions_left <= 0:
                    break
        self.is_settled &= is_cheapest
        return None

    def prefix(self) -> Remedy | None:
        """For changes that only ever let more happen.

        If all that are cheaper were not enough together, none of them is alone. So the first
        place from which on all together are enough is sought by halving, and the single changes
        from there on are asked about; whoever could simply take the seat ends the search early.
        """
        at_once = next((place for place, each in enumerate(self._offered) if each.person), None)
        best = None if at_once is None else self._at_once(at_once)
        end = len(self._offered) if best is None or at_once is None else at_once
        first, is_cheapest = self._first_enough(end)
        for place in range(first, min(end, first + _SINGLES_MOST)):
            candidate = self._offered[place]
            proof = self._ask([candidate])
            if proof.answer == "yes":
                return self._remedy(candidate, proof, is_cheapest=is_cheapest)
            is_cheapest &= proof.answer == "no"
        is_cheapest &= end - first <= _SINGLES_MOST
        if best is None:
            self.is_settled &= is_cheapest
            return None
        return Remedy(best.change, best.lines, is_cheapest and self._is_whole)

    def _at_once(self, place: int) -> Remedy | None:
        candidate = self._offered[place]
        proof = self._prover.added(candidate.change, candidate.person or "")
        return Remedy(candidate.change, proof.lines, False) if proof.answer == "yes" else None

    def _first_enough(self, end: int) -> tuple[int, bool]:
        """The first place up to which all changes together may be enough, and if that is proven."""
        if not end:
            return 0, True
        if (answer := self._ask(self._offered[:end]).answer) != "yes":
            return (end, True) if answer == "no" else (0, False)
        low, high = 0, end - 1  # up to `high` is enough, up to `low - 1` is not
        while low < high:
            middle = (low + high) // 2
            answer = self._ask(self._offered[: middle + 1]).answer
            if answer == "unknown":
                return low, True  # Still nothing cheaper than `low` will do.
            low, high = (low, middle) if answer == "yes" else (middle + 1, high)
        return low, True

    def _ask(self, chosen: Sequence[Candidate]) -> Proof:
        return self._prover.filled([each.change for each in chosen])

    def _remedy(self, candidate: Candidate, proof: Proof, *, is_cheapest: bool) -> Remedy:
        return Remedy(candidate.change, proof.lines, is_cheapest and self._is_whole)
