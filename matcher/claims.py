"""What a plan says of itself, held against what its lines say."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from matcher.explain import unfilled
from matcher.plan import REASONS_VOLUNTEERS_MAX, Plan, Score, Unfilled
from matcher.problem import Line, Problem
from matcher.score import score
from matcher.violation import Violation, violation

LEVELS = tuple(field.name for field in fields(Score))


def false_claims(
    problem: Problem, plan: Plan, lines: Sequence[Line], *, is_valid: bool
) -> Iterator[Violation]:
    """The claims of the plan that its lines do not bear out.

    What keeps people from a seat is only asked of a valid plan: in a broken one "would break"
    has no answer.
    """
    true = score(problem, lines)
    for level in LEVELS:
        said, is_true = getattr(plan.score, level), getattr(true, level)
        if said != is_true:
            yield violation("score", f"score.{level}", "score", said=said, true=is_true)
    yield from _bounds(plan, true)
    missing = unfilled(problem, lines, optimal=plan.status == "optimal")
    yield from _unfilled(problem, plan, missing, is_valid=is_valid)
    if is_valid:
        yield from _beaten_by_one_more(problem, plan, true, missing)


def _bounds(plan: Plan, true: Score) -> Iterator[Violation]:
    for level in LEVELS:
        bound, reached = getattr(plan.bound, level), getattr(true, level)
        place = f"bound.{level}"
        if bound < 0:
            yield violation("bound", place, "negative", bound=bound)
        if bound > reached:
            yield violation("bound", place, "bound_above_score", bound=bound, score=reached)
    status = "optimal" if plan.bound == plan.score else "feasible"
    if plan.status != status:
        yield violation("bound", "status", "status", said=plan.status, true=status)


def _beaten_by_one_more(
    problem: Problem, plan: Plan, score: Score, missing: Sequence[Unfilled]
) -> Iterator[Violation]:
    """Bounds that this very plan with one more line would go below.

    A shift with a fixed line is passed over: there somebody more may also make things worse.
    """
    fixed = {line.shift for line in problem.fixed}
    roles = {(shift.id, role.id): (shift, role) for shift in problem.shifts for role in shift.roles}
    for each in missing:
        if each.shift in fixed or not (each.reasons or {}).get("free"):
            continue
        shift, role = roles[each.shift, each.role]
        level = "shortfall" if role.max - each.missing < role.min else "open"
        bound, possible = getattr(plan.bound, level), getattr(score, level) - shift.priority
        if bound > possible:
            names = {"shift": each.shift, "role": each.role}
            yield violation(
                "bound", f"bound.{level}", "bound_beaten", bound=bound, possible=possible, **names
            )


def _unfilled(
    problem: Problem, plan: Plan, missing: Sequence[Unfilled], *, is_valid: bool
) -> Iterator[Violation]:
    said: dict[tuple[str, str], tuple[int, Unfilled]] = {}
    for place, line in enumerate(plan.unfilled):
        names = {"shift": line.shift, "role": line.role}
        if (line.shift, line.role) in said:
            yield violation("unfilled", f"unfilled[{place}]", "unfilled_twice", **names)
        said[line.shift, line.role] = (place, line)
    for true in missing:
        names = {"shift": true.shift, "role": true.role}
        place_and_line = said.pop((true.shift, true.role), None)
        if place_and_line is None:
            count = true.missing
            yield violation("unfilled", "unfilled", "unfilled_missing", missing=count, **names)
        else:
            at = f"unfilled[{place_and_line[0]}]"
            yield from _one_unfilled(problem, at, place_and_line[1], true, is_valid=is_valid)
    for place, line in said.values():
        names = {"shift": line.shift, "role": line.role}
        yield violation("unfilled", f"unfilled[{place}]", "unfilled_unknown", **names)


def _one_unfilled(
    problem: Problem, at: str, said: Unfilled, true: Unfilled, *, is_valid: bool
) -> Iterator[Violation]:
    if said.missing != true.missing:
        counts = {"said": said.missing, "true": true.missing}
        yield violation("unfilled", f"{at}.missing", "unfilled_count", **counts)
    if said.reasons is None:
        if len(problem.volunteers) <= REASONS_VOLUNTEERS_MAX:
            most = REASONS_VOLUNTEERS_MAX
            yield violation("unfilled", f"{at}.reasons", "no_reasons", most=most)
        return
    counted = {reason: count for reason, count in said.reasons.items() if count}
    if is_valid and true.reasons is not None and counted != dict(true.reasons):
        words = {"said": str(counted), "true": str(dict(true.reasons))}
        yield violation("unfilled", f"{at}.reasons", "unfilled_reasons", **words)
