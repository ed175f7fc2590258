"""The codes of organisations: region codes of levels, and 统一社会信用代码 of every other body."""

import re
import unicodedata
from collections.abc import Mapping

from stdnum.cn import uscc

from models.core import OrganisationKind

REGION_DIGITS: Mapping[OrganisationKind, tuple[int, ...]] = {
    OrganisationKind.CITY: (2, 4),
    OrganisationKind.DISTRICT: (6,),
    OrganisationKind.STREET: (9,),
    OrganisationKind.NEIGHBOURHOOD: (12,),
}
"""How long a level's own part is: 统计用区划代码 is 2+2+2+3+3 digits, of which the first six are
those of GB/T 2260. A city under the central government has two, any other four."""

_PARTS = (2, 4, 6, 9, 12)
# As they are published: a level's code filled up with zeros to one of these lengths.
_PUBLISHED = (6, 9, 12)
# The first two say who registered the body and what it is: N2 is a rural collective, which the
# library's own shape (eight digits first) would refuse. Its check digit is right for all of them.
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}", re.ASCII)


class CodeRefused(ValueError):
    """It is no such code; `reason` is a stable code, `facts` are for its sentence."""

    def __init__(self, reason: str, **facts: str | int) -> None:
        self.reason = reason
        self.facts = facts
        super().__init__(reason)


def region_code(kind: OrganisationKind, text: str) -> str:
    """A level's own digits, without the zeros that a published code is filled up with.

    Refused with `region_code_shape`, or `region_code_of_other_level` where a part is missing.
    """
    found = plain(text)
    lengths = REGION_DIGITS[kind]
    expected = " / ".join(map(str, lengths))
    if not re.fullmatch(r"\d{2,12}", found, re.ASCII) or len(found) < lengths[0]:
        raise CodeRefused("region_code_shape", kind=kind.value, digits=expected)
    own = next((length for length in lengths if _is_filled_up(found, length)), None)
    if own is None:
        raise CodeRefused("region_code_shape", kind=kind.value, digits=expected)
    parts = zip((0, *_PARTS), _PARTS, strict=False)
    if any(int(found[start:end]) == 0 for start, end in parts if end <= own):
        raise CodeRefused("region_code_of_other_level", kind=kind.value)
    return found[:own]


def _is_filled_up(code: str, length: int) -> bool:
    if len(code) == length:
        return True
    return len(code) > length and len(code) in _PUBLISHED and not code[length:].strip("0")


def credit_code(text: str) -> str:
    """A 统一社会信用代码 (GB 32100) with its check digit.

    Refused with `credit_code_shape` or `credit_code_check_digit`.
    """
    found = plain(text).upper()
    if not _CREDIT_CODE.fullmatch(found):
        raise CodeRefused("credit_code_shape")
    if uscc.calc_check_digit(found) != found[-1]:
        raise CodeRefused("credit_code_check_digit")
    return found


def plain(text: str) -> str:
    """The text with full-width characters made ordinary, and without spaces and hyphens."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
