"""From plain values to commands: every defect found, each with its place and a stable code."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from starlette.datastructures import QueryParams

from api.layer.bodies import WHOLE_MAX
from services.errors import Defect, Invalid, NotFound

T = TypeVar("T")
DEFECTS_MAX: Final = 100
_CANONICAL_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WHOLE = re.compile(r"-?[0-9]{1,16}")
_AT = re.compile(r"(?P<what>.*?)(?: - at `(?P<place>.*)`)?", re.DOTALL)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("unknown_key", re.compile(r"Object contains unknown field `(?P<key>.*)`", re.DOTALL)),
    ("missing_key", re.compile(r"Object missing required field `(?P<key>.*)`")),
    ("no_offset", re.compile(r"Expected `datetime` with a timezone component")),
    ("not_a_time", re.compile(r"Invalid RFC3339 encoded datetime")),
    ("not_a_date", re.compile(r"Invalid RFC3339 encoded date")),
    ("not_an_id", re.compile(r"Invalid UUID")),
    # What was sent is not said again: it may be a number that was typed into the wrong field.
    ("not_allowed", re.compile(r"Invalid enum value .*", re.DOTALL)),
    ("wrong_length", re.compile(r"Expected `\w+` of (?P<expected>length .*)")),
    ("too_small", re.compile(r"Expected `\w+` >=? (?P<least>\S+)")),
    ("too_big", re.compile(r"Expected `\w+` <=? (?P<most>\S+)")),
    ("wrong_format", re.compile(r"Expected `str` matching regex (?P<expected>.*)", re.DOTALL)),
    ("wrong_type", re.compile(r"Expected `(?P<expected>.*)`, got `(?P<found>.*)`")),
)


def read_command(tree: Any, kind: type[T]) -> T:
    """The value as a command of this kind. Raises Invalid with every defect found.

    Each field of the outermost object is looked at, so that a form can show all its errors.
    """
    defects = [*_unstorable(tree, "")]
    if not defects:
        try:
            return msgspec.convert(tree, kind)
        except msgspec.ValidationError as error:
            defects = [*_by_field(tree, kind)] or [_defect(error, "")]
    raise Invalid(defects[:DEFECTS_MAX])


def read_query(parameters: QueryParams, kind: type[T]) -> T:
    """The query as a command of this kind. Raises Invalid; a parameter given twice is refused."""
    texts = dict(parameters.items())
    defects = [*_unstorable(texts, "")]
    for name in texts:
        if len(parameters.getlist(name)) > 1:
            defects.append(Defect(name, "given_twice", parameters={"key": name}))
    if defects:
        raise Invalid(defects[:DEFECTS_MAX])
    return read_command(_typed(texts, kind), kind)


def _typed(texts: Mapping[str, str], kind: type[Any]) -> dict[str, object]:
    """The parameters with those that are to be numbers as numbers, and the others as they are.

    msgspec's own lax mode would also take `null` for nothing and `0.5` for a time.
    """
    typed: dict[str, object] = dict(texts)
    for field in msgspec.structs.fields(kind):
        text = texts.get(field.encode_name, "")
        if _WHOLE.fullmatch(text) and _takes_integers(msgspec.inspect.type_info(field.type)):
            typed[field.encode_name] = int(text)
    return typed


def _takes_integers(kind: msgspec.inspect.Type) -> bool:
    if isinstance(kind, msgspec.inspect.Metadata):
        return _takes_integers(kind.type)
    if isinstance(kind, msgspec.inspect.UnionType):
        return any(_takes_integers(each) for each in kind.types)
    return isinstance(kind, msgspec.inspect.IntType)


def read_id(text: str) -> UUID:
    """An id of a path. Raises NotFound: what is not an id names nothing."""
    if not _CANONICAL_ID.fullmatch(text):
        raise NotFound
    return UUID(text)


def _by_field(tree: Any, kind: type[Any]) -> Iterator[Defect]:
    """The first defect of each field of an object, in the order of the command."""
    if not isinstance(tree, Mapping):
        return
    fields = msgspec.structs.fields(kind)
    for field in fields:
        if field.encode_name not in tree:
            if field.required:
                parameters = {"key": field.encode_name}
                yield Defect(field.encode_name, "missing_key", parameters=parameters)
            continue
        try:
            msgspec.convert(tree[field.encode_name], field.type)
        except msgspec.ValidationError as error:
            yield _defect(error, field.encode_name)
    known = {field.encode_name for field in fields}
    for name in tree:
        if name not in known:
            yield Defect(name[:120], "unknown_key", parameters={"key": name[:120]})


def _defect(error: msgspec.ValidationError, within: str) -> Defect:
    """A defect from msgspec's words, such as "Expected `int` >= 1 - at `$.roles[0].minimum`"."""
    said = _AT.fullmatch(str(error))
    what = said["what"] if said else str(error)
    inner = (said["place"] or "$").removeprefix("$").replace("[...]", "") if said else ""
    place = f"{within}{inner}".removeprefix(".")
    for code, pattern in _KINDS:
        if found := pattern.fullmatch(what):
            parameters = found.groupdict()
            if code in ("unknown_key", "missing_key"):
                place = f"{place}.{parameters['key']}".removeprefix(".")
            return Defect(place, code, what, parameters)
    return Defect(place, "wrong_format", what, {"expected": what})


def _unstorable(value: Any, place: str) -> Iterator[Defect]:
    """What the database cannot keep: NUL and lone surrogates in texts, integers beyond 2**53."""
    if isinstance(value, str):
        if "\x00" in value:
            yield Defect(place, "nul")
        elif not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            yield Defect(place, "not_unicode")
    elif isinstance(value, int) and abs(value) > WHOLE_MAX:
        yield Defect(place, "too_big", parameters={"most": WHOLE_MAX})
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unstorable(item, f"{place}[{index}]")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unstorable(key, place)
            yield from _unstorable(item, f"{place}.{key}".removeprefix("."))
