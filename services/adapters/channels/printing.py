"""For development: every channel is a line where whoever started the service can read it."""

import contextlib
import os
from collections.abc import Mapping

from services.adapters.channels.protocol import Fate, Inbound, Outgoing, Refused

LABELS: Mapping[str, str] = {
    "sms": "短信 SMS",
    "email": "邮件 e-mail",
    "voice": "语音 voice",
    "wechat": "微信 WeChat",
    "wecom": "企业微信 WeCom",
}
SIGNATURE: Mapping[str, str] = {"zh": "【睦邻】", "en": "[Mulin] "}


class Printer:
    """Writes each message down. The address is masked there, as everywhere; the words are what a
    code is for."""

    per_minute = 60_000
    is_own_pace = False

    def __init__(self, channel: str, descriptor: int = 1) -> None:
        """`descriptor` is an open file descriptor: standard output unless another is named."""
        self._label = LABELS[channel]
        self._descriptor = descriptor

    async def send(self, message: Outgoing) -> str | None:
        """One line. A terminal that was closed meanwhile changes nothing."""
        words = SIGNATURE[message.language] + message.words
        line = " ".join(filter(None, (words, message.link)))
        with contextlib.suppress(OSError):
            os.write(self._descriptor, f"{self._label} → {message.shown}  {line}\n".encode())
        return None

    async def find(self, message: Outgoing) -> Fate:
        """A line that was written is not looked for."""
        return Fate.UNKNOWN

    def read(self, body: bytes, query: Mapping[str, str]) -> Inbound:
        """Nobody answers a terminal."""
        raise Refused
