"""Every operation, asked by everybody for their own things, their neighbours' and the other side's.

What is expected comes from the table of needs and from `services.rights`, never from an answer.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
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
    *(Who(f"{role} above", role=role, at="district") for role in ROLES),
    *(Who(f"{role} next door", side="b", role=role, at="street") for role in ROLES),
    *(Who(scope, role=scope, at="street") for scope in SCOPES),
)
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
    if not parameters_of(operation.path) and operation.body is None:
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


# Refusals that say nothing about rights: the service goes on to look at what was asked.
NOT_ABOUT_RIGHTS = {
    "wrong_name_or_password",
    "totp_wrong",
    "code_wrong",
    "no_password",
    "vouched_by_organiser",
    "approval_needed",
    "sign_in_again",
    "guardian_consent_missing",
    "no_such_role",
}


def code_of(answer: httpx2.Response) -> str:
    if not answer.headers.get("content-type", "").endswith("json"):
        return ""
    found = json.loads(answer.text)
    return str(found.get("code", "")) if isinstance(found, dict) else ""


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
async def test_the_door_opens_for_whom_the_table_says(door: Door, operation: Operation) -> None:
    need = TABLE[named(operation)]
    wrong = []
    for target in targets(operation, door.sides):
        for who in ASKERS:
            asked = Asked(who, rights_of(who), who.side == target.side.side, target.person)
            path = address(operation, target)
            answer = await door.ask(who, operation.method, path, command_for(operation, target))
            said = f"{answer.status_code} {code_of(answer)}"
            about = f"{who.name} about {target.person} of {target.side.side}: {said}"
            if answer.status_code >= 500:
                wrong.append(f"broken: {about}")
            elif need(asked):
                if is_refused(answer) and code_of(answer) not in NOT_ABOUT_RIGHTS:
                    wrong.append(f"refused: {about}")
            elif not is_refused(answer):
                wrong.append(f"let in: {about}")
            elif who.is_visitor:
                assert answer.status_code in (401, 404), about
    assert wrong == []


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.path_parameters], ids=named
)
async def test_what_is_out_of_sight_looks_like_what_is_not_there(
    door: Door, operation: Operation
) -> None:
    """The answer about the other side's thing is the answer about nothing at all, to the letter."""
    theirs, wrong = Target(door.sides["b"]), []
    for who in ASKERS:
        if who.side == "b" or TABLE[named(operation)](Asked(who, rights_of(who), False, "ada")):
            continue
        command = command_for(operation, theirs)
        real = await door.ask(who, operation.method, address(operation, theirs), command)
        nothing = operation.path
        for name in operation.path_parameters:
            nothing = nothing.replace(f"{{{name}}}", str(uuid4()))
        query = address(operation, theirs).partition("?")
        unreal = await door.ask(who, operation.method, nothing + query[1] + query[2], command)
        if (real.status_code, code_of(real)) != (unreal.status_code, code_of(unreal)):
            wrong.append(f"{who.name}: {real.status_code} {code_of(real)}, of nothing "
                         f"{unreal.status_code} {code_of(unreal)}")  # fmt: skip
    assert wrong == []
