"""What people are told, how they want to be told, and what they answer from outside."""

from typing import Any

from tortoise import fields

from models.base import Table


class Notification(Table):
    """One thing told to one person or one account. In the inbox it is this row.

    `once` is a key under which the same is never told twice; `written_in` numbers the transaction,
    so that whoever follows along misses nothing that was written earlier and committed later.
    """

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="notifications", null=True, on_delete=fields.CASCADE
    )
    account: Any = fields.ForeignKeyField(
        "core.Account", related_name="notifications", null=True, on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=40)
    about = fields.UUIDField(null=True)
    once = fields.CharField(max_length=160, null=True)
    facts_cipher = fields.BinaryField()
    is_urgent = fields.BooleanField()
    good_until = fields.DatetimeField()
    opened_at = fields.DatetimeField(null=True)
    written_in = fields.BigIntField()

    class Meta:
        table = "notification"


class NotificationChoice(Table):
    """How one person or account wants to be told. `channels`: in this order, with commas between;
    quiet hours are minutes of the local day."""

    volunteer: Any = fields.OneToOneField(
        "core.Volunteer", related_name="notification_choice", null=True, on_delete=fields.CASCADE
    )
    account: Any = fields.OneToOneField(
        "core.Account", related_name="notification_choice", null=True, on_delete=fields.CASCADE
    )
    channels = fields.CharField(max_length=60)
    language = fields.CharField(max_length=2)
    quiet_from_minute = fields.SmallIntField(null=True)
    quiet_until_minute = fields.SmallIntField(null=True)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "notification_choice"


class AnswerLink(Table):
    """A link in a message that answers one offer, once; only its digest is kept."""

    offer: Any = fields.ForeignKeyField(
        "core.Offer", related_name="answer_links", on_delete=fields.CASCADE, db_index=True
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="answer_links", on_delete=fields.CASCADE, db_index=True
    )
    token_digest = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "answer_link"


class MessagePermit(Table):
    """One consent to one message of the messaging app, as the app reported it; used up by one."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="message_permits", on_delete=fields.CASCADE, db_index=True
    )
    template = fields.CharField(max_length=80)
    reference = fields.CharField(max_length=160, unique=True)
    used_at = fields.DatetimeField(null=True)
    used_by = fields.UUIDField(null=True)  # the message

    class Meta:
        table = "message_permit"


class GroupRobot(Table):
    """A robot in a chat group of an organisation's organisers. Its address is a secret."""

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="group_robots", on_delete=fields.CASCADE, db_index=True
    )
    name = fields.CharField(max_length=80)
    address_cipher = fields.BinaryField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "group_robot"


class ChannelPace(Table):
    """When the next message may go this way: a provider's limit, kept by all workers together."""

    key = fields.CharField(max_length=80, unique=True)
    next_at = fields.DatetimeField()

    class Meta:
        table = "channel_pace"


class InboundAnswer(Table):
    """What somebody answered by text or keypad. What nobody could read waits for a person."""

    channel = fields.CharField(max_length=12)
    reference = fields.CharField(max_length=120)
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer",
        related_name="inbound_answers",
        null=True,
        on_delete=fields.CASCADE,
        db_index=True,
    )
    text_cipher = fields.BinaryField(null=True)
    meaning = fields.CharField(max_length=24)

    class Meta:
        table = "inbound_answer"
        unique_together = (("channel", "reference"),)
