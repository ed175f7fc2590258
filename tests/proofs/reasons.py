"""The long proof of reasons: nobody is told one thing at one door and another at the next.

    python -m tests.proofs.reasons --scenes 500

Random people ask for seats of random shifts through the service, as a program over HTTP and by the
button of a page, and the matcher's own rules are asked beside them. Writes a report that names the
commit it speaks of; fails at the first scene in which two of them differ, which is then made small.
"""

import argparse
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from tests.api.seat_agreement import agree
from tests.support.lease import leased, servers_at_hand

REPORT = Path(__file__).parents[2] / "docs" / "proofs" / "reasons.md"


def report(scenes: int, counted: Counter[str], seconds: float, commit: str) -> str:
    """The result in words, with the commit that it speaks of."""
    return "\n".join(
        [
            "# Reasons: every door says the same",
            "",
            f"Made by `python -m tests.proofs.reasons --scenes {scenes}` at "
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC,",
            f"of commit `{commit}`.",
            "",
            f"{counted.total():,} times somebody asked for a seat, in {scenes:,} random scenes, in "
            f"{seconds:,.0f} s; 0 disagreements.",
            "Each time the service, a program over HTTP and the button of the page gave the same "
            "answer, in the same",
            "sentence and with the same alternatives, and the matcher's own rules gave that reason "
            "too, or none where",
            "the seat was to be had. What the matcher is never asked (a block, a door that is not "
            "open yet) was held",
            "against the other three. Each alternative could be claimed, by all of them.",
            "",
            "| answer | times |",
            "|---|---|",
            *(f"| `{answer}` | {count:,} |" for answer, count in counted.most_common()),
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    """0 if they never differed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=500, help="how many")
    scenes = parser.parse_args(arguments).scenes
    # Read first: what is committed while it runs is not what was asked.
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    started = monotonic()
    with servers_at_hand(), leased("database") as url:
        counted = agree(url, scenes)
    REPORT.write_text(report(scenes, counted, monotonic() - started, commit), "utf-8")
    sys.stdout.write(f"written: docs/proofs/{REPORT.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
