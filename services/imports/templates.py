"""Sheets to fill in: the columns that an import understands, with a line on how each is written."""

import io
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from models.core import ImportKind
from services.errors import NotFound
from services.imports.headers import Column
from services.imports.preparing import COLUMNS

Language = Literal["zh", "en"]

_TITLES = {
    (ImportKind.PEOPLE, "zh"): "志愿者导入模板：请从表头下一行开始填写，一人一行；带 * 的列必填",
    (ImportKind.PEOPLE, "en"): "People to import: one row each, below the header; * is required",
    (ImportKind.SHIFTS, "zh"): "班次导入模板：一行一个岗位，编号相同的行是同一班次；带 * 的列必填",
    (ImportKind.SHIFTS, "en"): "Shifts to import: one row for each role; * is required",
    (ImportKind.TAGS, "zh"): "标签导入模板：一人一行，填编号或姓名；标签须先由本级设好",
    (ImportKind.TAGS, "en"): "Tags to import: one row each, by number or name; * is required",
}
_WIDTH = 22
_TEXT_FORMAT = "@"
_ROWS_AS_TEXT = 500


def workbook_template(kind: ImportKind, language: Language) -> bytes:
    """An empty .xlsx sheet for people, shifts or tags; NotFound for a problem, which is JSON.

    Every cell is text, so that a spreadsheet neither rounds long numbers nor rewrites dates.
    """
    if kind is ImportKind.PROBLEM:
        raise NotFound
    columns = COLUMNS[kind]
    book = Workbook()
    sheet = book.active
    sheet.title = "导入" if language == "zh" else "import"
    sheet.append([_TITLES[kind, language]])
    sheet.append([_hint(column, language) for column in columns])
    sheet.append([_heading(column, language) for column in columns])
    sheet["A1"].font = Font(bold=True, size=13)
    for position in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(position)].width = _WIDTH
        sheet.cell(2, position).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(2, position).font = Font(italic=True, color="666666")
        sheet.cell(3, position).font = Font(bold=True)
        sheet.cell(3, position).fill = PatternFill("solid", fgColor="DDEBF7")
        for row in range(4, 4 + _ROWS_AS_TEXT):
            sheet.cell(row, position).number_format = _TEXT_FORMAT
    sheet.freeze_panes = "A4"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _heading(column: Column, language: Language) -> str:
    title = column.chinese[0] if language == "zh" else column.english[0]
    return f"{title}*" if column.required else title


def _hint(column: Column, language: Language) -> str:
    return (column.hint_chinese or column.hint) if language == "zh" else column.hint
