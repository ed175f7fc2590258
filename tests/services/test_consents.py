"""Consents: each purpose and recipient by itself, in words that are kept, taken back any time."""

from datetime import date, timedelta

import pytest
from tortoise.exceptions import IntegrityError

from models.core import AuditEvent, AvailabilityWindow, Claim, Consent
from services import audit, claims, consents, disclosures, volunteers
from services.claims import ClaimIn
from services.consent_texts import TEXTS, ConsentText, standing_versions
from services.consents import ConsentQuestionState, Purpose
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.paging import PageQuery
from services.recipients import RECIPIENTS, Basis
from services.rights import Actor
from services.volunteers import VolunteerIn
from services.words import Words
from tests.services.rounds_world import World, at
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    make_account,
    make_city,
    make_organisation,
    make_person,
    make_shift,
    make_volunteer,
)
from tests.support.families import make_family

State = ConsentQuestionState


async def state_of(actor: Actor, purpose: Purpose, recipient: str = "") -> State:
    assert actor.volunteer_id is not None
    asked = await consents.questions(actor, actor.volunteer_id, NOW)
    [state] = [q.state for q in asked if (q.purpose, q.recipient) == (purpose, recipient)]
    return state


async def test_an_answer_keeps_who_said_it_when_and_to_which_words(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    me = ada.volunteer_id
    assert me is not None
    made = await consents.give(ada, me, Purpose.PUBLICITY, now=NOW)
    assert (made.text_version, made.answered_at, made.by_guardian) == ("2026-11-22", NOW, False)
    assert await consents.stands(me, Purpose.PUBLICITY)
    assert await consents.give(ada, me, Purpose.PUBLICITY, now=NOW) == made
    gone = await consents.withdraw(ada, made.id, NOW + timedelta(days=1))
    assert gone.withdrawn_at == NOW + timedelta(days=1)
    assert not await consents.stands(me, Purpose.PUBLICITY)
    stored = await Consent.get(id=made.id)
    assert (stored.account_id, stored.withdrawn_by) == (ada.account_id, ada.account_id)
    acts = [event.act for event in await AuditEvent.filter(subject_id=me).order_by("id")]
    assert acts[-2:] == [audit.Act.CONSENT_GIVEN, audit.Act.CONSENT_WITHDRAWN]


async def test_each_recipient_is_asked_for_by_itself(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    me = ada.volunteer_id
    assert me is not None
    await consents.give(ada, me, Purpose.EXPORT, "youth_league", now=NOW)
    assert await consents.stands(me, Purpose.EXPORT, "youth_league")
    assert not await consents.stands(me, Purpose.EXPORT, "school_record")
    for recipient in ("", "nobody", "municipal_record"):
        with pytest.raises(Invalid) as caught:
            await consents.give(ada, me, Purpose.EXPORT, recipient, now=NOW)
        assert caught.value.defects[0].code == "unknown_recipient"


async def test_a_total_is_shared_with_the_one_organisation_named(database: str) -> None:
    _, boss = await make_city()
    unit, other = await make_organisation(boss), await make_organisation(boss)
    ada = await make_person(boss, groups=[unit.id])
    me = ada.volunteer_id
    assert me is not None
    await consents.give(ada, me, Purpose.SHARE_TOTAL, str(unit.id), now=NOW)
    assert await consents.stands(me, Purpose.SHARE_TOTAL, str(unit.id))
    assert not await consents.stands(me, Purpose.SHARE_TOTAL, str(other.id))
    with pytest.raises(Invalid):
        await consents.give(ada, me, Purpose.SHARE_TOTAL, str(other.id), now=NOW)


async def test_nobody_else_answers_for_somebody(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    assert ada.volunteer_id is not None
    with pytest.raises(NotFound):
        await consents.give(ben, ada.volunteer_id, Purpose.PUBLICITY, now=NOW)
    with pytest.raises(NotFound):
        await consents.questions(boss, ada.volunteer_id, NOW)
    made = await consents.give(ada, ada.volunteer_id, Purpose.PUBLICITY, now=NOW)
    with pytest.raises(NotFound):
        await consents.withdraw(ben, made.id, NOW)


async def test_after_a_no_we_ask_no_more_for_ninety_days(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    me = ada.volunteer_id
    assert me is not None

    async def may_be_asked(days: float) -> bool:
        asked = await consents.questions(ada, me, NOW + timedelta(days=days))
        [question] = [q for q in asked if q.purpose is Purpose.EMERGENCY]
        return question.may_be_asked

    assert await may_be_asked(0)
    await consents.refuse(ada, me, Purpose.EMERGENCY, now=NOW)
    assert [await may_be_asked(days) for days in (0, 89.9, 90)] == [False, False, True]
    # By themself they may change their mind at once; and taking that back is a no again.
    later = NOW + timedelta(days=100)
    await consents.give(ada, me, Purpose.EMERGENCY, now=later)
    assert not await may_be_asked(100)
    await consents.refuse(ada, me, Purpose.EMERGENCY, now=later)
    assert [await may_be_asked(days) for days in (189, 190)] == [False, True]


async def test_refusing_closes_nothing_that_needs_no_consent(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    me = ada.volunteer_id
    assert me is not None
    for question in await consents.questions(ada, me, NOW):
        if question.purpose is not Purpose.SERVICE:
            await consents.refuse(ada, me, question.purpose, question.recipient, now=NOW)
    shift = await make_shift(boss)
    assert (
        await claims.claim(ada, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    ).state == "confirmed"
    assert (await volunteers.get(ada, me, today=TODAY)).id == me
    assert isinstance(
        await volunteers.create(
            boss, VolunteerIn(name="Ben", birth_date=date(2000, 1, 1)), today=TODAY
        ),
        volunteers.Volunteer,
    )


async def test_what_the_service_stands_on_is_left_by_deleting_the_account(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    assert ada.volunteer_id is not None
    made = await consents.give(ada, ada.volunteer_id, Purpose.SERVICE, now=NOW)
    with pytest.raises(Conflict, match="leave_by_erasure"):
        await consents.withdraw(ada, made.id, NOW)


async def test_matching_is_on_until_it_is_refused(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    me = ada.volunteer_id
    assert me is not None
    assert await state_of(ada, Purpose.MATCHING) is State.ON
    await consents.refuse(ada, me, Purpose.MATCHING, now=NOW)
    assert await state_of(ada, Purpose.MATCHING) is State.REFUSED
    assert not await consents.stands(me, Purpose.MATCHING)
    [column] = await rows("SELECT is_matched FROM volunteer WHERE id = $1", me)
    assert column == {"is_matched": False}
    await consents.give(ada, me, Purpose.MATCHING, now=NOW)
    assert await consents.stands(me, Purpose.MATCHING)


async def test_nobody_below_18_is_on_the_emergency_list_by_any_way(database: str) -> None:
    _, boss = await make_city()
    family = await make_family(boss)
    ward = family.teen.volunteer_id
    assert ward is not None
    for actor in family.teen, family.guardian:
        with pytest.raises(Conflict, match="adults_only"):
            await consents.give(actor, ward, Purpose.EMERGENCY, now=NOW)
    purposes = {q.purpose for q in await consents.questions(family.teen, ward, NOW)}
    assert Purpose.EMERGENCY not in purposes
    with pytest.raises(IntegrityError):
        await rows("UPDATE volunteer SET is_on_call = true WHERE id = $1", ward)


async def test_saying_yes_to_emergencies_puts_an_adult_on_the_list(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    me = ada.volunteer_id
    assert me is not None
    await consents.give(ada, me, Purpose.EMERGENCY, now=NOW)
    on_call = "SELECT is_on_call FROM volunteer WHERE id = $1"
    assert await rows(on_call, me) == [{"is_on_call": True}]
    await consents.refuse(ada, me, Purpose.EMERGENCY, now=NOW)
    assert await rows(on_call, me) == [{"is_on_call": False}]


async def test_new_words_are_asked_anew_and_old_ones_stay_readable(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    me = ada.volunteer_id
    assert me is not None
    old = await consents.give(ada, me, Purpose.PUBLICITY, now=NOW)
    before = TEXTS[Purpose.PUBLICITY]
    said = Words("新", "new")
    new = ConsentText(version="2027-01-01", title=said, what=said, why=said, who=said, no=said)
    monkeypatch.setitem(TEXTS, Purpose.PUBLICITY, (*before, new))  # type: ignore[misc]
    assert not await consents.stands(me, Purpose.PUBLICITY)
    assert await state_of(ada, Purpose.PUBLICITY) is State.UNANSWERED
    with pytest.raises(Conflict, match="consent_text_changed"):
        await consents.give(ada, me, Purpose.PUBLICITY, now=NOW, text_version="2026-11-22")
    again = await consents.give(ada, me, Purpose.PUBLICITY, now=NOW, text_version="2027-01-01")
    assert again.id != old.id
    answers = (await consents.list_answers(ada, me, PageQuery())).items
    assert [each.text_version for each in answers] == ["2027-01-01", "2026-11-22"]
    assert standing_versions(Purpose.PUBLICITY) == ["2027-01-01"]


def test_every_wording_is_whole_and_its_digest_is_its_own() -> None:
    digests = set()
    for texts in TEXTS.values():
        versions = [text.version for text in texts]
        assert versions == sorted(set(versions))
        for text in texts:
            for said in (text.title, text.what, text.why, text.who, text.no):
                assert said.zh.strip()
                assert said.en.strip()
            digests.add(text.digest)
    assert len(digests) == sum(len(texts) for texts in TEXTS.values())


def test_no_wording_that_was_ever_asked_is_changed() -> None:
    """An answer is to words: a better wording is a new version. Add its digest here."""
    asked = {
        (purpose.value, text.version): text.digest[:16]
        for purpose, texts in TEXTS.items()
        for text in texts
    }
    assert asked == ASKED


ASKED = {
    ("service", "2026-11-22"): "d9d6cdcade37f2ad",
    ("child", "2026-11-22"): "51633c28439c0ae4",
    ("matching", "2026-11-22"): "a07a538770c498ab",
    ("emergency", "2026-11-22"): "dc5a87e693dae239",
    ("publicity", "2026-11-22"): "c06c4058603564b9",
    ("share_total", "2026-11-22"): "449887d6dd5dbe35",
    ("export", "2026-11-22"): "daf5f3605ce1fa31",
}


async def test_an_export_leaves_out_whoever_has_not_agreed_to_that_recipient(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    people = [ada.volunteer_id, ben.volunteer_id]
    assert ada.volunteer_id is not None
    assert ben.volunteer_id is not None
    await consents.give(ada, ada.volunteer_id, Purpose.EXPORT, "youth_league", now=NOW)
    found = await disclosures.allowed([each for each in people if each], "youth_league")
    assert (found.basis, found.volunteer_ids, found.left_out) == (
        Basis.CONSENT, {ada.volunteer_id}, {ben.volunteer_id},
    )  # fmt: skip
    by_law = await disclosures.allowed([each for each in people if each], "municipal_record")
    assert by_law.basis is Basis.STATUTE
    assert by_law.left_out == set()
    assert RECIPIENTS["municipal_record"].statute is not None
    with pytest.raises(KeyError):
        await disclosures.allowed([ada.volunteer_id], "anybody")


async def test_withdrawing_stops_the_next_run_and_keeps_the_earlier_one_listed(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    me = ada.volunteer_id
    assert me is not None
    await consents.give(ada, me, Purpose.EXPORT, "youth_league", now=NOW)
    run = await disclosures.allowed([me], "youth_league")
    await disclosures.record(
        run.volunteer_ids,
        recipient="youth_league",
        purpose="hours of 2026",
        fields_given=["masked_name", "minutes"],
        basis=run.basis,
        now=NOW,
    )
    await consents.refuse(ada, me, Purpose.EXPORT, "youth_league", now=NOW)
    assert (await disclosures.allowed([me], "youth_league")).left_out == {me}
    [line] = (await disclosures.list_of(ada, me, PageQuery())).items
    assert (line.recipient, line.fields, line.basis) == (
        "youth_league", ["masked_name", "minutes"], Basis.CONSENT,
    )  # fmt: skip
    assert line.recipient_name.zh == "共青团组织"
    with pytest.raises(NotFound):
        await disclosures.list_of(ben, me, PageQuery())


async def test_a_child_below_14_does_not_answer_for_themself(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    me = ada.volunteer_id
    assert me is not None
    await rows("UPDATE volunteer SET age = 13 WHERE id = $1", me)
    with pytest.raises(Forbidden) as caught:
        await consents.give(ada, me, Purpose.PUBLICITY, now=NOW)
    assert caught.value.reason == "guardian_answers"


async def test_who_refuses_matching_is_proposed_nothing_but_may_claim(database: str) -> None:
    world = await World.make()
    people = [await make_volunteer(world.organiser) for _ in range(2)]
    for person in people:
        await AvailabilityWindow.create(
            volunteer_id=person.id, weekday=0, start_minute=0, end_minute=1440
        )
    shy = await make_account(volunteer_id=people[0].id)
    await consents.refuse(shy, people[0].id, Purpose.MATCHING, now=NOW)
    shift = await world.shift(at(0, 9), seats=2)
    await world.published()
    offered = {claim.volunteer_id for claim in await Claim.filter(state="offered")}
    assert offered == {people[1].id}
    assert (
        await claims.claim(shy, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    ).state == "confirmed"
