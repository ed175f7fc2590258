"""Robots of 企业微信 in the chat groups of organisers: twenty messages a minute each."""

from collections.abc import Mapping
from datetime import timedelta

import httpx2

from services.adapters.channels.protocol import (
    Fate,
    Inbound,
    NotDelivered,
    Outgoing,
    Refused,
    Unsure,
)

SECONDS_MAX = 10.0
TEXT_BYTES_MAX = 2048
LIMITED = 45009
PASSING = frozenset({-1, 6000, 50001})


class WecomRobot:
    """Posts to the group's own address, which is a secret."""

    per_minute: int = 20
    is_own_pace: bool = True

    def __init__(self, endpoint: str, http: httpx2.AsyncClient) -> None:
        """`endpoint` is https://qyapi.weixin.qq.com; an address is the key of a robot there."""
        self._endpoint = endpoint
        self._http = http

    async def send(self, message: Outgoing) -> str | None:
        words = message.words.encode()[:TEXT_BYTES_MAX].decode(errors="ignore")
        try:
            answer = await self._http.post(
                f"{self._endpoint}/cgi-bin/webhook/send",
                params={"key": message.address},
                json={"msgtype": "text", "text": {"content": words}},
                timeout=SECONDS_MAX,
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise NotDelivered("away") from error
        except httpx2.HTTPError as error:
            raise Unsure from error
        if answer.status_code >= 500:
            raise Unsure
        try:
            code = int(answer.json()["errcode"])
        except (ValueError, KeyError, TypeError) as error:
            raise NotDelivered(f"http_{answer.status_code}") from error
        if code == LIMITED:
            raise NotDelivered(str(code), again_after=timedelta(minutes=1))
        if code:
            raise NotDelivered(str(code), is_final=code not in PASSING)
        return None

    async def find(self, message: Outgoing) -> Fate:
        """A robot tells nothing about what it has said."""
        return Fate.UNKNOWN

    def read(self, body: bytes, query: Mapping[str, str]) -> Inbound:
        """A robot hears nothing."""
        raise Refused
