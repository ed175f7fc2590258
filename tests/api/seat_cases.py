"""A way to each reason for which a seat cannot be had: a case for each operation and code, made
through the services as it would come about."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from models.core import Exclusion
from services import agreements, blocks, claims, insurance, shifts
from services.agreements import AgreementIn
from services.blocks import BlockIn
from services.claims import Claim
from services.insurance import PolicyIn
from services.refusals import Refusal
from services.rights import Actor
from services.shifts import RoleIn, Shift
from tests.services.claims.world import claim
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
from tests.support.families import make_family

HERE, FAR = (121.4737, 31.2304), (121.6737, 31.2304)


@dataclass(frozen=True)
class Asked:
    """One request, as a program makes it and as a page's button does.

    `leads_to`: where the page leads on instead of saying no, and `says` is what stands there.
    """

    who: Actor
    path: str
    page: str
    form: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    at: datetime = NOW
    leads_to: str | None = None
    says: tuple[str, str] = ("", "")


Case = Callable[[], Awaitable[Asked]]
CASES: dict[tuple[str, str], Case] = {}
"""By operation and code."""


def case(operation: str, code: str) -> Callable[[Case], Case]:
    def keep(made: Case) -> Case:
        CASES[operation, code] = made
        return made

    return keep


def claiming(who: Actor, shift: Shift, at: datetime = NOW, **changes: Any) -> Asked:
    """A claim of the shift, by the button of its page."""
    version = changes.pop("version", shift.risk_statement_version)
    role = changes.pop("role", None)
    asked: dict[str, Any] = {"risk_statement_version": version}
    return Asked(
        who=who,
        path=f"/shifts/{shift.id}/claims",
        body=asked if role is None else {**asked, "role": role},
        page=f"/shifts/{shift.id}/claims",
        form={"version": str(version), "role": role or ""},
        at=at,
        **changes,
    )


@dataclass(frozen=True)
class Town:
    """Somebody with a seat on a shift of the day after the next, and who organises all."""

    boss: Actor
    ada: Actor
    held: Claim


async def a_town(**limits: int) -> Town:
    _, boss = await make_city()
    ada = await make_person(boss, **limits)
    # From ten to twelve in the morning of Shanghai.
    held = await claim(ada, await make_shift(boss, starts_at=hours(48), location=HERE))
    return Town(boss, ada, held)


def of_a_shift(limits: Mapping[str, int] | None = None, **shift: Any) -> Case:
    """Whoever holds that seat asks for this shift too."""

    async def make() -> Asked:
        town = await a_town(**(limits or {}))
        return claiming(town.ada, await make_shift(town.boss, **shift))

    return make


PLAIN: Mapping[Refusal, Case] = {
    Refusal.SKILLS: of_a_shift(roles=[RoleIn(key="r", target=1, skills={"aid": 1})]),
    Refusal.AGE: of_a_shift(roles=[RoleIn(key="r", target=1, min_age=60)]),
    Refusal.OPENS_AT: of_a_shift(opens_at=hours(1)),
    Refusal.OVERLAP: of_a_shift(starts_at=hours(49)),
    Refusal.TRAVEL_TOO_TIGHT: of_a_shift(starts_at=hours(50.25), location=FAR),
    Refusal.TOO_LITTLE_REST: of_a_shift(starts_at=hours(36.5), hours_long=5),
    Refusal.TOO_MANY_MINUTES_THAT_DAY: of_a_shift(starts_at=hours(51), hours_long=7),
    Refusal.TOO_MANY_SHIFTS: of_a_shift({"max_shifts": 1}, starts_at=hours(96)),
    Refusal.TOO_MANY_MINUTES: of_a_shift({"max_minutes": 540}, starts_at=hours(96), hours_long=8),
}
CASES |= {("create_claim", reason.value): made for reason, made in PLAIN.items()}


@case("create_claim", "ended")
async def _ended() -> Asked:
    town = await a_town()
    shift = await make_shift(town.boss)
    return claiming(town.ada, shift, shift.ends_at)


@case("create_claim", "called_off")
async def _called_off() -> Asked:
    town = await a_town()
    shift = await make_shift(town.boss)
    await shifts.call_off(town.boss, shift.id, NOW)
    return claiming(town.ada, shift)


@case("create_claim", "already_claimed")
async def _already_claimed() -> Asked:
    town = await a_town()
    shift = await make_shift(town.boss)
    await claim(town.ada, shift)
    return claiming(
        town.ada, shift, leads_to=f"/shifts/{shift.id}", says=("你已报名", "You are in")
    )


@case("create_claim", "excluded")
async def _excluded() -> Asked:
    town = await a_town()
    shift = await make_shift(town.boss)
    await Exclusion.create(shift_id=shift.id, volunteer_id=_person(town.ada), reason="rest")
    return claiming(town.ada, shift)


@case("create_claim", "blocked_until")
async def _blocked() -> Asked:
    town = await a_town()
    shift = await make_shift(town.boss)
    block = BlockIn(volunteer_id=_person(town.ada), ends_at=hours(400), reason="late")
    await blocks.add(town.boss, block, NOW)
    return claiming(town.ada, shift)


@case("create_claim", "insurance")
async def _uninsured() -> Asked:
    town = await a_town()
    danger = await make_project(town.boss, is_dangerous=True)
    return claiming(town.ada, await make_shift(town.boss, project_id=danger.id))


@case("create_claim", "group")
async def _closed_group() -> Asked:
    town = await a_town()
    team = (await make_organisation(town.boss)).id
    roles = [RoleIn(key="r", target=1, groups=[team])]
    return claiming(town.ada, await make_shift(town.boss, roles=roles))


@case("create_claim", "full")
async def _full() -> Asked:
    town = await a_town()
    shift = await make_shift(town.boss)
    await claim(await make_person(town.boss), shift)
    return claiming(town.ada, shift)


@case("create_claim", "risk_statement_changed")
async def _reworded() -> Asked:
    town = await a_town()
    return claiming(town.ada, await make_shift(town.boss), version=7)


@case("create_claim", "no_such_role")
async def _no_such_role() -> Asked:
    town = await a_town()
    return claiming(town.ada, await make_shift(town.boss), role="nobody")


@case("create_claim", "volunteers_only")
async def _no_volunteer() -> Asked:
    town = await a_town()
    return claiming(town.boss, await make_shift(town.boss))


@case("create_claim", "guardian_consent_missing")
async def _no_consent() -> Asked:
    _, boss = await make_city()
    family = await make_family(boss)
    shift = await with_a_grown_up(boss)
    # The page does not leave it at a no: it asks the guardian, and says so.
    return claiming(
        family.teen,
        shift,
        leads_to=f"/shifts/{shift.id}#guardian",
        says=("已请监护人", "Your guardian has been asked"),
    )


async def with_a_grown_up(boss: Actor, **shift: Any) -> Shift:
    """A shift on which somebody under 18 would not be alone."""
    made = await make_shift(boss, seats=3, **shift)
    company = await claim(await make_person(boss), made)
    if company.state == "requested":
        await claims.approve(boss, company.id, NOW, SETTINGS)
    return made


@case("create_claim", "minor_hours")
async def _too_late_at_night() -> Asked:
    _, boss = await make_city()
    family = await make_family(boss)
    return claiming(family.teen, await with_a_grown_up(boss, starts_at=hours(35.5)))


@case("create_claim", "adult_missing")
async def _alone() -> Asked:
    _, boss = await make_city()
    family = await make_family(boss)
    return claiming(family.teen, await make_shift(boss))


@case("create_claim", "agreement_missing")
async def _not_signed() -> Asked:
    town = await a_town()
    project = await make_project(town.boss)
    command = AgreementIn(is_heavy_risk=True, text="On a roof, with a rope.")
    await agreements.write(town.boss, project.id, command, None, NOW)
    policy = PolicyIn(insurer="I", number="1", covers_from=NOW, covers_until=hours(100))
    await insurance.add(town.boss, project.id, policy)
    shift = await make_shift(town.boss, project_id=project.id)
    # The page leads to what is to be signed, and from there to the seat.
    words = (command.text, command.text)
    return claiming(town.ada, shift, leads_to=f"/shifts/{shift.id}/agreement", says=words)


def _person(actor: Actor) -> UUID:
    assert actor.volunteer_id is not None
    return actor.volunteer_id
