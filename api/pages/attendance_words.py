"""Words for how somebody's coming is known, for evaluations and for safety reports."""

from collections.abc import Callable, Mapping
from typing import Final

from api.i18n import mark
from services.evaluations import Word

EVIDENCE_WORDS: Final[Mapping[str, str]] = {
    "qr": mark("by code"),
    "qr_later": mark("by code, sent later"),
    "code": mark("six-digit code"),
    "lead": mark("by the lead"),
    "decision": mark("by decision"),
    "capped": mark("planned end"),
}
EVALUATION_WORDS: Final[Mapping[str, str]] = {
    Word.WELL_PREPARED: mark("well prepared"),
    Word.FRIENDLY: mark("friendly"),
    Word.MEANINGFUL: mark("it mattered"),
    Word.LEARNED: mark("learned something"),
    Word.TOO_LITTLE_TO_DO: mark("too little to do"),
    Word.TOO_MUCH_TO_DO: mark("too much to do"),
    Word.UNCLEAR: mark("unclear what to do"),
    Word.RELIABLE: mark("reliable"),
    Word.SKILLED: mark("skilled"),
    Word.KIND: mark("kind to people"),
    Word.HELPED_OTHERS: mark("helped the others"),
    Word.NEEDS_GUIDANCE: mark("needs guidance"),
}
REPORT_KINDS: Final[Mapping[str, str]] = {
    "accident": mark("An accident or injury"),
    "harassment": mark("Harassment or abuse"),
    "minor_safety": mark("The safety of somebody under 18"),
}
REPORT_STATES: Final[Mapping[str, str]] = {
    "sent": mark("Sent, not handled yet"),
    "taken": mark("Being handled"),
    "closed": mark("Answered and closed"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "served": mark("Accepted: you served"),
    "excused": mark("Accepted: you are excused"),
    "stands": mark("The mark stands"),
}


def attendance_helpers(look_up: Callable[[str], str]) -> Mapping[str, Callable[[str], str]]:
    """Functions that templates call."""
    return {
        "evidence_words": lambda code: look_up(EVIDENCE_WORDS[code]),
        "evaluation_words": lambda code: look_up(EVALUATION_WORDS[code]),
        "report_kind": lambda code: look_up(REPORT_KINDS[code]),
        "report_state": lambda code: look_up(REPORT_STATES[code]),
        "outcome_words": lambda code: look_up(OUTCOMES[code]),
    }
