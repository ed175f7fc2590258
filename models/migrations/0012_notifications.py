"""What people are told, by which channels, and what they answer from outside."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import new_id
from models.migration_steps import Described, wall


def _model(name: str, table: str, columns: dict[str, Any], **options: Any) -> ops.CreateModel:
    return ops.CreateModel(
        name=name,
        fields=[
            ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
            ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            *columns.items(),
        ],
        options={"table": table, "app": "core", "pk_attr": "id", **options},
        bases=["Table"],
    )


def _to(model: str, related_name: str, column: str, *, null: Any = False) -> Any:
    return fields.ForeignKeyField(
        f"core.{model}",
        source_field=column,
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.CASCADE,
        null=null,
    )


def _to_one(model: str, related_name: str, column: str) -> Any:
    return fields.OneToOneField(
        f"core.{model}",
        source_field=column,
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.CASCADE,
        null=True,
    )


def _moment(*, null: Any = False) -> Any:
    return fields.DatetimeField(auto_now=False, auto_now_add=False, null=null)


NEW_TABLES = (
    _model(
        "Notification",
        "notification",
        {
            "volunteer": _to("Volunteer", "notifications", "volunteer_id", null=True),
            "account": _to("Account", "notifications", "account_id", null=True),
            "kind": fields.CharField(max_length=40),
            "about": fields.UUIDField(null=True),
            "once": fields.CharField(max_length=160, null=True),
            "facts_cipher": fields.BinaryField(),
            "is_urgent": fields.BooleanField(),
            "good_until": _moment(),
            "opened_at": _moment(null=True),
            "written_in": fields.BigIntField(),
        },
    ),
    _model(
        "NotificationChoice",
        "notification_choice",
        {
            "volunteer": _to_one("Volunteer", "notification_choice", "volunteer_id"),
            "account": _to_one("Account", "notification_choice", "account_id"),
            "channels": fields.CharField(max_length=60),
            "language": fields.CharField(max_length=2),
            "quiet_from_minute": fields.SmallIntField(null=True),
            "quiet_until_minute": fields.SmallIntField(null=True),
            "changed_at": _moment(),
        },
    ),
    _model(
        "AnswerLink",
        "answer_link",
        {
            "offer": _to("Offer", "answer_links", "offer_id"),
            "volunteer": _to("Volunteer", "answer_links", "volunteer_id"),
            "token_digest": fields.CharField(max_length=64, unique=True),
            "expires_at": _moment(),
            "used_at": _moment(null=True),
        },
    ),
    _model(
        "MessagePermit",
        "message_permit",
        {
            "volunteer": _to("Volunteer", "message_permits", "volunteer_id"),
            "template": fields.CharField(max_length=80),
            "reference": fields.CharField(max_length=160, unique=True),
            "used_at": _moment(null=True),
            "used_by": fields.UUIDField(null=True),
        },
    ),
    _model(
        "GroupRobot",
        "group_robot",
        {
            "organisation": _to("Organisation", "group_robots", "organisation_id"),
            "name": fields.CharField(max_length=80),
            "address_cipher": fields.BinaryField(),
            "ended_at": _moment(null=True),
        },
    ),
    _model(
        "ChannelPace",
        "channel_pace",
        {"key": fields.CharField(max_length=80, unique=True), "next_at": _moment()},
    ),
    _model(
        "InboundAnswer",
        "inbound_answer",
        {
            "channel": fields.CharField(max_length=12),
            "reference": fields.CharField(max_length=120),
            "volunteer": _to("Volunteer", "inbound_answers", "volunteer_id", null=True),
            "text_cipher": fields.BinaryField(null=True),
            "meaning": fields.CharField(max_length=24),
        },
        unique_together=(("channel", "reference"),),
    ),
    ops.AddField(model_name="Offer", name="told_at", field=_moment(null=True)),
    ops.AlterField(model_name="Message", name="kind", field=fields.CharField(max_length=40)),
    *(
        ops.AddField(model_name="Message", name=name, field=field)
        for name, field in (
            ("notification", _to("Notification", "messages", "notification_id", null=True)),
            ("robot", _to("GroupRobot", "messages", "robot_id", null=True)),
            ("channel", fields.CharField(max_length=12)),
            ("step", fields.SmallIntField()),
            ("due_at", _moment(null=True)),
            ("good_until", _moment()),
            ("handed_at", _moment(null=True)),
            ("received_at", _moment(null=True)),
            ("reference", fields.CharField(max_length=120, null=True)),
            ("outcome", fields.CharField(max_length=60, null=True)),
        )
    ),
)

CHANGES = """
    CREATE TABLE notification (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        volunteer_id uuid REFERENCES volunteer (id) ON DELETE CASCADE,
        account_id uuid REFERENCES account (id) ON DELETE CASCADE,
        kind varchar(40) NOT NULL,
        about uuid,
        once varchar(160),
        facts_cipher bytea NOT NULL,
        is_urgent boolean NOT NULL,
        good_until timestamptz NOT NULL,
        opened_at timestamptz,
        written_in bigint NOT NULL,
        CONSTRAINT notification_of_one CHECK ((volunteer_id IS NULL) <> (account_id IS NULL)),
        CONSTRAINT notification_once_of_person UNIQUE (volunteer_id, once),
        CONSTRAINT notification_once_of_account UNIQUE (account_id, once)
    );
    CREATE INDEX notification_of_volunteer ON notification (volunteer_id, id DESC);
    CREATE INDEX notification_of_account ON notification (account_id, id DESC);
    CREATE INDEX notification_in_order ON notification (written_in);
    CREATE TABLE notification_choice (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        volunteer_id uuid UNIQUE REFERENCES volunteer (id) ON DELETE CASCADE,
        account_id uuid UNIQUE REFERENCES account (id) ON DELETE CASCADE,
        channels varchar(60) NOT NULL CONSTRAINT notification_choice_channels CHECK
            (channels ~ '^((sms|email|voice|wechat)(,(sms|email|voice|wechat))*)?$'),
        language varchar(2) NOT NULL
            CONSTRAINT notification_choice_language CHECK (language IN ('zh','en')),
        quiet_from_minute smallint,
        quiet_until_minute smallint,
        changed_at timestamptz NOT NULL,
        CONSTRAINT notification_choice_of_one
            CHECK ((volunteer_id IS NULL) <> (account_id IS NULL)),
        CONSTRAINT notification_choice_quiet CHECK (
            (quiet_from_minute IS NULL) = (quiet_until_minute IS NULL)
            AND quiet_from_minute BETWEEN 0 AND 1439 AND quiet_until_minute BETWEEN 0 AND 1439
            AND quiet_from_minute <> quiet_until_minute)
    );
    CREATE TABLE answer_link (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        offer_id uuid NOT NULL REFERENCES offer (id) ON DELETE CASCADE,
        volunteer_id uuid NOT NULL REFERENCES volunteer (id) ON DELETE CASCADE,
        token_digest varchar(64) NOT NULL UNIQUE
            CONSTRAINT answer_link_digest CHECK (token_digest ~ '^[0-9a-f]{64}$'),
        expires_at timestamptz NOT NULL,
        used_at timestamptz
    );
    CREATE INDEX answer_link_of_offer ON answer_link (offer_id);
    CREATE INDEX answer_link_of_volunteer ON answer_link (volunteer_id);
    CREATE TABLE message_permit (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        volunteer_id uuid NOT NULL REFERENCES volunteer (id) ON DELETE CASCADE,
        template varchar(80) NOT NULL,
        reference varchar(160) NOT NULL UNIQUE,
        used_at timestamptz,
        used_by uuid,
        CONSTRAINT message_permit_used_by CHECK ((used_at IS NULL) = (used_by IS NULL))
    );
    CREATE INDEX message_permit_unused ON message_permit (volunteer_id, template)
        WHERE used_at IS NULL;
    CREATE TABLE group_robot (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        organisation_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
        name varchar(80) NOT NULL CONSTRAINT group_robot_name CHECK (name <> ''),
        address_cipher bytea NOT NULL,
        ended_at timestamptz
    );
    CREATE INDEX group_robot_of_organisation ON group_robot (organisation_id);
    CREATE TABLE channel_pace (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        key varchar(80) NOT NULL UNIQUE,
        next_at timestamptz NOT NULL
    );
    CREATE TABLE inbound_answer (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        channel varchar(12) NOT NULL
            CONSTRAINT inbound_answer_channel CHECK (channel IN ('sms','voice','wechat','email')),
        reference varchar(120) NOT NULL,
        volunteer_id uuid REFERENCES volunteer (id) ON DELETE CASCADE,
        text_cipher bytea,
        meaning varchar(24) NOT NULL CONSTRAINT inbound_answer_meaning
            CHECK (meaning IN ('accepted','declined','too_late','refused','unread','unknown')),
        CONSTRAINT inbound_answer_once UNIQUE (channel, reference)
    );
    CREATE INDEX inbound_answer_of_volunteer ON inbound_answer (volunteer_id);

    ALTER TABLE offer ADD COLUMN told_at timestamptz;
    UPDATE offer SET told_at = created_at;
    CREATE INDEX offer_untold ON offer (created_at) WHERE told_at IS NULL;

    ALTER TABLE message
        ALTER COLUMN kind TYPE varchar(40),
        ADD COLUMN notification_id uuid REFERENCES notification (id) ON DELETE CASCADE,
        ADD COLUMN robot_id uuid REFERENCES group_robot (id) ON DELETE CASCADE,
        ADD COLUMN channel varchar(12) NOT NULL DEFAULT 'sms' CONSTRAINT message_channel
            CHECK (channel IN ('sms','email','voice','wechat','wecom')),
        ADD COLUMN step smallint NOT NULL DEFAULT 0,
        ADD COLUMN due_at timestamptz,
        ADD COLUMN good_until timestamptz,
        ADD COLUMN handed_at timestamptz,
        ADD COLUMN received_at timestamptz,
        ADD COLUMN reference varchar(120),
        ADD COLUMN outcome varchar(60);
    UPDATE message SET due_at = created_at, good_until = created_at + interval '1 day';
    ALTER TABLE message
        ALTER COLUMN channel DROP DEFAULT,
        ALTER COLUMN step DROP DEFAULT,
        ALTER COLUMN good_until SET NOT NULL,
        DROP CONSTRAINT message_sent_is_forgotten,
        ADD CONSTRAINT message_sent_is_forgotten CHECK (
            CASE WHEN sent_at IS NOT NULL OR given_up_at IS NOT NULL OR notification_id IS NOT NULL
            THEN text_cipher IS NULL AND address_cipher IS NULL
            ELSE text_cipher IS NOT NULL AND (address_cipher IS NULL) = (robot_id IS NOT NULL) END),
        ADD CONSTRAINT message_one_end CHECK (sent_at IS NULL OR given_up_at IS NULL),
        ADD CONSTRAINT message_once_by_channel UNIQUE (notification_id, channel);
    DROP INDEX message_unsent;
    CREATE INDEX message_unsent ON message (due_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
    CREATE UNIQUE INDEX message_by_reference ON message (channel, reference)
        WHERE reference IS NOT NULL;
    ALTER TABLE personal_datum DROP CONSTRAINT personal_datum_kind_known,
        ADD CONSTRAINT personal_datum_kind_known
            CHECK (kind IN ('birth_date','phone','document','email','wechat'));
"""

OWN = "volunteer_id = ANY ((SELECT scope_ids('persons'))::uuid[])"
MINE = f"{OWN} OR account_id = (SELECT scope_account())"
WITHIN = (
    "EXISTS (SELECT 1 FROM organisation_closure up WHERE up.descendant_id = organisation_id "
    "AND up.ancestor_id = ANY ((SELECT scope_ids('work'))::uuid[]))"
)
POLICIES: dict[str, str | tuple[str, str]] = {
    "notification": MINE,
    "notification_choice": MINE,
    "answer_link": ("false", "false"),
    "message_permit": (OWN, "false"),
    "group_robot": WITHIN,
    "channel_pace": ("false", "false"),
    "inbound_answer": (OWN, "false"),
}
"""What somebody is told is theirs alone; how it travels is the service's."""


class Migration(migrations.Migration):
    dependencies = [("core", "0011_my_shifts")]

    operations = [
        Described(NEW_TABLES),
        ops.RunSQL(CHANGES),
        *(ops.RunSQL(wall(table, rule)) for table, rule in POLICIES.items()),
    ]
