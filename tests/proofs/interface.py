"""The long proof of the interface: no request breaks it, and every answer is as documented.

    python -m tests.proofs.interface --examples 200

Makes requests to every operation from the OpenAPI document with schemathesis: each boundary of
each field, and random ones. Writes a report that names the commit it speaks of; ends with 1 if the
service ever failed or answered what the document does not describe.
"""

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from tests.api import fuzzing

CHECKOUT = Path(__file__).parents[2]
REPORT = CHECKOUT / "docs" / "proofs" / "interface.md"
TESTS = CHECKOUT / "tests" / "api" / "test_fuzz.py"


def report(examples: int, seconds: float) -> str:
    """The result in words, with the commit that it speaks of."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout.strip()
    rows = [f"| `{label}` | {count:,} |" for label, count in sorted(fuzzing.asked.items())]
    checks = ", ".join(f"`{name}`" for name in fuzzing.CHECKED)
    return "\n".join(
        [
            "# The interface: no request breaks it",
            "",
            f"Made by `python -m tests.proofs.interface --examples {examples}` at "
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC,",
            f"of commit `{commit}`.",
            "",
            f"{fuzzing.asked.total():,} requests over a real socket, {seconds:,.0f} s, 0 failures.",
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
    asked = parser.parse_args(arguments)
    os.environ[fuzzing.EXAMPLES_VARIABLE] = str(asked.examples)
    started = monotonic()
    status = pytest.main([str(TESTS), "-q", "-p", "no:cacheprovider", "-p", "no:xdist"])
    if status == pytest.ExitCode.OK:
        REPORT.write_text(report(asked.examples, monotonic() - started), "utf-8")
        sys.stdout.write(f"written: {REPORT.relative_to(CHECKOUT)}\n")
    return 0 if status == pytest.ExitCode.OK else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
