"""The sealer as a process, killed again and again; and `mulin audit` as a person runs it."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.support.lease import CHECKOUT
from tests.support.processes import program
from tests.support.waiting import wait_until

INSERT = (
    "INSERT INTO audit_event (id, created_at, act, subject_kind, facts, transaction_number) "
    "SELECT gen_random_uuid(), clock_timestamp(), 'exported', 'test', "
    "jsonb_build_object('n', n), pg_current_xact_id()::text::bigint FROM generate_series(1, $1) n"
)
KILLS = 3


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "heads"


@contextmanager
def sealer(url: str, heads: Path) -> Iterator[subprocess.Popen[str]]:
    with program("cli", "sealer", environment=_environment(url, heads)) as process:
        yield process


def audit(url: str, heads: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of `mulin audit …`."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", "audit", *arguments],
        cwd=CHECKOUT,
        env=os.environ | _environment(url, heads),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def ask(url: str, sql: str, *arguments: Any) -> Any:
    """One value, from a loop of its own."""

    async def fetch() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql, *arguments)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def do(url: str, sql: str, *arguments: Any) -> None:
    async def execute() -> None:
        async with _owner(url) as owner:
            await owner.execute(sql, *arguments)

    asyncio.run(execute())


def _sealed_more(url: str, count: int) -> bool:
    return bool(ask(url, "SELECT count(*) > $1 FROM audit_seal", count))


def _sealed(url: str, count: int) -> bool:
    return bool(ask(url, "SELECT count(*) = $1 FROM audit_seal", count))


def test_nothing_is_lost_or_doubled_when_it_is_killed(database_url: str, heads: Path) -> None:
    """Writers go on while the sealer dies at any moment; in the end there is one whole chain."""
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            do(database_url, INSERT, 40)
            written += 40

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for _ in range(KILLS):
            with sealer(database_url, heads) as process:
                before = ask(database_url, "SELECT count(*) FROM audit_seal")
                wait_until(partial(_sealed_more, database_url, before), "the sealer to seal")
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
    finally:
        stop.set()
        writing.join()
    with sealer(database_url, heads) as process:
        wait_until(lambda: _sealed(database_url, written), "every line to be sealed")
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(30) == 0

    code, said = audit(database_url, heads, "verify")

    assert f"{written} lines checked" in said
    assert "The log is whole" in said
    assert code == 0
    numbers = ask(database_url, "SELECT array_agg(number ORDER BY number) FROM audit_seal")
    assert numbers == list(range(1, written + 1))


def test_verify_names_what_is_wrong_and_says_so_by_its_exit_code(
    database_url: str, heads: Path
) -> None:
    do(database_url, INSERT, 30)
    with sealer(database_url, heads) as process:
        wait_until(heads.is_file, "the head of the day to be kept")
        assert _sealed(database_url, 30)
        os.kill(process.pid, signal.SIGTERM)
        process.wait()
    code, said = audit(database_url, heads, "head")
    assert code == 0
    head = re.search(r"30 ([0-9a-f]{64})", said)
    assert head
    assert head[1] in heads.read_text()
    do(database_url, INSERT, 2)

    code, said = audit(database_url, heads, "verify")
    assert (code, "Unsealed: 2" in said, "1 heads" in said) == (0, True, True)

    do(
        database_url,
        "ALTER TABLE audit_event DISABLE TRIGGER USER; "
        "ALTER TABLE audit_seal DISABLE TRIGGER USER; "
        "UPDATE audit_event SET act = 'erased' WHERE id = "
        "(SELECT event_id FROM audit_seal WHERE number = 7); "
        "DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_seal WHERE number = 11); "
        "DELETE FROM audit_seal WHERE number > 25",
    )
    code, said = audit(database_url, heads, "verify")
    assert code == 1
    assert "Number 7: the line was changed" in said
    assert "Number 11: the line is missing" in said
    assert "Number 26–30: cut off the end" in said
    assert "Faults found: 3" in said


def test_verify_asks_for_the_file_that_it_was_given(database_url: str, heads: Path) -> None:
    missing = audit(database_url, heads, "verify", "--head", str(heads))
    heads.parent.mkdir()
    heads.write_text("nonsense\n")
    broken = audit(database_url, heads, "verify", "--head", str(heads))

    assert missing[0] == broken[0] == 1
    assert "There is no file" in missing[1]
    assert "The heads cannot be read" in broken[1]


def test_the_sealer_goes_on_when_its_connections_are_cut(database_url: str, heads: Path) -> None:
    with sealer(database_url, heads) as process:
        do(database_url, INSERT, 3)
        wait_until(lambda: _sealed(database_url, 3), "the first lines")
        do(
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        do(database_url, INSERT, 3)
        wait_until(lambda: _sealed(database_url, 6), "the lines after the cut")
        assert process.poll() is None


@asynccontextmanager
async def _owner(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _environment(url: str, heads: Path) -> dict[str, str]:
    return {"DATABASE_URL": url, "MULIN_AUDIT_HEADS": str(heads), "LANG": "en_US.UTF-8"}
