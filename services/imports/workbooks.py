"""Excel workbooks (.xlsx) as rows of text.

Read here and not by a library because a number's own digits matter (an id that Excel has rounded
must be refused), because every part is bounded before it is unpacked, and because a damaged file
must end in one clear refusal. Formulas are never evaluated and their stored results never used.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from posixpath import join, normpath
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from services.errors import Invalid
from services.imports.numbers_shown import CellFormats, shown_number
from services.imports.sentences import file_defect
from services.imports.sheet import COLUMNS_MAX, ROWS_MAX, Flaw, Row, Sheet, trimmed

UNPACKED_BYTES_MAX = 128 * 1024 * 1024
PARTS_MAX = 2_000

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True, slots=True)
class _Book:
    archive: zipfile.ZipFile
    formats: CellFormats
    shared: list[str]


def read_workbook(content: bytes) -> Iterator[Sheet]:
    """The visible sheets in their order, each read when it is asked for.

    Raises Invalid for a file that is damaged, declares XML entities, or unpacks to too much.
    """
    with _refusing_damage("zip"):
        archive = zipfile.ZipFile(io.BytesIO(content))
    _refuse_bomb(archive)
    sheets, formats = _contents(archive)
    book = _Book(archive, formats, _shared_strings(archive))
    for name, part in sheets:
        yield Sheet(name, list(_rows(book, part)))


@contextmanager
def _refusing_damage(part: str) -> Iterator[None]:
    try:
        yield
    except DefusedXmlException as error:
        raise Invalid([file_defect("forbidden_xml", part=part)]) from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        IndexError,
        NotImplementedError,  # A compression that zipfile does not know.
        ParseError,
        RuntimeError,  # A part with a password.
        ValueError,
    ) as error:
        raise Invalid([file_defect("broken_workbook", part=part)]) from error


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    # zipfile never unpacks a part beyond the size that it declares, so the sum is a true bound.
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
        raise Invalid([file_defect("unpacks_too_large", limit_bytes=UNPACKED_BYTES_MAX)])


def _contents(archive: zipfile.ZipFile) -> tuple[list[tuple[str, str]], CellFormats]:
    """Names and parts of the visible sheets, and how the workbook shows numbers."""
    part_of = _relations(archive)
    sheets: list[tuple[str, str]] = []
    counts_from_1904 = False
    for element in _elements(archive, "xl/workbook.xml"):
        if _local(element) == "workbookPr":
            counts_from_1904 = element.get("date1904") in ("1", "true")
        elif _local(element) == "sheet" and element.get("state", "visible") == "visible":
            relation = element.get(_RELATION) or element.get(_STRICT_RELATION) or ""
            if relation in part_of:
                sheets.append((element.get("name", ""), part_of[relation]))
    if not sheets:
        raise Invalid([file_defect("broken_workbook", part="xl/workbook.xml")])
    return sheets, _formats(archive, counts_from_1904)


def _relations(archive: zipfile.ZipFile) -> dict[str, str]:
    part = "xl/_rels/workbook.xml.rels"
    return {
        element.get("Id", ""): _part_name(element.get("Target", ""))
        for element in _elements(archive, part)
        if element.get("Type", "").endswith("/worksheet")
    }


def _part_name(target: str) -> str:
    return normpath(target.lstrip("/") if target.startswith("/") else join("xl", target))


def _formats(archive: zipfile.ZipFile, counts_from_1904: bool) -> CellFormats:
    codes: dict[int, str] = {}
    styles: list[int] = []
    if "xl/styles.xml" in archive.namelist():
        with _refusing_damage("xl/styles.xml"):
            for element in _elements(archive, "xl/styles.xml", whole=("numFmts", "cellXfs")):
                if _local(element) == "numFmts":
                    codes = {
                        int(each.attrib["numFmtId"]): each.get("formatCode", "") for each in element
                    }
                elif _local(element) == "cellXfs":
                    styles = [int(each.get("numFmtId", 0)) for each in element]
    return CellFormats(codes, styles, counts_from_1904)


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    part = "xl/sharedStrings.xml"
    if part not in archive.namelist():
        return []
    elements = _elements(archive, part, whole=("si",))
    return [_text_of(element) for element in elements if _local(element) == "si"]


def _rows(book: _Book, part: str) -> Iterator[Row]:
    count = number = 0
    for element in _elements(book.archive, part, whole=("row",)):
        if _local(element) != "row":
            continue
        with _refusing_damage(part):
            number = int(element.get("r", number + 1))
            row = _row(book, element, number)
        if any(row.cells) or row.flaws:
            count += 1
            if count > ROWS_MAX:
                raise Invalid([file_defect("too_many_rows", most=ROWS_MAX)])
            yield row


def _row(book: _Book, element: Element, number: int) -> Row:
    cells: list[str] = []
    flaws: dict[int, Flaw] = {}
    column = -1
    for cell in element:
        if _local(cell) != "c":
            continue
        column = _column(cell.get("r", ""), column + 1)
        if column >= COLUMNS_MAX:
            break
        cells.extend([""] * (column + 1 - len(cells)))
        read = _cell(book, cell)
        if isinstance(read, Flaw):
            flaws[column] = read
        else:
            cells[column] = trimmed(read)
    return Row(number, cells, flaws)


def _column(name: str, otherwise: int) -> int:
    letters = name.rstrip("0123456789")
    if not letters:
        return otherwise
    column = 0
    for letter in letters[:4]:
        column = column * 26 + ord(letter.upper()) - ord("A") + 1
    return column - 1


def _cell(book: _Book, cell: Element) -> str | Flaw:
    kind = cell.get("t", "n")
    children: Mapping[str, Element] = {_local(child): child for child in cell}
    if "f" in children:
        return Flaw("formula", "=" + (children["f"].text or "")[:40])
    if kind == "inlineStr":
        return _text_of(children["is"]) if "is" in children else ""
    value = (children["v"].text or "") if "v" in children else ""
    if not value:
        return ""
    if kind == "s":
        return book.shared[int(value)]
    if kind == "e":
        return Flaw("error_value", value[:20])
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    if kind == "n":
        return shown_number(value, book.formats, int(cell.get("s", 0)))
    return value  # `str`, and `d` for a date that is already ISO 8601.


def _text_of(element: Element) -> str:
    """The text of a string with its runs, without the reading aids (`rPh`) beside it."""
    parts: list[str] = []
    for child in element:
        name = _local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.extend(each.text or "" for each in child if _local(each) == "t")
    return "".join(parts)


def _elements(
    archive: zipfile.ZipFile, part: str, whole: tuple[str, ...] = ()
) -> Iterator[Element]:
    """Elements as they end. Those named in `whole` keep their children until they were seen."""
    with _refusing_damage(part):
        source: IO[bytes] = archive.open(part)
    with source:
        events = iterparse(source, events=("start", "end"), forbid_dtd=True)
        depth_of_whole = 0
        while True:
            with _refusing_damage(part):
                event, element = next(events, (None, None))
            if element is None:
                return
            inside = _local(element) in whole
            if event == "start":
                depth_of_whole += inside
                continue
            depth_of_whole -= inside
            if depth_of_whole == 0:
                yield element
                element.clear()


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
