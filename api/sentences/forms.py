"""The two shapes of a sentence."""

import re
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


def with_plain_facts(text: str) -> str:
    """The sentence with its facts by name alone, for whoever reads about it: `{count} shifts are`
    for `{count:shift is|shifts are}`, `{has}` for `{has:minutes}`."""
    counted = re.sub(r"{(\w+):[^|}]*\|([^}]*)}", r"{\1} \2", text)
    return re.sub(r"{(\w+):\w+}", r"{\1}", counted)
