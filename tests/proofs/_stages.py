"""What the long proofs by numbered problems share: stages of cases, and their report."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

DOCUMENTS = Path(__file__).parents[2] / "docs" / "proofs"
# Far above the numbers that the ordinary tests use, so that the long run looks elsewhere.
FIRST_NUMBER = 1_000_000
DIFFERENCES_SHOWN = 20


class Finding(NamedTuple):
    """What one numbered case covered, and where matcher and reading differ on it."""

    covered: Counter[str]
    differences: list[str]


@dataclass
class Stage:
    title: str
    run: Callable[[int], Finding]
    problems: int
    covered: Counter[str] = field(default_factory=Counter)
    differing: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0


def _numbered(work: tuple[Callable[[int], Finding], int]) -> tuple[int, Finding]:
    run, number = work
    try:
        return number, run(number)
    except Exception as error:  # noqa: BLE001  a crash is a finding too; the rest still counts
        return number, Finding(Counter(crashed=1), [f"raises {error!r}"])


def run_stage(stage: Stage, first: int, processes: int) -> None:
    began = monotonic()
    work = [(stage.run, number) for number in range(first, first + stage.problems)]
    # Spawned, not forked: the solver's threads do not survive a fork.
    with get_context("spawn").Pool(processes) as pool:
        for done, (number, found) in enumerate(pool.imap_unordered(_numbered, work, 50), start=1):
            stage.covered.update(found.covered)
            stage.differing += [(number, difference) for difference in found.differences]
            if done % 1000 == 0 or done == stage.problems:
                differing = len(stage.differing)
                sys.stderr.write(f"\r{stage.title}: {done}/{stage.problems}, {differing} differ ")
    stage.seconds = monotonic() - began
    sys.stderr.write("\n")


def add_options(parser: argparse.ArgumentParser, report: Path) -> None:
    """Which cases, how many at once, and where the report goes."""
    parser.add_argument("--first", type=int, default=FIRST_NUMBER, help="the first case number")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--output", type=Path, default=report)


def prove(
    stages: Sequence[Stage],
    chosen: argparse.Namespace,
    heading: Sequence[str],
    covered: Callable[[Stage], list[str]],
) -> int:
    """Run all stages and write their report, `covered` telling of each what it came across.

    0 if nothing differs.
    """
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    for stage in stages:
        run_stage(stage, chosen.first, chosen.processes)
    title, command, *words = heading
    lines = [
        f"# {title}",
        "",
        f"Written by `{command}`; the same command and numbers repeat it.",
        f"Commit {commit()}, {datetime.now(UTC):%Y-%m-%d}, case numbers from {chosen.first}.",
        "",
        *words,
        "",
        "| what | problems | differences | seconds |",
        "|---|---:|---:|---:|",
        *(
            f"| {stage.title} | {stage.problems:,} | {len(stage.differing):,} |"
            f" {stage.seconds:,.0f} |"
            for stage in stages
        ),
    ]
    for stage in stages:
        lines += ["", f"## {stage.title}", "", *covered(stage)]
        shown = sorted(stage.differing)[:DIFFERENCES_SHOWN]
        lines += [f"- case {number}: {difference}" for number, difference in shown]
    chosen.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if any(stage.differing for stage in stages) else 0


def commit() -> str:
    """The commit that is checked out, and whether the tree differs from it."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=DOCUMENTS.parent, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    changed = git(
        "status", "--porcelain", "--", ":/matcher", ":/benchmarks/*.py", ":/tests/reference"
    )
    return git("rev-parse", "HEAD") + (" with changes" if changed else "")
