import functools
from enum import StrEnum
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import new_id
from models.claims import ClaimState
from models.imports import ImportKind, ImportState
from models.migration_steps import Together
from models.organisations import OrganisationKind
from models.points import PointsAccountKind
from models.projects import ProjectState, ShiftState
from models.rounds import RoundState
from models.volunteers import AvailabilityExceptionKind


class AccountRole(StrEnum):
    """As it was: today a role is held at a node."""

    VOLUNTEER = "volunteer"
    ORGANISER = "organiser"


TABLES = (
    ops.CreateModel(
        name="Organisation",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "kind",
                fields.CharEnumField(
                    description="CITY: city\nDISTRICT: district\nSTREET: street\nNEIGHBOURHOOD: neighbourhood\nSCHOOL: school\nEMPLOYER: employer\nSOCIAL_ORGANISATION: social_organisation\nSERVICE_TEAM: service_team",
                    enum_type=OrganisationKind,
                    max_length=24,
                ),
            ),
            (
                "parent",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="parent_id",
                    null=True,
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="children",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("name", fields.CharField(max_length=120)),
        ],
        options={
            "table": "organisation",
            "app": "core",
            "unique_together": (("parent_id", "name"),),
            "pk_attr": "id",
            "table_description": "A node: 市, 区, 街镇, 居村, or a body under one of them. Only a city has no parent.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="OutboxMessage",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("job", fields.CharField(max_length=80)),
            (
                "arguments",
                fields.JSONField(
                    encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                ),
            ),
            ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("attempts", fields.IntField(default=0)),
        ],
        options={
            "table": "outbox_message",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A job by name with ids as its arguments, sent when `sent_at` is set. No personal data.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Project",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="projects",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("external_key", fields.CharField(max_length=120)),
            ("name", fields.CharField(max_length=120)),
            ("description", fields.TextField(default="", unique=False)),
            ("category", fields.CharField(null=True, max_length=80)),
            (
                "state",
                fields.CharEnumField(
                    default=ProjectState.DRAFT,
                    description="DRAFT: draft\nPUBLISHED: published",
                    enum_type=ProjectState,
                    max_length=12,
                ),
            ),
            ("risk_statement", fields.TextField(default="", unique=False)),
            ("risk_statement_version", fields.IntField(default=0)),
        ],
        options={
            "table": "project",
            "app": "core",
            "unique_together": (("organisation_id", "external_key"),),
            "pk_attr": "id",
            "table_description": "Something an organisation does. It is published only with a risk statement (D1).",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Shift",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "project",
                fields.ForeignKeyField(
                    "core.Project",
                    source_field="project_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="shifts",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("external_key", fields.CharField(max_length=120)),
            (
                "starts_at",
                fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
            ),
            ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("place", fields.CharField(default="", max_length=200)),
            ("longitude", fields.FloatField(null=True)),
            ("latitude", fields.FloatField(null=True)),
            ("priority", fields.SmallIntField(default=5)),
            ("cancel_below_minimum", fields.BooleanField(default=False)),
            (
                "state",
                fields.CharEnumField(
                    default=ShiftState.OPEN,
                    description="OPEN: open\nCALLED_OFF: called_off",
                    enum_type=ShiftState,
                    max_length=12,
                ),
            ),
            ("version", fields.IntField(default=1)),
        ],
        options={
            "table": "shift",
            "app": "core",
            "unique_together": (("project_id", "external_key"),),
            "pk_attr": "id",
            "table_description": "A time and a place of a project. Positions are WGS 84 degrees.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Role",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "shift",
                fields.ForeignKeyField(
                    "core.Shift",
                    source_field="shift_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="roles",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("key", fields.CharField(max_length=120)),
            ("name", fields.CharField(max_length=120)),
            ("minimum", fields.IntField(default=0)),
            ("target", fields.IntField()),
            ("maximum", fields.IntField()),
            ("min_age", fields.SmallIntField(default=0)),
            ("max_age", fields.SmallIntField(default=150)),
            ("held", fields.IntField(default=0)),
        ],
        options={
            "table": "role",
            "app": "core",
            "unique_together": (("shift_id", "key"),),
            "pk_attr": "id",
            "table_description": "Seats of one kind: at least `minimum`, planned up to `target`, never over `maximum`.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="RoleGroup",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "role",
                fields.ForeignKeyField(
                    "core.Role",
                    source_field="role_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="groups",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="role_groups",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
        ],
        options={
            "table": "role_group",
            "app": "core",
            "unique_together": (("role_id", "organisation_id"),),
            "pk_attr": "id",
            "table_description": "A role is for members of one of these organisations.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="RoleSkill",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "role",
                fields.ForeignKeyField(
                    "core.Role",
                    source_field="role_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="skills",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("skill", fields.CharField(max_length=80)),
            ("level", fields.SmallIntField()),
        ],
        options={
            "table": "role_skill",
            "app": "core",
            "unique_together": (("role_id", "skill"),),
            "pk_attr": "id",
            "table_description": "A role asks for a skill at this level or above.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="TeamLine",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "shift",
                fields.ForeignKeyField(
                    "core.Shift",
                    source_field="shift_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="team_lines",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("skill", fields.CharField(max_length=80)),
            ("level", fields.SmallIntField()),
            ("count", fields.IntField()),
        ],
        options={
            "table": "team_line",
            "app": "core",
            "unique_together": (("shift_id", "skill", "level", "count"),),
            "pk_attr": "id",
            "table_description": "A shift with anybody on it has at least `count` people with `skill` at `level`.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="TogetherGroup",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="together_groups",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
        ],
        options={
            "table": "together_group",
            "app": "core",
            "pk_attr": "id",
            "table_description": "People who serve the same shifts or none.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Volunteer",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    description="who registered this person, and whose key `external_key` is",
                    db_constraint=True,
                    to_field="id",
                    related_name="registered",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("external_key", fields.CharField(max_length=120)),
            ("name", fields.CharField(max_length=120)),
            ("birth_date", fields.DateField()),
            ("home_longitude", fields.FloatField(null=True)),
            ("home_latitude", fields.FloatField(null=True)),
            ("max_travel_m", fields.IntField(null=True)),
            ("max_minutes", fields.IntField(default=2400)),
            ("max_minutes_per_day", fields.IntField(default=480)),
            ("max_shifts", fields.IntField(default=7)),
            ("served_minutes", fields.IntField(default=0)),
        ],
        options={
            "table": "volunteer",
            "app": "core",
            "unique_together": (("organisation_id", "external_key"),),
            "pk_attr": "id",
            "table_description": "A person who gives time. Positions are WGS 84 degrees, limits are per planning horizon.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Account",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("name", fields.CharField(unique=True, max_length=120)),
            ("password_hash", fields.CharField(max_length=255)),
            (
                "role",
                fields.CharEnumField(
                    description="VOLUNTEER: volunteer\nORGANISER: organiser",
                    enum_type=AccountRole,
                    max_length=16,
                ),
            ),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="accounts",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    null=True,
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="accounts",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
        ],
        options={
            "table": "account",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A sign-in. A volunteer's names the volunteer, an organiser's the organisation.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="ApartPair",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "one",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="one_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="apart_one",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "other",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="other_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="apart_other",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
        ],
        options={
            "table": "apart_pair",
            "app": "core",
            "unique_together": (("one_id", "other_id"),),
            "pk_attr": "id",
            "table_description": "Two people who are never on one shift. Kept once, with the smaller id first.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="AvailabilityException",
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
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="availability_exceptions",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "kind",
                fields.CharEnumField(
                    description="OFF: off\nEXTRA: extra",
                    enum_type=AvailabilityExceptionKind,
                    max_length=8,
                ),
            ),
            ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "availability_exception",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A span in which the weekly windows do not hold: off, or available beside them.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="AvailabilityWindow",
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
                    related_name="availability_windows",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("weekday", fields.SmallIntField()),
            ("start_minute", fields.SmallIntField()),
            ("end_minute", fields.SmallIntField()),
        ],
        options={
            "table": "availability_window",
            "app": "core",
            "unique_together": (("volunteer_id", "weekday", "start_minute"),),
            "pk_attr": "id",
            "table_description": "A weekly window in the service's local time: Monday is 0, minutes run from midnight.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Claim",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "shift",
                fields.ForeignKeyField(
                    "core.Shift",
                    source_field="shift_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="claims",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "role",
                fields.ForeignKeyField(
                    "core.Role",
                    source_field="role_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="claims",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="claims",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "state",
                fields.CharEnumField(
                    description="REQUESTED: requested\nENTERED: entered\nWAITLISTED: waitlisted\nOFFERED: offered\nCONFIRMED: confirmed\nREFUSED: refused\nDECLINED: declined\nEXPIRED: expired\nWITHDRAWN: withdrawn\nCANCELLED: cancelled\nLATE_CANCELLED: late_cancelled\nSEEKING_STANDIN: seeking_standin\nHANDED_OVER: handed_over\nCHECKED_IN: checked_in\nSERVED: served\nNO_SHOW: no_show\nEXCUSED: excused\nCALLED_OFF: called_off",
                    enum_type=ClaimState,
                    max_length=16,
                ),
            ),
            ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("changed_at", fields.DatetimeField(auto_now=True, auto_now_add=False)),
            ("version", fields.IntField(default=1)),
            ("risk_statement_version", fields.IntField(null=True)),
        ],
        options={
            "table": "claim",
            "app": "core",
            "pk_attr": "id",
            "table_description": "One person on one role. Its span is the shift's, so that the database can refuse overlaps.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Engagement",
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
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="engagements",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("longitude", fields.FloatField(null=True)),
            ("latitude", fields.FloatField(null=True)),
        ],
        options={
            "table": "engagement",
            "app": "core",
            "pk_attr": "id",
            "table_description": "Service promised elsewhere, which this service does not plan but must keep clear of.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Exclusion",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "shift",
                fields.ForeignKeyField(
                    "core.Shift",
                    source_field="shift_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="exclusions",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="exclusions",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("reason", fields.CharField(max_length=80)),
        ],
        options={
            "table": "exclusion",
            "app": "core",
            "unique_together": (("shift_id", "volunteer_id", "reason"),),
            "pk_attr": "id",
            "table_description": "This person is never planned on this shift, and why in a short word.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="IdempotencyRecord",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="idempotency_records",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("route", fields.CharField(max_length=120)),
            ("key", fields.CharField(max_length=255)),
            ("fingerprint", fields.CharField(max_length=64)),
            ("status", fields.SmallIntField(null=True)),
            ("body", fields.BinaryField(null=True)),
            (
                "headers",
                fields.JSONField(
                    default=dict,
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
        ],
        options={
            "table": "idempotency_record",
            "app": "core",
            "unique_together": (("account_id", "route", "key"),),
            "pk_attr": "id",
            "table_description": "The answer once given to one key of one account on one route, kept to be given again.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Invitation",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "shift",
                fields.ForeignKeyField(
                    "core.Shift",
                    source_field="shift_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="invitations",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="invitations",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
        ],
        options={
            "table": "invitation",
            "app": "core",
            "unique_together": (("shift_id", "volunteer_id"),),
            "pk_attr": "id",
            "table_description": "The organiser asked for this person on this shift.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Membership",
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
                    related_name="memberships",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="memberships",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
        ],
        options={
            "table": "membership",
            "app": "core",
            "unique_together": (("volunteer_id", "organisation_id"),),
            "pk_attr": "id",
            "table_description": "A volunteer belongs to an organisation: one of the groups a role may ask for.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="PointsAccount",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "kind",
                fields.CharEnumField(
                    description="ISSUER: issuer\nVOLUNTEER: volunteer",
                    enum_type=PointsAccountKind,
                    max_length=12,
                ),
            ),
            (
                "volunteer",
                fields.OneToOneField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="points_account",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
        ],
        options={
            "table": "points_account",
            "app": "core",
            "pk_attr": "id",
            "table_description": "Where points lie: one issuer for the whole service, and one account per volunteer.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="PointsTransfer",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("key", fields.CharField(unique=True, max_length=120)),
            (
                "debit",
                fields.ForeignKeyField(
                    "core.PointsAccount",
                    source_field="debit_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="debits",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "credit",
                fields.ForeignKeyField(
                    "core.PointsAccount",
                    source_field="credit_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="credits",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("points", fields.BigIntField()),
            ("reason", fields.CharField(max_length=80)),
            (
                "reverses",
                fields.OneToOneField(
                    "core.PointsTransfer",
                    source_field="reverses_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="reversed_by",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
        ],
        options={
            "table": "points_transfer",
            "app": "core",
            "pk_attr": "id",
            "table_description": "Points moved from one account to another. Never changed, never deleted (by trigger).",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Round",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="rounds",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "requested_by",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="requested_by_id",
                    null=True,
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="rounds",
                    on_delete=OnDelete.SET_NULL,
                ),
            ),
            ("horizon_start", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("horizon_end", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("offset_minutes", fields.SmallIntField()),
            (
                "rules",
                fields.JSONField(
                    default=dict,
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
            (
                "weights",
                fields.JSONField(
                    default=dict,
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
            ("seconds_max", fields.IntField(default=20)),
            ("seed", fields.IntField(default=1)),
            (
                "state",
                fields.CharEnumField(
                    default=RoundState.DRAFT,
                    description="DRAFT: draft\nSOLVING: solving\nPROPOSED: proposed\nPUBLISHED: published\nDISCARDED: discarded\nCANCELLED: cancelled\nFAILED: failed\nSTALE: stale",
                    enum_type=RoundState,
                    max_length=12,
                ),
            ),
            ("attempt", fields.IntField(default=0)),
            ("failures", fields.IntField(default=0)),
            (
                "lease_until",
                fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
            ),
            ("cancel_requested", fields.BooleanField(default=False)),
            (
                "progress",
                fields.JSONField(
                    default=dict,
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
            ("problem_digest", fields.CharField(null=True, max_length=64)),
            (
                "failure",
                fields.JSONField(
                    null=True,
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
            ("started_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            (
                "finished_at",
                fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
            ),
            (
                "published_at",
                fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
            ),
            ("version", fields.IntField(default=1)),
        ],
        options={
            "table": "round",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A planning run of an organisation's subtree over a horizon.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="ImportBatch",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="imports",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "requested_by",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="requested_by_id",
                    null=True,
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="imports",
                    on_delete=OnDelete.SET_NULL,
                ),
            ),
            (
                "kind",
                fields.CharEnumField(
                    description="PROBLEM: problem\nPEOPLE: people\nSHIFTS: shifts",
                    enum_type=ImportKind,
                    max_length=12,
                ),
            ),
            (
                "state",
                fields.CharEnumField(
                    description="CHECKED: checked\nREFUSED: refused\nAPPLIED: applied",
                    enum_type=ImportState,
                    max_length=12,
                ),
            ),
            ("content", fields.BinaryField(null=True)),
            (
                "report",
                fields.JSONField(
                    encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                ),
            ),
            (
                "round",
                fields.ForeignKeyField(
                    "core.Round",
                    source_field="round_id",
                    null=True,
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="imports",
                    on_delete=OnDelete.SET_NULL,
                ),
            ),
        ],
        options={
            "table": "import_batch",
            "app": "core",
            "pk_attr": "id",
            "table_description": "One upload with its report per row. The content is erased when it has been applied.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Offer",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "claim",
                fields.OneToOneField(
                    "core.Claim",
                    source_field="claim_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="offer",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "round",
                fields.ForeignKeyField(
                    "core.Round",
                    source_field="round_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="offers",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "deadline_at",
                fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
            ),
            (
                "answered_at",
                fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
            ),
        ],
        options={
            "table": "offer",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A proposal of a published plan: this seat, for this person, until the deadline.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Plan",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "round",
                fields.OneToOneField(
                    "core.Round",
                    source_field="round_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="plan",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("attempt", fields.IntField()),
            ("status", fields.CharField(max_length=12)),
            ("score_shortfall", fields.BigIntField()),
            ("score_open", fields.BigIntField()),
            ("score_cost", fields.BigIntField()),
            ("bound_shortfall", fields.BigIntField()),
            ("bound_open", fields.BigIntField()),
            ("bound_cost", fields.BigIntField()),
            (
                "bound_from",
                fields.JSONField(
                    encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                ),
            ),
            ("seconds", fields.FloatField()),
            ("volunteers_count", fields.IntField()),
            ("seats_count", fields.IntField()),
        ],
        options={
            "table": "plan",
            "app": "core",
            "pk_attr": "id",
            "table_description": "The result of a round. A new solve of the round replaces it.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="PlanGap",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "plan",
                fields.ForeignKeyField(
                    "core.Plan",
                    source_field="plan_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="gaps",
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
                    related_name="plan_gaps",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "role",
                fields.ForeignKeyField(
                    "core.Role",
                    source_field="role_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="plan_gaps",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("missing", fields.IntField()),
            (
                "reasons",
                fields.JSONField(
                    encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                ),
            ),
        ],
        options={
            "table": "plan_gap",
            "app": "core",
            "unique_together": (("plan_id", "role_id"),),
            "pk_attr": "id",
            "table_description": "Seats a plan leaves empty, with the counted reasons of the volunteers not on the shift.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="PlanLine",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "plan",
                fields.ForeignKeyField(
                    "core.Plan",
                    source_field="plan_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="lines",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="plan_lines",
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
                    related_name="plan_lines",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "role",
                fields.ForeignKeyField(
                    "core.Role",
                    source_field="role_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="plan_lines",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("fixed", fields.BooleanField(default=False)),
        ],
        options={
            "table": "plan_line",
            "app": "core",
            "unique_together": (("plan_id", "volunteer_id", "shift_id"),),
            "pk_attr": "id",
            "table_description": "One assignment of a plan. `fixed` lines were promised before the round.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="SignInFailure",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("name_digest", fields.CharField(db_index=True, max_length=64)),
        ],
        options={
            "table": "sign_in_failure",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A wrong password for a name that may not even exist; the name itself is not kept.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="SignInSession",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="sessions",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("token_digest", fields.CharField(unique=True, max_length=64)),
            ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "sign_in_session",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A signed-in browser or script. Only the SHA-256 of its token is kept.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="TogetherMember",
        fields=[
            (
                "id",
                fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
            ),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "group",
                fields.ForeignKeyField(
                    "core.TogetherGroup",
                    source_field="group_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="members",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="together",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
        ],
        options={
            "table": "together_member",
            "app": "core",
            "unique_together": (("group_id", "volunteer_id"),),
            "pk_attr": "id",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="VolunteerLiking",
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
                    related_name="likes",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("cause", fields.CharField(max_length=80)),
            ("liking", fields.SmallIntField()),
        ],
        options={
            "table": "volunteer_liking",
            "app": "core",
            "unique_together": (("volunteer_id", "cause"),),
            "pk_attr": "id",
            "table_description": "How much a volunteer likes a cause, 0–3. A cause that is not named counts 1.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="VolunteerSkill",
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
                    related_name="skills",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("skill", fields.CharField(max_length=80)),
            ("level", fields.SmallIntField()),
            ("evidence", fields.CharField(default="", max_length=400)),
            ("expires_on", fields.DateField(null=True)),
        ],
        options={
            "table": "volunteer_skill",
            "app": "core",
            "unique_together": (("volunteer_id", "skill"),),
            "pk_attr": "id",
            "table_description": "A skill at a level 1–5, on what evidence, and until when (none: does not expire).",
        },
        bases=["Table"],
    ),
)


class Migration(migrations.Migration):
    initial = True

    operations = [Together(TABLES)]
