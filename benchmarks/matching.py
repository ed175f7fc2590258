"""Measure the matcher beside a plain greedy and the one model that most people would write.

    make bench                                    # everything, about forty minutes
    make bench ARGUMENTS="--sizes four"           # with fewer sizes between a town and a city
    make bench ARGUMENTS="--only 200x30"          # one instance, shown and not recorded

Everything runs one after another in one run; absolute seconds are this machine's, ratios are not.
Writes its tables into benchmarks/README.md and its picture into benchmarks/growth.svg.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.growth import SIZES
from benchmarks.instances import FITTING_SHARE_LEAST, draw, fitting_share
from benchmarks.measure import METHODS, Measured, read_measured, unanswered
from benchmarks.report import Instance, Run, growth_picture, tables, written_between_markers
from matcher.codec import read_problem, write_problem
from matcher.problem import Problem

README = Path(__file__).with_name("README.md")
PICTURE = README.with_name("growth.svg")
# People, shifts and the seconds that each method may take.
DRAWN = ((200, 30, 30.0), (500, 60, 30.0), (1000, 100, 30.0), (2000, 200, 60.0), (5000, 500, 180.0))
REAL = ("fosdem", "emf2022")
REAL_SECONDS = 60.0
# Longer than any run's limit and its reading: a run that hangs is ended.
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Source:
    """A problem to be measured and how long each method may take."""

    name: str
    problem: Problem
    seconds: float
    is_drawn: bool


def sources(only: str | None) -> list[Source]:
    """The drawn problems, and the real events where `MULIN_INSTANCES` names their folder."""
    found = [
        Source(f"{people}x{shifts}", draw(people, shifts), seconds, is_drawn=True)
        for people, shifts, seconds in DRAWN
        if only in (None, f"{people}x{shifts}")
    ]
    folder = os.environ.get("MULIN_INSTANCES")
    for name in REAL if folder else ():
        content = (Path(folder or "") / f"{name}.json").read_bytes()
        found.append(Source(name, read_problem(content), REAL_SECONDS, is_drawn=False))
    return [each for each in found if only in (None, each.name)]


def measure(source: Source, folder: Path) -> Instance:
    """All methods on one problem, one after another."""
    share = fitting_share(source.problem)
    if share < FITTING_SHARE_LEAST:
        raise SystemExit(f"{source.name}: only {share:.1%} of the pairs fit")
    path = folder / f"{source.name}.json"
    path.write_text(json.dumps(write_problem(source.problem)), encoding="utf-8")
    by_method = {method: _run(method, path, source) for method in METHODS}
    return Instance(
        name=source.name,
        volunteers=len(source.problem.volunteers),
        shifts=len(source.problem.shifts),
        seats=sum(role.max for shift in source.problem.shifts for role in shift.roles),
        fitting_share=share,
        by_method=by_method,
        is_drawn=source.is_drawn,
    )


def _run(method: str, path: Path, source: Source) -> Measured:
    sys.stderr.write(f"{path.stem}: {method} … ")
    sys.stderr.flush()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.measure", method, str(path), str(source.seconds)],
            capture_output=True,
            text=True,
            check=False,
            timeout=source.seconds + _PATIENCE_SECONDS,
            cwd=README.parents[1],
        )
    except subprocess.TimeoutExpired:
        sys.stderr.write("no answer\n")
        return unanswered(source.problem, source.seconds + _PATIENCE_SECONDS)
    if done.returncode:
        raise SystemExit(done.stderr)
    found = read_measured(done.stdout)
    sys.stderr.write(f"{found.seconds:.1f} s\n")
    return found


def _commit() -> str:
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=README.parent, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", ":/matcher", ":/benchmarks/*.py")
    return git("rev-parse", "--short=12", "HEAD") + (" with changes" if changed else "")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main() -> None:
    """Measure, show, and record a whole run."""
    parser = argparse.ArgumentParser(description="Measure the matcher beside what is plain.")
    parser.add_argument("--only", help="one instance by its name, for example 200x30")
    parser.add_argument("--sizes", choices=SIZES, default="all", help="how large the cities are")
    chosen = parser.parse_args()
    load, started = os.getloadavg()[0], time.monotonic()
    asked = sources(chosen.only)
    with tempfile.TemporaryDirectory() as folder:
        found = [measure(source, Path(folder)) for source in asked]
    run = Run(
        commit=_commit(),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        load_before=load,
        load_after=os.getloadavg()[0],
        seconds=time.monotonic() - started,
        limits={source.name: source.seconds for source in asked},
    )
    text = tables(run, found)
    sys.stdout.write(text)
    if chosen.only is None:
        README.write_text(
            written_between_markers(README.read_text(encoding="utf-8"), text), encoding="utf-8"
        )
        PICTURE.write_text(growth_picture(found), encoding="utf-8")
        # In the same run, from a town to a city: in tables and a picture of their own.
        asked_sizes = ["benchmarks.growth", "--sizes", chosen.sizes]
        subprocess.run([sys.executable, "-m", *asked_sizes], check=True)


if __name__ == "__main__":
    main()
