"""Requests to the whole application as everybody, each undone afterwards."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
from starlette.routing import Route

from api.app import create_app
from api.layer.examples import EXAMPLES
from api.layer.operations import Operation
from api.pages import routes as page_routes
from api.routes import GROUPS
from models.core import RoleName
from services import scope
from services.settings import Settings
from services.transactions import transaction
from tests.rights.actors import Who
from tests.rights.side import Side
from tests.support.factories import make_account
from tests.support.machines import machine_token
from tests.support.signing import as_outside, token_of

OPERATIONS: tuple[Operation, ...] = tuple(each for group in GROUPS for each in group.listed)
PAGES: tuple[Route, ...] = tuple(each for each in page_routes if isinstance(each, Route))
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")

# What an id in a path names, where it is not the only one of its kind; `{}` is the person.
NAMES: Mapping[str, str] = {
    "organisation_id": "street",
    "volunteer_id": "{}",
    "ward_id": "{}",
    "one_id": "ada",
    "other_id": "ben",
    "membership_id": "ada in hood",
    "tag_id": "tag",
    "need_id": "need of {}",
    "project_id": "draft",
    "shift_id": "draft 1",
    "claim_id": "confirmed {}",
    "round_id": "round",
    "offer_id": "offer to {}",
    "transfer_id": "award to {}",
    "skill_id": "skill of {}",
    "consent_id": "consent of {}",
    "guardianship_id": "guardianship",
    "check_id": "check",
    "erasure_id": "erasure of ben",
    "run_id": "retention",
    "import_id": "import",
    "client_id": "program",
    "provider_id": "provider",
    "identity_id": "ada at the provider",
    "account_id": "account of chief",
    "grant_id": "chief at the street",
    "approval_id": "request",
    "session_id": "session of ada",
    "key": "school",
}
# The ids that examples of commands hold, and what they name here.
_EXAMPLE_IDS: Mapping[str, str] = {
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c10": "street",
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c11": "team",
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c20": "draft",
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c30": "{}",
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c41": "ben",
    "0193f2a4-0000-7000-8000-00000000000a": "account of ben",
}


FILE = "姓名,出生日期\n林晓,2004-05-17\n".encode()


@dataclass(frozen=True, slots=True)
class Target:
    """Whose things are asked for: a side, and a person on it."""

    side: Side
    person: str = "ada"

    def id(self, name: str) -> UUID:
        return self.side.id(name.format(self.person))


class Undone(Exception):
    """Takes back what a request did."""


class Door:
    """The application, and a token for everybody who asks."""

    def __init__(self, http: httpx2.AsyncClient, sides: dict[str, Side]) -> None:
        self.http = http
        self.sides = sides
        self._tokens: dict[Who, str] = {}

    async def ask(
        self, who: Who, method: str, path: str, body: Any = None, *, is_page: bool = False
    ) -> httpx2.Response:
        """The answer; whatever the request did is undone."""
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": '"*"'}
        headers |= {"Sec-Fetch-Site": "same-origin"} if is_page else {}
        if (token := await self._token(who)) is not None:
            header = (
                {"Cookie": f"mulin={token}"} if is_page else {"Authorization": f"Bearer {token}"}
            )
            headers |= header
        options: dict[str, Any] = {} if body is None else {"json": body}
        if isinstance(body, bytes):
            options, headers["Content-Type"] = {"content": body}, "text/csv"
        if is_page and method == "POST":
            options = {"data": {"form_token": "x", **(body or {})}}
        try:
            async with transaction():
                answer = await self.http.request(method, path, headers=headers, **options)
                raise Undone
        except Undone:
            return answer

    async def _token(self, who: Who) -> str | None:
        if who.is_visitor:
            return None
        if who not in self._tokens:
            self._tokens[who] = await self._sign_in(who)
        return self._tokens[who]

    @scope.as_system
    async def _sign_in(self, who: Who) -> str:
        here = self.sides[who.side]
        if who.person or who.ward:
            return await token_of(here.id(f"account of {who.person or 'guardian'}"))
        node = who.node(self.sides)
        if not who.is_machine:
            account = await make_account((RoleName(who.role or ""), node))
            return await token_of(account.account_id)
        return await machine_token(node, [who.role or ""], SETTINGS)


SETTINGS = Settings(database_url="postgres://unused", address="http://mulin.test")


@asynccontextmanager
async def open_door(sides: dict[str, Side]) -> AsyncIterator[Door]:
    """The application in this process. The tests open its database themselves."""
    transport = httpx2.ASGITransport(
        app=as_outside(create_app(SETTINGS)), raise_app_exceptions=False
    )
    async with httpx2.AsyncClient(transport=transport, base_url="http://mulin.test") as http:
        yield Door(http, sides)


def parameters_of(path: str) -> list[str]:
    return _PARAMETER.findall(path)


def filled(path: str, target: Target, names: Mapping[str, str] = NAMES) -> str:
    """The address of the target's own thing."""
    return _PARAMETER.sub(lambda found: str(target.id(names[found[1]])), path)


def command_for(operation: Operation, target: Target) -> Any:
    """A command that is well made and names the target's things."""
    if operation.body is bytes:
        return FILE
    if operation.body is None:
        return None
    text = json.dumps(EXAMPLES.get(operation.body.__name__, {}))
    for example, name in _EXAMPLE_IDS.items():
        text = text.replace(example, str(target.id(name)))
    return json.loads(text)
