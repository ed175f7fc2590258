"""Short messages, to a server that checks signatures, templates and a number's limit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from services.adapters.channels.aliyun import (
    Account,
    AliyunSms,
    Template,
    canonical_query,
    signed_headers,
)
from services.adapters.channels.protocol import (
    Fate,
    NotDelivered,
    Receipt,
    ReceiptState,
    Refused,
    Unsure,
)
from tests.services.notifications.channel_world import FACTS, outgoing
from tests.support import provider_servers as local
from tests.support.provider_servers import Providers


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
