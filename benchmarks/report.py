"""What was measured, as Markdown tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.measure import Measured
from benchmarks.plot import Curve, Panel, svg
from matcher.plan import Score

_BEGIN = "<!-- measured: begin (written by `make bench`) -->"
_END = "<!-- measured: end -->"


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem's size, and what each method made of it."""

    name: str
    volunteers: int
    shifts: int
    seats: int
    fitting_share: float
    by_method: Mapping[str, Measured]
    is_drawn: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """When and where it was measured."""

    commit: str
    processor: str
    cores: int
    load_before: float
    load_after: float
    seconds: float
    limits: Mapping[str, float]


def tables(run: Run, instances: Sequence[Instance]) -> str:
    """All tables of one run."""
    limits = ", ".join(f"{seconds:.0f} s for {name}" for name, seconds in run.limits.items())
    parts = [
        f"Commit {run.commit}, by `make bench`: {run.seconds:.0f} s in all, on {run.cores} cores of"
        f" {run.processor}, where the load was {run.load_before:.1f} when it began and"
        f" {run.load_after:.1f} when it ended. Each method may take {limits}.",
        "### What each method gave",
        _results(instances),
        "### Beside each other",
        _ratios(instances),
        "### Growth with size",
        "![Time and memory against the number of people](growth.svg)",
        _growth(_drawn(instances)),
    ]
    return "\n\n".join(parts) + "\n"


def written_between_markers(document: str, text: str) -> str:
    """The document with what stands between the markers replaced."""
    head, _, rest = document.partition(_BEGIN)
    _, found, tail = rest.partition(_END)
    if not found:
        raise ValueError("the document has no markers")
    return f"{head}{_BEGIN}\n\n{text}\n{_END}{tail}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    ruler = ["---"] * texts + ["---:"] * (len(heads) - texts)
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ruler, *rows))


def _results(instances: Sequence[Instance]) -> str:
    heads = (
        "problem",
        "method",
        "status",
        "shortfall",
        "open",
        "cost",
        "bound",
        "first plan s",
        "seats proven s",
        "cost ≤ 0.5 % s",
        "cost gap",
        "total s",
        "peak MB",
    )
    rows = [
        [each.name, method, _status(found), *_levels(found.score), *_measures(found)]
        for each in instances
        for method, found in each.by_method.items()
    ]
    return _table(heads, rows, texts=3)


def _status(found: Measured) -> str:
    if not found.has_plan:
        return "no plan"
    if found.bound is None:
        return "valid"
    if found.is_optimal:
        return "optimal"
    return "seats optimal" if found.are_seats_optimal else "feasible"


def _levels(score: Score) -> list[str]:
    return [f"{value:,}" for value in (score.shortfall, score.open, score.cost)]


def _measures(found: Measured) -> list[str]:
    bound = "–" if found.bound is None else " / ".join(_levels(found.bound))
    early = (found.first_plan_seconds, found.seats_proven_seconds, found.half_per_cent_seconds)
    gap = "–" if found.cost_gap is None else f"{found.cost_gap:.2%}"
    return [bound, *map(_seconds, early), gap, _seconds(found.seconds), f"{found.megabytes}"]


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _ratios(instances: Sequence[Instance]) -> str:
    heads = (
        "problem",
        "open, greedy / ours",
        "total time, one model / ours",
        "first plan, one model / ours",
        "cost, one model / ours",
    )
    compared = [
        each for each in instances if {"plain greedy", "one model"} <= each.by_method.keys()
    ]
    return _table(heads, [[each.name, *_ratios_of(each)] for each in compared])


def _ratios_of(instance: Instance) -> list[str]:
    ours = instance.by_method["solve"]
    greedy, model = instance.by_method["plain greedy"], instance.by_method["one model"]
    # Costs can be compared only where as many seats are filled.
    is_comparable = (ours.score.shortfall, ours.score.open) == (
        model.score.shortfall,
        model.score.open,
    )
    return [
        _ratio(greedy.score.open, ours.score.open),
        _ratio(model.seconds, ours.seconds),
        _ratio(model.first_plan_seconds, ours.first_plan_seconds),
        _ratio(model.score.cost, ours.score.cost, places=4) if is_comparable else "other seats",
    ]


def _ratio(one: float | None, other: float | None, places: int = 1) -> str:
    return "–" if one is None or not other else f"{one / other:.{places}f}"


def growth_picture(instances: Sequence[Instance]) -> str:
    """Time and memory of all drawn problems, as SVG."""
    drawn = _drawn(instances)

    def curve(name: str, value: Callable[[Measured], float | None]) -> Curve:
        found = [(each.volunteers, value(each.by_method["solve"])) for each in drawn]
        return Curve(name, tuple((size, known) for size, known in found if known))

    model = [
        (each.volunteers, each.by_method["one model"].first_plan_seconds)
        for each in drawn
        if "one model" in each.by_method
    ]
    seconds = (
        curve("first plan", lambda found: found.first_plan_seconds),
        curve("seats proven", lambda found: found.seats_proven_seconds),
        curve("total", lambda found: found.seconds),
        Curve("one model:\u00a0first", tuple((size, known) for size, known in model if known)),
    )
    panels = (
        Panel("Time", "s", seconds),
        Panel("Memory", "MB", (curve("peak", lambda found: found.megabytes),)),
    )
    return svg(panels, "people")


def _drawn(instances: Sequence[Instance]) -> list[Instance]:
    return [each for each in instances if each.is_drawn]


def _growth(instances: Sequence[Instance]) -> str:
    heads = (
        "problem",
        "pairs that fit",
        "of all pairs",
        "seats",
        "first plan s",
        "total s",
        "peak MB",
    )
    rows = []
    for each in instances:
        ours = each.by_method["solve"]
        pairs = each.volunteers * each.shifts
        rows.append(
            [
                each.name,
                f"{each.fitting_share * pairs:,.0f}",
                f"{each.fitting_share:.1%}",
                f"{each.seats:,}",
                _seconds(ours.first_plan_seconds),
                f"{ours.seconds:.2f}",
                f"{ours.megabytes}",
            ]
        )
    return _table(heads, rows)
