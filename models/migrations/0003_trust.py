"""Accounts with rights, personal data apart, consents, the audit log, tags: the tables."""

import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.accounts import AccountState, RoleName, SignInMethod
from models.audit import ApprovalKind, ApprovalState
from models.base import new_id
from models.consents import (
    ActivityConsentState,
    ErasureReason,
    GuardianCheckState,
    GuardianshipState,
)
from models.imports import ImportKind
from models.migration_steps import Described, Together
from models.organisations import OrganisationEventKind, OrganisationState
from models.volunteers import DatumKind, MembershipKind, SkillState, VolunteerState

NEW_TABLES = (
    ops.CreateModel(
        name="ActivityConsent",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="activity_consents",
                    on_delete=OnDelete.RESTRICT,
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
                    related_name="activity_consents",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "state",
                fields.CharEnumField(
                    description="ASKED: asked\nGIVEN: given\nREFUSED: refused\nWITHDRAWN: withdrawn",
                    enum_type=ActivityConsentState,
                    max_length=10,
                ),
            ),
            ("risk_statement_version", fields.IntField()),
            ("guardian_id", fields.UUIDField(null=True, description="the account that answered")),
            ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "activity_consent",
            "app": "core",
            "unique_together": (("volunteer_id", "shift_id"),),
            "pk_attr": "id",
            "table_description": "A guardian's answer to one shift for one minor, to one version of its risk statement.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Approval",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "kind",
                fields.CharEnumField(
                    description="ROLE_GRANT: role_grant\nMASS_EXPORT: mass_export\nBACK_FILL: back_fill\nMASS_CALL_UP: mass_call_up\nCHILD_DATA: child_data\nMACHINE_CLIENT: machine_client",
                    enum_type=ApprovalKind,
                    max_length=16,
                ),
            ),
            (
                "state",
                fields.CharEnumField(
                    default=ApprovalState.REQUESTED,
                    description="REQUESTED: requested\nAPPROVED: approved\nREFUSED: refused\nWITHDRAWN: withdrawn\nEXPIRED: expired",
                    enum_type=ApprovalState,
                    max_length=12,
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
                    related_name="approvals",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "command",
                fields.JSONField(
                    description="what is to be done: ids only",
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
            ("reason", fields.CharField(max_length=400)),
            ("requested_by", fields.UUIDField(db_index=True)),
            (
                "concerns",
                fields.UUIDField(
                    null=True, description="the account that gains; it cannot approve"
                ),
            ),
            ("decided_by", fields.UUIDField(null=True)),
            ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "approval",
            "app": "core",
            "pk_attr": "id",
            "table_description": "One person asks, a second approves; what was asked for is done with the approval.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="AuditEvent",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("act", fields.CharField(max_length=40)),
            ("account_id", fields.UUIDField(null=True, db_index=True)),
            ("subject_kind", fields.CharField(default="", max_length=24)),
            ("subject_id", fields.UUIDField(null=True, db_index=True)),
            ("organisation_id", fields.UUIDField(null=True, db_index=True)),
            (
                "facts",
                fields.JSONField(
                    encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                ),
            ),
            (
                "transaction_number",
                fields.BigIntField(
                    description="PostgreSQL's, by which the sealer knows what may still appear",
                    db_index=True,
                ),
            ),
        ],
        options={
            "table": "audit_event",
            "app": "core",
            "pk_attr": "id",
            "table_description": "One line of the log, written in the transaction of what it tells. No personal data.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="AuditSeal",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("number", fields.BigIntField(unique=True)),
            ("event_id", fields.UUIDField(unique=True)),
            ("digest", fields.CharField(max_length=64)),
            (
                "sealed_below",
                fields.BigIntField(
                    description="every line of a transaction with a lower number had its seal by then"
                ),
            ),
        ],
        options={
            "table": "audit_seal",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A line's place in the chain: `digest` is the SHA-256 of the digest before and the line.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Consent",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="consents",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("purpose", fields.CharField(max_length=24)),
            (
                "recipient",
                fields.CharField(default="", description="an outside one, by key", max_length=80),
            ),
            ("text_version", fields.CharField(max_length=24)),
            ("is_given", fields.BooleanField()),
            ("account_id", fields.UUIDField(description="who answered: the person or a guardian")),
            ("withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("withdrawn_by", fields.UUIDField(null=True)),
        ],
        options={
            "table": "consent",
            "app": "core",
            "pk_attr": "id",
            "table_description": "One answer to one purpose: given, refused, or given and withdrawn. Rows are never erased.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Disclosure",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="disclosures",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("recipient", fields.CharField(max_length=120)),
            ("purpose", fields.CharField(max_length=80)),
            (
                "fields_given",
                fields.JSONField(
                    description="the names of the fields, not their contents",
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
            (
                "basis",
                fields.CharField(
                    description="consent, or a recorded statutory basis", max_length=24
                ),
            ),
            ("account_id", fields.UUIDField(null=True)),
        ],
        options={
            "table": "disclosure",
            "app": "core",
            "pk_attr": "id",
            "table_description": "Personal data that somebody received: told to the person, for ever.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="DocumentNeed",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="document_needs",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("purpose", fields.CharField(max_length=24)),
            ("recipient", fields.CharField(max_length=80)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="document_needs",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("account_id", fields.UUIDField()),
            ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "document_need",
            "app": "core",
            "pk_attr": "id",
            "table_description": "Why the number of a document is asked of a person now: insurance, or one destination.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Erasure",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    null=True,
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="erasures",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    null=True,
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="erasures",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "reason",
                fields.CharEnumField(
                    description="ASKED: asked\nRETENTION: retention",
                    enum_type=ErasureReason,
                    max_length=12,
                ),
            ),
            ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "erasure",
            "app": "core",
            "pk_attr": "id",
            "table_description": "Somebody who is to be forgotten once the days of grace are over, or who has been.\n\nAn account that is no volunteer (a guardian's) is forgotten by itself.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="FormUse",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("token_digest", fields.CharField(unique=True, max_length=64)),
            ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("outcome", fields.CharField(default="", max_length=700)),
        ],
        options={
            "table": "form_use",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A form that was sent: its token is good once. `outcome` is the address where it led.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="GuardianCheck",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="guardian_checks",
                    on_delete=OnDelete.RESTRICT,
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
                    related_name="guardian_checks",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "state",
                fields.CharEnumField(
                    default=GuardianCheckState.REQUESTED,
                    description="REQUESTED: requested\nVERIFIED: verified\nREFUSED: refused\nWITHDRAWN: withdrawn",
                    enum_type=GuardianCheckState,
                    max_length=12,
                ),
            ),
            (
                "children_max",
                fields.SmallIntField(default=0, description="so many the papers name"),
            ),
            (
                "evidence_kind",
                fields.CharField(default="", description="what was shown", max_length=24),
            ),
            ("decided_by", fields.UUIDField(null=True)),
            ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "guardian_check",
            "app": "core",
            "pk_attr": "id",
            "table_description": "Somebody asks a node to see who they are, so that they can register a child under 14.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Guardianship",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "ward",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="ward_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="guardians",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "guardian",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="guardian_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="wards",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("relation", fields.CharField(max_length=24)),
            (
                "state",
                fields.CharEnumField(
                    description="REQUESTED: requested\nVERIFIED: verified\nREFUSED: refused\nENDED: ended",
                    enum_type=GuardianshipState,
                    max_length=12,
                ),
            ),
            (
                "evidence_kind",
                fields.CharField(default="", description="what was shown", max_length=24),
            ),
            ("decided_by", fields.UUIDField(null=True)),
            ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "guardianship",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A grown-up who answers for somebody under 18; counts once somebody has verified it.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="IdentityProvider",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="providers",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("key", fields.CharField(unique=True, description="in the address", max_length=40)),
            ("title", fields.CharField(description="on the button", max_length=120)),
            ("issuer", fields.CharField(max_length=400)),
            ("client_id", fields.CharField(max_length=200)),
            ("secret_cipher", fields.BinaryField(null=True)),
            (
                "number_claim",
                fields.CharField(
                    default="",
                    description="the claim that holds a person's key at the node",
                    max_length=60,
                ),
            ),
            ("is_active", fields.BooleanField(default=True)),
        ],
        options={
            "table": "identity_provider",
            "app": "core",
            "pk_attr": "id",
            "table_description": "An OpenID provider of a school or district, whose people may sign in with it.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Identity",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "provider",
                fields.ForeignKeyField(
                    "core.IdentityProvider",
                    source_field="provider_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="identities",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("subject_digest", fields.CharField(max_length=64)),
            ("subject_cipher", fields.BinaryField()),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="identities",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
        ],
        options={
            "table": "identity",
            "app": "core",
            "unique_together": (("provider_id", "subject_digest"),),
            "pk_attr": "id",
            "table_description": "Somebody at an outside provider, and the account that they are here.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="DailyRun",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("job", fields.CharField(max_length=40)),
            ("day", fields.DateField()),
        ],
        options={
            "table": "daily_run",
            "app": "core",
            "unique_together": (("job", "day"),),
            "pk_attr": "id",
            "table_description": "A job that comes once a day has been done for this local day.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="KeyCheck",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("key_id", fields.CharField(unique=True, max_length=16)),
            ("cipher", fields.BinaryField()),
        ],
        options={
            "table": "key_check",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A known text under each key in use: whoever cannot open it has the wrong keys.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="DistinctPair",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "one",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="one_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="distinct_one",
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
                    related_name="distinct_other",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("account_id", fields.UUIDField(description="who said so")),
        ],
        options={
            "table": "distinct_pair",
            "app": "core",
            "unique_together": (("one_id", "other_id"),),
            "pk_attr": "id",
            "table_description": "Two people whom somebody has looked at and found to be two. Smaller id first.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="MachineClient",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="clients",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("name", fields.CharField(max_length=120)),
            ("secret_digest", fields.CharField(max_length=64)),
            (
                "scopes",
                fields.JSONField(
                    encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                ),
            ),
            (
                "account",
                fields.OneToOneField(
                    "core.Account",
                    source_field="account_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="client",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "approval",
                fields.ForeignKeyField(
                    "core.Approval",
                    source_field="approval_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="clients",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "used_at",
                fields.DatetimeField(
                    null=True,
                    auto_now=False,
                    auto_now_add=False,
                    description="when it last got a token",
                ),
            ),
            ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "machine_client",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A program of an organisation: OAuth 2 client credentials with scopes, for its subtree.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Message",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("kind", fields.CharField(max_length=24)),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="messages",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("address_cipher", fields.BinaryField(null=True)),
            ("text_cipher", fields.BinaryField(null=True)),
            ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("given_up_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("attempts", fields.SmallIntField(default=0)),
        ],
        options={
            "table": "message",
            "app": "core",
            "pk_attr": "id",
            "table_description": "To a number, and what it says: both encrypted, both erased once it is sent or given up.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="OrganisationEvent",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="events",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "kind",
                fields.CharEnumField(
                    description="MADE: made\nRENAMED: renamed\nRECODED: recoded\nMOVED: moved\nMERGED: merged\nCLOSED: closed",
                    enum_type=OrganisationEventKind,
                    max_length=8,
                ),
            ),
            (
                "before",
                fields.JSONField(
                    description="name, code, credit_code, parent_id as they were",
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
            (
                "after",
                fields.JSONField(
                    encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                ),
            ),
            ("reason", fields.CharField(default="", max_length=400)),
            ("account_id", fields.UUIDField(null=True)),
        ],
        options={
            "table": "organisation_event",
            "app": "core",
            "pk_attr": "id",
            "table_description": "One change of a node, with what it was before. Only ever added.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="PersonMerge",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "kept",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="kept_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="merges",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "merged",
                fields.OneToOneField(
                    "core.Volunteer",
                    source_field="merged_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="merged_by",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("account_id", fields.UUIDField()),
            ("reason", fields.CharField(max_length=400)),
        ],
        options={
            "table": "person_merge",
            "app": "core",
            "pk_attr": "id",
            "table_description": "Two rows that were one person. The merged row stays, and with it its history.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="PersonalDatum",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "volunteer",
                fields.ForeignKeyField(
                    "core.Volunteer",
                    source_field="volunteer_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="data",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="data",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "kind",
                fields.CharEnumField(
                    description="BIRTH_DATE: birth_date\nPHONE: phone\nDOCUMENT: document",
                    enum_type=DatumKind,
                    max_length=12,
                ),
            ),
            (
                "subkind",
                fields.CharField(default="", description="of a document: which", max_length=24),
            ),
            ("cipher", fields.BinaryField()),
            ("lookup", fields.CharField(null=True, db_index=True, max_length=64)),
            ("key_id", fields.CharField(db_index=True, max_length=16)),
            ("verified_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "personal_datum",
            "app": "core",
            "unique_together": (("volunteer_id", "kind"), ("account_id", "kind")),
            "pk_attr": "id",
            "table_description": "One thing about one person, encrypted. `lookup` finds it again without knowing it.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="RetentionRun",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    null=True,
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="retention_runs",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("found_count", fields.IntField()),
            ("touched_count", fields.IntField()),
            ("people_max", fields.IntField()),
            (
                "report",
                fields.JSONField(
                    encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                ),
            ),
        ],
        options={
            "table": "retention_run",
            "app": "core",
            "pk_attr": "id",
            "table_description": "One look for people whose time has come: how many there were, and how many at most.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="RoleGrant",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    db_index=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="grants",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "role",
                fields.CharEnumField(
                    description="ORGANISER: organiser\nSHIFT_LEAD: shift_lead\nREPORTER: reporter\nCOORDINATOR: coordinator\nAUDITOR: auditor\nNODE_ADMINISTRATOR: node_administrator\nSYSTEM_ADMINISTRATOR: system_administrator\nSECURITY_ADMINISTRATOR: security_administrator\nAUDIT_ADMINISTRATOR: audit_administrator",
                    enum_type=RoleName,
                    max_length=24,
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
                    related_name="grants",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            (
                "approval",
                fields.ForeignKeyField(
                    "core.Approval",
                    source_field="approval_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="grants",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("ends_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ("ended_by", fields.UUIDField(null=True)),
        ],
        options={
            "table": "role_grant",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A role of an account at a node, valid for its subtree until it is ended.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="SignInCode",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("phone_index", fields.CharField(db_index=True, max_length=64)),
            ("purpose", fields.CharField(max_length=16)),
            ("code_digest", fields.CharField(max_length=64)),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="codes",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            (
                "client_index",
                fields.CharField(
                    default="",
                    db_index=True,
                    description="from which address, keyed",
                    max_length=64,
                ),
            ),
            ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("attempts", fields.SmallIntField(default=0)),
            ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "sign_in_code",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A one-time code that was sent to a number; neither the code nor the number is kept.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="SignInStep",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("token_digest", fields.CharField(unique=True, max_length=64)),
            ("kind", fields.CharField(max_length=16)),
            (
                "account",
                fields.ForeignKeyField(
                    "core.Account",
                    source_field="account_id",
                    null=True,
                    db_constraint=True,
                    to_field="id",
                    related_name="steps",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("known", fields.BinaryField(null=True)),
            ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ("attempts", fields.SmallIntField(default=0)),
            ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "sign_in_step",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A sign-in half done: what is proven so far, and what is still asked for.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="SkillRule",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ("skill", fields.CharField(unique=True, max_length=80)),
            (
                "evidence_kinds",
                fields.JSONField(
                    description="which papers are good for it",
                    encoder=functools.partial(dumps, separators=(",", ":")),
                    decoder=loads,
                ),
            ),
            (
                "lowest_level",
                fields.CharField(description="the lowest node that may confirm", max_length=24),
            ),
            ("valid_days_max", fields.IntField(null=True)),
        ],
        options={
            "table": "skill_rule",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A skill that counts only when verified: who may confirm it, on what, and for how long.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="Tag",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "organisation",
                fields.ForeignKeyField(
                    "core.Organisation",
                    source_field="organisation_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="tags",
                    on_delete=OnDelete.RESTRICT,
                ),
            ),
            ("name", fields.CharField(max_length=80)),
            ("meaning", fields.CharField(default="", max_length=400)),
            ("retired_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ],
        options={
            "table": "tag",
            "app": "core",
            "unique_together": (("organisation_id", "name"),),
            "pk_attr": "id",
            "table_description": "Owned by a city, district, street or neighbourhood, which alone assigns it.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="TagGrant",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "tag",
                fields.ForeignKeyField(
                    "core.Tag",
                    source_field="tag_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="grants",
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
                    related_name="tag_grants",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
        ],
        options={
            "table": "tag_grant",
            "app": "core",
            "unique_together": (("tag_id", "organisation_id"),),
            "pk_attr": "id",
            "table_description": "A lower node whose subtree may read the tag.",
        },
        bases=["Table"],
    ),
    ops.CreateModel(
        name="VolunteerTag",
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            (
                "tag",
                fields.ForeignKeyField(
                    "core.Tag",
                    source_field="tag_id",
                    db_constraint=True,
                    to_field="id",
                    related_name="people",
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
                    related_name="tags",
                    on_delete=OnDelete.CASCADE,
                ),
            ),
            ("account_id", fields.UUIDField(null=True)),
            ("import_id", fields.UUIDField(null=True)),
        ],
        options={
            "table": "volunteer_tag",
            "app": "core",
            "unique_together": (("tag_id", "volunteer_id"),),
            "pk_attr": "id",
            "table_description": "A person has a tag, given by hand or by an import.",
        },
        bases=["Table"],
    ),
)

CHANGED_TABLES = (
    ops.AlterModelOptions(
        name="Account",
        options={
            "table": "account",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A person who signs in. Staff have a name and a password; a volunteer's names the person.",
        },
    ),
    ops.AlterField(
        model_name="Account",
        name="name",
        field=fields.CharField(
            null=True, unique=True, description="to sign in with", max_length=120
        ),
    ),
    ops.AlterField(
        model_name="Account",
        name="password_hash",
        field=fields.CharField(null=True, max_length=255),
    ),
    ops.AlterField(
        model_name="Account",
        name="volunteer",
        field=fields.OneToOneField(
            "core.Volunteer",
            source_field="volunteer_id",
            null=True,
            db_constraint=True,
            to_field="id",
            related_name="account",
            on_delete=OnDelete.RESTRICT,
        ),
    ),
    ops.AddField(
        model_name="Account",
        name="display_name",
        field=fields.CharField(max_length=120),
    ),
    ops.AddField(
        model_name="Account",
        name="guardian_verified_at",
        field=fields.DatetimeField(
            null=True,
            description="somebody checked who this guardian is",
            auto_now=False,
            auto_now_add=False,
        ),
    ),
    ops.AddField(
        model_name="Account",
        name="guardian_verified_by",
        field=fields.UUIDField(null=True),
    ),
    ops.AddField(
        model_name="Account",
        name="invited_by",
        field=fields.UUIDField(null=True, description="the account that made this one"),
    ),
    ops.AddField(
        model_name="Account",
        name="state",
        field=fields.CharEnumField(
            default=AccountState.ACTIVE,
            description="ACTIVE: active\nLOCKED: locked\nCLOSED: closed",
            enum_type=AccountState,
            max_length=8,
        ),
    ),
    ops.AddField(
        model_name="Account",
        name="totp_cipher",
        field=fields.BinaryField(null=True),
    ),
    ops.AddField(
        model_name="Account",
        name="totp_step",
        field=fields.BigIntField(null=True),
    ),
    ops.RemoveField(model_name="Account", name="organisation"),
    ops.RemoveField(model_name="Account", name="role"),
    ops.AddField(
        model_name="Claim",
        name="organisation",
        field=fields.ForeignKeyField(
            "core.Organisation",
            source_field="organisation_id",
            db_index=True,
            db_constraint=True,
            to_field="id",
            related_name="claims",
            on_delete=OnDelete.RESTRICT,
        ),
    ),
    ops.AlterModelOptions(
        name="ImportBatch",
        options={
            "table": "import_batch",
            "app": "core",
            "pk_attr": "id",
            "table_description": "One upload with its report per row.",
        },
    ),
    ops.AlterField(
        model_name="ImportBatch",
        name="kind",
        field=fields.CharEnumField(
            description="PROBLEM: problem\nPEOPLE: people\nSHIFTS: shifts\nTAGS: tags",
            enum_type=ImportKind,
            max_length=12,
        ),
    ),
    ops.AlterField(
        model_name="ImportBatch",
        name="report",
        field=fields.BinaryField(),
    ),
    ops.AddField(
        model_name="ImportBatch",
        name="counts",
        field=fields.JSONField(
            description="of the report's rows, by outcome",
            encoder=functools.partial(dumps, separators=(",", ":")),
            decoder=loads,
        ),
    ),
    ops.RemoveConstraint(
        model_name="Membership",
        name=None,
        fields=["volunteer_id", "organisation_id"],
    ),
    ops.AddField(
        model_name="Membership",
        name="ends_on",
        field=fields.DateField(null=True, description="the last day"),
    ),
    ops.AddField(
        model_name="Membership",
        name="is_requested",
        field=fields.BooleanField(
            default=False,
            description="asked for by the person and not answered; counts for nothing",
        ),
    ),
    ops.AddField(
        model_name="Membership",
        name="kind",
        field=fields.CharEnumField(
            description="HOME: home\nUNIT: unit\nTEAM: team\nSTUDENT: student",
            enum_type=MembershipKind,
            max_length=8,
        ),
    ),
    ops.AddField(
        model_name="Membership",
        name="number",
        field=fields.CharField(
            default="", description="a student's or staff number", max_length=60
        ),
    ),
    ops.AddField(
        model_name="Membership",
        name="starts_on",
        field=fields.DateField(),
    ),
    ops.AddField(
        model_name="Organisation",
        name="code",
        field=fields.CharField(
            null=True, unique=True, description="region code of a level, 2–12 digits", max_length=12
        ),
    ),
    ops.AddField(
        model_name="Organisation",
        name="credit_code",
        field=fields.CharField(
            null=True, unique=True, description="统一社会信用代码 of any other body", max_length=18
        ),
    ),
    ops.AddField(
        model_name="Organisation",
        name="merged_into",
        field=fields.ForeignKeyField(
            "core.Organisation",
            source_field="merged_into_id",
            null=True,
            db_constraint=True,
            to_field="id",
            related_name="took_over",
            on_delete=OnDelete.RESTRICT,
        ),
    ),
    ops.AddField(
        model_name="Organisation",
        name="state",
        field=fields.CharEnumField(
            default=OrganisationState.ACTIVE,
            description="ACTIVE: active\nMERGED: merged\nCLOSED: closed",
            enum_type=OrganisationState,
            max_length=8,
        ),
    ),
    ops.AlterModelOptions(
        name="SignInFailure",
        options={
            "table": "sign_in_failure",
            "app": "core",
            "pk_attr": "id",
            "table_description": "A wrong answer for a name or number that may not even exist; it is not kept itself.",
        },
    ),
    ops.AddField(
        model_name="SignInSession",
        name="device",
        field=fields.CharField(default="", description="browser and system, coarse", max_length=60),
    ),
    ops.AddField(
        model_name="SignInSession",
        name="has_second_factor",
        field=fields.BooleanField(
            default=False, description="only then do the account's roles count"
        ),
    ),
    ops.AddField(
        model_name="SignInSession",
        name="ended_reason",
        field=fields.CharField(default="", max_length=24),
    ),
    ops.AddField(
        model_name="SignInSession",
        name="method",
        field=fields.CharEnumField(
            description="PHONE: phone\nPASSWORD: password\nPROVIDER: provider",
            enum_type=SignInMethod,
            max_length=8,
        ),
    ),
    ops.AddField(
        model_name="SignInSession",
        name="seen_at",
        field=fields.DatetimeField(auto_now=False, auto_now_add=False),
    ),
    ops.AddField(
        model_name="Volunteer",
        name="active_at",
        field=fields.DatetimeField(
            description="when the person was last heard of, for retention",
            auto_now=False,
            auto_now_add=True,
        ),
    ),
    ops.AddField(
        model_name="Volunteer",
        name="age",
        field=fields.SmallIntField(),
    ),
    ops.AddField(
        model_name="Volunteer",
        name="is_matched",
        field=fields.BooleanField(default=True, description="may be proposed for shifts"),
    ),
    ops.AddField(
        model_name="Volunteer",
        name="is_on_call",
        field=fields.BooleanField(default=False, description="may be called in an emergency"),
    ),
    ops.AddField(
        model_name="Volunteer",
        name="state",
        field=fields.CharEnumField(
            default=VolunteerState.ACTIVE,
            description="ACTIVE: active\nMERGED: merged\nERASED: erased",
            enum_type=VolunteerState,
            max_length=8,
        ),
    ),
    ops.RemoveField(model_name="Volunteer", name="birth_date"),
    ops.AddField(
        model_name="VolunteerSkill",
        name="evidence_kind",
        field=fields.CharField(default="", max_length=24),
    ),
    ops.AddField(
        model_name="VolunteerSkill",
        name="reason",
        field=fields.CharField(default="", max_length=400, description="why it was refused"),
    ),
    ops.AddField(
        model_name="VolunteerSkill",
        name="reminded_on",
        field=fields.DateField(null=True, description="when the end was last announced"),
    ),
    ops.AddField(
        model_name="VolunteerSkill",
        name="state",
        field=fields.CharEnumField(
            default=SkillState.DECLARED,
            description="DECLARED: declared\nVERIFIED: verified\nREFUSED: refused",
            enum_type=SkillState,
            max_length=8,
        ),
    ),
    ops.AddField(
        model_name="VolunteerSkill",
        name="verified_at",
        field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
    ),
    ops.AddField(
        model_name="VolunteerSkill",
        name="verified_by",
        field=fields.UUIDField(null=True, description="who decided last, either way"),
    ),
)

# What the tables' changes are to the database. Columns that cannot stay empty get their first
# values here; columns whose contents move elsewhere go in the next migration.
CHANGES = """
    ALTER TABLE account ALTER COLUMN name DROP NOT NULL,
        ALTER COLUMN password_hash DROP NOT NULL,
        ADD COLUMN display_name varchar(120),
        ADD COLUMN totp_cipher bytea, ADD COLUMN totp_step bigint,
        ADD COLUMN state varchar(8) NOT NULL DEFAULT 'active',
        ADD COLUMN guardian_verified_at timestamptz, ADD COLUMN guardian_verified_by uuid,
        ADD COLUMN invited_by uuid;
    UPDATE account SET display_name = name;
    ALTER TABLE account ALTER COLUMN display_name SET NOT NULL, ALTER COLUMN state DROP DEFAULT;
    ALTER TABLE sign_in_session ADD COLUMN method varchar(8) NOT NULL DEFAULT 'password',
        ADD COLUMN has_second_factor boolean NOT NULL DEFAULT false,
        ADD COLUMN device varchar(60) NOT NULL DEFAULT '',
        ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN ended_reason varchar(24) NOT NULL DEFAULT '';
    ALTER TABLE sign_in_session ALTER COLUMN method DROP DEFAULT,
        ALTER COLUMN has_second_factor DROP DEFAULT,
        ALTER COLUMN device DROP DEFAULT, ALTER COLUMN seen_at DROP DEFAULT,
        ALTER COLUMN ended_reason DROP DEFAULT;
    ALTER TABLE organisation ADD COLUMN code varchar(12) UNIQUE,
        ADD COLUMN credit_code varchar(18) UNIQUE,
        ADD COLUMN state varchar(8) NOT NULL DEFAULT 'active',
        ADD COLUMN merged_into_id uuid REFERENCES organisation (id) ON DELETE RESTRICT;
    ALTER TABLE organisation ALTER COLUMN state DROP DEFAULT;
    ALTER TABLE volunteer ADD COLUMN age smallint NOT NULL DEFAULT 0,
        ADD COLUMN state varchar(8) NOT NULL DEFAULT 'active',
        ADD COLUMN is_on_call boolean NOT NULL DEFAULT false,
        ADD COLUMN is_matched boolean NOT NULL DEFAULT true,
        ADD COLUMN active_at timestamptz NOT NULL DEFAULT now();
    ALTER TABLE volunteer ALTER COLUMN age DROP DEFAULT, ALTER COLUMN state DROP DEFAULT,
        ALTER COLUMN is_on_call DROP DEFAULT, ALTER COLUMN is_matched DROP DEFAULT,
        ALTER COLUMN active_at DROP DEFAULT;
    ALTER TABLE membership ADD COLUMN kind varchar(8) NOT NULL DEFAULT 'team',
        ADD COLUMN number varchar(60) NOT NULL DEFAULT '',
        ADD COLUMN starts_on date NOT NULL DEFAULT '2000-01-01', ADD COLUMN ends_on date,
        ADD COLUMN is_requested boolean NOT NULL DEFAULT false;
    ALTER TABLE membership ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN number DROP DEFAULT,
        ALTER COLUMN starts_on DROP DEFAULT, ALTER COLUMN is_requested DROP DEFAULT;
    ALTER TABLE volunteer_skill ADD COLUMN evidence_kind varchar(24) NOT NULL DEFAULT '',
        ADD COLUMN state varchar(8) NOT NULL DEFAULT 'declared',
        ADD COLUMN reason varchar(400) NOT NULL DEFAULT '',
        ADD COLUMN verified_by uuid, ADD COLUMN verified_at timestamptz,
        ADD COLUMN reminded_on date;
    ALTER TABLE volunteer_skill ALTER COLUMN evidence_kind DROP DEFAULT,
        ALTER COLUMN reason DROP DEFAULT, ALTER COLUMN state DROP DEFAULT;
    ALTER TABLE claim ADD COLUMN organisation_id uuid REFERENCES organisation (id);
    CREATE INDEX claim_of_organisation ON claim (organisation_id);
    -- Reports and contents quote people in clear: those of uploads before this are let go.
    DELETE FROM import_batch;
    ALTER TABLE import_batch DROP COLUMN report, ADD COLUMN report bytea NOT NULL,
        ADD COLUMN counts jsonb NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_constraints")]

    operations = [Together(NEW_TABLES), Described(CHANGED_TABLES), ops.RunSQL(CHANGES)]
