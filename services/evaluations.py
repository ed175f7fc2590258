"""How a shift was, said by both sides in a few taps.

What a person says of a shift, those who run it see in sums of five people or more. What a lead says
of somebody's service is the source of the quality that a star asks for; the person sees it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import ClaimState, EvaluationAbout, new_id
from services import rights
from services.anonymity import PEOPLE_LEAST
from services.attendance.reading import leads, require_lead_of, row_of
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.locks import lock_claim
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.transactions import transaction

OPEN_DAYS: Final = 14
"""How long after a shift its evaluation can still be given or changed."""
WORDS_MAX: Final = 4


class Word(StrEnum):
    """What can be said with one tap; of a shift, or of somebody's service."""

    WELL_PREPARED = "well_prepared"
    FRIENDLY = "friendly"
    MEANINGFUL = "meaningful"
    LEARNED = "learned"
    TOO_LITTLE_TO_DO = "too_little_to_do"
    TOO_MUCH_TO_DO = "too_much_to_do"
    UNCLEAR = "unclear"
    RELIABLE = "reliable"
    SKILLED = "skilled"
    KIND = "kind"
    HELPED_OTHERS = "helped_others"
    NEEDS_GUIDANCE = "needs_guidance"


OF_SHIFT: Final = frozenset(
    {
        Word.WELL_PREPARED,
        Word.FRIENDLY,
        Word.MEANINGFUL,
        Word.LEARNED,
        Word.TOO_LITTLE_TO_DO,
        Word.TOO_MUCH_TO_DO,
        Word.UNCLEAR,
    }
)
OF_VOLUNTEER: Final = frozenset(
    {Word.RELIABLE, Word.SKILLED, Word.KIND, Word.HELPED_OTHERS, Word.NEEDS_GUIDANCE}
)


class EvaluationIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One to five stars, and a few words from the list."""

    stars: Annotated[int, Meta(ge=1, le=5)]
    words: Annotated[list[Word], Meta(max_length=WORDS_MAX)] = []


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What one side said."""

    claim_id: UUID
    about: EvaluationAbout
    stars: int
    words: list[Word]
    changed_at: datetime


class Evaluations(msgspec.Struct, frozen=True, kw_only=True):
    """What was said about one claim, as far as the reader may see it."""

    items: list[Evaluation]


class ShiftEvaluations(msgspec.Struct, frozen=True, kw_only=True):
    """What people say of a shift. Of fewer than five of them nothing is told."""

    people: int | None = None
    stars_mean: float | None = None
    words: dict[Word, int] = {}


@acting
async def give(actor: Actor, claim_id: UUID, command: EvaluationIn, now: datetime) -> Evaluation:
    """Say how it was: the person of the shift, its lead of the person's service. Again: instead.

    Raises Conflict("not_served"), ("evaluation_closed") two weeks after the shift.
    """
    row = await row_of(claim_id)
    is_own = row["volunteer_id"] in actor.persons
    if not is_own:
        await require_lead_of(actor, row)
    about = EvaluationAbout.SHIFT if is_own else EvaluationAbout.VOLUNTEER
    allowed = OF_SHIFT if is_own else OF_VOLUNTEER
    if others := [word for word in command.words if word not in allowed]:
        raise Invalid([Defect("words", "word_not_of_this", parameters={"word": others[0].value})])
    async with entered(SYSTEM), transaction():
        await lock_claim(claim_id)
        row = await row_of(claim_id)
        if row["state"] != ClaimState.SERVED:
            raise Conflict("not_served")
        if now > row["ends_at"] + timedelta(days=OPEN_DAYS):
            raise Conflict("evaluation_closed", days=OPEN_DAYS)
        [given] = await rows(
            "INSERT INTO evaluation (id, created_at, claim_id, volunteer_id, about, stars, words, "
            "given_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $2) "
            "ON CONFLICT (claim_id, about) DO UPDATE SET stars = excluded.stars, "
            "words = excluded.words, given_by = excluded.given_by, "
            "changed_at = excluded.changed_at "
            "RETURNING claim_id, about, stars, words, changed_at",
            new_id(),
            now,
            claim_id,
            row["volunteer_id"],
            about.value,
            command.stars,
            msgspec.json.encode(sorted(set(command.words))).decode(),
            actor.account_id,
        )
    return _view(given)


@acting
async def of_claim(actor: Actor, claim_id: UUID) -> Evaluations:
    """To the person what both sides said; to those who lead the shift what was said by them."""
    row = await row_of(claim_id)
    is_own = row["volunteer_id"] in actor.records
    if not is_own:
        await require_lead_of(actor, row)
    async with entered(SYSTEM):
        found = await rows(
            "SELECT claim_id, about, stars, words, changed_at FROM evaluation "
            "WHERE claim_id = $1 AND ($2 OR about = 'volunteer') ORDER BY about",
            claim_id,
            is_own,
        )
    return Evaluations(items=[_view(each) for each in found])


@acting
async def of_shift(actor: Actor, shift_id: UUID) -> ShiftEvaluations:
    """What people say of a shift, in sums, for those who lead or organise it."""
    found = await rows(
        "SELECT p.organisation_id FROM shift s JOIN project p ON p.id = s.project_id "
        "WHERE s.id = $1",
        shift_id,
    )
    if not found:
        raise NotFound
    if not await leads(actor.account_id, shift_id):
        await rights.require(actor, Right.SEE_CLAIMS, found[0]["organisation_id"])
    async with entered(SYSTEM):
        said = await rows(
            "SELECT e.stars, e.words FROM evaluation e JOIN claim c ON c.id = e.claim_id "
            "WHERE c.shift_id = $1 AND e.about = 'shift'",
            shift_id,
        )
    if len(said) < PEOPLE_LEAST:
        return ShiftEvaluations()
    words = [word for each in said for word in msgspec.json.decode(each["words"], type=list[Word])]
    return ShiftEvaluations(
        people=len(said),
        stars_mean=round(sum(each["stars"] for each in said) / len(said), 1),
        # A word that few have said would point at them.
        words={w: n for w in Word if (n := words.count(w)) >= PEOPLE_LEAST},
    )


def _view(row: dict[str, object]) -> Evaluation:
    words = row["words"]
    return Evaluation(
        claim_id=msgspec.convert(row["claim_id"], UUID),
        about=EvaluationAbout(str(row["about"])),
        stars=msgspec.convert(row["stars"], int),
        words=msgspec.json.decode(str(words), type=list[Word]),
        changed_at=msgspec.convert(row["changed_at"], datetime),
    )
