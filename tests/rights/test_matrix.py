"""Every operation, asked by everybody for their own things, their neighbours' and the other side's.

What is expected comes from the table of needs and from `services.rights`, never from an answer.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.layer.operations import PREFIX, Operation
from models.core import RoleName
from services import clock, scope
from services.database import open_runtime
from services.rights import MATRIX, SCOPES
from tests.rights.actors import ROLES, Who
from tests.rights.asking import (
    NAMES,
    OPERATIONS,
    Door,
    Target,
    command_for,
    filled,
    open_door,
    parameters_of,
)
from tests.rights.side import Side
from tests.rights.table import NAMED, TABLE, Asked
from tests.rights.world import fill
from tests.support.lease import leased

ASKERS: tuple[Who, ...] = (
    Who("visitor"),
    Who("ada", person="ada"),
    Who("ben", person="ben"),
    Who("guardian", ward="kid"),
    *(Who(f"{role} there", role=role, at="street") for role in ROLES),
    *(Who(scope, role=scope, at="street") for scope in SCOPES),
)
# The same roles one node up, for those who may: what they hold there is valid below.
ABOVE = {role: Who(f"{role} above", role=role, at="district") for role in ROLES}
REFUSED = {401, 403, 404}
# Of what the thing is, beside whose: these have no owner among the people.
PERSONAL = {name for name, thing in NAMES.items() if "{}" in thing}


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path.removeprefix(PREFIX)}"


def test_every_operation_has_a_line() -> None:
    assert {named(each) for each in OPERATIONS} == set(TABLE)
    assert set(NAMED) <= set(TABLE)


@pytest.fixture(scope="module")
def lasting() -> Iterator[dict[str, Any]]:
    with leased("database") as url:
        yield {"url": url}


@pytest.fixture
async def door(lasting: dict[str, Any]) -> AsyncIterator[Door]:
    scope.begin(scope.SYSTEM)
    if "sides" not in lasting:
        lasting["sides"] = await fill(lasting["url"], clock.now())
    async with open_runtime(lasting["url"], 2), open_door(lasting["sides"]) as opened:
        yield opened


def rights_of(who: Who) -> frozenset[Any]:
    if who.role is None:
        return frozenset()
    return SCOPES[who.role] if who.is_machine else MATRIX[RoleName(who.role)]


def targets(operation: Operation, sides: Mapping[str, Side]) -> list[Target]:
    """On Ada's side and on the other; and somebody's else beside hers, where it is a person's."""
    names_nothing = not parameters_of(operation.path) and operation.body is None
    if names_nothing or operation.access == "open":
        return [Target(sides["a"])]
    found = [Target(sides["a"]), Target(sides["b"])]
    if PERSONAL & set(parameters_of(operation.path)):
        found.append(Target(sides["a"], "kid"))
    return found


def address(operation: Operation, target: Target) -> str:
    names = {**NAMES, **NAMED.get(named(operation), {})}
    query = {
        "GET /organisations/{organisation_id}/merger": f"?into_id={target.id('team')}",
        "POST /imports": f"?kind=people&organisation_id={target.id('street')}",
    }.get(named(operation), "")
    return filled(operation.path, target, names) + query


def is_refused(answer: httpx2.Response) -> bool:
    """The door was shut; or, for a node that a command names, there is no such node."""
    if answer.status_code == 422:
        return {each["code"] for each in answer.json().get("errors", [])} == {"unknown_id"}
    return answer.status_code in REFUSED


# The refusals that are about rights; after any other the service looked at what was asked.
ABOUT_RIGHTS = {
    "right_missing",
    "not_signed_in",
    "not_found",
    "volunteers_only",
    "people_only",
    "forbidden",
    "registered_elsewhere",
    "client_unknown",
    "token_refused",
}


def code_of(answer: httpx2.Response) -> str:
    if not answer.headers.get("content-type", "").endswith("json"):
        return ""
    found = json.loads(answer.text)
    return str(found.get("code", "")) if isinstance(found, dict) else ""


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
async def test_the_door_opens_for_whom_the_table_says(door: Door, operation: Operation) -> None:
    wrong: list[str] = []
    # Where there is no door, there is little to ask; passwords take their time.
    askers = ASKERS if operation.access == "signed_in" else ASKERS[:2]
    for target in targets(operation, door.sides):
        for who in askers:
            asked = Asked(who, rights_of(who), target.side.side == "a", target.person)
            wrong += await faults(door, operation, target, asked)
            if asked.is_own_side and who.role in ABOVE and TABLE[named(operation)](asked):
                above = replace(asked, who=ABOVE[who.role])
                wrong += await faults(door, operation, target, above)
    assert wrong == []


async def faults(door: Door, operation: Operation, target: Target, asked: Asked) -> list[str]:
    """What is wrong with the answer."""
    is_let_in = TABLE[named(operation)](asked)
    path, command = address(operation, target), command_for(operation, target)
    answer = await door.ask(asked.who, operation.method, path, command)
    said = f"{answer.status_code} {code_of(answer)}"
    about = f"{asked.who.name} about {target.person} of {target.side.side}: {said}"
    if answer.status_code >= 500:
        return [f"broken: {about}"]
    if is_let_in:
        is_wrong = is_refused(answer) and code_of(answer) in ABOUT_RIGHTS
        return [f"refused: {about}"] if is_wrong else []
    if not is_refused(answer):
        return [f"let in: {about}"]
    if asked.who.is_visitor and answer.status_code not in (401, 404):
        return [f"not asked to sign in: {about}"]
    return [] if asked.is_own_side else await tells(door, operation, asked, target, said)


async def tells(
    door: Door, operation: Operation, asked: Asked, target: Target, said: str
) -> list[str]:
    """What the answer about the other side's thing gives away: it is that about nothing at all.

    Asked by those whose role may see such a thing on their own side.
    """
    at_home = replace(asked, is_own_side=True)
    if (
        asked.who.role is None
        or not operation.path_parameters
        or not TABLE[named(operation)](at_home)
    ):
        return []
    query = address(operation, target).partition("?")
    path = operation.path
    for name in operation.path_parameters:
        path = path.replace(f"{{{name}}}", str(uuid4()))
    command = command_for(operation, target)
    nothing = await door.ask(asked.who, operation.method, path + query[1] + query[2], command)
    of_nothing = f"{nothing.status_code} {code_of(nothing)}"
    return [] if said == of_nothing else [f"{asked.who.name}: {said}, of nothing {of_nothing}"]
