"""What people do with the shifts they hold: hand them on, come together, come every week."""

import functools
from json import dumps, loads
from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import new_id
from models.migration_steps import Described, wall
from models.my_shifts import BuddyState, HandOverState


def _table(name: str, table: str, *columns: tuple[str, Any], once: Any = ()) -> Any:
    own: list[tuple[str, Any]] = [
        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
        ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
    ]
    options = {"table": table, "app": "core", "unique_together": once, "pk_attr": "id"}
    return ops.CreateModel(name=name, fields=[*own, *columns], options=options, bases=["Table"])


def _key(name: str, model: str, related: str, **given: Any) -> tuple[str, Any]:
    return name, fields.ForeignKeyField(
        f"core.{model}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=related,
        on_delete=OnDelete.CASCADE,
        **given,
    )


def _only_key(name: str, model: str, related: str, **given: Any) -> tuple[str, Any]:
    return name, fields.OneToOneField(
        f"core.{model}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=related,
        on_delete=OnDelete.CASCADE,
        **given,
    )


def _moment(name: str, **given: Any) -> tuple[str, Any]:
    return name, fields.DatetimeField(auto_now=False, auto_now_add=False, **given)


def _state(states: Any, first: Any) -> tuple[str, Any]:
    return "state", fields.CharEnumField(
        description="\n".join(f"{each.name}: {each.value}" for each in states),
        enum_type=states,
        max_length=10,
        default=first,
    )


TABLES = (
    _table(
        "HandOver",
        "hand_over",
        _key("claim", "Claim", "hand_overs", db_index=True),
        _key("volunteer", "Volunteer", "hand_overs", null=True, db_index=True),
        ("is_open_to_all", fields.BooleanField()),
        _key("wanted", "Claim", "swaps", null=True, db_index=True),
        ("code", fields.CharField(max_length=32)),
        ("risk_statement_version", fields.IntField(null=True)),
        _state(HandOverState, HandOverState.OPEN),
        _moment("answered_at", null=True),
        _key("taken", "Claim", "taken_over", null=True, db_index=True),
        once=(("code",),),
    ),
    _table(
        "BuddyGroup",
        "buddy_group",
        _key("shift", "Shift", "buddy_groups", db_index=True),
        ("code", fields.CharField(max_length=32)),
        ("size", fields.SmallIntField()),
        _state(BuddyState, BuddyState.GATHERING),
        ("is_planned_together", fields.BooleanField()),
        once=(("code",),),
    ),
    _table(
        "BuddyMember",
        "buddy_member",
        _key("group", "BuddyGroup", "members"),
        _key("volunteer", "Volunteer", "buddies", db_index=True),
        ("risk_statement_version", fields.IntField()),
        _moment("left_at", null=True),
        _key("claim", "Claim", "buddies", null=True, db_index=True),
        once=(("group_id", "volunteer_id"),),
    ),
    _table(
        "Series",
        "series",
        _key("volunteer", "Volunteer", "series", db_index=True),
        _key("project", "Project", "series", db_index=True),
        ("weekday", fields.SmallIntField()),
        ("start_minute", fields.SmallIntField()),
        ("role_key", fields.CharField(max_length=120, null=True)),
        ("risk_statement_version", fields.IntField()),
        ("starts_on", fields.DateField()),
        ("ends_on", fields.DateField(null=True)),
        _moment("ended_at", null=True),
        ("version", fields.IntField(default=1)),
    ),
    _table(
        "SeriesSkip",
        "series_skip",
        _key("series", "Series", "skips"),
        ("day", fields.DateField()),
        once=(("series_id", "day"),),
    ),
    _table(
        "SeriesOutcome",
        "series_outcome",
        _key("series", "Series", "outcomes"),
        _key("shift", "Shift", "series_outcomes", db_index=True),
        _key("claim", "Claim", "series_outcomes", null=True, db_index=True),
        ("reason", fields.CharField(max_length=40, null=True)),
        once=(("series_id", "shift_id"),),
    ),
    _table(
        "CalendarFeed",
        "calendar_feed",
        _only_key("volunteer", "Volunteer", "calendar_feed"),
        ("token_digest", fields.CharField(max_length=64)),
        once=(("token_digest",),),
    ),
    _table(
        "ReminderSetting",
        "reminder_setting",
        _only_key("volunteer", "Volunteer", "reminder_setting"),
        (
            "lead_minutes",
            fields.JSONField(
                encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
            ),
        ),
    ),
    _table(
        "Reminder",
        "reminder",
        _key("volunteer", "Volunteer", "reminders", db_index=True),
        _key("claim", "Claim", "reminders"),
        ("lead_minutes", fields.IntField()),
        _moment("starts_at"),
        _moment("due_at"),
        _moment("sent_at", null=True),
        once=(("claim_id", "lead_minutes", "starts_at"),),
    ),
    ops.AddField("Claim", "coming_at", _moment("coming_at", null=True)[1]),
    ops.AddField("Claim", "asked_until", _moment("asked_until", null=True)[1]),
    ops.AddField(
        "TogetherGroup",
        "buddy_group",
        _only_key("buddy_group", "BuddyGroup", "together", null=True)[1],
    ),
)

CHANGES = """
    ALTER TABLE claim ADD COLUMN coming_at timestamptz, ADD COLUMN asked_until timestamptz;
    CREATE INDEX claim_asked_again ON claim (asked_until) WHERE asked_until IS NOT NULL;
    CREATE INDEX claim_to_come ON claim (starts_at) WHERE state = 'confirmed';
    CREATE INDEX claim_seeking ON claim (ends_at) WHERE state = 'seeking_standin';

    CREATE TABLE hand_over (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        claim_id uuid NOT NULL REFERENCES claim (id) ON DELETE CASCADE,
        volunteer_id uuid REFERENCES volunteer (id) ON DELETE CASCADE,
        is_open_to_all boolean NOT NULL,
        wanted_id uuid REFERENCES claim (id) ON DELETE CASCADE,
        code varchar(32) NOT NULL CONSTRAINT hand_over_code_once UNIQUE,
        risk_statement_version integer,
        state varchar(10) NOT NULL CONSTRAINT hand_over_state_known
            CHECK (state IN ('open','taken','declined','withdrawn','ended')),
        answered_at timestamptz,
        taken_id uuid REFERENCES claim (id) ON DELETE CASCADE,
        CONSTRAINT hand_over_answered CHECK ((state = 'open') = (answered_at IS NULL)),
        CONSTRAINT hand_over_taken_by_somebody CHECK ((state = 'taken') = (taken_id IS NOT NULL)),
        CONSTRAINT hand_over_to_one_or_all
            CHECK (NOT (is_open_to_all AND volunteer_id IS NOT NULL)),
        CONSTRAINT hand_over_swap_with_somebody CHECK (wanted_id IS NULL OR
            (volunteer_id IS NOT NULL AND wanted_id <> claim_id
                AND risk_statement_version IS NOT NULL))
    );
    CREATE INDEX hand_over_claim_id ON hand_over (claim_id);
    CREATE INDEX hand_over_volunteer_id ON hand_over (volunteer_id);
    CREATE INDEX hand_over_wanted_id ON hand_over (wanted_id);
    CREATE INDEX hand_over_taken_id ON hand_over (taken_id);
    -- One way at a time to be rid of a seat; proposals to swap stand beside it.
    CREATE UNIQUE INDEX hand_over_one_open ON hand_over (claim_id)
        WHERE state = 'open' AND wanted_id IS NULL;
    CREATE UNIQUE INDEX hand_over_one_swap ON hand_over (claim_id, wanted_id)
        WHERE state = 'open' AND wanted_id IS NOT NULL;

    CREATE TABLE buddy_group (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        shift_id uuid NOT NULL REFERENCES shift (id) ON DELETE CASCADE,
        code varchar(32) NOT NULL CONSTRAINT buddy_group_code_once UNIQUE,
        size smallint NOT NULL CONSTRAINT buddy_group_size CHECK (size BETWEEN 2 AND 8),
        state varchar(10) NOT NULL CONSTRAINT buddy_group_state_known
            CHECK (state IN ('gathering','claimed','ended')),
        is_planned_together boolean NOT NULL
    );
    CREATE INDEX buddy_group_shift_id ON buddy_group (shift_id);
    CREATE TABLE buddy_member (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        group_id uuid NOT NULL REFERENCES buddy_group (id) ON DELETE CASCADE,
        volunteer_id uuid NOT NULL REFERENCES volunteer (id) ON DELETE CASCADE,
        risk_statement_version integer NOT NULL,
        left_at timestamptz,
        claim_id uuid REFERENCES claim (id) ON DELETE CASCADE,
        CONSTRAINT buddy_member_once UNIQUE (group_id, volunteer_id)
    );
    CREATE INDEX buddy_member_volunteer_id ON buddy_member (volunteer_id);
    CREATE INDEX buddy_member_claim_id ON buddy_member (claim_id);
    -- However many press the link at once, a group has no more people than its size.
    CREATE FUNCTION buddy_group_not_overfull() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE places smallint;
    BEGIN
        SELECT size INTO places FROM buddy_group WHERE id = NEW.group_id FOR UPDATE;
        IF (SELECT count(*) FROM buddy_member WHERE group_id = NEW.group_id
            AND left_at IS NULL) > places THEN
            RAISE EXCEPTION 'buddy group % is full', NEW.group_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'buddy_group_not_overfull';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER buddy_group_places AFTER INSERT OR UPDATE OF left_at ON buddy_member
        FOR EACH ROW WHEN (NEW.left_at IS NULL) EXECUTE FUNCTION buddy_group_not_overfull();
    ALTER TABLE together_group ADD COLUMN buddy_group_id uuid
        CONSTRAINT together_group_buddy_group_once UNIQUE
        REFERENCES buddy_group (id) ON DELETE CASCADE;

    CREATE TABLE series (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        volunteer_id uuid NOT NULL REFERENCES volunteer (id) ON DELETE CASCADE,
        project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
        weekday smallint NOT NULL CONSTRAINT series_weekday CHECK (weekday BETWEEN 0 AND 6),
        start_minute smallint NOT NULL
            CONSTRAINT series_start_minute CHECK (start_minute BETWEEN 0 AND 1439),
        role_key varchar(120),
        risk_statement_version integer NOT NULL,
        starts_on date NOT NULL,
        ends_on date,
        ended_at timestamptz,
        version integer NOT NULL,
        CONSTRAINT series_days CHECK (ends_on >= starts_on)
    );
    CREATE INDEX series_volunteer_id ON series (volunteer_id);
    CREATE INDEX series_project_id ON series (project_id);
    CREATE UNIQUE INDEX series_one_of_a_time
        ON series (volunteer_id, project_id, weekday, start_minute) WHERE ended_at IS NULL;
    CREATE TABLE series_skip (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        series_id uuid NOT NULL REFERENCES series (id) ON DELETE CASCADE,
        day date NOT NULL,
        CONSTRAINT series_skip_once UNIQUE (series_id, day)
    );
    CREATE TABLE series_outcome (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        series_id uuid NOT NULL REFERENCES series (id) ON DELETE CASCADE,
        shift_id uuid NOT NULL REFERENCES shift (id) ON DELETE CASCADE,
        claim_id uuid REFERENCES claim (id) ON DELETE CASCADE,
        reason varchar(40),
        CONSTRAINT series_outcome_once UNIQUE (series_id, shift_id),
        CONSTRAINT series_outcome_claim_or_reason CHECK ((claim_id IS NULL) = (reason IS NOT NULL))
    );
    CREATE INDEX series_outcome_shift_id ON series_outcome (shift_id);
    CREATE INDEX series_outcome_claim_id ON series_outcome (claim_id);

    CREATE TABLE calendar_feed (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        volunteer_id uuid NOT NULL CONSTRAINT calendar_feed_one UNIQUE
            REFERENCES volunteer (id) ON DELETE CASCADE,
        token_digest varchar(64) NOT NULL CONSTRAINT calendar_feed_token_once UNIQUE
    );
    CREATE TABLE reminder_setting (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        volunteer_id uuid NOT NULL CONSTRAINT reminder_setting_one UNIQUE
            REFERENCES volunteer (id) ON DELETE CASCADE,
        lead_minutes jsonb NOT NULL
            CONSTRAINT reminder_setting_list CHECK (jsonb_typeof(lead_minutes) = 'array')
    );
    CREATE TABLE reminder (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL,
        volunteer_id uuid NOT NULL REFERENCES volunteer (id) ON DELETE CASCADE,
        claim_id uuid NOT NULL REFERENCES claim (id) ON DELETE CASCADE,
        lead_minutes integer NOT NULL CONSTRAINT reminder_lead CHECK (lead_minutes > 0),
        starts_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        sent_at timestamptz,
        CONSTRAINT reminder_once UNIQUE (claim_id, lead_minutes, starts_at)
    );
    CREATE INDEX reminder_volunteer_id ON reminder (volunteer_id);
    CREATE INDEX reminder_due ON reminder (due_at) WHERE sent_at IS NULL;
"""

OWN = "volunteer_id = ANY ((SELECT scope_ids('persons'))::uuid[])"
OF_SERIES = "EXISTS (SELECT 1 FROM series x WHERE x.id = series_id)"
POLICIES: dict[str, str | tuple[str, str]] = {
    # A seat changes hands by the service alone, which looks at both people's calendars.
    "hand_over": (
        f"{OWN} OR EXISTS (SELECT 1 FROM claim x WHERE x.id = claim_id)",
        "false",
    ),
    "buddy_group": (
        "EXISTS (SELECT 1 FROM buddy_member x WHERE x.group_id = buddy_group.id)",
        "false",
    ),
    "buddy_member": (OWN, "false"),
    "series": OWN,
    "series_skip": OF_SERIES,
    "series_outcome": (OF_SERIES, "false"),
    "calendar_feed": OWN,
    "reminder_setting": OWN,
    "reminder": (OWN, "false"),
}
TRIGGERS_OF_THE_OWNER = ("buddy_group_not_overfull",)
"""It counts members whom the one who joins does not see."""


class Migration(migrations.Migration):
    dependencies = [("core", "0010_claims")]

    operations = [
        Described(TABLES),
        ops.RunSQL(CHANGES),
        ops.RunSQL("\n".join(wall(table, rule) for table, rule in POLICIES.items())),
    ]
