"""An opening burst: everybody claims the same few seats in the moment in which they open.

    python -m benchmarks.claims --people 200 --bursts 10

Real web processes of `mulin serve` on real sockets, each request with a session, an
`Idempotency-Key` and everything that a refusal carries: its reason and what could be claimed
instead. All people press at once; the next burst begins when the last of them has an answer. Ends
with 1 if a seat was given twice or a request went without an answer.
"""

import argparse
import asyncio
import os
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tests.support.burst import Answers, build_town, claim_all, doors, look
from tests.support.lease import leased, servers_at_hand

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- claims: begin (written by benchmarks.claims) -->", "<!-- claims: end -->"
SEATS = 5
PROCESSES = (1, 2)


@dataclass(frozen=True, slots=True)
class Burst:
    """What the bursts through so many processes came to."""

    processes: int
    people: int
    per_second: float
    middle_ms: float
    late_ms: float
    last_ms: float
    is_right: bool

    def row(self) -> str:
        return (
            f"| {self.processes} | {self.people} | **{self.per_second:.0f}** | "
            f"{self.middle_ms:,.0f} | **{self.late_ms:,.0f}** | {self.last_ms:,.0f} |"
        )


def measure(processes: int, people: int, bursts: int) -> Burst:
    """So many bursts; the first one only warms up."""
    with leased("database") as url:
        town = asyncio.run(build_town(url, people=people, shifts=bursts + 1, seats=SEATS))
        answers, rates = Answers(), []
        with doors(url, processes) as door:
            for number, shift_id in enumerate(town.shift_ids):
                jobs = [(token, shift_id) for token in town.tokens]
                began = perf_counter()
                found = asyncio.run(
                    claim_all(door.addresses, jobs, clients=people, seed=number, again_one_in=0)
                )
                taken = perf_counter() - began
                if number:
                    rates.append(people / taken)
                else:
                    found.seconds.clear()
                answers.add(found)
        stored = asyncio.run(look(url, town, answers))
    times = sorted(answers.seconds)
    wrong = stored.overfilled + stored.short + stored.missing + stored.unknown
    return Burst(
        processes=processes,
        people=people,
        per_second=statistics.median(rates),
        middle_ms=statistics.median(times) * 1000,
        late_ms=times[int(0.95 * len(times))] * 1000,
        last_ms=times[-1] * 1000,
        is_right=not wrong and not answers.wrong,
    )


def report(found: list[Burst], bursts: int) -> str:
    """The result in words."""
    rows = "\n".join(each.row() for each in found)
    return f"""{BEGIN}

{bursts} bursts on {SEATS} seats each (`python -m benchmarks.claims --people {found[0].people} \
--bursts {bursts}`), the clients on the same {os.cpu_count()} cores as the web processes and \
PostgreSQL, load {os.getloadavg()[0]:.1f} at the end.

| web processes | people at once | claims answered per second | half within ms \
| 19 in 20 within ms | the last within ms |
| ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

{END}"""


def main() -> int:
    """0 if no seat was given twice and every request was answered."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--bursts", type=int, default=10)
    asked = parser.parse_args()
    with servers_at_hand():
        found = [measure(count, asked.people, asked.bursts) for count in PROCESSES]
    text = report(found, asked.bursts)
    readme = README.read_text("utf-8")
    before, _, rest = readme.partition(BEGIN)
    README.write_text(before + text + rest.partition(END)[2], "utf-8")
    sys.stdout.write(text + "\n")
    return 0 if all(each.is_right for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
