"""Phone numbers: one way of writing each, and what of one may be shown."""

import re
from typing import Annotated

import phonenumbers
from msgspec import Meta
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from services.errors import Defect, Invalid

REGION = "CN"  # Of a number that is written without its country.
_CHINA = 86
_CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)

PhoneText = Annotated[
    str,
    Meta(
        min_length=5,
        max_length=40,
        pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)",
        description="A mobile number; without a country it is one of the mainland's",
        examples=["138 0013 8000", "+852 9123 4567"],
    ),
]


def normalise(text: str, *, place: str = "phone") -> str:
    """The number as E.164 writes it (`+8613800138000`).

    Raises Invalid (`phone_malformed`) for what can be no mobile number.
    """
    number = _mobile_of(text)
    if number is None:
        raise Invalid([Defect(place, "phone_malformed")])
    return number


def is_mobile(text: str) -> bool:
    """Whether `normalise` would take it."""
    return _mobile_of(text) is not None


def masked(number: str) -> str:
    """What a list or a log may show of a normalised number: 138****1234."""
    parsed = phonenumbers.parse(number, REGION)
    national = phonenumbers.national_significant_number(parsed)
    if parsed.country_code == _CHINA:
        return f"{national[:3]}****{national[-4:]}"
    return f"+{parsed.country_code} ****{national[-4:]}"


def _mobile_of(text: str) -> str | None:
    try:
        parsed = phonenumbers.parse(text, REGION)
    except NumberParseException:
        return None
    national = phonenumbers.national_significant_number(parsed)
    if parsed.extension or not phonenumbers.is_possible_number(parsed):
        return None
    if parsed.country_code == _CHINA:
        # By shape and not by the operators' present lists: a new range must not be locked out.
        is_good = bool(_CHINESE_MOBILE.fullmatch(national))
    else:
        is_good = phonenumbers.number_type(parsed) in _MOBILE
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if is_good else None
