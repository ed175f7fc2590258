"""Reading the messages that people would get."""

import re
from collections.abc import Mapping

from services import clock
from services.adapters.channels.protocol import Fate, Inbound, Outgoing, Refused
from services.database import rows
from services.notifications import sending
from services.notifications.wording import signed
from services.scope import as_system
from services.settings import Settings

CHANNELS = ("sms", "email", "voice", "wechat", "wecom")


class Inbox:
    """Delivers everything that waits, as the job would, and keeps it: to whom, and the words.

    It is every channel at once. `messages` are the same with all that a provider would be given.
    """

    per_minute = sending.UNPACED_PER_MINUTE
    is_own_pace = False

    def __init__(self, *, fate: Fate = Fate.UNKNOWN) -> None:
        self.got: list[tuple[str, str]] = []
        self.messages: list[Outgoing] = []
        self._fate = fate

    @property
    def channels(self) -> dict[str, "Inbox"]:
        """Itself, by the name of every channel."""
        return dict.fromkeys(CHANNELS, self)

    @property
    def code(self) -> str:
        """The code of the last message."""
        [found] = re.findall(r"\d{6}", self.got[-1][1])
        return str(found)

    async def send(self, message: Outgoing) -> str | None:
        self.got.append((message.address, signed(message.words, message.language)))
        self.messages.append(message)
        return f"ref-{message.key}"

    async def find(self, message: Outgoing) -> Fate:
        return self._fate

    def read(self, body: bytes, query: Mapping[str, str]) -> Inbound:
        raise Refused

    @as_system
    async def collect(self) -> None:
        """Deliver what waits, the oldest first."""
        now = clock.now()
        for row in await rows(
            "SELECT id FROM message WHERE sent_at IS NULL AND given_up_at IS NULL "
            "AND due_at IS NOT NULL ORDER BY created_at, id"
        ):
            await sending.deliver(row["id"], self.channels, now, Settings())
