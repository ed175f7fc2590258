"""Lines that tell a person what is being done, one step each."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from rich.cells import cell_len

from cli.words import Language, Phrase

COLUMNS_MAX = 79


class Steps:
    """Writes "✓ what was done  0.8 s" for each step; on a terminal also while it is being done."""

    def __init__(self, language: Language, stream: TextIO | None = None) -> None:
        self._language = language
        self._stream = stream or sys.stdout
        self._rewrites = self._stream.isatty()

    @contextmanager
    def step(self, phrase: Phrase) -> Iterator[None]:
        """Tell of the step while the block runs; ✗ if it raises."""
        words = phrase.in_language(self._language)
        started = time.monotonic()
        if self._rewrites:
            self._write(f"… {words}")
        try:
            yield
        except BaseException:
            self._write(f"{self._back()}✗ {words}\n")
            raise
        self._write(f"{self._back()}✓ {words}  {time.monotonic() - started:.1f} s\n")

    def words(self, phrase: Phrase) -> str:
        """The sentence as this reader reads it."""
        return phrase.in_language(self._language)

    def say(self, phrase: Phrase) -> None:
        """A line of its own; one for each language where both do not fit beside each other."""
        words = self.words(phrase)
        if self._language == "both" and cell_len(words) > COLUMNS_MAX:
            words = f"{phrase.zh}\n{phrase.en}"
        self._write(f"{words}\n")

    def line(self, text: str = "") -> None:
        """A line that needs no translation."""
        self._write(f"{text}\n")

    def _back(self) -> str:
        return "\r\x1b[K" if self._rewrites else ""

    def _write(self, text: str) -> None:
        # The terminal may be gone; the house stays.
        with suppress(OSError):
            self._stream.write(text)
            self._stream.flush()
