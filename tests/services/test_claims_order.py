"""Everything that changes seats, at once and in any mixture: nobody waits in a circle, and what is
counted stays what is there."""

import asyncio
import random

from services import claims, projects, scope, shifts
from services.claims import ClaimIn
from services.database import open_runtime, rows
from services.errors import ServiceError
from services.paging import PageQuery
from services.projects import ProjectIn
from services.rights import Actor
from services.shifts import RoleIn, Shift, ShiftIn
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_person,
    make_project,
    make_shift,
)
from tests.support.races import TIRELESS

ROUNDS = 12
AT_ONCE = 12


async def claim(actor: Actor, shift: Shift) -> None:
    shown = (await shifts.get(None, shift.id)).risk_statement_version
    await claims.claim(actor, shift.id, ClaimIn(risk_statement_version=shown), NOW, SETTINGS)


async def withdraw(actor: Actor) -> None:
    held = await claims.list_mine(actor, PageQuery())
    for each in held.items:
        await claims.withdraw(actor, each.id, NOW, SETTINGS)


async def edit(boss: Actor, shift: Shift, draw: random.Random) -> None:
    roles = [RoleIn(key=key, target=1, maximum=draw.randint(1, 3)) for key in ("a", "b")]
    command = ShiftIn(
        project_id=shift.project_id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        roles=roles,
        priority=draw.randint(1, 10),
    )
    await shifts.replace(boss, shift.id, command, None, NOW)


async def reword(boss: Actor, shift: Shift, draw: random.Random) -> None:
    command = ProjectIn(
        organisation_id=shift.organisation_id,
        name="Any",
        risk_statement=f"Wet floors, {draw.random()}.",
    )
    await projects.replace(boss, shift.project_id, command, None, NOW)


async def test_nobody_waits_in_a_circle(database_url: str) -> None:
    draw = random.Random(7)
    async with open_runtime(database_url, connections_max=AT_ONCE + 1):
        _, boss = await make_city()
        people = [await make_person(boss, **TIRELESS) for _ in range(5)]
        project = await make_project(boss)
        for round_ in range(ROUNDS):
            # Three shifts that overlap, so that people's hours clash as well as seats.
            open_shifts = [
                await make_shift(
                    boss,
                    project_id=project.id,
                    roles=[RoleIn(key="a", target=1), RoleIn(key="b", target=1)],
                    starts_at=hours(24 + 48 * round_ + offset),
                )
                for offset in (0, 1, 2)
            ]
            await _mix(draw, boss, people, open_shifts)
            await _same_as_counted()


async def _mix(
    draw: random.Random, boss: Actor, people: list[Actor], open_shifts: list[Shift]
) -> None:
    made = [claim(draw.choice(people), draw.choice(open_shifts)) for _ in range(AT_ONCE - 4)]
    made += [withdraw(draw.choice(people)) for _ in range(2)]
    made += [edit(boss, draw.choice(open_shifts), draw)]
    made += [reword(boss, open_shifts[0], draw)]
    draw.shuffle(made)
    answers = await asyncio.gather(*made, return_exceptions=True)
    # A circle of waiting would be an error of the database, not a refusal.
    assert [each for each in answers if each is not None and not _is_refusal(each)] == []
    await shifts.call_off(boss, draw.choice(open_shifts).id, NOW)


def _is_refusal(answer: object) -> bool:
    return isinstance(answer, ServiceError) and answer.reason not in ("out_of_bounds", "conflict")


async def _same_as_counted() -> None:
    scope.begin(scope.SYSTEM)
    wrong = await rows(
        "SELECT r.id FROM role r WHERE r.held <> (SELECT count(*) FROM claim c "
        "WHERE c.role_id = r.id AND c.state IN "
        "('offered', 'confirmed', 'seeking_standin', 'checked_in', 'served')) "
        "OR r.held > r.maximum"
    )
    assert wrong == []
    doubled = await rows(
        "SELECT 1 FROM claim a JOIN claim b ON a.volunteer_id = b.volunteer_id AND a.id < b.id "
        "AND a.state = 'confirmed' AND b.state = 'confirmed' "
        "AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
    )
    assert doubled == []
