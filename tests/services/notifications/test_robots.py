"""Robots of 企业微信 in groups of organisers."""

from datetime import timedelta

import httpx2
import pytest

from services.adapters.channels.protocol import NotDelivered
from services.adapters.channels.wecom import WecomRobot
from tests.services.notifications.channel_world import outgoing
from tests.support import provider_servers as local
from tests.support.provider_servers import Providers


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
