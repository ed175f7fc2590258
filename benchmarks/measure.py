"""One method on one problem, in a process of its own so that its memory can be told.

    python -m benchmarks.measure solve PROBLEM.json 30

Writes one line of JSON. Reading the problem and importing libraries are not in the times.
"""

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

from benchmarks.plain_greedy import plain_greedy
from matcher.check import check, check_assignments
from matcher.codec import read_problem
from matcher.plan import Score
from matcher.portfolio import solve
from matcher.problem import Line, Problem
from matcher.score import score
from matcher.solve import Progress, SolveParams

# Half a per cent: so close to its bound a cost is called near.
_CLOSE = 0.005


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run gave. Without a plan the score is that of the fixed lines alone."""

    has_plan: bool
    score: Score
    bound: Score | None
    first_plan_seconds: float | None
    seats_proven_seconds: float | None
    seconds: float
    megabytes: int = 0
    half_per_cent_seconds: float | None = None

    @property
    def cost_gap(self) -> float | None:
        """How far the cost is above its bound, as a share of the cost, where the seats are proven;
        None where they are not."""
        if self.bound is None or not self.are_seats_optimal:
            return None
        return (self.score.cost - self.bound.cost) / max(1, self.score.cost)

    @property
    def is_optimal(self) -> bool:
        """All three levels are proven."""
        return self.has_plan and self.bound == self.score

    @property
    def are_seats_optimal(self) -> bool:
        """The first two levels are proven."""
        return (
            self.has_plan
            and self.bound is not None
            and (self.bound.shortfall, self.bound.open) == (self.score.shortfall, self.score.open)
        )


def by_solve(problem: Problem, seconds: float) -> Measured:
    """The matcher."""
    # It loads its solver when it first needs it; the one model's is loaded before its clock too.
    importlib.import_module("scipy.optimize")
    first: list[float] = []
    proven: list[float] = []
    close: list[float] = []
    started = time.monotonic()

    def note(told: Progress) -> None:
        first.append(time.monotonic() - started)
        score, bound = told.score, told.bound
        if (score.shortfall, score.open) == (bound.shortfall, bound.open):
            proven.append(first[-1])
            if score.cost - bound.cost <= _CLOSE * score.cost:
                close.append(first[-1])

    params = SolveParams(seconds=seconds, clock=time.monotonic)
    plan = solve(problem, params, on_progress=note).plan
    took = time.monotonic() - started
    faults = check(problem, plan)
    if faults:
        raise RuntimeError(f"the matcher's plan is refused: {faults[:3]}")
    seats = proven[0] if proven else None
    return Measured(
        has_plan=True,
        score=plan.score,
        bound=plan.bound,
        first_plan_seconds=first[0],
        seats_proven_seconds=seats,
        seconds=took,
        half_per_cent_seconds=close[0] if close else None,
    )


def by_plain_greedy(problem: Problem, _: float) -> Measured:
    """The frozen greedy."""
    started = time.monotonic()
    lines = plain_greedy(problem)
    took = time.monotonic() - started
    return Measured(True, _valid_score(problem, lines), None, took, None, took)


def by_one_model(problem: Problem, seconds: float) -> Measured:
    """The one model."""
    # Imported here: the others' memory must not hold what they do not use.
    from benchmarks.one_model import one_model

    started = time.monotonic()
    found = one_model(problem, seconds)
    took = time.monotonic() - started
    lines = problem.fixed if found.lines is None else found.lines
    reached = _valid_score(problem, lines)
    return Measured(
        has_plan=found.lines is not None,
        score=reached,
        # A level that was not finished may be bounded by less than nothing.
        bound=Score(*(max(0, value) for value in astuple(found.bound))),
        first_plan_seconds=found.first_plan_seconds,
        seats_proven_seconds=found.seats_proven_seconds,
        seconds=took,
    )


def _valid_score(problem: Problem, lines: tuple[Line, ...]) -> Score:
    broken = check_assignments(problem, lines)
    if broken:
        raise RuntimeError(f"the plan is not valid: {broken[:3]}")
    return score(problem, lines)


def unanswered(problem: Problem, seconds: float) -> Measured:
    """What is recorded of a method that had to be ended."""
    reached = score(problem, problem.fixed)
    return Measured(False, reached, None, None, None, seconds)


METHODS: dict[str, Callable[[Problem, float], Measured]] = {
    "solve": by_solve,
    "plain greedy": by_plain_greedy,
    "one model": by_one_model,
}


def read_measured(text: str) -> Measured:
    """What `main` wrote."""
    values = json.loads(text)
    bound = values["bound"]
    return Measured(
        **{
            **values,
            "score": Score(**values["score"]),
            "bound": None if bound is None else Score(**bound),
        }
    )


def main(arguments: list[str]) -> None:
    """Run and write."""
    method, path, seconds = arguments
    problem = read_problem(Path(path).read_bytes())
    found = METHODS[method](problem, float(seconds))
    # The solvers of the matcher work in processes of their own: the largest counts beside this one.
    peak = _peak_kilobytes(resource.RUSAGE_SELF) + _peak_kilobytes(resource.RUSAGE_CHILDREN)
    sys.stdout.write(json.dumps({**asdict(found), "megabytes": peak // 1024}) + "\n")


def _peak_kilobytes(who: int) -> int:
    return resource.getrusage(who).ru_maxrss


if __name__ == "__main__":
    main(sys.argv[1:])
