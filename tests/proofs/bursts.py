"""The long proof of bursts: too many people for too few seats, through real web processes.

    python -m tests.proofs.bursts --races 100 --claims 100000

First 200 people claim one seat at once, again and again. Then 64 clients send the rest of the
claims for few seats, while one of two web processes is killed in the midst of its work, five times,
and started again. Clients that get no answer send the same request again with the same key; one in
twenty of those who got one sends it once more. Writes a report that names the commit it speaks of;
ends with 1 if a seat was given twice, an answer was lost, or a refusal came without its reason.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from services.refusals import Refusal
from tests.support.burst import (
    Answers,
    Door,
    Stored,
    Town,
    build_town,
    claim_all,
    doors,
    look,
)
from tests.support.lease import leased, servers_at_hand

REPORT = Path(__file__).parents[2] / "docs" / "proofs" / "bursts.md"
PEOPLE, CLIENTS, KILLS = 200, 64, 5
SEATS = 3
REASONS = {"confirmed", *(refusal.value for refusal in Refusal)}


@dataclass(frozen=True, slots=True)
class Run:
    """One part: how many claims, what came of them and what is stored."""

    claims: int
    answers: Answers
    stored: Stored
    seconds: float
    kills: int

    @property
    def holds(self) -> bool:
        stored, answers = self.stored, self.answers
        wrong = stored.overfilled + stored.short + stored.unknown + stored.missing
        return not wrong and not answers.wrong and set(answers.counted) <= REASONS

    def row(self, what: str) -> str:
        answers, stored = self.answers, self.stored
        said = ", ".join(f"{count:,} × `{name}`" for name, count in answers.counted.most_common())
        return (
            f"| {what} | {self.claims:,} | {said} | {stored.held:,} | {stored.overfilled} | "
            f"{stored.short} | {stored.missing + stored.unknown} | {len(answers.wrong)} | "
            f"{self.kills} | {answers.retries:,} | {answers.again:,} | {self.seconds:,.0f} |"
        )


def races(url: str, count: int) -> Run:
    """200 people on one seat, all at once, so many times."""
    town = asyncio.run(build_town(url, people=PEOPLE, shifts=count, seats=1))
    began, answers = monotonic(), Answers()
    with doors(url, 2) as door:
        for number, shift_id in enumerate(town.shift_ids):
            jobs = [(token, shift_id) for token in town.tokens]
            answers.add(asyncio.run(claim_all(door.addresses, jobs, clients=PEOPLE, seed=number)))
    seconds = monotonic() - began
    stored = asyncio.run(look(url, town, answers))
    return Run(count * PEOPLE, answers, stored, seconds, 0)


def rush(url: str, claims: int) -> Run:
    """The rest of the claims by 64 clients, one process being killed in their midst."""
    town = asyncio.run(build_town(url, people=PEOPLE, shifts=-(-claims // PEOPLE), seats=SEATS))
    jobs = [(token, shift_id) for shift_id in town.shift_ids for token in town.tokens][:claims]
    town = _asked_for(town, claims)
    began = monotonic()
    with doors(url, 2) as door:
        answers = asyncio.run(
            claim_all(door.addresses, jobs, clients=CLIENTS, seed=0, on_done=_killer(door, claims))
        )
    seconds = monotonic() - began
    return Run(claims, answers, asyncio.run(look(url, town, answers)), seconds, KILLS)


def _asked_for(town: Town, claims: int) -> Town:
    """The shifts that have enough claims to be filled."""
    whole = claims // PEOPLE + (claims % PEOPLE >= SEATS)
    return Town(town.tokens, town.shift_ids[:whole], town.seats)


def _killer(door: Door, claims: int) -> Callable[[int], None]:
    """Kill the second process a few times on the way, and start it again a little later."""
    step = claims // (KILLS + 1)
    kills = {step * number for number in range(1, KILLS + 1)}
    starts = {each + max(1, step // 4) for each in kills}

    def on_done(done: int) -> None:
        if done in kills:
            door.kill(1)
        elif done in starts:
            door.start(1)

    return on_done


def report(commit: str, arguments: str, first: Run, second: Run) -> str:
    """The result in words, with the commit that it speaks of."""
    times = sorted([*first.answers.seconds, *second.answers.seconds])
    middle, late = statistics.median(times), times[int(0.95 * len(times))]
    return f"""# Bursts: too many people for too few seats

Made by `python -m tests.proofs.bursts {arguments}` at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC,
of commit `{commit}`.

| what | claims | answers | seats held | shifts overfilled | shifts short | claims lost \
| wrong answers | processes killed | retries | repeats | seconds |
|---|---|---|---|---|---|---|---|---|---|---|---|
{first.row(f"{PEOPLE} people on one seat at once, each time through two web processes")}
{second.row(f"{CLIENTS} clients, {SEATS} seats a shift, one of two web processes killed")}

Every claim was an HTTP request with an `Idempotency-Key` over a real socket to `mulin serve`, and
was sent again with the same key until it was answered; one in twenty was sent once more after its
answer and had to get the very same. Lost: promised to a client and not in the database, or in the
database and told to nobody. Each refusal had a reason of the list and a sentence, and
{first.answers.alternatives + second.answers.alternatives:,} alternatives were named beside them.
Half of the answers came within {middle * 1000:,.0f} ms, 19 in 20 within {late * 1000:,.0f} ms,
retries and killed processes included, on {os.cpu_count()} cores with a load of \
{os.getloadavg()[0]:.1f} at the end.
"""


def main(arguments: list[str]) -> int:
    """0 if nothing was given twice, lost or refused without a reason."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--races", type=int, default=100)
    parser.add_argument("--claims", type=int, default=100_000, help="in all, races included")
    asked = parser.parse_args(arguments)
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with servers_at_hand():
        with leased("database") as url:
            first = races(url, asked.races)
        with leased("database") as url:
            second = rush(url, asked.claims - first.claims)
    said = f"--races {asked.races} --claims {asked.claims}"
    REPORT.write_text(report(commit, said, first, second), "utf-8")
    sys.stdout.write(REPORT.read_text("utf-8"))
    return 0 if first.holds and second.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
