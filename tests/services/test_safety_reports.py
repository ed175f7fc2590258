"""Safety reports: to whom they go, who reads them, and what is left of it in the log."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.core import OrganisationKind, RoleName, SafetyReportKind, SafetyReportState
from services import attendance, claims, safety_reports
from services.attendance import LeadIn
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.rights import Actor
from services.safety_reports import SafetyReportAnswer, SafetyReportIn, SafetyReportQuery
from services.shifts import Shift
from tests.support.factories import (
    NOW,
    SETTINGS,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_shift,
)

TEXT = "搬箱子时有人推了我一把，擦破了手。"
FELL = SafetyReportIn(kind=SafetyReportKind.ACCIDENT, text=TEXT)
LATER = NOW + timedelta(hours=1)
ADMINISTRATOR = RoleName.NODE_ADMINISTRATOR


class Town:
    """A city, a district, a street and a neighbourhood that runs a shift with Ada on it."""

    city: UUID
    district: UUID
    street: UUID
    hood: UUID
    boss: Actor
    ada: Actor
    shift: Shift

    @classmethod
    async def make(cls) -> "Town":
        town = cls()
        city, chief = await make_city()
        town.city, parent = city.id, city.id
        for kind in (OrganisationKind.DISTRICT, OrganisationKind.STREET):
            parent = (await make_organisation(chief, kind, parent)).id
            setattr(town, kind.value, parent)
        hood = await make_organisation(chief, OrganisationKind.NEIGHBOURHOOD, parent)
        town.hood = hood.id
        town.boss = await make_organiser(town.hood)
        town.ada = await make_person(town.boss)
        town.shift = await make_shift(town.boss)
        wanted = ClaimIn(risk_statement_version=town.shift.risk_statement_version)
        await claims.claim(town.ada, town.shift.id, wanted, NOW, SETTINGS)
        return town

    async def reports(self, **given: object) -> safety_reports.SafetyReport:
        command = SafetyReportIn(kind=SafetyReportKind.HARASSMENT, text=TEXT, **given)  # type: ignore[arg-type]
        return await safety_reports.report(self.ada, self.shift.id, command, NOW)


async def listed(who: Actor, *, mine: bool = False) -> list[UUID]:
    found = await safety_reports.list_page(who, SafetyReportQuery(mine=mine))
    return [each.id for each in found.items]


async def recipient(report_id: UUID) -> UUID:
    [row] = await rows("SELECT recipient_id FROM safety_report WHERE id = $1", report_id)
    found: UUID = row["recipient_id"]
    return found


async def test_it_goes_to_the_nearest_level_above_where_somebody_looks(database: str) -> None:
    town = await Town.make()
    # The city's administrator organises there as well: over the whole city, so over this shift.
    assert await recipient((await town.reports()).id) == town.city
    district = await make_account((ADMINISTRATOR, town.district))
    assert await recipient((await town.reports()).id) == town.district
    street = await make_account((ADMINISTRATOR, town.street))
    made = await town.reports()
    assert await recipient(made.id) == town.street
    assert made.id in await listed(street)
    assert made.id in await listed(district)
    told = await rows("SELECT account_id FROM notification WHERE about = $1", made.id)
    assert [row["account_id"] for row in told] == [street.account_id]


async def test_those_who_run_the_project_never_see_it(database: str) -> None:
    town = await Town.make()
    street = await make_account((ADMINISTRATOR, town.street))
    also_organises = await make_account(
        (ADMINISTRATOR, town.street), (RoleName.ORGANISER, town.street)
    )
    leads = await make_account((ADMINISTRATOR, town.street))
    await attendance.name_lead(town.boss, town.shift.id, LeadIn(account_name=leads.name), NOW)
    made = await town.reports()
    assert await listed(street) == [made.id]
    for insider in (town.boss, also_organises, leads):
        with pytest.raises(NotFound):
            await safety_reports.get(insider, made.id)
        with pytest.raises(NotFound):
            await safety_reports.take(insider, made.id, LATER)
        assert await listed(insider) == []
    other = await make_account((ADMINISTRATOR, (await Town.make()).street))
    with pytest.raises(NotFound):
        await safety_reports.get(other, made.id)
    with pytest.raises(Forbidden):
        await listed(town.ada)


async def test_words_are_encrypted_and_reading_them_is_logged(database: str) -> None:
    town = await Town.make()
    street = await make_account((ADMINISTRATOR, town.street))
    made = await town.reports()
    assert made.text == TEXT
    [stored] = await rows("SELECT text_cipher FROM safety_report")
    assert TEXT.encode() not in stored["text_cipher"]
    [brief] = (await safety_reports.list_page(street, SafetyReportQuery())).items
    assert brief.text is None
    read = await safety_reports.get(street, made.id)
    assert (read.text, read.is_mine) == (TEXT, False)
    await safety_reports.get(town.ada, made.id)
    lines = await rows(
        "SELECT act, account_id, facts::text AS facts FROM audit_event "
        "WHERE subject_id = $1 ORDER BY id",
        made.id,
    )
    assert [(row["act"], row["account_id"]) for row in lines] == [
        ("safety_reported", town.ada.account_id),
        ("safety_report_read", street.account_id),
    ]
    assert not any(TEXT in row["facts"] for row in lines)


async def test_without_a_name_nobody_learns_it(database: str) -> None:
    town = await Town.make()
    street = await make_account((ADMINISTRATOR, town.street))
    named, unnamed = await town.reports(), await town.reports(is_anonymous=True)
    assert (await safety_reports.get(street, named.id)).reporter_name is not None
    assert (await safety_reports.get(street, unnamed.id)).reporter_name is None
    assert (await safety_reports.get(town.ada, unnamed.id)).reporter_name is not None
    [line] = await rows("SELECT account_id FROM audit_event WHERE subject_id = $1 "
                        "AND act = 'safety_reported'", unnamed.id)  # fmt: skip
    assert line["account_id"] is None


async def test_somebody_looks_after_it_and_answers(database: str) -> None:
    town = await Town.make()
    street = await make_account((ADMINISTRATOR, town.street))
    made = await town.reports()
    done = SafetyReportAnswer(text="已联系双方并调整排班。")
    with pytest.raises(Conflict, match="report_not_taken"):
        await safety_reports.close(street, made.id, done, LATER)
    taken = await safety_reports.take(street, made.id, LATER)
    assert taken.state is SafetyReportState.TAKEN
    assert await safety_reports.take(street, made.id, LATER) == taken
    await safety_reports.close(street, made.id, done, LATER)
    with pytest.raises(Conflict, match="report_closed"):
        await safety_reports.close(street, made.id, done, LATER)
    seen = await safety_reports.get(town.ada, made.id)
    assert (seen.state, seen.answer) == (SafetyReportState.CLOSED, done.text)
    assert await listed(town.ada, mine=True) == [made.id]
    told = await rows("SELECT kind FROM notification WHERE volunteer_id = $1 AND about = $2",
                      town.ada.volunteer_id, made.id)  # fmt: skip
    assert [row["kind"] for row in told] == ["safety_report_moved"] * 2


async def test_whoever_was_not_there_has_nothing_to_report(database: str) -> None:
    town = await Town.make()
    with pytest.raises(NotFound):
        await safety_reports.report(await make_person(town.boss), town.shift.id, FELL, NOW)
    for _ in range(10):
        await safety_reports.report(town.ada, town.shift.id, FELL, NOW)
    with pytest.raises(Conflict, match="too_many_reports"):
        await safety_reports.report(town.ada, town.shift.id, FELL, NOW)
