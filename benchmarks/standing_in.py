"""How long it takes to say who could take a seat of a round, by the number of its people.

    python -m benchmarks.standing_in

People and shifts are seeded as in `benchmarks.rounds`, with a plan of one line for each five
people. Seats of that plan are asked for, each with the one who sits there gone.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.rounds import asked_for, organiser_of, seeded
from services import standing_in
from services.database import open_runtime, rows
from services.scope import as_system
from services.standing_in import ReplacementsQuery
from tests.support.lease import leased, servers_at_hand
from tests.support.owner import as_owner

README = Path(__file__).with_name("README.md")
BEGIN = "<!-- standing in: begin (written by benchmarks.standing_in) -->"
END = "<!-- standing in: end -->"
SIZES = ((20_000, 600), (200_000, 6_000))
SEATS = 12
PLANNED = """
    INSERT INTO plan (id, created_at, round_id, attempt, status, score_shortfall, score_open,
        score_cost, bound_shortfall, bound_open, bound_cost, bound_from, seconds, volunteers_count,
        seats_count)
        VALUES (gen_random_uuid(), now(), '{round}', 1, 'feasible', 0, 0, 0, 0, 0, 0,
            '{{"shortfall": "lp", "open": "lp", "cost": "lp"}}', 1, 0, 0);
    INSERT INTO plan_line (id, created_at, plan_id, volunteer_id, shift_id, role_id, fixed)
        SELECT gen_random_uuid(), now(), p.id, v.id, r.shift_id, r.id, false
        FROM plan p
        CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM volunteer) v
        JOIN (SELECT id, shift_id, row_number() OVER (ORDER BY id) - 1 AS n FROM role) r
            ON r.n = v.n / 5 AND v.n % 5 < 4
        WHERE p.round_id = '{round}';
    ANALYZE;
"""


async def measure(url: str, people: int, shifts: int) -> list[float]:
    """Seconds of each question, the shortest first."""
    who = await seeded(url, people, shifts)
    async with open_runtime(url):
        round_id = await asked_for(who)
        await as_owner(url, PLANNED.format(round=round_id))
        _, organiser = organiser_of(who)
        seated = await as_system(rows)(
            "SELECT DISTINCT ON (role_id) role_id, volunteer_id FROM plan_line "
            "ORDER BY role_id, volunteer_id LIMIT $1",
            SEATS,
        )
        seconds = []
        for seat in seated:
            query = ReplacementsQuery(instead_of=seat["volunteer_id"])
            began = time.perf_counter()
            await standing_in.replacements(organiser, round_id, seat["role_id"], query)
            seconds.append(time.perf_counter() - began)
    return sorted(seconds)


def main() -> int:
    """0 if every question was answered."""
    lines = []
    with servers_at_hand():
        for people, shifts in SIZES:
            with leased("database") as url:
                found = asyncio.run(measure(url, people, shifts))
            lines.append(
                f"| {people:,} × {shifts:,} | {len(found)} | {median(found):.2f} "
                f"| {found[-1]:.2f} |"
            )
            sys.stdout.write(lines[-1] + "\n")
    table = "\n".join(lines)
    report = f"""{BEGIN}

By `python -m benchmarks.standing_in`, on {os.cpu_count()} cores with a load of \
{os.getloadavg()[0]:.1f} at the end.

| people × shifts | questions | s | longest s |
| --- | ---: | ---: | ---: |
{table}

{END}"""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    README.write_text(before + report + rest.partition(END)[2], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
