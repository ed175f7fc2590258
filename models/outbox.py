"""Work to be handed to the queue, written in the transaction that caused it."""

from typing import Any

from tortoise import fields

from models.base import Table


class OutboxMessage(Table):
    """A job by name with ids as its arguments, sent when `sent_at` is set. No personal data."""

    job = fields.CharField(max_length=80)
    arguments: Any = fields.JSONField()
    sent_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)

    class Meta:
        table = "outbox_message"


class DailyRun(Table):
    """A job that comes once a day has been done for this local day."""

    job = fields.CharField(max_length=40)
    day = fields.DateField()

    class Meta:
        table = "daily_run"
        unique_together = (("job", "day"),)
