"""What must never be false, said to the database itself.

By hand, because the ORM leaves out the constraints of a table that is made in the same migration.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

POSITION = "({x} IS NULL) = ({y} IS NULL) AND {x} BETWEEN -180 AND 180 AND {y} BETWEEN -90 AND 90"
LIVE = "('requested','entered','waitlisted','offered','confirmed','seeking_standin','checked_in')"
SEAT = "('offered','confirmed','seeking_standin','checked_in','served')"
WHOLE_MINUTES = "date_trunc('minute', {0}) = {0}"

CHECKS = {
    "organisation": {
        "only_a_city_has_no_parent": "(kind = 'city') = (parent_id IS NULL)",
        "kind_known": "kind IN ('city','district','street','neighbourhood','school','employer',"
        "'social_organisation','service_team')",
        "named": "name ~ '[^[:space:]]'",
    },
    "account": {
        "role_has_its_object": "(role = 'volunteer' AND volunteer_id IS NOT NULL) OR "
        "(role = 'organiser' AND organisation_id IS NOT NULL AND volunteer_id IS NULL)",
        "named": "name ~ '[^[:space:]]'",
    },
    "idempotency_record": {
        "answered_whole": "(status IS NULL) = (body IS NULL)",
        "status": "status BETWEEN 100 AND 599",
    },
    "volunteer": {
        "home": POSITION.format(x="home_longitude", y="home_latitude"),
        "born_after_1900": "birth_date >= '1900-01-01'",
        "limits": "coalesce(max_travel_m, 0) >= 0 AND max_minutes >= 0 AND "
        "max_minutes_per_day >= 0 AND max_shifts >= 0 AND served_minutes >= 0",
    },
    "volunteer_skill": {"level": "level BETWEEN 1 AND 5", "named": "skill ~ '[^[:space:]]'"},
    "volunteer_liking": {"liking": "liking BETWEEN 0 AND 3"},
    "availability_window": {
        "span": "weekday BETWEEN 0 AND 6 AND start_minute BETWEEN 0 AND 1439 AND "
        "end_minute > start_minute AND end_minute <= 2880",
    },
    "availability_exception": {"span": "starts_at < ends_at", "kind": "kind IN ('off','extra')"},
    "engagement": {
        "span": "starts_at < ends_at",
        "place": POSITION.format(x="longitude", y="latitude"),
    },
    "apart_pair": {"two_people_once": "one_id < other_id"},
    "project": {
        "published_with_risk_statement": "state = 'draft' OR "
        "(risk_statement ~ '[^[:space:]]' AND risk_statement_version >= 1)",
        "state_known": "state IN ('draft','published')",
    },
    "shift": {
        "span": "starts_at < ends_at",
        "whole_minutes": WHOLE_MINUTES.format("starts_at")
        + " AND "
        + WHOLE_MINUTES.format("ends_at"),
        "priority": "priority BETWEEN 1 AND 10",
        "place": POSITION.format(x="longitude", y="latitude"),
        "state_known": "state IN ('open','called_off')",
    },
    "role": {
        "seats": "minimum >= 0 AND target >= 1 AND minimum <= target AND target <= maximum",
        "never_overfilled": "held >= 0 AND held <= maximum",
        "ages": "min_age >= 0 AND max_age >= 0",
    },
    "role_skill": {"level": "level BETWEEN 1 AND 5"},
    "team_line": {"level_and_count": "level BETWEEN 1 AND 5 AND count >= 0"},
    "claim": {"span": "starts_at < ends_at"},
    "round": {
        "horizon": "horizon_start < horizon_end",
        "seconds": "seconds_max BETWEEN 1 AND 86400",
        "offset": "offset_minutes BETWEEN -840 AND 840",
    },
    "plan": {
        "counts": "seconds >= 0 AND volunteers_count >= 0 AND seats_count >= 0 AND attempt >= 0",
        "status_known": "status IN ('optimal','feasible')",
        "bounds_below_score": "bound_shortfall BETWEEN 0 AND score_shortfall AND "
        "bound_open BETWEEN 0 AND score_open AND bound_cost BETWEEN 0 AND score_cost",
        "optimal_is_met": "status <> 'optimal' OR (bound_shortfall = score_shortfall AND "
        "bound_open = score_open AND bound_cost = score_cost)",
    },
    "plan_gap": {"missing": "missing >= 1"},
    "points_account": {
        "kind_has_its_object": "(kind = 'volunteer') = (volunteer_id IS NOT NULL)",
        "kind_known": "kind IN ('issuer','volunteer')",
    },
    "points_transfer": {"positive": "points > 0", "two_accounts": "debit_id <> credit_id"},
    "import_batch": {
        "kind_known": "kind IN ('problem','people','shifts')",
        "state_known": "state IN ('checked','refused','applied')",
    },
}

ORGANISATION_CYCLE = (
    """
    CREATE FUNCTION organisation_refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- Two moves at once could close a circle that neither sees: one at a time.
        PERFORM pg_advisory_xact_lock(812);
        IF EXISTS (
            WITH RECURSIVE above(id, parent_id) AS (
                SELECT id, parent_id FROM organisation WHERE id = NEW.parent_id
                UNION
                SELECT o.id, o.parent_id FROM organisation o JOIN above a ON o.id = a.parent_id
            ) SELECT 1 FROM above WHERE id = NEW.id
        ) THEN
            RAISE EXCEPTION 'organisation % would lie under itself', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_no_cycle';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER organisation_no_cycle BEFORE UPDATE OF parent_id ON organisation
        FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL)
        EXECUTE FUNCTION organisation_refuse_cycle();
    """,
    """
    DROP TRIGGER organisation_no_cycle ON organisation;
    DROP FUNCTION organisation_refuse_cycle();
    """,
)

CLAIM_SPAN = (
    """
    CREATE FUNCTION claim_take_span() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- The lock makes a shift that is being moved and a claim that is being made wait
        -- for each other, so that no claim keeps an old span.
        IF TG_OP = 'UPDATE' AND (NEW.volunteer_id <> OLD.volunteer_id
                OR NEW.shift_id <> OLD.shift_id) THEN
            RAISE EXCEPTION 'claim % stays with its person and its shift', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_same_person_and_shift';
        END IF;
        SELECT s.starts_at, s.ends_at INTO NEW.starts_at, NEW.ends_at
            FROM shift s WHERE s.id = NEW.shift_id FOR SHARE;
        RETURN NEW;
    END $$;
    CREATE TRIGGER claim_span BEFORE INSERT OR UPDATE ON claim
        FOR EACH ROW EXECUTE FUNCTION claim_take_span();
    CREATE FUNCTION shift_move_claims() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE claim SET starts_at = NEW.starts_at WHERE shift_id = NEW.id;
        RETURN NEW;
    END $$;
    CREATE TRIGGER shift_moved AFTER UPDATE OF starts_at, ends_at ON shift
        FOR EACH ROW EXECUTE FUNCTION shift_move_claims();
    """,
    """
    DROP TRIGGER shift_moved ON shift; DROP FUNCTION shift_move_claims();
    DROP TRIGGER claim_span ON claim; DROP FUNCTION claim_take_span();
    """,
)

SEATS_HELD = (
    f"""
    CREATE FUNCTION claim_count_seat() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' AND OLD.state IN {SEAT} THEN
            UPDATE role SET held = held - 1 WHERE id = OLD.role_id;
        END IF;
        IF TG_OP <> 'DELETE' AND NEW.state IN {SEAT} THEN
            UPDATE role SET held = held + 1 WHERE id = NEW.role_id;
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER claim_seat_new AFTER INSERT OR DELETE ON claim
        FOR EACH ROW EXECUTE FUNCTION claim_count_seat();
    CREATE TRIGGER claim_seat_changed AFTER UPDATE ON claim
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.role_id <> NEW.role_id)
        EXECUTE FUNCTION claim_count_seat();
    CREATE FUNCTION role_refuse_made_up_count() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the seats held of role % are counted, not set', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'role_held_is_counted';
    END $$;
    CREATE TRIGGER role_held_first BEFORE INSERT ON role
        FOR EACH ROW WHEN (NEW.held <> 0) EXECUTE FUNCTION role_refuse_made_up_count();
    -- Depth 0 is a statement of ours; deeper is the counting trigger above.
    CREATE TRIGGER role_held_next BEFORE UPDATE ON role
        FOR EACH ROW WHEN (OLD.held <> NEW.held AND pg_trigger_depth() = 0)
        EXECUTE FUNCTION role_refuse_made_up_count();
    """,
    """
    DROP TRIGGER role_held_next ON role; DROP TRIGGER role_held_first ON role;
    DROP FUNCTION role_refuse_made_up_count();
    DROP TRIGGER claim_seat_changed ON claim; DROP TRIGGER claim_seat_new ON claim;
    DROP FUNCTION claim_count_seat();
    """,
)

STATE_CHANGES = (
    """
    CREATE TABLE state_transition (
        machine varchar(12) NOT NULL, origin varchar(16) NOT NULL, target varchar(16) NOT NULL,
        PRIMARY KEY (machine, origin, target)
    );
    INSERT INTO state_transition VALUES
        ('claim','','requested'), ('claim','','entered'), ('claim','','waitlisted'),
        ('claim','','offered'), ('claim','','confirmed'),
        ('claim','requested','confirmed'), ('claim','requested','refused'),
        ('claim','requested','withdrawn'), ('claim','requested','called_off'),
        ('claim','entered','confirmed'), ('claim','entered','waitlisted'),
        ('claim','entered','withdrawn'), ('claim','entered','called_off'),
        ('claim','waitlisted','offered'), ('claim','waitlisted','withdrawn'),
        ('claim','waitlisted','called_off'),
        ('claim','offered','confirmed'), ('claim','offered','declined'),
        ('claim','offered','expired'), ('claim','offered','withdrawn'),
        ('claim','offered','called_off'),
        ('claim','confirmed','checked_in'), ('claim','confirmed','cancelled'),
        ('claim','confirmed','late_cancelled'), ('claim','confirmed','seeking_standin'),
        ('claim','confirmed','no_show'), ('claim','confirmed','called_off'),
        ('claim','seeking_standin','handed_over'), ('claim','seeking_standin','confirmed'),
        ('claim','seeking_standin','checked_in'), ('claim','seeking_standin','no_show'),
        ('claim','seeking_standin','called_off'),
        ('claim','checked_in','served'), ('claim','checked_in','called_off'),
        ('claim','no_show','served'), ('claim','no_show','excused'),
        ('round','','draft'), ('round','draft','solving'), ('round','solving','proposed'),
        ('round','solving','cancelled'), ('round','solving','failed'),
        ('round','proposed','published'), ('round','proposed','discarded'),
        ('round','proposed','stale'), ('round','stale','solving');
    CREATE FUNCTION refuse_unlisted_state() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE before varchar := CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.state END;
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM state_transition
                       WHERE machine = TG_ARGV[0] AND origin = before AND target = NEW.state) THEN
            RAISE EXCEPTION '% %: "%" cannot become "%"', TG_ARGV[0], NEW.id, before, NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0] || '_state_listed';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER claim_state_first BEFORE INSERT ON claim
        FOR EACH ROW EXECUTE FUNCTION refuse_unlisted_state('claim');
    CREATE TRIGGER claim_state_next BEFORE UPDATE ON claim
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
        EXECUTE FUNCTION refuse_unlisted_state('claim');
    CREATE TRIGGER round_state_first BEFORE INSERT ON round
        FOR EACH ROW EXECUTE FUNCTION refuse_unlisted_state('round');
    CREATE TRIGGER round_state_next BEFORE UPDATE ON round
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
        EXECUTE FUNCTION refuse_unlisted_state('round');
    """,
    """
    DROP TRIGGER claim_state_first ON claim; DROP TRIGGER claim_state_next ON claim;
    DROP TRIGGER round_state_first ON round; DROP TRIGGER round_state_next ON round;
    DROP FUNCTION refuse_unlisted_state(); DROP TABLE state_transition;
    """,
)

APPEND_ONLY = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
    END $$;
    CREATE TRIGGER points_transfer_rows BEFORE UPDATE OR DELETE ON points_transfer
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER points_transfer_table BEFORE TRUNCATE ON points_transfer
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    -- An account that could be given to somebody else would take its past along.
    CREATE TRIGGER points_account_rows BEFORE UPDATE ON points_account
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE FUNCTION reversal_mirrors_original() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM points_transfer o WHERE o.id = NEW.reverses_id
                AND o.debit_id = NEW.credit_id AND o.credit_id = NEW.debit_id
                AND o.points = NEW.points AND o.reverses_id IS NULL) THEN
            RAISE EXCEPTION 'a reversal moves the same points back'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'points_transfer_reversal_mirrors';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER points_transfer_reversal BEFORE INSERT ON points_transfer
        FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
        EXECUTE FUNCTION reversal_mirrors_original();
    """,
    """
    DROP TRIGGER points_transfer_reversal ON points_transfer;
    DROP FUNCTION reversal_mirrors_original();
    DROP TRIGGER points_account_rows ON points_account;
    DROP TRIGGER points_transfer_table ON points_transfer;
    DROP TRIGGER points_transfer_rows ON points_transfer;
    DROP FUNCTION refuse_change();
    """,
)

INDEXES = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    "CREATE UNIQUE INDEX organisation_one_name_at_the_top ON organisation (name) "
    "WHERE parent_id IS NULL",
    "CREATE UNIQUE INDEX account_one_per_volunteer ON account (volunteer_id)",
    f"CREATE UNIQUE INDEX claim_one_live_per_shift ON claim (volunteer_id, shift_id) "
    f"WHERE state IN {LIVE}",
    f"ALTER TABLE claim ADD CONSTRAINT claim_one_place_at_a_time EXCLUDE USING gist "
    f"(volunteer_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (state IN {SEAT})",
    "ALTER TABLE role ADD CONSTRAINT role_of_shift UNIQUE (id, shift_id)",
    "ALTER TABLE claim ADD CONSTRAINT claim_role_on_shift FOREIGN KEY (role_id, shift_id) "
    "REFERENCES role (id, shift_id)",
    "ALTER TABLE plan_line ADD CONSTRAINT plan_line_role_on_shift FOREIGN KEY (role_id, shift_id) "
    "REFERENCES role (id, shift_id) ON DELETE CASCADE",
    "ALTER TABLE plan_gap ADD CONSTRAINT plan_gap_role_on_shift FOREIGN KEY (role_id, shift_id) "
    "REFERENCES role (id, shift_id) ON DELETE CASCADE",
    "CREATE UNIQUE INDEX points_account_one_issuer ON points_account (kind) WHERE kind = 'issuer'",
    "CREATE INDEX outbox_message_unsent ON outbox_message (created_at) WHERE sent_at IS NULL",
    "CREATE INDEX round_under_way ON round (lease_until) WHERE state = 'solving'",
    "CREATE INDEX claim_open_offers ON claim (state) WHERE state = 'offered'",
)


CHECK_STATEMENTS = tuple(
    (
        f'ALTER TABLE "{table}" ADD CONSTRAINT {table}_{name} CHECK ({condition})',
        f'ALTER TABLE "{table}" DROP CONSTRAINT {table}_{name}',
    )
    for table, checks in CHECKS.items()
    for name, condition in checks.items()
)
ALL = (
    *((statement, "SELECT 1") for statement in INDEXES),
    *CHECK_STATEMENTS,
    ORGANISATION_CYCLE,
    CLAIM_SPAN,
    SEATS_HELD,
    STATE_CHANGES,
    APPEND_ONLY,
)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    # One operation, not one for each: before each the ORM copies its picture of all tables, which
    # took three of the four seconds of a first start.
    operations = [
        ops.RunSQL(
            ";\n".join(forward for forward, _ in ALL),
            ";\n".join(backward for _, backward in reversed(ALL)),
        )
    ]
