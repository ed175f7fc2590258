"""Messages on their way to people."""

from typing import Any

from tortoise import fields

from models.base import Table


class Message(Table):
    """One thing to be told once, by one channel.

    Either part of a notification, whose words and address are found when it goes; or to a number
    by itself: then both are here, encrypted, and erased once it is sent or given up. `handed_at`
    is committed before the channel is asked: whoever finds it without an end must ask the channel,
    never send again. Without `due_at` it waits for a `step` before it to fail.
    """

    kind = fields.CharField(max_length=40)
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    notification: Any = fields.ForeignKeyField(
        "core.Notification", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    robot: Any = fields.ForeignKeyField(
        "core.GroupRobot", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    channel = fields.CharField(max_length=12)
    step = fields.SmallIntField()
    address_cipher = fields.BinaryField(null=True)
    text_cipher = fields.BinaryField(null=True)
    due_at = fields.DatetimeField(null=True)
    good_until = fields.DatetimeField()
    handed_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    given_up_at = fields.DatetimeField(null=True)
    received_at = fields.DatetimeField(null=True)
    reference = fields.CharField(max_length=120, null=True)
    outcome = fields.CharField(max_length=60, null=True)
    attempts = fields.SmallIntField(default=0)

    class Meta:
        table = "message"
