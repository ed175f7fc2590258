"""Real input: people, shifts and whole problems, with a report per row before it is stored."""

from models.core import ImportKind, ImportState
from services.imports.batches import (
    RIGHTS,
    apply,
    check,
    examine,
    forget_unused,
    get,
    keep,
    list_page,
    store,
)
from services.imports.groups import organisations_named
from services.imports.sentences import PROBLEM_SENTENCES, SENTENCES, in_chinese
from services.imports.templates import workbook_template
from services.imports.views import (
    Import,
    ImportSummary,
    Note,
    Outcome,
    Report,
    RowDefect,
    RowReport,
)

__all__ = [
    "PROBLEM_SENTENCES",
    "RIGHTS",
    "SENTENCES",
    "Import",
    "ImportKind",
    "ImportState",
    "ImportSummary",
    "Note",
    "Outcome",
    "Report",
    "RowDefect",
    "RowReport",
    "apply",
    "check",
    "examine",
    "forget_unused",
    "get",
    "in_chinese",
    "keep",
    "list_page",
    "organisations_named",
    "store",
    "workbook_template",
]
