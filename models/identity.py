"""Which keys the data are under, and which people are not the same although they look it."""

from typing import Any

from tortoise import fields

from models.base import Table


class KeyCheck(Table):
    """A known text under each key in use: whoever cannot open it has the wrong keys."""

    key_id = fields.CharField(max_length=16, unique=True)
    cipher = fields.BinaryField()

    class Meta:
        table = "key_check"


class DistinctPair(Table):
    """Two people whom somebody has looked at and found to be two. Smaller id first."""

    one: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="distinct_one", on_delete=fields.CASCADE
    )
    other: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="distinct_other", on_delete=fields.CASCADE, db_index=True
    )
    account_id = fields.UUIDField(description="who said so")

    class Meta:
        table = "distinct_pair"
        unique_together = (("one_id", "other_id"),)
