"""What a notice is about, in a word or two: the heading above it in the inbox."""

from collections.abc import Mapping
from typing import Final

from api.i18n import mark, translations
from api.layer.language import Language

_SIGN_UP, _HOURS = mark("Sign-up"), mark("Check-in and hours")
_DATA, _GUARDIAN, _SKILL = mark("My data"), mark("Guardian"), mark("Skills")
_ACCOUNT = mark("Your account")
TITLES: Final[Mapping[str, str]] = {
    "shift_reminder": mark("Reminder"),
    "shift_moved": mark("Shift moved"),
    "move_": mark("Shift moved"),
    "shift_thanks": mark("Thank you!"),
    "standin_": mark("Stand-ins"),
    "comes_": mark("Stand-ins"),
    "hand_over_": mark("Stand-ins"),
    "swap_": mark("Swap"),
    "buddies_": mark("Come with friends"),
    "series_": mark("Weekly sign-up"),
    "claim": _SIGN_UP,
    "draw_": _SIGN_UP,
    "seat_": _SIGN_UP,
    "adult_": mark("Protection of minors"),
    "agreement_": mark("Agreement"),
    "offer_": mark("A shift for you"),
    "answer_": mark("Your answer"),
    "answer_flagged": mark("An answer to read"),
    "lead_": mark("Lead the shift"),
    "check": _HOURS,
    "stay_": _HOURS,
    "dispute_": _HOURS,
    "absence_": _HOURS,
    "objection_": _HOURS,
    "ward_": _GUARDIAN,
    "grown_": _GUARDIAN,
    "guardian_": _GUARDIAN,
    "activity_": _GUARDIAN,
    "safety_": mark("Safety report"),
    "membership_": mark("Organisations"),
    "document_": _DATA,
    "people_": _DATA,
    "erasure_": _DATA,
    "robot_": mark("Chat groups"),
    "code_": _ACCOUNT,
    "phone_": _ACCOUNT,
    "wechat_": _ACCOUNT,
    "skill_": _SKILL,
}
"""By how the kind begins; of several that fit, the longest is meant."""


def notice_title(language: Language, kind: str) -> str:
    """The heading of a notice of this kind."""
    begun = max((each for each in TITLES if kind.startswith(each)), key=len)
    return str(translations(language).gettext(TITLES[begun]))
