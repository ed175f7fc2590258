"""The OpenAPI 3.1 document, made from the operations and their types."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from api.layer.bodies import JSON_MEDIA_TYPE
from api.layer.examples import EXAMPLES
from api.layer.operations import Operation, Operations
from api.layer.problems import PROBLEM_MEDIA_TYPE, PROBLEMS_PATH, Problem
from api.layer.times import say_times
from api.sentences import SENTENCES
from api.sentences.forms import with_plain_facts
from services.transactions import CODES_BY_CLASS

Document = dict[str, Any]
TITLE: Final = "Mulin 睦邻"
REFERENCE: Final = "#/components/schemas/{name}"
# What the database refuses beyond all that the services look for.
BROKEN_CONSTRAINTS: Final = frozenset(CODES_BY_CLASS.values())
# A token that is not good is refused everywhere, also where none is needed.
TOKEN_CODES: Final = frozenset(
    {"token_refused", "token_expired", "token_audience", "client_revoked"}
)
INTRODUCTION: Final = """\
Volunteers, projects, shifts, planning rounds and offers.

Sign in with `POST /api/v1/sessions` and send the token as `Authorization: Bearer …`; programs get
theirs from `POST /oauth/token`.
Every POST that creates needs an `Idempotency-Key`; a repeat with the same key gets the first
answer. Edits need `If-Match` with the `ETag` that was read. Lists take `limit` and `after`, the
`next` of the page before.
Times are RFC 3339 with an offset. Refusals are RFC 9457 problems with a stable `code`."""


def document_of(groups: Sequence[Operations], version: str) -> Document:
    """The whole document."""
    operations = [operation for group in groups for operation in group.listed]
    types = _types(operations)
    references, schemas = msgspec.json.schema_components(types, ref_template=REFERENCE)
    # As JSON has it: a default that is a tuple is a list there.
    schemas = msgspec.json.decode(msgspec.json.encode(schemas))
    say_times(types, references, schemas)
    by_type = dict(zip(types, references, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, by_type, schemas
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": version, "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "tags": [
            {"name": name, "description": title.en, "x-title-zh": title.zh}
            for name, title in {group.tag: group.title for group in groups}.items()
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "mulin"},
            },
        },
    }


def codes_of(operation: Operation) -> list[str]:
    """Every code with which this operation may refuse, in the order of their statuses."""
    codes = {"internal", "unavailable", "invalid", *TOKEN_CODES, *operation.refuses}
    if operation.access == "signed_in":
        codes |= {"not_signed_in", "session_ended", "forbidden", "right_missing"}
    if operation.method != "GET":
        codes |= {"cross_site", *BROKEN_CONSTRAINTS}
    if operation.path_parameters or _names_something(operation):
        codes.add("not_found")
    if operation.creates:
        codes |= {"idempotency_key_missing", "idempotency_key_malformed"}
        codes |= {"key_reused", "still_running"}
    if operation.edits:
        codes |= {"if_match_missing", "changed_meanwhile"}
    if operation.body is not None:
        codes |= {"too_large", "media_type_refused"}
    if operation.body not in (None, bytes):
        codes |= {"not_json", "not_utf8", "not_finite", "number_too_long"}
        codes |= {"json_too_deep", "duplicate_key"}
    return sorted(codes, key=lambda code: (SENTENCES[code].status, code))


def _names_something(operation: Operation) -> bool:
    """Whether the body holds an id, of something that has to be there for whoever is signed in.

    An id in a query mostly chooses among what is listed; an operation that refuses it says so.
    """
    if operation.access == "open" or operation.body in (None, bytes):
        return False
    return b'"format":"uuid"' in msgspec.json.encode(msgspec.json.schema(operation.body))


def _types(operations: Iterable[Operation]) -> list[Any]:
    types: list[Any] = [Problem]
    for operation in operations:
        for kind in (operation.body, operation.query, operation.result):
            if kind not in (None, bytes) and kind not in types:
                types.append(kind)
    return types


def _operation(
    operation: Operation, by_type: dict[Any, Any], schemas: dict[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary.en,
        "x-summary-zh": operation.summary.zh,
        "description": operation.description,
        "parameters": _parameters(operation, schemas, by_type),
        "responses": {
            str(operation.status): _answer(operation, by_type),
            **({"304": {"description": "Unchanged"}} if _may_be_unchanged(operation) else {}),
            **_refusals(operation, by_type),
        },
        "security": [{"token": []}, {"cookie": []}],
    }
    if operation.access == "open":
        found["security"] = [{}, *found["security"]]
    if operation.body is not None:
        found["requestBody"] = {"required": True, "content": _content(operation, by_type)}
    return found


def _may_be_unchanged(operation: Operation) -> bool:
    return operation.method == "GET" and operation.is_tagged


def _content(operation: Operation, by_type: dict[Any, Any]) -> dict[str, Any]:
    if operation.body is bytes:
        binary = {"schema": {"type": "string", "format": "binary"}}
        return dict.fromkeys(operation.media_types, binary)
    schema = by_type[operation.body]
    name = operation.body.__name__  # That each has its example, a test sees to.
    example = {"example": EXAMPLES[name]} if name in EXAMPLES else {}
    return {JSON_MEDIA_TYPE: {"schema": schema, **example}}


def _parameters(
    operation: Operation, schemas: dict[str, Any], by_type: dict[Any, Any]
) -> list[dict[str, Any]]:
    found = [
        _parameter(name, "path", {"type": "string", "format": "uuid"}, required=True)
        for name in operation.path_parameters
    ]
    if operation.query is not None:
        # The query's Struct has a schema among the components; each property is a parameter.
        schema = schemas[by_type[operation.query]["$ref"].rpartition("/")[2]]
        required = schema.get("required", [])
        for name, kind in schema["properties"].items():
            found.append(_parameter(name, "query", _not_null(kind), required=name in required))
    if operation.creates:
        key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        found.append(_parameter("Idempotency-Key", "header", key, required=True))
    if operation.edits:
        found.append(_parameter("If-Match", "header", {"type": "string"}, required=True))
    if _may_be_unchanged(operation):
        found.append(_parameter("If-None-Match", "header", {"type": "string"}, required=False))
    return found


def _not_null(kind: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter: it is left out rather than null."""
    others = [each for each in kind.get("anyOf", []) if each != {"type": "null"}]
    if len(others) == 1:
        return {**others[0]}
    return {name: value for name, value in kind.items() if name != "default" or value is not None}


def _parameter(name: str, place: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    description = schema.get("description")
    found = {"name": name, "in": place, "required": required, "schema": schema}
    return {**found, "description": description} if description else found


def _answer(operation: Operation, by_type: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    headers: dict[str, Any] = {}
    text = {"schema": {"type": "string"}}
    if operation.location is not None:
        headers["Location"] = {"description": "Where it is", **text}
    if operation.is_tagged:
        headers["ETag"] = {"description": "The version, for If-Match and If-None-Match", **text}
    if headers:
        found["headers"] = headers
    if operation.result is not None:
        found["content"] = {JSON_MEDIA_TYPE: {"schema": by_type[operation.result]}}
    return found


def _refusals(operation: Operation, by_type: dict[Any, Any]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in codes_of(operation):
        by_status.setdefault(SENTENCES[code].status, []).append(code)
    return {
        str(status): {
            "description": "; ".join(SENTENCES[code].title_en for code in codes),
            "content": {
                PROBLEM_MEDIA_TYPE: {
                    "schema": by_type[Problem],
                    "examples": {code: {"value": _example(code)} for code in codes},
                }
            },
        }
        for status, codes in sorted(by_status.items())
    }


def _example(code: str) -> dict[str, Any]:
    sentence = SENTENCES[code]
    return {
        "type": f"{PROBLEMS_PATH}/{code}",
        "title": sentence.title_en,
        "status": sentence.status,
        "detail": with_plain_facts(sentence.detail_en),
        "code": code,
    }
