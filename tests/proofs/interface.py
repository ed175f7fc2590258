"""The long proof of the interface: no request breaks it, and every answer is as documented.

    python -m tests.proofs.interface --examples 200

Makes requests to every operation from the OpenAPI document with schemathesis, as a volunteer, as an
administrator and as a machine: each boundary of each field, and random ones. Writes a report that
names the commit it speaks of; ends with 1 if the service ever failed or answered what the document
does not describe.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.api import fuzzing

CHECKOUT = Path(__file__).parents[2]
REPORT = CHECKOUT / "docs" / "proofs" / "interface.md"
TESTS = CHECKOUT / "tests" / "api" / "test_fuzz.py"


def report(commit: str, examples: int, asked: Mapping[str, int], seconds: float) -> str:
    """The result in words, with the commit that it speaks of."""
    rows = [f"| `{label}` | {count:,} |" for label, count in sorted(asked.items())]
    checks = ", ".join(f"`{name}`" for name in fuzzing.CHECKED)
    return "\n".join(
        [
            "# The interface: no request breaks it",
            "",
            f"Made by `python -m tests.proofs.interface --examples {examples}` at "
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC,",
            f"of commit `{commit}`.",
            "",
            f"{sum(asked.values()):,} requests over a real socket, {seconds:,.0f} s, 0 failures,",
            f"each operation as each of: {', '.join(fuzzing.WHO)}.",
            f"Checked on each: {checks}.",
            "",
            "| operation | requests |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    """0 if no request failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=200, help="random requests per operation")
    examples = parser.parse_args(arguments).examples
    commit = _commit()  # What is committed while it runs is not what was asked.
    started = monotonic()
    with TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        if not _holds(examples, counts):
            return 1
        asked = json.loads(counts.read_text("utf-8"))
    REPORT.write_text(report(commit, examples, asked, monotonic() - started), "utf-8")
    sys.stdout.write(f"written: {REPORT.relative_to(CHECKOUT)}\n")
    return 0


def _commit() -> str:
    command = ["git", "rev-parse", "HEAD"]
    found = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return found.stdout.strip()


def _holds(examples: int, counts: Path) -> bool:
    """Whether every request was answered as documented; how many there were is in `counts`."""
    asking = {fuzzing.EXAMPLES_VARIABLE: str(examples), fuzzing.COUNTS_VARIABLE: str(counts)}
    # In a process of its own: pytest wants to see the modules of its tests first.
    command = [sys.executable, "-m", "pytest", str(TESTS), "-q", "-p", "no:xdist"]
    return subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **asking}).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
