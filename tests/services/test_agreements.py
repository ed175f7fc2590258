"""The written agreement: nobody serves at heavy risk who has not signed today's words (D2)."""

import pytest

from models.core import AgreementSignature, ClaimMode, ClaimState
from services import agreements, attendance, claims, erasing, offers, own_data, projects
from services.agreements import Agreement, AgreementIn, SignatureIn
from services.database import rows
from services.errors import Conflict, Invalid, NotFound, PreconditionFailed
from services.my_shifts import answering, buddies, handing_over
from services.my_shifts.types import BuddyGroupIn, HandOverIn, JoinIn, TakeIn
from services.paging import PageQuery
from services.people.merging import PersonMergeIn, merge
from services.projects import ProjectIn
from services.rights import Actor
from services.scope import SYSTEM, entered
from services.shifts import Shift
from services.transactions import transaction
from services.versions import etag_of
from tests.services.attendance.world import IN, SETTINGS, Day
from tests.services.claims.world import claim, plain_refusal, state_of, wait
from tests.services.minors.world import heavy_project
from tests.services.my_shifts_world import refused, told
from tests.support.factories import (
    NOW,
    TODAY,
    hours,
    make_account,
    make_city,
    make_person,
    make_project,
    make_shift,
)
from tests.support.families import BORN_TEEN

pytestmark = pytest.mark.usefixtures("database")


async def heavy_shift(boss: Actor, **given: object) -> Shift:
    project = await heavy_project(boss)
    return await make_shift(boss, project_id=project.id, **{"seats": 3, **given})  # type: ignore[arg-type]


async def sign(actor: Actor, shift: Shift, version: int = 1) -> Agreement:
    return await agreements.sign(actor, shift.id, SignatureIn(version=version), NOW)


async def reword(boss: Actor, shift: Shift, text: str = "Rope, helmet and gloves.") -> Agreement:
    command = AgreementIn(is_heavy_risk=True, text=text)
    return await agreements.write(boss, shift.project_id, command, None, NOW)


async def test_a_claim_says_that_the_agreement_is_missing_and_is_taken_once_it_is_signed() -> None:
    _, boss = await make_city()
    shift = await heavy_shift(boss)
    ada = await make_person(boss)
    said = await plain_refusal(ada, shift)
    assert (said.reason, dict(said.parameters)) == ("agreement_missing", {"shift_id": shift.id})
    assert not await agreements.is_signed(ada.volunteer_id or shift.id, shift.id)
    signed = await sign(ada, shift)
    assert (signed.text, signed.version, signed.signed_at) == ("Rope and helmet.", 1, NOW)
    assert (await sign(ada, shift)) == signed
    assert await AgreementSignature.all().count() == 1
    assert (await claim(ada, shift)).state == "confirmed"
    # Once for every shift of the project; nobody else's signature is anybody's own.
    other = await make_shift(boss, project_id=shift.project_id, seats=2, starts_at=hours(60))
    assert (await claim(ada, other)).state == "confirmed"
    assert (await plain_refusal(await make_person(boss), other)).reason == "agreement_missing"
    assert (await agreements.of_shift(None, shift.id)).signed_at is None


async def test_what_is_signed_is_todays_words_by_somebody_grown_up() -> None:
    _, boss = await make_city()
    shift, plain = await heavy_shift(boss), await make_shift(boss)
    ada = await make_person(boss)
    said = await refused(sign(ada, shift, 2))
    assert (said.reason, said.parameters["version"]) == ("agreement_reworded", 1)
    assert (await refused(sign(ada, plain))).reason == "agreement_not_needed"
    teen = await make_person(boss, birth_date=BORN_TEEN)
    assert (await refused(sign(teen, shift))).reason == "agreement_for_adults"
    draft = await make_project(boss, is_published=False)
    hidden = await make_shift(boss, project_id=draft.id)
    with pytest.raises(NotFound):
        await sign(ada, hidden)
    assert await AgreementSignature.all().count() == 0


async def test_heavy_risk_has_words_and_insurance_and_keeps_both() -> None:
    _, boss = await make_city()
    project = await make_project(boss)
    with pytest.raises(Invalid):
        await agreements.write(boss, project.id, AgreementIn(is_heavy_risk=True), None, NOW)
    before = await agreements.read(boss, project.id)
    assert (before.version, before.is_heavy_risk) == (0, False)
    shift = await make_shift(boss, project_id=project.id)
    await claim(await make_person(boss), shift)
    heavy = AgreementIn(is_heavy_risk=True, text="Rope.")
    assert (await refused(agreements.write(boss, project.id, heavy, None, NOW))).reason == (
        "policy_needed"
    )
    assert await agreements.read(boss, project.id) == before

    other = await heavy_project(boss)
    found = await agreements.read(boss, other.id)
    with pytest.raises(PreconditionFailed):
        await agreements.write(boss, other.id, heavy, etag_of(before), NOW)
    again = AgreementIn(is_heavy_risk=True, text=found.text)
    assert (await agreements.write(boss, other.id, again, etag_of(found), NOW)).version == 1
    now = await projects.get(boss, other.id)
    assert (now.is_dangerous, now.is_heavy_risk) == (True, True)
    plain = ProjectIn(
        organisation_id=other.organisation_id, name="P", risk_statement=other.risk_statement
    )
    said = await refused(projects.replace(boss, other.id, plain, None, NOW))
    assert said.reason == "heavy_risk_is_dangerous"
    # Unmarked, nobody signs any more; marked again with the same words, the version is the same.
    await agreements.write(boss, other.id, AgreementIn(is_heavy_risk=False), None, NOW)
    free = await make_shift(boss, project_id=other.id)
    assert (await claim(await make_person(boss), free)).state == "confirmed"
    assert (await agreements.write(boss, other.id, again, None, NOW)).version == 1


async def test_other_words_ask_again_and_leave_the_seats(database: str) -> None:
    _, boss = await make_city()
    shift = await heavy_shift(boss, starts_at=hours(3))
    ada, ben = await make_person(boss), await make_person(boss)
    for actor in (ada, ben):
        await sign(actor, shift)
    adas, bens = await claim(ada, shift), await claim(ben, shift)
    assert (await reword(boss, shift)).version == 2
    assert (await reword(boss, shift)).version == 2
    assert set(await told("agreement_to_sign")) == {ada.volunteer_id, ben.volunteer_id}
    assert [await state_of(each) for each in (adas, bens)] == ["confirmed"] * 2

    await sign(ben, shift, 2)
    lead = await make_account()
    await attendance.name_lead(boss, shift.id, attendance.LeadIn(account_name=lead.name), NOW)
    day = Day(boss, lead, ada, ben, shift, adas.id, bens.id)
    board = await attendance.board(lead, shift.id, SETTINGS)
    assert board.unsigned == [adas.id]
    assert (await refused(day.scans(ada, IN, 0))).reason == "agreement_missing"
    assert (await refused(day.taps(adas.id, IN, 1))).reason == "agreement_missing"
    assert (await day.scans(ben, IN, 0)).in_at is not None
    await day.marks(adas.id, 16)
    assert (await refused(day.taps(adas.id, IN, 17))).reason == "agreement_missing"
    await sign(ada, shift, 2)
    assert (await day.taps(adas.id, IN, 18)).in_at is not None


async def test_whoever_comes_after_all_has_signed_what_it_says_by_then() -> None:
    _, boss = await make_city()
    shift = await heavy_shift(boss, starts_at=hours(48))
    ada = await make_person(boss)
    await sign(ada, shift)
    held = await claim(ada, shift)
    await answering.cannot_come(ada, held.id, NOW)
    await reword(boss, shift)
    said = await refused(answering.come_after_all(ada, held.id, NOW))
    assert said.reason == "agreement_missing"
    await sign(ada, shift, 2)
    assert (await answering.come_after_all(ada, held.id, NOW)).state is ClaimState.CONFIRMED


async def test_no_way_to_a_seat_leads_past_the_agreement() -> None:
    _, boss = await make_city()
    shift = await heavy_shift(boss, seats=1, starts_at=hours(72))
    ada, ben = await make_person(boss), await make_person(boss)
    for actor in (ada, ben):
        await sign(actor, shift)
    held = await claim(ada, shift)
    await wait(ben, shift)
    # An offer of a waiting list, after other words.
    await claims.withdraw(ada, held.id, NOW, SETTINGS)
    await claims.offer_due(NOW, SETTINGS)
    await reword(boss, shift)
    [offer] = (await offers.list_mine(ben, PageQuery(), NOW)).items
    said = await refused(offers.accept(ben, offer.id, NOW, SETTINGS))
    assert said.reason == "agreement_missing"
    await sign(ben, shift, 2)
    assert (await offers.accept(ben, offer.id, NOW, SETTINGS)).state == "accepted"
    # A seat that is handed on, and a group.
    bens = (await claims.list_mine(ben, PageQuery())).items[0]
    given = await handing_over.offer(ben, bens.id, HandOverIn(is_open_to_all=False), NOW)
    take = TakeIn(risk_statement_version=1, code=given.code)
    said = await refused(handing_over.take(ada, given.id, take, NOW, SETTINGS))
    assert said.reason == "agreement_missing"
    pair = await make_shift(boss, project_id=shift.project_id, seats=2, starts_at=hours(96))
    group = await buddies.begin(ada, pair.id, BuddyGroupIn(size=2, risk_statement_version=1), NOW)
    await buddies.join(ben, group.id, JoinIn(code=group.code, risk_statement_version=1), NOW)
    said = await refused(buddies.claim_all(ada, group.id, NOW, SETTINGS))
    assert said.reason == "agreement_missing"


async def test_approving_and_drawing_keep_to_it_too() -> None:
    _, boss = await make_city()
    project = (await heavy_project(boss)).id
    chosen = await make_shift(boss, project_id=project, claim_mode=ClaimMode.APPROVE)
    drawn = await make_shift(
        boss,
        project_id=project,
        claim_mode=ClaimMode.DRAW,
        draw_at=hours(1),
        starts_at=hours(72),
    )
    ada = await make_person(boss)
    await sign(ada, chosen)
    asked, entered_ = await claim(ada, chosen), await claim(ada, drawn)
    await reword(boss, chosen)
    said = await refused(claims.approve(boss, asked.id, NOW, SETTINGS))
    assert said.reason == "agreement_missing"
    await claims.draw_due(hours(1), SETTINGS)
    assert await state_of(entered_) == "waitlisted"
    await sign(ada, chosen, 2)
    assert (await claims.approve(boss, asked.id, NOW, SETTINGS)).state == "confirmed"


async def test_a_signature_is_the_persons_own_to_read_and_outlives_their_name() -> None:
    _, boss = await make_city()
    shift = await heavy_shift(boss)
    ada, twin = await make_person(boss), await make_person(boss)
    await sign(ada, shift)
    await sign(twin, shift)
    held = await claim(twin, shift)
    assert ada.volunteer_id is not None
    assert twin.volunteer_id is not None
    [line] = (await own_data.export(ada, ada.volunteer_id, NOW, today=TODAY)).agreements
    assert (line.version, line.text, line.signed_at) == (1, "Rope and helmet.", NOW)
    # What was signed on either of two records was signed by the one person.
    cai = await make_person(boss)
    command = PersonMergeIn(
        kept_id=cai.volunteer_id or shift.id, merged_id=twin.volunteer_id, reason="the same"
    )
    await merge(boss, command, NOW, today=TODAY)
    assert await state_of(held) == "cancelled"
    assert cai.volunteer_id is not None
    assert await agreements.is_signed(cai.volunteer_id, shift.id)
    async with entered(SYSTEM), transaction():
        assert await erasing.erase_person(ada.volunteer_id, NOW)
        kept = await AgreementSignature.filter(volunteer_id=ada.volunteer_id).count()
    assert kept == 1


async def test_a_signature_that_is_not_there_is_refused_by_the_database_too() -> None:
    _, boss = await make_city()
    shift = await heavy_shift(boss, claim_mode=ClaimMode.APPROVE)
    ada = await make_person(boss)
    await sign(ada, shift)
    asked = await claim(ada, shift)
    await reword(boss, shift)
    with pytest.raises(Conflict, match="agreement_missing"):
        async with entered(SYSTEM), transaction():
            await rows("UPDATE claim SET state = 'confirmed' WHERE id = $1", asked.id)
