"""Words for what services say in codes, and the small facts that pages show."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from api import messages
from api.claim_words import CLAIM_WORDS
from api.i18n import mark, translations
from api.level_words import LEVEL_WORDS
from api.pages.administration import entries_for, word_helpers
from api.pages.attendance_words import attendance_helpers
from api.pages.position_fields import SYSTEM_WORDS
from api.pages.reader import Reader
from api.pages.reasons import reason_helpers
from services.errors import Invalid, ServiceError
from services.offers import Why

WHY_WORDS: Final[Mapping[str, str]] = {
    Why.INVITED: mark("the organiser asked for you"),
    Why.SKILLS: mark("you have the skills"),
    Why.LIKED_CAUSE: mark("you like such work"),
    Why.NEAR_HOME: mark("it is near your home"),
    Why.AVAILABLE: mark("you said you have time then"),
}
ROUND_WORDS: Final[Mapping[str, str]] = {
    "draft": mark("Not planned yet"),
    "solving": mark("Working it out…"),
    "proposed": mark("Ready for you to look at"),
    "published": mark("Published"),
    "discarded": mark("Put away"),
    "cancelled": mark("Stopped"),
    "failed": mark("Could not be planned"),
    "stale": mark("Out of date"),
}
STAGE_WORDS: Final[Mapping[str, str]] = {
    "queued": mark("Waiting for a free hand. It begins by itself."),
    "loading": mark("Reading who has time and what is wanted."),
    "greedy": mark("Making a first plan."),
    "shortfall": mark("Giving every role the people it needs at least."),
    "open": mark("Filling as many seats as possible."),
    "cost": mark("Making ways shorter and shares more even."),
    "storing": mark("Writing the plan down."),
    "done": mark("Writing the plan down."),
}


def helpers(reader: Reader) -> Mapping[str, Callable[..., object]]:
    """Functions that templates call."""
    look_up = translations(reader.language).gettext

    def why_words(reasons: Iterable[str]) -> str:
        comma = "、" if reader.language == "zh" else ", "
        return comma.join(look_up(WHY_WORDS[reason]) for reason in reasons)

    return {
        **word_helpers(reader.language),
        **reason_helpers(reader),
        **attendance_helpers(look_up),
        "admin_entries": lambda: entries_for(reader.actor),
        "claim_words": lambda state: look_up(CLAIM_WORDS[state]),
        "level_words": lambda level: look_up(LEVEL_WORDS[level]),
        "round_words": lambda state: look_up(ROUND_WORDS[state]),
        "stage_words": lambda stage: look_up(STAGE_WORDS.get(stage, STAGE_WORDS["greedy"])),
        "position_systems": lambda: SYSTEM_WORDS.items(),
        "why_words": why_words,
    }


def sentence(reader: Reader, error: ServiceError) -> str:
    """A refusal in the reader's language; of an input, what is wrong with it."""
    zone = reader.settings.zone
    if isinstance(error, Invalid) and error.defects:
        said = [messages.say_defect(each, reader.language, zone) for each in error.defects]
        return "；".join(said) + "。" if reader.language == "zh" else "; ".join(said) + "."
    return messages.say(error.reason, error.parameters, reader.language, zone).detail
