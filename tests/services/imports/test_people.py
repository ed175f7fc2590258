"""A sheet of people, as people write it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from tortoise.exceptions import OperationalError

from models.core import (
    AvailabilityException,
    AvailabilityWindow,
    Membership,
    Organisation,
    OrganisationKind,
    PointsAccount,
    Volunteer,
    VolunteerLiking,
    VolunteerSkill,
)
from services import personal
from services.imports import in_chinese, people, storing
from services.imports.headers import find_table
from services.imports.reading import read_sheets
from tests.services.imports.support import (
    NO_GROUPS,
    NOW,
    SETTINGS,
    bring_in,
    csv_bytes,
    everything,
    look,
    make_city,
    outcomes,
    refusals,
    xlsx_bytes,
)

CHINESE = [
    "2026 年春季志愿者名册,,,,,,,,,",
    "请勿修改表头,,,,,,,,,",
    "编号*,姓名*,出生日期,经度,纬度,最远距离（米）,组织,技能,可服务时间,喜好",
    "A001,张三,2008-05-17,121.4737,31.2304,5000,红队,急救:3; 粤语,"
    "周一 09:00-12:00；周六、周日 14:00-18:00,敬老:3",
    "A002,李四,2000年1月2日,,,,红队；蓝队,,每天 19:00-21:00,",
]
ENGLISH = [
    "Key;Full name;Date of birth;Longitude;Latitude;Max travel (m);Groups;Skills;Availability;"
    "Likes",
    'A001;张三;2008/5/17;121.4737;31.2304;5000;红队;"急救:3; 粤语:1";'
    '"Mon 9:00-12:00; Sat,Sun 14:00-18:00";敬老:3',
    'A002;李四;2000-01-02;;;;"红队; 蓝队";;daily 19:00-21:00;',
]


async def city_with_teams() -> UUID:
    city = await make_city()
    for name in ("红队", "蓝队"):
        await Organisation.create(kind=OrganisationKind.SERVICE_TEAM, parent_id=city, name=name)
    return city


async def test_chinese_sheet_below_titles_is_stored_whole(database: str) -> None:
    city = await city_with_teams()
    stored = await bring_in(city, "people", csv_bytes(CHINESE, "gb18030", "\r\n"))
    assert [row.place for row in stored.report.rows] == ["A4", "A5"]
    zhang = await Volunteer.get(organisation_id=city, external_key="A001")
    assert (zhang.name, await born(zhang.id), zhang.max_travel_m) == (
        "张三",
        date(2008, 5, 17),
        5000,
    )
    assert (zhang.home_longitude, zhang.home_latitude) == (121.4737, 31.2304)
    skills = await VolunteerSkill.filter(volunteer_id=zhang.id).values_list("skill", "level")
    assert set(skills) == {("急救", 3), ("粤语", 1)}
    windows = await AvailabilityWindow.filter(volunteer_id=zhang.id).values_list(
        "weekday", "start_minute", "end_minute"
    )
    assert set(windows) == {(0, 540, 720), (5, 840, 1080), (6, 840, 1080)}
    assert await VolunteerLiking.filter(volunteer_id=zhang.id).values_list("cause", "liking") == [
        ("敬老", 3)
    ]
    assert await Membership.all().count() == 3
    assert await PointsAccount.all().count() == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
async def test_any_encoding_language_and_separator_says_the_same(
    database: str, encoding: str
) -> None:
    city = await city_with_teams()
    await bring_in(city, "people", csv_bytes(CHINESE, "utf-8"))
    before = await everything()
    again = await bring_in(city, "people", csv_bytes(ENGLISH, encoding))
    assert outcomes(again.report) == {"same"}
    tabs = [line.replace(";", "\t").replace('"', "") for line in ENGLISH[:1]]
    assert (await look(city, "people", csv_bytes([*tabs, "A003\t王五\t1999-01-01"]))).counts == {
        "new": 1,
        "changed": 0,
        "same": 0,
        "refused": 0,
    }
    assert await everything() == before


async def test_workbook_with_dates_and_numbers_as_cells(database: str) -> None:
    city = await city_with_teams()
    table = [
        ["编号", "姓名", "出生日期", "经度", "纬度", "最多班次", "可服务时间", "不可服务日期"],
        [
            20260001,
            "王五",
            date(2008, 5, 17),
            121.47,
            31.23,
            3,
            "工作日 18:00-20:00",
            date(2026, 5, 1),
        ],
    ]
    await bring_in(city, "people", xlsx_bytes(table))
    stored = await Volunteer.get(organisation_id=city)
    assert (stored.external_key, await born(stored.id)) == ("20260001", date(2008, 5, 17))
    assert (stored.home_longitude, stored.max_shifts) == (121.47, 3)
    assert await AvailabilityWindow.all().count() == 5
    off = await AvailabilityException.get()
    assert (off.kind, off.starts_at.isoformat()) == ("off", "2026-04-30T16:00:00+00:00")


async def test_columns_that_are_not_there_leave_what_is_stored(database: str) -> None:
    city = await city_with_teams()
    await bring_in(city, "people", csv_bytes(CHINESE))
    report = (
        await bring_in(city, "people", csv_bytes(["编号,姓名,年龄", "A001,张三三,17"]))
    ).report
    assert report.rows[0].changed == ["name"]
    zhang = await Volunteer.get(organisation_id=city, external_key="A001")
    assert (zhang.name, await born(zhang.id)) == ("张三三", date(2008, 5, 17))
    assert await VolunteerSkill.filter(volunteer_id=zhang.id).count() == 2


async def test_changed_skill_keeps_the_evidence_of_the_others(database: str) -> None:
    city = await city_with_teams()
    await bring_in(city, "people", csv_bytes(CHINESE))
    await VolunteerSkill.filter(skill="急救").update(evidence="红十字会证书")
    sheet = ["编号,姓名,年龄,技能", "A001,张三,17,急救:3;手语:2:2027-06-30"]
    await bring_in(city, "people", csv_bytes(sheet))
    found = (
        await VolunteerSkill.all().order_by("skill").values_list("skill", "evidence", "expires_on")
    )
    assert found == [("急救", "红十字会证书", None), ("手语", "", date(2027, 6, 30))]


WRONG = [
    ("A1,,2000-01-01,,,,", ("B2", "blank")),
    ("A1,张三,,,,,", ("C2", "no_age")),
    ("A1,张三,2000-13-01,,,,", ("C2", "not_date")),
    ("A1,张三,2030-01-01,,,,", ("C2", "not_yet_born")),
    ("A1,张三,1899-01-01,,,,", ("C2", "too_early_or_late")),
    ("1.10105E+17,张三,2000-01-01,,,,", ("A2", "digits_lost")),
    (f"{'x' * 121},张三,2000-01-01,,,,", ("A2", "text_too_long")),
    ("A1,张三,2000-01-01,31.23,121.47,,", ("E2", "swapped_position")),
    ("A1,张三,2000-01-01,121.47,,,", ("E2", "half_position")),
    ("A1,张三,2000-01-01,,,急救:9,", ("F2", "not_level")),
    ("A1,张三,2000-01-01,,,急救:3;急救:2,", ("F2", "named_twice")),
    ("A1,张三,2000-01-01,,,,周一 24:75-25:00", ("G2", "not_clock_time")),
    ("A1,张三,2000-01-01,,,,周一 22:00-02:00", ("G2", "end_before_start_of_day")),
    ("A1,张三,2000-01-01,,,,周八 09:00-10:00", ("G2", "not_availability")),
    ("A1,张三,2000-01-01,,,,总是", ("G2", "not_availability")),
]


@pytest.mark.parametrize(("row", "expected"), WRONG)
def test_wrong_cell_is_named(row: str, expected: tuple[str, str]) -> None:
    header = "编号,姓名,出生日期,经度,纬度,技能,可服务时间"
    table = find_table(read_sheets(csv_bytes([header, row])), people.COLUMNS)
    [found] = people.read_people(table, NO_GROUPS, SETTINGS.zone, NOW.date())
    assert [(each.place, each.code) for each in found.defects] == [expected]


async def test_unknown_group_and_minutes_in_hours_are_named(database: str) -> None:
    sheet = ["key,name,age,groups,max minutes", "1,Ada,20,绿队,8h", "1,Bob,21,,480"]
    report = await look(await city_with_teams(), "people", csv_bytes(sheet))
    assert refusals(report) == [
        ("D2", "unknown_group"),
        ("E2", "not_whole_number"),
        ("A3", "duplicate_key"),
    ]
    assert "红队" in str(report.rows[0].defects[0].parameters["known"])
    assert report.rows[1].defects[0].parameters == {"key": "1", "first": 2}


async def test_a_list_registers_no_child_and_may_name_one_that_a_guardian_registered(
    database: str,
) -> None:
    """C1: under 14 only through a guardian. A birthday counts from the day after it (C4)."""
    city = await city_with_teams()
    today = NOW.astimezone(SETTINGS.zone).date()
    fourteenth = today.replace(year=today.year - 14)
    eldest_child = ["key,name,birth date", f"1,Ada,{fourteenth.isoformat()}"]
    refused = await look(city, "people", csv_bytes(eldest_child))
    assert refusals(refused) == [("A2", "child_needs_guardian")]
    [defect] = refused.rows[0].defects
    assert "监护人" in in_chinese(defect.code, defect.parameters, "")

    born = fourteenth - timedelta(days=1)
    await bring_in(city, "people", csv_bytes(["key,name,birth date", f"1,Ada,{born}"]))
    report = await look(city, "people", csv_bytes(eldest_child))
    assert refusals(report) == [("A2", "child_needs_guardian")]

    child = await Volunteer.get(external_key="1")
    await personal.put_birth_dates({child.id: born.replace(year=born.year + 4)})
    known = ["key,name,birth date,max shifts", f"1,Ada,{born.replace(year=born.year + 4)},2"]
    report = await look(city, "people", csv_bytes(known))
    assert [(row.outcome, row.changed) for row in report.rows] == [("changed", ["max_shifts"])]


async def test_one_refused_row_stores_nothing(database: str) -> None:
    city = await city_with_teams()
    before = await everything()
    report = await look(city, "people", csv_bytes(["key,name,age", "1,Ada,20", "2,Bob,-3"]))
    assert report.counts == {"new": 1, "changed": 0, "same": 0, "refused": 1}
    assert await everything() == before


async def test_failure_at_the_end_leaves_nothing_behind(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = await city_with_teams()
    before = await everything()

    async def fail(*_: object) -> None:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(storing, "_write_rest", fail)
    with pytest.raises(OperationalError):
        await bring_in(city, "people", csv_bytes(CHINESE))
    assert await everything() == before
    monkeypatch.undo()
    assert (await bring_in(city, "people", csv_bytes(CHINESE))).state == "applied"


async def test_thousands_of_rows_take_few_statements(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = await city_with_teams()
    lines = ["key,name,age,groups,skills,available"]
    lines += [f"{n},P{n},{16 + n % 50},红队,急救:{n % 5 + 1},Mon 09:00-12:00" for n in range(3_000)]
    statements = 0
    for name in ("rows", "write"):
        original = getattr(storing, name)

        async def counted(*arguments: object, original: object = original) -> object:
            nonlocal statements
            statements += 1
            return await original(*arguments)  # type: ignore[operator]

        monkeypatch.setattr(storing, name, counted)
    await bring_in(city, "people", csv_bytes(lines))
    assert statements < 40
    assert await Volunteer.all().count() == 3_000


async def born(volunteer_id: UUID) -> date:
    """The day of birth on record."""
    return (await personal.birth_dates([volunteer_id]))[volunteer_id]
