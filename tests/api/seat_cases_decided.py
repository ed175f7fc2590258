"""A way to each reason for which a seat cannot be given back, or given by its organiser."""

from datetime import datetime
from typing import Any

from models.core import ClaimMode, RoleName
from services import agreements, claims, insurance, shifts
from services.agreements import AgreementIn
from services.claims import Claim
from services.database import rows
from services.insurance import PolicyIn
from services.rights import Actor
from tests.api.seat_cases import Asked, a_town, case, with_a_grown_up
from tests.services.claims.world import claim
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_account,
    make_city,
    make_person,
    make_project,
    make_shift,
)
from tests.support.families import agree, make_family


def withdrawing(who: Actor, held: Claim, at: datetime = NOW) -> Asked:
    return Asked(
        who=who, path=f"/claims/{held.id}/withdraw", page=f"/claims/{held.id}/withdraw", at=at
    )


@case("withdraw_claim", "volunteers_only")
async def _nothing_to_withdraw() -> Asked:
    town = await a_town()
    return withdrawing(town.boss, town.held)


@case("withdraw_claim", "already_started")
async def _withdrawn_late() -> Asked:
    town = await a_town()
    return withdrawing(town.ada, town.held, town.held.shift.starts_at)


@case("withdraw_claim", "cutoff_passed")
async def _withdrawn_past_the_cutoff() -> Asked:
    town = await a_town()
    return withdrawing(town.ada, town.held, hours(47.9))


@case("withdraw_claim", "state_change_refused")
async def _withdrawn_when_called_off() -> Asked:
    town = await a_town()
    await shifts.call_off(town.boss, town.held.shift.id, NOW)
    return withdrawing(town.ada, town.held)


def deciding(who: Actor, asked: Claim, verb: str, at: datetime = NOW) -> Asked:
    """The organiser's answer to somebody who asked."""
    return Asked(
        who=who,
        path=f"/claims/{asked.id}/{verb}",
        body={} if verb == "refuse" else None,
        page=f"/shifts/{asked.shift.id}/requests/{asked.id}",
        form={"decision": "yes" if verb == "approve" else "no"},
        at=at,
    )


async def requested(boss: Actor, who: Actor | None = None, **shift: Any) -> Claim:
    """Somebody has asked the organiser for a seat."""
    made = await make_shift(boss, claim_mode=ClaimMode.APPROVE, **shift)
    return await claim(who or await make_person(boss), made)


@case("approve_claim", "right_missing")
async def _approved_by_a_lead() -> Asked:
    return await _decided_by_a_lead("approve")


@case("refuse_claim", "right_missing")
async def _refused_by_a_lead() -> Asked:
    return await _decided_by_a_lead("refuse")


async def _decided_by_a_lead(verb: str) -> Asked:
    """A lead sees who asks, and does not decide."""
    city, boss = await make_city()
    asked = await requested(boss)
    return deciding(await make_account((RoleName.SHIFT_LEAD, city.id)), asked, verb)


@case("approve_claim", "not_requested")
async def _approved_twice_over() -> Asked:
    return await _decided_too_late("approve")


@case("refuse_claim", "not_requested")
async def _refused_too_late() -> Asked:
    return await _decided_too_late("refuse")


async def _decided_too_late(verb: str) -> Asked:
    _, boss = await make_city()
    ada = await make_person(boss)
    asked = await requested(boss, ada)
    await claims.withdraw(ada, asked.id, NOW, SETTINGS)
    return deciding(boss, asked, verb)


@case("approve_claim", "cannot_be_taken")
async def _promised_elsewhere() -> Asked:
    _, boss = await make_city()
    ada = await make_person(boss)
    asked = await requested(boss, ada)
    await claim(ada, await make_shift(boss, starts_at=hours(24.5)))
    return deciding(boss, asked, "approve")


@case("approve_claim", "guardian_consent_missing")
async def _yes_taken_back() -> Asked:
    _, boss = await make_city()
    family = await make_family(boss)
    made = await with_a_grown_up(boss, claim_mode=ClaimMode.APPROVE)
    given = await agree(family, made)
    asked = await claim(family.teen, made)
    # Only the yes itself: whoever takes it back by the page takes the request back with it.
    await rows("UPDATE activity_consent SET state = 'withdrawn' WHERE id = $1", given.id)
    return deciding(boss, asked, "approve")


@case("approve_claim", "ended")
async def _approved_afterwards() -> Asked:
    _, boss = await make_city()
    asked = await requested(boss)
    return deciding(boss, asked, "approve", asked.shift.ends_at)


@case("approve_claim", "opens_at")
async def _opened_later() -> Asked:
    _, boss = await make_city()
    asked = await requested(boss)
    await rows("UPDATE shift SET opens_at = $2 WHERE id = $1", asked.shift.id, hours(2))
    return deciding(boss, asked, "approve")


@case("approve_claim", "insurance")
async def _policy_gone() -> Asked:
    _, boss = await make_city()
    danger = await make_project(boss, is_dangerous=True)
    policy = PolicyIn(insurer="I", number="1", covers_from=NOW, covers_until=hours(100))
    kept = await insurance.add(boss, danger.id, policy)
    asked = await requested(boss, project_id=danger.id)
    await rows("DELETE FROM insurance_policy WHERE id = $1", kept.id)
    return deciding(boss, asked, "approve")


@case("approve_claim", "full")
async def _seat_given() -> Asked:
    _, boss = await make_city()
    first = await requested(boss)
    second = await claim(await make_person(boss), await shifts.get(boss, first.shift.id))
    await claims.approve(boss, first.id, NOW, SETTINGS)
    return deciding(boss, second, "approve")


@case("approve_claim", "waiting_over")
async def _waited_to_the_end() -> Asked:
    _, boss = await make_city()
    first = await requested(boss)
    await claims.approve(boss, first.id, NOW, SETTINGS)
    shift = await shifts.get(boss, first.shift.id)
    waiting = await claim(await make_person(boss), shift, or_wait=True)
    assert waiting.state == "waitlisted"
    return deciding(boss, waiting, "approve", shift.starts_at)


@case("approve_claim", "adult_missing")
async def _alone_by_now() -> Asked:
    _, boss = await make_city()
    family = await make_family(boss)
    grown_up = await make_person(boss)
    made = await make_shift(boss, seats=2, claim_mode=ClaimMode.APPROVE)
    company = await claim(grown_up, made)
    await claims.approve(boss, company.id, NOW, SETTINGS)
    await agree(family, made, is_accompanied=False)
    asked = await claim(family.teen, made)
    await claims.withdraw(grown_up, company.id, NOW, SETTINGS)
    return deciding(boss, asked, "approve")


@case("approve_claim", "agreement_missing")
async def _never_signed() -> Asked:
    _, boss = await make_city()
    project = await make_project(boss)
    asked = await requested(boss, project_id=project.id)
    policy = PolicyIn(insurer="I", number="1", covers_from=NOW, covers_until=hours(100))
    await insurance.add(boss, project.id, policy)
    command = AgreementIn(is_heavy_risk=True, text="On a roof, with a rope.")
    await agreements.write(boss, project.id, command, None, NOW)
    return deciding(boss, asked, "approve")
