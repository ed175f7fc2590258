"""The world that the tests of rights ask about: one for all of a process, filled by the first."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.rights.asking import Door, World, open_door
from tests.support.lease import leased


@pytest.fixture(scope="package")
def world() -> Iterator[World]:
    with leased("database") as url:
        yield World(url)


@pytest.fixture
async def door(world: World) -> AsyncIterator[Door]:
    async with open_door(world) as opened:
        yield opened
