"""Sentences of the command line, in both languages."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Phrase(NamedTuple):
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The sentence as this reader reads it."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.en


class HouseRefused(Exception):
    """The house cannot be started or used as asked; the phrase says why and what to do."""

    def __init__(self, phrase: Phrase) -> None:
        self.phrase = phrase
        super().__init__(phrase.en)


def language_of(environment: Mapping[str, str]) -> Language:
    """Chinese where the locale is Chinese or says nothing about a language, English elsewhere.

    The order is that of POSIX: `LC_ALL`, `LC_MESSAGES`, `LANG`. `C` and `POSIX` name no language;
    a plain server has them, and its log is more often read in English.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
