"""A small run of the long proof of rounds, which `make prove` runs at full length."""

import subprocess
import sys

from tests.support.lease import CHECKOUT

POINTS = 4


def test_killed_anywhere_a_round_is_planned_and_published_once() -> None:
    proof = [sys.executable, "-m", "tests.proofs.rounds", "--dry", f"--points={POINTS}"]

    ran = subprocess.run(proof, cwd=CHECKOUT, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"Promises broken in {POINTS} crashes: **0**" in ran.stdout
