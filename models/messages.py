"""Short messages on their way to people."""

from typing import Any

from tortoise import fields

from models.base import Table


class Message(Table):
    """To a number, and what it says: both encrypted, both erased once it is sent or given up."""

    kind = fields.CharField(max_length=24)
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="messages", null=True, on_delete=fields.CASCADE
    )
    address_cipher = fields.BinaryField(null=True)
    text_cipher = fields.BinaryField(null=True)
    sent_at = fields.DatetimeField(null=True)
    given_up_at = fields.DatetimeField(null=True)
    attempts = fields.SmallIntField(default=0)

    class Meta:
        table = "message"
