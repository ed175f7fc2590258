"""Coming and going: leads, codes, attendance, absences, evaluations and safety reports."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.attendance import (
    AbsenceOutcome,
    EvaluationAbout,
    Evidence,
    SafetyReportKind,
    SafetyReportState,
    Whereabouts,
)
from models.base import new_id
from models.migration_steps import Described, wall

_MODELS = {"recipient": "core.Organisation"}


def _at(*, null: bool = False) -> Any:
    moment: Any = fields.DatetimeField
    return moment(null=null, auto_now=False, auto_now_add=False)


def _to(name: str, called: str, *, is_one: bool = False, on_delete: OnDelete) -> tuple[str, Any]:
    kind: Any = fields.OneToOneField if is_one else fields.ForeignKeyField
    return name, kind(
        _MODELS.get(name, f"core.{name.capitalize()}"),
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=called,
        on_delete=on_delete,
        **({} if is_one else {"db_index": True}),
    )


def _table(name: str, table: str, *columns: tuple[str, Any]) -> ops.CreateModel:
    return ops.CreateModel(
        name=name,
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            *columns,
        ],
        options={"table": table, "app": "core", "pk_attr": "id"},
        bases=["Table"],
    )


NEW_TABLES = (
    _table(
        "ShiftLead",
        "shift_lead",
        _to("shift", "leads", on_delete=OnDelete.CASCADE),
        _to("account", "led_shifts", on_delete=OnDelete.RESTRICT),
        ("named_by", fields.UUIDField()),
        ("ended_at", _at(null=True)),
    ),
    _table(
        "ShiftCheck",
        "shift_check",
        _to("shift", "check", is_one=True, on_delete=OnDelete.CASCADE),
        ("key_cipher", fields.BinaryField()),
        ("geofence_m", fields.IntField(null=True)),
    ),
    _table(
        "Attendance",
        "attendance",
        _to("claim", "attendance", is_one=True, on_delete=OnDelete.RESTRICT),
        _to("volunteer", "attendances", on_delete=OnDelete.RESTRICT),
        ("in_at", _at()),
        ("in_evidence", fields.CharEnumField(enum_type=Evidence, max_length=12)),
        ("in_place", fields.CharEnumField(enum_type=Whereabouts, max_length=8)),
        ("in_recorded_at", _at()),
        ("in_by", fields.UUIDField()),
        ("out_at", _at(null=True)),
        ("out_evidence", fields.CharEnumField(enum_type=Evidence, max_length=12, null=True)),
        ("out_place", fields.CharEnumField(enum_type=Whereabouts, max_length=8, null=True)),
        ("out_recorded_at", _at(null=True)),
        ("out_by", fields.UUIDField(null=True)),
        ("needs_confirmation", fields.BooleanField(default=False)),
        ("confirmed_at", _at(null=True)),
        ("confirmed_by", fields.UUIDField(null=True)),
    ),
    _table(
        "Absence",
        "absence",
        _to("claim", "absence", is_one=True, on_delete=OnDelete.RESTRICT),
        _to("volunteer", "absences", on_delete=OnDelete.RESTRICT),
        ("marked_by", fields.UUIDField()),
        ("object_until", _at()),
        ("objected_at", _at(null=True)),
        ("objection_cipher", fields.BinaryField(null=True)),
        ("decided_at", _at(null=True)),
        ("decided_by", fields.UUIDField(null=True)),
        ("outcome", fields.CharEnumField(enum_type=AbsenceOutcome, max_length=8, null=True)),
    ),
    _table(
        "Evaluation",
        "evaluation",
        _to("claim", "evaluations", on_delete=OnDelete.RESTRICT),
        _to("volunteer", "evaluations", on_delete=OnDelete.RESTRICT),
        ("about", fields.CharEnumField(enum_type=EvaluationAbout, max_length=10)),
        ("stars", fields.SmallIntField()),
        ("words", fields.JSONField()),
        ("given_by", fields.UUIDField()),
        ("changed_at", _at()),
    ),
    _table(
        "SafetyReport",
        "safety_report",
        ("kind", fields.CharEnumField(enum_type=SafetyReportKind, max_length=12)),
        ("state", fields.CharEnumField(enum_type=SafetyReportState, max_length=8)),
        _to("shift", "safety_reports", on_delete=OnDelete.RESTRICT),
        _to("recipient", "safety_reports", on_delete=OnDelete.RESTRICT),
        _to("account", "safety_reports", on_delete=OnDelete.RESTRICT),
        ("is_anonymous", fields.BooleanField(default=False)),
        ("text_cipher", fields.BinaryField()),
        ("taken_by", fields.UUIDField(null=True)),
        ("taken_at", _at(null=True)),
        ("closed_by", fields.UUIDField(null=True)),
        ("closed_at", _at(null=True)),
        ("answer_cipher", fields.BinaryField(null=True)),
    ),
)

ROW = "id uuid PRIMARY KEY, created_at timestamptz NOT NULL"
IN_EVIDENCE = "'qr','qr_later','code','lead'"
PLACES = "'unknown','inside','outside'"
CHANGES = f"""
    CREATE TABLE shift_lead (
        {ROW},
        shift_id uuid NOT NULL REFERENCES shift (id) ON DELETE CASCADE,
        account_id uuid NOT NULL REFERENCES account (id),
        named_by uuid NOT NULL,
        ended_at timestamptz
    );
    CREATE UNIQUE INDEX shift_lead_once ON shift_lead (shift_id, account_id)
        WHERE ended_at IS NULL;
    CREATE INDEX shift_lead_account_id ON shift_lead (account_id);
    CREATE TABLE shift_check (
        {ROW},
        shift_id uuid NOT NULL CONSTRAINT shift_check_once UNIQUE
            REFERENCES shift (id) ON DELETE CASCADE,
        key_cipher bytea NOT NULL,
        geofence_m integer CONSTRAINT shift_check_geofence CHECK (geofence_m BETWEEN 50 AND 5000)
    );
    CREATE TABLE attendance (
        {ROW},
        claim_id uuid NOT NULL CONSTRAINT attendance_once UNIQUE REFERENCES claim (id),
        volunteer_id uuid NOT NULL REFERENCES volunteer (id),
        in_at timestamptz NOT NULL,
        in_evidence varchar(12) NOT NULL
            CONSTRAINT attendance_in_evidence CHECK (in_evidence IN ({IN_EVIDENCE})),
        in_place varchar(8) NOT NULL
            CONSTRAINT attendance_in_place CHECK (in_place IN ({PLACES})),
        in_recorded_at timestamptz NOT NULL,
        in_by uuid NOT NULL,
        out_at timestamptz CONSTRAINT attendance_out_after_in CHECK (out_at >= in_at),
        out_evidence varchar(12)
            CONSTRAINT attendance_out_evidence CHECK (out_evidence IN ({IN_EVIDENCE},'capped')),
        out_place varchar(8) CONSTRAINT attendance_out_place CHECK (out_place IN ({PLACES})),
        out_recorded_at timestamptz,
        out_by uuid,
        needs_confirmation boolean NOT NULL,
        confirmed_at timestamptz,
        confirmed_by uuid,
        CONSTRAINT attendance_out_whole CHECK (num_nonnulls(out_at, out_evidence, out_place,
            out_recorded_at) IN (0, 4) AND (out_by IS NOT NULL) =
            (out_evidence IS NOT NULL AND out_evidence <> 'capped')),
        -- What nobody said is not taken for known: it waits until somebody has confirmed it.
        CONSTRAINT attendance_capped_is_marked CHECK (
            out_evidence IS DISTINCT FROM 'capped' OR needs_confirmation
            OR confirmed_at IS NOT NULL),
        CONSTRAINT attendance_confirmed_whole CHECK (
            (confirmed_at IS NULL) = (confirmed_by IS NULL)
            AND NOT (needs_confirmation AND confirmed_at IS NOT NULL))
    );
    CREATE INDEX attendance_volunteer_id ON attendance (volunteer_id);
    CREATE INDEX attendance_open ON attendance (in_at) WHERE out_at IS NULL;
    CREATE TABLE absence (
        {ROW},
        claim_id uuid NOT NULL CONSTRAINT absence_once UNIQUE REFERENCES claim (id),
        volunteer_id uuid NOT NULL REFERENCES volunteer (id),
        marked_by uuid NOT NULL,
        object_until timestamptz NOT NULL
            CONSTRAINT absence_leaves_time CHECK (object_until >= created_at),
        objected_at timestamptz CONSTRAINT absence_objected_in_time
            CHECK (objected_at <= object_until),
        objection_cipher bytea,
        decided_at timestamptz,
        decided_by uuid,
        outcome varchar(8)
            CONSTRAINT absence_outcome_known CHECK (outcome IN ('stands','excused','served')),
        CONSTRAINT absence_decided_whole CHECK (
            num_nonnulls(decided_at, decided_by, outcome) IN (0, 3)),
        CONSTRAINT absence_objection_has_its_time CHECK (
            objection_cipher IS NULL OR objected_at IS NOT NULL)
    );
    CREATE INDEX absence_volunteer_id ON absence (volunteer_id);
    CREATE TABLE evaluation (
        {ROW},
        claim_id uuid NOT NULL REFERENCES claim (id),
        volunteer_id uuid NOT NULL REFERENCES volunteer (id),
        about varchar(10) NOT NULL
            CONSTRAINT evaluation_about_known CHECK (about IN ('shift','volunteer')),
        stars smallint NOT NULL CONSTRAINT evaluation_stars CHECK (stars BETWEEN 1 AND 5),
        words jsonb NOT NULL,
        given_by uuid NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT evaluation_once UNIQUE (claim_id, about)
    );
    CREATE INDEX evaluation_volunteer_id ON evaluation (volunteer_id);
    CREATE TABLE safety_report (
        {ROW},
        kind varchar(12) NOT NULL CONSTRAINT safety_report_kind_known
            CHECK (kind IN ('accident','harassment','minor_safety')),
        state varchar(8) NOT NULL CONSTRAINT safety_report_state_known
            CHECK (state IN ('sent','taken','closed')),
        shift_id uuid NOT NULL REFERENCES shift (id),
        recipient_id uuid NOT NULL REFERENCES organisation (id),
        account_id uuid NOT NULL REFERENCES account (id),
        is_anonymous boolean NOT NULL,
        text_cipher bytea NOT NULL,
        taken_by uuid,
        taken_at timestamptz,
        closed_by uuid,
        closed_at timestamptz,
        answer_cipher bytea,
        CONSTRAINT safety_report_states_whole CHECK (
            (taken_at IS NULL) = (taken_by IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL)
            AND (state <> 'sent') = (taken_at IS NOT NULL)
            AND (state = 'closed') = (closed_at IS NOT NULL))
    );
    CREATE INDEX safety_report_shift_id ON safety_report (shift_id);
    CREATE INDEX safety_report_recipient_id ON safety_report (recipient_id);
    CREATE INDEX safety_report_account_id ON safety_report (account_id);
"""

ME = "(SELECT scope_account())"
OWN = "volunteer_id = ANY ((SELECT scope_ids('persons'))::uuid[])"
OF_CLAIM = "EXISTS (SELECT 1 FROM claim x WHERE x.id = claim_id)"
SHIFT_WITHIN = (
    "EXISTS (SELECT 1 FROM shift s JOIN project p ON p.id = s.project_id "
    "JOIN organisation_closure up ON up.descendant_id = p.organisation_id "
    "WHERE s.id = shift_id AND up.ancestor_id = ANY ((SELECT scope_ids('work'))::uuid[]))"
)
FOR_ME = (
    "EXISTS (SELECT 1 FROM organisation_closure up WHERE up.descendant_id = recipient_id "
    "AND up.ancestor_id = ANY ((SELECT scope_ids('reports'))::uuid[]))"
)
POLICIES: dict[str, str | tuple[str, str]] = {
    "shift_lead": (f"account_id = {ME} OR {SHIFT_WITHIN}", SHIFT_WITHIN),
    # Whoever had the key could make a code for any moment.
    "shift_check": ("false", "false"),
    "attendance": OF_CLAIM,
    "absence": OF_CLAIM,
    # What somebody says of a shift, those who run it see in sums only.
    "evaluation": f"{OWN} OR (about = 'volunteer' AND {OF_CLAIM})",
    "safety_report": f"account_id = {ME} OR {FOR_ME}",
}


class Migration(migrations.Migration):
    dependencies = [("core", "0013_search")]

    operations = [
        Described(NEW_TABLES),
        ops.RunSQL(CHANGES + "".join(wall(table, rule) for table, rule in POLICIES.items())),
    ]
