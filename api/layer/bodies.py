"""Request bodies: read whole but never beyond a limit, and JSON that means one thing only."""

import json
from typing import Any, Final

from starlette.requests import Request

from api.layer.refusals import BadRequest, MediaTypeRefused
from services.errors import TooLarge

JSON_BYTES_MAX: Final = 1024 * 1024
DEPTH_MAX: Final = 32
WHOLE_MAX: Final = 2**53  # Beyond it a reader that keeps numbers as floats would change them.
JSON_MEDIA_TYPE: Final = "application/json"


async def read_body(request: Request, bytes_max: int) -> bytes:
    """The whole body. Raises TooLarge as soon as it is known to be longer than `bytes_max`."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > bytes_max:
        raise TooLarge(limit_bytes=bytes_max)
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > bytes_max:
            raise TooLarge(limit_bytes=bytes_max)
    return bytes(content)


def require_media_type(request: Request, allowed: tuple[str, ...]) -> str:
    """The media type of the body without parameters. Raises MediaTypeRefused unless allowed."""
    given, _, parameters = request.headers.get("content-type", "").partition(";")
    media_type = given.strip().lower()
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    other_charset = media_type == JSON_MEDIA_TYPE and charset not in ("", "utf-8", "utf8")
    if media_type not in allowed or other_charset:
        raise MediaTypeRefused(allowed=", ".join(allowed))
    return media_type


def read_json(content: bytes) -> Any:
    """The JSON value of the body; whole floats such as 12.0 come as integers.

    Raises BadRequest for what is not UTF-8, not JSON, nested beyond DEPTH_MAX, or an object that
    names a key twice (two readers would disagree which one counts).
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("not_utf8", byte=error.start) from error
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise BadRequest("not_json", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise BadRequest("json_too_deep", depth_max=DEPTH_MAX) from error
    except ValueError as error:  # An integer of more digits than Python converts.
        raise BadRequest("number_too_long") from error
    return _plain(value, DEPTH_MAX)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadRequest("duplicate_key", key=key[:80])
        found[key] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise BadRequest("not_finite", value=name)


def _plain(value: Any, depth: int) -> Any:
    """The value with whole floats as integers. Raises BadRequest where it is too deep."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= WHOLE_MAX else value
    if not isinstance(value, dict | list):
        return value
    if not depth:
        raise BadRequest("json_too_deep", depth_max=DEPTH_MAX)
    if isinstance(value, list):
        return [_plain(item, depth - 1) for item in value]
    return {key: _plain(item, depth - 1) for key, item in value.items()}
