"""What was done with rights and personal data: a log, its chain, and acts that two people share."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class AuditEvent(Table):
    """One line of the log, written in the transaction of what it tells. No personal data.

    Ids are plain columns: the log outlives what it speaks of. Only ever added.
    """

    act = fields.CharField(max_length=40)
    account_id = fields.UUIDField(null=True, db_index=True)  # none: the service itself
    subject_kind = fields.CharField(max_length=24, default="")
    subject_id = fields.UUIDField(null=True, db_index=True)
    organisation_id = fields.UUIDField(null=True, db_index=True)
    facts: Any = fields.JSONField()
    transaction_number = fields.BigIntField(
        db_index=True, description="PostgreSQL's, by which the sealer knows what may still appear"
    )

    class Meta:
        table = "audit_event"


class AuditSeal(Table):
    """A line's place in the chain: `digest` is the SHA-256 of the digest before and the line."""

    number = fields.BigIntField(unique=True)
    event_id = fields.UUIDField(unique=True)
    digest = fields.CharField(max_length=64)
    sealed_below = fields.BigIntField(
        description="every line of a transaction with a lower number had its seal by then"
    )

    class Meta:
        table = "audit_seal"


class ApprovalKind(StrEnum):
    """What needs a second person. Later issues add their kinds here."""

    ROLE_GRANT = "role_grant"
    MASS_EXPORT = "mass_export"
    BACK_FILL = "back_fill"
    MASS_CALL_UP = "mass_call_up"
    CHILD_DATA = "child_data"
    MACHINE_CLIENT = "machine_client"


class ApprovalState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Approval(Table):
    """One person asks, a second approves; what was asked for is done with the approval."""

    kind = fields.CharEnumField(ApprovalKind, max_length=16)
    state = fields.CharEnumField(ApprovalState, max_length=12, default=ApprovalState.REQUESTED)
    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="approvals", on_delete=fields.RESTRICT, db_index=True
    )
    command: Any = fields.JSONField(description="what is to be done: ids only")
    reason = fields.CharField(max_length=400)
    requested_by = fields.UUIDField(db_index=True)
    concerns = fields.UUIDField(null=True, description="the account that gains; it cannot approve")
    decided_by = fields.UUIDField(null=True)
    decided_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "approval"
