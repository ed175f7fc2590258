"""Skills: what counts, who confirms it on what, and that every part of the service agrees."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.core import OrganisationKind
from services import skills
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from services.paging import PageQuery
from services.rights import Actor
from services.skills import (
    EvidenceKind,
    HeldSkill,
    SkillConfirmIn,
    SkillIn,
    SkillRefuseIn,
    SkillState,
)
from services.versions import etag_of
from tests.support.factories import (
    NOW,
    TODAY,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    organiser_at,
)

FIRST_AID = "急救"
IN_A_YEAR = TODAY + timedelta(days=365)
CERTIFICATE: dict[str, Any] = {
    "evidence": "红十字会救护员证",
    "evidence_kind": EvidenceKind.FIRST_AID_CERTIFICATE,
}


async def person_of(actor: Actor) -> UUID:
    assert actor.volunteer_id is not None
    return actor.volunteer_id


async def declared(
    person: Actor, skill: str = FIRST_AID, level: int = 3, **given: Any
) -> HeldSkill:
    command = SkillIn(skill=skill, level=level, **{**CERTIFICATE, **given})
    return await skills.declare(person, await person_of(person), command, today=TODAY)


async def confirmed(organiser: Actor, skill_id: UUID, **given: Any) -> skills.WaitingSkill:
    return await skills.confirm(
        organiser, skill_id, SkillConfirmIn(**given), None, now=NOW, today=TODAY
    )


async def counting(person: Actor, day: date = TODAY) -> dict[str, int]:
    found = await rows(
        "SELECT skill, level FROM counting_skills($1) WHERE volunteer_id = $2",
        day,
        await person_of(person),
    )
    return {row["skill"]: row["level"] for row in found}


async def test_a_free_skill_counts_when_declared_and_a_restricted_one_when_confirmed(
    database: str,
) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)

    await declared(ada, "沪语", evidence="", evidence_kind=None)
    first_aid = await declared(ada)
    assert await counting(ada) == {"沪语": 3}
    assert (first_aid.counts, first_aid.is_restricted) == (False, True)

    seen = await confirmed(organiser, first_aid.id)

    assert await counting(ada) == {"沪语": 3, FIRST_AID: 3}
    assert (seen.skill.state, seen.skill.counts) == (SkillState.VERIFIED, True)
    assert seen.skill.expires_on == TODAY + timedelta(days=1095)


async def test_a_confirmed_skill_counts_to_its_last_day_and_no_longer(database: str) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)
    held = await declared(ada)

    await confirmed(organiser, held.id, expires_on=IN_A_YEAR)

    assert await counting(ada, IN_A_YEAR) == {FIRST_AID: 3}
    assert await counting(ada, IN_A_YEAR + timedelta(days=1)) == {}


@pytest.mark.parametrize(
    "changed",
    [{"level": 4}, {"level": 2}, {"evidence": "另一张证"}, {"expires_on": IN_A_YEAR}],
)
async def test_what_the_person_changes_has_to_be_confirmed_anew(
    changed: dict[str, Any], database: str
) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)
    held = await declared(ada)
    await confirmed(organiser, held.id)
    before = await skills.get(ada, held.id, today=TODAY)
    facts = {
        name: getattr(before, name)
        for name in ("skill", "level", "evidence", "evidence_kind", "expires_on")
    }

    same = await skills.change(ada, held.id, SkillIn(**facts), etag_of(before), today=TODAY)
    assert same.state is SkillState.VERIFIED

    other = SkillIn(**{**facts, **changed})
    after = await skills.change(ada, held.id, other, etag_of(same), today=TODAY)

    assert (after.state, after.counts, after.decided_at) == (SkillState.DECLARED, False, None)
    with pytest.raises(PreconditionFailed):
        await skills.change(ada, held.id, other, etag_of(before), today=TODAY)


async def test_nobody_confirms_their_own_skill_nor_one_of_a_ward(database: str) -> None:
    city, organiser = await make_city()
    ada = await make_person(organiser)
    held = await declared(ada)
    as_staff = await make_account(*organiser_at(city.id))
    both = Actor(
        account_id=as_staff.account_id,
        name="both",
        volunteer_id=ada.volunteer_id,
        grants=as_staff.grants,
    )

    with pytest.raises(Forbidden) as refused:
        await confirmed(both, held.id)
    assert refused.value.reason == "own_skill"
    waiting = await skills.list_waiting(both, PageQuery(), today=TODAY)
    assert (waiting.items, await skills.count_waiting(both, today=TODAY)) == ([], 0)


async def test_the_rule_says_how_high_the_office_must_be(database: str) -> None:
    """Of a street or above for first aid; a neighbourhood may confirm a driving licence."""
    city, chief = await make_city()
    street = await make_organisation(chief, OrganisationKind.STREET, city.id)
    community = await make_organisation(chief, OrganisationKind.NEIGHBOURHOOD, street.id)
    school = await make_organisation(chief, OrganisationKind.SCHOOL, street.id)
    other_street = await make_organisation(chief, OrganisationKind.STREET, city.id)
    at_street, at_community, at_school, elsewhere = [
        await make_organiser(node.id) for node in (street, community, school, other_street)
    ]
    ada = await make_person(at_street, organisation_id=community.id, groups=[school.id])
    first_aid = await declared(ada)
    licence = await declared(ada, "驾驶", evidence="C1", evidence_kind=EvidenceKind.DRIVING_LICENCE)

    for below in (at_community, at_school):
        with pytest.raises(Forbidden) as refused:
            await confirmed(below, first_aid.id)
        assert (refused.value.reason, refused.value.parameters) == (
            "confirmed_higher",
            {"level_kind": "street"},
        )
    with pytest.raises(NotFound):
        await confirmed(elsewhere, first_aid.id)
    with pytest.raises(Forbidden):
        await confirmed(ada, first_aid.id)
    queues = {
        name: [each.id for each in (await skills.list_waiting(who, PageQuery(), today=TODAY)).items]
        for name, who in (("street", at_street), ("community", at_community), ("school", at_school))
    }
    assert queues == {"street": [first_aid.id, licence.id], "community": [licence.id], "school": []}

    await confirmed(at_community, licence.id)
    await confirmed(at_street, first_aid.id)

    assert set(await counting(ada)) == {FIRST_AID, "驾驶"}


async def test_a_unit_s_street_confirms_for_its_members(database: str) -> None:
    """Somebody registered elsewhere who belongs to a body under this street."""
    city, chief = await make_city()
    home, work = [
        await make_organisation(chief, OrganisationKind.STREET, city.id) for _ in range(2)
    ]
    unit = await make_organisation(chief, OrganisationKind.EMPLOYER, work.id)
    at_work = await make_organiser(work.id)
    ada = await make_person(chief, organisation_id=home.id, groups=[unit.id])
    held = await declared(ada)

    await confirmed(at_work, held.id)

    assert await counting(ada) == {FIRST_AID: 3}


async def test_confirming_asks_for_evidence_of_the_kind_and_for_no_longer_than_the_rule(
    database: str,
) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)
    with pytest.raises(Invalid):
        await declared(ada, evidence_kind=EvidenceKind.DRIVING_LICENCE)
    with pytest.raises(Invalid):
        await declared(ada, expires_on=TODAY - timedelta(days=1))
    check = await declared(
        ada, "未成年人服务", evidence="", evidence_kind=EvidenceKind.BACKGROUND_CHECK
    )
    too_late = TODAY + timedelta(days=366)

    with pytest.raises(Conflict) as without:
        await confirmed(organiser, check.id)
    with pytest.raises(Invalid) as too_long:
        await confirmed(organiser, check.id, evidence="查询结果：无", expires_on=too_late)
    with pytest.raises(Invalid) as other_kind:
        await confirmed(
            organiser, check.id, evidence="x", evidence_kind=EvidenceKind.MEDICAL_LICENCE
        )

    assert without.value.reason == "evidence_missing"
    assert [each.code for each in too_long.value.defects] == ["later_than_rule"]
    assert [each.code for each in other_kind.value.defects] == ["evidence_not_for_skill"]
    assert await counting(ada) == {}
    seen = await confirmed(organiser, check.id, evidence="查询结果：无")
    assert seen.skill.expires_on == IN_A_YEAR  # Work with minors is looked at every year (C10).


async def test_what_is_confirmed_is_what_was_looked_at(database: str) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)
    held = await declared(ada, level=2)
    looked_at = etag_of(await skills.get_waiting(organiser, held.id, today=TODAY))
    higher = SkillIn(skill=FIRST_AID, level=5, **CERTIFICATE)
    await skills.change(ada, held.id, higher, None, today=TODAY)

    with pytest.raises(PreconditionFailed):
        await skills.confirm(organiser, held.id, SkillConfirmIn(), looked_at, now=NOW, today=TODAY)

    assert await counting(ada) == {}


async def test_a_refusal_has_a_reason_and_can_be_answered(database: str) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)
    held = await declared(ada)
    await confirmed(organiser, held.id)

    await skills.refuse(
        organiser, held.id, SkillRefuseIn(reason="证件是别人的"), None, now=NOW, today=TODAY
    )

    refused = await skills.get(ada, held.id, today=TODAY)
    assert (refused.state, refused.reason, refused.counts) == (
        SkillState.REFUSED,
        "证件是别人的",
        False,
    )
    again = SkillIn(skill=FIRST_AID, level=3, evidence="我自己的证", evidence_kind=None)
    after = await skills.change(ada, held.id, again, None, today=TODAY)
    assert (after.state, after.reason) == (SkillState.DECLARED, "")


async def test_every_decision_is_in_the_log(database: str) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)
    held = await declared(ada)
    await confirmed(organiser, held.id, expires_on=IN_A_YEAR)
    await skills.refuse(organiser, held.id, SkillRefuseIn(reason="x"), None, now=NOW, today=TODAY)

    found = await rows(
        "SELECT account_id, subject_id, facts::text AS facts FROM audit_event "
        "WHERE act = 'skill_decided' ORDER BY id"
    )

    assert [(row["account_id"], row["subject_id"]) for row in found] == [
        (organiser.account_id, ada.volunteer_id)
    ] * 2
    assert '"verified"' in found[0]["facts"]
    assert '"refused"' in found[1]["facts"]
    assert all(CERTIFICATE["evidence"] not in row["facts"] for row in found)


async def test_a_skill_is_listed_once_and_is_its_holder_s_to_take_away(database: str) -> None:
    _, organiser = await make_city()
    ada, ben = await make_person(organiser), await make_person(organiser)
    held = await declared(ada)

    with pytest.raises(Conflict) as twice:
        await declared(ada)
    with pytest.raises(NotFound):
        await skills.remove(ben, held.id, None, today=TODAY)
    with pytest.raises(NotFound):
        await skills.declare(ben, await person_of(ada), SkillIn(skill="沪语", level=1), today=TODAY)
    await skills.remove(ada, held.id, etag_of(held), today=TODAY)

    assert twice.value.reason == "skill_listed"
    mine = await skills.list_of(ada, await person_of(ada), PageQuery(), today=TODAY)
    assert mine.items == []


async def test_skills_are_seen_by_the_person_and_by_the_staff_above(database: str) -> None:
    _, organiser = await make_city()
    _, stranger = await make_city()
    ada, ben = await make_person(organiser), await make_person(organiser)
    await declared(ada)
    await declared(ada, "沪语", evidence_kind=None)
    ada_id = await person_of(ada)

    first = await skills.list_of(organiser, ada_id, PageQuery(limit=1), today=TODAY)
    rest = await skills.list_of(
        organiser, ada_id, PageQuery(limit=1, after=first.next), today=TODAY
    )

    assert {each.skill for each in [*first.items, *rest.items]} == {FIRST_AID, "沪语"}
    with pytest.raises(NotFound):
        await skills.list_of(stranger, ada_id, PageQuery(), today=TODAY)
    with pytest.raises(Forbidden):
        await skills.list_of(ben, ada_id, PageQuery(), today=TODAY)
