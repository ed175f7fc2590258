"""Files that are not what they say, or mean harm: each ends in one clear refusal."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from models.core import ImportKind
from services import imports
from services.errors import Invalid, TooLarge
from services.imports import people, shifts
from services.imports.headers import find_table
from services.imports.preparing import parse
from services.imports.reading import read_sheets
from services.imports.workbooks import UNPACKED_BYTES_MAX
from services.settings import Settings
from tests.services.imports.support import (
    NO_GROUPS,
    NOW,
    SETTINGS,
    csv_bytes,
    json_bytes,
    look,
    make_city,
    refusals,
    xlsx_bytes,
)

HEADER = ["编号", "姓名", "年龄", "技能"]
GOOD = xlsx_bytes([HEADER, ["1", "Ada", 20, "急救:3"]])


def codes_of(kind: str, content: bytes) -> list[str]:
    with pytest.raises(Invalid) as refused:
        parse(ImportKind(kind), content, SETTINGS)
    assert all(each.message for each in refused.value.defects)
    return [each.code for each in refused.value.defects]


def cell_defects(content: bytes) -> list[tuple[str, str]]:
    table = find_table(read_sheets(content), people.COLUMNS)
    found = people.read_people(table, NO_GROUPS, SETTINGS.zone, NOW.date())
    return [(each.place, each.code) for person in found for each in person.defects]


def repacked(change: Callable[[str, bytes], bytes], content: bytes = GOOD) -> bytes:
    """The workbook with its parts changed."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return written.getvalue()


INLINE = re.compile(rb't="inlineStr"><is><t>([^<]*)</t></is>')
STRINGS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'


def with_shared_strings(content: bytes = GOOD) -> bytes:
    """The workbook as Excel writes it: texts beside the sheet, in runs and with reading aids."""
    texts: list[bytes] = []

    def share(found: re.Match[bytes]) -> bytes:
        half = len(found[1].decode()) // 2
        first, last = (
            part.encode() for part in (found[1].decode()[:half], found[1].decode()[half:])
        )
        runs = b"<r><t>%s</t></r><r><rPr><b/></rPr><t>%s</t></r>" % (first, last)
        texts.append(b"<si>%s<rPh sb='0' eb='1'><t>aid</t></rPh></si>" % runs)
        return b't="s"><v>%d</v>' % (len(texts) - 1)

    shared = repacked(
        lambda name, part: INLINE.sub(share, part) if "sheet1" in name else part, content
    )
    written = io.BytesIO(shared)
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", STRINGS % b"".join(texts))
    return written.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return part
        assert old in part
        return part.replace(old, new)

    return repacked(change)


UNREADABLE = [
    ("people", b"", "empty_file"),
    ("people", b" \r\n", "empty_file"),
    ("problem", b"", "empty_file"),
    ("problem", b"not JSON", "not_json"),
    ("problem", "编号,姓名".encode("gb18030"), "not_utf8"),
    ("problem", b"[" * 100_000, "too_deep"),
    ("problem", GOOD, "not_a_problem"),
    ("people", b'{"format": "mulin.problem/1"}', "not_a_sheet"),
    ("people", b"%PDF-1.7 ...", "not_a_sheet"),
    ("people", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "old_excel"),
    ("people", b"\x81\xff\xff", "unknown_encoding"),
    ("people", b"key,name\x00,age\n", "not_text"),
    ("people", b"key,name,age\n1,Ada,20", None),
    ("people", b"a,b\nc,d\n", "no_header"),
    ("people", b"key,name,age\n", "no_rows"),
    ("people", b"name,age\nAda,20", "missing_column"),
    ("people", "编号,key,姓名,年龄\n1,1,Ada,20".encode(), "column_twice"),
    ("people", b'key,name,age\n1,"Ada,20\n', "bad_csv"),
    ("people", b"PK\x03\x04 and nothing else", "broken_workbook"),
    ("people", GOOD[: len(GOOD) // 2], "broken_workbook"),
]


@pytest.mark.parametrize(("kind", "content", "code"), UNREADABLE)
def test_file_that_cannot_be_read_says_why(kind: str, content: bytes, code: str | None) -> None:
    if code is None:
        assert parse(ImportKind(kind), content, SETTINGS).table is not None
    else:
        assert codes_of(kind, content) == [code]


def test_missing_column_is_named_with_what_it_may_be_called() -> None:
    with pytest.raises(Invalid) as refused:
        parse(ImportKind.SHIFTS, b"title\nkey,project,start,end\n1,2,3,4", SETTINGS)
    [defect] = refused.value.defects
    assert (defect.place, defect.parameters["column"]) == ("A2", "max")
    assert "人数" in str(defect.parameters["expected"])


def test_file_above_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge) as refused:
        parse(ImportKind.PROBLEM, b"{" * 1_001, Settings(upload_bytes_max=1_000))
    assert refused.value.parameters == {"limit_bytes": 1_000}


def test_zip_bomb_is_refused_by_what_it_would_unpack_to() -> None:
    def bomb(name: str, part: bytes) -> bytes:
        return b" " * (UNPACKED_BYTES_MAX + 1) if name == "xl/styles.xml" else part

    content = repacked(bomb)
    assert len(content) < 1_000_000
    assert codes_of("people", content) == ["unpacks_too_large"]


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_xml_entities_are_refused_wherever_they_stand(name: str) -> None:
    def declare(part_name: str, part: bytes) -> bytes:
        if part_name != name:
            return part
        return ENTITIES + part[part.index(b"?>") + 2 if part.startswith(b"<?xml") else 0 :]

    assert codes_of("people", repacked(declare, with_shared_strings())) == ["forbidden_xml"]


@pytest.mark.parametrize(
    "broken",
    [
        lambda name, part: part[: len(part) // 2],
        lambda name, part: b"" if name == "xl/workbook.xml" else part,
        lambda name, part: part.replace(b't="s"><v>', b't="s"><v>9'),
        lambda name, part: part.replace(b"<v>20</v>", b"<v>twenty</v>"),
        lambda name, part: part.replace(b'r="2"', b'r="two"'),
    ],
)
def test_damaged_workbook_is_refused(broken: Callable[[str, bytes], bytes]) -> None:
    assert codes_of("people", repacked(broken, with_shared_strings())) == ["broken_workbook"]


def test_shared_strings_are_read_without_their_reading_aids() -> None:
    table = find_table(read_sheets(with_shared_strings()), people.COLUMNS)
    assert [list(row.cells) for row in table.rows] == [["1", "Ada", "20", "急救:3"]]


def test_formula_error_and_long_number_are_not_taken_for_text() -> None:
    table = [
        HEADER,
        ["=1+1", "Ada", 20, ""],
        [110105199001011234, "Bob", 21, ""],
        ["3", "#REF!", 22, ""],
        ["4", "Dan", "=YEAR(NOW())-1990", ""],
    ]
    assert cell_defects(xlsx_bytes(table)) == [
        ("A2", "formula"),
        ("A3", "digits_lost"),
        ("B4", "error_value"),
        ("C5", "formula"),
    ]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    content = in_sheet(b"<t>Ada</t>", b"<t>=cmd|' /C calc'!A0</t>")
    table = find_table(read_sheets(content), people.COLUMNS)
    [found] = people.read_people(table, NO_GROUPS, SETTINGS.zone, NOW.date())
    assert found.fields["name"] == "=cmd|' /C calc'!A0"


def test_cell_at_the_far_end_costs_nothing() -> None:
    far = in_sheet(
        b"</sheetData>",
        b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData>',
    )
    assert cell_defects(far) == []


def test_second_sheet_is_read_if_the_first_has_no_header() -> None:
    book = load_workbook(io.BytesIO(GOOD))
    cover = book.create_sheet("封面", 0)
    cover["A1"] = "说明"
    hidden = book.create_sheet("hidden", 0)
    hidden.append(HEADER)
    hidden.append(["9", "nobody", 99, ""])
    hidden.sheet_state = "hidden"
    written = io.BytesIO()
    book.save(written)
    table = find_table(read_sheets(written.getvalue()), people.COLUMNS)
    assert [row.text(1) for row in table.rows] == ["Ada"]
    assert (table.notes[0].code, table.notes[0].parameters) == ("sheet_read", {"name": "Sheet"})


@pytest.mark.parametrize("kind", [ImportKind.PEOPLE, ImportKind.SHIFTS])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_template_has_every_column_below_its_title(kind: ImportKind, language: str) -> None:
    columns = people.COLUMNS if kind is ImportKind.PEOPLE else shifts.COLUMNS
    book = load_workbook(io.BytesIO(imports.workbook_template(kind, language)))  # type: ignore[arg-type]
    book.active.cell(4, 1).value = "1"
    written = io.BytesIO()
    book.save(written)
    table = find_table(read_sheets(written.getvalue()), columns)
    assert list(table.positions) == [column.name for column in columns]
    assert [row.number for row in table.rows] == [4]


PROBLEM = {
    "format": "mulin.problem/1",
    "horizon": {"start": "2026-03-07T00:00:00+08:00", "end": "2026-03-09T00:00:00+08:00"},
    "volunteers": [],
    "shifts": [],
}
SHIFT = {
    "id": "s",
    "project": "p",
    "start": "2026-03-07T09:00:00+08:00",
    "end": "2026-03-07T11:00:00+08:00",
    "roles": [{"id": "r", "max": 1}],
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"shift": []}, ("shift", "unknown_key")),
        ({"shifts": [{**SHIFT, "cause": "x" * 81}]}, ("shifts[0].cause", "text_too_long")),
        (
            {"shifts": [{**SHIFT, "end": "2026-03-07T08:00:00+08:00"}]},
            ("shifts[0].end", "end_not_after_start"),
        ),
        ({"volunteers": [{"id": " ", "available": []}]}, ("volunteers[0].id", "blank")),
        (
            {"volunteers": [{"id": "a\x00", "available": []}]},
            ("volunteers[0].id", "control_character"),
        ),
        (
            {"volunteers": [{"id": "a", "age": 121, "available": []}]},
            ("volunteers[0].age", "above_most"),
        ),
        ({"weights": {"travel": 2_000_000}}, ("weights.travel", "above_most")),
        (
            {"horizon": {"start": "2026-03-07T00:00:00+15:00", "end": "2026-03-09T00:00:00+08:00"}},
            ("horizon.start", "offset_too_large"),
        ),
    ],
)
async def test_problem_that_cannot_be_stored_names_the_place(
    database: str, change: dict[str, object], expected: tuple[str, str]
) -> None:
    report = await look(await make_city(), "problem", json_bytes({**PROBLEM, **change}))
    assert report.refused
    assert refusals(report)[0] == expected


async def test_problem_with_nothing_in_it_is_stored(database: str) -> None:
    report = await look(await make_city(), "problem", json_bytes(PROBLEM))
    assert report.counts == {"new": 0, "changed": 0, "same": 0, "refused": 0}


def test_every_sentence_can_be_filled_in_both_languages() -> None:
    for code, words in {**imports.SENTENCES, **imports.PROBLEM_SENTENCES}.items():
        facts = [{part.split("}")[0] for part in text.split("{")[1:]} for text in words]
        assert facts[0] == facts[1], code


def test_csv_of_numbers_with_a_lost_id() -> None:
    assert cell_defects(csv_bytes(["key,name,age", "1.10105E+17,Ada,20"])) == [
        ("A2", "digits_lost")
    ]
