"""Times in the schemas of the interface.

The library that makes the schemas says `format: date-time` only of a time whose type demands an
offset, as those do that are read; those that are written all have one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import inspect

Schema = dict[str, Any]


def say_times(types: Iterable[Any], references: Iterable[Schema], schemas: Schema) -> None:
    """Write the format of every time into these schemas, wherever one of these types has it."""
    seen: set[str] = set()
    pairs = zip(inspect.multi_type_info(types), references, strict=True)
    left: list[tuple[inspect.Type, Schema]] = list(pairs)
    while left:
        kind, schema = left.pop()
        name = schema.get("$ref", "").rpartition("/")[2]
        if name in seen:
            continue
        if name:
            seen.add(name)
        left += _step(kind, schemas[name] if name else schema)


def _step(kind: inspect.Type, schema: Schema) -> Iterator[tuple[inspect.Type, Schema]]:
    """What lies within this type, each beside its schema."""
    match kind:
        case inspect.DateTimeType():
            schema["format"] = "date-time"
        case inspect.Metadata():
            yield kind.type, schema
        case inspect.StructType():
            # One that is sent as a list has no names; none of ours holds a time.
            properties = schema.get("properties", {})
            yield from (
                (field.type, properties[field.encode_name])
                for field in kind.fields
                if field.encode_name in properties
            )
        case inspect.DictType():
            if isinstance(values := schema.get("additionalProperties"), dict):
                yield kind.value_type, values
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType():
            if isinstance(items := schema.get("items"), dict):
                yield kind.item_type, items
        case inspect.TupleType():
            yield from zip(kind.item_types, schema.get("prefixItems", ()), strict=False)
        case inspect.UnionType():
            yield from _alternatives(kind, schema)


def _alternatives(kind: inspect.UnionType, schema: Schema) -> Iterator[tuple[inspect.Type, Schema]]:
    """The schemas of a union stand in the order of its types, those of structs after the others;
    several structs are one union within it. Null is the last and holds no time."""
    plain = [
        each
        for each in kind.types
        if not isinstance(_bare(each), inspect.StructType | inspect.NoneType)
    ]
    structs = [each for each in kind.types if isinstance(_bare(each), inspect.StructType)]
    options = schema["anyOf"]
    yield from zip(plain, options, strict=False)
    if structs:
        rest = options[len(plain)]
        yield from zip(structs, rest.get("anyOf", [rest]), strict=True)


def _bare(kind: inspect.Type) -> inspect.Type:
    return kind.type if isinstance(kind, inspect.Metadata) else kind
