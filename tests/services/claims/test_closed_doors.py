"""Insurance and blocks: what closes a shift for everybody or for one person, and opens it again."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from models.core import Claim as ClaimRow
from services import blocks, claims, insurance, offers, own_data, projects
from services.blocks import BlockIn
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.insurance import PolicyIn
from services.offers import OfferQuery
from services.paging import PageQuery
from services.projects import Project, ProjectIn
from services.rights import Actor
from tests.services.claims.world import claim, refusal, wait
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_project,
    make_shift,
)


def policy(
    number: str = "1", until: datetime | None = None, people_max: int | None = None
) -> PolicyIn:
    return PolicyIn(
        insurer="City Mutual",
        number=number,
        covers_from=hours(0),
        covers_until=until or hours(26),
        people_max=people_max,
    )


def as_dangerous(project: Project) -> ProjectIn:
    return ProjectIn(
        organisation_id=project.organisation_id,
        name=project.name,
        risk_statement=project.risk_statement,
        is_dangerous=True,
    )


async def test_a_dangerous_shift_is_claimed_once_a_policy_covers_all_of_it(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    project = await make_project(boss, is_dangerous=True)
    shift = await make_shift(boss, project_id=project.id, seats=5)
    assert (await refusal(ada, shift)).reason == "insurance"
    await insurance.add(boss, project.id, policy("short", until=hours(26) - timedelta(minutes=1)))
    assert (await refusal(ada, shift)).reason == "insurance"
    one = await insurance.add(boss, project.id, policy("one", people_max=1))
    assert (await claim(ada, shift)).state == "confirmed"
    assert (await refusal(ben, shift)).reason == "insurance"
    with pytest.raises(Conflict, match="policy_needed"):
        await insurance.remove(boss, one.id, NOW)
    await insurance.add(boss, project.id, policy("all"))
    assert (await claim(ben, shift)).state == "confirmed"
    await insurance.remove(boss, one.id, NOW)
    assert [each.number for each in (await insurance.list_of(boss, project.id, PageQuery())).items]


async def test_a_project_becomes_dangerous_only_with_its_people_insured(database: str) -> None:
    _, boss = await make_city()
    project = await make_project(boss)
    await claim(await make_person(boss), await make_shift(boss, project_id=project.id))
    with pytest.raises(Conflict, match="policy_needed"):
        await projects.replace(boss, project.id, as_dangerous(project), None, NOW)
    await insurance.add(boss, project.id, policy())
    changed = await projects.replace(boss, project.id, as_dangerous(project), None, NOW)
    assert changed.is_dangerous


async def test_an_offer_is_not_accepted_where_the_insurance_is_gone(database: str) -> None:
    _, boss = await make_city()
    holder, ada = await make_person(boss), await make_person(boss)
    project = await make_project(boss, is_dangerous=True)
    kept = await insurance.add(boss, project.id, policy())
    shift = await make_shift(boss, project_id=project.id)
    held = await claim(holder, shift)
    await wait(ada, shift)
    await claims.withdraw(holder, held.id, NOW, SETTINGS)
    await claims.offer_due(NOW, SETTINGS)
    [offer] = (await offers.list_mine(ada, OfferQuery(), NOW)).items
    await rows("DELETE FROM insurance_policy WHERE id = $1", kept.id)
    with pytest.raises(Conflict, match="insurance"):
        await offers.accept(ada, offer.id, NOW, SETTINGS)
    assert (await ClaimRow.get(id=offer.claim_id)).state == "offered"


async def test_policies_are_for_those_who_organise_the_project(database: str) -> None:
    _, boss = await make_city()
    stranger = await make_organiser((await make_organisation(boss)).id)
    project = await make_project(boss)
    kept = await insurance.add(boss, project.id, policy())
    with pytest.raises(Conflict, match="policy_number_taken"):
        await insurance.add(boss, project.id, policy())
    with pytest.raises(Invalid):
        await insurance.add(boss, project.id, policy("2", until=hours(0)))
    assert (await insurance.get(boss, kept.id)).number == "1"
    for asked in (
        insurance.get(stranger, kept.id),
        insurance.remove(stranger, kept.id, NOW),
        insurance.add(stranger, project.id, policy("3")),
        insurance.get(boss, uuid4()),
    ):
        with pytest.raises(NotFound):
            await asked


def blocking(person: Actor, until: datetime | None = None) -> BlockIn:
    assert person.volunteer_id is not None
    ends_at = until or hours(48)
    return BlockIn(volunteer_id=person.volunteer_id, ends_at=ends_at, reason="Came late twice")


async def test_a_block_holds_below_its_node_until_its_end(database: str) -> None:
    city, boss = await make_city()
    team = await make_organisation(boss)
    below = await make_organiser(team.id)
    ada = await make_person(boss)
    shift = await make_shift(below, starts_at=hours(72))
    await blocks.add(boss, blocking(ada), NOW)
    refused = await refusal(ada, shift)
    assert refused.reason == "blocked_until"
    facts = {"until": hours(48), "organisation_name": city.name, "reason": "Came late twice"}
    assert refused.parameters == facts
    assert (await claim(ada, shift, at=hours(48))).state == "confirmed"


async def test_a_block_above_another_does_not_bind_the_rest_of_the_tree(database: str) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    below = await make_organiser(team.id)
    ada = await make_person(boss, groups=[team.id])
    await blocks.add(below, blocking(ada), NOW)
    assert (await refusal(ada, await make_shift(below))).reason == "blocked_until"
    assert (await claim(ada, await make_shift(boss))).state == "confirmed"


async def test_the_person_is_told_of_the_block_reads_it_and_hears_when_it_is_lifted(
    database: str,
) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    assert ada.volunteer_id is not None
    made = await blocks.add(boss, blocking(ada), NOW)
    with pytest.raises(Conflict, match="blocked_already"):
        await blocks.add(boss, blocking(ada), NOW)
    assert (await blocks.list_page(boss, PageQuery(), NOW)).items == [made]
    exported = await own_data.export(ada, ada.volunteer_id, NOW, today=TODAY)
    assert [line.reason for line in exported.blocks] == ["Came late twice"]
    await blocks.lift(boss, made.id)
    assert (await claim(ada, await make_shift(boss))).state == "confirmed"
    told = await rows("SELECT kind FROM notification ORDER BY created_at, id")
    assert [row["kind"] for row in told] == ["claims_blocked", "claims_unblocked"]
    with pytest.raises(NotFound):
        await blocks.get(boss, made.id)


async def test_only_who_runs_the_work_blocks_and_only_whom_they_see(database: str) -> None:
    _, boss = await make_city()
    stranger = await make_organiser((await make_organisation(boss)).id)
    ada = await make_person(boss)
    made = await blocks.add(boss, blocking(ada), NOW)
    with pytest.raises(Forbidden):
        await blocks.add(ada, blocking(ada), NOW)
    with pytest.raises(NotFound):
        await blocks.get(stranger, made.id)
    with pytest.raises(NotFound):
        await blocks.lift(stranger, made.id)
    for command, code in (
        (blocking(ada, hours(-1)), "block_in_past"),
        (blocking(ada, NOW + timedelta(days=366)), "block_too_long"),
    ):
        with pytest.raises(Invalid) as caught:
            await blocks.add(boss, command, NOW)
        assert [each.code for each in caught.value.defects] == [code]
    with pytest.raises(Invalid) as unseen:
        await blocks.add(stranger, blocking(ada), NOW)
    assert [each.code for each in unseen.value.defects] == ["unknown_id"]
    # One that has ended is no reason against a new one.
    await blocks.add(boss, blocking(ada, hours(100)), hours(49))
