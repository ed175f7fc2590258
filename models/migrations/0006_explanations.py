"""What a plan says of itself: who got how much, why each line, and what would fill each seat.

The tables stand behind their walls already; the new columns are read by whoever sees the plan.
"""

import functools
from json import dumps, loads
from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.migration_steps import Described


def _json() -> Any:
    return fields.JSONField(
        null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
    )


CHANGED_TABLES = (
    ops.AddField(model_name="Plan", name="report", field=_json()),
    ops.AddField(model_name="Plan", name="trade_off", field=_json()),
    ops.AddField(
        model_name="Plan",
        name="explained_at",
        field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
    ),
    ops.AddField(model_name="PlanLine", name="why", field=_json()),
    ops.AddField(model_name="PlanGap", name="would_fill", field=_json()),
)
CHANGES = """
    ALTER TABLE plan ADD COLUMN report jsonb, ADD COLUMN trade_off jsonb,
        ADD COLUMN explained_at timestamptz;
    ALTER TABLE plan_line ADD COLUMN why jsonb;
    ALTER TABLE plan_gap ADD COLUMN would_fill jsonb;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_walls")]

    operations = [Described(CHANGED_TABLES), ops.RunSQL(CHANGES)]
