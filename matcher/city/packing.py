"""A part and its plan as bytes, for whoever solves it elsewhere.

What no solver needs does not travel: ids, projects and reasons become row numbers, and the names of
skills, groups and causes how many there are. Nobody can read from a part who somebody is.
"""

import io
import zipfile
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

import numpy as np

from matcher.city.arrays import Array
from matcher.city.part import PartPlan
from matcher.tables.tables import Ids, Tables

T = TypeVar("T", Tables, PartPlan)


def pack(value: Tables | PartPlan) -> bytes:
    """The columns, compressed."""
    held: dict[str, Array] = {}
    _put(held, "", value)
    into = io.BytesIO()
    np.savez_compressed(into, allow_pickle=False, **held)
    return into.getvalue()


def unpack(kind: type[T], data: bytes) -> T:
    """What was packed, with row numbers for names. Raises ValueError if it is not that."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            found: T = _get(held, "", kind)
            return found
    except (KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError("not a packed part") from error


def _put(held: dict[str, Array], path: str, value: Any) -> None:
    if is_dataclass(value):
        for field in fields(value):
            _put(held, f"{path}.{field.name}" if path else field.name, getattr(value, field.name))
        return
    column = np.asarray(value)
    is_named = isinstance(value, tuple) or column.dtype == np.object_
    held[path] = np.array([len(value)]) if is_named else column


def _get(held: Any, path: str, kind: Any) -> Any:
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        inside = {
            name: _get(held, f"{path}.{name}" if path else name, hint)
            for name, hint in hints.items()
        }
        return kind(**inside) if isinstance(kind, type) else None
    found = held[path]
    if kind is int:
        return int(found)
    if kind == Ids:
        return np.arange(int(found[0])).astype(np.object_)
    if found.ndim and getattr(kind, "__origin__", None) is tuple:
        return tuple(str(number) for number in range(int(found[0])))
    return found
