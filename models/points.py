"""The points ledger: accounts, and transfers that are only ever added."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class PointsAccountKind(StrEnum):
    ISSUER = "issuer"
    VOLUNTEER = "volunteer"


class PointsAccount(Table):
    """Where points lie: one issuer for the whole service, and one account per volunteer."""

    kind = fields.CharEnumField(PointsAccountKind, max_length=12)
    volunteer: Any = fields.OneToOneField(
        "core.Volunteer", related_name="points_account", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "points_account"


class PointsTransfer(Table):
    """Points moved from one account to another. Never changed, never deleted (by trigger)."""

    key = fields.CharField(max_length=120, unique=True)
    debit: Any = fields.ForeignKeyField(
        "core.PointsAccount", related_name="debits", on_delete=fields.RESTRICT, db_index=True
    )
    credit: Any = fields.ForeignKeyField(
        "core.PointsAccount", related_name="credits", on_delete=fields.RESTRICT, db_index=True
    )
    points = fields.BigIntField()
    reason = fields.CharField(max_length=80)
    reverses: Any = fields.OneToOneField(
        "core.PointsTransfer", related_name="reversed_by", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "points_transfer"
