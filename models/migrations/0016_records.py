"""My record: what a stay said before it was changed, and what a person says against one."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.attendance import DisputeState, Evidence
from models.base import new_id
from models.migration_steps import Described, wall


def _at(*, null: bool = False) -> Any:
    moment: Any = fields.DatetimeField
    return moment(null=null, auto_now=False, auto_now_add=False)


def _to(name: str, called: str, **more: Any) -> tuple[str, Any]:
    return name, fields.ForeignKeyField(
        f"core.{name.capitalize()}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=called,
        on_delete=OnDelete.RESTRICT,
        **more,
    )


def _evidence() -> Any:
    return fields.CharEnumField(enum_type=Evidence, max_length=12)


def _table(name: str, table: str, *columns: tuple[str, Any], **options: Any) -> ops.CreateModel:
    return ops.CreateModel(
        name=name,
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            *columns,
        ],
        options={"table": table, "app": "core", "pk_attr": "id", **options},
        bases=["Table"],
    )


def _corrected() -> tuple[tuple[str, Any], ...]:
    return (
        ("corrected_at", _at(null=True)),
        ("corrected_by", fields.UUIDField(null=True)),
        ("struck_at", _at(null=True)),
    )


DESCRIBED = (
    *(
        ops.AddField(model_name="Attendance", name=name, field=field)
        for name, field in _corrected()
    ),
    _table(
        "AttendanceVersion",
        "attendance_version",
        _to("claim", "attendance_versions"),
        _to("volunteer", "attendance_versions", db_index=True),
        ("number", fields.IntField()),
        ("in_at", _at()),
        ("in_evidence", _evidence()),
        ("in_recorded_at", _at()),
        ("in_by", fields.UUIDField()),
        ("out_at", _at()),
        ("out_evidence", _evidence()),
        ("out_recorded_at", _at()),
        ("out_by", fields.UUIDField(null=True)),
        ("needs_confirmation", fields.BooleanField(default=False)),
        ("confirmed_at", _at(null=True)),
        ("confirmed_by", fields.UUIDField(null=True)),
        *_corrected(),
        unique_together=(("claim_id", "number"),),
    ),
    _table(
        "Dispute",
        "dispute",
        _to("claim", "disputes", db_index=True),
        _to("volunteer", "disputes", db_index=True),
        ("state", fields.CharEnumField(enum_type=DisputeState, max_length=8)),
        ("text_cipher", fields.BinaryField(null=True)),
        ("due_at", _at()),
        ("reminded_at", _at(null=True)),
        ("decided_at", _at(null=True)),
        ("decided_by", fields.UUIDField(null=True)),
        ("answer_cipher", fields.BinaryField(null=True)),
    ),
)

_IN = "'qr','qr_later','code','lead','decision'"
COLUMNS = f"""
    ALTER TABLE attendance
        ADD COLUMN corrected_at timestamptz,
        ADD COLUMN corrected_by uuid,
        ADD COLUMN struck_at timestamptz,
        ADD CONSTRAINT attendance_corrected_whole
            CHECK ((corrected_at IS NULL) = (corrected_by IS NULL)),
        ADD CONSTRAINT attendance_struck_by_correction
            CHECK (struck_at IS NULL OR (corrected_at IS NOT NULL AND corrected_at = struck_at)),
        -- Nothing is decided about a stay that still goes on.
        ADD CONSTRAINT attendance_corrected_when_over
            CHECK (corrected_at IS NULL OR out_at IS NOT NULL),
        DROP CONSTRAINT attendance_in_evidence,
        DROP CONSTRAINT attendance_out_evidence,
        ADD CONSTRAINT attendance_in_evidence CHECK (in_evidence IN ({_IN})),
        ADD CONSTRAINT attendance_out_evidence CHECK (out_evidence IN ({_IN},'capped'));
    -- What organisers decided about a mark of absence was written down as the lead's word.
    UPDATE attendance a SET in_evidence = 'decision', out_evidence = 'decision'
        FROM absence b WHERE b.claim_id = a.claim_id AND b.outcome = 'served'
        AND b.objected_at IS NOT NULL AND a.in_by = b.decided_by
        AND a.in_recorded_at = b.decided_at AND a.in_evidence = 'lead';
    CREATE INDEX attendance_struck ON attendance (claim_id) WHERE struck_at IS NOT NULL;
"""
# The columns that a version keeps, beside its own.
KEPT = (
    "claim_id, volunteer_id, in_at, in_evidence, in_recorded_at, in_by, out_at, out_evidence, "
    "out_recorded_at, out_by, needs_confirmation, confirmed_at, confirmed_by, corrected_at, "
    "corrected_by, struck_at"
)
TABLES = """
    CREATE TABLE attendance_version (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        claim_id uuid NOT NULL REFERENCES claim (id),
        volunteer_id uuid NOT NULL REFERENCES volunteer (id),
        number integer NOT NULL,
        in_at timestamptz NOT NULL,
        in_evidence varchar(12) NOT NULL,
        in_recorded_at timestamptz NOT NULL,
        in_by uuid NOT NULL,
        out_at timestamptz NOT NULL,
        out_evidence varchar(12) NOT NULL,
        out_recorded_at timestamptz NOT NULL,
        out_by uuid,
        needs_confirmation boolean NOT NULL,
        confirmed_at timestamptz,
        confirmed_by uuid,
        corrected_at timestamptz,
        corrected_by uuid,
        struck_at timestamptz,
        CONSTRAINT attendance_version_once UNIQUE (claim_id, number)
    );
    CREATE INDEX attendance_version_volunteer_id ON attendance_version (volunteer_id);
    CREATE TABLE dispute (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        claim_id uuid NOT NULL REFERENCES claim (id),
        volunteer_id uuid NOT NULL REFERENCES volunteer (id),
        state varchar(8) NOT NULL,
        text_cipher bytea,
        due_at timestamptz NOT NULL CONSTRAINT dispute_leaves_time CHECK (due_at > created_at),
        reminded_at timestamptz,
        decided_at timestamptz,
        decided_by uuid,
        answer_cipher bytea,
        CONSTRAINT dispute_decided_whole CHECK (
            (decided_at IS NULL) = (decided_by IS NULL)
            AND (state = 'open') = (decided_at IS NULL)),
        CONSTRAINT dispute_answered_when_decided CHECK (
            answer_cipher IS NULL OR decided_at IS NOT NULL)
    );
    CREATE UNIQUE INDEX dispute_one_open ON dispute (claim_id) WHERE state = 'open';
    CREATE INDEX dispute_claim_id ON dispute (claim_id);
    CREATE INDEX dispute_volunteer_id ON dispute (volunteer_id);
    CREATE INDEX dispute_due ON dispute (due_at) WHERE state = 'open' AND reminded_at IS NULL;
    INSERT INTO state_transition VALUES
        ('dispute','','open'), ('dispute','open','upheld'), ('dispute','open','rejected');
    CREATE TRIGGER dispute_state_first BEFORE INSERT ON dispute
        FOR EACH ROW EXECUTE FUNCTION refuse_unlisted_state('dispute');
    CREATE TRIGGER dispute_state_next BEFORE UPDATE ON dispute
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
        EXECUTE FUNCTION refuse_unlisted_state('dispute');
"""
# Whoever changes a stay, and by whatever way, leaves behind what it said before.
HISTORY = f"""
    CREATE FUNCTION attendance_keeps_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO attendance_version (id, created_at, number, {KEPT})
        SELECT gen_random_uuid(), now(),
            (SELECT count(*) + 1 FROM attendance_version v WHERE v.claim_id = OLD.claim_id),
            {", ".join(f"OLD.{column.strip()}" for column in KEPT.split(","))};
        RETURN NULL;
    END $$;
    CREATE TRIGGER attendance_changed AFTER UPDATE ON attendance
        FOR EACH ROW WHEN (OLD.out_at IS NOT NULL AND OLD.* IS DISTINCT FROM NEW.*)
        EXECUTE FUNCTION attendance_keeps_version();
"""

OF_CLAIM = "EXISTS (SELECT 1 FROM claim x WHERE x.id = claim_id)"
POLICIES: dict[str, str | tuple[str, str]] = {
    # Both are written in the system's scope alone.
    "attendance_version": (OF_CLAIM, "false"),
    "dispute": (OF_CLAIM, "false"),
}
NEVER = {
    "attendance": "DELETE, TRUNCATE",
    "attendance_version": "UPDATE, DELETE, TRUNCATE",
}


class Migration(migrations.Migration):
    dependencies = [("core", "0015_minors")]

    operations = [
        Described(DESCRIBED),
        ops.RunSQL(
            COLUMNS
            + TABLES
            + HISTORY
            + "".join(wall(table, rule) for table, rule in POLICIES.items())
            + "".join(
                f"REVOKE {what} ON {table} FROM mulin_application, mulin_system;"
                for table, what in NEVER.items()
            )
        ),
    ]
