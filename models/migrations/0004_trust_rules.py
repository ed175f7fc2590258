"""What must never be false of rights, people and the log, said to the database itself.

By hand, like 0002. The rows of what is replaced move over first.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

LEVELS = "('city','district','street','neighbourhood')"

# Before this runs, `services.database.migrate` has encrypted every day of birth.
MOVES = """
    INSERT INTO role_grant (id, created_at, account_id, role, organisation_id)
        SELECT gen_random_uuid(), a.created_at, a.id, role.name, a.organisation_id
        FROM account a CROSS JOIN (VALUES ('organiser'), ('node_administrator')) AS role(name)
        WHERE a.role = 'organiser';
    ALTER TABLE account DROP COLUMN role, DROP COLUMN organisation_id;
    ALTER TABLE volunteer DROP COLUMN birth_date;
    UPDATE membership SET starts_on = (created_at AT TIME ZONE 'Asia/Shanghai')::date;
    UPDATE claim SET organisation_id = p.organisation_id
        FROM shift s JOIN project p ON p.id = s.project_id WHERE s.id = claim.shift_id;
    ALTER TABLE claim ALTER COLUMN organisation_id SET NOT NULL;
    DO $$ DECLARE old text; BEGIN
        SELECT conname INTO old FROM pg_constraint WHERE conrelid = 'membership'::regclass
            AND contype = 'u';
        EXECUTE 'ALTER TABLE membership DROP CONSTRAINT ' || quote_ident(old);
    END $$;
    DO $$ DECLARE old text; BEGIN
        SELECT conname INTO old FROM pg_constraint WHERE conrelid = 'account'::regclass
            AND contype = 'f' AND confrelid = 'volunteer'::regclass;
        EXECUTE 'ALTER TABLE account DROP CONSTRAINT ' || quote_ident(old);
    END $$;
    ALTER TABLE account ADD CONSTRAINT account_of_volunteer FOREIGN KEY (volunteer_id)
        REFERENCES volunteer (id) ON DELETE RESTRICT;
    ALTER TABLE import_batch DROP CONSTRAINT import_batch_kind_known;
"""

CHECKS = {
    "account": {
        "state_known": "state IN ('active','locked','closed')",
        "signs_in_by_name": "(password_hash IS NULL OR name IS NOT NULL) AND "
        "(totp_cipher IS NULL OR password_hash IS NOT NULL)",
        "guardian_checked_by_somebody": "(guardian_verified_at IS NULL) = "
        "(guardian_verified_by IS NULL)",
    },
    "role_grant": {
        "ended_by_somebody_or_time": "ended_by IS NULL OR ended_at IS NOT NULL",
    },
    "sign_in_code": {
        "ten_minutes": "expires_at <= created_at + interval '10 minutes'",
        "attempts": "attempts BETWEEN 0 AND 5",
        "one_purpose": "purpose ~ '[^[:space:]]'",
    },
    "sign_in_step": {"attempts": "attempts BETWEEN 0 AND 10"},
    "approval": {
        "state_known": "state IN ('requested','approved','refused','withdrawn','expired')",
        "two_people": "state NOT IN ('approved','refused') OR (decided_by IS NOT NULL "
        "AND decided_by <> requested_by AND decided_by IS DISTINCT FROM concerns)",
        "decided_whole": "(state = 'requested') = (decided_at IS NULL)",
        "approved_in_time": "state <> 'approved' OR decided_at < expires_at",
        "reasoned": "reason ~ '[^[:space:]]'",
    },
    "organisation": {
        "state_known": "state IN ('active','merged','closed')",
        "merged_into_one": "(state = 'merged') = (merged_into_id IS NOT NULL)",
        "code_of_a_level": f"code IS NULL OR (kind IN {LEVELS} AND code ~ '^[0-9]{{2,12}}$')",
        "credit_code_letters": "credit_code ~ '^[0-9A-HJ-NP-RTUWXY]{18}$'",
    },
    "volunteer": {
        "age": "age BETWEEN 0 AND 150",
        "state_known": "state IN ('active','merged','erased')",
        "erased_is_nobody": "state <> 'erased' OR (home_longitude IS NULL AND NOT is_on_call)",
        "on_call_grown_up": "NOT is_on_call OR age >= 18",
    },
    "personal_datum": {
        "of_one": "(volunteer_id IS NULL) <> (account_id IS NULL)",
        "kind_known": "kind IN ('birth_date','phone','document')",
        "looked_up": "lookup IS NOT NULL",
    },
    "membership": {
        "kind_known": "kind IN ('home','unit','team','student')",
        "dates": "ends_on >= starts_on",
    },
    "volunteer_skill": {
        "state_known": "state IN ('declared','verified','refused')",
        "verified_by_somebody": "(state = 'declared') = (verified_by IS NULL) "
        "AND (verified_by IS NULL) = (verified_at IS NULL)",
        "verified_on_evidence": "state <> 'verified' OR evidence ~ '[^[:space:]]'",
        "refused_for_a_reason": "(state = 'refused') = (reason ~ '[^[:space:]]')",
    },
    "skill_rule": {"days": "valid_days_max > 0"},
    "consent": {
        "withdrawn_was_given": "withdrawn_at IS NULL OR is_given",
        "withdrawn_by_somebody": "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
    },
    "guardianship": {
        "state_known": "state IN ('requested','verified','refused','ended')",
        "decided_by_somebody": "state = 'requested' OR decided_by IS NOT NULL "
        "OR ended_at IS NOT NULL",
    },
    "guardian_check": {
        "state_known": "state IN ('requested','verified','refused','withdrawn')",
        "decided_by_somebody": "(state = 'requested') = (decided_at IS NULL) "
        "AND (decided_at IS NULL) = (decided_by IS NULL)",
        "children": "children_max BETWEEN 0 AND 12 AND (children_max = 0 OR state = 'verified')",
    },
    "activity_consent": {
        "state_known": "state IN ('asked','given','refused','withdrawn')",
        "answered_by_somebody": "(state = 'asked') = (answered_at IS NULL) AND "
        "(state = 'asked') = (guardian_id IS NULL)",
    },
    "erasure": {
        "one_end": "withdrawn_at IS NULL OR done_at IS NULL",
        "of_one": "(volunteer_id IS NULL) <> (account_id IS NULL)",
    },
    "retention_run": {
        "capped": "touched_count BETWEEN 0 AND people_max AND found_count >= touched_count",
    },
    "person_merge": {"two_rows": "kept_id <> merged_id"},
    "distinct_pair": {"in_order": "one_id < other_id"},
    "audit_seal": {"numbered": "number >= 1", "digest": "digest ~ '^[0-9a-f]{64}$'"},
    "message": {
        "sent_is_forgotten": "(sent_at IS NULL AND given_up_at IS NULL) = "
        "(text_cipher IS NOT NULL) AND (text_cipher IS NULL) = (address_cipher IS NULL)",
    },
    "import_batch": {"kind_known": "kind IN ('problem','people','shifts','tags')"},
}

INDEXES = """
    CREATE UNIQUE INDEX role_grant_once ON role_grant (account_id, role, organisation_id)
        WHERE ended_at IS NULL;
    -- 三员分立: nobody is two of the three, and nobody administers what they watch.
    ALTER TABLE role_grant ADD CONSTRAINT role_grant_three_apart EXCLUDE USING gist
        (account_id WITH =, (role::text) WITH <>) WHERE (ended_at IS NULL AND role IN
        ('system_administrator','security_administrator','audit_administrator'));
    ALTER TABLE membership ADD CONSTRAINT membership_once EXCLUDE USING gist
        (volunteer_id WITH =, organisation_id WITH =, (kind::text) WITH =,
         daterange(starts_on, ends_on, '[]') WITH &&);
    ALTER TABLE membership ADD CONSTRAINT membership_one_home EXCLUDE USING gist
        (volunteer_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)
        WHERE (kind = 'home' AND NOT is_requested);
    CREATE INDEX membership_of_volunteer ON membership (volunteer_id);
    CREATE UNIQUE INDEX guardianship_once ON guardianship (ward_id, guardian_id)
        WHERE state IN ('requested','verified');
    CREATE UNIQUE INDEX guardian_check_once ON guardian_check (account_id)
        WHERE state = 'requested';
    CREATE UNIQUE INDEX erasure_once ON erasure (coalesce(volunteer_id, account_id))
        WHERE withdrawn_at IS NULL AND done_at IS NULL;
    CREATE UNIQUE INDEX consent_one_standing ON consent (volunteer_id, purpose, recipient)
        WHERE is_given AND withdrawn_at IS NULL;
    CREATE UNIQUE INDEX document_need_once ON document_need (volunteer_id, purpose, recipient)
        WHERE closed_at IS NULL;
    CREATE INDEX message_unsent ON message (created_at)
        WHERE sent_at IS NULL AND given_up_at IS NULL;
    CREATE INDEX volunteer_by_name ON volunteer (name text_pattern_ops);
    CREATE INDEX volunteer_skill_ending ON volunteer_skill (expires_on)
        WHERE expires_on IS NOT NULL AND state <> 'refused';
    CREATE INDEX volunteer_skill_waiting ON volunteer_skill (skill) WHERE state = 'declared';
"""

CLOSURE = """
    CREATE TABLE organisation_closure (
        ancestor_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
        descendant_id uuid NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
        PRIMARY KEY (descendant_id, ancestor_id)
    );
    CREATE INDEX organisation_closure_below ON organisation_closure (ancestor_id, descendant_id);
    INSERT INTO organisation_closure (ancestor_id, descendant_id)
        WITH RECURSIVE above(id, descendant_id, parent_id) AS (
            SELECT id, id, parent_id FROM organisation
            UNION ALL
            SELECT o.id, a.descendant_id, o.parent_id
            FROM organisation o JOIN above a ON o.id = a.parent_id
        ) SELECT id, descendant_id FROM above;
    CREATE FUNCTION organisation_joins() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO organisation_closure (ancestor_id, descendant_id)
            WITH RECURSIVE above(id, parent_id) AS (
                SELECT NEW.id, NEW.parent_id
                UNION ALL
                SELECT o.id, o.parent_id FROM organisation o JOIN above a ON o.id = a.parent_id
            ) SELECT id, NEW.id FROM above;
        RETURN NULL;
    END $$;
    CREATE TRIGGER organisation_made AFTER INSERT ON organisation
        FOR EACH ROW EXECUTE FUNCTION organisation_joins();
    CREATE FUNCTION organisation_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM organisation_closure c
            USING organisation_closure below
            WHERE below.ancestor_id = NEW.id AND c.descendant_id = below.descendant_id
            AND NOT EXISTS (SELECT 1 FROM organisation_closure inside
                WHERE inside.ancestor_id = NEW.id AND inside.descendant_id = c.ancestor_id);
        INSERT INTO organisation_closure (ancestor_id, descendant_id)
            SELECT above.ancestor_id, below.descendant_id
            FROM organisation_closure above, organisation_closure below
            WHERE above.descendant_id = NEW.parent_id AND below.ancestor_id = NEW.id
            ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER organisation_moved AFTER UPDATE OF parent_id ON organisation
        FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id)
        EXECUTE FUNCTION organisation_moves();
"""

CLAIMS_KNOW_WHOSE_THEY_ARE = """
    CREATE OR REPLACE FUNCTION claim_take_span() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- The lock makes a shift that is being moved and a claim that is being made wait
        -- for each other, so that no claim keeps an old span.
        IF TG_OP = 'UPDATE' AND (NEW.volunteer_id <> OLD.volunteer_id
                OR NEW.shift_id <> OLD.shift_id) THEN
            RAISE EXCEPTION 'claim % stays with its person and its shift', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_same_person_and_shift';
        END IF;
        SELECT s.starts_at, s.ends_at, p.organisation_id
            INTO NEW.starts_at, NEW.ends_at, NEW.organisation_id
            FROM shift s JOIN project p ON p.id = s.project_id
            WHERE s.id = NEW.shift_id FOR SHARE OF s;
        RETURN NEW;
    END $$;
    CREATE FUNCTION project_moves_claims() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE claim SET organisation_id = NEW.organisation_id
            FROM shift s WHERE s.id = claim.shift_id AND s.project_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER project_moved AFTER UPDATE OF organisation_id ON project
        FOR EACH ROW WHEN (OLD.organisation_id <> NEW.organisation_id)
        EXECUTE FUNCTION project_moves_claims();
"""

TWO_PEOPLE = """
    CREATE UNIQUE INDEX role_grant_of_approval ON role_grant (approval_id);
    -- What was asked for is what is decided, and it is decided once.
    CREATE FUNCTION approval_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.state <> 'requested' OR (NEW.kind, NEW.organisation_id, NEW.command, NEW.reason,
                NEW.requested_by, NEW.concerns, NEW.expires_at, NEW.created_at)
                IS DISTINCT FROM (OLD.kind, OLD.organisation_id, OLD.command, OLD.reason,
                OLD.requested_by, OLD.concerns, OLD.expires_at, OLD.created_at) THEN
            RAISE EXCEPTION 'approval % is decided once, as it was asked for', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_decided_once';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER approval_decided BEFORE UPDATE ON approval
        FOR EACH ROW EXECUTE FUNCTION approval_changes();
    -- Nobody but the service itself, at its founding, gives a role without a second person.
    CREATE FUNCTION role_grant_asks_approval() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.approval_id IS NULL THEN
            IF current_user = 'mulin_application' THEN
                RAISE EXCEPTION 'a role needs an approval' USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'role_grant_approved';
            END IF;
        ELSIF NOT EXISTS (SELECT 1 FROM approval a WHERE a.id = NEW.approval_id
                AND a.kind = 'role_grant' AND a.state = 'approved'
                AND a.organisation_id = NEW.organisation_id AND a.concerns = NEW.account_id) THEN
            RAISE EXCEPTION 'approval % is not for this role', NEW.approval_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'role_grant_approved';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER role_grant_made BEFORE INSERT ON role_grant
        FOR EACH ROW EXECUTE FUNCTION role_grant_asks_approval();
    CREATE FUNCTION role_grant_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.ended_at IS NOT NULL OR (NEW.account_id, NEW.role, NEW.organisation_id,
                NEW.approval_id, NEW.ends_at, NEW.created_at) IS DISTINCT FROM (OLD.account_id,
                OLD.role, OLD.organisation_id, OLD.approval_id, OLD.ends_at, OLD.created_at) THEN
            RAISE EXCEPTION 'role grant % is ended once and changed in no other way', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'role_grant_ended_once';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER role_grant_ended BEFORE UPDATE ON role_grant
        FOR EACH ROW EXECUTE FUNCTION role_grant_changes();
"""

MINORS_NEED_A_GUARDIAN = """
    CREATE FUNCTION claim_minor_is_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT age FROM volunteer WHERE id = NEW.volunteer_id) < 18 AND NOT EXISTS (
            SELECT 1 FROM activity_consent a JOIN shift s ON s.id = a.shift_id
                JOIN project p ON p.id = s.project_id
            WHERE a.volunteer_id = NEW.volunteer_id AND a.shift_id = NEW.shift_id
                AND a.state = 'given' AND a.risk_statement_version = p.risk_statement_version
        ) THEN
            RAISE EXCEPTION 'no guardian has agreed to claim %', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_minor_agreed';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER claim_minor BEFORE INSERT OR UPDATE OF state ON claim
        FOR EACH ROW WHEN (NEW.state = 'confirmed') EXECUTE FUNCTION claim_minor_is_agreed();
"""

APPEND_ONLY = "\n".join(
    f"""
    CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER {table}_table BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """
    for table in ("audit_event", "audit_seal", "organisation_event", "disclosure")
)

SKILL_RULES = """
    INSERT INTO skill_rule (id, created_at, skill, evidence_kinds, lowest_level, valid_days_max)
    SELECT gen_random_uuid(), now(), skill, kinds::jsonb, lowest, days FROM (VALUES
        ('急救', '["first_aid_certificate"]', 'street', 1095),
        ('医疗', '["medical_licence"]', 'street', 1825),
        ('驾驶', '["driving_licence"]', 'neighbourhood', 2190),
        ('未成年人服务', '["background_check"]', 'street', 365)
    ) AS rule(skill, kinds, lowest, days);
"""

# The one place that says which skills count. Claims, pages, offers, rounds and call-ups all ask it;
# a plain SQL function is written into the statement that calls it, so it costs no more than a join.
COUNTING_SKILLS = """
    CREATE FUNCTION counting_skills(on_day date)
        RETURNS TABLE (volunteer_id uuid, skill varchar, level smallint)
        LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT k.volunteer_id, k.skill, k.level FROM volunteer_skill k
        WHERE (k.expires_on IS NULL OR k.expires_on >= on_day)
            AND (k.state = 'verified' OR (k.state = 'declared' AND NOT EXISTS
                (SELECT 1 FROM skill_rule r WHERE r.skill = k.skill)))
    $$;
    CREATE FUNCTION claim_starts_qualified() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- The database does not know the service's zone; a day before is before in every zone.
        IF EXISTS (SELECT 1 FROM role_skill asked WHERE asked.role_id = NEW.role_id
            AND NOT EXISTS (
                SELECT 1 FROM counting_skills((NEW.starts_at AT TIME ZONE 'UTC')::date - 1) has
                WHERE has.volunteer_id = NEW.volunteer_id AND has.skill = asked.skill
                AND has.level >= asked.level)) THEN
            RAISE EXCEPTION 'claim % cannot start: its person has no valid skill for it', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_starts_qualified';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER claim_starts BEFORE UPDATE OF state ON claim
        FOR EACH ROW WHEN (NEW.state = 'checked_in' AND OLD.state <> 'checked_in')
        EXECUTE FUNCTION claim_starts_qualified();
"""

ALL = (
    MOVES,
    INDEXES,
    CLOSURE,
    *(
        f'ALTER TABLE "{table}" ADD CONSTRAINT {table}_{name} CHECK ({condition})'
        for table, checks in CHECKS.items()
        for name, condition in checks.items()
    ),
    CLAIMS_KNOW_WHOSE_THEY_ARE,
    MINORS_NEED_A_GUARDIAN,
    TWO_PEOPLE,
    APPEND_ONLY,
    SKILL_RULES,
    COUNTING_SKILLS,
)


class Migration(migrations.Migration):
    dependencies = [("core", "0003_trust")]

    operations = [ops.RunSQL(";\n".join(ALL))]
