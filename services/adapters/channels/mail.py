"""E-mail by SMTP (RFC 5321), always over TLS unless the settings say otherwise."""

import contextlib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib
import msgspec

from services.adapters.channels.protocol import (
    Fate,
    Inbound,
    NotDelivered,
    Outgoing,
    Refused,
    Unsure,
)

SECONDS_MAX = 15.0
SUBJECT_LENGTH_MAX = 60
LEAVING: Mapping[str, str] = {
    "zh": "不想再收到邮件？在睦邻“我的—通知”里关闭：",
    "en": "No more e-mail? Turn it off in Mulin under “Me – Notifications”: ",
}


class MailAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Which server takes our mail, and as whom. `address` is where our own pages are."""

    host: str
    port: int
    sender: str
    address: str
    name: str = ""
    password: str = ""
    is_starttls: bool = True
    authority: str = ""  # a file with the certificate of the server's authority; empty: the usual


class Mail:
    """One plain text to one address."""

    per_minute: int = 600
    is_own_pace: bool = False

    def __init__(self, account: MailAccount) -> None:
        self._account = account

    async def send(self, message: Outgoing) -> str | None:
        mail = self._mail(message)
        server = self._server()
        try:
            await self._begin(server, message.address)
            await self._hand_over(server, mail.as_bytes())
        finally:
            server.close()
        return str(mail["Message-ID"])

    async def _begin(self, server: aiosmtplib.SMTP, address: str) -> None:
        """Up to here nothing has gone out, whatever breaks."""
        try:
            await server.connect()
            if self._account.name:
                await server.login(self._account.name, self._account.password)
            await server.mail(self._account.sender)
            await server.rcpt(address)
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotDelivered("away") from error

    async def _hand_over(self, server: aiosmtplib.SMTP, letter: bytes) -> None:
        """The server says whether it took the letter, or nobody knows."""
        try:
            await server.data(letter)
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unsure from error
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await server.quit()

    def _server(self) -> aiosmtplib.SMTP:
        context = ssl.create_default_context(cafile=self._account.authority or None)
        return aiosmtplib.SMTP(
            hostname=self._account.host,
            port=self._account.port,
            timeout=SECONDS_MAX,
            start_tls=self._account.is_starttls,
            use_tls=False,
            tls_context=context if self._account.is_starttls else None,
        )

    def _mail(self, message: Outgoing) -> EmailMessage:
        """Its id is our key, so that a reader's program shows one letter once."""
        mail = EmailMessage()
        domain = self._account.sender.rpartition("@")[2]
        page = f"{self._account.address}/me/notifications"
        mail["From"] = f"Mulin 睦邻 <{self._account.sender}>"
        mail["To"] = message.address
        mail["Subject"] = message.words[:SUBJECT_LENGTH_MAX].split("\n", 1)[0]
        mail["Date"] = format_datetime(message.first_tried_at)
        mail["Message-ID"] = f"<{message.key}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["List-Unsubscribe"] = f"<{page}>"
        parts = (message.words, message.link, LEAVING[message.language] + page)
        mail.set_content("\n\n".join(filter(None, parts)) + "\n", cte="base64")
        return mail

    async def find(self, message: Outgoing) -> Fate:
        """A mail server is not asked about what it has taken."""
        return Fate.UNKNOWN

    def read(self, body: bytes, query: Mapping[str, str]) -> Inbound:
        """Mail is not answered: it carries a link."""
        raise Refused


def _refusal(code: int) -> NotDelivered:
    """4yz: again later. 5yz: never (RFC 5321, 4.2.1)."""
    return NotDelivered(str(code), is_final=code >= 500)
