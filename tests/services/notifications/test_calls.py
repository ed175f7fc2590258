"""Calls that are answered by a key."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from services.adapters.channels.aliyun import Account, AliyunVoice, Template
from services.adapters.channels.protocol import Fate, NotDelivered, Receipt, ReceiptState
from tests.services.notifications.channel_world import outgoing
from tests.support import provider_servers as local
from tests.support.provider_servers import Providers

MENU = ("keyed_accepted", "keyed_declined")


def calls(
    servers: Providers, http: httpx2.AsyncClient, templates: dict[str, str] | None = None
) -> AliyunVoice:
    account = Account(
        endpoint=servers.address,
        key_id=local.KEY_ID,
        key_secret=local.KEY_SECRET,
        shown_number="05710000000",
    )
    named = templates or dict.fromkeys(("offer_round", *MENU), "TTS_1")
    return AliyunVoice(account, {name: Template(zh=code) for name, code in named.items()}, http)


async def test_a_call_offers_two_keys_and_its_report_is_an_answer(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    channel = calls(servers, http)
    assert await channel.send(outgoing()) == "biz0"
    [taken] = servers.taken
    assert (taken["MenuKeyMap.1.Key"], taken["MenuKeyMap.2.Key"]) == ("1", "2")
    pushed = (
        b'[{"call_id":"c1","out_id":"k1","callee":"13800138000","status_code":"200000","dtmf":"2"}]'
    )
    inbound = channel.read(pushed, {})
    assert [(each.text, each.key) for each in inbound.answers] == [("2", "k1")]
    assert inbound.receipts == [
        Receipt(state=ReceiptState.OPENED, key="k1", reference="c1", code="200000")
    ]


@pytest.mark.parametrize(
    ("templates", "message", "code"),
    [
        (None, {"address": "+85291234567"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        (None, {"kind": "people_merged"}, "no_template"),
        ({"offer_round": "TTS_1"}, {}, "no_template"),
        (dict.fromkeys(("offer_round", *MENU), "TTS_9"), {}, "isv.SMS_TEMPLATE_ILLEGAL"),
        (None, {"facts": {}}, "isv.TEMPLATE_MISSING_PARAMETERS"),
    ],
    ids=["number", "no words for it", "no words for a key", "unknown template", "facts missing"],
)
async def test_each_refusal_of_a_call_is_for_good_and_nobody_is_rung(
    servers: Providers,
    http: httpx2.AsyncClient,
    templates: dict[str, str] | None,
    message: dict[str, Any],
    code: str,
) -> None:
    with pytest.raises(NotDelivered) as refused:
        await calls(servers, http, templates).send(outgoing(**message))
    assert (refused.value.code, refused.value.is_final) == (code, True)
    assert servers.taken == []


async def test_a_number_is_rung_once_a_minute_and_a_lost_answer_is_not_guessed_at(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    channel = calls(servers, http)
    await channel.send(outgoing())
    with pytest.raises(NotDelivered) as limited:
        await channel.send(outgoing("k2"))
    assert limited.value.again_after == timedelta(minutes=1)
    assert not limited.value.is_final
    assert await channel.find(outgoing()) is Fate.UNKNOWN
