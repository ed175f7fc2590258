"""Short messages to phones, behind one protocol."""

import contextlib
import os
from typing import Protocol


class NotDelivered(Exception):
    """The message did not go out; it may be tried again."""


class Messenger(Protocol):
    """Takes short messages to phones."""

    async def send(self, number: str, shown: str, words: str) -> None:
        """Hand the words over for the number (E.164); `shown` is its masked form, for people.

        Raises NotDelivered. The same message may come twice.
        """
        ...


class Printer:
    """For development: writes each message where whoever started the service can read it.

    The number is masked there, as everywhere; the words are what a code is for.
    """

    def __init__(self, descriptor: int = 1) -> None:
        """`descriptor` is an open file descriptor: standard output unless another is named."""
        self._descriptor = descriptor

    async def send(self, number: str, shown: str, words: str) -> None:
        """One line. A terminal that was closed meanwhile changes nothing."""
        with contextlib.suppress(OSError):
            os.write(self._descriptor, f"短信 SMS → {shown}  {words}\n".encode())
