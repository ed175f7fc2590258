"""Lists by cursor: a page says where the next one begins, and nothing shifts while one reads."""

import base64
import binascii
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from services.errors import Defect, Invalid

LIMIT_MAX = 200
CURSOR_LENGTH_MAX = 400

T = TypeVar("T")
K = TypeVar("K")


class PageQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many things a page holds, and after which one it begins."""

    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = 50
    after: Annotated[str, Meta(max_length=CURSOR_LENGTH_MAX)] | None = None


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some things in order, and the cursor of what follows; none on the last page."""

    items: list[T]
    next: str | None = None


def encode_cursor(key: object) -> str:
    """An opaque text for the sort key of the last thing on a page."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).rstrip(b"=").decode()


def decode_cursor(after: str, kind: type[K]) -> K:
    """The sort key that `encode_cursor` was given; raises Invalid for anything else."""
    try:
        raw = base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=kind)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise Invalid([Defect("after", "bad_cursor")]) from error


def page_of(items: list[T], keys: list[Any], limit: int) -> Page[T]:
    """A page of the first `limit` things, of which one more than `limit` were asked for."""
    more = len(items) > limit
    return Page(items=items[:limit], next=encode_cursor(keys[limit - 1]) if more else None)
