"""Reading the short messages that people would get."""

import re

from services import clock, messages
from services.database import rows
from services.scope import as_system


class Inbox:
    """Delivers everything that waits, as the job would, and keeps it: to whom, and the words."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []

    @property
    def code(self) -> str:
        """The code of the last message."""
        [found] = re.findall(r"\d{6}", self.got[-1][1])
        return str(found)

    async def send(self, number: str, shown: str, words: str) -> None:
        self.got.append((number, words))

    @as_system
    async def collect(self) -> None:
        """Deliver what waits, the oldest first."""
        for row in await rows("SELECT id FROM message WHERE sent_at IS NULL ORDER BY created_at"):
            await messages.deliver(row["id"], self, clock.now())
