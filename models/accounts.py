"""Who may sign in. The first, small form: a name, a password, one role."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class AccountRole(StrEnum):
    VOLUNTEER = "volunteer"
    ORGANISER = "organiser"


class Account(Table):
    """A sign-in. A volunteer's names the volunteer, an organiser's the organisation."""

    name = fields.CharField(max_length=120, unique=True)
    password_hash = fields.CharField(max_length=255)
    role = fields.CharEnumField(AccountRole, max_length=16)
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="accounts", null=True, on_delete=fields.CASCADE
    )  # At most one account for one person, by an index in the migrations.
    organisation: Any = fields.ForeignKeyField(
        "core.Organisation",
        related_name="accounts",
        null=True,
        on_delete=fields.CASCADE,
        db_index=True,
    )

    volunteer_id: Any
    organisation_id: Any

    class Meta:
        table = "account"


class SignInSession(Table):
    """A signed-in browser or script. Only the SHA-256 of its token is kept."""

    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="sessions", on_delete=fields.CASCADE, db_index=True
    )
    token_digest = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_session"


class SignInFailure(Table):
    """A wrong password for a name that may not even exist; the name itself is not kept."""

    name_digest = fields.CharField(max_length=64, db_index=True)

    class Meta:
        table = "sign_in_failure"


class IdempotencyRecord(Table):
    """The answer once given to one key of one account on one route, kept to be given again."""

    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="idempotency_records", on_delete=fields.CASCADE
    )
    route = fields.CharField(max_length=120)
    key = fields.CharField(max_length=255)
    fingerprint = fields.CharField(max_length=64)
    status = fields.SmallIntField(null=True)  # none: the first request is still running
    body = fields.BinaryField(null=True)
    headers: Any = fields.JSONField(default=dict)

    class Meta:
        table = "idempotency_record"
        unique_together = (("account_id", "route", "key"),)
