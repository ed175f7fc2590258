"""What a rule found: how often it is broken, and the words for the first few places."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matcher.violation import Violation

TOLD_MOST = 10
"""How many places of one rule are put into words, unless more are asked for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`count` places at which `rule` is broken; `tell(n)` puts the nth of them into words."""

    rule: str
    count: int
    tell: Callable[[int], Violation]


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a plan breaks (H1 to H14, `score`, `bound`, `unfilled`, `format`): how often,
    and the first places."""

    rule: str
    count: int
    first: tuple[Violation, ...]


def by_rule(findings: Iterable[Finding], told_most: int) -> tuple[Broken, ...]:
    """The rules that are broken, each once, in the order in which they were looked at."""
    counts: dict[str, int] = {}
    first: dict[str, list[Violation]] = {}
    for finding in findings:
        if not finding.count:
            continue
        counts[finding.rule] = counts.get(finding.rule, 0) + finding.count
        told = first.setdefault(finding.rule, [])
        told += [finding.tell(n) for n in range(min(finding.count, told_most - len(told)))]
    return tuple(Broken(rule, count, tuple(first[rule])) for rule, count in counts.items())
