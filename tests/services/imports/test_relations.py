"""Lines that tie people to shifts and to each other, imported over what is there already."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from models.core import (
    ApartPair,
    Claim,
    ClaimState,
    Exclusion,
    Role,
    Round,
    Shift,
    TogetherMember,
    Volunteer,
)
from services import imports
from services.errors import Conflict
from services.imports import Import
from services.imports.relations import Relations
from tests.services.imports.support import (
    NOW,
    SETTINGS,
    bring_in,
    everything,
    json_bytes,
    look,
    make_city,
    refusals,
)

FIXED = {"volunteer": "ada", "shift": "s", "role": "r"}


def shift(id_: str, hour: int = 9, roles: tuple[str, ...] = ("r",)) -> dict[str, Any]:
    return {
        "id": id_,
        "project": "p",
        "start": f"2026-03-07T{hour:02}:00:00+08:00",
        "end": f"2026-03-07T{hour + 2:02}:00:00+08:00",
        "roles": [{"id": role, "max": 1} for role in roles],
    }


def file(**parts: Any) -> bytes:
    people = [{"id": name, "available": []} for name in ("ada", "bob", "eve")]
    return json_bytes(
        {
            "format": "mulin.problem/1",
            "horizon": {"start": "2026-03-07T00:00:00+08:00", "end": "2026-03-09T00:00:00+08:00"},
            "volunteers": people,
            "shifts": [shift("s")],
            **parts,
        }
    )


async def test_fixed_lines_are_claims_that_count(database: str) -> None:
    city = await make_city()
    await bring_in(city, "problem", file(fixed=[FIXED]))
    assert (await Claim.get()).state == ClaimState.CONFIRMED
    assert (await Role.get()).held == 1


async def test_fixed_line_beyond_the_seats_that_are_left_is_refused(database: str) -> None:
    city = await make_city()
    await bring_in(city, "problem", file(fixed=[FIXED]))
    report = await look(city, "problem", file(fixed=[{**FIXED, "volunteer": "bob"}]))
    assert refusals(report) == [("fixed[0]", "fixed_over_maximum")]


async def test_fixed_line_against_a_claim_on_another_shift_is_refused(database: str) -> None:
    city = await make_city()
    await bring_in(city, "problem", file(fixed=[FIXED]))
    other = file(shifts=[shift("other", 10)], fixed=[{**FIXED, "shift": "other"}])
    assert refusals(await look(city, "problem", other)) == [("fixed[0]", "fixed_overlaps")]


async def test_fixed_line_in_another_role_is_refused(database: str) -> None:
    city = await make_city()
    roles = [shift("s", roles=("r", "lead"))]
    await bring_in(city, "problem", file(shifts=roles, fixed=[FIXED]))
    moved = file(shifts=roles, fixed=[{**FIXED, "role": "lead"}])
    assert refusals(await look(city, "problem", moved)) == [("fixed[0]", "fixed_on_other_role")]


async def test_open_offer_is_confirmed_and_a_given_up_seat_stays_given_up(database: str) -> None:
    city = await make_city()
    await bring_in(city, "problem", file())
    ada, seat, role = await Volunteer.get(external_key="ada"), await Shift.get(), await Role.get()
    claim = await Claim.create(
        shift_id=seat.id,
        role_id=role.id,
        volunteer_id=ada.id,
        state=ClaimState.OFFERED,
        starts_at=seat.starts_at,
        ends_at=seat.ends_at,
    )
    report = (await bring_in(city, "problem", file(fixed=[FIXED]))).report
    assert [row.outcome for row in report.rows if row.place == "fixed[0]"] == ["changed"]
    claim = await Claim.get()
    assert claim.state == ClaimState.CONFIRMED

    claim.state = ClaimState.CANCELLED
    await claim.save()
    report = (await bring_in(city, "problem", file(fixed=[FIXED]))).report
    assert ("fixed_given_up", {"count": 1}) in [(x.code, x.parameters) for x in report.notes]
    assert (await Claim.get()).state == ClaimState.CANCELLED


async def test_lists_of_people_follow_the_file_and_exclusions_are_never_lost(database: str) -> None:
    city = await make_city()
    lists = {
        "together": [["ada", "bob"]],
        "apart": [["ada", "eve"]],
        "forbidden": [{"volunteer": "bob", "shift": "s", "reason": "no_consent"}],
    }
    await bring_in(city, "problem", file(**lists))
    report = (await bring_in(city, "problem", file(together=[["bob", "eve"]]))).report
    assert {note.code for note in report.notes} >= {"together_dropped", "apart_dropped"}
    names = {each.id: each.external_key for each in await Volunteer.all()}
    assert {names[each.volunteer_id] for each in await TogetherMember.all()} == {"bob", "eve"}
    assert await ApartPair.all().count() == 0
    assert await Exclusion.all().count() == 1


async def kept(city: UUID, content: bytes) -> Import:
    return await imports.keep(city, None, imports.ImportKind.PROBLEM, content, NOW, SETTINGS)


async def test_two_imports_of_one_file_at_once_store_it_once(database: str) -> None:
    city = await make_city()
    both = [await kept(city, file(fixed=[FIXED])) for _ in range(2)]
    stored = await asyncio.gather(*(imports.store(each.id, NOW, SETTINGS) for each in both))
    assert {each.state for each in stored} == {"applied"}
    assert len({each.round_id for each in stored}) == 1
    assert await Volunteer.all().count() == 3
    assert await Claim.all().count() == 1
    assert await Round.all().count() == 1


async def test_what_was_checked_is_looked_at_again_when_it_is_stored(database: str) -> None:
    city = await make_city()
    await bring_in(city, "problem", file())
    checked = await kept(city, file(fixed=[{**FIXED, "volunteer": "bob"}]))
    assert checked.state == "checked"
    await bring_in(city, "problem", file(fixed=[FIXED]))
    before = await everything()
    late = await imports.store(checked.id, NOW, SETTINGS)
    assert late.state == "refused"
    assert refusals(late.report) == [("fixed[0]", "fixed_over_maximum")]
    assert await everything() == before
    with pytest.raises(Conflict):
        await imports.store(checked.id, NOW, SETTINGS)


async def test_refusal_by_the_database_itself_stores_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = await make_city()
    await bring_in(city, "problem", file(fixed=[FIXED]))
    before = await everything()
    monkeypatch.setattr("services.imports.relations._refusals", lambda *_: [])
    monkeypatch.setattr("services.imports.relations._over_maximum", lambda *_: [])
    checked = await kept(
        city, file(fixed=[{**FIXED, "volunteer": "bob"}], together=[["ada", "bob"]])
    )
    assert not checked.report.refused
    with pytest.raises(Conflict) as refused:
        await imports.store(checked.id, NOW, SETTINGS)
    assert refused.value.reason == "full"
    assert await everything() == before


async def test_unused_content_is_forgotten(database: str) -> None:
    city = await make_city()
    checked = await kept(city, file())
    assert await imports.forget_unused(NOW) == 0
    assert await imports.forget_unused(NOW.replace(year=2030)) == 1
    with pytest.raises(Conflict):
        await imports.store(checked.id, NOW, SETTINGS)


def test_a_report_line_with_a_defect_is_refused() -> None:
    found = Relations()
    found.report("fixed", 3, "new", [])
    assert [(row.row, row.place, row.outcome) for row in found.rows] == [(4, "fixed[3]", "new")]
