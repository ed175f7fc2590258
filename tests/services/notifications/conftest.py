"""The local servers in the place of the providers, forgetful before each test."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from tests.support.provider_servers import Providers, providers


@pytest.fixture(scope="package")
def servers() -> Iterator[Providers]:
    with providers() as running:
        yield running


@pytest.fixture
async def http(servers: Providers) -> AsyncIterator[httpx2.AsyncClient]:
    """A client for them; what they took before is gone, and the minute with its limits is over."""
    servers.taken.clear()
    servers.refused.clear()
    servers.permits = {}
    servers.is_worn_out = False
    servers.minute += 1
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield client
