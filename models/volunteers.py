"""The supply: volunteers, what they can do, when, and what they like."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class VolunteerState(StrEnum):
    """A merged row lives on as the history of another; an erased one is nobody any more."""

    ACTIVE = "active"
    MERGED = "merged"
    ERASED = "erased"


class Volunteer(Table):
    """A person who gives time. Positions are WGS 84 degrees, limits are per planning horizon.

    `age` is in whole years, kept by a daily job: the day of birth itself is encrypted elsewhere.
    """

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation",
        related_name="registered",
        on_delete=fields.RESTRICT,
        db_index=True,
        description="who registered this person, and whose key `external_key` is",
    )
    external_key = fields.CharField(max_length=120)
    name = fields.CharField(max_length=120)
    age = fields.SmallIntField()
    state = fields.CharEnumField(VolunteerState, max_length=8, default=VolunteerState.ACTIVE)
    home_longitude = fields.FloatField(null=True)
    home_latitude = fields.FloatField(null=True)
    max_travel_m = fields.IntField(null=True)
    max_minutes = fields.IntField(default=2400)
    max_minutes_per_day = fields.IntField(default=480)
    max_shifts = fields.IntField(default=7)
    served_minutes = fields.IntField(default=0)
    is_on_call = fields.BooleanField(default=False, description="may be called in an emergency")
    is_matched = fields.BooleanField(default=True, description="may be proposed for shifts")
    active_at = fields.DatetimeField(
        auto_now_add=True, description="when the person was last heard of, for retention"
    )

    class Meta:
        table = "volunteer"
        unique_together = (("organisation_id", "external_key"),)


class DatumKind(StrEnum):
    BIRTH_DATE = "birth_date"
    PHONE = "phone"
    DOCUMENT = "document"
    EMAIL = "email"
    WECHAT = "wechat"


class PersonalDatum(Table):
    """One thing about one person, encrypted. `lookup` finds it again without knowing it.

    A phone of somebody who is no volunteer (staff, a guardian) belongs to the account. A day of
    birth is looked up together with the name, to find people who were registered twice.
    """

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="data", null=True, on_delete=fields.CASCADE
    )
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="data", null=True, on_delete=fields.CASCADE
    )
    kind = fields.CharEnumField(DatumKind, max_length=12)
    subkind = fields.CharField(max_length=24, default="", description="of a document: which")
    cipher = fields.BinaryField()
    lookup = fields.CharField(max_length=64, null=True, db_index=True)
    key_id = fields.CharField(max_length=16, db_index=True)
    verified_at = fields.DatetimeField(null=True)

    class Meta:
        table = "personal_datum"
        unique_together = (("volunteer_id", "kind"), ("account_id", "kind"))


class MembershipKind(StrEnum):
    HOME = "home"  # the home community: one half of 双报到
    UNIT = "unit"  # the employer or unit: the other half
    TEAM = "team"
    STUDENT = "student"


class Membership(Table):
    """A volunteer belongs to an organisation: one of the groups a role may ask for."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="memberships", on_delete=fields.CASCADE
    )
    organisation: Any = fields.ForeignKeyField(
        "core.Organisation",
        related_name="memberships",
        on_delete=fields.RESTRICT,
        db_index=True,
    )
    kind = fields.CharEnumField(MembershipKind, max_length=8)
    number = fields.CharField(max_length=60, default="", description="a student's or staff number")
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True, description="the last day")
    is_requested = fields.BooleanField(
        default=False, description="asked for by the person and not answered; counts for nothing"
    )

    class Meta:
        table = "membership"


class SkillRule(Table):
    """A skill that counts only when verified: who may confirm it, on what, and for how long."""

    skill = fields.CharField(max_length=80, unique=True)
    evidence_kinds: Any = fields.JSONField(description="which papers are good for it")
    lowest_level = fields.CharField(max_length=24, description="the lowest node that may confirm")
    valid_days_max = fields.IntField(null=True)

    class Meta:
        table = "skill_rule"


class SkillState(StrEnum):
    DECLARED = "declared"
    VERIFIED = "verified"
    REFUSED = "refused"


class VolunteerSkill(Table):
    """A skill at a level 1–5, on what evidence, and until when (none: does not expire)."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="skills", on_delete=fields.CASCADE
    )
    skill = fields.CharField(max_length=80)
    level = fields.SmallIntField()
    evidence = fields.CharField(max_length=400, default="")
    evidence_kind = fields.CharField(max_length=24, default="")
    expires_on = fields.DateField(null=True)
    state = fields.CharEnumField(SkillState, max_length=8, default=SkillState.DECLARED)
    reason = fields.CharField(max_length=400, default="", description="why it was refused")
    verified_by = fields.UUIDField(null=True, description="who decided last, either way")
    verified_at = fields.DatetimeField(null=True)
    reminded_on = fields.DateField(null=True, description="when the end was last announced")

    class Meta:
        table = "volunteer_skill"
        unique_together = (("volunteer_id", "skill"),)


class VolunteerLiking(Table):
    """How much a volunteer likes a cause, 0–3. A cause that is not named counts 1."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="likes", on_delete=fields.CASCADE
    )
    cause = fields.CharField(max_length=80)
    liking = fields.SmallIntField()

    class Meta:
        table = "volunteer_liking"
        unique_together = (("volunteer_id", "cause"),)


class AvailabilityWindow(Table):
    """A weekly window in the service's local time: Monday is 0, minutes run from midnight.

    `end_minute` may go on to 2880, so that one window can run over midnight into the next day.
    """

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="availability_windows", on_delete=fields.CASCADE
    )
    weekday = fields.SmallIntField()
    start_minute = fields.SmallIntField()
    end_minute = fields.SmallIntField()

    class Meta:
        table = "availability_window"
        unique_together = (("volunteer_id", "weekday", "start_minute"),)


class AvailabilityExceptionKind(StrEnum):
    OFF = "off"
    EXTRA = "extra"


class AvailabilityException(Table):
    """A span in which the weekly windows do not hold: off, or available beside them."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer",
        related_name="availability_exceptions",
        on_delete=fields.CASCADE,
        db_index=True,
    )
    kind = fields.CharEnumField(AvailabilityExceptionKind, max_length=8)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()

    class Meta:
        table = "availability_exception"


class Engagement(Table):
    """Service promised elsewhere, which this service does not plan but must keep clear of."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="engagements", on_delete=fields.CASCADE, db_index=True
    )
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    longitude = fields.FloatField(null=True)
    latitude = fields.FloatField(null=True)

    class Meta:
        table = "engagement"


class TogetherGroup(Table):
    """People who serve the same shifts or none."""

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation",
        related_name="together_groups",
        on_delete=fields.CASCADE,
        db_index=True,
    )
    buddy_group: Any = fields.OneToOneField(
        "core.BuddyGroup", related_name="together", on_delete=fields.CASCADE, null=True
    )  # where the people bound themselves

    class Meta:
        table = "together_group"


class TogetherMember(Table):
    group: Any = fields.ForeignKeyField(
        "core.TogetherGroup", related_name="members", on_delete=fields.CASCADE
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="together", on_delete=fields.CASCADE, db_index=True
    )

    class Meta:
        table = "together_member"
        unique_together = (("group_id", "volunteer_id"),)


class ApartPair(Table):
    """Two people who are never on one shift. Kept once, with the smaller id first."""

    one: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="apart_one", on_delete=fields.CASCADE
    )
    other: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="apart_other", on_delete=fields.CASCADE, db_index=True
    )

    class Meta:
        table = "apart_pair"
        unique_together = (("one_id", "other_id"),)
