"""One decorator makes a route: what it reads, what it answers and what it may refuse.

The types of the handler's parameters are the contract. `call` is the request's surroundings;
`body` the JSON command (or `bytes` for a file); `query` the query's command; `if_match` the version
that an edit changes; every other parameter is an id named in the path. The result is the view.
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeVar, get_type_hints
from uuid import UUID

import msgspec
from starlette.requests import Request

from api.layer.bodies import JSON_BYTES_MAX, JSON_MEDIA_TYPE
from services.errors import NotSignedIn
from services.rights import Actor
from services.settings import Settings

PREFIX: Final = "/api/v1"
Method = Literal["GET", "POST", "PUT", "DELETE"]
Access = Literal["open", "signed_in"]
Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Words:
    """A short text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Call:
    """What surrounds a request: who asks, when, and the service's settings."""

    request: Request
    settings: Settings
    now: datetime
    visitor: Actor | None

    @property
    def actor(self) -> Actor:
        """Who is signed in. Raises NotSignedIn for a visitor."""
        if self.visitor is None:
            raise NotSignedIn
        return self.visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method on a path, with everything that its document says."""

    method: Method
    path: str
    tag: str
    handler: Handler
    summary: Words
    description: str
    status: int
    access: Access
    refuses: tuple[str, ...]
    path_parameters: tuple[str, ...]
    body: Any  # a Struct, `bytes`, or None
    media_types: tuple[str, ...]
    bytes_max: Callable[[Settings], int]
    query: Any  # a Struct, or None
    edits: bool
    result: Any  # a view, or None
    location: str | None

    @property
    def creates(self) -> bool:
        """Whether a repeat must not do it again: such a POST asks for an `Idempotency-Key`."""
        return self.method == "POST" and self.status in (201, 202) and self.access == "signed_in"

    @property
    def is_tagged(self) -> bool:
        """Whether the answer is one resource, which has an entity tag."""
        return "id" in getattr(self.result, "__struct_fields__", ())

    @property
    def name(self) -> str:
        """The operation's id in the document."""
        return self.handler.__name__


class Operations:
    """The operations of one resource, in the order they are written."""

    def __init__(self, tag: str, title: Words, prefix: str = PREFIX) -> None:
        self.tag = tag
        self.title = title
        self.prefix = prefix
        self.listed: list[Operation] = []

    def __call__(
        self,
        method: Method,
        path: str,
        summary: Words,
        *,
        status: int | None = None,
        access: Access = "signed_in",
        refuses: tuple[str, ...] = (),
        location: str | None = None,
        media_types: tuple[str, ...] = (JSON_MEDIA_TYPE,),
        bytes_max: Callable[[Settings], int] = lambda _: JSON_BYTES_MAX,
    ) -> Callable[[H], H]:
        """Make the handler an operation; `path` is below the prefix, ids in it as `{shift_id}`."""

        def keep(handler: H) -> H:
            hints = get_type_hints(handler, include_extras=True)
            result = hints.pop("return")
            names = tuple(re.findall(r"{(\w+)}", path))
            _check_parameters(handler, hints, names)
            self.listed.append(
                Operation(
                    method=method,
                    path=self.prefix + path,
                    tag=self.tag,
                    handler=handler,
                    summary=summary,
                    description=inspect.cleandoc(handler.__doc__ or ""),
                    status=status or (204 if result is type(None) else 200),
                    access=access,
                    refuses=refuses,
                    path_parameters=names,
                    body=hints.get("body"),
                    media_types=media_types,
                    bytes_max=bytes_max,
                    query=hints.get("query"),
                    edits="if_match" in hints,
                    result=None if result is type(None) else result,
                    location=self.prefix + location if location else None,
                )
            )
            return handler

        return keep


def _check_parameters(handler: Handler, hints: dict[str, Any], names: tuple[str, ...]) -> None:
    """Refuse, when the program starts, a handler whose parameters nobody would fill."""
    for name, kind in hints.items():
        known = {
            "call": kind is Call,
            "if_match": kind is str,
            "body": kind is bytes or _is_struct(kind),
            "query": _is_struct(kind),
        }
        if not known.get(name, name in names and kind is UUID):
            raise TypeError(f"{handler.__qualname__}: parameter {name} of type {kind}")
    if missing := set(names) - set(hints):
        raise TypeError(f"{handler.__qualname__}: the path names {sorted(missing)}")


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
