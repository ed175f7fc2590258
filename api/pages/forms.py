"""Reading what a page's form sends."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.layer.bodies import read_body, require_media_type
from api.layer.refusals import BadRequest

FORM_BYTES_MAX: Final = 64 * 1024
FIELDS_MAX: Final = 100
FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of the form. Raises a ServiceError if unreadable.

    A form without fields may come without a body and without a media type.
    """
    content = await read_body(request, FORM_BYTES_MAX)
    if not content:
        return {}
    require_media_type(request, (FORM_MEDIA_TYPE,))
    try:
        pairs = parse_qsl(
            content.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=FIELDS_MAX,
            errors="strict",
        )
    except ValueError as error:
        raise BadRequest("not_utf8", byte=0) from error
    return dict(pairs)


def text_of(form: Mapping[str, str], name: str) -> str:
    """One field without spaces at its ends; empty if it was not sent."""
    return form.get(name, "").strip()
