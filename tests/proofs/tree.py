"""The long proof of the tree: 10,000 random ones, and no scope wider than its subtree.

    python -m tests.proofs.tree --trees 10000

Plants random organisation trees, many in one database, moves and merges their nodes at random
through the services, and asks as random accounts: the closure, the rights, the lists and the rows
that row-level security lets through must be those of a plain walk up the parents. Writes a report
that names the commit it speaks of; ends with 1 if an answer was ever another.
"""

import argparse
import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from services import scope
from services.database import open_runtime
from tests.support.lease import leased, servers_at_hand
from tests.support.trees import Outcome, run

REPORT = Path(__file__).parents[2] / "docs" / "proofs" / "tree.md"
TREES_PER_DATABASE = 50
WRONG_SHOWN = 20


async def one_database(url: str, seed: int, count: int) -> Outcome:
    """The outcome of some trees in a fresh database."""
    scope.begin(scope.SYSTEM)
    async with open_runtime(url):
        return await run(seed, count)


def all_trees(trees: int) -> Outcome:
    """Every tree, database by database, with the progress on the error stream."""
    outcome = Outcome()
    while outcome.trees < trees:
        count = min(TREES_PER_DATABASE, trees - outcome.trees)
        with leased("database") as url:
            outcome.add(asyncio.run(one_database(url, outcome.trees, count)))
        sys.stderr.write(f"\r{outcome.trees} of {trees} trees, {len(outcome.wrong)} wrong")
        sys.stderr.flush()
    sys.stderr.write("\n")
    return outcome


def report(outcome: Outcome, seconds: float, commit: str) -> str:
    """The result in words, with the commit that it speaks of."""
    return "\n".join(
        [
            "# The tree: no scope wider than its subtree",
            "",
            f"Made by `python -m tests.proofs.tree --trees {outcome.trees}` at "
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC,",
            f"of commit `{commit}`.",
            "",
            "| trees | nodes | moves and mergers | of these refused | questions | wrong answers "
            "| seconds |",
            "|---|---|---|---|---|---|---|",
            f"| {outcome.trees:,} | {outcome.nodes:,} | {outcome.changes:,} | "
            f"{outcome.refused:,} | {outcome.questions:,} | {len(outcome.wrong):,} | "
            f"{seconds:,.0f} |",
            "",
            f"{TREES_PER_DATABASE} trees stood in one database at a time, so that each could have "
            "leaked into another.",
            "Every move and merger went through `services.reorganising`, and was to be refused "
            "exactly where a plain",
            "reference (`tests/support/trees.py`) refuses it. Then two random accounts for each "
            "tree, with up to three",
            "roles, were answered by the closure, `services.rights`, the list of organisations "
            "and row-level security",
            "on people and projects. An answer is wrong if it holds one node more or one less "
            "than the reference.",
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    """0 if every answer was that of the reference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trees", type=int, default=10_000, help="how many")
    trees = parser.parse_args(arguments).trees
    # Read first: hours later the checkout may be at another.
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    started = monotonic()
    with servers_at_hand():
        outcome = all_trees(trees)
    for line in outcome.wrong[:WRONG_SHOWN]:
        sys.stdout.write(f"{line}\n")
    if outcome.wrong:
        return 1
    REPORT.write_text(report(outcome, monotonic() - started, commit), "utf-8")
    sys.stdout.write(f"written: docs/proofs/{REPORT.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
