"""A sheet of shifts: one row for each role."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from models.core import Claim, ClaimState, Project, Role, RoleSkill, Shift, TeamLine, Volunteer
from services.imports import shifts
from services.imports.headers import find_table
from services.imports.projects import Projects
from services.imports.reading import read_sheets
from tests.services.imports.support import (
    NO_GROUPS,
    SETTINGS,
    bring_in,
    csv_bytes,
    everything,
    look,
    make_city,
    outcomes,
    refusals,
)

HEADER = (
    "班次编号,项目,类别,风险告知,开始,结束,地点,经度,纬度,岗位,最少,最多,技能,最小年龄,优先级,"
    "人数不足取消,团队要求"
)
SHEET = [
    HEADER,
    "S1,敬老院探访,敬老,注意防滑,2026-05-17 09:00,2026-05-17 12:00,长宁,121.42,31.22,陪伴,2,4,,16,"
    "8,是,急救:2*1",
    "S1,敬老院探访,敬老,,,,,,,急救员,1,1,急救:3,18,,,",
    "S2,河道清洁,环保,,2026年5月18日 13:30,16:00,,,,,1,10,,,,,",
]


async def test_rows_with_one_key_are_roles_of_one_shift(database: str) -> None:
    city = await make_city()
    report = (await bring_in(city, "shifts", csv_bytes(SHEET))).report
    assert report.counts["new"] == 3
    assert "projects_draft" in {note.code for note in report.notes}
    one, two = await Shift.all().order_by("external_key")
    assert one.starts_at == datetime(2026, 5, 17, 1, 0, tzinfo=UTC)
    assert two.ends_at == datetime(2026, 5, 18, 8, 0, tzinfo=UTC)
    assert (one.place, one.priority, one.cancel_below_minimum) == ("长宁", 8, True)
    roles = (
        await Role.filter(shift_id=one.id)
        .order_by("key")
        .values_list("key", "minimum", "target", "maximum", "min_age")
    )
    assert set(roles) == {("急救员", 1, 1, 1, 18), ("陪伴", 2, 4, 4, 16)}
    assert await RoleSkill.all().values_list("skill", "level") == [("急救", 3)]
    assert await TeamLine.all().values_list("skill", "level", "count") == [("急救", 2, 1)]
    states = await Project.all().order_by("name").values_list("name", "state", "category")
    assert set(states) == {("敬老院探访", "published", "敬老"), ("河道清洁", "draft", "环保")}


async def test_same_sheet_again_changes_nothing(database: str) -> None:
    city = await make_city()
    await bring_in(city, "shifts", csv_bytes(SHEET))
    before = await everything()
    again = await bring_in(city, "shifts", csv_bytes(SHEET))
    assert outcomes(again.report) == {"same"}
    assert await everything() == before


async def test_changed_role_and_time_are_named_and_stored(database: str) -> None:
    city = await make_city()
    await bring_in(city, "shifts", csv_bytes(SHEET))
    moved = [HEADER, "S2,河道清洁,环保,,2026-05-18 14:00,16:00,,,,,1,12,,,,,"]
    report = (await bring_in(city, "shifts", csv_bytes(moved))).report
    assert report.rows[0].changed == ["starts_at", "roles"]
    two = await Shift.get(external_key="S2")
    assert (two.starts_at.hour, two.version) == (6, 2)
    assert (await Role.get(shift_id=two.id)).maximum == 12


async def confirmed_claim(city: UUID) -> Shift:
    shift = await Shift.get(external_key="S2")
    role = await Role.get(shift_id=shift.id)
    ada = await Volunteer.create(organisation_id=city, external_key="ada", name="Ada", age=26)
    await Claim.create(
        shift_id=shift.id,
        role_id=role.id,
        volunteer_id=ada.id,
        state=ClaimState.CONFIRMED,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )
    return shift


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("S2,河道清洁,环保,,2026-05-18 14:00,16:00,,,,,1,10,,,,,", [("A2", "shift_has_claims")]),
        (
            "S2,河道清洁,环保,,2026-05-18 13:30,16:00,,,,巡河,1,10,,,,,",
            [("A2", "role_has_claims")],
        ),
        ("S2,河道清洁,环保,,2026-05-18 13:30,16:00,,,,,1,9,,,7,,", []),
    ],
)
async def test_what_people_were_promised_is_not_moved(
    database: str, row: str, expected: list[tuple[str, str]]
) -> None:
    city = await make_city()
    await bring_in(city, "shifts", csv_bytes(SHEET))
    await confirmed_claim(city)
    assert refusals(await look(city, "shifts", csv_bytes([HEADER, row]))) == expected


WRONG = [
    ("S1,探访,,,2026-05-17 12:00,2026-05-17 09:00,,,,,1,4,,,,,", ("F2", "end_before_start")),
    ("S1,探访,,,2026-05-17,2026-05-17 09:00,,,,,1,4,,,,,", ("E2", "not_date_time")),
    ("S1,探访,,,2026-05-17 24:75,2026-05-18 09:00,,,,,1,4,,,,,", ("E2", "not_clock_time")),
    ("S1,探访,,,2026-05-17 09:00:30,2026-05-17 12:00,,,,,1,4,,,,,", ("E2", "not_whole_minute")),
    ("S1,探访,,,2026-05-17 09:00,12:00,,,,,5,4,,,,,", ("K2", "min_above_max")),
    ("S1,探访,,,2026-05-17 09:00,12:00,,,,,1,,,,,,", ("L2", "blank")),
    ("S1,探访,,,2026-05-17 09:00,12:00,,,,,1,0,,,,,", ("L2", "below_least")),
    ("S1,探访,,,2026-05-17 09:00,12:00,,,,,1,4,急救:9,,,,", ("M2", "not_level")),
    ("S1,探访,,,2026-05-17 09:00,12:00,,,,,1,4,,,11,,", ("O2", "above_most")),
    ("S1,探访,,,2026-05-17 09:00,12:00,,,,,1,4,,,,大概,", ("P2", "not_yes_or_no")),
    ("S1,探访,,,2026-05-17 09:00,12:00,,,,,1,4,,,,,急救", ("Q2", "not_team_line")),
    (",探访,,,2026-05-17 09:00,12:00,,,,,1,4,,,,,", ("A2", "blank")),
]


@pytest.mark.parametrize(("row", "expected"), WRONG)
def test_wrong_cell_is_named(row: str, expected: tuple[str, str]) -> None:
    table = find_table(read_sheets(csv_bytes([HEADER, row])), shifts.COLUMNS)
    [found] = shifts.read_shifts(table, NO_GROUPS, Projects([]), SETTINGS.zone)
    assert [(each.place, each.code) for each in found.defects[2]] == [expected]


async def test_rows_of_one_shift_that_disagree_are_refused(database: str) -> None:
    sheet = [*SHEET[:2], SHEET[2].replace("敬老院探访", "别的"), SHEET[1]]
    report = await look(await make_city(), "shifts", csv_bytes(sheet))
    assert refusals(report) == [("B3", "differs_from_first"), ("J4", "duplicate_role")]
    assert {row.outcome for row in report.rows} == {"refused"}


async def test_two_projects_of_one_name_need_a_category(database: str) -> None:
    city = await make_city()
    await bring_in(city, "shifts", csv_bytes(SHEET))
    other = SHEET[3].replace("环保", "宣传").replace("S2", "S3")
    await bring_in(city, "shifts", csv_bytes([HEADER, other]))
    unclear = SHEET[3].replace("环保", "").replace("S2", "S4")
    assert refusals(await look(city, "shifts", csv_bytes([HEADER, unclear]))) == [
        ("B2", "ambiguous_project")
    ]


async def test_unknown_column_is_left_out_and_said_so(database: str) -> None:
    sheet = ["key,project,start,end,seats,remark", "S1,探访,2026-05-17 09:00,12:00,4,带伞"]
    report = (await bring_in(await make_city(), "shifts", csv_bytes(sheet))).report
    assert ("column_ignored", {"column": "remark"}) in [
        (note.code, note.parameters) for note in report.notes
    ]
