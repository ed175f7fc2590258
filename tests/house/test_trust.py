"""Rules of trust that hold for every service, table and word."""

import ast
import re
from collections.abc import Iterator

import pytest

from api.sentences.audit import ACT_WORDS
from api.sentences.rights import APPROVAL_KINDS, APPROVAL_WORDS, RIGHT_WORDS, ROLE_ABOUT, ROLE_WORDS
from models.core import ApprovalKind, ApprovalState
from services.audit import Act
from services.rights import MATRIX, SCOPES, Right, RoleName
from services.roles import GIVES, THREE
from tests.house import rights as rights_document
from tests.house.files import CHECKOUT

SERVICES = CHECKOUT / "services"
# They answer questions of the scope itself, or are for the refusal, whose scope has been left.
OUTSIDE_THE_RULE = ("services.rights", "services.denials")
DOORS = [file for door in ("api", "jobs", "cli") for file in (CHECKOUT / door).rglob("*.py")]


def _functions() -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """Every public asynchronous function of the services, by its full name."""
    for path in sorted(SERVICES.rglob("*.py")):
        module = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
                yield f"{module}.{node.name}", node


def _takes_actor_first(function: ast.AsyncFunctionDef) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args]
    return bool(arguments) and arguments[0].arg == "actor"


def _decorators(function: ast.AsyncFunctionDef) -> set[str]:
    return {ast.unparse(each).rpartition(".")[2] for each in function.decorator_list}


def test_whoever_acts_for_an_actor_enters_their_scope() -> None:
    """A service that forgets it would see only what is published.

    What no door calls is a part of a service that has entered the scope already.
    """
    called = "\n".join(file.read_text(encoding="utf-8") for file in DOORS)
    bare = [
        name
        for name, function in _functions()
        if _takes_actor_first(function)
        and not _decorators(function) & {"acting", "acting_for_anybody"}
        and name.rpartition(".")[0] not in OUTSIDE_THE_RULE
        and re.search(rf"\.{function.name}\b", called)
    ]
    assert bare == []


@pytest.mark.parametrize("act", list(Act))
def test_every_act_is_written_somewhere(act: Act) -> None:
    pattern = re.compile(rf"\bAct\.{act.name}\b")
    files = [*SERVICES.rglob("*.py"), *(CHECKOUT / "cli").rglob("*.py")]
    assert any(pattern.search(file.read_text(encoding="utf-8")) for file in files)


def test_every_role_right_act_and_kind_has_its_words() -> None:
    assert set(ROLE_WORDS) == set(ROLE_ABOUT) == set(RoleName) == set(MATRIX)
    assert set(RIGHT_WORDS) == set(Right)
    assert set(ACT_WORDS) == set(Act)
    assert set(APPROVAL_KINDS) == {kind.value for kind in ApprovalKind}
    assert set(APPROVAL_WORDS) == {state.value for state in ApprovalState}


def test_every_right_is_somebodys() -> None:
    assert set().union(*MATRIX.values()) == set(Right)
    assert set().union(*SCOPES.values()) <= set(Right)


def test_the_three_are_kept_apart_in_what_they_may() -> None:
    """Who gives rights or keeps the system reads no log, and who watches changes nothing."""
    system, security, watch = (MATRIX[role] for role in (
        RoleName.SYSTEM_ADMINISTRATOR,
        RoleName.SECURITY_ADMINISTRATOR,
        RoleName.AUDIT_ADMINISTRATOR,
    ))  # fmt: skip
    assert not {Right.SEE_AUDIT} & (system | security | MATRIX[RoleName.NODE_ADMINISTRATOR])
    assert not {Right.GRANT_ROLES, Right.APPROVE_ROLES} & (system | watch)
    assert all(right.value.startswith("see_") for right in watch)
    assert not THREE & GIVES[RoleName.NODE_ADMINISTRATOR]


def test_whoever_gives_a_role_may_ask_and_approve() -> None:
    for giver in GIVES:
        assert {Right.GRANT_ROLES, Right.APPROVE_ROLES} <= MATRIX[giver]
    givers = {role for role, held in MATRIX.items() if Right.GRANT_ROLES in held}
    assert givers == set(GIVES)


def test_the_document_says_what_the_table_says() -> None:
    written = rights_document.FILE.read_text(encoding="utf-8")
    assert written == rights_document.document(), "run: python -m tests.house.rights"
