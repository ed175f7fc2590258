"""Who may sign in, by what means, with which rights, and the sessions that come of it."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class AccountState(StrEnum):
    ACTIVE = "active"
    LOCKED = "locked"
    CLOSED = "closed"


class Account(Table):
    """A person who signs in. Staff have a name and a password; a volunteer's names the person.

    The TOTP secret is encrypted; `totp_step` is the last time step that was used, so that a code
    is good once.
    """

    name = fields.CharField(max_length=120, unique=True, null=True, description="to sign in with")
    display_name = fields.CharField(max_length=120)
    password_hash = fields.CharField(max_length=255, null=True)
    totp_cipher = fields.BinaryField(null=True)
    totp_step = fields.BigIntField(null=True)
    volunteer: Any = fields.OneToOneField(
        "core.Volunteer", related_name="account", null=True, on_delete=fields.RESTRICT
    )
    state = fields.CharEnumField(AccountState, max_length=8, default=AccountState.ACTIVE)
    guardian_verified_at = fields.DatetimeField(
        null=True, description="somebody checked who this guardian is"
    )
    guardian_verified_by = fields.UUIDField(null=True)
    invited_by = fields.UUIDField(null=True, description="the account that made this one")

    volunteer_id: Any

    class Meta:
        table = "account"


class RoleName(StrEnum):
    """The roles that are held at a node. Volunteer and guardian are what a person is, not held."""

    ORGANISER = "organiser"
    SHIFT_LEAD = "shift_lead"
    REPORTER = "reporter"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    NODE_ADMINISTRATOR = "node_administrator"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"


class RoleGrant(Table):
    """A role of an account at a node, valid for its subtree until it is ended."""

    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="grants", on_delete=fields.RESTRICT, db_index=True
    )
    role = fields.CharEnumField(RoleName, max_length=24)
    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="grants", on_delete=fields.RESTRICT, db_index=True
    )
    approval: Any = fields.ForeignKeyField(
        "core.Approval", related_name="grants", null=True, on_delete=fields.RESTRICT
    )  # none: given at the founding, from the command line
    ends_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.UUIDField(null=True)

    class Meta:
        table = "role_grant"


class SignInMethod(StrEnum):
    PHONE = "phone"
    PASSWORD = "password"
    PROVIDER = "provider"


class SignInSession(Table):
    """A signed-in browser or script. Only the SHA-256 of its token is kept."""

    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="sessions", on_delete=fields.CASCADE, db_index=True
    )
    token_digest = fields.CharField(max_length=64, unique=True)
    method = fields.CharEnumField(SignInMethod, max_length=8)
    has_second_factor = fields.BooleanField(
        default=False, description="only then do the account's roles count"
    )
    device = fields.CharField(max_length=60, default="", description="browser and system, coarse")
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    ended_reason = fields.CharField(max_length=24, default="")

    class Meta:
        table = "sign_in_session"


class SignInCode(Table):
    """A one-time code that was sent to a number; neither the code nor the number is kept."""

    phone_index = fields.CharField(max_length=64, db_index=True)
    purpose = fields.CharField(max_length=16)
    code_digest = fields.CharField(max_length=64)
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="codes", null=True, on_delete=fields.CASCADE
    )  # who asked, where somebody is signed in
    client_index = fields.CharField(
        max_length=64, default="", db_index=True, description="from which address, keyed"
    )
    expires_at = fields.DatetimeField()
    attempts = fields.SmallIntField(default=0)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_code"


class SignInStep(Table):
    """A sign-in half done: what is proven so far, and what is still asked for.

    `known` is encrypted: it may hold a number or what an outside provider said.
    """

    token_digest = fields.CharField(max_length=64, unique=True)
    kind = fields.CharField(max_length=16)
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="steps", null=True, on_delete=fields.CASCADE
    )
    known = fields.BinaryField(null=True)
    expires_at = fields.DatetimeField()
    attempts = fields.SmallIntField(default=0)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_step"


class SignInFailure(Table):
    """A wrong answer for a name or number that may not even exist; it is not kept itself."""

    name_digest = fields.CharField(max_length=64, db_index=True)

    class Meta:
        table = "sign_in_failure"


class FormUse(Table):
    """A form that was sent: its token is good once. `outcome` is the address where it led."""

    token_digest = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    outcome = fields.CharField(max_length=700, default="")

    class Meta:
        table = "form_use"


class IdentityProvider(Table):
    """An OpenID provider of a school or district, whose people may sign in with it."""

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="providers", on_delete=fields.RESTRICT, db_index=True
    )
    key = fields.CharField(max_length=40, unique=True, description="in the address")
    title = fields.CharField(max_length=120, description="on the button")
    issuer = fields.CharField(max_length=400)
    client_id = fields.CharField(max_length=200)
    secret_cipher = fields.BinaryField(null=True)
    number_claim = fields.CharField(
        max_length=60, default="", description="the claim that holds a person's key at the node"
    )
    is_active = fields.BooleanField(default=True)

    class Meta:
        table = "identity_provider"


class Identity(Table):
    """Somebody at an outside provider, and the account that they are here.

    The digest is keyed, to find them by; the cipher lets a key rotation make it anew.
    """

    provider: Any = fields.ForeignKeyField(
        "core.IdentityProvider", related_name="identities", on_delete=fields.RESTRICT
    )
    subject_digest = fields.CharField(max_length=64)
    subject_cipher = fields.BinaryField()
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="identities", on_delete=fields.CASCADE, db_index=True
    )

    class Meta:
        table = "identity"
        unique_together = (("provider_id", "subject_digest"),)


class MachineClient(Table):
    """A program of an organisation: OAuth 2 client credentials with scopes, for its subtree."""

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="clients", on_delete=fields.RESTRICT, db_index=True
    )
    name = fields.CharField(max_length=120)
    secret_digest = fields.CharField(max_length=64)
    scopes: Any = fields.JSONField()
    account: Any = fields.OneToOneField(
        "core.Account", related_name="client", on_delete=fields.RESTRICT
    )  # under whose id its acts are recorded; nobody signs in to it
    approval: Any = fields.ForeignKeyField(
        "core.Approval", related_name="clients", null=True, on_delete=fields.RESTRICT
    )  # none: it waits for a second person, and gets no token
    used_at = fields.DatetimeField(null=True, description="when it last got a token")
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "machine_client"


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
