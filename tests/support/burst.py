"""Many people at the door at once: real web processes, real sockets, clients that try again.

A client whose request gets no answer sends the same again with the same key to whichever process
answers, as a browser or a program would.
"""

import asyncio
import os
import random
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2

from services import clock
from services.database import open_runtime
from tests.support.factories import make_city, make_person, make_project, make_shift
from tests.support.lease import CHECKOUT
from tests.support.races import HOURS_APART, TIRELESS
from tests.support.signing import token_of
from tests.support.waiting import POLL_SECONDS

RETRIES_MAX = 500
STILL_RUNNING_MAX = 5
"""After so many the first try must have died with its process, and its effect with it."""
AGAIN_ONE_IN = 20


@dataclass(frozen=True, slots=True)
class Town:
    """People with a session each, and shifts with few seats."""

    tokens: tuple[str, ...]
    shift_ids: tuple[UUID, ...]
    seats: int


@dataclass(slots=True)
class Answers:
    """What the clients heard."""

    counted: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    claim_ids: set[str] = field(default_factory=set)
    again: int = 0
    retries: int = 0
    wrong: list[str] = field(default_factory=list)
    alternatives: int = 0

    def add(self, other: "Answers") -> None:
        self.counted.update(other.counted)
        self.seconds += other.seconds
        self.claim_ids |= other.claim_ids
        self.again += other.again
        self.retries += other.retries
        self.wrong += other.wrong
        self.alternatives += other.alternatives


async def build_town(url: str, *, people: int, shifts: int, seats: int) -> Town:
    """A town in the future of the clock on the wall, which the processes go by."""
    first = clock.now().replace(second=0, microsecond=0) + timedelta(hours=HOURS_APART)
    async with open_runtime(url):
        _, boss = await make_city()
        project = await make_project(boss)
        made = [
            await make_shift(
                boss,
                project_id=project.id,
                seats=seats,
                starts_at=first + timedelta(hours=HOURS_APART * number),
            )
            for number in range(shifts)
        ]
        actors = [await make_person(boss, **TIRELESS) for _ in range(people)]
        tokens = [await token_of(actor.account_id) for actor in actors]
    return Town(tuple(tokens), tuple(shift.id for shift in made), seats)


@dataclass(slots=True)
class Door:
    """Web processes, each on a port of its own."""

    url: str
    ports: list[int]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def addresses(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def start(self, place: int) -> None:
        """Start the process of this place, in the room of one that died."""
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve", "--port", str(self.ports[place])],
            cwd=CHECKOUT,
            env={**os.environ, "DATABASE_URL": self.url, "MULIN_DATABASE_CONNECTIONS_MAX": "20"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if place < len(self.processes):
            self.processes[place] = process
        else:
            self.processes.append(process)

    def kill(self, place: int) -> None:
        """End it at once, in the midst of whatever it does."""
        self.processes[place].kill()
        self.processes[place].wait()


@contextmanager
def doors(url: str, count: int) -> Iterator[Door]:
    """So many web processes that answer; they are gone afterwards."""
    door = Door(url, [_free_port() for _ in range(count)])
    try:
        for place in range(count):
            door.start(place)
        asyncio.run(_until_ready(door))
        yield door
    finally:
        for process in door.processes:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


async def _until_ready(door: Door) -> None:
    async with httpx2.AsyncClient() as http:
        for address in door.addresses:
            for _ in range(3000):
                try:
                    answer = await http.get(f"{address}/health/ready")
                except httpx2.TransportError:
                    await asyncio.sleep(POLL_SECONDS)
                    continue
                if answer.status_code == 200:
                    break
            else:
                raise RuntimeError(f"{address} does not answer")


async def claim_all(
    addresses: Sequence[str],
    jobs: Sequence[tuple[str, UUID]],
    *,
    clients: int,
    seed: int,
    on_done: Callable[[int], None] = lambda _: None,
    again_one_in: int = AGAIN_ONE_IN,
) -> Answers:
    """Send a claim for each of these people and shifts, so many at a time.

    `on_done` is told after each how many are answered. One in `again_one_in` is sent once more
    when it has its answer, which has to be the same; 0: none is.
    """
    answers, draw, waiting = Answers(), random.Random(seed), list(reversed(jobs))

    async def client(http: httpx2.AsyncClient) -> None:
        while waiting:
            token, shift_id = waiting.pop()
            await _claim(http, addresses, token, shift_id, draw, answers, again_one_in)
            on_done(len(answers.seconds))

    async with _http(clients) as http:
        await asyncio.gather(*(client(http) for _ in range(clients)))
    return answers


@asynccontextmanager
async def _http(clients: int) -> AsyncIterator[httpx2.AsyncClient]:
    limits = httpx2.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx2.AsyncClient(limits=limits, timeout=60) as http:
        yield http


async def _claim(
    http: httpx2.AsyncClient,
    addresses: Sequence[str],
    token: str,
    shift_id: UUID,
    draw: random.Random,
    answers: Answers,
    again_one_in: int,
) -> None:
    key, began = str(uuid4()), perf_counter()
    answer, key = await _until_answered(http, addresses, token, shift_id, key, draw, answers)
    answers.seconds.append(perf_counter() - began)
    _note(answer, answers)
    if (
        again_one_in and draw.randrange(again_one_in) == 0
    ):  # A second tap, a reload: the same key once more.
        again, _ = await _until_answered(http, addresses, token, shift_id, key, draw, answers)
        answers.again += 1
        if (again.status_code, again.content) != (answer.status_code, answer.content):
            answers.wrong.append(f"told otherwise the second time: {again.status_code}")


async def _until_answered(
    http: httpx2.AsyncClient,
    addresses: Sequence[str],
    token: str,
    shift_id: UUID,
    key: str,
    draw: random.Random,
    answers: Answers,
) -> tuple[httpx2.Response, str]:
    still_running = 0
    for _ in range(RETRIES_MAX):
        address = draw.choice(addresses)
        try:
            answer = await http.post(
                f"{address}/api/v1/shifts/{shift_id}/claims",
                json={"risk_statement_version": 1},
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
            )
        except httpx2.TransportError:
            answers.retries += 1
            await asyncio.sleep(POLL_SECONDS)
            continue
        if answer.status_code == 409 and answer.json()["code"] == "still_running":
            still_running += 1
            answers.retries += 1
            if still_running >= STILL_RUNNING_MAX:
                key, still_running = str(uuid4()), 0
            await asyncio.sleep(POLL_SECONDS * still_running)
            continue
        return answer, key
    raise RuntimeError("no answer")


def _note(answer: httpx2.Response, answers: Answers) -> None:
    body: dict[str, Any] = answer.json()
    if answer.status_code == 201:
        answers.counted[body["state"]] += 1
        answers.claim_ids.add(body["id"])
    elif answer.status_code == 409 and body.get("detail"):
        answers.counted[body["code"]] += 1
        answers.alternatives += len(body.get("alternatives", {}).get("items", []))
    else:
        answers.counted[f"{answer.status_code} {body.get('code')}"] += 1
        answers.wrong.append(f"{answer.status_code} {body.get('code')}")


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds afterwards, counted from the claims."""

    held: int
    overfilled: int
    short: int
    unknown: int
    missing: int


async def look(url: str, town: Town, answers: Answers) -> Stored:
    """How many seats are held; shifts with too many or too few; claims that nobody was told of,
    and such that were promised and are not there."""
    connection = await asyncpg.connect(url)
    found = await connection.fetch(
        "SELECT id, shift_id FROM claim WHERE state = 'confirmed' AND shift_id = ANY($1::uuid[])",
        list(town.shift_ids),
    )
    await connection.close()
    by_shift = Counter(row["shift_id"] for row in found)
    ids = {str(row["id"]) for row in found}
    return Stored(
        held=len(found),
        overfilled=sum(count > town.seats for count in by_shift.values()),
        short=sum(by_shift[each] < town.seats for each in town.shift_ids),
        unknown=len(ids - answers.claim_ids),
        missing=len(answers.claim_ids - ids),
    )
