"""What people agreed to, who agreed for them, and who received what of them."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class Consent(Table):
    """One answer to one purpose: given, refused, or given and withdrawn. Rows are never erased."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="consents", on_delete=fields.RESTRICT, db_index=True
    )
    purpose = fields.CharField(max_length=24)
    recipient = fields.CharField(max_length=80, default="", description="an outside one, by key")
    text_version = fields.CharField(max_length=24)
    is_given = fields.BooleanField()
    account_id = fields.UUIDField(description="who answered: the person or a guardian")
    withdrawn_at = fields.DatetimeField(null=True)
    withdrawn_by = fields.UUIDField(null=True)

    class Meta:
        table = "consent"


class GuardianshipState(StrEnum):
    REQUESTED = "requested"
    VERIFIED = "verified"
    REFUSED = "refused"
    ENDED = "ended"


class Guardianship(Table):
    """A grown-up who answers for somebody under 18; counts once somebody has verified it."""

    ward: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="guardians", on_delete=fields.RESTRICT, db_index=True
    )
    guardian: Any = fields.ForeignKeyField(
        "core.Account", related_name="wards", on_delete=fields.RESTRICT, db_index=True
    )
    relation = fields.CharField(max_length=24)
    state = fields.CharEnumField(GuardianshipState, max_length=12)
    evidence_kind = fields.CharField(max_length=24, default="", description="what was shown")
    decided_by = fields.UUIDField(null=True)
    decided_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "guardianship"


class GuardianCheckState(StrEnum):
    REQUESTED = "requested"
    VERIFIED = "verified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GuardianCheck(Table):
    """Somebody asks a node to see who they are, so that they can register a child under 14."""

    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="guardian_checks", on_delete=fields.RESTRICT, db_index=True
    )
    organisation: Any = fields.ForeignKeyField(
        "core.Organisation",
        related_name="guardian_checks",
        on_delete=fields.RESTRICT,
        db_index=True,
    )
    state = fields.CharEnumField(
        GuardianCheckState, max_length=12, default=GuardianCheckState.REQUESTED
    )
    children_max = fields.SmallIntField(default=0, description="so many the papers name")
    evidence_kind = fields.CharField(max_length=24, default="", description="what was shown")
    decided_by = fields.UUIDField(null=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "guardian_check"


class ActivityConsentState(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ActivityConsent(Table):
    """A guardian's answer to one shift for one minor, to one version of its risk statement."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="activity_consents", on_delete=fields.RESTRICT
    )
    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="activity_consents", on_delete=fields.RESTRICT, db_index=True
    )
    state = fields.CharEnumField(ActivityConsentState, max_length=10)
    risk_statement_version = fields.IntField()
    guardian_id = fields.UUIDField(null=True, description="the account that answered")
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "activity_consent"
        unique_together = (("volunteer_id", "shift_id"),)


class Disclosure(Table):
    """Personal data that somebody received: told to the person, for ever."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="disclosures", on_delete=fields.RESTRICT, db_index=True
    )
    recipient = fields.CharField(max_length=120)
    purpose = fields.CharField(max_length=80)
    fields_given: Any = fields.JSONField(description="the names of the fields, not their contents")
    basis = fields.CharField(max_length=24, description="consent, or a recorded statutory basis")
    account_id = fields.UUIDField(null=True)

    class Meta:
        table = "disclosure"


class DocumentNeed(Table):
    """Why the number of a document is asked of a person now: insurance, or one destination."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="document_needs", on_delete=fields.RESTRICT, db_index=True
    )
    purpose = fields.CharField(max_length=24)
    recipient = fields.CharField(max_length=80)
    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="document_needs", on_delete=fields.RESTRICT
    )
    account_id = fields.UUIDField()
    answered_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "document_need"


class ErasureReason(StrEnum):
    ASKED = "asked"
    RETENTION = "retention"


class Erasure(Table):
    """Somebody who is to be forgotten once the days of grace are over, or who has been.

    An account that is no volunteer (a guardian's) is forgotten by itself.
    """

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer",
        related_name="erasures",
        null=True,
        on_delete=fields.RESTRICT,
        db_index=True,
    )
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="erasures", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    reason = fields.CharEnumField(ErasureReason, max_length=12)
    due_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "erasure"


class RetentionRun(Table):
    """One look for people whose time has come: how many there were, and how many at most."""

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation",
        related_name="retention_runs",
        null=True,
        on_delete=fields.RESTRICT,
        db_index=True,
    )  # none: everywhere
    found_count = fields.IntField()
    touched_count = fields.IntField()
    people_max = fields.IntField()
    report: Any = fields.JSONField()

    class Meta:
        table = "retention_run"


class PersonMerge(Table):
    """Two rows that were one person. The merged row stays, and with it its history."""

    kept: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="merges", on_delete=fields.RESTRICT, db_index=True
    )
    merged: Any = fields.OneToOneField(
        "core.Volunteer", related_name="merged_by", on_delete=fields.RESTRICT
    )
    account_id = fields.UUIDField()
    reason = fields.CharField(max_length=400)

    class Meta:
        table = "person_merge"
