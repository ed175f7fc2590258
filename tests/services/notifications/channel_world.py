"""What the tests of the channels share: one message on its way to somebody."""

from datetime import UTC, datetime
from typing import Any

from services.adapters.channels.protocol import Outgoing

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
