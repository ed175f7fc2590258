"""Views as JSON answers: times in the service's offset, entity tags, links to what follows."""

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import Response

from api.layer.bodies import JSON_MEDIA_TYPE


def encode(view: object, zone: timezone) -> bytes:
    """The view as JSON, each time as RFC 3339 with the service's offset."""
    return msgspec.json.encode(plain(view, zone))


def plain(view: object, zone: timezone) -> Any:
    """The view as mappings, lists and plain values, each time in the service's zone."""
    return _in_zone(msgspec.to_builtins(view, builtin_types=(datetime,)), zone)


def json_response(
    view: object, zone: timezone, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with the view as its body; no body where the view is None."""
    if view is None:
        return Response(status_code=status, headers=headers)
    return Response(encode(view, zone), status, headers=headers, media_type=JSON_MEDIA_TYPE)


def is_unchanged(request: Request, etag: str) -> bool:
    """Whether the reader already has this version (`If-None-Match`, compared weakly)."""
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def location_of(template: str, view: object, path_parameters: Mapping[str, Any]) -> str:
    """The address of what was made, from a template such as `/api/v1/shifts/{id}`."""
    values = {name: quote(str(value), safe="") for name, value in path_parameters.items()}
    return template.format(id=quote(str(getattr(view, "id", "")), safe=""), **values)


def next_link(url: URL, after: str) -> str:
    """The `Link` header of a page that is not the last: the same query, after its last line."""
    query = [(name, value) for name, value in parse_qsl(url.query) if name != "after"]
    return f'<{url.path}?{urlencode([*query, ("after", after)])}>; rel="next"'


def _in_zone(value: Any, zone: timezone) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone)
    if isinstance(value, dict):
        return {key: _in_zone(item, zone) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_in_zone(item, zone) for item in value]
    return value
