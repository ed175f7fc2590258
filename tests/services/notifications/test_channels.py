"""Each channel against a local server that refuses as its provider does."""

import hashlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.adapters.channels.aliyun import (
    Account,
    AliyunSms,
    AliyunVoice,
    Template,
    canonical_query,
    signed_headers,
)
from services.adapters.channels.mail import Mail, MailAccount
from services.adapters.channels.protocol import (
    Fate,
    NotDelivered,
    Outgoing,
    Receipt,
    ReceiptState,
    Refused,
    Unsure,
)
from services.adapters.channels.wechat import Wechat, WechatAccount, WechatTemplate
from services.adapters.channels.wecom import WecomRobot
from tests.support import provider_servers as local
from tests.support.provider_servers import Providers, providers

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FACTS = {
    "project": "关爱长者",
    "starts_at": "11月23日 周一 09:00",
    "place": "苏河",
    "deadline_at": "x",
}


def outgoing(key: str = "k1", **changes: Any) -> Outgoing:
    given: dict[str, Any] = {
        "key": key,
        "kind": "offer_round",
        "address": "+8613800138000",
        "shown": "138****8000",
        "language": "zh",
        "words": "有个班次想请你来：关爱长者。",
        "facts": FACTS,
        "link": "https://mulin.example/answer/abcdefghijklmnopqrstuv",
        "token": "abcdefghijklmnopqrstuv",
        "first_tried_at": NOW,
    }
    return Outgoing(**{**given, **changes})


@pytest.fixture(scope="module")
def servers() -> Iterator[Providers]:
    with providers() as running:
        yield running


@pytest.fixture
async def http(servers: Providers) -> AsyncIterator[httpx2.AsyncClient]:
    servers.taken.clear()
    servers.refused.clear()
    servers.minute += 1
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield client


def sms(servers: Providers, http: httpx2.AsyncClient, **changes: str) -> AliyunSms:
    account = {
        "endpoint": servers.address,
        "key_id": local.KEY_ID,
        "key_secret": local.KEY_SECRET,
        "sign_name": local.SIGN_NAME,
    }
    templates = {"offer_round": Template(zh="SMS_2"), "skill_confirmed": Template(zh="SMS_9")}
    return AliyunSms(Account(**{**account, **changes}), templates, http)


def test_the_providers_own_example_is_signed_the_same() -> None:
    """The fixed example that Alibaba Cloud publishes with its signature method V3."""
    account = Account(
        endpoint="https://ecs.cn-shanghai.aliyuncs.com",
        key_id="YourAccessKeyId",
        key_secret="YourAccessKeySecret",
    )
    query = canonical_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }
    )
    headers = signed_headers(
        account,
        "RunInstances",
        query,
        datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        version="2014-05-26",
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


async def test_a_short_message_goes_by_template_with_the_links_last_part(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    assert await sms(servers, http).send(outgoing()) == "biz0"
    [taken] = servers.taken
    assert (taken["number"], taken["OutId"]) == ("13800138000", "k1")
    assert "https://" not in taken["TemplateParam"]
    assert "abcdefghijklmnopqrstuv" in taken["TemplateParam"]


@pytest.mark.parametrize(
    ("account", "message", "code", "is_final"),
    [
        ({"key_secret": "other"}, {}, "SignatureDoesNotMatch", True),
        ({"sign_name": "别人"}, {}, "isv.SMS_SIGNATURE_ILLEGAL", True),
        ({}, {"kind": "skill_confirmed"}, "isv.SMS_TEMPLATE_ILLEGAL", True),
        ({}, {"kind": "people_merged"}, "no_template", True),
        ({}, {"facts": {"project": "x"}}, "isv.TEMPLATE_MISSING_PARAMETERS", True),
        ({}, {"address": "+85291234567"}, "isv.MOBILE_NUMBER_ILLEGAL", True),
    ],
)
async def test_each_refusal_of_short_messages_is_known(
    servers: Providers,
    http: httpx2.AsyncClient,
    account: dict[str, str],
    message: dict[str, Any],
    code: str,
    is_final: bool,
) -> None:
    with pytest.raises(NotDelivered) as refused:
        await sms(servers, http, **account).send(outgoing(**message))
    assert (refused.value.code, refused.value.is_final) == (code, is_final)
    assert servers.taken == []


async def test_the_limit_of_a_number_is_waited_out(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    channel = sms(servers, http)
    await channel.send(outgoing())
    with pytest.raises(NotDelivered) as refused:
        await channel.send(outgoing("k2"))
    assert refused.value.again_after == timedelta(minutes=1)
    servers.minute += 1
    assert await channel.send(outgoing("k2"))


async def test_facts_that_are_too_long_are_cut_to_what_the_provider_takes(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    long = {**FACTS, "place": "很" * 90}
    assert await sms(servers, http).send(outgoing(facts=long))


async def test_a_message_that_was_taken_is_found_again_and_another_is_not(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    channel = sms(servers, http)
    await channel.send(outgoing())
    assert await channel.find(outgoing()) is Fate.SENT
    assert await channel.find(outgoing("k2")) is Fate.NOT_SENT
    with pytest.raises((NotDelivered, Unsure)):
        await sms(servers, http, endpoint="http://127.0.0.1:1").find(outgoing())


async def test_a_server_that_is_away_certainly_took_nothing(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    with pytest.raises(NotDelivered) as refused:
        await sms(servers, http, endpoint="http://127.0.0.1:1").send(outgoing())
    assert not refused.value.is_final


async def test_a_call_offers_two_keys_and_its_report_is_an_answer(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    account = Account(
        endpoint=servers.address,
        key_id=local.KEY_ID,
        key_secret=local.KEY_SECRET,
        shown_number="05710000000",
    )
    named = ("offer_round", "keyed_accepted", "keyed_declined")
    calls = AliyunVoice(account, {name: Template(zh="TTS_1") for name in named}, http)
    assert await calls.send(outgoing()) == "biz0"
    [taken] = servers.taken
    assert (taken["MenuKeyMap.1.Key"], taken["MenuKeyMap.2.Key"]) == ("1", "2")
    pushed = (
        b'[{"call_id":"c1","out_id":"k1","callee":"13800138000","status_code":"200000","dtmf":"2"}]'
    )
    inbound = calls.read(pushed, {})
    assert [(each.text, each.key) for each in inbound.answers] == [("2", "k1")]
    assert inbound.receipts == [
        Receipt(state=ReceiptState.OPENED, key="k1", reference="c1", code="200000")
    ]


def test_reports_and_replies_are_read_and_nothing_else_is(servers: Providers) -> None:
    channel = AliyunSms(Account(endpoint="", key_id="", key_secret=""), {}, httpx2.AsyncClient())
    report = (
        '[{"phone_number":"13800138000","success":false,"err_code":"UNDELIVERABLE",'
        '"err_msg":"x","biz_id":"b1","out_id":"k1","send_time":"","report_time":""}]'
    )
    assert channel.read(report.encode(), {}).receipts == [
        Receipt(state=ReceiptState.FAILED, key="k1", reference="b1", code="UNDELIVERABLE")
    ]
    reply = '[{"phone_number":"13800138000","content":"好的","dest_code":"1","sequence_id":7}]'
    [answer] = channel.read(reply.encode(), {}).answers
    assert (answer.reference, answer.text) == ("7", "好的")
    for wrong in (b"", b"nonsense", b'[{"x":1}]', b"[1]", b'{"success":true}'[:-3]):
        with pytest.raises(Refused):
            channel.read(wrong, {})


async def test_a_robot_takes_twenty_a_minute_and_says_when_its_key_is_wrong(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    robot = WecomRobot(servers.address, http)
    to_group = {"address": local.ROBOT_KEY, "words": "长" * 3000}
    for number in range(20):
        await robot.send(outgoing(str(number), **to_group))
    with pytest.raises(NotDelivered) as limited:
        await robot.send(outgoing("20", **to_group))
    assert limited.value.again_after == timedelta(minutes=1)
    with pytest.raises(NotDelivered) as wrong:
        await robot.send(outgoing("21", address="other"))
    assert (wrong.value.code, wrong.value.is_final) == ("93000", True)


def wechat(servers: Providers, http: httpx2.AsyncClient) -> Wechat:
    account = WechatAccount(
        endpoint=servers.address,
        app_id=local.APP_ID,
        app_secret=local.APP_SECRET,
        push_token="push",
        page="https://mulin.example/inbox",
    )
    data = {"thing1": "project", "time2": "starts_at"}
    return Wechat(account, {"offer_round": WechatTemplate(id="template-1", data=data)}, http)


async def test_one_consent_is_good_for_one_message(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    channel, servers.permits = wechat(servers, http), {"openid": 1}
    await channel.send(outgoing(address="openid", facts={**FACTS, "project": "长" * 30}))
    [taken] = servers.taken
    assert taken["page"].endswith("/answer/abcdefghijklmnopqrstuv")
    with pytest.raises(NotDelivered) as refused:
        await channel.send(outgoing("k2", address="openid"))
    assert (refused.value.code, refused.value.is_final) == ("43101", True)


async def test_a_token_that_somebody_else_made_void_is_asked_for_anew_once(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    channel, servers.permits = wechat(servers, http), {"openid": 2}
    await channel.send(outgoing(address="openid"))
    servers.token, before = "token-2", servers.token_calls
    await channel.send(outgoing("k2", address="openid"))
    assert (servers.token_calls - before, len(servers.taken)) == (1, 2)


EVENT = """<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[openid]]>
</FromUserName><CreateTime>1610969440</CreateTime><MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List>
<TemplateId><![CDATA[template-1]]></TemplateId><SubscribeStatusString><![CDATA[accept]]>
</SubscribeStatusString><PopupScene>1</PopupScene></List><List>
<TemplateId><![CDATA[template-2]]></TemplateId><SubscribeStatusString><![CDATA[reject]]>
</SubscribeStatusString><PopupScene>1</PopupScene></List></SubscribeMsgPopupEvent></xml>"""
SIGNED = {"timestamp": "1", "nonce": "2"}


def test_consents_are_read_from_what_is_signed_alone(servers: Providers) -> None:
    signature = hashlib.sha1(b"12push").hexdigest()
    channel = wechat(servers, httpx2.AsyncClient())
    event = EVENT.replace("\n", "").encode()
    [answer] = channel.read(event, {**SIGNED, "signature": signature}).consents
    assert (answer.address, answer.text) == ("openid", "template-1")
    for query in ({}, {**SIGNED, "signature": "0" * 40}):
        with pytest.raises(Refused):
            channel.read(event, query)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aa">]><xml>&a;</xml>'
    with pytest.raises(Refused):
        channel.read(bomb, {**SIGNED, "signature": signature})


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
