"""Parts of a large round's problem, for as long as workers are at them."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import new_id
from models.migration_steps import Described, wall

NEW_TABLES = (
    ops.CreateModel(
        name="PlanPart",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "round",
                fields.ForeignKeyField(
                    "core.Round",
                    source_field="round_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="parts",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("attempt", fields.IntField()),
            ("number", fields.IntField()),
            ("seats", fields.IntField()),
            ("problem", fields.BinaryField()),
            ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("effort_of_a_seat", fields.FloatField(null=True)),
            ("lease_id", fields.UUIDField(null=True)),
            ("lease_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("tries", fields.IntField(default=0)),
            ("found", fields.BinaryField(null=True)),
        ],
        options={
            "table": "plan_part",
            "app": "core",
            "unique_together": (("round_id", "attempt", "number"),),
            "pk_attr": "id",
        },
        bases=["Table"],
    ),
)

CHANGES = """
    CREATE TABLE plan_part (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        round_id uuid NOT NULL REFERENCES round (id) ON DELETE CASCADE,
        attempt integer NOT NULL,
        number integer NOT NULL CONSTRAINT plan_part_number CHECK (number >= 0),
        seats integer NOT NULL CONSTRAINT plan_part_seats CHECK (seats >= 0),
        problem bytea NOT NULL,
        ends_at timestamptz NOT NULL,
        effort_of_a_seat double precision,
        lease_id uuid,
        lease_until timestamptz,
        tries integer NOT NULL,
        found bytea,
        CONSTRAINT plan_part_once UNIQUE (round_id, attempt, number)
    );
    CREATE INDEX plan_part_round_id ON plan_part (round_id);
    -- Compressed already.
    ALTER TABLE plan_part ALTER COLUMN problem SET STORAGE EXTERNAL,
        ALTER COLUMN found SET STORAGE EXTERNAL;
"""
POLICIES = {"plan_part": ("false", "false")}
"""Only the service itself reads and writes parts."""


class Migration(migrations.Migration):
    dependencies = [("core", "0007_certificates")]

    operations = [
        Described(NEW_TABLES),
        ops.RunSQL(CHANGES),
        ops.RunSQL(wall("plan_part", POLICIES["plan_part"])),
    ]
