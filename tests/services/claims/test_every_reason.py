"""Every reason against a seat is reached through the service, is said in both languages, and is
the same for the page, the interface, the alternatives and the matcher."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from api import messages
from matcher import rules
from matcher.problem import Horizon, Rules, Volunteer
from matcher.problem import Role as MatcherRole
from models.core import ClaimMode, Exclusion
from services import blocks, claims, shifts
from services.blocks import BlockIn
from services.calendars import load_calendar, load_person, load_seats
from services.claims import ClaimIn
from services.errors import Conflict
from services.refusals import Refusal
from services.rights import Actor
from services.scope import SYSTEM, entered
from services.shifts import RoleIn, Shift
from services.volunteers import Skill
from tests.services.claims.world import TIRELESS, claim
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_organisation,
    make_person,
    make_project,
    make_shift,
)

PEOPLE, SHIFTS, SEED = 12, 26, 20261122
PLACES = ((121.4737, 31.2304), (121.4937, 31.2304), (121.6737, 31.2304))
H1 = {"skills": "skills", "age": "age", "group": "group"}


async def random_person(boss: Actor, draw: random.Random, team: UUID) -> Actor:
    """Somebody with a skill or none, of any age from 18, who may do little or much."""
    limits = draw.choice([TIRELESS, {"max_shifts": 2}, {"max_minutes_per_day": 240}, {}, {}])
    skills = [Skill(skill="aid", level=draw.randint(1, 3))] if draw.random() < 0.5 else []
    return await make_person(
        boss,
        birth_date=date(draw.randint(1950, 2007), 5, 1),
        skills=skills,
        groups=[team] if draw.random() < 0.4 else [],
        **limits,
    )


async def random_shift(boss: Actor, draw: random.Random, team: UUID, danger: UUID) -> Shift:
    """A shift on one of three days that may ask for anything."""
    roles = [
        RoleIn(
            key=f"role {number}",
            target=draw.choice([1, 1, 2]),
            skills={"aid": 2} if draw.random() < 0.25 else {},
            groups=[team] if draw.random() < 0.15 else [],
            min_age=ages[0],
            max_age=ages[1],
        )
        for number in range(draw.choice([1, 1, 2]))
        for ages in [draw.choice([(0, 150)] * 3 + [(40, 150), (0, 30)])]
    ]
    start = hours(22) + timedelta(minutes=30 * draw.randint(0, 110))
    return await make_shift(
        boss,
        roles=roles,
        starts_at=start,
        hours_long=draw.choice([1, 2, 3]),
        location=draw.choice(PLACES),
        project_id=danger if draw.random() < 0.07 else None,
        opens_at=hours(1) if draw.random() < 0.07 else None,
        claim_mode=draw.choice([ClaimMode.INSTANT] * 5 + [ClaimMode.APPROVE]),
    )


async def matcher_reasons(actor: Actor, shift: Shift) -> set[str]:
    """What the matcher's own rules say against each role, asked one by one as the solver is."""
    assert actor.volunteer_id is not None
    async with entered(SYSTEM):
        person = await load_person(
            actor.volunteer_id, shift.starts_at, shift.ends_at, SETTINGS.zone
        )
        calendar = await load_calendar(actor.volunteer_id, shift.id)
        seats = await load_seats(shift.id, None)
    by_role = [_role_reasons(person, seat.role, seat.held) for seat in seats]
    if all(by_role):
        return {reason for reasons in by_role for reason in reasons}
    offset = SETTINGS.utc_offset_minutes
    asked, found = calendar.asked, set[str]()
    days = Horizon(asked.start_minute, asked.end_minute, offset)
    for other in [*calendar.promised, *person.engaged]:
        if rules.overlap_or_late(asked, other, days, Rules()):
            found.add("overlap" if rules.gap_minutes(asked, other) < 0 else "travel_too_tight")
        elif rules.rests_too_little(asked, other, days, Rules()):
            found.add("too_little_rest")
    return found or _limit_reasons(person, asked, calendar.promised, offset)


def _role_reasons(person: Volunteer, role: MatcherRole, held: int) -> set[str]:
    unsuited = rules.unsuited(person, role)
    if unsuited is not None:
        return {H1[unsuited]}
    return {"full"} if rules.too_many(role, held + 1) else set()


def _limit_reasons(
    person: Volunteer, asked: rules.Stay, promised: tuple[rules.Stay, ...], offset: int
) -> set[str]:
    names = {
        "max_minutes": "too_many_minutes",
        "max_minutes_per_day": "too_many_minutes_that_day",
        "max_shifts": "too_many_shifts",
    }
    day = (asked.start_minute + offset) // 1440
    found = set[str]()
    for first in range(day - 6, day + 1):
        week = Horizon(first * 1440 - offset, (first + 7) * 1440 - offset, offset)
        within = [each for each in promised if week.holds(each.start_minute)]
        found |= {names[limit] for limit in rules.above_limits(person, [asked, *within], week)}
    return found


OUTSIDE_MATCHER = {"already_claimed", "opens_at", "insurance", "blocked_until", "excluded"}


async def test_page_interface_alternatives_and_matcher_never_disagree(database: str) -> None:
    """Random people ask for random shifts, and what the one says the others say."""
    draw = random.Random(SEED)
    _, boss = await make_city()
    team = (await make_organisation(boss)).id
    danger = (await make_project(boss, is_dangerous=True)).id
    people = [await random_person(boss, draw, team) for _ in range(PEOPLE)]
    open_ = [await random_shift(boss, draw, team, danger) for _ in range(SHIFTS)]
    await _close_some_doors(boss, draw, people, open_)
    counted: Counter[str] = Counter()
    for _ in range(PEOPLE * 14):
        actor, shift = draw.choice(people), draw.choice(open_)
        counted[await _agreed(actor, shift)] += 1
    # Each answer was common enough to have been compared.
    assert counted["taken"] > 15
    assert len(counted) >= 10, counted


async def _close_some_doors(
    boss: Actor, draw: random.Random, people: list[Actor], open_: list[Shift]
) -> None:
    blocked = draw.choice(people).volunteer_id
    assert blocked is not None
    block = BlockIn(volunteer_id=blocked, ends_at=hours(400), reason="late")
    await blocks.add(boss, block, NOW)
    for shift in open_[:4]:
        away = draw.choice(people).volunteer_id
        await Exclusion.create(shift_id=shift.id, volunteer_id=away, reason="rest")


async def _agreed(actor: Actor, shift: Shift) -> str:
    """What all of them say: `taken`, or the reason."""
    command = ClaimIn(risk_statement_version=shift.risk_statement_version)
    against = await matcher_reasons(actor, shift)
    may = await claims.may_claim(actor, shift.id, command, NOW, SETTINGS)
    try:
        made = await claims.claim(actor, shift.id, command, NOW, SETTINGS)
    except Conflict as refused:
        reason = refused.reason
        assert not may, reason
        assert reason in against or reason in OUTSIDE_MATCHER, (reason, against)
        await _alternatives_are_open(actor, refused)
        return reason
    assert may
    assert against == set()
    assert made.state in ("confirmed", "requested")
    return "taken"


async def _alternatives_are_open(actor: Actor, refused: Conflict) -> None:
    if not isinstance(refused, claims.SeatRefused):
        return
    for each in refused.alternatives.items:
        asked = ClaimIn(role=each.role_key, risk_statement_version=1)
        assert await claims.may_claim(actor, each.shift_id, asked, NOW, SETTINGS)
        shift = await shifts.get(actor, each.shift_id)
        assert await matcher_reasons(actor, shift) == set()


async def _shift_that_refuses(boss: Actor, ada: Actor, reason: Refusal) -> tuple[Shift, datetime]:
    """A shift that refuses Ada for this reason and no other, and when she asks."""
    assert ada.volunteer_id is not None
    simple = {
        Refusal.SKILLS: {"roles": [RoleIn(key="r", target=1, skills={"aid": 1})]},
        Refusal.AGE: {"roles": [RoleIn(key="r", target=1, min_age=60)]},
        Refusal.OPENS_AT: {"opens_at": hours(1)},
        Refusal.OVERLAP: {"starts_at": hours(49)},
        Refusal.TRAVEL_TOO_TIGHT: {"starts_at": hours(50.25), "location": PLACES[2]},
        Refusal.TOO_LITTLE_REST: {"starts_at": hours(36.5), "hours_long": 5},
        Refusal.TOO_MANY_SHIFTS: {"starts_at": hours(24 * 4)},
        Refusal.TOO_MANY_MINUTES_THAT_DAY: {"starts_at": hours(51), "hours_long": 7},
        Refusal.TOO_MANY_MINUTES: {"starts_at": hours(24 * 4), "hours_long": 8},
    }
    if reason is Refusal.GROUP:
        team = (await make_organisation(boss)).id
        simple[reason] = {"roles": [RoleIn(key="r", target=1, groups=[team])]}
    if reason is Refusal.INSURANCE:
        simple[reason] = {"project_id": (await make_project(boss, is_dangerous=True)).id}
    shift = await make_shift(boss, **simple.get(reason, {}))
    if reason is Refusal.CALLED_OFF:
        await shifts.call_off(boss, shift.id, NOW)
    if reason is Refusal.EXCLUDED:
        await Exclusion.create(shift_id=shift.id, volunteer_id=ada.volunteer_id, reason="rest")
    if reason is Refusal.BLOCKED_UNTIL:
        block = BlockIn(volunteer_id=ada.volunteer_id, ends_at=hours(400), reason="late")
        await blocks.add(boss, block, NOW)
    if reason is Refusal.FULL:
        await claim(await make_person(boss), shift)
    if reason is Refusal.ALREADY_CLAIMED:
        await claim(ada, shift)
    return shift, shift.ends_at if reason is Refusal.ENDED else NOW


_LIMITS = {
    Refusal.TOO_MANY_SHIFTS: {"max_shifts": 1},
    Refusal.TOO_MANY_MINUTES: {"max_minutes": 540},
}


@pytest.mark.parametrize("reason", list(Refusal), ids=str)
async def test_every_reason_is_reached_and_said(database: str, reason: Refusal) -> None:
    _, boss = await make_city()
    ada = await make_person(boss, **_LIMITS.get(reason, {}))
    # On the day after the next, from ten to twelve in the morning of Shanghai.
    await claim(ada, await make_shift(boss, starts_at=hours(48), location=PLACES[0]))
    shift, at = await _shift_that_refuses(boss, ada, reason)
    with pytest.raises(Conflict) as caught:
        await claim(ada, shift, at=at)
    refused = caught.value
    assert refused.reason == reason.value
    for language in ("zh", "en"):
        said = messages.say(refused.reason, refused.parameters, language, SETTINGS.zone)  # type: ignore[arg-type]
        assert said.detail
        assert "–" not in said.detail, "a fact of the sentence is missing"
        assert "{" not in said.detail
