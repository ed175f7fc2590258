"""What providers push to us: receipts, answers by text and keypad, consents to messages.

`POST /push/{channel}/{secret}`. Where the provider signs nothing, the last part of the address is
all that proves it: it is in the settings and nowhere else, and no log has addresses.
"""

import hmac
from collections.abc import Mapping
from typing import Final

import httpx2
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from api.layer.bodies import read_body
from api.layer.problems import settings_of
from services import clock
from services.adapters.channels import protocol, wechat
from services.adapters.channels.protocol import Channel, Inbound
from services.errors import Forbidden
from services.notifications import answering, sending, wechat_linking
from services.notifications.channels import channels_of
from services.settings import Settings

BYTES_MAX: Final = 256 * 1024
TAKEN: Final = {"code": 0, "msg": "接收成功"}


async def take(request: Request) -> Response:
    """Every receipt and answer of one push. Pushed again, each counts once."""
    settings = settings_of(request)
    name, channel = _channel(request, settings)
    body = await read_body(request, BYTES_MAX)
    try:
        inbound = channel.read(body, request.query_params)
    except protocol.Refused as error:
        raise Forbidden("push_refused") from error
    await _act(name, inbound, settings)
    return PlainTextResponse("success") if name == "wechat" else JSONResponse(TAKEN)


async def prove(request: Request) -> Response:
    """The messaging app asks once whether this address is ours: it is told its own word back."""
    name, _ = _channel(request, settings_of(request))
    query: Mapping[str, str] = request.query_params
    try:
        wechat.refuse_unsigned(settings_of(request).wechat_push_token, query)
    except protocol.Refused as error:
        raise Forbidden("push_refused") from error
    if name != "wechat":
        raise Forbidden("push_refused")
    return PlainTextResponse(query.get("echostr", ""))


async def _act(name: str, inbound: Inbound, settings: Settings) -> None:
    now = clock.now()
    await sending.take_receipts(name, inbound.receipts, now)
    for consent in inbound.consents:
        await answering.take_permit(consent)
    for answer in inbound.answers:
        if name == "wechat":
            await wechat_linking.link(answer, now)
        else:
            await answering.take(name, answer, now, settings)


def _channel(request: Request, settings: Settings) -> tuple[str, Channel]:
    secret = request.path_params["secret"].encode()
    name = request.path_params["channel"]
    channels = _channels(request, settings)
    is_known = hmac.compare_digest(secret, settings.push_secret.encode())
    if not settings.push_secret or not is_known or name not in channels:
        raise Forbidden("push_refused")
    return name, channels[name]


def _channels(request: Request, settings: Settings) -> Mapping[str, Channel]:
    """Made once: reading what was pushed asks nobody, so this client is never connected."""
    state = request.app.state
    if not hasattr(state, "channels"):
        state.channels = channels_of(settings, httpx2.AsyncClient(trust_env=False))
    found: Mapping[str, Channel] = state.channels
    return found


PATH: Final = "/push/{channel}/{secret}"
routes = [Route(PATH, take, methods=["POST"]), Route(PATH, prove, methods=["GET"])]
