"""Many people at once for too few seats, and one person at once in two places."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from models.core import SEAT_STATES
from services import claims
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict
from services.rights import Actor
from tests.support.factories import NOW, SETTINGS, hours, make_person, make_project, make_shift

# Nothing but the seats and the clock may stand in the way of these people.
TIRELESS = {"max_minutes": 10**9, "max_minutes_per_day": 10**6, "max_shifts": 10**6}
HOURS_APART = 48


@dataclass
class Outcome:
    """What came of some races: how many answers of each kind, and the most ever held at once."""

    answers: Counter[str] = field(default_factory=Counter)
    held_most: int = 0
    overbooked: int = 0

    def add(self, answers: Iterable[str], held: int, allowed: int) -> None:
        self.answers.update(answers)
        self.held_most = max(self.held_most, held)
        self.overbooked += held > allowed


async def answer_to(actor: Actor, shift_id: UUID) -> str:
    """`confirmed`, or the reason against it."""
    try:
        claim = await claims.claim(
            actor, shift_id, ClaimIn(risk_statement_version=1), NOW, SETTINGS
        )
    except Conflict as refusal:
        return refusal.reason
    return claim.state.value


async def held_by(*, shift_ids: Iterable[UUID], volunteer_id: UUID | None = None) -> int:
    """How many claims hold a seat, counted from the claims themselves."""
    [found] = await rows(
        "SELECT count(*) AS held FROM claim WHERE shift_id = ANY($1::uuid[]) "
        "AND state = ANY($2) AND ($3::uuid IS NULL OR volunteer_id = $3)",
        list(shift_ids),
        [state.value for state in SEAT_STATES],
        volunteer_id,
    )
    return int(found["held"])


async def race_for_seats(boss: Actor, races: int, *, people: int = 8, seats: int = 2) -> Outcome:
    """`people` claim `seats` of a shift at once, again and again on new shifts."""
    runners = [await make_person(boss, **TIRELESS) for _ in range(people)]
    project = await make_project(boss)
    outcome = Outcome()
    for race in range(races):
        start = hours(24 + HOURS_APART * race)
        shift = await make_shift(boss, project_id=project.id, seats=seats, starts_at=start)
        answers = await asyncio.gather(*(answer_to(each, shift.id) for each in runners))
        outcome.add(answers, await held_by(shift_ids=[shift.id]), seats)
    return outcome


async def race_for_two_places(boss: Actor, races: int) -> Outcome:
    """One person claims two shifts of one time at once, again and again."""
    ada = await make_person(boss, **TIRELESS)
    project = await make_project(boss)
    outcome = Outcome()
    for race in range(races):
        start = hours(24 + HOURS_APART * race)
        both = [
            await make_shift(boss, project_id=project.id, starts_at=start, hours_long=length)
            for length in (2, 3)
        ]
        answers = await asyncio.gather(*(answer_to(ada, shift.id) for shift in both))
        held = await held_by(shift_ids=[shift.id for shift in both])
        outcome.add(answers, held, 1)
    return outcome
