"""What every channel can do: send, tell what became of it, and bring back an answer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

import msgspec


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One message on its way. `key` is ours, the same at each try; `shown` is the address masked.

    `words` are whole and unsigned; `facts` are what is in them, for providers that allow only
    templates. `token` is the last part of `link`, the page with which an offer is answered.
    """

    key: str
    kind: str
    address: str
    shown: str
    language: Literal["zh", "en"]
    words: str
    facts: Mapping[str, str] = {}
    link: str | None = None
    token: str | None = None
    first_tried_at: datetime


class NotDelivered(Exception):
    """It did not go out, that is certain. `code` is the provider's; `is_final`: nor will it ever.

    Where the provider limits how often, `again_after` says from when it may be tried again.
    """

    def __init__(
        self, code: str = "away", *, is_final: bool = False, again_after: timedelta | None = None
    ) -> None:
        self.code = code
        self.is_final = is_final
        self.again_after = again_after
        super().__init__(code)


class Unsure(Exception):
    """Whether it went out is not known: the answer was lost. It must not simply be sent again."""


class Fate(StrEnum):
    """What a channel knows of a message about which we are unsure."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


class ReceiptState(StrEnum):
    """What a provider reports about a message later."""

    RECEIVED = "received"
    OPENED = "opened"
    FAILED = "failed"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message, by our key or by the provider's reference."""

    state: ReceiptState
    key: str | None = None
    reference: str | None = None
    code: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote back or pressed. `reference` is the provider's, so that it counts once;
    `key` is the message that it answers, where the provider knows."""

    reference: str
    address: str
    text: str
    key: str | None = None


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider pushed to us at once."""

    receipts: list[Receipt] = []
    answers: list[Answer] = []
    consents: list[Answer] = []
    """Of the messaging app: each allows one message of the template that its text names."""


class Refused(Exception):
    """What was pushed to us is not from the provider, or not in its form."""


class Channel(Protocol):
    """One way to people."""

    per_minute: int
    """How many messages the provider takes in a minute."""
    is_own_pace: bool
    """Whether that is for each address by itself."""

    async def send(self, message: Outgoing) -> str | None:
        """Hand it over; the provider's reference, if it gives one.

        Raises NotDelivered or Unsure, and nothing else of the network.
        """
        ...

    async def find(self, message: Outgoing) -> Fate:
        """What became of a message about which we are unsure."""
        ...

    def read(self, body: bytes, query: Mapping[str, str]) -> Inbound:
        """What the provider pushed. Raises Refused."""
        ...
