"""The demand: projects, their shifts, and the roles on a shift."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.base import Table


class ProjectState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class Project(Table):
    """Something an organisation does. It is published only with a risk statement (D1)."""

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="projects", on_delete=fields.RESTRICT, db_index=True
    )
    external_key = fields.CharField(max_length=120)
    name = fields.CharField(max_length=120)
    description = fields.TextField(default="")
    category = fields.CharField(max_length=80, null=True)
    state = fields.CharEnumField(ProjectState, max_length=12, default=ProjectState.DRAFT)
    risk_statement = fields.TextField(default="")
    risk_statement_version = fields.IntField(default=0)
    is_dangerous = fields.BooleanField(default=False)  # nobody serves without insurance (D2)
    is_heavy_risk = fields.BooleanField(default=False)  # nor without the signed agreement
    agreement_version = fields.IntField(default=0)  # of the words that count now; 0: none yet

    class Meta:
        table = "project"
        unique_together = (("organisation_id", "external_key"),)


class Agreement(Table):
    """The words that whoever serves in a project of heavy risk signs. Never changed: other words
    are another version."""

    project: Any = fields.ForeignKeyField(
        "core.Project", related_name="agreements", on_delete=fields.RESTRICT
    )
    version = fields.IntField()
    text = fields.TextField()

    class Meta:
        table = "agreement"
        unique_together = (("project_id", "version"),)


class AgreementSignature(Table):
    """Somebody signed one version of an agreement. Never changed, never taken away."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="agreement_signatures", on_delete=fields.RESTRICT
    )
    agreement: Any = fields.ForeignKeyField(
        "core.Agreement", related_name="signatures", on_delete=fields.RESTRICT, db_index=True
    )
    signed_at = fields.DatetimeField()

    class Meta:
        table = "agreement_signature"
        unique_together = (("volunteer_id", "agreement_id"),)


class InsurancePolicy(Table):
    """Covers who serves in a project from one moment to another, up to so many on one shift."""

    project: Any = fields.ForeignKeyField(
        "core.Project", related_name="policies", on_delete=fields.RESTRICT, db_index=True
    )
    insurer = fields.CharField(max_length=120)
    number = fields.CharField(max_length=120)
    covers_from = fields.DatetimeField()
    covers_until = fields.DatetimeField()
    people_max = fields.IntField(null=True)

    class Meta:
        table = "insurance_policy"
        unique_together = (("project_id", "number"),)


class Block(Table):
    """An organisation takes no claims of this person, at its node and below, until a moment."""

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="blocks", on_delete=fields.RESTRICT
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="blocks", on_delete=fields.CASCADE, db_index=True
    )
    ends_at = fields.DatetimeField()
    reason = fields.CharField(max_length=400)

    class Meta:
        table = "block"
        unique_together = (("organisation_id", "volunteer_id"),)


class ShiftState(StrEnum):
    OPEN = "open"
    CALLED_OFF = "called_off"


class ClaimMode(StrEnum):
    """How a seat is had: at once, with the organiser's yes, or by a draw among all who entered."""

    INSTANT = "instant"
    APPROVE = "approve"
    DRAW = "draw"


class Shift(Table):
    """A time and a place of a project. Positions are WGS 84 degrees.

    Claims may be made from `opens_at` on (None: at once); until `cutoff_minutes` before the start
    a seat is given back freely (None: the setting's).
    """

    project: Any = fields.ForeignKeyField(
        "core.Project", related_name="shifts", on_delete=fields.RESTRICT, db_index=True
    )
    external_key = fields.CharField(max_length=120)
    starts_at = fields.DatetimeField(db_index=True)
    ends_at = fields.DatetimeField()
    place = fields.CharField(max_length=200, default="")
    longitude = fields.FloatField(null=True)
    latitude = fields.FloatField(null=True)
    priority = fields.SmallIntField(default=5)
    cancel_below_minimum = fields.BooleanField(default=False)
    state = fields.CharEnumField(ShiftState, max_length=12, default=ShiftState.OPEN)
    claim_mode = fields.CharEnumField(ClaimMode, max_length=8, default=ClaimMode.INSTANT)
    opens_at = fields.DatetimeField(null=True)
    draw_at = fields.DatetimeField(null=True)
    cutoff_minutes = fields.IntField(null=True)
    version = fields.IntField(default=1)
    words: Any = ArrayField(
        element_type="text",
        null=True,
        description="what it is found by; none: to be cut anew (services.search_words)",
    )

    class Meta:
        table = "shift"
        unique_together = (("project_id", "external_key"),)


class ShiftDraw(Table):
    """A draw that was held: who entered is put in the order of SHA-256 of seed and claim."""

    shift: Any = fields.OneToOneField("core.Shift", related_name="draw", on_delete=fields.CASCADE)
    seed = fields.CharField(max_length=32)
    entered = fields.IntField()
    seated = fields.IntField()

    class Meta:
        table = "shift_draw"


class Role(Table):
    """Seats of one kind: at least `minimum`, planned up to `target`, never over `maximum`.

    `held` counts the claims that hold a seat; a trigger keeps it and a check bounds it.
    """

    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="roles", on_delete=fields.CASCADE
    )
    key = fields.CharField(max_length=120)
    name = fields.CharField(max_length=120)
    minimum = fields.IntField(default=0)
    target = fields.IntField()
    maximum = fields.IntField()
    min_age = fields.SmallIntField(default=0)
    max_age = fields.SmallIntField(default=150)
    held = fields.IntField(default=0)

    class Meta:
        table = "role"
        unique_together = (("shift_id", "key"),)


class RoleSkill(Table):
    """A role asks for a skill at this level or above."""

    role: Any = fields.ForeignKeyField("core.Role", related_name="skills", on_delete=fields.CASCADE)
    skill = fields.CharField(max_length=80)
    level = fields.SmallIntField()

    class Meta:
        table = "role_skill"
        unique_together = (("role_id", "skill"),)


class RoleGroup(Table):
    """A role is for members of one of these organisations."""

    role: Any = fields.ForeignKeyField("core.Role", related_name="groups", on_delete=fields.CASCADE)
    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="role_groups", on_delete=fields.RESTRICT, db_index=True
    )

    class Meta:
        table = "role_group"
        unique_together = (("role_id", "organisation_id"),)


class TeamLine(Table):
    """A shift with anybody on it has at least `count` people with `skill` at `level`."""

    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="team_lines", on_delete=fields.CASCADE
    )
    skill = fields.CharField(max_length=80)
    level = fields.SmallIntField()
    count = fields.IntField()

    class Meta:
        table = "team_line"
        unique_together = (("shift_id", "skill", "level", "count"),)


class Invitation(Table):
    """The organiser asked for this person on this shift."""

    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="invitations", on_delete=fields.CASCADE
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="invitations", on_delete=fields.CASCADE, db_index=True
    )

    class Meta:
        table = "invitation"
        unique_together = (("shift_id", "volunteer_id"),)


class Exclusion(Table):
    """This person is never planned on this shift, and why in a short word."""

    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="exclusions", on_delete=fields.CASCADE
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="exclusions", on_delete=fields.CASCADE, db_index=True
    )
    reason = fields.CharField(max_length=80)

    class Meta:
        table = "exclusion"
        unique_together = (("shift_id", "volunteer_id", "reason"),)
