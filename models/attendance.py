"""Coming and going: who leads a shift, who was there from when to when, and what was said after."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class Evidence(StrEnum):
    """By what a moment of coming or going is known."""

    QR = "qr"
    QR_LATER = "qr_later"  # scanned without a network and sent afterwards
    CODE = "code"
    LEAD = "lead"
    DECISION = "decision"  # what an organiser decided about an objection or a dispute
    CAPPED = "capped"  # nobody said when; the planned end stands for it


class Whereabouts(StrEnum):
    """What a position was compared to; the position itself is never kept."""

    UNKNOWN = "unknown"
    INSIDE = "inside"
    OUTSIDE = "outside"


class ShiftLead(Table):
    """An account that an organiser named to lead one shift."""

    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="leads", on_delete=fields.CASCADE
    )
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="led_shifts", on_delete=fields.RESTRICT, db_index=True
    )
    named_by = fields.UUIDField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "shift_lead"


class ShiftCheck(Table):
    """How people check in on a shift: the key of its codes, and how near they have to be."""

    shift: Any = fields.OneToOneField("core.Shift", related_name="check", on_delete=fields.CASCADE)
    key_cipher = fields.BinaryField()
    geofence_m = fields.IntField(null=True)

    class Meta:
        table = "shift_check"


class Attendance(Table):
    """From when to when somebody was there, and by what each of the two is known."""

    claim: Any = fields.OneToOneField(
        "core.Claim", related_name="attendance", on_delete=fields.RESTRICT
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="attendances", on_delete=fields.RESTRICT, db_index=True
    )
    in_at = fields.DatetimeField()
    in_evidence = fields.CharEnumField(Evidence, max_length=12)
    in_place = fields.CharEnumField(Whereabouts, max_length=8)
    in_recorded_at = fields.DatetimeField()
    in_by = fields.UUIDField()
    out_at = fields.DatetimeField(null=True)
    out_evidence = fields.CharEnumField(Evidence, max_length=12, null=True)
    out_place = fields.CharEnumField(Whereabouts, max_length=8, null=True)
    out_recorded_at = fields.DatetimeField(null=True)
    out_by = fields.UUIDField(null=True, description="none: nobody said so, it was capped")
    needs_confirmation = fields.BooleanField(default=False)
    confirmed_at = fields.DatetimeField(null=True)
    confirmed_by = fields.UUIDField(null=True)
    corrected_at = fields.DatetimeField(null=True)
    corrected_by = fields.UUIDField(null=True)
    struck_at = fields.DatetimeField(null=True, description="corrected to: was never there")

    class Meta:
        table = "attendance"


class AttendanceVersion(Table):
    """What a stay said before it was changed; written by the database, never changed itself."""

    claim: Any = fields.ForeignKeyField(
        "core.Claim", related_name="attendance_versions", on_delete=fields.RESTRICT
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer",
        related_name="attendance_versions",
        on_delete=fields.RESTRICT,
        db_index=True,
    )
    number = fields.IntField()
    in_at = fields.DatetimeField()
    in_evidence = fields.CharEnumField(Evidence, max_length=12)
    in_recorded_at = fields.DatetimeField()
    in_by = fields.UUIDField()
    out_at = fields.DatetimeField()
    out_evidence = fields.CharEnumField(Evidence, max_length=12)
    out_recorded_at = fields.DatetimeField()
    out_by = fields.UUIDField(null=True)
    needs_confirmation = fields.BooleanField(default=False)
    confirmed_at = fields.DatetimeField(null=True)
    confirmed_by = fields.UUIDField(null=True)
    corrected_at = fields.DatetimeField(null=True)
    corrected_by = fields.UUIDField(null=True)
    struck_at = fields.DatetimeField(null=True)

    class Meta:
        table = "attendance_version"
        unique_together = (("claim_id", "number"),)


class DisputeState(StrEnum):
    """What became of a dispute."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


class Dispute(Table):
    """What a person says against a stay in their name, and what an organiser answered."""

    claim: Any = fields.ForeignKeyField(
        "core.Claim", related_name="disputes", on_delete=fields.RESTRICT, db_index=True
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="disputes", on_delete=fields.RESTRICT, db_index=True
    )
    state = fields.CharEnumField(DisputeState, max_length=8, default=DisputeState.OPEN)
    text_cipher = fields.BinaryField(null=True, description="none: the person was forgotten")
    due_at = fields.DatetimeField()
    reminded_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.UUIDField(null=True)
    answer_cipher = fields.BinaryField(null=True)

    class Meta:
        table = "dispute"


class AbsenceOutcome(StrEnum):
    """What was decided about an objection."""

    STANDS = "stands"
    EXCUSED = "excused"
    SERVED = "served"


class Absence(Table):
    """A lead marked somebody as not come; the person may object for a while."""

    claim: Any = fields.OneToOneField(
        "core.Claim", related_name="absence", on_delete=fields.RESTRICT
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="absences", on_delete=fields.RESTRICT, db_index=True
    )
    marked_by = fields.UUIDField()
    object_until = fields.DatetimeField()
    objected_at = fields.DatetimeField(null=True)
    objection_cipher = fields.BinaryField(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.UUIDField(null=True)
    outcome = fields.CharEnumField(AbsenceOutcome, max_length=8, null=True)

    class Meta:
        table = "absence"


class EvaluationAbout(StrEnum):
    """What an evaluation is of."""

    SHIFT = "shift"
    VOLUNTEER = "volunteer"


class Evaluation(Table):
    """How it was: the person's of the shift, or the lead's of the person's service. Few taps."""

    claim: Any = fields.ForeignKeyField(
        "core.Claim", related_name="evaluations", on_delete=fields.RESTRICT, db_index=True
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="evaluations", on_delete=fields.RESTRICT, db_index=True
    )
    about = fields.CharEnumField(EvaluationAbout, max_length=10)
    stars = fields.SmallIntField()
    words: Any = fields.JSONField(description="codes from a fixed list, no text")
    given_by = fields.UUIDField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "evaluation"


class SafetyReportKind(StrEnum):
    ACCIDENT = "accident"
    HARASSMENT = "harassment"
    MINOR_SAFETY = "minor_safety"


class SafetyReportState(StrEnum):
    SENT = "sent"
    TAKEN = "taken"
    CLOSED = "closed"


class SafetyReport(Table):
    """What went wrong on a shift, told in confidence to a level above those who run it."""

    kind = fields.CharEnumField(SafetyReportKind, max_length=12)
    state = fields.CharEnumField(SafetyReportState, max_length=8, default=SafetyReportState.SENT)
    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="safety_reports", on_delete=fields.RESTRICT, db_index=True
    )
    recipient: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="safety_reports", on_delete=fields.RESTRICT, db_index=True
    )
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="safety_reports", on_delete=fields.RESTRICT, db_index=True
    )
    is_anonymous = fields.BooleanField(default=False)
    text_cipher = fields.BinaryField()
    taken_by = fields.UUIDField(null=True)
    taken_at = fields.DatetimeField(null=True)
    closed_by = fields.UUIDField(null=True)
    closed_at = fields.DatetimeField(null=True)
    answer_cipher = fields.BinaryField(null=True)

    class Meta:
        table = "safety_report"
