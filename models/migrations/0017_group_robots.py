"""The messages of a robot are found by it: what came of the last one stands beside it."""

from tortoise import migrations
from tortoise.migrations import operations as ops

CHANGES = (
    "CREATE INDEX message_of_robot ON message (robot_id, created_at) WHERE robot_id IS NOT NULL"
)


class Migration(migrations.Migration):
    dependencies = [("core", "0016_records")]

    operations = [ops.RunSQL(CHANGES)]
