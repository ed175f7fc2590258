"""What the levels of a skill are called, on pages and in refusals; level 0 asks for none."""

from typing import Final

from api.i18n import mark

LEVEL_WORDS: Final = (
    mark("any level"),
    mark("beginner"),
    mark("some practice"),
    mark("independent"),
    mark("experienced"),
    mark("could teach it"),
)
