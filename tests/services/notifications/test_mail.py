"""Mail, to a real SMTP server that refuses by command."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.adapters.channels.mail import Mail, MailAccount
from services.adapters.channels.protocol import NotDelivered, Unsure
from tests.services.notifications.channel_world import outgoing


class Postbox:
    """Takes mail, or answers a command with a refusal."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str,
                          options: list[str]) -> str:  # fmt: skip
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.letters.append(envelope.content)
        if self.answers.get("after") == "hang up":
            server.transport.abort()
        return "250 taken"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "cert.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@pytest.fixture
def post(certificate: tuple[Path, Path]) -> Iterator[tuple[Postbox, Mail]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    box = Postbox()
    controller = Controller(
        box, hostname="localhost", port=free_port(), tls_context=context, require_starttls=True,
        ready_timeout=20,
    )  # fmt: skip
    controller.start()
    port = controller.port
    account = MailAccount(
        host="localhost",
        port=port,
        sender="mulin@mulin.example",
        address="https://mulin.example",
        authority=str(certificate[0]),
    )
    try:
        yield box, Mail(account)
    finally:
        controller.stop()


async def test_mail_goes_over_tls_with_a_link_and_the_way_out(post: tuple[Postbox, Mail]) -> None:
    box, mail = post
    await mail.send(outgoing(address="ada@example.org"))
    [letter] = [message_from_bytes(each, policy=default) for each in box.letters]
    assert letter["Message-ID"] == "<k1@mulin.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    body = letter.get_content()
    assert "https://mulin.example/answer/abcdefghijklmnopqrstuv" in body
    assert "https://mulin.example/me/notifications" in body
    assert "关爱长者" in letter["Subject"]


@pytest.mark.parametrize(
    ("command", "answer", "code", "is_final"),
    [
        ("RCPT", "550 no such user", "550", True),
        ("RCPT", "451 greylisted", "451", False),
        ("DATA", "552 too much", "552", True),
        ("DATA", "452 later", "452", False),
    ],
)
async def test_each_refusal_of_a_mail_server_is_known(
    post: tuple[Postbox, Mail], command: str, answer: str, code: str, is_final: bool
) -> None:
    box, mail = post
    box.answers[command] = answer
    with pytest.raises(NotDelivered) as refused:
        await mail.send(outgoing(address="ada@example.org"))
    assert (refused.value.code, refused.value.is_final) == (code, is_final)


async def test_a_mail_server_that_hangs_up_after_the_letter_leaves_us_unsure(
    post: tuple[Postbox, Mail],
) -> None:
    box, mail = post
    box.answers["after"] = "hang up"
    with pytest.raises(Unsure):
        await mail.send(outgoing(address="ada@example.org"))
    assert len(box.letters) == 1


async def test_no_mail_goes_in_clear_or_to_a_server_that_is_another(
    post: tuple[Postbox, Mail], certificate: tuple[Path, Path]
) -> None:
    box, mail = post
    stranger = Mail(
        MailAccount(
            host="localhost",
            port=mail._account.port,  # noqa: SLF001
            sender="mulin@mulin.example",
            address="",
        )
    )
    with pytest.raises(NotDelivered):
        await stranger.send(outgoing(address="ada@example.org"))
    assert box.letters == []
