"""The OpenAPI document as a reader meets it: by resource, then by operation, then the schemas that
these speak of."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from markupsafe import Markup, escape

from api.documentation.kinds import REFERENCE, Kind, Schema, example_of, kind_of, name_of
from api.layer.language import Language

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a schema, or a parameter of an operation."""

    name: str
    kind: Kind
    is_required: bool
    default: str
    description: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers: with a status, headers, and perhaps a schema's value."""

    status: int
    phrase: str
    headers: tuple[str, ...]
    kind: Kind | None
    example: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    description: Markup
    is_open: bool
    parameters: tuple[Property, ...]
    media_types: tuple[str, ...]
    body: Kind | None
    body_example: str
    answers: tuple[Answer, ...]
    refusals: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class SchemaView:
    """One schema with its properties, or the values that it has to be one of."""

    name: str
    description: Markup
    properties: tuple[Property, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The operations of one resource, with every schema that they speak of, by name."""

    tag: str
    title: str
    operations: tuple[OperationView, ...]
    schemas: tuple[SchemaView, ...]


def sections_of(document: Document, language: Language) -> list[Section]:
    """Every operation under its resource, with the summaries in the reader's language."""
    return [_section(tag, document, language) for tag in document["tags"]]


def _section(tag: Mapping[str, Any], document: Document, language: Language) -> Section:
    mine = [each for each in _operations(document) if tag["name"] in each[2]["tags"]]
    return Section(
        tag["name"],
        tag["x-title-zh"] if language == "zh" else tag["description"],
        tuple(
            _operation(method, path, operation, document, language)
            for method, path, operation in mine
        ),
        tuple(_schemas([operation for _, _, operation in mine], document)),
    )


def _schemas(operations: Sequence[Mapping[str, Any]], document: Document) -> Iterator[SchemaView]:
    """Every schema named by these operations, or by one that is, by name."""
    schemas = document["components"]["schemas"]
    known: set[str] = set()
    open_ones = set(_named(operations))
    while open_ones:
        known |= open_ones
        open_ones = {name for each in open_ones for name in _named(schemas[each])} - known
    for name in sorted(known):
        schema = schemas[name]
        yield SchemaView(
            name,
            _prose(schema.get("description", "")),
            tuple(_properties(schema)),
            tuple(str(value) for value in schema.get("enum", ())),
        )


def _named(value: Any) -> Iterator[str]:
    """The names of the schemas that are referred to anywhere in this."""
    if isinstance(value, Mapping):
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.startswith(REFERENCE):
            yield reference.removeprefix(REFERENCE)
        for each in value.values():
            yield from _named(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _named(each)


def _prose(text: str) -> Markup:
    """A description as it is read: lines run on within a paragraph, names are set as code."""
    running = re.sub(r"(?<!\n)\n(?!\n)", " ", text.strip())
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(running))))


def _operations(document: Document) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _operation(
    method: str, path: str, operation: Mapping[str, Any], document: Document, language: Language
) -> OperationView:
    schemas = document["components"]["schemas"]
    content = operation.get("requestBody", {}).get("content", {})
    media: Schema = next(iter(content.values()), {})
    answers = [_answer(status, each, schemas) for status, each in operation["responses"].items()]
    return OperationView(
        name=operation["operationId"],
        method=method,
        path=path,
        summary=operation["x-summary-zh"] if language == "zh" else operation["summary"],
        description=_prose(operation["description"]),
        is_open={} in operation["security"],
        parameters=tuple(_parameter(each) for each in operation["parameters"]),
        media_types=tuple(content),
        body=kind_of(media["schema"]) if "schema" in media else None,
        body_example=_json(media["example"]) if "example" in media else "",
        answers=tuple(answer for answer in answers if answer.status < 400),
        refusals=tuple(answer for answer in answers if answer.status >= 400),
    )


def _parameter(parameter: Mapping[str, Any]) -> Property:
    schema = parameter["schema"]
    return Property(
        name=parameter["name"],
        kind=kind_of(schema),
        is_required=parameter["required"],
        default=_default(schema),
        description=parameter.get("description", ""),
        place=parameter["in"],
    )


def _properties(schema: Schema) -> Iterator[Property]:
    required = schema.get("required", ())
    for name, kind in schema.get("properties", {}).items():
        yield Property(
            name=name,
            kind=kind_of(kind),
            is_required=name in required,
            default=_default(kind),
            description=kind.get("description", ""),
        )


def _default(schema: Schema) -> str:
    value = schema.get("default")
    return "" if value in (None, "", [], {}) else json.dumps(value, ensure_ascii=False)


def _answer(status: str, answer: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Answer:
    media: Schema = next(iter(answer.get("content", {}).values()), {})
    schema = media.get("schema")
    is_refusal = int(status) >= 400
    example = _json(example_of(schema, schemas)) if schema and not is_refusal else ""
    return Answer(
        status=int(status),
        phrase=HTTPStatus(int(status)).phrase,
        headers=tuple(answer.get("headers", {})),
        kind=kind_of(schema) if schema and name_of(schema) else None,
        example=example,
        codes=tuple(media.get("examples", {})) if is_refusal else (),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
