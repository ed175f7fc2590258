"""Why a round could not be planned, in words that an organiser can follow up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.i18n import mark, translations
from api.pages.reader import Reader
from services import shifts, volunteers
from services.errors import NotFound
from services.rights import Actor
from services.rounds import Failure
from services.shifts import Shift

CLASHES_SHOWN: Final = 10
FAILURE_WORDS: Final[Mapping[str, str]] = {
    "fixed_clash": mark(
        "Some promises do not go together. Take one of these back, then plan anew."
    ),
    "problem_refused": mark(
        "The data hold something that cannot be planned: %(place)s (%(code)s)."
    ),
    "too_many_attempts": mark("Planning broke off %(attempts)s times. Try fewer days, or later."),
}
RULE_WORDS: Final[Mapping[str, str]] = {
    "H4": mark("They overlap, or leave too little time for the way."),
    "H5": mark("They leave too little rest."),
    "H6": mark("Together they are more than this person wants to serve."),
    "H7": mark("They are more people than the role can take, or one person twice."),
    "H11": mark("They bring together people who are to stay apart."),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A line that cannot stand beside the others."""

    name: str
    shift: Shift


@dataclass(frozen=True, slots=True)
class FailureSaid:
    """A failure as the page shows it."""

    sentences: tuple[str, ...]
    promises: tuple[Promise, ...]


async def failure_said(reader: Reader, actor: Actor, failure: Failure) -> FailureSaid:
    """The failure in words, with the names behind its ids."""
    look_up = translations(reader.language).gettext
    known = FAILURE_WORDS.get(failure.code, FAILURE_WORDS["problem_refused"])
    facts = {"place": "–", "code": failure.code, "attempts": "–", **failure.parameters}
    rule = RULE_WORDS.get(str(failure.parameters.get("rule", "")))
    sentences = (look_up(known) % facts, *((look_up(rule),) if rule else ()))
    return FailureSaid(sentences, await _promises(reader, actor, failure))


async def _promises(reader: Reader, actor: Actor, failure: Failure) -> tuple[Promise, ...]:
    today = reader.moments.day_of(reader.now)
    found: list[Promise] = []
    for line in failure.lines[:CLASHES_SHOWN]:
        try:
            volunteer = await volunteers.get(actor, line.volunteer_id, today=today)
            shift = await shifts.get(actor, line.shift_id)
        except NotFound:  # Gone since; then the clash may be gone too.
            continue
        found.append(Promise(volunteer.name, shift))
    return tuple(found)
