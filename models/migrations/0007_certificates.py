"""The proof of a plan's bounds, kept with the plan."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.migration_steps import Described

CHANGED_TABLES = (
    ops.AddField(model_name="Plan", name="certificate", field=fields.BinaryField(null=True)),
)
CHANGES = "ALTER TABLE plan ADD COLUMN certificate bytea;"


class Migration(migrations.Migration):
    dependencies = [("core", "0006_explanations")]

    operations = [Described(CHANGED_TABLES), ops.RunSQL(CHANGES)]
