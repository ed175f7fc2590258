"""Random plans: valid ones, ones that break a chosen rule on purpose, and ones without regard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference.problems import all_lines
from tests.reference.reading import RULES, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.reference.book import Json, Line
    from tests.reference.choices import Choices

# Adding a line may break these for its volunteer or its shift; no later line can mend them.
OF_VOLUNTEER = ("H1", "H2", "H3", "H4", "H5", "H6", "H14")
OF_SHIFT = ("H7", "H11")
# A line added alone may break these and a later one mend them: judged when the plan is whole.
OF_WHOLE_TEAM = ("H8", "H9", "H10", "H12")


def grown(
    reading: Reading, choices: Choices, tolerated: str = "", share_percent: int = 100
) -> list[Line]:
    """A plan that keeps every rule but, perhaps, the tolerated one."""
    lines = list(reading.fixed)
    for line in choices.shuffled(all_lines(reading.problem)):
        if line in lines or not choices.chance(share_percent):
            continue
        own = [one for one in lines if one.volunteer == line.volunteer] + [line]
        team = [one for one in lines if one.shift == line.shift] + [line]
        if not _breaks(reading, own, OF_VOLUNTEER, tolerated) and not _breaks(
            reading, team, OF_SHIFT, tolerated
        ):
            lines.append(line)
    for shift in reading.shifts:
        team = [line for line in lines if line.shift == shift]
        if _breaks(reading, team, OF_WHOLE_TEAM, tolerated):
            lines = [line for line in lines if line.shift != shift or line in reading.fixed]
    if tolerated == "H13" and reading.fixed:
        lines.remove(choices.pick(reading.fixed))
    return lines


def _breaks(reading: Reading, lines: list[Line], rules: Sequence[str], tolerated: str) -> bool:
    return any(RULES[name](reading, lines) for name in rules if name != tolerated)


def breaking(reading: Reading, choices: Choices, rule: str) -> list[Line]:
    """A plan that breaks the rule, and no other where that is easily found; else a valid plan."""
    lines = grown(reading, choices, tolerated=rule)
    if rule in reading.broken(lines):
        return lines
    return _one_line_away(reading, choices, rule, grown(reading, choices))


def _one_line_away(reading: Reading, choices: Choices, rule: str, lines: list[Line]) -> list[Line]:
    """Drop, add or change one line so that the rule breaks, with as few others as can be."""
    others = [line for line in all_lines(reading.problem) if line not in lines]
    nearby = [[one for one in lines if one != line] for line in choices.shuffled(lines)[:6]]
    nearby += [[*lines, line] for line in choices.shuffled(others)[:16]]
    broken = [(len(found := reading.broken(one)), rule in found, one) for one in nearby]
    return min(
        (candidate for candidate in broken if candidate[1]),
        key=lambda candidate: candidate[0],
        default=(0, False, lines),
    )[2]


def reckless(reading: Reading, choices: Choices) -> list[Line]:
    """Any lines at all, no line twice."""
    return choices.some(all_lines(reading.problem), 8)


def plan_json(reading: Reading, lines: list[Line]) -> Json:
    """A whole plan document that states the truth about its lines and claims no bound above 0.

    Where nothing is short, open or dear even that is a proof: such a plan is optimal.
    """
    score = reading.score(lines)
    return {
        "format": "mulin.plan/1",
        "assignments": [line._asdict() for line in lines],
        "score": score._asdict(),
        "bound": {"shortfall": 0, "open": 0, "cost": 0},
        "bound_from": {"shortfall": "trivial", "open": "trivial", "cost": "trivial"},
        "status": "feasible" if any(score) else "optimal",
        "seconds": 0,
        "unfilled": [
            {"shift": shift, "role": role, "missing": missing, "reasons": reasons}
            for (shift, role), (missing, reasons) in reading.unfilled(lines).items()
        ],
    }
