"""The service on a real socket, and how far the search for requests that break it goes."""

import asyncio
import json
import os
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import schemathesis
import uvicorn
from schemathesis.checks import CHECKS, CheckFunction

from api.app import create_app
from services import organisations
from services.database import open_runtime
from services.rights import SCOPES
from services.settings import Settings
from tests.api.support import document
from tests.support.factories import make_account, make_person, organiser_at
from tests.support.lease import leased
from tests.support.machines import machine_token
from tests.support.signing import token_of

EXAMPLES_VARIABLE = "MULIN_FUZZ_EXAMPLES"
COUNTS_VARIABLE = "MULIN_FUZZ_COUNTS"
EXAMPLES_EACH = 2  # For each of the three who ask.
WHO = ("volunteer", "organiser", "machine")
STOP_SECONDS_MAX = 30
# Left out is that whatever the schema allows is accepted: our own rules refuse more than a schema
# can say (a date of birth in the future, an organisation that is not there).
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
)
WORKBOOKS = (
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
asked: Counter[str] = Counter()


def examples_each() -> int:
    """How many random requests per operation."""
    return int(os.environ.get(EXAMPLES_VARIABLE, EXAMPLES_EACH))


def fuzzed_schema() -> schemathesis.BaseSchema:
    """The document, ready to make requests from.

    The long proof also asks for every boundary of every field, which makes thousands of requests.
    """
    # What an upload is called does not change how its bytes are sent.
    schemathesis.serializer.alias(list(WORKBOOKS), "application/octet-stream")
    schema = schemathesis.openapi.from_dict(document())
    schema.config.phases.coverage.enabled = EXAMPLES_VARIABLE in os.environ
    statuses = ["400", "401", "422", "428"]
    schema.config.checks.missing_required_header.expected_statuses = statuses
    return schema


def keep_counts() -> None:
    """Write how many requests each operation got, for whoever asked for it."""
    if COUNTS_VARIABLE in os.environ:
        Path(os.environ[COUNTS_VARIABLE]).write_text(json.dumps(asked), "utf-8")


def checks() -> list[CheckFunction]:
    return list(CHECKS.get_by_names(CHECKED))


@contextmanager
def running_service() -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a running service on a fresh database, and a token for each who asks."""
    with leased("database") as database_url, socket.socket() as listening:
        settings = Settings(database_url=database_url)
        tokens = asyncio.run(_tokens(settings))
        listening.bind(("127.0.0.1", 0))
        app = create_app(settings)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none"))
        running = threading.Thread(target=server.run, args=([listening],))
        running.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", tokens
        finally:
            server.should_exit = True
            running.join(STOP_SECONDS_MAX)


async def _tokens(settings: Settings) -> dict[str, str]:
    async with open_runtime(settings.database_url):
        city = await organisations.create_root("上海市")
        organiser = await make_account(*organiser_at(city.id))
        volunteer = await make_person(organiser)
        return {
            "volunteer": await token_of(volunteer.account_id),
            "organiser": await token_of(organiser.account_id),
            "machine": await machine_token(city.id, SCOPES, settings),
        }
