"""Numbers of identity documents: which there are, how each is written, and what must be true of it.

All kinds are equal citizens: whoever has no resident identity card can do everything as well.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec
from stdnum.cn import ric


class DocumentKind(StrEnum):
    """What somebody can be known by."""

    RESIDENT_ID = "resident_id"  # 居民身份证
    HMT_RESIDENCE = "hmt_residence"  # 港澳台居民居住证
    HM_PERMIT = "hm_permit"  # 港澳居民来往内地通行证
    TAIWAN_PERMIT = "taiwan_permit"  # 台湾居民来往大陆通行证
    PERMANENT_RESIDENCE = "permanent_residence"  # 外国人永久居留身份证
    PASSPORT = "passport"


class NumberRefused(ValueError):
    """The number cannot be right; `code` says which rule it breaks, never the number itself."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class _Shape(msgspec.Struct, frozen=True):
    """How a kind is written; of those with 18 digits, the regions that issue it."""

    pattern: re.Pattern[str]
    regions: frozenset[str] = frozenset()


# GB/T 2260, first two digits. Those of Hong Kong, Macau and Taiwan are on residence permits.
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
    for code in range(first, last + 1)
)
_OUTER = frozenset({"81", "82", "83", "71"})
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_SHAPES: Final[Mapping[DocumentKind, _Shape]] = {
    DocumentKind.RESIDENT_ID: _Shape(_EIGHTEEN, _PROVINCES),
    DocumentKind.HMT_RESIDENCE: _Shape(_EIGHTEEN, _OUTER),
    # H or M and 8 digits; older cards count renewals in two more.
    DocumentKind.HM_PERMIT: _Shape(re.compile(r"[HM][0-9]{8}([0-9]{2})?")),
    # 8 digits; older ones have 10 and a letter for renewals.
    DocumentKind.TAIWAN_PERMIT: _Shape(re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?")),
    # Three letters and 12 digits; since 2023 18 digits that begin with 9.
    DocumentKind.PERMANENT_RESIDENCE: _Shape(re.compile(r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]")),
    DocumentKind.PASSPORT: _Shape(re.compile(r"(?=.*[0-9])[A-Z0-9]{5,14}")),
}


def normalise(kind: DocumentKind, text: str, birth_date: date | None) -> str:
    """The number without spaces and marks, if it can be one of this kind and of this person.

    Raises NumberRefused: `document_shape`, `document_check_digit`, `document_region` or, where the
    number holds a day of birth, `document_birth_date`.
    """
    number = re.sub(r"[\s\-·()]", "", unicodedata.normalize("NFKC", text)).upper()
    shape = _SHAPES[kind]
    if not shape.pattern.fullmatch(number):
        raise NumberRefused("document_shape")
    if len(number) == 18:
        _refuse_eighteen(kind, number, shape, birth_date)
    return number


def masked(number: str) -> str:
    """What may be shown of it: the first and the last letter, and how long it is."""
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}"


def _refuse_eighteen(
    kind: DocumentKind, number: str, shape: _Shape, birth_date: date | None
) -> None:
    """Region, day of birth and check digit, as GB 11643 has them (and the card of foreigners)."""
    if ric.calc_check_digit(number) != number[-1]:
        raise NumberRefused("document_check_digit")
    if shape.regions and number[:2] not in shape.regions:
        raise NumberRefused("document_region")
    if kind is DocumentKind.PERMANENT_RESIDENCE and number[1:3] not in _PROVINCES:
        raise NumberRefused("document_region")
    if birth_date is not None and number[6:14] != f"{birth_date:%Y%m%d}":
        raise NumberRefused("document_birth_date")
