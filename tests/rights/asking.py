"""Requests to the whole application as everybody, each undone afterwards."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import httpx2
from starlette.routing import Route
from starlette.types import ASGIApp

from api import notice_stream
from api.app import create_app
from api.layer.authentication import actor_of
from api.layer.examples import EXAMPLES
from api.layer.operations import Operation
from api.pages import routes as page_routes
from api.pages.tokens import FIELD
from api.routes import GROUPS
from models.core import RoleName
from services import clock, forms, scope
from services.database import open_runtime, rows
from services.notifications.following import Bell
from services.rights import Actor
from services.settings import Settings
from services.transactions import transaction
from tests.rights.actors import Who
from tests.rights.side import Side
from tests.rights.world import fill
from tests.support.factories import make_account
from tests.support.machines import machine_token
from tests.support.owner import as_owner
from tests.support.pressing import A_VISIT, SESSION, VISIT
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
    "role_id": "role of project 2",
    "offer_id": "offer to {}",
    "hand_over_id": "hand-over of {}",
    "buddy_group_id": "buddies of {}",
    "series_id": "series of {}",
    "code": "a code",
    "token": "a token",
    "notification_id": "notice of {}",
    "notice_id": "notice of {}",
    "robot_id": "robot",
    "block_id": "block of ben",
    "policy_id": "policy",
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
    "lead_id": "lead of draft 1",
    "report_id": "report of ada",
    "dispute_id": "dispute of {}",
    "key": "school",
}
# What is whose, beside what it is: these belong to a person.
PERSONAL = {name for name, thing in NAMES.items() if "{}" in thing}
# What a request writes whatever comes of it: the log, and what makes it good only once.
BESIDE = {"audit_event", "form_use", "idempotency_record", "sign_in_session"}
# The ids that examples of commands hold, and what they name here.
_EXAMPLE_IDS: Mapping[str, str] = {
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c10": "street",
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c11": "team",
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c20": "draft",
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c30": "{}",
    "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c41": "ben",
    "0193f2a4-0000-7000-8000-00000000000a": "account of ben",
}


STREAM = "/api/v1/notifications/stream"
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


@dataclass
class World:
    """A database that tests share, as none leaves anything behind in it; filled by the first."""

    url: str
    afterwards: str = ""
    sides: dict[str, Side] = field(default_factory=dict)
    tokens: dict[Who, str] = field(default_factory=dict)


@asynccontextmanager
async def open_door(world: World) -> AsyncIterator["Door"]:
    """The application in this process, before the world's database."""
    scope.begin(scope.SYSTEM)
    if not world.sides:
        world.sides |= await fill(world.url, clock.now())
        if world.afterwards:
            await as_owner(world.url, world.afterwards)
    transport = httpx2.ASGITransport(app=_application(), raise_app_exceptions=False)
    async with (
        open_runtime(world.url, 2),
        httpx2.AsyncClient(transport=transport, base_url=SETTINGS.address) as http,
    ):
        yield Door(http, world)


class Door:
    """The application, and a token for everybody who asks."""

    def __init__(self, http: httpx2.AsyncClient, world: World) -> None:
        self.http = http
        self.sides = world.sides
        self._tokens = world.tokens

    async def ask(self, who: Who, method: str, path: str, body: Any = None) -> httpx2.Response:
        """The interface's answer; whatever the request did is undone."""
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": '"*"'}
        if (token := await self._token(who)) is not None:
            headers["Authorization"] = f"Bearer {token}"
        options: dict[str, Any] = {} if body is None else {"json": body}
        if isinstance(body, bytes):
            options, headers["Content-Type"] = {"content": body}, "text/csv"
        return await self._send(method, path, headers, options)

    async def read(self, who: Who, path: str) -> httpx2.Response:
        """The page."""
        return await self._send("GET", path, self._as_browser(await self._token(who)), {})

    async def follow(self, who: Who, last: str) -> httpx2.Response:
        """All that the stream of the inbox replays from this place on: then the session ends."""
        asked = count()

        async def until_heard(*given: Any) -> Actor | None:
            # Once when the stream is opened, once before what there is; then nobody is signed in.
            return await actor_of(*given) if next(asked) < 2 else None

        async def at_once(*_: object) -> None:
            return None

        token = await self._token(who)
        headers = {"Last-Event-ID": last} | ({"Authorization": f"Bearer {token}"} if token else {})
        with (
            patch.object(notice_stream, "actor_of", until_heard),
            patch.object(Bell, "wait", at_once),
        ):
            return await self.http.get(STREAM, headers=headers)

    async def press(self, who: Who, path: str, form: Mapping[str, Any]) -> httpx2.Response:
        """What comes of the form, sent with a token as the page with it would have given."""
        session = await self._token(who)
        binding = f"visit:{A_VISIT}" if session is None else f"session:{session}"
        token = forms.issue(binding, path, clock.now())
        return await self._send(
            "POST", path, self._as_browser(session), {"data": {FIELD: token, **form}}
        )

    def _as_browser(self, session: str | None) -> dict[str, str]:
        cookie = f"{VISIT}={A_VISIT}" if session is None else f"{SESSION}={session}"
        return {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}

    async def _send(
        self, method: str, path: str, headers: dict[str, str], options: dict[str, Any]
    ) -> httpx2.Response:
        try:
            async with transaction():
                before = {} if method == "GET" else await _written()
                answer = await self.http.request(method, path, headers=headers, **options)
                after = {} if method == "GET" else await _written()
                answer.extensions["changed"] = {
                    table for table, times in after.items() if times != before.get(table)
                }
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


async def _written() -> dict[str, int]:
    """How often this connection wrote into each table, what it took back again too."""
    found = await rows(
        "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS times FROM pg_stat_xact_user_tables "
        "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
    )
    return {row["relname"]: row["times"] for row in found}


SETTINGS = Settings(database_url="postgres://unused", address="http://mulin.test")


@cache
def _application() -> ASGIApp:
    return as_outside(create_app(SETTINGS))


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
