"""Sentences of the command line, in both languages."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Language = Literal["zh", "en", "both"]


class Phrase(NamedTuple):
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The sentence as this reader reads it."""
        if language == "both":
            return self.zh if self.zh == self.en else f"{self.zh}  {self.en}"
        return self.zh if language == "zh" else self.en


class HouseRefused(Exception):
    """The house cannot be started or used as asked; the phrase says why and what to do."""

    def __init__(self, phrase: Phrase) -> None:
        self.phrase = phrase
        super().__init__(phrase.en)


def language_of(environment: Mapping[str, str]) -> Language:
    """The reader's language by the locale, and both where the locale names none.

    The order is that of POSIX: `LC_ALL`, `LC_MESSAGES`, `LANG`; `C` and `POSIX` name no language.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            locale = value.lower().partition(".")[0]
            if locale in ("c", "posix"):
                return "both"
            return "zh" if locale.startswith("zh") else "en"
    return "both"
