"""Retention: who is found, who is never touched, the cap, the days of grace, and a dry run."""

import hashlib
import logging
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from models.core import AuditEvent, DatumKind, DocumentNeed, Erasure, Volunteer
from services import claims, erasure, personal, retention
from services.claims import ClaimIn
from services.database import rows
from services.errors import Forbidden, NotFound
from services.paging import PageQuery
from services.rights import Actor, RoleName
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_account,
    make_city,
    make_organisation,
    make_person,
    make_shift,
    make_volunteer,
    node_of,
)
from tests.support.families import make_family, told

YEARS_AGO = NOW - timedelta(days=4 * 365)
QUICK = msgspec.structs.replace(SETTINGS, retention_people_max=50)


async def long_gone(*people: UUID | None) -> None:
    await Volunteer.filter(id__in=[each for each in people if each]).update(
        active_at=YEARS_AGO, created_at=YEARS_AGO
    )


async def crowd(boss: Actor, number: int = 100) -> None:
    """So many people that one in a hundred is somebody."""
    await rows(
        "INSERT INTO volunteer (id, created_at, active_at, state, is_on_call, is_matched, "
        "organisation_id, external_key, name, age, max_minutes, max_minutes_per_day, max_shifts, "
        "served_minutes) SELECT gen_random_uuid(), now(), now(), 'active', false, true, $1, "
        "'crowd ' || n, 'Crowd', 30, 600, 180, 3, 0 FROM generate_series(1, $2) AS n",
        node_of(boss),
        number,
    )


async def test_whoever_was_not_heard_of_for_years_is_told_and_forgotten_a_week_later(
    database: str,
) -> None:
    _, boss = await make_city()
    ada = await make_person(boss, phone="138 0000 2222")
    await long_gone(ada.volunteer_id)
    made = await retention.run_everywhere(NOW, QUICK)
    assert (made.found, made.touched, made.is_capped) == (1, 1, False)
    assert made.report.inactive == 1
    assert (await told())[-1] == "erasure_soon"
    assert (await Volunteer.get(id=ada.volunteer_id)).state == "active"
    assert await erasure.run_due(NOW + timedelta(days=6)) == 0
    assert await erasure.run_due(NOW + timedelta(days=7)) == 1
    assert (await Volunteer.get(id=ada.volunteer_id)).state == "erased"
    [line] = await AuditEvent.filter(act="retention_run")
    assert line.facts == {"found": 1, "touched": 1, "people_max": 1}


async def test_signing_in_once_keeps_everything(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    await long_gone(ada.volunteer_id)
    await retention.run_everywhere(NOW, QUICK)
    await Volunteer.filter(id=ada.volunteer_id).update(active_at=NOW + timedelta(days=2))
    assert await erasure.run_due(NOW + timedelta(days=7)) == 0
    assert (await Volunteer.get(id=ada.volunteer_id)).state == "active"
    [row] = await Erasure.all()
    assert row.withdrawn_at == NOW + timedelta(days=7)


async def test_who_serves_leads_or_answers_for_a_child_is_never_found(database: str) -> None:
    city, boss = await make_city()
    coming, lead = await make_person(boss), await make_volunteer(boss)
    shift = await make_shift(boss, starts_at=hours(5))
    await claims.claim(coming, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    await make_account((RoleName.SHIFT_LEAD, city.id), volunteer_id=lead.id)
    family = await make_family(boss)
    parent = await make_volunteer(boss)
    await rows("UPDATE account SET volunteer_id = $2 WHERE id = $1",
               family.guardian.account_id, parent.id)  # fmt: skip
    await long_gone(coming.volunteer_id, lead.id, parent.id)
    found = await retention.preview_everywhere(NOW, QUICK)
    assert found.found == 0


async def test_who_was_registered_and_never_came_goes_sooner(database: str) -> None:
    _, boss = await make_city()
    never, came = await make_volunteer(boss), await make_person(boss)
    year = NOW - timedelta(days=400)
    await Volunteer.filter(id__in=[never.id, came.volunteer_id]).update(
        created_at=year, active_at=year
    )
    made = await retention.run_everywhere(NOW, QUICK)
    assert (made.report.never_came, made.report.inactive) == (1, 0)
    assert (await Erasure.get()).volunteer_id == never.id


async def test_above_the_cap_nobody_is_touched_and_it_is_said_loudly(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, boss = await make_city()
    people = [await make_volunteer(boss) for _ in range(3)]
    await long_gone(*(each.id for each in people))
    with caplog.at_level(logging.ERROR):
        made = await retention.run_everywhere(NOW, QUICK)
    # One in a hundred of three people is one; three were found.
    assert (made.found, made.touched, made.people_max, made.is_capped) == (3, 0, 1, True)
    assert "touches nobody: 3 people found, 1 is the most" in caplog.text
    assert await Erasure.all().count() == 0
    await crowd(boss, 397)
    few = msgspec.structs.replace(SETTINGS, retention_people_max=2)
    assert (await retention.run_everywhere(NOW, few)).is_capped
    assert (await retention.run_everywhere(NOW, QUICK)).touched == 3
    # A second run finds nobody: they are told already.
    assert (await retention.run_everywhere(NOW, QUICK)).found == 0


async def test_a_dry_run_counts_the_same_and_leaves_every_table_as_it_was(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    await long_gone(ada.volunteer_id)
    before = await digests(database)
    preview = await retention.preview_everywhere(NOW, QUICK)
    assert await digests(database) == before
    assert preview.found == 1
    await retention.run_everywhere(NOW, QUICK)
    changed = {name for name, digest in (await digests(database)).items()
               if digest != before[name]}  # fmt: skip
    assert changed == {"retention_run", "erasure", "audit_event", "notification"}


async def test_numbers_of_documents_go_when_nobody_needs_them(database: str) -> None:
    _, boss = await make_city()
    kept, gone = await make_volunteer(boss), await make_volunteer(boss)
    for person, number in ((kept, "11010519491231002X"), (gone, "360426199101010071")):
        await personal.put(DatumKind.DOCUMENT, number, volunteer_id=person.id, subkind="id")
        await DocumentNeed.create(
            volunteer_id=person.id, purpose="insurance", recipient="insurer",
            organisation_id=node_of(boss), account_id=boss.account_id,
            closed_at=None if person is kept else NOW - timedelta(days=200),
        )  # fmt: skip
    await rows("UPDATE personal_datum SET created_at = $1 WHERE kind = 'document'", YEARS_AGO)
    made = await retention.run_everywhere(NOW, QUICK)
    assert made.report.documents == 1
    held = [each.volunteer_id for each in await personal.owners(DatumKind.DOCUMENT,
                                                                "11010519491231002X")]  # fmt: skip
    assert held == [kept.id]
    assert await personal.owners(DatumKind.DOCUMENT, "360426199101010071") == []


async def test_once_a_day_and_not_where_it_is_turned_off(database: str) -> None:
    assert await retention.run_daily(NOW, SETTINGS) is not None
    assert await retention.run_daily(hours(1), SETTINGS) is None
    assert await retention.run_daily(hours(24), SETTINGS) is not None
    off = msgspec.structs.replace(SETTINGS, retention_daily=False)
    assert await retention.run_daily(hours(48), off) is None


async def test_a_system_administrator_runs_it_for_their_own_subtree(database: str) -> None:
    city, boss = await make_city()
    street = await make_organisation(boss)
    keeper = await make_account((RoleName.SYSTEM_ADMINISTRATOR, street.id))
    inside = await make_volunteer(boss, organisation_id=street.id)
    outside = await make_volunteer(boss)
    await long_gone(inside.id, outside.id)
    with pytest.raises(Forbidden):
        await retention.run(boss, NOW, QUICK)
    assert (await retention.preview(keeper, NOW, QUICK)).found == 1
    made = await retention.run(keeper, NOW, QUICK)
    assert (made.touched, made.organisation_id) == (1, street.id)
    assert (await Erasure.get()).volunteer_id == inside.id
    assert (await retention.list_page(keeper, PageQuery())).items == [made]
    elsewhere = await make_account((RoleName.SYSTEM_ADMINISTRATOR, (await make_city())[0].id))
    with pytest.raises(NotFound):
        await retention.get(elsewhere, made.id)
    top = await make_account((RoleName.SYSTEM_ADMINISTRATOR, city.id))
    assert await retention.get(top, made.id) == made


async def digests(database_url: str) -> dict[str, str]:
    """The SHA-256 of the rows of every table."""
    connection = await asyncpg.connect(database_url)
    try:
        found = {}
        for [table] in await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ):
            lines = await connection.fetch(f'SELECT t::text AS line FROM "{table}" t ORDER BY 1')
            text = "\n".join(line["line"] for line in lines)
            found[table] = hashlib.sha256(text.encode()).hexdigest()
        return found
    finally:
        await connection.close()
