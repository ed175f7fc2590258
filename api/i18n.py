"""The words of the pages in the reader's language.

Texts are written in English in the code. `api/locale/` holds a catalogue for each language; it is
read and compiled in memory once, so nothing has to be built before a start. A catalogue lies in one
file for each part of the pages.
"""

import io
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from api.layer.language import TAGS, Language

LANGUAGE_COOKIE_SECONDS: Final = 365 * 24 * 3600
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"
LOCALES: Final[dict[Language, str]] = {"zh": "zh_CN", "en": "en"}


def language_tag(language: Language) -> str:
    """The language as HTML and HTTP write it."""
    return TAGS[language]


def locale_of(language: Language) -> Locale:
    return Locale.parse(LOCALES[language])


def catalogue_files(language: Language) -> list[Path]:
    return sorted((LOCALE_FOLDER / LOCALES[language] / "LC_MESSAGES").glob("*.po"))


@cache
def translations(language: Language) -> Translations:
    """The catalogue of a language. Where it is silent, the English of the code is the answer."""
    whole = Translations()
    for path in catalogue_files(language):
        compiled = io.BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=LOCALES[language]))
        compiled.seek(0)
        part = Translations(compiled)
        whole.merge(part)
        whole.plural = part.plural  # Merging takes the texts alone, and Chinese has one form only.
    return whole


def mark(text: str) -> str:
    """Marks a text in a table for translation; whoever reads the table looks it up."""
    return text
