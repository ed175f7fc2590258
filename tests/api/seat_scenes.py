"""Scenes as Hypothesis draws them: who there is, what there is to do, and who asks for what."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from models.core import ClaimMode, Exclusion
from services import activity_consents, blocks, shifts
from services.activity_consents import ActivityConsentIn
from services.blocks import BlockIn
from services.errors import Conflict
from services.rights import Actor
from services.shifts import RoleIn, Shift
from services.volunteers import Skill
from tests.services.claims.world import TIRELESS
from tests.support.factories import (
    NOW,
    hours,
    make_city,
    make_organisation,
    make_person,
    make_project,
    make_shift,
)
from tests.support.families import accompany, guardian_of

PLACES = ((121.4737, 31.2304), (121.4937, 31.2304), (121.6737, 31.2304))
LIMITS: tuple[dict[str, int], ...] = (
    {},
    TIRELESS,
    {"max_shifts": 1},
    {"max_minutes_per_day": 150},
    {"max_minutes": 200},
)
AGES = ((0, 150), (40, 150), (0, 30))


def rarely(kind: st.SearchStrategy[Any], usual: object) -> st.SearchStrategy[Any]:
    """Mostly the usual, so that what is asked late is reached as well."""
    return st.sampled_from([False] * 4 + [True]).flatmap(lambda so: kind if so else st.just(usual))


@dataclass(frozen=True)
class Somebody:
    """A person as drawn; `limits` counts in `LIMITS`. For a minor a guardian has said yes to all
    that there is, if `is_agreed`."""

    born: int
    level: int
    is_member: bool
    limits: int
    is_blocked: bool
    is_agreed: bool


@dataclass(frozen=True)
class Post:
    """A role as drawn; `ages` counts in `AGES`."""

    target: int
    needs_aid: bool
    needs_member: bool
    ages: int


@dataclass(frozen=True)
class Work:
    """A shift as drawn; `keeps_out` counts among the people. `is_led`: by somebody grown up."""

    half_hours: int
    hours_long: int
    place: int
    posts: tuple[Post, ...]
    is_dangerous: bool
    opens_later: bool
    is_called_off: bool
    mode: ClaimMode
    keeps_out: int | None
    is_led: bool


@dataclass(frozen=True)
class Scene:
    """Who there is, what there is to do, and who asks for what, one after the other."""

    people: tuple[Somebody, ...]
    work: tuple[Work, ...]
    asks: tuple[tuple[int, int], ...]


somebody = st.builds(
    Somebody,
    born=st.one_of(st.integers(1950, 2007), st.integers(1950, 2007), st.integers(2009, 2012)),
    level=st.integers(0, 3),
    is_member=st.booleans(),
    limits=st.integers(0, len(LIMITS) - 1),
    is_blocked=rarely(st.just(True), False),
    is_agreed=rarely(st.just(False), True),
)
post = st.builds(
    Post,
    target=st.sampled_from([1, 1, 2]),
    needs_aid=rarely(st.just(True), False),
    needs_member=rarely(st.just(True), False),
    ages=rarely(st.sampled_from([1, 2]), 0),
)
work = st.builds(
    Work,
    half_hours=st.integers(0, 110),
    hours_long=st.integers(1, 3),
    place=st.integers(0, len(PLACES) - 1),
    posts=st.lists(post, min_size=1, max_size=2).map(tuple),
    is_dangerous=rarely(st.just(True), False),
    opens_later=rarely(st.just(True), False),
    is_called_off=rarely(st.just(True), False),
    mode=st.sampled_from([ClaimMode.INSTANT] * 3 + [ClaimMode.APPROVE]),
    keeps_out=rarely(st.integers(0, 1), None),
    is_led=st.booleans(),
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    people = draw(st.lists(somebody, min_size=2, max_size=3))
    there = draw(st.lists(work, min_size=3, max_size=6))
    ask = st.tuples(st.integers(0, len(people) - 1), st.integers(0, len(there) - 1))
    asks = draw(st.lists(ask, min_size=5, max_size=10, unique=True))
    again = draw(rarely(st.just(asks[:1]), []))
    return Scene(tuple(people), tuple(there), (*asks, *again))


async def make(scene: Scene) -> tuple[list[Actor], list[Shift]]:
    """The people and the shifts of a scene, made through the services."""
    _, boss = await make_city()
    team = (await make_organisation(boss)).id
    danger = (await make_project(boss, is_dangerous=True)).id
    people = [await _person(boss, each, team) for each in scene.people]
    there = [await _shift(boss, each, people, team, danger) for each in scene.work]
    for somebody, drawn in zip(people, scene.people, strict=True):
        if drawn.born >= FIRST_MINOR and drawn.is_agreed:
            await _agree(boss, somebody, there)
    return people, there


FIRST_MINOR = 2009


async def _agree(boss: Actor, minor: Actor, there: list[Shift]) -> None:
    """A guardian whose papers were seen says yes to whatever can still be said yes to."""
    guardian = await guardian_of(boss, minor)
    for shift in there:
        command = ActivityConsentIn(
            shift_id=shift.id, volunteer_id=minor.volunteer_id, risk_statement_version=1
        )
        with suppress(Conflict):
            await activity_consents.ask(guardian, command, NOW)


async def _person(boss: Actor, drawn: Somebody, team: UUID) -> Actor:
    made = await make_person(
        boss,
        birth_date=date(drawn.born, 5, 1),
        skills=[Skill(skill="aid", level=drawn.level)] if drawn.level else [],
        groups=[team] if drawn.is_member else [],
        **LIMITS[drawn.limits],
    )
    assert made.volunteer_id is not None
    if drawn.is_blocked:
        block = BlockIn(volunteer_id=made.volunteer_id, ends_at=hours(400), reason="late")
        await blocks.add(boss, block, NOW)
    return made


async def _shift(boss: Actor, drawn: Work, people: list[Actor], team: UUID, danger: UUID) -> Shift:
    roles = [
        RoleIn(
            key=f"role {number}",
            target=each.target,
            skills={"aid": 2} if each.needs_aid else {},
            groups=[team] if each.needs_member else [],
            min_age=AGES[each.ages][0],
            max_age=AGES[each.ages][1],
        )
        for number, each in enumerate(drawn.posts)
    ]
    shift = await make_shift(
        boss,
        roles=roles,
        starts_at=hours(22) + timedelta(minutes=30 * drawn.half_hours),
        hours_long=drawn.hours_long,
        location=PLACES[drawn.place],
        project_id=danger if drawn.is_dangerous else None,
        opens_at=hours(1) if drawn.opens_later else None,
        claim_mode=drawn.mode,
    )
    if drawn.keeps_out is not None:
        away = people[drawn.keeps_out].volunteer_id
        await Exclusion.create(shift_id=shift.id, volunteer_id=away, reason="rest")
    if drawn.is_led:
        await accompany(shift.id)
    if drawn.is_called_off:
        await shifts.call_off(boss, shift.id, NOW)
    return shift
