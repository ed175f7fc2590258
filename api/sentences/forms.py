"""The two shapes of a sentence."""

from typing import NamedTuple


class Sentence(NamedTuple):
    """A refusal: its status, and its title and sentence in both languages."""

    status: int
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str


class Pair(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str
