"""Requests that nobody would think of, made from the document by schemathesis: over a real socket,
none may break the service, and each answer is one that the document describes."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.api.fuzzing import (
    WHO,
    asked,
    checks,
    examples_each,
    fuzzed_schema,
    keep_counts,
    running_service,
)

schema = fuzzed_schema()


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[str, dict[str, str]]]:
    with running_service() as found:
        yield found
    keep_counts()


@pytest.mark.parametrize("who", WHO)
@schema.parametrize()
@settings(
    max_examples=examples_each(),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_service(
    case: schemathesis.Case, service: tuple[str, dict[str, str]], who: str
) -> None:
    base_url, tokens = service
    headers = {"Authorization": f"Bearer {tokens[who]}"}
    if case.operation.label == "DELETE /api/v1/sessions/current":
        headers = {}  # The session is needed for the other operations.
    asked[case.operation.label] += 1
    case.call_and_validate(base_url=base_url, headers=headers, checks=checks())
