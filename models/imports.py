"""Uploads that are looked at before they are stored."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class ImportKind(StrEnum):
    PROBLEM = "problem"
    PEOPLE = "people"
    SHIFTS = "shifts"
    TAGS = "tags"


class ImportState(StrEnum):
    CHECKED = "checked"
    REFUSED = "refused"
    APPLIED = "applied"


class ImportBatch(Table):
    """One upload with its report per row.

    Content and report, whose rows may quote it, are encrypted; the content is erased when it has
    been applied.
    """

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="imports", on_delete=fields.RESTRICT, db_index=True
    )
    requested_by: Any = fields.ForeignKeyField(
        "core.Account", related_name="imports", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    kind = fields.CharEnumField(ImportKind, max_length=12)
    state = fields.CharEnumField(ImportState, max_length=12)
    content = fields.BinaryField(null=True)
    report = fields.BinaryField()
    counts: Any = fields.JSONField(description="of the report's rows, by outcome")
    round: Any = fields.ForeignKeyField(
        "core.Round", related_name="imports", null=True, on_delete=fields.SET_NULL, db_index=True
    )

    class Meta:
        table = "import_batch"
