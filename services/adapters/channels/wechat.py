"""WeChat 订阅通知 of a service account: each consent is good for one message.

`cgi-bin/message/subscribe/bizsend` sends; a message leads to a web page of ours. What happens
there (a consent, a delivery, a line that somebody writes to us) is pushed to us as XML in clear,
signed by SHA-1 over the token that both sides know, a time and a nonce.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import httpx2
import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from services.adapters.channels.protocol import (
    Answer,
    Fate,
    Inbound,
    NotDelivered,
    Outgoing,
    Receipt,
    ReceiptState,
    Refused,
    Unsure,
)

SECONDS_MAX = 10.0
TOKEN_GONE = frozenset({40001, 40014, 42001})
PASSING = frozenset({-1})
LIMITED = frozenset({45009, 45011, 45047})
LENGTHS: Mapping[str, int] = {"thing": 20, "phrase": 5, "name": 10, "character_string": 32}
"""What a field of a template takes, by the letters with which its name begins."""


class WechatAccount(msgspec.Struct, frozen=True, kw_only=True):
    """How we are known there. `endpoint` is https://api.weixin.qq.com; `page` is where a message
    leads that asks nothing."""

    endpoint: str
    app_id: str
    app_secret: str
    push_token: str
    page: str


class WechatTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template's id, and which fact stands in which of its fields."""

    id: str
    data: dict[str, str]


class Wechat:
    """Messages to one person each."""

    per_minute: int = 60_000
    is_own_pace: bool = False

    def __init__(
        self,
        account: WechatAccount,
        templates: Mapping[str, WechatTemplate],
        http: httpx2.AsyncClient,
    ) -> None:
        self._account = account
        self._templates = templates
        self._http = http
        self._token = ""

    async def send(self, message: Outgoing) -> str | None:
        template = self._templates.get(message.kind)
        if template is None:
            raise NotDelivered("no_template", is_final=True)
        body = {
            "touser": message.address,
            "template_id": template.id,
            "page": message.link or self._account.page,
            "data": {
                field: {"value": _fitting(field, message.facts.get(fact, "-"))}
                for field, fact in template.data.items()
            },
        }
        found = await self._send(body)
        if found["errcode"] in TOKEN_GONE:  # Somebody else took a new one: ours is void.
            self._token = ""
            found = await self._send(body)
        _refuse(found["errcode"])
        return str(found["msgid"]) if found.get("msgid") else None

    async def _send(self, body: Mapping[str, object]) -> dict[str, Any]:
        token = self._token or await self._new_token()
        path = "/cgi-bin/message/subscribe/bizsend"
        return await self._post(path, {"access_token": token}, body)

    async def _new_token(self) -> str:
        """A stable token: asking for it does not void another process's."""
        try:
            found = await self._post(
                "/cgi-bin/stable_token",
                {},
                {
                    "grant_type": "client_credential",
                    "appid": self._account.app_id,
                    "secret": self._account.app_secret,
                },
            )
        except Unsure as error:  # Nothing of the message has gone out yet.
            raise NotDelivered("away") from error
        if "access_token" not in found:
            raise NotDelivered(str(found["errcode"]), is_final=False)
        self._token = str(found["access_token"])
        return self._token

    async def _post(
        self, path: str, query: Mapping[str, str], body: Mapping[str, object]
    ) -> dict[str, Any]:
        try:
            answer = await self._http.post(
                self._account.endpoint + path,
                params=dict(query),
                content=json.dumps(body, ensure_ascii=False).encode(),
                headers={"content-type": "application/json"},
                timeout=SECONDS_MAX,
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise NotDelivered("away") from error
        except httpx2.HTTPError as error:
            raise Unsure from error
        try:
            found = answer.json()
        except ValueError as error:
            raise Unsure from error
        if not isinstance(found, dict):
            raise Unsure
        return {"errcode": 0, **found}

    async def find(self, message: Outgoing) -> Fate:
        """There is no way to ask."""
        return Fate.UNKNOWN

    def read(self, body: bytes, query: Mapping[str, str]) -> Inbound:
        """Consents come as answers with the template's id, deliveries as receipts."""
        refuse_unsigned(self._account.push_token, query)
        event = _event(body)
        kind = event.findtext("Event", "")
        if event.findtext("MsgType") == "text":
            return Inbound(answers=[_written(event)])
        if kind == "subscribe_msg_popup_event":
            return Inbound(consents=list(_consents(event)))
        if kind == "subscribe_msg_sent_event":
            return Inbound(receipts=[_receipt(each) for each in event.iter("List")])
        return Inbound()


def _event(body: bytes) -> Element:
    try:
        found: Element = fromstring(body.decode())
        return found
    except (ParseError, DefusedXmlException, UnicodeDecodeError) as error:
        raise Refused from error


def _written(event: Element) -> Answer:
    return Answer(
        reference=event.findtext("MsgId", ""),
        address=event.findtext("FromUserName", ""),
        text=event.findtext("Content", ""),
    )


def _consents(event: Element) -> Iterator[Answer]:
    who, when = event.findtext("FromUserName", ""), event.findtext("CreateTime", "")
    for number, each in enumerate(event.iter("List")):
        if each.findtext("SubscribeStatusString") == "accept":
            yield Answer(
                reference=f"{who}:{when}:{number}",
                address=who,
                text=each.findtext("TemplateId", ""),
            )


def _receipt(each: Element) -> Receipt:
    code = each.findtext("ErrorCode", "")
    return Receipt(
        state=ReceiptState.RECEIVED if code == "0" else ReceiptState.FAILED,
        reference=each.findtext("MsgID") or None,
        code=code,
    )


def _refuse(code: int) -> None:
    if code in LIMITED:
        raise NotDelivered(str(code), again_after=timedelta(hours=1))
    if code:
        raise NotDelivered(str(code), is_final=code not in PASSING | TOKEN_GONE)


def refuse_unsigned(token: str, query: Mapping[str, str]) -> None:
    """Raises Refused unless the query is signed with our token."""
    parts = sorted((token, query.get("timestamp", ""), query.get("nonce", "")))
    wanted = hashlib.sha1("".join(parts).encode()).hexdigest()
    if not token or not hmac.compare_digest(wanted, query.get("signature", "")):
        raise Refused


def _fitting(field: str, fact: str) -> str:
    letters = field.rstrip("0123456789")
    return fact[: LENGTHS.get(letters, 32)]
