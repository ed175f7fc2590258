"""What tests of jobs share."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.jobs.house import House


@pytest.fixture
def house(database_url: str, valkey_url: str, tmp_path: Path) -> Iterator[House]:
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": valkey_url,
        "MULIN_LEASE_SECONDS": "2",
    }
    with ExitStack() as stack:
        yield House(tmp_path, environment, stack)
