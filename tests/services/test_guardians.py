"""Guardians: who answers for a minor, children below 14, and a yes for every single shift."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError

from models.core import AuditEvent, AvailabilityWindow, DatumKind
from services import (
    activity_consents,
    claims,
    consents,
    guardians,
    offers,
    personal,
    projects,
    rights,
    volunteers,
    wards,
)
from services.activity_consents import ActivityConsentIn, AnswerIn
from services.audit import Act
from services.claims import ClaimIn, ClaimQuery
from services.consents import Purpose
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.guardian_types import GuardianDecision, Guardianship, GuardianshipIn, Relation
from services.offers import OfferQuery
from services.paging import PageQuery
from services.projects import ProjectIn
from services.rights import Actor
from services.volunteers import VolunteerIn
from services.wards import GuardianCheckDecision, GuardianCheckIn, WardIn
from tests.services import rounds_world
from tests.services.rounds_world import World, at
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
    make_project,
    make_shift,
    make_volunteer,
)
from tests.support.families import VERIFIED, agree, make_family, told, with_wards

CHILD_BORN = date(2015, 5, 20)
PAGE = PageQuery()


async def tie(one: Actor, other: Actor) -> Guardianship:
    code = await guardians.make_code(one, NOW)
    return await guardians.ask(other, GuardianshipIn(code=code.code, relation=Relation.FATHER), NOW)


async def claim(
    actor: Actor, shift_id: UUID, ward: UUID | None = None, version: int = 1
) -> claims.Claim:
    command = ClaimIn(risk_statement_version=version, volunteer_id=ward)
    return await claims.claim(actor, shift_id, command, NOW, SETTINGS)


async def test_either_side_makes_the_code_and_the_minor_is_the_ward(database: str) -> None:
    _, boss = await make_city()
    for teen_makes_it in (True, False):
        teen = await make_person(boss, birth_date=date(2010, 5, 1))
        parent = await make_person(boss)
        made = await (tie(teen, parent) if teen_makes_it else tie(parent, teen))
        assert (made.ward_id, made.state) == (teen.volunteer_id, "requested")
        assert (await with_wards(parent)).wards == ()
        await guardians.decide(boss, made.id, VERIFIED, NOW)
        assert (await with_wards(parent)).wards == (teen.volunteer_id,)


async def test_a_code_is_good_once_for_half_an_hour_and_for_somebody_else(database: str) -> None:
    _, boss = await make_city()
    teen = await make_person(boss, birth_date=date(2010, 5, 1))
    parent, stranger = await make_account(), await make_account()
    first = await guardians.make_code(teen, NOW)
    second = await guardians.make_code(teen, NOW)
    for code, actor, when in (
        ("2345678999", parent, NOW),
        (first.code, parent, NOW),  # A new one ends the one before.
        (second.code, teen, NOW),
        (second.code, parent, NOW + timedelta(minutes=30)),
    ):
        with pytest.raises(Conflict, match="guardian_code_wrong"):
            await guardians.ask(actor, GuardianshipIn(code=code, relation=Relation.MOTHER), when)
    typed = second.code.lower().replace("-", " ")
    await guardians.ask(parent, GuardianshipIn(code=typed, relation=Relation.MOTHER), NOW)
    with pytest.raises(Conflict, match="guardian_code_wrong"):
        await guardians.ask(
            stranger, GuardianshipIn(code=second.code, relation=Relation.MOTHER), NOW
        )


async def test_two_adults_or_two_minors_are_no_guardianship(database: str) -> None:
    _, boss = await make_city()
    with pytest.raises(Conflict, match="nobody_is_a_minor"):
        await tie(await make_person(boss), await make_account())
    young = [await make_person(boss, birth_date=date(2010, 5, day)) for day in (1, 2)]
    with pytest.raises(Conflict, match="two_minors"):
        await tie(*young)


async def test_only_who_may_see_papers_there_decides_and_never_over_themself(
    database: str,
) -> None:
    _, boss = await make_city()
    _, elsewhere = await make_city()
    family = await make_family(boss, is_verified=False)
    asked = (await guardians.list_waiting(boss, PAGE)).items
    assert [each.ward_id for each in asked] == [family.teen.volunteer_id]
    assert (await guardians.list_waiting(elsewhere, PAGE)).items == []
    [waiting] = asked
    with pytest.raises(NotFound):
        await guardians.decide(elsewhere, waiting.id, VERIFIED, NOW)
    for nobody in (family.guardian, await make_person(boss)):
        with pytest.raises((Forbidden, NotFound)):
            await guardians.decide(nobody, waiting.id, VERIFIED, NOW)
    with pytest.raises(Conflict, match="paper_missing"):
        await guardians.decide(boss, waiting.id, GuardianDecision(is_verified=True), NOW)
    teen = await make_person(boss, birth_date=date(2010, 5, 9))
    own = await tie(teen, boss)
    with pytest.raises(Forbidden, match="own_request"):
        await guardians.decide(boss, own.id, VERIFIED, NOW)
    done = await guardians.decide(boss, waiting.id, VERIFIED, NOW)
    assert done.state == "verified"
    [line] = await AuditEvent.filter(act=Act.GUARDIAN_DECIDED)
    assert line.facts["evidence"] == "household_register"
    with pytest.raises(Conflict, match="state_change_refused"):
        await guardians.decide(boss, waiting.id, GuardianDecision(is_verified=False), NOW)


async def test_before_it_is_checked_neither_side_learns_the_others_name(database: str) -> None:
    _, boss = await make_city()
    teen = await make_person(boss, birth_date=date(2010, 5, 1), name="欧阳小满")
    parent = await make_account()
    made = await tie(teen, parent)
    assert made.ward_name == "欧***"
    [seen] = (await guardians.list_mine(teen, PAGE)).items
    assert seen.guardian_name.startswith("a***")
    await guardians.decide(boss, made.id, VERIFIED, NOW)
    assert (await guardians.get(parent, made.id)).ward_name == "欧阳小满"


async def test_a_minor_takes_no_seat_without_a_guardians_yes_to_this_shift(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    shift, other = await make_shift(boss), await make_shift(boss, starts_at=hours(60))
    with pytest.raises(Conflict) as caught:
        await claim(family.teen, shift.id)
    assert caught.value.reason == "guardian_consent_missing"
    consent = await agree(family, shift)
    assert (consent.state, consent.is_live) == ("given", True)
    assert (await claim(family.teen, shift.id)).state == "confirmed"
    with pytest.raises(Conflict, match="guardian_consent_missing"):
        await claim(family.teen, other.id)


async def test_the_database_refuses_such_a_seat_too(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    shift = await make_shift(boss)
    insert = (
        "INSERT INTO claim (id, created_at, changed_at, shift_id, role_id, volunteer_id, state, "
        "starts_at, ends_at, version) SELECT gen_random_uuid(), now(), now(), s.id, r.id, $2, "
        "'confirmed', s.starts_at, s.ends_at, 1 FROM shift s JOIN role r ON r.shift_id = s.id "
        "WHERE s.id = $1"
    )
    with pytest.raises(IntegrityError, match="no guardian has agreed"):
        await rows(insert, shift.id, family.teen.volunteer_id)
    await agree(family, shift)
    await rows(insert, shift.id, family.teen.volunteer_id)


async def test_a_minor_asks_and_the_guardian_is_told_and_answers(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss, phone="138 0000 1111")
    await _give_number(family.guardian)
    shift = await make_shift(boss)
    asked = await activity_consents.ask(family.teen, ActivityConsentIn(shift_id=shift.id), NOW)
    assert asked.state == "asked"
    again = await activity_consents.ask(family.teen, ActivityConsentIn(shift_id=shift.id), NOW)
    assert again.id == asked.id
    assert (await told()).count("activity_asked") == 1
    [question] = (await activity_consents.list_mine(family.guardian, PAGE)).items
    assert question.risk_statement == "Wet floors."
    yes = AnswerIn(is_given=True, risk_statement_version=1)
    with pytest.raises(Forbidden, match="guardian_answers"):
        await activity_consents.answer(family.teen, asked.id, yes, NOW)
    with pytest.raises(NotFound):
        await activity_consents.answer(await make_person(boss), asked.id, yes, NOW)
    given = await activity_consents.answer(family.guardian, asked.id, yes, NOW)
    assert given.answered_at == NOW
    assert (await told())[-1] == "activity_agreed"
    [stored] = await rows("SELECT guardian_id, risk_statement_version FROM activity_consent")
    assert stored == {"guardian_id": family.guardian.account_id, "risk_statement_version": 1}


async def test_a_no_is_not_asked_again_but_the_guardian_may_change_it(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    shift = await make_shift(boss)
    command = ActivityConsentIn(shift_id=shift.id)
    asked = await activity_consents.ask(family.teen, command, NOW)
    no = AnswerIn(is_given=False, risk_statement_version=1)
    assert (await activity_consents.answer(family.guardian, asked.id, no, NOW)).state == "refused"
    with pytest.raises(Conflict, match="guardian_said_no"):
        await activity_consents.ask(family.teen, command, NOW)
    yes = AnswerIn(is_given=True, risk_statement_version=1)
    assert (await activity_consents.answer(family.guardian, asked.id, yes, NOW)).state == "given"


async def test_taking_the_yes_back_gives_the_seat_back(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss, phone="138 0000 1112")
    shift, kept = await make_shift(boss), await make_shift(boss, starts_at=hours(60))
    consent = await agree(family, shift)
    await agree(family, kept)
    taken = [await claim(family.teen, each.id) for each in (shift, kept)]
    gone = await activity_consents.withdraw(family.guardian, consent.id, NOW)
    assert gone.state == "withdrawn"
    states = [(await claims.get(family.teen, each.id)).state for each in taken]
    assert states == ["cancelled", "confirmed"]
    held = await rows("SELECT held FROM role WHERE shift_id = $1", shift.id)
    assert held == [{"held": 0}]
    assert (await told())[-1] == "activity_refused"
    assert (await activity_consents.withdraw(family.guardian, consent.id, NOW)) == gone
    with pytest.raises(Conflict, match="guardian_consent_missing"):
        await claim(family.teen, shift.id)


async def test_what_has_begun_is_not_taken_back(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    shift = await make_shift(boss, starts_at=hours(1))
    consent = await agree(family, shift)
    with pytest.raises(Conflict, match="already_started"):
        await activity_consents.withdraw(family.guardian, consent.id, hours(1))


async def test_other_words_of_the_risks_are_asked_about_again(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    project = await make_project(boss)
    shift = await make_shift(boss, project_id=project.id)
    consent = await agree(family, shift)
    reworded = ProjectIn(
        organisation_id=project.organisation_id, name=project.name, risk_statement="Deep water."
    )
    await projects.replace(boss, project.id, reworded, None, NOW)
    assert not (await activity_consents.get(family.guardian, consent.id)).is_live
    with pytest.raises(Conflict, match="guardian_consent_missing"):
        await claim(family.teen, shift.id, version=2)
    with pytest.raises(Conflict, match="risks_reworded"):
        await agree(family, shift)
    asked = await activity_consents.ask(family.teen, ActivityConsentIn(shift_id=shift.id), NOW)
    assert (asked.id, asked.state, asked.risk_statement_version) == (consent.id, "asked", 2)


async def test_without_a_guardian_the_way_to_one_is_told(database: str) -> None:
    _, boss = await make_city()
    teen = await make_person(boss, birth_date=date(2010, 5, 1))
    shift = await make_shift(boss)
    with pytest.raises(Conflict, match="no_guardian"):
        await activity_consents.ask(teen, ActivityConsentIn(shift_id=shift.id), NOW)
    adult = await make_person(boss)
    with pytest.raises(Conflict, match="no_consent_needed"):
        await activity_consents.ask(adult, ActivityConsentIn(shift_id=shift.id), NOW)


async def test_a_guardian_takes_and_gives_back_a_seat_for_the_ward_alone(database: str) -> None:
    _, boss = await make_city()
    family, others = await make_family(boss), await make_family(boss)
    ward = family.teen.volunteer_id
    assert ward is not None
    shift = await make_shift(boss, seats=2)
    await agree(family, shift)
    with pytest.raises(NotFound):
        await claim(others.guardian, shift.id, ward)
    with pytest.raises(NotFound):
        await claim(others.teen, shift.id, ward)
    made = await claim(family.guardian, shift.id, ward)
    assert made.volunteer_id == ward
    query = ClaimQuery(volunteer_id=ward)
    assert (await claims.list_mine(family.guardian, query)).items == [made]
    with pytest.raises(NotFound):
        await claims.list_mine(others.guardian, query)
    with pytest.raises(NotFound):
        await claims.withdraw(others.guardian, made.id, NOW, SETTINGS)
    assert (await claims.withdraw(family.guardian, made.id, NOW, SETTINGS)).state == "cancelled"


async def test_an_offer_to_a_minor_waits_for_the_guardian(database: str) -> None:
    world = await World.make()
    family = await make_family(world.organiser)
    await _give_number(family.guardian)
    ward = family.teen.volunteer_id
    assert ward is not None
    # A minor is never alone on a shift (H10).
    adult = await make_volunteer(world.organiser)
    for person in (ward, adult.id):
        for weekday in range(7):
            await AvailabilityWindow.create(
                volunteer_id=person, weekday=weekday, start_minute=0, end_minute=1440
            )
    await world.shift(at(0, 9), seats=2)
    await world.published()
    now = rounds_world.NOW
    query = OfferQuery(volunteer_id=ward)
    [offer] = (await offers.list_mine(family.guardian, query, now)).items
    assert (await told()).count("activity_asked") == 1
    with pytest.raises(Conflict, match="guardian_consent_missing"):
        await offers.accept(family.teen, offer.id, now, SETTINGS)
    assert (await offers.get(family.teen, offer.id, now)).state == "open"
    [question] = (await activity_consents.list_mine(family.guardian, PAGE)).items
    yes = AnswerIn(is_given=True, risk_statement_version=1)
    await activity_consents.answer(family.guardian, question.id, yes, now)
    assert (await offers.accept(family.guardian, offer.id, now, SETTINGS)).state == "accepted"


async def test_a_child_is_registered_by_a_checked_guardian_and_nobody_else(database: str) -> None:
    city, boss = await make_city()
    with pytest.raises(Conflict, match="guardian_consent_missing"):
        await volunteers.create(boss, VolunteerIn(name="小满", birth_date=CHILD_BORN), today=TODAY)
    parent = await make_account()
    with pytest.raises(Conflict, match="guardian_not_checked"):
        await _register(parent, city.id)
    asked = await wards.ask_check(parent, GuardianCheckIn(organisation_id=city.id), NOW)
    with pytest.raises(Conflict, match="guardian_not_checked"):
        await _register(parent, city.id)
    with pytest.raises(Conflict, match="check_waits"):
        await wards.ask_check(parent, GuardianCheckIn(organisation_id=city.id), NOW)
    [waiting] = (await wards.list_waiting_checks(boss, PAGE)).items
    assert waiting.id == asked.id
    seen = GuardianCheckDecision(is_verified=True, evidence_kind=VERIFIED.evidence_kind, children=1)
    with pytest.raises((Forbidden, NotFound)):
        await wards.decide_check(parent, asked.id, seen, NOW)
    assert (await wards.decide_check(boss, asked.id, seen, NOW)).children_left == 1
    made = await _register(parent, city.id)
    assert made.state == "verified"
    parent = await with_wards(parent)
    assert parent.wards == (made.ward_id,)
    answers = (await consents.list_answers(parent, made.ward_id, PAGE)).items
    assert [(each.purpose, each.by_guardian) for each in answers] == [(Purpose.CHILD, True)]
    # The papers named one child.
    with pytest.raises(Conflict, match="guardian_not_checked"):
        await _register(parent, city.id)
    shift = await make_shift(boss)
    command = ActivityConsentIn(
        shift_id=shift.id, volunteer_id=made.ward_id, risk_statement_version=1
    )
    await activity_consents.ask(parent, command, NOW)
    assert (await claim(parent, shift.id, made.ward_id)).state == "confirmed"


async def test_the_childrens_notice_has_to_be_the_one_of_today(database: str) -> None:
    city, boss = await make_city()
    parent = await _checked(boss, city.id)
    with pytest.raises(Conflict, match="consent_text_changed"):
        await _register(parent, city.id, text_version="2020-01-01")
    with pytest.raises(Conflict, match="registers_themself"):
        await _register(parent, city.id, birth_date=date(2012, 11, 20))
    with pytest.raises(Invalid):
        await _register(parent, city.id, birth_date=TODAY + timedelta(days=1))
    # Fourteen on the day after the birthday, not on it (C4).
    await _register(parent, city.id, birth_date=date(2012, 11, 21))


async def test_a_check_is_of_the_subtree_and_may_be_taken_back(database: str) -> None:
    city, boss = await make_city()
    street = await make_organisation(boss)
    below = await make_organiser(street.id)
    parent = await make_account()
    asked = await wards.ask_check(parent, GuardianCheckIn(organisation_id=city.id), NOW)
    assert (await wards.list_waiting_checks(below, PAGE)).items == []
    assert (await wards.list_own_checks(parent, PAGE)).items == [asked]
    assert (await wards.withdraw_check(parent, asked.id, NOW)).state == "withdrawn"
    assert (await wards.list_waiting_checks(boss, PAGE)).items == []


async def test_a_childs_last_guardian_stays_and_others_may_go(database: str) -> None:
    city, boss = await make_city()
    parent = await _checked(boss, city.id)
    child = await _register(parent, city.id)
    with pytest.raises(Conflict, match="last_guardian"):
        await guardians.end(await with_wards(parent), child.id, NOW)
    family = await make_family(boss)
    assert (await guardians.end(family.teen, family.guardianship_id, NOW)).state == "ended"
    assert (await with_wards(family.guardian)).wards == ()


async def test_coming_of_age_ends_it_and_asks_nobody_any_more(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    await rows("UPDATE volunteer SET age = 18 WHERE id = $1", family.teen.volunteer_id)
    assert (await with_wards(family.guardian)).wards == ()
    shift = await make_shift(boss)
    assert (await claim(family.teen, shift.id)).state == "confirmed"
    assert await guardians.end_grown_up(NOW) == 1
    assert await guardians.end_grown_up(NOW) == 0


async def test_refused_papers_count_for_nothing(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss, is_verified=False)
    refused = await guardians.decide(
        boss, family.guardianship_id, GuardianDecision(is_verified=False), NOW
    )
    assert refused.state == "refused"
    assert (await with_wards(family.guardian)).wards == ()
    rights.require_person(family.teen)


async def _checked(boss: Actor, node: UUID, children: int = 1) -> Actor:
    parent = await make_account()
    asked = await wards.ask_check(parent, GuardianCheckIn(organisation_id=node), NOW)
    seen = GuardianCheckDecision(
        is_verified=True, evidence_kind=VERIFIED.evidence_kind, children=children
    )
    await wards.decide_check(boss, asked.id, seen, NOW)
    return parent


async def _register(parent: Actor, node: UUID, **given: Any) -> Guardianship:
    known: dict[str, Any] = {
        "name": "小满",
        "birth_date": CHILD_BORN,
        "organisation_id": node,
        "relation": Relation.MOTHER,
        "text_version": "2026-11-22",
    }
    return await wards.register(parent, WardIn(**{**known, **given}), NOW, today=TODAY)


async def _give_number(actor: Actor) -> None:
    await personal.put(DatumKind.PHONE, "+8613800001113", account_id=actor.account_id)
