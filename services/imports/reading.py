"""Uploaded bytes as sheets: CSV in the encodings that spreadsheets write, or a workbook."""

import codecs
import csv
import io
from collections.abc import Iterator

from services.errors import Invalid
from services.imports.sentences import file_defect
from services.imports.sheet import COLUMNS_MAX, ROWS_MAX, Row, Sheet, trimmed
from services.imports.workbooks import read_workbook

SEPARATORS = (",", ";", "\t")
_FIELD_CHARACTERS_MAX = 128 * 1024

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx behind a password.
_OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")


def read_sheets(content: bytes) -> Iterator[Sheet]:
    """What may be the sheet: those of a workbook, or a CSV text by each separator.

    The reader of the header chooses. Raises Invalid for anything that is no sheet.
    """
    if not content.strip():
        raise Invalid([file_defect("empty_file")])
    if content.startswith(_ZIP):
        yield from read_workbook(content)
        return
    if content.startswith(_OLE):
        raise Invalid([file_defect("old_excel")])
    text = _decoded(content)
    for separator in SEPARATORS:
        yield _csv_sheet(text, separator)


def looks_like_sheet(content: bytes) -> bool:
    """Whether these bytes are a workbook, which no JSON can be."""
    return content.startswith((_ZIP, _OLE))


def _decoded(content: bytes) -> str:
    if content.startswith(_OTHER_KINDS) or content.lstrip()[:1] in (b"{", b"["):
        raise Invalid([file_defect("not_a_sheet")])
    text = _by_encoding(content)
    strange = next(
        (at for at, letter in enumerate(text) if letter < " " and letter not in "\t\r\n"), None
    )
    if strange is not None:
        raise Invalid([file_defect("not_text", byte=len(text[:strange].encode()))])
    return text


def _by_encoding(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        # UTF-8 first: text in GB18030 is almost never valid UTF-8 by accident.
        encodings = ("utf-8-sig", "gb18030")
    wrong_at = 0
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            wrong_at = error.start
    raise Invalid([file_defect("unknown_encoding", byte=wrong_at)])


def _csv_sheet(text: str, separator: str) -> Sheet:
    csv.field_size_limit(_FIELD_CHARACTERS_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[Row] = []
    try:
        for number, record in enumerate(reader, 1):
            cells = [trimmed(cell) for cell in record[:COLUMNS_MAX]]
            if any(cells):
                if len(found) >= ROWS_MAX:
                    raise Invalid([file_defect("too_many_rows", most=ROWS_MAX)])
                found.append(Row(number, cells))
    except csv.Error:
        return Sheet("", found, file_defect("bad_csv", line=reader.line_num))
    return Sheet("", found)
