"""The two ways in which each journey is walked, and the words that its reader sees."""

import re
from typing import Any, NamedTuple

import pytest

from api.i18n import translations


class Said(NamedTuple):
    """A width and a language: a phone in Chinese, or a desk in English. Called with the English of
    the code, it gives what the reader sees."""

    width: int
    language: str

    def __call__(self, text: str) -> str:
        if not self.is_phone:
            return text
        said = translations("zh").gettext(text)
        assert said != text, f"no page says {text!r}"
        return said

    def begun(self, text: str) -> re.Pattern[str]:
        """What is seen of a text up to where a fact stands in it."""
        return re.compile(re.escape(self(text).partition("%(")[0]))

    @property
    def how(self) -> dict[str, Any]:
        """What a window takes."""
        return {"width": self.width, "language": self.language}

    @property
    def is_phone(self) -> bool:
        return self.language != "en"


IN_CHINESE, IN_ENGLISH = Said(375, "zh-CN"), Said(1280, "en")
both_ways = pytest.mark.parametrize(
    "said", [IN_CHINESE, IN_ENGLISH], ids=["phone in Chinese", "desk in English"]
)
