"""A sheet of people: one row for each."""

from collections.abc import Sequence
from datetime import date, tzinfo

from models.core import new_id
from services import phones
from services.errors import Invalid
from services.imports import cells, times_free
from services.imports.groups import Groups
from services.imports.headers import Column, Table
from services.imports.row_reader import RowReader
from services.imports.sheet import coordinate
from services.imports.wanted import Evidence, VolunteerFields, WantedVolunteer

KEY_MAX = NAME_MAX = 120
AGE_MOST = 120

COLUMNS: Sequence[Column] = (
    Column(
        "key",
        ("编号", "志愿者编号", "人员编号", "学号", "工号"),
        ("key", "id", "number", "volunteer id", "volunteer number"),
        required=True,
        hint="your own number for the person, never used twice",
        hint_chinese="本单位对此人的编号，不重复",
    ),
    Column("name", ("姓名", "名字"), ("name", "full name"), required=True),
    Column(
        "phone",
        ("手机号", "手机", "手机号码", "联系电话"),
        ("phone", "mobile", "mobile phone", "phone number"),
        hint="mobile; blank: stays as it is",
        hint_chinese="手机号；空白为不变",
    ),
    Column(
        "birth_date", ("出生日期", "生日", "出生年月日"), ("birth date", "date of birth", "born")
    ),
    Column(
        "age",
        ("年龄", "周岁"),
        ("age",),
        hint="only without a birth date",
        hint_chinese="没有出生日期时填写",
    ),
    Column("longitude", ("经度", "住址经度"), ("longitude", "lon", "lng", "home longitude")),
    Column("latitude", ("纬度", "住址纬度"), ("latitude", "lat", "home latitude")),
    Column(
        "position_system",
        ("坐标系", "坐标系统"),
        ("coordinate system", "position system"),
        hint="WGS 84, GCJ-02 (Gaode, Tencent) or BD-09 (Baidu); blank: WGS 84",
        hint_chinese="WGS-84、GCJ-02（高德、腾讯）或 BD-09（百度）；空白为 WGS-84",
    ),
    Column(
        "max_travel_m",
        ("最远距离", "最远距离米"),
        ("max travel", "max travel m", "max travel metres"),
        hint="metres; blank: no limit",
        hint_chinese="米；空白为不限",
    ),
    Column(
        "groups",
        ("组织", "所属组织", "服务队", "小组", "团队"),
        ("groups", "group", "teams", "organisations"),
        hint="names, with ; between them",
        hint_chinese="名称，用分号隔开",
    ),
    Column(
        "skills",
        ("技能", "技能等级"),
        ("skills", "skill"),
        hint="skill:level 1-5, or skill:level:last valid day",
        hint_chinese="技能:等级1–5，或 技能:等级:有效期至",
    ),
    Column(
        "evidence",
        ("技能凭证", "凭证"),
        ("skill evidence", "evidence"),
        hint="skill:kind:what you have seen; confirms a skill that has to be confirmed",
        hint_chinese="技能:凭证种类:看到了什么；须确认的技能凭此确认",
    ),
    Column(
        "available",
        ("可服务时间", "可用时间", "空闲时间"),
        ("available", "availability"),
        hint="Mon 09:00-12:00; 2026-05-17 14:00-18:00",
        hint_chinese="周一 09:00-12:00; 2026-05-17 14:00-18:00",
    ),
    Column(
        "days_off",
        ("不可服务日期", "请假日期"),
        ("days off", "dates off", "unavailable"),
        hint="2026-05-02; 2026-05-04..2026-05-06",
        hint_chinese="2026-05-02; 2026-05-04..2026-05-06",
    ),
    Column(
        "likes",
        ("喜好", "偏好", "意愿"),
        ("likes", "liking", "preferences"),
        hint="category:0-3",
        hint_chinese="类别:0–3",
    ),
    Column("max_minutes", ("最多分钟", "总分钟上限", "服务分钟上限"), ("max minutes",)),
    Column("max_minutes_per_day", ("每日最多分钟", "每天分钟上限"), ("max minutes per day",)),
    Column("max_shifts", ("最多班次", "班次上限"), ("max shifts",)),
    Column("served_minutes", ("已服务分钟", "近期服务分钟"), ("served minutes",)),
)


def read_people(table: Table, groups: Groups, zone: tzinfo, today: date) -> list[WantedVolunteer]:
    """Every row as a volunteer, with what cannot be read or stands twice as its defects."""
    first_row: dict[str, int] = {}
    found: list[WantedVolunteer] = []
    for row in table.rows:
        reader = RowReader(table, row)
        volunteer = _volunteer(reader, groups, zone, today)
        if volunteer.key:
            first = first_row.setdefault(volunteer.key, row.number)
            if first != row.number:
                reader.refuse("key", "duplicate_key", key=volunteer.key, first=first)
        found.append(volunteer)
    return found


def _volunteer(reader: RowReader, groups: Groups, zone: tzinfo, today: date) -> WantedVolunteer:
    key = reader.needed("key", lambda text: cells.key(text, KEY_MAX))
    fields: VolunteerFields = {}
    name = reader.needed("name", lambda text: cells.one_line(text, NAME_MAX))
    if name is not None:
        fields["name"] = name
    if (phone := reader.read("phone", _phone)) is not None:
        fields["phone"] = phone
    age = _birth(reader, fields, today)
    if reader.has("longitude", "latitude"):
        fields["home"] = reader.position()
    if reader.has("max_travel_m"):
        fields["max_travel_m"] = reader.whole("max_travel_m", "metres", 3000)
    if reader.has("groups"):
        fields["groups"] = reader.read("groups", groups.named_in) or frozenset()
    _lists(reader, fields)
    _times(reader, fields, zone)
    _limits(reader, fields)
    return WantedVolunteer(
        row=reader.number,
        place=coordinate(0, reader.number),
        key=key or "",
        id=new_id(),
        fields=fields,
        age=age,
        defects=reader.defects,
    )


def _phone(text: str) -> str:
    # A spreadsheet may have made a number with an exponent of it; `key` tells.
    try:
        return phones.normalise(cells.key(text, KEY_MAX))
    except Invalid as error:
        raise cells.CellRefused("not_a_phone") from error


def _birth(reader: RowReader, fields: VolunteerFields, today: date) -> int | None:
    before = len(reader.defects)
    birth_date = reader.read("birth_date", cells.day)
    age = reader.whole("age", "years", 24, most=AGE_MOST)
    if birth_date is not None:
        if birth_date > today:
            reader.refuse("birth_date", "not_yet_born", found=birth_date.isoformat())
        fields["birth_date"] = birth_date
        return None
    if age is None and len(reader.defects) == before:
        reader.refuse("birth_date" if reader.has("birth_date") else "age", "no_age")
    return age


def _lists(reader: RowReader, fields: VolunteerFields) -> None:
    if reader.has("skills"):
        fields["skills"] = reader.read("skills", _skills) or {}
        if reader.has("evidence"):
            fields["evidence"] = reader.read("evidence", _evidence) or {}
            for skill in fields["evidence"].keys() - fields["skills"].keys():
                reader.refuse("evidence", "evidence_without_skill", name=cells.shown(skill))
    if reader.has("likes"):
        fields["likes"] = reader.read("likes", _likes) or {}


def _skills(text: str) -> dict[str, tuple[int, date | None]]:
    """`急救:3; 粤语:2:2027-05-01`: a level of 1 where none is given, an expiry where one is."""
    found: dict[str, tuple[int, date | None]] = {}
    for name, rest in cells.named_numbers(text, "not_level", 1, 5, default=1).items():
        level, _, expires_on = rest.partition(":")
        found[name] = (int(level), cells.day(expires_on) if expires_on.strip() else None)
    return found


EVIDENCE_KINDS = {
    "急救证书": "first_aid_certificate",
    "first aid certificate": "first_aid_certificate",
    "医护执业证": "medical_licence",
    "medical licence": "medical_licence",
    "驾驶证": "driving_licence",
    "driving licence": "driving_licence",
    "入职查询": "background_check",
    "background check": "background_check",
}
"""How a sheet names the kinds of evidence, beside the names that the interface uses."""


def _evidence(text: str) -> dict[str, Evidence]:
    """`急救:急救证书:红十字会 2026`: what was seen for each skill, of which kind."""
    found: dict[str, Evidence] = {}
    for part in cells.parts(text):
        name, _, rest = part.replace("：", ":").partition(":")
        written, _, words = rest.partition(":")
        kind = EVIDENCE_KINDS.get(written.strip().casefold(), written.strip())
        name, words = cells.one_line(name.strip(), 80), cells.one_line(words.strip(), 400)
        if kind not in EVIDENCE_KINDS.values() or not name or not words:
            raise cells.CellRefused("not_evidence", found=cells.shown(part))
        found[name] = (kind, words)
    return found


def _likes(text: str) -> dict[str, int]:
    written = cells.named_numbers(text, "not_liking", 0, 3, default=None)
    return {name: int(liking) for name, liking in written.items() if _no_more(name, liking)}


def _no_more(name: str, written: str) -> bool:
    if ":" in written:
        raise cells.CellRefused("not_liking", name=cells.shown(name), found=cells.shown(written))
    return True


def _times(reader: RowReader, fields: VolunteerFields, zone: tzinfo) -> None:
    extra: frozenset[times_free.Change] = frozenset()
    if reader.has("available"):
        read = reader.read("available", lambda text: times_free.availability(text, zone))
        fields["windows"], extra = read or (frozenset(), extra)
    if reader.has("available", "days_off"):
        off = reader.read("days_off", lambda text: times_free.days_off(text, zone))
        fields["changes"] = extra | (off or frozenset())


def _limits(reader: RowReader, fields: VolunteerFields) -> None:
    # A blank cell leaves a limit as it is: only a number says something about it.
    max_minutes = reader.whole("max_minutes", "minutes", 2400)
    if max_minutes is not None:
        fields["max_minutes"] = max_minutes
    per_day = reader.whole("max_minutes_per_day", "minutes", 480)
    if per_day is not None:
        fields["max_minutes_per_day"] = per_day
    max_shifts = reader.whole("max_shifts", "shifts", 7)
    if max_shifts is not None:
        fields["max_shifts"] = max_shifts
    served = reader.whole("served_minutes", "minutes", 240)
    if served is not None:
        fields["served_minutes"] = served
