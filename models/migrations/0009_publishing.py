"""A large plan is published by a job: when that was asked for, and until when people may answer."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.migration_steps import Described

CHANGED_TABLES = (
    ops.AddField(
        model_name="Round",
        name="publish_asked_at",
        field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
    ),
    ops.AddField(
        model_name="Round",
        name="publish_deadline_at",
        field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
    ),
)
CHANGES = """
    ALTER TABLE round
        ADD COLUMN publish_asked_at timestamptz,
        ADD COLUMN publish_deadline_at timestamptz,
        ADD CONSTRAINT round_publish_asked CHECK (
            (publish_asked_at IS NULL) = (publish_deadline_at IS NULL)
            AND (publish_asked_at IS NULL OR state = 'proposed')
        );
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0008_parts")]

    operations = [Described(CHANGED_TABLES), ops.RunSQL(CHANGES)]
