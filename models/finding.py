"""What was recommended to whom, and why."""

from typing import Any

from tortoise import fields

from models.base import Table


class Recommendation(Table):
    """A shift that was put before a person as fitting, with the reasons that were shown (C9).

    `declined_at`: the person said that it is not for them; it does not come back.
    """

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="recommendations", on_delete=fields.CASCADE
    )
    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="recommendations", on_delete=fields.CASCADE, db_index=True
    )
    role_key = fields.CharField(max_length=120)
    score = fields.IntField()
    because: Any = fields.JSONField(description="the matcher's reasons, as they were shown")
    shown_at = fields.DatetimeField()
    declined_at = fields.DatetimeField(null=True)

    class Meta:
        table = "recommendation"
        unique_together = (("volunteer_id", "shift_id"),)
