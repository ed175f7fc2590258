"""Every operation, asked by everybody for their own things, their neighbours' and the other side's.

What is expected comes from the table of needs and from `services.rights`, never from an answer.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import httpx2
import pytest

from api.layer.operations import PREFIX, Operation
from tests.rights.actors import ABOVE, ASKERS, Who
from tests.rights.asking import (
    BESIDE,
    NAMES,
    OPERATIONS,
    PERSONAL,
    Door,
    Target,
    command_for,
    filled,
    parameters_of,
)
from tests.rights.needs import Asked
from tests.rights.side import Side
from tests.rights.table import NAMED, TABLE

REFUSED = {401, 403, 404}
SLOW = {"PUT /account/password"}


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path.removeprefix(PREFIX)}"


def test_every_operation_has_a_line() -> None:
    assert {named(each) for each in OPERATIONS} == set(TABLE)
    assert set(NAMED) <= set(TABLE)


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
    for target in targets(operation, door.sides):
        for who in askers(operation, target):
            asked = Asked(who, target.side.side == "a", target.person)
            wrong += await faults(door, operation, target, asked)
            if asked.is_own_side and who.role in ABOVE and TABLE[named(operation)](asked):
                above = replace(asked, who=ABOVE[who.role])
                wrong += await faults(door, operation, target, above)
    assert wrong == []


def askers(operation: Operation, target: Target) -> list[Who]:
    """Everybody; where there is no door, or it takes a password's time, one with and one without a
    session. About somebody else of the same side those who are people, as for a role all of them
    are alike, and one who works there; on the other side no program that its own is shut to."""
    if operation.access != "signed_in" or named(operation) in SLOW:
        return [*ASKERS[:2]]
    if target.side.side == "a" and target.person == "kid":
        return [who for who in ASKERS if who.role in (None, "organiser", "people:read")]
    need = TABLE[named(operation)]
    at_home = {who for who in ASKERS if need(Asked(who, True, target.person))}
    return [
        who for who in ASKERS if target.side.side == "a" or not who.is_machine or who in at_home
    ]


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
    if changed := answer.extensions["changed"] - BESIDE:
        return [f"refused, but wrote into {sorted(changed)}: {about}"]
    if asked.who.is_visitor and answer.status_code not in (401, 404):
        return [f"not asked to sign in: {about}"]
    return [] if asked.is_own_side else await tells(door, operation, asked, target, said)


async def tells(
    door: Door, operation: Operation, asked: Asked, target: Target, said: str
) -> list[str]:
    """What the answer about the other side's thing gives away: it is that about nothing at all.

    Asked by those whose role may see such a thing on their own side, and by all who have none.
    """
    at_home = replace(asked, is_own_side=True)
    may_at_home = asked.who.role is None or TABLE[named(operation)](at_home)
    if not operation.path_parameters or not may_at_home:
        return []
    query = address(operation, target).partition("?")
    path = operation.path
    for name in operation.path_parameters:
        path = path.replace(f"{{{name}}}", str(uuid4()))
    command = command_for(operation, target)
    nothing = await door.ask(asked.who, operation.method, path + query[1] + query[2], command)
    of_nothing = f"{nothing.status_code} {code_of(nothing)}"
    return [] if said == of_nothing else [f"{asked.who.name}: {said}, of nothing {of_nothing}"]
