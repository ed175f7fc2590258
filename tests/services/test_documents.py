"""A document's number is asked for while something needs it, and is gone when nothing does."""

from typing import Any
from uuid import UUID

import pytest

from models.core import AuditEvent, DatumKind, OrganisationKind, PersonalDatum, RoleName
from services import documents, personal
from services.documents import DocumentIn, DocumentKind, NeedIn, NeedPurpose
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.rights import Actor
from tests.support.factories import (
    NOW,
    hours,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    node_of,
)

INSURANCE = NeedIn(purpose=NeedPurpose.INSURANCE, recipient="志愿者保险")
EXPORT = NeedIn(purpose=NeedPurpose.DESTINATION, recipient="市平台")
PASSPORT = DocumentIn(kind=DocumentKind.PASSPORT, number="E 1234 5678")


async def person(boss: Actor, **given: Any) -> tuple[Actor, UUID]:
    actor = await make_person(boss, **given)
    assert actor.volunteer_id is not None
    return actor, actor.volunteer_id


async def held(volunteer_id: UUID) -> str | None:
    return await personal.get(DatumKind.DOCUMENT, volunteer_id=volunteer_id)


async def test_a_number_is_taken_for_a_need_and_goes_with_the_last_one(database: str) -> None:
    _, boss = await make_city()
    ada, ada_id = await person(boss)
    first = await documents.open_need(boss, ada_id, INSURANCE, NOW)

    answered = await documents.answer(ada, first.id, PASSPORT, NOW)
    assert (answered.kind, answered.shown) == (DocumentKind.PASSPORT, "E*******8")
    assert await held(ada_id) == "E12345678"

    # What is known is not asked again.
    second = await documents.open_need(boss, ada_id, EXPORT, hours(1))
    assert second.answered_at == hours(1)

    await documents.close(boss, first.id, hours(2))
    assert await held(ada_id) == "E12345678"
    closed = await documents.close(boss, second.id, hours(3))
    assert (closed.closed_at, closed.shown, await held(ada_id)) == (hours(3), None, None)
    assert await documents.close(boss, second.id, hours(4)) == closed


async def test_without_a_need_no_number_is_taken(database: str) -> None:
    _, boss = await make_city()
    ada, ada_id = await person(boss)
    need = await documents.open_need(boss, ada_id, INSURANCE, NOW)
    await documents.close(ada, need.id, NOW)  # The person need not say why.

    with pytest.raises(Conflict, match="document_not_needed"):
        await documents.answer(ada, need.id, PASSPORT, NOW)
    assert await held(ada_id) is None


async def test_a_need_is_asked_once_and_by_those_who_may_see_such_data(database: str) -> None:
    _, boss = await make_city()
    street = await make_organisation(boss, OrganisationKind.STREET)
    lead = await make_account((RoleName.SHIFT_LEAD, node_of(boss)))
    other = await make_organiser(street.id)
    _, ada_id = await person(boss)
    ben, _ = await person(boss)
    need = await documents.open_need(boss, ada_id, INSURANCE, NOW)

    with pytest.raises(Conflict, match="document_need_open"):
        await documents.open_need(boss, ada_id, INSURANCE, NOW)
    for actor, refusal in ((lead, Forbidden), (other, NotFound), (ben, NotFound)):
        with pytest.raises((refusal, NotFound)):
            await documents.open_need(actor, ada_id, EXPORT, NOW)
        with pytest.raises((Forbidden, NotFound)):
            await documents.get(actor, need.id)
        with pytest.raises((Forbidden, NotFound)):
            await documents.answer(actor, need.id, PASSPORT, NOW)
    with pytest.raises(NotFound):
        await documents.answer(boss, need.id, PASSPORT, NOW)  # Not for somebody else.


async def test_a_wrong_check_digit_is_told_by_place_and_rule_and_nothing_is_kept(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, ada_id = await person(boss)
    need = await documents.open_need(boss, ada_id, INSURANCE, NOW)
    wrong = DocumentIn(kind=DocumentKind.RESIDENT_ID, number="310101200005010019")

    with pytest.raises(Invalid) as refused:
        await documents.answer(ada, need.id, wrong, NOW)

    [defect] = refused.value.defects
    assert (defect.place, defect.code) == ("number", "document_check_digit")
    assert dict(defect.parameters) == {}
    assert await held(ada_id) is None


async def test_the_same_document_twice_is_said_without_saying_whose(database: str) -> None:
    _, boss = await make_city()
    for name in ("林晓", "林小"):
        ada, ada_id = await person(boss, name=name)
        need = await documents.open_need(boss, ada_id, INSURANCE, NOW)
        answered = await documents.answer(ada, need.id, PASSPORT, NOW)
        assert answered.is_also_elsewhere == (name == "林小")
    assert await PersonalDatum.filter(kind=DatumKind.DOCUMENT).count() == 2


async def test_the_log_says_that_it_was_asked_and_entered_and_never_what(database: str) -> None:
    _, boss = await make_city()
    ada, ada_id = await person(boss)
    need = await documents.open_need(boss, ada_id, INSURANCE, NOW)
    await documents.answer(ada, need.id, PASSPORT, NOW)

    lines = await AuditEvent.filter(subject_id=ada_id).order_by("id")

    assert [line.facts["fields"] for line in lines][-2:] == [["document_asked"], ["document"]]
    assert "12345678" not in str([line.facts for line in lines])
