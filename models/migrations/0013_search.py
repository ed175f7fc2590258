"""Finding: the words by which a shift is found, and what was recommended to whom and why.

Words are cut by the service (PostgreSQL knows no Chinese words); the database only notices when
they are of yesterday. Whoever renames a project or an organisation need not know of shifts.
"""

import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import new_id
from models.migration_steps import Described, wall

DESCRIBED = (
    ops.AddField(
        model_name="Shift",
        name="words",
        field=ArrayField(
            null=True,
            element_type="text",
            description="what it is found by; none: to be cut anew (services.search_words)",
        ),
    ),
    ops.CreateModel(
        name="Recommendation",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="recommendations",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "shift",
                fields.ForeignKeyField(
                    "core.Shift",
                    source_field="shift_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="recommendations",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("role_key", fields.CharField(max_length=120)),
            ("score", fields.IntField()),
            (
                "because",
                fields.JSONField(
                    description="the matcher's reasons, as they were shown",
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
            ("shown_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("declined_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "recommendation",
            "app": "core",
            "unique_together": (("volunteer_id", "shift_id"),),
            "pk_attr": "id",
        },
        bases=["Table"],
    ),
)

CHANGES = """
    ALTER TABLE shift ADD COLUMN words text[];
    CREATE INDEX shift_words ON shift USING gin (words);
    CREATE INDEX shift_words_wanted ON shift (id) WHERE words IS NULL;

    -- A project's or an organisation's new name waits for whoever is cutting the old one at this
    -- moment, and then asks for the words anew: so no condition on the words here.
    CREATE FUNCTION project_words_are_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE shift SET words = NULL WHERE project_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER project_words_are_old AFTER UPDATE OF name, description, category,
        organisation_id ON project FOR EACH ROW WHEN (
            (OLD.name, OLD.description, OLD.category, OLD.organisation_id) IS DISTINCT FROM
            (NEW.name, NEW.description, NEW.category, NEW.organisation_id))
        EXECUTE FUNCTION project_words_are_old();
    CREATE FUNCTION organisation_words_are_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE shift SET words = NULL FROM project p
            WHERE p.id = shift.project_id AND p.organisation_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER organisation_words_are_old AFTER UPDATE OF name ON organisation FOR EACH ROW
        WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION organisation_words_are_old();
    CREATE FUNCTION shift_words_are_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.words := NULL;
        RETURN NEW;
    END $$;
    CREATE TRIGGER shift_words_are_old BEFORE UPDATE OF place ON shift FOR EACH ROW
        WHEN (OLD.place IS DISTINCT FROM NEW.place) EXECUTE FUNCTION shift_words_are_old();
    -- Whoever writes roles holds their shift.
    CREATE FUNCTION role_words_are_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE shift SET words = NULL WHERE words IS NOT NULL
            AND id = CASE WHEN TG_OP = 'DELETE' THEN OLD.shift_id ELSE NEW.shift_id END;
        RETURN NULL;
    END $$;
    CREATE TRIGGER role_words_are_old AFTER INSERT OR DELETE ON role
        FOR EACH ROW EXECUTE FUNCTION role_words_are_old();
    CREATE TRIGGER role_name_words_are_old AFTER UPDATE OF name ON role FOR EACH ROW
        WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION role_words_are_old();
    CREATE FUNCTION role_skill_words_are_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE shift SET words = NULL FROM role r WHERE words IS NOT NULL AND shift.id = r.shift_id
            AND r.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.role_id ELSE NEW.role_id END;
        RETURN NULL;
    END $$;
    CREATE TRIGGER role_skill_words_are_old AFTER INSERT OR DELETE ON role_skill
        FOR EACH ROW EXECUTE FUNCTION role_skill_words_are_old();

    CREATE TABLE recommendation (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        volunteer_id uuid NOT NULL REFERENCES volunteer (id) ON DELETE CASCADE,
        shift_id uuid NOT NULL REFERENCES shift (id) ON DELETE CASCADE,
        role_key varchar(120) NOT NULL,
        score integer NOT NULL,
        because jsonb NOT NULL CONSTRAINT recommendation_because
            CHECK (jsonb_typeof(because) = 'array'),
        shown_at timestamptz NOT NULL,
        declined_at timestamptz CONSTRAINT recommendation_declined_after_shown
            CHECK (declined_at >= shown_at),
        CONSTRAINT recommendation_once UNIQUE (volunteer_id, shift_id)
    );
    CREATE INDEX recommendation_shift_id ON recommendation (shift_id);
"""
PERSONS = "ANY ((SELECT scope_ids('persons'))::uuid[])"
POLICIES: dict[str, str | tuple[str, str]] = {
    "recommendation": (f"volunteer_id = {PERSONS}", "false"),
}
"""A person reads what was recommended to them; the service itself writes it."""

# They see every shift of a project or an organisation, whoever renamed it.
TRIGGERS_OF_THE_OWNER = (
    "project_words_are_old",
    "organisation_words_are_old",
    "role_words_are_old",
    "role_skill_words_are_old",
)


class Migration(migrations.Migration):
    dependencies = [("core", "0012_notifications")]

    operations = [
        Described(DESCRIBED),
        ops.RunSQL(
            "\n".join(
                (
                    CHANGES,
                    *(wall(table, rule) for table, rule in POLICIES.items()),
                    *(
                        f"ALTER FUNCTION {name}() SECURITY DEFINER "
                        "SET search_path = public, pg_temp;"
                        for name in TRIGGERS_OF_THE_OWNER
                    ),
                )
            )
        ),
    ]
