"""Servers and databases for every test: one PostgreSQL and one Valkey per run, started when the
first test asks; one fresh migrated database per test."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from services import scope, vault
from services.database import open_runtime
from tests.support.lease import KEYS, leased, servers_at_hand

os.environ[vault.KEYS_VARIABLE] = json.dumps(KEYS)
_run = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        _run.enter_context(servers_at_hand())


def pytest_unconfigure() -> None:
    _run.close()


@pytest.fixture
def database_url() -> Iterator[str]:
    """The address of a fresh, migrated, empty database; dropped after the test."""
    with leased("database") as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """The tables of a fresh database, usable in the test through the services; its address."""
    # The test itself sees everything; services and requests narrow to whoever asks them.
    scope.begin(scope.SYSTEM)
    async with open_runtime(database_url):
        yield database_url


@pytest.fixture
def valkey_url() -> Iterator[str]:
    """The address of an empty Valkey database of this test's own; emptied afterwards."""
    with leased("valkey") as url:
        yield url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines what a machine without a browser has not shown."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "browser" in getattr(report, "keywords", {})
    ]
    if skipped:
        terminalreporter.write_line(
            f"{len(skipped)} browser tests were skipped: no Chromium on this machine "
            "(apt-get install chromium fonts-wqy-microhei)",
            yellow=True,
        )
