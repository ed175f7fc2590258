"""Access tokens for machines: `POST /oauth/token` (RFC 6749 §4.4).

The one address that speaks as the standard of OAuth does and not as the rest of the interface: a
form comes in, and refusals are `{"error": …}` (§5.2), because programs bring ready-made clients.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api import messages
from api.layer.bodies import JSON_MEDIA_TYPE, read_body, require_media_type
from api.layer.language import language_of
from api.layer.problems import settings_of, status_of
from api.layer.refusals import BadRequest, MediaTypeRefused
from api.oauth.description import ERRORS, FORM_MEDIA_TYPE, GRANT_TYPE, OTHERWISE, PATH
from services import clock, tokens
from services.errors import ServiceError
from services.tokens import TokenAsked

BYTES_MAX: Final = 8 * 1024
FIELDS_MAX: Final = 20
NOT_KEPT: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class GrantTypeUnknown(BadRequest):
    code = "grant_type_unknown"


class TokenRequestMalformed(BadRequest):
    """A field is missing, comes twice, or the client is named twice."""

    code = "token_request_malformed"


@dataclass(frozen=True, slots=True)
class _Credentials:
    client_id: str
    client_secret: str


async def create_token(request: Request) -> Response:
    """A token for the client that the header or the form names."""
    try:
        asked = await _read(request)
        answer = await tokens.issue(asked, clock.now(), settings_of(request))
    except ServiceError as error:
        return _refusal(request, error)
    content = msgspec.json.encode(answer)
    return Response(content, headers=NOT_KEPT, media_type=JSON_MEDIA_TYPE)


async def _read(request: Request) -> TokenAsked:
    form = await _form(request)
    if "grant_type" not in form:
        raise TokenRequestMalformed(field="grant_type")
    if form["grant_type"] != GRANT_TYPE:
        raise GrantTypeUnknown
    credentials = _credentials(request, form)
    return TokenAsked(
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
        scope=form.get("scope", ""),
        resource=form.get("resource", ""),
    )


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of the form; one that comes twice is refused, as the standard asks."""
    require_media_type(request, (FORM_MEDIA_TYPE,))
    content = await read_body(request, BYTES_MAX)
    try:
        pairs = parse_qsl(
            content.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=FIELDS_MAX,
            errors="strict",
        )
    except ValueError as error:
        raise TokenRequestMalformed(field="–") from error
    form: dict[str, str] = {}
    for name, value in pairs:
        if name in form:
            raise TokenRequestMalformed(field=name[:60])
        form[name] = value
    return form


def _credentials(request: Request, form: Mapping[str, str]) -> _Credentials:
    """From the header (client_secret_basic) or the form (client_secret_post), not from both."""
    header = request.headers.get("authorization")
    if header is None:
        if "client_id" not in form:
            raise TokenRequestMalformed(field="client_id")
        return _Credentials(form["client_id"], form.get("client_secret", ""))
    if "client_secret" in form:
        raise TokenRequestMalformed(field="client_secret")
    scheme, _, encoded = header.strip().partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise tokens.ClientUnknown from error
    client_id, colon, secret = text.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise tokens.ClientUnknown
    # §2.3.1: both are form-encoded before they are put together.
    return _Credentials(unquote_plus(client_id), unquote_plus(secret))


def _refusal(request: Request, error: ServiceError) -> Response:
    said = messages.say(
        error.reason, error.parameters, language_of(request), settings_of(request).zone
    )
    words = {
        "error": ERRORS.get(error.reason, OTHERWISE),
        "error_description": said.detail,
        "code": error.reason,
    }
    # The standard's own answer to what it cannot read is 400, the media type included.
    status = 400 if isinstance(error, MediaTypeRefused) else status_of(error)
    response = Response(msgspec.json.encode(words), status, NOT_KEPT, JSON_MEDIA_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="mulin"'
    if status == 429:
        response.headers["Retry-After"] = str(int(tokens.FAILURES_WINDOW.total_seconds()))
    return response


routes: Final[list[BaseRoute]] = [Route(PATH, create_token, methods=["POST"])]
