"""Schemas in words: the type of a property, its bounds, and an example value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Any]
REFERENCE: Final = "#/components/schemas/"
DEPTH_MAX: Final = 4

_FORMATS: Final = {
    "uuid": "id",
    "date-time": "time",
    "date": "date",
    "binary": "file",
}
_BOUNDS: Final = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "≥ {} ch",
    "maxLength": "≤ {} ch",
}
_EXAMPLES: Final = {
    "uuid": "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c10",
    "date-time": "2026-11-28T09:00:00+08:00",
    "date": "2026-11-28",
    "binary": "",
}
_PLAIN: Final[Mapping[str, Any]] = {
    "string": "…",
    "integer": 1,
    "number": 0.5,
    "boolean": True,
    "null": None,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type in words, with the name of the schema that it refers to, if any."""

    words: str
    reference: str | None
    bounds: str


def kind_of(schema: Schema) -> Kind:
    """The type of a property or parameter in words."""
    schema = without_null(schema)
    return Kind(_words(schema), _reference(schema), _bounds(schema))


def without_null(schema: Schema) -> Schema:
    """The schema of the value where there is one."""
    others = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return {**schema, **others[0]} if len(others) == 1 else schema


def name_of(schema: Schema) -> str | None:
    """The component that this schema refers to."""
    reference = schema.get("$ref")
    return reference.removeprefix(REFERENCE) if isinstance(reference, str) else None


def example_of(schema: Schema, schemas: Mapping[str, Schema], depth: int = DEPTH_MAX) -> Any:
    """A value that the schema allows, deep enough to see its shape."""
    schema = without_null(schema)
    if name := name_of(schema):
        return example_of(schemas[name], schemas, depth - 1) if depth else {}
    for key in ("const", "enum", "examples"):
        if key in schema:
            return schema[key] if key == "const" else schema[key][0]
    if schema.get("type") == "object":
        return _object_example(schema, schemas, depth)
    if schema.get("type") == "array":
        return _array_example(schema, schemas, depth)
    if schema.get("format") in _EXAMPLES:
        return _EXAMPLES[schema["format"]]
    if "minimum" in schema:
        return schema["minimum"]
    return _PLAIN.get(schema.get("type", "null"))


def _object_example(schema: Schema, schemas: Mapping[str, Schema], depth: int) -> Any:
    if "properties" in schema:
        return {
            name: example_of(kind, schemas, depth) for name, kind in schema["properties"].items()
        }
    values = schema.get("additionalProperties")
    return {"…": example_of(values, schemas, depth)} if isinstance(values, Mapping) else {}


def _array_example(schema: Schema, schemas: Mapping[str, Schema], depth: int) -> Any:
    if "prefixItems" in schema:
        return [example_of(item, schemas, depth) for item in schema["prefixItems"]]
    return [example_of(schema["items"], schemas, depth)] if schema.get("items") else []


def _words(schema: Schema) -> str:
    if name := name_of(schema):
        return name
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_words(each) for each in schema["anyOf"]))
    kind = schema.get("type", "any")
    if kind == "array" and "prefixItems" in schema:
        return f"[{', '.join(_words(item) for item in schema['prefixItems'])}]"
    if kind == "array":
        return f"{_words(schema.get('items') or {})}[]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"{{name: {_words(schema['additionalProperties'])}}}"
    return _FORMATS.get(schema.get("format", ""), str(kind))


def _reference(schema: Schema) -> str | None:
    """The component behind this type, also where it is in a list or in a mapping."""
    for inner in (schema, schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, Mapping) and (name := name_of(inner)):
            return name
    return None


def _bounds(schema: Schema) -> str:
    return ", ".join(words.format(schema[key]) for key, words in _BOUNDS.items() if key in schema)
