"""The written agreement of projects of heavy risk: its versions, and who signed which (D2)."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import new_id
from models.migration_steps import Described, wall


def _row() -> list[tuple[str, Any]]:
    return [
        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
        ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
    ]


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


DESCRIBED = (
    ops.AddField(
        model_name="Project", name="is_heavy_risk", field=fields.BooleanField(default=False)
    ),
    ops.AddField(model_name="Project", name="agreement_version", field=fields.IntField(default=0)),
    ops.CreateModel(
        name="Agreement",
        fields=[
            *_row(),
            _to("project", "agreements"),
            ("version", fields.IntField()),
            ("text", fields.TextField()),
        ],
        options={
            "table": "agreement",
            "app": "core",
            "unique_together": (("project_id", "version"),),
            "pk_attr": "id",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="AgreementSignature",
        fields=[
            *_row(),
            _to("volunteer", "agreement_signatures"),
            _to("agreement", "signatures", db_index=True),
            ("signed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "agreement_signature",
            "app": "core",
            "unique_together": (("volunteer_id", "agreement_id"),),
            "pk_attr": "id",
        },
        bases=["Table"],
    ),
)

CHANGES = """
    ALTER TABLE project ADD COLUMN is_heavy_risk boolean NOT NULL DEFAULT false,
        ADD COLUMN agreement_version integer NOT NULL DEFAULT 0,
        ADD CONSTRAINT project_heavy_risk_is_dangerous CHECK (NOT is_heavy_risk OR is_dangerous),
        ADD CONSTRAINT project_heavy_risk_is_agreed
            CHECK (agreement_version >= 0 AND (NOT is_heavy_risk OR agreement_version > 0));
    ALTER TABLE project ALTER COLUMN is_heavy_risk DROP DEFAULT,
        ALTER COLUMN agreement_version DROP DEFAULT;
    CREATE TABLE agreement (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        project_id uuid NOT NULL REFERENCES project (id),
        version integer NOT NULL CONSTRAINT agreement_version_counts CHECK (version > 0),
        text text NOT NULL CONSTRAINT agreement_says_something CHECK (text ~ '\\S'),
        CONSTRAINT agreement_once UNIQUE (project_id, version)
    );
    CREATE TABLE agreement_signature (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        volunteer_id uuid NOT NULL REFERENCES volunteer (id),
        agreement_id uuid NOT NULL REFERENCES agreement (id),
        signed_at timestamptz NOT NULL,
        CONSTRAINT agreement_signature_once UNIQUE (volunteer_id, agreement_id)
    );
    CREATE INDEX agreement_signature_agreement_id ON agreement_signature (agreement_id);
"""
# What somebody signed can be shown years later, word for word.
APPEND_ONLY = "".join(
    f"""
    CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER {table}_table BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """
    for table in ("agreement", "agreement_signature")
)
# Nobody's seat is confirmed, and nobody checks in, without today's words being signed.
SIGNED = """
    CREATE FUNCTION claim_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM shift s JOIN project p ON p.id = s.project_id
            WHERE s.id = NEW.shift_id AND p.is_heavy_risk AND NOT EXISTS (
                SELECT 1 FROM agreement_signature g JOIN agreement a ON a.id = g.agreement_id
                WHERE g.volunteer_id = NEW.volunteer_id AND a.project_id = p.id
                AND a.version = p.agreement_version))
        THEN
            RAISE EXCEPTION 'the agreement for claim % is not signed', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_signed';
        END IF;
        RETURN NEW;
    END $$;
    ALTER FUNCTION claim_is_signed() SECURITY DEFINER SET search_path = public, pg_temp;
    CREATE TRIGGER claim_agreement BEFORE INSERT OR UPDATE OF state ON claim
        FOR EACH ROW WHEN (NEW.state IN ('confirmed','checked_in'))
        EXECUTE FUNCTION claim_is_signed();
"""
TRIGGERS_OF_THE_OWNER = ("claim_is_signed",)
NEVER = {
    "agreement": "UPDATE, DELETE, TRUNCATE",
    "agreement_signature": "UPDATE, DELETE, TRUNCATE",
}

_WITHIN_WORK = (
    "EXISTS (SELECT 1 FROM project p JOIN organisation_closure up "
    "ON up.descendant_id = p.organisation_id WHERE p.id = {project} "
    "AND up.ancestor_id = ANY ((SELECT scope_ids('work'))::uuid[]))"
)
_OWN = "volunteer_id = ANY ((SELECT scope_ids('persons'))::uuid[])"
POLICIES = {
    # Whoever may see the project may read what one signs there.
    "agreement": (
        "EXISTS (SELECT 1 FROM project p WHERE p.id = project_id)",
        _WITHIN_WORK.format(project="project_id"),
    ),
    "agreement_signature": (
        f"{_OWN} OR EXISTS (SELECT 1 FROM agreement a WHERE a.id = agreement_id AND "
        + _WITHIN_WORK.format(project="a.project_id")
        + ")",
        _OWN,
    ),
}


class Migration(migrations.Migration):
    dependencies = [("core", "0014_attendance")]

    operations = [
        Described(DESCRIBED),
        ops.RunSQL(
            "".join((CHANGES, APPEND_ONLY, SIGNED))
            + "".join(wall(table, rule) for table, rule in POLICIES.items())
            + "".join(
                f"REVOKE {what} ON {table} FROM mulin_application, mulin_system;"
                for table, what in NEVER.items()
            )
        ),
    ]
