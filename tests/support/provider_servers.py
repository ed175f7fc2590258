"""Local servers in the place of the messaging providers. They refuse as the real ones do.

What each checks is what its provider publishes (docs/decisions/0036): the signature is worked out
here by itself, from what came over the wire.
"""

import asyncio
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.waiting import wait_until

KEY_ID, KEY_SECRET, SIGN_NAME = "LTAItest", "secret-of-test", "睦邻"
ROBOT_KEY, APP_ID, APP_SECRET = "robot-key", "wx-test", "wx-secret"
TEMPLATES = {
    "SMS_1": {"skill"},
    "SMS_2": {"project", "starts_at", "place", "deadline_at", "token"},
    "TTS_1": {"project"},
}
WECHAT_FIELDS = {"thing1": 20, "time2": 32}


@dataclass
class Providers:
    """What the servers were asked and what they took; `minute` is their own clock."""

    address: str = ""
    minute: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    permits: dict[str, int] = field(default_factory=dict)
    token: str = "token-1"
    token_calls: int = 0
    hold: threading.Event | None = None
    """When set: what is taken is taken, but the answer waits for this."""
    is_deaf: bool = False
    """While set: what is asked is heard, and lost."""
    heard: int = 0
    is_worn_out: bool = False
    """While set: WeChat has had as much as it takes of us."""

    def of_this_minute(self, **same: str) -> int:
        return sum(
            1
            for each in self.taken
            if each["minute"] == self.minute and same.items() <= each.items()
        )

    def refuse(self, code: str) -> JSONResponse:
        self.refused.append(code)
        return JSONResponse({"Code": code, "Message": "no", "RequestId": "r"}, 400)


def _app(state: Providers) -> Starlette:
    return Starlette(
        routes=[
            Route("/", partial(_aliyun, state), methods=["POST"]),
            Route("/cgi-bin/webhook/send", partial(_robot, state), methods=["POST"]),
            Route("/cgi-bin/stable_token", partial(_token, state), methods=["POST"]),
            Route("/cgi-bin/message/subscribe/bizsend", partial(_notice, state), methods=["POST"]),
        ]
    )


async def _aliyun(state: Providers, request: Request) -> Response:
    query, action = dict(request.query_params), request.headers["x-acs-action"]
    state.heard += 1
    if state.is_deaf and state.hold is not None:
        await _until(state.hold)
        return JSONResponse({"Code": "isp.SYSTEM_ERROR"}, 500)
    fault = _signature_fault(request, state)
    if fault is None and action == "QuerySendDetails":
        return _details(state, query)
    fault = fault or _fault(action, query, state)
    if fault is not None:
        return state.refuse(fault)
    number = query.get("PhoneNumbers") or query["CalledNumber"]
    reference = f"biz{len(state.taken)}"
    state.taken.append(
        {"action": action, "number": number, "minute": state.minute, "ref": reference, **query}
    )
    if state.hold is not None:
        await _until(state.hold)
    named = {"BizId": reference} if action == "SendSms" else {"CallId": reference}
    return JSONResponse({"Code": "OK", "Message": "OK", "RequestId": "r", **named})


async def _robot(state: Providers, request: Request) -> Response:
    words = (await request.json())["text"]["content"]
    if request.query_params.get("key") != ROBOT_KEY:
        return JSONResponse({"errcode": 93000, "errmsg": "invalid webhook url"})
    if len(words.encode()) > 2048:
        return JSONResponse({"errcode": 40058, "errmsg": "exceed max length 2048"})
    if state.of_this_minute(action="robot") >= 20:
        return JSONResponse({"errcode": 45009, "errmsg": "api freq out of limit"})
    state.taken.append({"action": "robot", "minute": state.minute, "words": words})
    return JSONResponse({"errcode": 0, "errmsg": "ok"})


async def _token(state: Providers, request: Request) -> Response:
    asked = await request.json()
    state.token_calls += 1
    if (asked["appid"], asked["secret"]) != (APP_ID, APP_SECRET):
        return JSONResponse({"errcode": 40125, "errmsg": "invalid appsecret"})
    return JSONResponse({"access_token": state.token, "expires_in": 7200})


async def _notice(state: Providers, request: Request) -> Response:
    asked = await request.json()
    return JSONResponse({"errcode": _wechat_code(request, asked, state), "errmsg": ""})


async def _until(event: threading.Event) -> None:
    await asyncio.to_thread(event.wait, 60)


def _wechat_code(request: Request, asked: dict[str, Any], state: Providers) -> int:
    if request.query_params.get("access_token") != state.token:
        return 40001
    if state.is_worn_out:
        return 45009
    if asked["template_id"] != "template-1":
        return 40037
    if not asked["touser"].startswith("o"):
        return 40003
    data = {name: each["value"] for name, each in asked["data"].items()}
    if set(data) != set(WECHAT_FIELDS):
        return 47003
    if any(not text or len(text) > WECHAT_FIELDS[name] for name, text in data.items()):
        return 47003
    if state.permits.get(asked["touser"], 0) < 1:
        return 43101
    state.permits[asked["touser"]] -= 1
    state.taken.append({"action": "wechat", "minute": state.minute, **asked})
    return 0


def _fault(action: str, query: dict[str, str], state: Providers) -> str | None:
    number = query.get("PhoneNumbers") or query.get("CalledNumber", "")
    template = query.get("TemplateCode") or query.get("StartCode", "")
    if not re.fullmatch(r"1[3-9]\d{9}", number):
        return "isv.MOBILE_NUMBER_ILLEGAL"
    if action == "SendSms" and query.get("SignName") != SIGN_NAME:
        return "isv.SMS_SIGNATURE_ILLEGAL"
    if template not in TEMPLATES:
        return "isv.SMS_TEMPLATE_ILLEGAL"
    try:
        facts = json.loads(query.get("TemplateParam") or query.get("StartTtsParams", ""))
    except ValueError:
        return "isv.INVALID_JSON_PARAM"
    if not all(isinstance(fact, str) for fact in facts.values()):
        return "isv.INVALID_JSON_PARAM"
    if not TEMPLATES[template] <= set(facts):
        return "isv.TEMPLATE_MISSING_PARAMETERS"
    if any(len(fact) > 35 for fact in facts.values()):
        return "isv.PARAM_LENGTH_LIMIT"
    if any("://" in fact for fact in facts.values()):
        return "isv.PARAM_NOT_SUPPORT_URL"
    if state.of_this_minute(action=action, number=number):
        return "isv.BUSINESS_LIMIT_CONTROL"
    return None


def _details(state: Providers, query: dict[str, str]) -> Response:
    found = [
        {"OutId": each["OutId"], "PhoneNum": each["number"], "SendStatus": 3}
        for each in state.taken
        if each.get("number") == query["PhoneNumber"]
    ]
    return JSONResponse(
        {"Code": "OK", "TotalCount": len(found), "SmsSendDetailDTOs": {"SmsSendDetailDTO": found}}
    )


def _signature_fault(request: Request, state: Providers) -> str | None:
    found = re.fullmatch(
        r"ACS3-HMAC-SHA256 Credential=(?P<id>\w+),SignedHeaders=(?P<names>[\w;-]+),"
        r"Signature=(?P<signature>[0-9a-f]{64})",
        request.headers.get("authorization", ""),
    )
    if found is None or found["id"] != KEY_ID:
        return "InvalidAccessKeyId.NotFound"
    nonce = request.headers["x-acs-signature-nonce"]
    if nonce in state.nonces:
        return "SignatureNonceUsed"
    state.nonces.add(nonce)
    pairs = sorted(request.query_params.multi_items())
    query = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in pairs)
    names = found["names"].split(";")
    needed = {"host"} | {name for name in request.headers if name.startswith("x-acs-")}
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    empty = hashlib.sha256(b"").hexdigest()
    canonical = f"POST\n/\n{query}\n{lines}\n{found['names']}\n{empty}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    stated = f"ACS3-HMAC-SHA256\n{digest}"
    right = hmac.new(KEY_SECRET.encode(), stated.encode(), hashlib.sha256).hexdigest()
    return None if needed <= set(names) and right == found["signature"] else "SignatureDoesNotMatch"


@contextmanager
def providers() -> Iterator[Providers]:
    """The servers, on a port of this machine, until the block ends."""
    state = Providers()
    server = uvicorn.Server(
        uvicorn.Config(_app(state), host="127.0.0.1", port=0, log_config=None, lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the servers of the providers")
    port = server.servers[0].sockets[0].getsockname()[1]
    state.address = f"http://127.0.0.1:{port}"
    try:
        yield state
    finally:
        if state.hold is not None:
            state.hold.set()
        server.should_exit = True
        thread.join(20)
