"""WeChat messages to one person: one consent, one message."""

import hashlib
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from services.adapters.channels.protocol import NotDelivered, Refused
from services.adapters.channels.wechat import Wechat, WechatAccount, WechatTemplate
from tests.services.notifications.channel_world import FACTS, outgoing
from tests.support import provider_servers as local
from tests.support.provider_servers import Providers


def wechat(servers: Providers, http: httpx2.AsyncClient, template: str = "template-1") -> Wechat:
    account = WechatAccount(
        endpoint=servers.address,
        app_id=local.APP_ID,
        app_secret=local.APP_SECRET,
        push_token="push",
        page="https://mulin.example/inbox",
    )
    data = {"thing1": "project", "time2": "starts_at"}
    return Wechat(account, {"offer_round": WechatTemplate(id=template, data=data)}, http)


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


@pytest.mark.parametrize(
    ("template", "message", "code"),
    [
        ("template-1", {"kind": "people_merged"}, "no_template"),
        ("template-9", {}, "40037"),
        ("template-1", {"address": "nobody"}, "40003"),
        ("template-1", {"facts": {**FACTS, "project": ""}}, "47003"),
    ],
    ids=["no template", "unknown template", "no such person", "an empty field"],
)
async def test_each_refusal_of_wechat_is_for_good_and_costs_no_consent(
    servers: Providers,
    http: httpx2.AsyncClient,
    template: str,
    message: dict[str, Any],
    code: str,
) -> None:
    servers.permits = {"openid": 1}
    with pytest.raises(NotDelivered) as refused:
        await wechat(servers, http, template).send(outgoing(**{"address": "openid", **message}))
    assert (refused.value.code, refused.value.is_final) == (code, True)
    assert (servers.permits, servers.taken) == ({"openid": 1}, [])


async def test_too_much_for_wechat_is_waited_out(
    servers: Providers, http: httpx2.AsyncClient
) -> None:
    channel, servers.permits = wechat(servers, http), {"openid": 1}
    servers.is_worn_out = True
    with pytest.raises(NotDelivered) as limited:
        await channel.send(outgoing(address="openid"))
    assert (limited.value.code, limited.value.again_after) == ("45009", timedelta(hours=1))
    servers.is_worn_out = False
    await channel.send(outgoing(address="openid"))
    assert len(servers.taken) == 1


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
