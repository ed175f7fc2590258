"""One out of two: nothing lost, nothing doubled, and the history stays."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from models.core import (
    Account,
    AccountState,
    AuditEvent,
    Claim,
    ClaimState,
    Consent,
    DatumKind,
    Erasure,
    ErasureReason,
    Membership,
    OrganisationKind,
    PersonMerge,
    Role,
    RoleName,
    SkillState,
    Tag,
    Volunteer,
    VolunteerSkill,
    VolunteerState,
    VolunteerTag,
)
from services import accounts, claims, clock, personal, points, volunteers
from services.audit import Act
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.paging import PageQuery
from services.people import PersonMergeIn, merge
from services.planning.supply import OF_SCOPE
from services.points import AwardIn
from services.rights import Actor
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_shift,
    make_volunteer,
    node_of,
)
from tests.support.signing import token_of


async def person(boss: Actor, **given: Any) -> tuple[Actor, UUID]:
    actor = await make_person(boss, **given)
    assert actor.volunteer_id is not None
    return actor, actor.volunteer_id


async def merged(boss: Actor, kept: UUID, gone: UUID) -> None:
    command = PersonMergeIn(kept_id=kept, merged_id=gone, reason="同一人，本人到场")
    await merge(boss, command, NOW, today=TODAY)


async def held(volunteer_id: UUID) -> list[tuple[UUID, str]]:
    found = await Claim.filter(volunteer_id=volunteer_id).order_by("id")
    return [(claim.shift_id, claim.state.value) for claim in found]


async def test_seats_move_and_no_seat_is_ever_counted_twice(database: str) -> None:
    _, boss = await make_city()
    one, kept = await person(boss)
    other, gone = await person(boss)
    alone = await make_shift(boss)
    both = await make_shift(boss, seats=2, starts_at=hours(48))
    past = await make_shift(boss, starts_at=hours(72))
    for actor, shift in ((other, alone), (one, both), (other, both), (other, past)):
        await claims.claim(actor, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    await rows(
        "UPDATE shift SET starts_at = $2::timestamptz, ends_at = $2::timestamptz + interval '1 h' "
        "WHERE id = $1",
        past.id,
        hours(-5),
    )

    await merged(boss, kept, gone)

    assert sorted(await held(kept)) == sorted([(both.id, "confirmed"), (alone.id, "confirmed")])
    assert sorted(await held(gone)) == sorted(
        [(alone.id, "cancelled"), (both.id, "cancelled"), (past.id, "confirmed")]
    )
    for shift, count in ((alone, 1), (both, 1), (past, 1)):
        assert (await Role.get(shift_id=shift.id)).held == count


async def test_what_was_claimed_on_either_record_is_the_persons(database: str) -> None:
    _, boss = await make_city()
    _, kept = await person(boss)
    other, gone = await person(boss)
    shift = await make_shift(boss)
    old = await claims.claim(other, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    account = await Account.get(volunteer_id=kept)
    await merged(boss, kept, gone)

    signed_in = await accounts.actor_of(await token_of(account.id), clock.now())

    assert signed_in is not None
    assert (signed_in.persons, signed_in.former) == ((kept,), (gone,))
    mine = (await claims.list_mine(signed_in, PageQuery())).items
    assert {(each.volunteer_id, each.state) for each in mine} == {
        (kept, ClaimState.CONFIRMED),
        (gone, ClaimState.CANCELLED),
    }
    assert (await claims.get(signed_in, old.id)).id == old.id
    with pytest.raises(Forbidden):  # Nobody acts for a record that was merged.
        await volunteers.get(signed_in, gone, today=TODAY)


async def test_seats_that_clash_refuse_the_whole_merge(database: str) -> None:
    _, boss = await make_city()
    one, kept = await person(boss)
    other, gone = await person(boss)
    for actor, hour in ((one, 24), (other, 25)):
        shift = await make_shift(boss, starts_at=hours(hour))
        await claims.claim(actor, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    before = await held(gone)

    with pytest.raises(Conflict, match="merge_claims_clash"):
        await merged(boss, kept, gone)

    assert await held(gone) == before
    assert (await Volunteer.get(id=gone)).state is VolunteerState.ACTIVE
    assert not await PersonMerge.exists()


async def test_points_are_moved_once_and_what_is_taken_back_later_follows(database: str) -> None:
    _, boss = await make_city()
    kept, gone = [(await make_volunteer(boss)).id for _ in range(2)]
    awards = [
        await points.award(
            boss,
            AwardIn(volunteer_id=each, points=number, reason="r", key=str(number)),
            NOW,
        )
        for each, number in ((kept, 5), (gone, 20), (gone, 7))
    ]

    await merged(boss, kept, gone)

    assert (await points.balance(kept), await points.balance(gone)) == (32, 0)
    await points.reverse(boss, awards[1].id, "back", NOW)
    await points.reverse(boss, awards[1].id, "back", NOW)
    assert (await points.balance(kept), await points.balance(gone)) == (12, 0)
    moved = await points.list_transfers(boss, kept, PageQuery())
    assert f"merge:{gone}" in [each.key for each in moved.items]


async def test_memberships_skills_and_tags_are_united(database: str) -> None:
    city, boss = await make_city()
    team, other_team = [await make_organisation(boss) for _ in range(2)]
    kept = (await make_volunteer(boss, groups=[team.id])).id
    gone = (await make_volunteer(boss, groups=[team.id, other_team.id])).id
    skills = (
        (kept, "急救", 2, SkillState.DECLARED),
        (gone, "急救", 1, SkillState.VERIFIED),
        (kept, "粤语", 3, SkillState.DECLARED),
        (gone, "粤语", 2, SkillState.DECLARED),
        (gone, "手语", 1, SkillState.DECLARED),
    )
    for volunteer_id, skill, level, state in skills:
        proof = {"verified_by": uuid4(), "verified_at": NOW, "evidence": "card"}
        await VolunteerSkill.create(
            volunteer_id=volunteer_id,
            skill=skill,
            level=level,
            state=state,
            **(proof if state is SkillState.VERIFIED else {}),
        )
    tags = [await Tag.create(organisation_id=city.id, name=name) for name in ("甲", "乙")]
    for volunteer_id, tag in ((kept, tags[0]), (gone, tags[0]), (gone, tags[1])):
        await VolunteerTag.create(volunteer_id=volunteer_id, tag_id=tag.id)

    await merged(boss, kept, gone)

    groups = await Membership.filter(volunteer_id=kept).values_list("organisation_id", flat=True)
    assert sorted(groups) == sorted([team.id, other_team.id])
    [left] = await Membership.filter(volunteer_id=gone)
    assert (left.organisation_id, left.ends_on) == (team.id, TODAY)
    found = await VolunteerSkill.filter(volunteer_id=kept).order_by("skill")
    assert {(each.skill, each.level, each.state.value) for each in found} == {
        ("急救", 1, "verified"),
        ("粤语", 3, "declared"),
        ("手语", 1, "declared"),
    }
    assert await VolunteerTag.filter(volunteer_id=kept).count() == 2


async def test_the_last_answer_to_each_question_stands(database: str) -> None:
    _, boss = await make_city()
    kept, gone = [(await make_volunteer(boss)).id for _ in range(2)]
    # Whose, to what, when, yes or no.
    answers = (
        (kept, "publicity", 1, True),
        (gone, "publicity", 2, False),
        (gone, "matching", 1, True),
        (kept, "matching", 2, True),
        (gone, "emergency", 1, True),
    )
    for volunteer_id, purpose, hour, is_given in answers:
        answer = await Consent.create(
            volunteer_id=volunteer_id,
            purpose=purpose,
            text_version="1",
            is_given=is_given,
            account_id=boss.account_id,
        )
        await rows("UPDATE consent SET created_at = $2 WHERE id = $1", answer.id, hours(hour))

    await merged(boss, kept, gone)

    standing = await Consent.filter(volunteer_id=kept, is_given=True, withdrawn_at=None)
    assert {each.purpose for each in standing} == {"matching", "emergency"}
    assert (await Volunteer.get(id=kept)).is_on_call
    assert await Consent.all().count() == len(answers)


async def test_the_sign_in_follows_the_person(database: str) -> None:
    _, boss = await make_city()
    kept = (await make_volunteer(boss)).id
    other, gone = await person(boss, phone="13800138000")
    token = await token_of(other.account_id)

    await merged(boss, kept, gone)

    signed_in = await accounts.actor_of(token, clock.now())
    assert signed_in is not None
    assert (signed_in.volunteer_id, signed_in.former) == (kept, (gone,))
    assert await personal.get(DatumKind.PHONE, volunteer_id=kept) == "+8613800138000"


async def test_of_two_accounts_one_is_closed_and_its_sessions_end(database: str) -> None:
    _, boss = await make_city()
    one, kept = await person(boss)
    other, gone = await person(boss)
    token = await token_of(other.account_id)

    await merged(boss, kept, gone)

    assert await accounts.actor_of(token, clock.now()) is None
    assert (await Account.get(id=other.account_id)).state is AccountState.CLOSED
    assert (await Account.get(id=one.account_id)).state is AccountState.ACTIVE


async def test_an_account_with_roles_is_not_closed_by_the_way(database: str) -> None:
    _, boss = await make_city()
    _, kept = await person(boss)
    gone = (await make_volunteer(boss)).id
    await make_account((RoleName.SHIFT_LEAD, node_of(boss)), volunteer_id=gone)
    with pytest.raises(Conflict, match="merge_account_has_roles"):
        await merged(boss, kept, gone)


async def test_a_merged_record_is_in_no_list_and_no_plan_and_found_by_nothing(
    database: str,
) -> None:
    _, boss = await make_city()
    given = {"name": "林晓", "birth_date": date(2001, 3, 4), "phone": "13800138000"}
    kept, gone = [(await make_volunteer(boss, **given)).id for _ in range(2)]

    await merged(boss, kept, gone)

    listed = (await volunteers.list_page(boss, PageQuery(), today=TODAY)).items
    assert [each.id for each in listed] == [kept]
    assert [row["id"] for row in await rows(OF_SCOPE, [node_of(boss)], TODAY, TODAY)] == [kept]
    owners = await personal.owners(DatumKind.PHONE, "+8613800138000")
    assert [each.volunteer_id for each in owners] == [kept]
    assert await personal.birth_dates([gone]) == {}
    seen = await volunteers.get(boss, gone, today=TODAY)
    assert seen.state is VolunteerState.MERGED
    wanted = volunteers.VolunteerIn(name="x")
    with pytest.raises(Conflict, match="person_closed"):
        await volunteers.replace(boss, gone, wanted, None, today=TODAY)


async def test_a_merge_needs_the_right_at_both_sides_and_is_logged_at_both(database: str) -> None:
    _, boss = await make_city()
    streets = [await make_organisation(boss, OrganisationKind.STREET) for _ in range(2)]
    clerk = await make_organiser(streets[0].id)
    one, other = [(await make_volunteer(boss, organisation_id=street.id)).id for street in streets]
    only_organiser = await make_account((RoleName.ORGANISER, node_of(boss)))

    for kept, gone in ((one, other), (other, one)):
        with pytest.raises(NotFound):
            await merged(clerk, kept, gone)
        with pytest.raises(Forbidden):
            await merged(only_organiser, kept, gone)
    await merged(boss, one, other)

    lines = await AuditEvent.filter(act=Act.PEOPLE_MERGED).order_by("id")
    assert [(line.subject_id, line.organisation_id, line.facts["part"]) for line in lines] == [
        (one, streets[0].id, "kept"),
        (other, streets[1].id, "merged"),
    ]
    assert {line.account_id for line in lines} == {boss.account_id}


async def test_a_record_is_merged_once_and_chains_lead_to_the_one_that_is_left(
    database: str,
) -> None:
    _, boss = await make_city()
    first, second, third = [(await make_volunteer(boss)).id for _ in range(3)]
    await merged(boss, second, first)
    with pytest.raises(Conflict, match="person_closed"):
        await merged(boss, third, first)
    await merged(boss, third, second)
    assert {each.kept_id for each in await PersonMerge.all()} == {third}
    with pytest.raises(Conflict, match="same_person"):
        await merged(boss, third, third)


async def test_who_is_being_erased_is_not_merged(database: str) -> None:
    _, boss = await make_city()
    kept, gone = [(await make_volunteer(boss)).id for _ in range(2)]
    await Erasure.create(volunteer_id=gone, reason=ErasureReason.ASKED, due_at=hours(100))
    with pytest.raises(Conflict, match="erasure_under_way"):
        await merged(boss, kept, gone)
