"""Short messages and calls by Alibaba Cloud: dysmsapi and dyvmsapi, both of 2017-05-25.

Signed by ACS3-HMAC-SHA256. The provider knows no idempotency, so nothing is ever repeated whose
answer was lost before `find` has asked for it. Forms and limits: docs/decisions/0036.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import msgspec

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
FACT_LENGTH_MAX = 35
CHINA = timezone(timedelta(hours=8))
EMPTY = hashlib.sha256(b"").hexdigest()
LIMITED: Mapping[str, timedelta] = {
    "isv.BUSINESS_LIMIT_CONTROL": timedelta(minutes=1),
    "isv.DAY_LIMIT_CONTROL": timedelta(hours=12),
    "isv.MONTH_LIMIT_CONTROL": timedelta(days=1),
    "Throttling.User": timedelta(seconds=2),
    "Throttling": timedelta(seconds=2),
}
"""Refusals that end by themselves, and when."""
PASSING = frozenset({"isp.SYSTEM_ERROR", "isp.RAM_PERMISSION_DENY", "ServiceUnavailable"})


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """How we are known to the provider. `endpoint` is its address, e.g. https://dysmsapi.aliyuncs.com."""

    endpoint: str
    key_id: str
    key_secret: str
    sign_name: str = ""
    shown_number: str = ""


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider's code for each language of a kind; its variables are the facts' names."""

    zh: str
    en: str | None = None


class _Caller:
    """One signed operation after another."""

    per_minute: int = 60_000  # 1000 a second
    is_own_pace: bool = False

    def __init__(
        self, account: Account, templates: Mapping[str, Template], http: httpx2.AsyncClient
    ) -> None:
        self._account = account
        self._templates = templates
        self._http = http

    async def _call(self, action: str, **fields: str) -> dict[str, Any]:
        """The provider's answer. Raises NotDelivered where it certainly did nothing."""
        query = canonical_query(fields)
        headers = signed_headers(self._account, action, query, datetime.now(UTC))
        try:
            answer = await self._http.post(
                f"{self._account.endpoint}/?{query}", headers=headers, timeout=SECONDS_MAX
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise NotDelivered("away") from error
        except httpx2.HTTPError as error:
            raise Unsure from error
        return _opened(answer)

    def _template(self, message: Outgoing) -> str:
        template = self._templates.get(message.kind)
        if template is None:
            raise NotDelivered("no_template", is_final=True)
        code = template.en if message.language == "en" else template.zh
        return code or template.zh

    def _facts(self, message: Outgoing) -> str:
        """Every value is a text of at most 35 characters; addresses are none of them, so of a link
        only its last part is a variable."""
        facts = {name: fact[:FACT_LENGTH_MAX] for name, fact in message.facts.items()}
        if message.token is not None:
            facts["token"] = message.token
        return json.dumps(facts, ensure_ascii=False)


class AliyunSms(_Caller):
    """Two-way short messages."""

    async def send(self, message: Outgoing) -> str | None:
        found = await self._call(
            "SendSms",
            PhoneNumbers=_national(message.address),
            SignName=self._account.sign_name,
            TemplateCode=self._template(message),
            TemplateParam=self._facts(message),
            OutId=message.key,
        )
        _refuse(found)
        return str(found["BizId"])

    async def find(self, message: Outgoing) -> Fate:
        """By the number, on the day of the first try: each detail bears our key."""
        found = await self._call(
            "QuerySendDetails",
            PhoneNumber=_national(message.address),
            SendDate=message.first_tried_at.astimezone(CHINA).strftime("%Y%m%d"),
            PageSize="50",
            CurrentPage="1",
        )
        if found.get("Code") != "OK":
            return Fate.UNKNOWN
        details = found.get("SmsSendDetailDTOs", {}).get("SmsSendDetailDTO", [])
        if any(each.get("OutId") == message.key for each in details):
            return Fate.SENT
        is_all = int(found.get("TotalCount", 0)) <= len(details)
        return Fate.NOT_SENT if is_all else Fate.UNKNOWN

    def read(self, body: bytes, query: Mapping[str, str]) -> Inbound:
        """SmsReport and SmsUp, as they are pushed in batches."""
        receipts, answers = [], []
        for line in _lines(body):
            if "success" in line:
                receipts.append(
                    Receipt(
                        state=ReceiptState.RECEIVED if line["success"] else ReceiptState.FAILED,
                        key=str(line.get("out_id") or "") or None,
                        reference=str(line.get("biz_id") or "") or None,
                        code=str(line.get("err_code", "")),
                    )
                )
            elif "content" in line and "sequence_id" in line:
                answers.append(
                    Answer(
                        reference=str(line["sequence_id"]),
                        address=str(line.get("phone_number", "")),
                        text=str(line["content"]),
                    )
                )
            else:
                raise Refused
        return Inbound(receipts=receipts, answers=answers)


class AliyunVoice(_Caller):
    """Calls that are answered by a key: 1 to accept, 2 to decline."""

    per_minute = 6_000  # 100 a second

    async def send(self, message: Outgoing) -> str | None:
        found = await self._call(
            "IvrCall",
            CalledShowNumber=self._account.shown_number,
            CalledNumber=_national(message.address),
            StartCode=self._template(message),
            StartTtsParams=self._facts(message),
            PlayTimes="2",
            Timeout="5000",
            OutId=message.key,
            **{
                "MenuKeyMap.1.Key": "1",
                "MenuKeyMap.1.Code": self._named("keyed_accepted"),
                "MenuKeyMap.2.Key": "2",
                "MenuKeyMap.2.Code": self._named("keyed_declined"),
            },
        )
        _refuse(found)
        return str(found["CallId"])

    async def find(self, message: Outgoing) -> Fate:
        """Calls are looked up by the provider's own id, which is what was lost."""
        return Fate.UNKNOWN

    def read(self, body: bytes, query: Mapping[str, str]) -> Inbound:
        """VoiceReport: whether it rang through, and which key was pressed."""
        receipts, answers = [], []
        for line in _lines(body):
            if "call_id" not in line:
                raise Refused
            key = str(line.get("out_id") or "") or None
            digits = str(line.get("dtmf") or "")
            if digits:
                answers.append(
                    Answer(
                        reference=f"{line['call_id']}:{digits}",
                        address=str(line.get("callee", "")),
                        text=digits,
                        key=key,
                    )
                )
            if "status_code" in line:
                is_through = str(line["status_code"]) == "200000"
                receipts.append(
                    Receipt(
                        state=ReceiptState.OPENED if is_through else ReceiptState.FAILED,
                        key=key,
                        reference=str(line["call_id"]),
                        code=str(line["status_code"]),
                    )
                )
        return Inbound(receipts=receipts, answers=answers)

    def _named(self, kind: str) -> str:
        template = self._templates.get(kind)
        if template is None:
            raise NotDelivered("no_template", is_final=True)
        return template.zh


def canonical_query(fields: Mapping[str, str]) -> str:
    """The fields in order, escaped by RFC 3986."""
    return "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(fields.items())
    )


def signed_headers(
    account: Account,
    action: str,
    query: str,
    now: datetime,
    *,
    version: str = "2017-05-25",
    nonce: str | None = None,
) -> dict[str, str]:
    """The headers of one operation without a body, signed by ACS3-HMAC-SHA256."""
    headers = {
        "host": urlsplit(account.endpoint).netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce or secrets.token_hex(16),
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(("POST", "/", query, lines, names, EMPTY))
    stated = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(account.key_secret.encode(), stated.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={account.key_id},SignedHeaders={names},Signature={signature}"
    )
    return headers


def _opened(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError as error:
        if answer.status_code >= 500:
            raise Unsure from error
        raise NotDelivered(f"http_{answer.status_code}") from error
    if not isinstance(found, dict):
        raise NotDelivered("unreadable")
    return found


def _refuse(found: Mapping[str, Any]) -> None:
    code = str(found.get("Code", "unreadable"))
    if code == "OK":
        return
    if code in LIMITED:
        raise NotDelivered(code, again_after=LIMITED[code])
    raise NotDelivered(code, is_final=code not in PASSING)


def _national(number: str) -> str:
    """As the provider writes it: mainland numbers without their country, others without plus."""
    return number.removeprefix("+86") if number.startswith("+86") else number.removeprefix("+")


def _lines(body: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Refused from error
    lines = found if isinstance(found, list) else [found]
    if len(lines) > 1000 or not all(isinstance(line, dict) for line in lines):
        raise Refused
    return lines
