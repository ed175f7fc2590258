"""Planning runs and their results."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class RoundState(StrEnum):
    DRAFT = "draft"
    SOLVING = "solving"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DISCARDED = "discarded"
    CANCELLED = "cancelled"
    FAILED = "failed"
    STALE = "stale"


class Round(Table):
    """A planning run of an organisation's subtree over a horizon.

    `attempt` is the fencing token: a result is stored only by the attempt that the row names.
    """

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="rounds", on_delete=fields.RESTRICT, db_index=True
    )
    organisation_id: Any
    requested_by: Any = fields.ForeignKeyField(
        "core.Account", related_name="rounds", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    horizon_start = fields.DatetimeField()
    horizon_end = fields.DatetimeField()
    offset_minutes = fields.SmallIntField()
    rules: Any = fields.JSONField(default=dict)
    weights: Any = fields.JSONField(default=dict)
    seconds_max = fields.IntField(default=20)
    seed = fields.IntField(default=1)
    state = fields.CharEnumField(RoundState, max_length=12, default=RoundState.DRAFT)
    attempt = fields.IntField(default=0)
    failures = fields.IntField(default=0)
    lease_until = fields.DatetimeField(null=True)
    cancel_requested = fields.BooleanField(default=False)
    progress: Any = fields.JSONField(default=dict)
    problem_digest = fields.CharField(max_length=64, null=True)
    failure: Any = fields.JSONField(null=True)
    started_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    publish_asked_at = fields.DatetimeField(null=True)
    publish_deadline_at = fields.DatetimeField(null=True)
    published_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "round"


class Plan(Table):
    """The result of a round. A new solve of the round replaces it.

    `report` says who got how much, in groups; `trade_off` and what hangs on the lines and gaps are
    added by a job of its own, which notes in `explained_at` that it came by. `certificate` proves
    the bounds: JSON as of `matcher.solve.certificate`, compressed by zlib; None where no bound is
    from a relaxation.
    """

    round: Any = fields.OneToOneField("core.Round", related_name="plan", on_delete=fields.CASCADE)
    attempt = fields.IntField()
    status = fields.CharField(max_length=12)
    score_shortfall = fields.BigIntField()
    score_open = fields.BigIntField()
    score_cost = fields.BigIntField()
    bound_shortfall = fields.BigIntField()
    bound_open = fields.BigIntField()
    bound_cost = fields.BigIntField()
    bound_from: Any = fields.JSONField()
    seconds = fields.FloatField()
    volunteers_count = fields.IntField()
    seats_count = fields.IntField()
    report: Any = fields.JSONField(null=True)
    trade_off: Any = fields.JSONField(null=True)
    explained_at = fields.DatetimeField(null=True)
    certificate = fields.BinaryField(null=True)

    class Meta:
        table = "plan"


class PlanLine(Table):
    """One assignment of a plan. `fixed` lines were promised before the round.

    `why` holds what the line costs in parts, and what the plan would be without it.
    """

    plan: Any = fields.ForeignKeyField("core.Plan", related_name="lines", on_delete=fields.CASCADE)
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="plan_lines", on_delete=fields.CASCADE, db_index=True
    )
    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="plan_lines", on_delete=fields.CASCADE, db_index=True
    )
    role: Any = fields.ForeignKeyField(
        "core.Role", related_name="plan_lines", on_delete=fields.CASCADE, db_index=True
    )
    fixed = fields.BooleanField(default=False)
    why: Any = fields.JSONField(null=True)

    class Meta:
        table = "plan_line"
        unique_together = (("plan_id", "volunteer_id", "shift_id"),)


class PlanGap(Table):
    """Seats a plan leaves empty, with the counted reasons of the volunteers not on the shift.

    `would_fill` holds the cheapest changes that would fill one, once they are worked out.
    """

    plan: Any = fields.ForeignKeyField("core.Plan", related_name="gaps", on_delete=fields.CASCADE)
    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="plan_gaps", on_delete=fields.CASCADE, db_index=True
    )
    role: Any = fields.ForeignKeyField(
        "core.Role", related_name="plan_gaps", on_delete=fields.CASCADE, db_index=True
    )
    missing = fields.IntField()
    reasons: Any = fields.JSONField()
    would_fill: Any = fields.JSONField(null=True)

    class Meta:
        table = "plan_gap"
        unique_together = (("plan_id", "role_id"),)


class PlanPart(Table):
    """A part of a round's problem while it is being solved, and what came of it.

    `problem` and `found` are as of `matcher.city.packing`: columns without ids and names. Workers
    take parts as they are free; `lease_id` fences off whoever was overtaken. Nothing of it outlives
    the solving.
    """

    round: Any = fields.ForeignKeyField(
        "core.Round", related_name="parts", on_delete=fields.CASCADE, db_index=True
    )
    attempt = fields.IntField()
    number = fields.IntField()
    seats = fields.IntField()
    problem = fields.BinaryField()
    ends_at = fields.DatetimeField()
    effort_of_a_seat = fields.FloatField(null=True)
    lease_id = fields.UUIDField(null=True)
    lease_until = fields.DatetimeField(null=True)
    tries = fields.IntField(default=0)
    found = fields.BinaryField(null=True)

    class Meta:
        table = "plan_part"
        unique_together = (("round_id", "attempt", "number"),)
