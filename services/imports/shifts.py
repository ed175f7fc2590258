"""A sheet of shifts: one row for each role, and rows with one key are one shift."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from models.core import new_id
from services.imports import cells
from services.imports.groups import Groups
from services.imports.headers import Column, Table
from services.imports.projects import Projects
from services.imports.row_reader import RowReader
from services.imports.sheet import coordinate
from services.imports.wanted import RoleFields, ShiftFields, WantedShift

KEY_MAX = NAME_MAX = 120
CATEGORY_MAX = 80
PLACE_MAX = 200
STATEMENT_MAX = 4000
SEATS_MOST = 1_000_000
AGE_MOST = 150
ROLE_DEFAULT = "志愿者"

COLUMNS: Sequence[Column] = (
    Column(
        "key",
        ("班次编号", "编号", "班次号"),
        ("key", "shift", "shift id", "shift key", "id"),
        required=True,
        hint="rows with one key are roles of one shift",
        hint_chinese="编号相同的各行是同一班次的不同岗位",
    ),
    Column("project", ("项目", "项目名称", "活动", "活动名称"), ("project",), required=True),
    Column("category", ("类别", "项目类别", "服务类别"), ("category", "cause")),
    Column(
        "risk_statement",
        ("风险告知", "风险说明"),
        ("risk statement", "risks"),
        hint="without it a new project stays a draft",
        hint_chinese="不填则新项目为草稿，不能发布",
    ),
    Column(
        "start",
        ("开始", "开始时间", "起始时间"),
        ("start", "starts at", "start time"),
        required=True,
        hint="2026-05-17 09:00",
        hint_chinese="2026-05-17 09:00",
    ),
    Column(
        "end",
        ("结束", "结束时间", "截止时间"),
        ("end", "ends at", "end time"),
        required=True,
        hint="a time alone is on the day of the start",
        hint_chinese="只写时刻则与开始同日",
    ),
    Column("place", ("地点", "地址", "集合地点"), ("place", "location", "address")),
    Column("longitude", ("经度",), ("longitude", "lon", "lng")),
    Column("latitude", ("纬度",), ("latitude", "lat")),
    Column(
        "position_system",
        ("坐标系", "坐标系统"),
        ("coordinate system", "position system"),
        hint="WGS 84, GCJ-02 (Gaode, Tencent) or BD-09 (Baidu); blank: WGS 84",
        hint_chinese="WGS-84、GCJ-02（高德、腾讯）或 BD-09（百度）；空白为 WGS-84",
    ),
    Column("role", ("岗位", "岗位名称"), ("role",)),
    Column("min", ("最少人数", "最少", "下限"), ("min", "minimum", "least")),
    Column(
        "max",
        ("最多人数", "人数", "需要人数", "最多", "上限"),
        ("max", "maximum", "seats", "people"),
        required=True,
    ),
    Column("skills", ("技能", "技能要求"), ("skills", "skill"), hint="skill:least level"),
    Column("min_age", ("最小年龄", "年龄下限"), ("min age", "minimum age")),
    Column("max_age", ("最大年龄", "年龄上限"), ("max age", "maximum age")),
    Column("groups", ("组织", "限定组织", "服务队", "团队"), ("groups", "group", "organisations")),
    Column("priority", ("优先级", "重要程度"), ("priority",), hint="1-10"),
    Column(
        "cancel_below_minimum",
        ("人数不足取消", "不足取消"),
        ("cancel below minimum",),
        hint="yes or no",
        hint_chinese="是或否",
    ),
    Column(
        "team",
        ("团队要求", "队伍要求"),
        ("team",),
        hint="first aid:3*2, two people with level 3",
        hint_chinese="急救:3*2，即两人有三级",
    ),
)

_SHIFT_COLUMNS = (
    "project",
    "category",
    "start",
    "end",
    "place",
    "longitude",
    "latitude",
    "position_system",
    "priority",
    "cancel_below_minimum",
    "team",
)


class _Draft:
    """A shift while its rows are read: each later row may repeat the first or leave cells blank."""

    def __init__(self, reader: RowReader, shift: WantedShift) -> None:
        self.first = reader
        self.shift = shift
        self.role_rows: dict[str, int] = {}
        self.roles: dict[str, RoleFields] = {}
        self.shift.fields["roles"] = self.roles


def read_shifts(
    table: Table, groups: Groups, projects: Projects, zone: tzinfo
) -> list[WantedShift]:
    """The shifts in the order of their first rows, with their rows' defects."""
    drafts: dict[str, _Draft] = {}
    unnamed: list[WantedShift] = []
    for row in table.rows:
        reader = RowReader(table, row)
        key = reader.needed("key", lambda text: cells.key(text, KEY_MAX)) or ""
        draft = drafts.get(key)
        if draft is None:
            draft = _first_row(reader, key, projects, zone)
            if key:
                drafts[key] = draft
            else:
                unnamed.append(draft.shift)
        else:
            draft.shift.rows.append((row.number, coordinate(0, row.number)))
            _repeat(reader, draft)
        _role(reader, draft, groups)
        for defect in reader.defects:
            draft.shift.refuse(defect, row.number)
    return [*(draft.shift for draft in drafts.values()), *unnamed]


def _first_row(reader: RowReader, key: str, projects: Projects, zone: tzinfo) -> _Draft:
    fields: ShiftFields = {}
    _project(reader, fields, projects)
    _span(reader, fields, zone)
    if reader.has("place"):
        fields["place"] = reader.line("place", PLACE_MAX) or ""
    if reader.has("longitude", "latitude"):
        fields["location"] = reader.position()
    if reader.has("priority"):
        priority = reader.whole("priority", "priority", 5, 1, 10)
        fields["priority"] = 5 if priority is None else priority
    if reader.has("cancel_below_minimum"):
        cancels = reader.read("cancel_below_minimum", cells.yes_or_no)
        fields["cancel_below_minimum"] = bool(cancels)
    if reader.has("team"):
        fields["team"] = reader.read("team", _team) or frozenset()
    place = coordinate(0, reader.number)
    return _Draft(reader, WantedShift([(reader.number, place)], key, new_id(), fields))


def _project(reader: RowReader, fields: ShiftFields, projects: Projects) -> None:
    category = reader.line("category", CATEGORY_MAX)
    statement = reader.read("risk_statement", _statement) or ""

    def named(text: str) -> Any:
        name = cells.one_line(text, NAME_MAX)
        return projects.by_name(name, category, statement)

    project = reader.needed("project", named)
    if project is not None:
        fields["project"] = project


def _statement(text: str) -> str:
    if len(text) > STATEMENT_MAX:
        raise cells.CellRefused("text_too_long", most=STATEMENT_MAX, found=len(text))
    return text


def _span(reader: RowReader, fields: ShiftFields, zone: tzinfo) -> None:
    start = reader.needed("start", lambda text: cells.moment(text, zone))
    on = start.date() if start else None
    end = reader.needed("end", lambda text: cells.moment(text, zone, same_day=on))
    if start is None or end is None:
        return
    if end <= start:
        reader.refuse("end", "end_before_start", found=_written(start, end))
    fields["starts_at"], fields["ends_at"] = start, end


def _written(start: datetime, end: datetime) -> str:
    return f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"


def _team(text: str) -> frozenset[tuple[str, int, int]]:
    """`急救:3*2; 粤语:1`: skill, level, and how many people (one if not said)."""
    found: set[tuple[str, int, int]] = set()
    for part in cells.parts(text):
        match = re.fullmatch(
            r"(.+?):\s*([1-5])\s*(?:[*x×]\s*(\d{1,4}))?", cells.plain(part), re.ASCII
        )
        if match is None:
            raise cells.CellRefused("not_team_line", found=cells.shown(part))
        found.add((cells.one_line(match[1].strip(), 80), int(match[2]), int(match[3] or 1)))
    return frozenset(found)


def _repeat(reader: RowReader, draft: _Draft) -> None:
    for name in _SHIFT_COLUMNS:
        written = reader.text(name)
        if written and written != draft.first.text_quietly(name):
            title = reader.title(name)
            reader.refuse(name, "differs_from_first", column=title, first=draft.first.number)


def _role(reader: RowReader, draft: _Draft, groups: Groups) -> None:
    name = reader.line("role", NAME_MAX) or ROLE_DEFAULT
    first = draft.role_rows.setdefault(name, reader.number)
    if first != reader.number:
        reader.refuse("role", "duplicate_role", role=name, first=first)
        return
    maximum = reader.needed(
        "max", lambda text: cells.whole_number(text, "people", 4, 1, SEATS_MOST)
    )
    minimum = reader.whole("min", "people", 2, most=SEATS_MOST) or 0
    if maximum is not None and minimum > maximum:
        reader.refuse("min", "min_above_max", min=minimum, max=maximum)
    ages = _ages(reader)
    draft.roles[name] = RoleFields(
        minimum=minimum,
        target=maximum or 1,
        maximum=maximum or 1,
        min_age=ages[0],
        max_age=ages[1],
        skills=reader.read("skills", _least_levels) or {},
        groups=reader.read("groups", groups.named_in) or frozenset(),
    )


def _ages(reader: RowReader) -> tuple[int, int]:
    least = reader.whole("min_age", "years", 18, most=AGE_MOST)
    most = reader.whole("max_age", "years", 60, most=AGE_MOST)
    ages = (0 if least is None else least, AGE_MOST if most is None else most)
    if ages[0] > ages[1]:
        reader.refuse("min_age", "min_age_above_max_age", min=ages[0], max=ages[1])
    return ages


def _least_levels(text: str) -> Mapping[str, int]:
    written = cells.named_numbers(text, "not_level", 1, 5, default=1)
    for name, level in written.items():
        if ":" in level:
            raise cells.CellRefused("not_level", name=cells.shown(name), found=cells.shown(level))
    return {name: int(level) for name, level in written.items()}
