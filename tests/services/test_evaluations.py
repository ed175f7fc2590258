"""How it was, by both sides: who may say what, and what others learn of it."""

from datetime import timedelta

import pytest

from models.core import EvaluationAbout
from services import claims, evaluations
from services.claims import ClaimIn
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.evaluations import EvaluationIn, Word
from services.rights import Actor
from tests.services.attendance.world import IN, OUT, SETTINGS, Day, make_day
from tests.support.factories import NOW, make_person, make_shift, node_of

GOOD = EvaluationIn(stars=5, words=[Word.FRIENDLY, Word.LEARNED])


async def serves(day: Day, *people: Actor) -> None:
    for who in people:
        await day.scans(who, IN, 0)
        await day.scans(who, OUT, 119)


async def test_each_side_speaks_once_and_may_think_again(database: str) -> None:
    day = await make_day()
    with pytest.raises(Conflict, match="not_served"):
        await evaluations.give(day.ada, day.adas, GOOD, day.at(10))
    await serves(day, day.ada)
    now = day.at(130)
    first = await evaluations.give(day.ada, day.adas, GOOD, now)
    assert (first.about, first.stars) == (EvaluationAbout.SHIFT, 5)
    again = await evaluations.give(day.ada, day.adas, EvaluationIn(stars=3), now)
    assert (again.stars, again.words) == (3, [])
    praise = EvaluationIn(stars=5, words=[Word.RELIABLE])
    of_her = await evaluations.give(day.lead, day.adas, praise, now)
    assert of_her.about is EvaluationAbout.VOLUNTEER
    seen = await evaluations.of_claim(day.ada, day.adas)
    assert [each.about for each in seen.items] == ["shift", "volunteer"]
    by_lead = await evaluations.of_claim(day.lead, day.adas)
    assert [each.about for each in by_lead.items] == ["volunteer"]


async def test_what_is_of_a_shift_is_not_said_of_a_person(database: str) -> None:
    day = await make_day()
    await serves(day, day.ada)
    with pytest.raises(Invalid):
        await evaluations.give(day.lead, day.adas, GOOD, day.at(130))
    with pytest.raises(Conflict, match="evaluation_closed"):
        await evaluations.give(day.ada, day.adas, GOOD, day.at(120) + timedelta(days=15))


async def test_nobody_else_speaks_or_reads(database: str) -> None:
    day = await make_day()
    await serves(day, day.ada)
    with pytest.raises(NotFound):
        await evaluations.give(day.ben, day.adas, GOOD, day.at(130))
    with pytest.raises(NotFound):
        await evaluations.of_claim(day.ben, day.adas)
    with pytest.raises(Forbidden):
        await evaluations.of_shift(day.ada, day.shift.id)


async def test_sums_are_of_five_people_or_none(database: str) -> None:
    day = await make_day(seats=5)
    more = [await make_person(day.boss) for _ in range(3)]
    wanted = ClaimIn(risk_statement_version=day.shift.risk_statement_version)
    held = [day.adas, day.bens] + [
        (await claims.claim(who, day.shift.id, wanted, NOW, SETTINGS)).id for who in more
    ]
    people = [day.ada, day.ben, *more]
    await serves(day, *people)
    for number, (who, claim_id) in enumerate(zip(people, held, strict=True)):
        assert (await evaluations.of_shift(day.boss, day.shift.id)).people is None
        words = [Word.FRIENDLY, *([Word.UNCLEAR] if number == 0 else [])]
        said = EvaluationIn(stars=5 - number % 2, words=words)
        await evaluations.give(who, claim_id, said, day.at(130))
    told = await evaluations.of_shift(day.boss, day.shift.id)
    assert (told.people, told.stars_mean, told.words) == (5, 4.6, {Word.FRIENDLY: 5})
    other = await make_shift(day.boss)
    assert (await evaluations.of_shift(day.boss, other.id)).people is None
    assert node_of(day.boss)
