"""Row-level security: the second wall.

The service works as `mulin_application`, which owns nothing. For each transaction it says for whom
it acts, in settings that only `services.scope` writes: `mulin.account`, `mulin.persons` (the person
and their wards), and for each part of the data the nodes at which the account holds a role that
may see it (`mulin.tree`, `mulin.work`, `mulin.people`, `mulin.rights`, `mulin.audit`). A row is
there for whoever stands at or above its node. For work on nobody's behalf it becomes
`mulin_system`, which owns nothing either and sees every row: a role of its own, because a policy
that merely turned out to be true would still have to be planned.

The owner of the tables migrates them and lends its sight to the triggers that keep counts, spans
and the closure; it answers no request.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.migration_steps import wall

FUNCTIONS = """
    DO $$ DECLARE name text; BEGIN
        FOREACH name IN ARRAY '{mulin_application,mulin_system}'::text[] LOOP
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
                EXECUTE 'CREATE ROLE ' || name || ' NOLOGIN NOBYPASSRLS';
            END IF;
            IF NOT pg_has_role(current_user, name, 'MEMBER') THEN
                EXECUTE 'GRANT ' || name || ' TO CURRENT_USER';
            END IF;
        END LOOP;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the role "%" is missing', name
            USING HINT = 'As a superuser: CREATE ROLE ' || name || ' NOLOGIN; '
                'GRANT ' || name || ' TO ' || quote_ident(current_user);
    END $$;
    GRANT USAGE ON SCHEMA public TO mulin_application, mulin_system;
    CREATE FUNCTION scope_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        RETURN nullif(current_setting('mulin.account', true), '')::uuid;
    CREATE FUNCTION scope_ids(part text) RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
        RETURN coalesce(nullif(current_setting('mulin.' || part, true), ''), '{}')::uuid[];
"""

ME = "(SELECT scope_account())"
PERSONS = "ANY ((SELECT scope_ids('persons'))::uuid[])"


def within(node: str, part: str) -> str:
    """The node lies at or below one at which the account may see this part."""
    return (
        f"EXISTS (SELECT 1 FROM organisation_closure up WHERE up.descendant_id = {node} "
        f"AND up.ancestor_id = ANY ((SELECT scope_ids('{part}'))::uuid[]))"
    )


def of(table: str, condition: str) -> str:
    """There is such a row that the account may see: that table's own policies apply."""
    return f"EXISTS (SELECT 1 FROM {table} x WHERE {condition})"


def shift_within(shift_id: str) -> str:
    """The shift is of a project at or below a node at which the account may see work."""
    return (
        "EXISTS (SELECT 1 FROM shift s JOIN project p ON p.id = s.project_id "
        f"WHERE s.id = {shift_id} AND {within('p.organisation_id', 'work')})"
    )


ANYBODY = "true"
NOBODY = "false"  # nobody but the service itself
OWN = f"volunteer_id = {PERSONS}"
OF_PERSON = of("volunteer", "x.id = volunteer_id")
REGISTERED = of("volunteer", f"x.id = volunteer_id AND {within('x.organisation_id', 'people')}")
COUNTED = f"({OWN} OR {OF_PERSON})"
OF_SHIFT = of("shift", "x.id = shift_id")
OF_ROLE = of("role", "x.id = role_id")
ROLE_WITHIN = f"EXISTS (SELECT 1 FROM role r WHERE r.id = role_id AND {shift_within('r.shift_id')})"
OF_ROUND = of("round", "x.id = round_id")
OF_PLAN = of("plan", "x.id = plan_id")
TAG_OWNED = of("tag", f"x.id = tag_id AND {within('x.organisation_id', 'people')}")
HAS_GRANT_WITHIN = (
    "EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = account.id AND "
    + within("g.organisation_id", "rights")
    + ")"
)

# Who has left is no longer seen by those they left. Of which day services are exact; the wall has
# only the clock of the database.
NOT_ENDED = (
    "(m.ends_on IS NULL OR m.ends_on >= "
    "(SELECT (current_timestamp AT TIME ZONE 'Asia/Shanghai')::date))"
)

# What may be read and what may be written, beside what the service itself does; one condition
# where both are the same. No circle: a policy that asks another table is under that one's policies.
POLICIES: dict[str, str | tuple[str, str]] = {
    "organisation": (
        "kind IN ('city','district','street','neighbourhood') OR "
        + within("id", "tree")
        # As it is made, a node is not yet in the closure; its parent is.
        + f" OR {within('parent_id', 'tree')}"
        + f" OR EXISTS (SELECT 1 FROM volunteer v WHERE v.organisation_id = organisation.id "
        f"AND v.id = {PERSONS}) OR EXISTS (SELECT 1 FROM membership m "
        f"WHERE m.organisation_id = organisation.id AND m.volunteer_id = {PERSONS}) OR "
        + of("project", "x.organisation_id = organisation.id AND x.state = 'published'"),
        f"{within('id', 'tree')} OR {within('parent_id', 'tree')}",
    ),
    "organisation_closure": (ANYBODY, NOBODY),
    "organisation_event": within("organisation_id", "tree"),
    "state_transition": (ANYBODY, NOBODY),
    "tortoise_migrations": (ANYBODY, NOBODY),
    "skill_rule": (ANYBODY, NOBODY),
    # The demand. What is published is everybody's.
    "project": (
        f"state = 'published' OR {within('organisation_id', 'work')}",
        within("organisation_id", "work"),
    ),
    "shift": (
        of("project", "x.id = project_id"),
        f"EXISTS (SELECT 1 FROM project p WHERE p.id = project_id AND "
        f"{within('p.organisation_id', 'work')})",
    ),
    "role": (OF_SHIFT, shift_within("shift_id")),
    "role_skill": (OF_ROLE, ROLE_WITHIN),
    "role_group": (OF_ROLE, ROLE_WITHIN),
    "team_line": (OF_SHIFT, shift_within("shift_id")),
    "exclusion": f"{OWN} OR {shift_within('shift_id')}",
    "invitation": f"{OWN} OR {shift_within('shift_id')}",
    "claim": f"{OWN} OR {within('organisation_id', 'work')}",
    "offer": of("claim", "x.id = claim_id"),
    "round": within("organisation_id", "work"),
    "plan": OF_ROUND,
    "plan_line": OF_PLAN,
    "plan_gap": OF_PLAN,
    # The supply. Who runs a shift sees who comes; who registered or counts a person sees them.
    "volunteer": (
        f"id = {PERSONS} OR {within('organisation_id', 'people')} OR "
        "EXISTS (SELECT 1 FROM membership m WHERE m.volunteer_id = volunteer.id AND "
        f"{NOT_ENDED} AND {within('m.organisation_id', 'people')}) OR "
        "EXISTS (SELECT 1 FROM claim c WHERE c.volunteer_id = volunteer.id AND "
        f"{within('c.organisation_id', 'work')})",
        f"id = {PERSONS} OR {within('organisation_id', 'people')}",
    ),
    "personal_datum": f"{OWN} OR account_id = {ME} OR {REGISTERED}",
    "membership": f"{OWN} OR {within('organisation_id', 'people')}",
    "volunteer_skill": COUNTED,
    "volunteer_liking": COUNTED,
    "availability_window": COUNTED,
    "availability_exception": COUNTED,
    "engagement": COUNTED,
    "together_group": within("organisation_id", "people"),
    "together_member": OF_PERSON,
    "apart_pair": of("volunteer", "x.id = one_id"),
    "points_account": f"kind = 'issuer' OR {OF_PERSON}",
    "points_transfer": of(
        "points_account", "x.kind = 'volunteer' AND x.id IN (debit_id, credit_id)"
    ),
    # Consent, and who received what.
    "consent": COUNTED,
    "guardianship": f"ward_id = {PERSONS} OR guardian_id = {ME} OR EXISTS (SELECT 1 FROM "
    f"volunteer v WHERE v.id = ward_id AND {within('v.organisation_id', 'people')})",
    "guardian_check": f"account_id = {ME} OR {within('organisation_id', 'people')}",
    "activity_consent": f"{OWN} OR {shift_within('shift_id')}",
    "disclosure": f"{OWN} OR {REGISTERED}",
    "document_need": f"{OWN} OR {within('organisation_id', 'people')}",
    "erasure": f"{OWN} OR account_id = {ME} OR {REGISTERED}",
    "person_merge": f"kept_id = {PERSONS} OR EXISTS (SELECT 1 FROM volunteer v "
    f"WHERE v.id = kept_id AND {within('v.organisation_id', 'people')})",
    "distinct_pair": of("volunteer", "x.id = one_id"),
    "key_check": (NOBODY, NOBODY),
    "daily_run": (NOBODY, NOBODY),
    "retention_run": (NOBODY, NOBODY),
    # Tags: the owner's, and read where they are granted.
    "tag": (
        within("organisation_id", "people")
        + " OR EXISTS (SELECT 1 FROM tag_grant g JOIN organisation_closure c "
        "ON c.ancestor_id = g.organisation_id WHERE g.tag_id = tag.id "
        "AND c.descendant_id = ANY ((SELECT scope_ids('people'))::uuid[]))",
        within("organisation_id", "people"),
    ),
    "tag_grant": (ANYBODY, TAG_OWNED),
    "volunteer_tag": (
        f"{OWN} OR ({OF_PERSON} AND {of('tag', 'x.id = tag_id')})",
        TAG_OWNED,
    ),
    "import_batch": f"{within('organisation_id', 'work')} OR {within('organisation_id', 'people')}",
    # Accounts and rights. What proves who somebody is, only the service reads.
    "account": (
        f"id = {ME} OR invited_by = {ME} OR {HAS_GRANT_WITHIN}",
        f"id = {ME} OR {HAS_GRANT_WITHIN}",
    ),
    "role_grant": f"account_id = {ME} OR {within('organisation_id', 'rights')}",
    "sign_in_session": f"account_id = {ME}",
    "sign_in_code": NOBODY,
    "sign_in_step": NOBODY,
    "sign_in_failure": NOBODY,
    "form_use": NOBODY,
    "identity": f"account_id = {ME}",
    "identity_provider": (ANYBODY, within("organisation_id", "rights")),
    "machine_client": within("organisation_id", "rights"),
    "idempotency_record": f"account_id = {ME}",
    "approval": f"requested_by = {ME} OR concerns = {ME} OR {within('organisation_id', 'tree')}",
    # Written by whoever acts, read by those who watch: a line of no node by those at the top.
    "audit_event": (
        within("organisation_id", "audit")
        + " OR (organisation_id IS NULL AND EXISTS (SELECT 1 FROM organisation o "
        "WHERE o.parent_id IS NULL AND o.id = ANY ((SELECT scope_ids('audit'))::uuid[])))",
        ANYBODY,
    ),
    "audit_seal": (NOBODY, NOBODY),
    "outbox_message": (NOBODY, ANYBODY),
    "message": (NOBODY, ANYBODY),
}

# What the service may not do even where a policy would let it.
NEVER = {
    "audit_event": "UPDATE, DELETE, TRUNCATE",
    "audit_seal": "UPDATE, DELETE, TRUNCATE",
    "points_transfer": "UPDATE, DELETE, TRUNCATE",
    "organisation_event": "UPDATE, DELETE, TRUNCATE",
    "disclosure": "UPDATE, DELETE, TRUNCATE",
    "organisation_closure": "INSERT, UPDATE, DELETE, TRUNCATE",
    "state_transition": "INSERT, UPDATE, DELETE, TRUNCATE",
    "tortoise_migrations": "INSERT, UPDATE, DELETE, TRUNCATE",
    "volunteer": "DELETE, TRUNCATE",
    "consent": "DELETE, TRUNCATE",
    "approval": "DELETE, TRUNCATE",
    "role_grant": "DELETE, TRUNCATE",
}

# Triggers that keep counts, spans and the tree see every row, whoever set them off: they run as
# their owner.
TRIGGERS_OF_THE_OWNER = (
    "organisation_joins",
    "organisation_moves",
    "organisation_refuse_cycle",
    "claim_take_span",
    "shift_move_claims",
    "project_moves_claims",
    "claim_count_seat",
    "claim_minor_is_agreed",
    "reversal_mirrors_original",
)


class Migration(migrations.Migration):
    dependencies = [("core", "0004_trust_rules")]

    operations = [
        ops.RunSQL(
            "\n".join(
                (
                    FUNCTIONS,
                    *(wall(table, rule) for table, rule in POLICIES.items()),
                    *(
                        f"REVOKE {what} ON {table} FROM mulin_application, mulin_system;"
                        for table, what in NEVER.items()
                    ),
                    *(
                        f"ALTER FUNCTION {name} SECURITY DEFINER SET search_path = public, pg_temp;"
                        for name in TRIGGERS_OF_THE_OWNER
                    ),
                )
            )
        )
    ]
