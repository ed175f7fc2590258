"""How seats are had: modes, opening, draws, waiting lists, insurance and blocks.

Offers no longer need a round: a waiting list makes them as well.
"""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import new_id
from models.claims import SEAT_STATES, OfferSource
from models.migration_steps import Described, wall
from models.projects import ClaimMode

SEAT = "(" + ",".join(f"'{state.value}'" for state in sorted(SEAT_STATES)) + ")"


def _id() -> Any:
    return fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)


def _made() -> Any:
    return fields.DatetimeField(auto_now=False, auto_now_add=True)


def _moment(**given: Any) -> Any:
    return fields.DatetimeField(auto_now=False, auto_now_add=False, **given)


def _to(model: str, column: str, called: str, *, on_delete: OnDelete, **more: Any) -> Any:
    return fields.ForeignKeyField(
        model,
        source_field=column,
        db_constraint=True,
        to_field="id",
        related_name=called,
        on_delete=on_delete,
        **more,
    )


def _table(name: str, columns: list[tuple[str, Any]], **options: Any) -> Any:
    table = "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
    return ops.CreateModel(
        name=name,
        fields=[("id", _id()), ("created_at", _made()), *columns],
        options={"table": table, "app": "core", "pk_attr": "id", **options},
        bases=["Table"],
    )


NEW_TABLES = (
    _table(
        "InsurancePolicy",
        [
            (
                "project",
                _to(
                    "core.Project",
                    "project_id",
                    "policies",
                    on_delete=OnDelete.RESTRICT,
                    db_index=True,
                ),
            ),
            ("insurer", fields.CharField(max_length=120)),
            ("number", fields.CharField(max_length=120)),
            ("covers_from", _moment()),
            ("covers_until", _moment()),
            ("people_max", fields.IntField(null=True)),
        ],
        unique_together=(("project_id", "number"),),
    ),
    _table(
        "Block",
        [
            (
                "organisation",
                _to("core.Organisation", "organisation_id", "blocks", on_delete=OnDelete.RESTRICT),
            ),
            (
                "volunteer",
                _to(
                    "core.Volunteer",
                    "volunteer_id",
                    "blocks",
                    on_delete=OnDelete.CASCADE,
                    db_index=True,
                ),
            ),
            ("ends_at", _moment()),
            ("reason", fields.CharField(max_length=400)),
        ],
        unique_together=(("organisation_id", "volunteer_id"),),
    ),
    _table(
        "ShiftDraw",
        [
            (
                "shift",
                fields.OneToOneField(
                    "core.Shift",
                    source_field="shift_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="draw",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("seed", fields.CharField(max_length=32)),
            ("entered", fields.IntField()),
            ("seated", fields.IntField()),
        ],
    ),
)
CHANGED_TABLES = (
    ops.AddField(
        model_name="Project", name="is_dangerous", field=fields.BooleanField(default=False)
    ),
    ops.AddField(
        model_name="Shift",
        name="claim_mode",
        field=fields.CharEnumField(
            default=ClaimMode.INSTANT,
            description="INSTANT: instant\nAPPROVE: approve\nDRAW: draw",
            enum_type=ClaimMode,
            max_length=8,
        ),
    ),
    ops.AddField(model_name="Shift", name="opens_at", field=_moment(null=True)),
    ops.AddField(model_name="Shift", name="draw_at", field=_moment(null=True)),
    ops.AddField(model_name="Shift", name="cutoff_minutes", field=fields.IntField(null=True)),
    ops.AddField(model_name="Claim", name="queue_place", field=fields.IntField(null=True)),
    ops.AddField(
        model_name="Offer",
        name="source",
        field=fields.CharEnumField(
            default=OfferSource.ROUND,
            description="ROUND: round\nWAITLIST: waitlist\nCALL_UP: call_up\n"
            "INVITATION: invitation",
            enum_type=OfferSource,
            max_length=12,
        ),
    ),
    ops.AlterField(
        model_name="Offer",
        name="round",
        field=_to(
            "core.Round",
            "round_id",
            "offers",
            on_delete=OnDelete.RESTRICT,
            null=True,
            db_index=True,
        ),
    ),
)

COLUMNS = """
    ALTER TABLE project ADD COLUMN is_dangerous boolean NOT NULL DEFAULT false;
    ALTER TABLE project ALTER COLUMN is_dangerous DROP DEFAULT;
    ALTER TABLE shift ADD COLUMN claim_mode varchar(8) NOT NULL DEFAULT 'instant',
        ADD COLUMN opens_at timestamptz, ADD COLUMN draw_at timestamptz,
        ADD COLUMN cutoff_minutes integer,
        ADD CONSTRAINT shift_claim_mode CHECK (claim_mode IN ('instant','approve','draw')),
        ADD CONSTRAINT shift_draw_has_its_moment
            CHECK ((claim_mode = 'draw') = (draw_at IS NOT NULL)),
        ADD CONSTRAINT shift_drawn_in_time
            CHECK (draw_at <= starts_at AND (opens_at IS NULL OR opens_at < draw_at)),
        ADD CONSTRAINT shift_opens_in_time CHECK (opens_at < ends_at),
        ADD CONSTRAINT shift_cutoff CHECK (cutoff_minutes BETWEEN 0 AND 43200);
    ALTER TABLE shift ALTER COLUMN claim_mode DROP DEFAULT;
    CREATE INDEX shift_draws_to_come ON shift (draw_at) WHERE draw_at IS NOT NULL;
    ALTER TABLE claim ADD COLUMN queue_place integer;
    -- Who waited before there were places waits in the order in which they came.
    UPDATE claim SET queue_place = found.place FROM (
        SELECT id, row_number() OVER (PARTITION BY role_id ORDER BY id) AS place
        FROM claim WHERE state = 'waitlisted') AS found WHERE claim.id = found.id;
    ALTER TABLE claim
        ADD CONSTRAINT claim_waits_in_a_place CHECK (state <> 'waitlisted'
            OR (queue_place IS NOT NULL AND queue_place >= 1));
    CREATE UNIQUE INDEX claim_one_in_a_place ON claim (role_id, queue_place)
        WHERE state = 'waitlisted';
    CREATE INDEX claim_to_be_drawn ON claim (shift_id) WHERE state = 'entered';
    ALTER TABLE offer ADD COLUMN source varchar(12) NOT NULL DEFAULT 'round',
        ALTER COLUMN round_id DROP NOT NULL,
        ADD CONSTRAINT offer_source
            CHECK (source IN ('round','waitlist','call_up','invitation')),
        ADD CONSTRAINT offer_of_a_round CHECK ((source = 'round') = (round_id IS NOT NULL));
    ALTER TABLE offer ALTER COLUMN source DROP DEFAULT;
"""
TABLES = """
    CREATE TABLE insurance_policy (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        project_id uuid NOT NULL REFERENCES project (id),
        insurer varchar(120) NOT NULL,
        number varchar(120) NOT NULL,
        covers_from timestamptz NOT NULL,
        covers_until timestamptz NOT NULL,
        people_max integer,
        CONSTRAINT insurance_policy_once UNIQUE (project_id, number),
        CONSTRAINT insurance_policy_named CHECK (insurer ~ '\\S' AND number ~ '\\S'),
        CONSTRAINT insurance_policy_span CHECK (covers_from < covers_until),
        CONSTRAINT insurance_policy_people CHECK (people_max >= 1)
    );
    CREATE TABLE block (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        organisation_id uuid NOT NULL REFERENCES organisation (id),
        volunteer_id uuid NOT NULL REFERENCES volunteer (id) ON DELETE CASCADE,
        ends_at timestamptz NOT NULL,
        reason varchar(400) NOT NULL,
        CONSTRAINT block_once UNIQUE (organisation_id, volunteer_id),
        CONSTRAINT block_span CHECK (created_at < ends_at),
        CONSTRAINT block_has_a_reason CHECK (reason ~ '\\S')
    );
    CREATE INDEX block_volunteer_id ON block (volunteer_id);
    CREATE TABLE shift_draw (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        shift_id uuid NOT NULL CONSTRAINT shift_draw_once UNIQUE REFERENCES shift (id)
            ON DELETE CASCADE,
        seed varchar(32) NOT NULL,
        entered integer NOT NULL,
        seated integer NOT NULL,
        CONSTRAINT shift_draw_counts CHECK (seated BETWEEN 0 AND entered),
        CONSTRAINT shift_draw_seed CHECK (seed ~ '^[0-9a-f]{32}$')
    );
"""
# One policy has to cover the whole time and everybody on the shift (D2).
INSURED = f"""
    CREATE FUNCTION claim_is_insured() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM shift s JOIN project p ON p.id = s.project_id
            WHERE s.id = NEW.shift_id AND p.is_dangerous AND NOT EXISTS (
                SELECT 1 FROM insurance_policy i WHERE i.project_id = p.id
                AND i.covers_from <= s.starts_at AND i.covers_until >= s.ends_at
                AND (i.people_max IS NULL OR i.people_max > (
                    SELECT count(*) FROM claim c WHERE c.shift_id = s.id AND c.id <> NEW.id
                    AND c.state IN {SEAT}))))
        THEN
            RAISE EXCEPTION 'no insurance covers claim %', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_insured';
        END IF;
        RETURN NEW;
    END $$;
    ALTER FUNCTION claim_is_insured() SECURITY DEFINER SET search_path = public, pg_temp;
    CREATE TRIGGER claim_insurance BEFORE INSERT OR UPDATE OF state ON claim
        FOR EACH ROW WHEN (NEW.state = 'confirmed') EXECUTE FUNCTION claim_is_insured();
"""

_WITHIN_WORK = (
    "EXISTS (SELECT 1 FROM organisation_closure up WHERE up.descendant_id = {node} "
    "AND up.ancestor_id = ANY ((SELECT scope_ids('work'))::uuid[]))"
)
_OF_PROJECT = (
    "EXISTS (SELECT 1 FROM project p WHERE p.id = project_id AND "
    + _WITHIN_WORK.format(node="p.organisation_id")
    + ")"
)
_OF_SHIFT = "EXISTS (SELECT 1 FROM shift x WHERE x.id = shift_id)"
_OWN = "volunteer_id = ANY ((SELECT scope_ids('persons'))::uuid[])"
POLICIES = {
    "insurance_policy": (_OF_PROJECT, _OF_PROJECT),
    "block": (
        f"{_OWN} OR {_WITHIN_WORK.format(node='organisation_id')}",
        _WITHIN_WORK.format(node="organisation_id"),
    ),
    # How a published shift was drawn is everybody's to check; the service alone draws.
    "shift_draw": (_OF_SHIFT, "false"),
}
TRIGGERS_OF_THE_OWNER = ("claim_is_insured",)


class Migration(migrations.Migration):
    dependencies = [("core", "0009_publishing")]

    operations = [
        Described((*NEW_TABLES, *CHANGED_TABLES)),
        ops.RunSQL("\n".join((COLUMNS, TABLES, INSURED))),
        ops.RunSQL("\n".join(wall(table, rule) for table, rule in POLICIES.items())),
    ]
