"""The OpenAPI document is valid, complete, and says what the code says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from starlette.routing import Route

import api.routes
import services
from api.layer.dispatch import routes_of
from api.layer.examples import EXAMPLES
from api.layer.openapi import codes_of
from api.layer.operations import Operation, Words
from api.routes import GROUPS
from api.sentences import DEFECTS, SENTENCES
from services.imports.sentences import SENTENCES as IMPORT_SENTENCES
from tests.api.support import Client, document

OPERATIONS = [operation for group in GROUPS for operation in group.listed]
SERVICES = Path(services.__file__).parent
CODE_CLASSES = {"Conflict", "Forbidden", "NotFound", "NotSignedIn", "ServiceError", "BadRequest"}


def test_document_is_valid_openapi() -> None:
    OPENAPI_31_VALIDATOR.validate(document())


def test_every_schema_is_valid_json_schema() -> None:
    for schema in document()["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": DRAFT, **schema})


def test_every_time_says_how_it_is_written() -> None:
    """Also where it may be missing, in a list, or in a part of something else."""
    seen = 0
    for name, schema in document()["components"]["schemas"].items():
        for key, kind in schema.get("properties", {}).items():
            if key.endswith(("_at", "_until")):
                assert '"format":"date-time"' in msgspec.json.encode(kind).decode(), (name, key)
                seen += 1
    assert seen > 150


DRAFT = "https://json-schema.org/draft/2020-12/schema"


def test_every_route_is_in_the_document_and_the_other_way_round() -> None:
    routed = {
        (route.path, method.lower())
        for route in routes_of(GROUPS)
        for method in getattr(route.endpoint, "methods", {})
    }
    described = {
        (path, method) for path, methods in document()["paths"].items() for method in methods
    }
    assert routed | {("/oauth/token", "post")} == described
    assert all(isinstance(route, Route) for route in routes_of(GROUPS))


def test_every_module_of_routes_is_served() -> None:
    folder = Path(api.routes.__file__).parent
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    assert len(modules) == len(GROUPS)


def test_operation_names_are_unique() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_operation_is_told_in_both_languages(operation: Operation) -> None:
    assert operation.description
    assert isinstance(operation.summary, Words)
    assert re.search(r"[\u4e00-\u9fff]", operation.summary.zh)
    assert operation.summary.en.isascii()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_command_has_an_example_that_is_one(operation: Operation) -> None:
    if operation.body in (None, bytes):
        return
    msgspec.convert(EXAMPLES[operation.body.__name__], operation.body)


def test_every_code_of_an_operation_has_a_sentence() -> None:
    for operation in OPERATIONS:
        assert set(codes_of(operation)) <= set(SENTENCES)


def test_every_code_in_the_services_has_a_sentence() -> None:
    missing = {code: file for code, file in _codes_of_services() if code not in SENTENCES}
    assert missing == {}


def test_every_defect_in_the_services_has_a_sentence() -> None:
    known = {*DEFECTS, *IMPORT_SENTENCES}
    missing = {code: file for code, file in _defects_of_services() if code not in known}
    assert missing == {}


@pytest.mark.parametrize("code", SENTENCES)
def test_sentence_names_the_same_facts_in_both_languages(code: str) -> None:
    sentence = SENTENCES[code]
    in_zh, in_en = (set(re.findall(r"{(\w+)(?::[^}]*)?}", text)) for text in sentence[3:])
    assert in_zh == in_en
    assert re.search(r"[\u4e00-\u9fff]", sentence.title_zh)
    assert 400 <= sentence.status < 600


def _codes_of_services() -> Iterator[tuple[str, str]]:
    """The literal codes of every refusal raised in services, and of the tables of codes."""
    for file, node in _nodes():
        if isinstance(node, ast.Call) and _name(node.func) in CODE_CLASSES:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value), file
        if isinstance(node, ast.AnnAssign) and _name(node.target) in ("CODES", "CODES_BY_CLASS"):
            assert isinstance(node.value, ast.Dict)
            for value in node.value.values:
                assert isinstance(value, ast.Constant)
                yield str(value.value), file
        if isinstance(node, ast.ClassDef) and node.name == "Refusal":
            for statement in node.body:
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
                    yield str(statement.value.value), file


def _defects_of_services() -> Iterator[tuple[str, str]]:
    for file, node in _nodes():
        if isinstance(node, ast.Call) and _name(node.func) == "Defect" and len(node.args) > 1:
            for value in ast.walk(node.args[1]):
                if isinstance(value, ast.Constant):
                    yield str(value.value), file


def _nodes() -> Iterator[tuple[str, ast.AST]]:
    for file in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            yield str(file.relative_to(SERVICES)), node


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


async def test_document_is_served_and_can_be_kept(client: Client) -> None:
    first = await client.http.get("/api/openapi.json")
    again = await client.http.get(
        "/api/openapi.json", headers={"If-None-Match": first.headers["etag"]}
    )

    assert first.json() == document()
    assert again.status_code == 304
    assert not again.content
