"""What must never be false is refused by the database itself: each constraint, broken alone.

The lists are compared with the catalogue, so a constraint that is added without a case here fails.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping

import asyncpg
import pytest

from services.transactions import CODES, CODES_BY_CLASS
from tests.models.trust_refusals import (
    PLAIN_IDS,
    TRUST_ROWS,
    TRUST_STATEMENTS,
    TRUST_TRIGGERS,
)
from tests.models.world import (
    ADA,
    ADAS_CLAIM,
    ADAS_POINTS,
    AWARD,
    BEN,
    BENS_POINTS,
    CITY,
    DISTRICT,
    EARLY,
    GROUND,
    ISSUER,
    LATE,
    MORNING,
    MORNING_ROLE,
    NEW,
    NOON,
    NOON_ROLE,
    REVERSAL,
    REVERSED_AWARD,
    ROUND,
    TEAM,
    VALID,
    WORLD,
    Row,
    insert,
    uuid,
)
from tests.support.lease import leased

# Constraint: a table and what is wrong with the new row. Several lines break one in several ways.
ROWS: list[tuple[str, str, Row]] = [
    ("account_name_key", "account", {"name": "'ada'"}),
    ("account_named", "account", {"name": "E' \\n'"}),
    ("account_one_per_volunteer", "account", {"volunteer_id": ADA}),
    ("apart_pair_two_people_once", "apart_pair", {"one_id": BEN, "other_id": ADA}),
    ("apart_pair_two_people_once", "apart_pair", {"other_id": ADA}),
    ("availability_exception_kind", "availability_exception", {"kind": "'maybe'"}),
    ("availability_exception_span", "availability_exception", {"ends_at": EARLY}),
    ("availability_window_span", "availability_window", {"weekday": "7"}),
    ("availability_window_span", "availability_window", {"end_minute": "1439"}),
    ("availability_window_span", "availability_window", {"end_minute": "2881"}),
    (
        "claim_one_live_per_shift",
        "claim",
        {"shift_id": MORNING, "role_id": uuid(48), "volunteer_id": ADA, "state": "'waitlisted'"},
    ),
    ("claim_one_place_at_a_time", "claim", {"volunteer_id": ADA}),
    ("claim_role_on_shift", "claim", {"role_id": MORNING_ROLE, "state": "'waitlisted'"}),
    ("claim_state_listed", "claim", {"state": "'served'"}),
    ("claim_state_listed", "claim", {"state": "'invented'"}),
    ("engagement_place", "engagement", {"longitude": "121.0"}),
    ("engagement_place", "engagement", {"longitude": "'NaN'", "latitude": "0"}),
    ("engagement_span", "engagement", {"ends_at": EARLY}),
    ("idempotency_record_answered_whole", "idempotency_record", {"body": "NULL"}),
    ("idempotency_record_status", "idempotency_record", {"status": "99"}),
    ("import_batch_kind_known", "import_batch", {"kind": "'music'"}),
    ("import_batch_state_known", "import_batch", {"state": "'lost'"}),
    ("offer_claim_id_key", "offer", {"claim_id": ADAS_CLAIM}),
    ("organisation_kind_known", "organisation", {"kind": "'club'"}),
    ("organisation_named", "organisation", {"name": "' '"}),
    (
        "organisation_one_name_at_the_top",
        "organisation",
        {"kind": "'city'", "parent_id": "NULL", "name": "'C'"},
    ),
    ("organisation_only_a_city_has_no_parent", "organisation", {"parent_id": "NULL"}),
    ("organisation_only_a_city_has_no_parent", "organisation", {"kind": "'city'"}),
    ("plan_bounds_below_score", "plan", {"status": "'feasible'", "bound_cost": "6"}),
    ("plan_bounds_below_score", "plan", {"status": "'feasible'", "bound_open": "-1"}),
    ("plan_counts", "plan", {"seconds": "-1"}),
    ("plan_gap_missing", "plan_gap", {"missing": "0"}),
    ("plan_gap_role_on_shift", "plan_gap", {"shift_id": MORNING}),
    ("plan_line_role_on_shift", "plan_line", {"shift_id": NOON}),
    ("plan_part_number", "plan_part", {"number": "-1"}),
    ("plan_part_once", "plan_part", {"number": "0"}),
    ("plan_part_seats", "plan_part", {"seats": "-1"}),
    ("plan_optimal_is_met", "plan", {"bound_cost": "4"}),
    ("plan_round_id_key", "plan", {"round_id": ROUND}),
    ("plan_status_known", "plan", {"status": "'fine'"}),
    ("points_account_kind_has_its_object", "points_account", {"volunteer_id": "NULL"}),
    ("points_account_kind_known", "points_account", {"kind": "'bank'", "volunteer_id": "NULL"}),
    ("points_account_one_issuer", "points_account", {"kind": "'issuer'", "volunteer_id": "NULL"}),
    ("points_account_volunteer_id_key", "points_account", {"volunteer_id": ADA}),
    ("points_transfer_key_key", "points_transfer", {"key": "'a1'"}),
    ("points_transfer_positive", "points_transfer", {"points": "0"}),
    (
        "points_transfer_reversal_mirrors",
        "points_transfer",
        {"debit_id": ADAS_POINTS, "credit_id": ISSUER, "reverses_id": AWARD, "points": "9"},
    ),
    (
        "points_transfer_reversal_mirrors",
        "points_transfer",
        {"debit_id": BENS_POINTS, "credit_id": ISSUER, "reverses_id": AWARD},
    ),
    ("points_transfer_reversal_mirrors", "points_transfer", {"reverses_id": REVERSAL}),
    (
        "points_transfer_reverses_id_key",
        "points_transfer",
        {"debit_id": ADAS_POINTS, "credit_id": ISSUER, "reverses_id": REVERSED_AWARD},
    ),
    ("points_transfer_two_accounts", "points_transfer", {"credit_id": ISSUER}),
    ("project_published_with_risk_statement", "project", {"state": "'published'"}),
    (
        "project_published_with_risk_statement",
        "project",
        {"state": "'published'", "risk_statement": "'x'"},
    ),
    (
        "project_state_known",
        "project",
        {"state": "'secret'", "risk_statement": "'x'", "risk_statement_version": "1"},
    ),
    ("role_ages", "role", {"min_age": "-1"}),
    ("role_held_is_counted", "role", {"held": "1"}),
    ("role_seats", "role", {"target": "2"}),
    ("role_seats", "role", {"minimum": "2"}),
    ("role_seats", "role", {"target": "0"}),
    ("role_skill_level", "role_skill", {"level": "6"}),
    ("round_horizon", "round", {"horizon_end": EARLY}),
    ("round_offset", "round", {"offset_minutes": "841"}),
    ("round_seconds", "round", {"seconds_max": "0"}),
    ("round_state_listed", "round", {"state": "'published'"}),
    ("shift_place", "shift", {"longitude": "181", "latitude": "0"}),
    ("shift_priority", "shift", {"priority": "11"}),
    ("shift_span", "shift", {"ends_at": LATE}),
    ("shift_state_known", "shift", {"state": "'full'"}),
    ("shift_whole_minutes", "shift", {"starts_at": "'2026-11-21T03:00:01Z'"}),
    ("sign_in_session_token_digest_key", "sign_in_session", {"token_digest": "'t'"}),
    ("team_line_level_and_count", "team_line", {"level": "0"}),
    ("team_line_level_and_count", "team_line", {"count": "-1"}),
    ("uid_apart_pair_one_id_82dc65", "apart_pair", {"other_id": BEN}),
    (
        "uid_availabilit_volunte_019450",
        "availability_window",
        {"weekday": "0", "start_minute": "60"},
    ),
    ("uid_exclusion_shift_i_1f5a5b", "exclusion", {"reason": "'rest'"}),
    ("uid_idempotency_account_94a566", "idempotency_record", {"key": "'k'"}),
    ("uid_invitation_shift_i_ee0b86", "invitation", {"volunteer_id": ADA}),
    ("uid_organisatio_parent__a7ceaf", "organisation", {"name": "'T'"}),
    ("uid_plan_gap_plan_id_e0b1f8", "plan_gap", {"shift_id": MORNING, "role_id": MORNING_ROLE}),
    ("uid_plan_line_plan_id_498e37", "plan_line", {"volunteer_id": ADA}),
    ("uid_project_organis_289c44", "project", {"external_key": "'p'"}),
    ("uid_role_group_role_id_6fdb8d", "role_group", {"organisation_id": TEAM}),
    ("uid_role_shift_i_5f4e81", "role", {"key": "'helper'"}),
    ("uid_role_skill_role_id_0f8a7e", "role_skill", {"skill": "'s'"}),
    ("uid_shift_project_0678d5", "shift", {"external_key": "'noon'"}),
    ("uid_team_line_shift_i_bfa428", "team_line", {"skill": "'s'", "level": "1", "count": "1"}),
    ("uid_together_me_group_i_60dab9", "together_member", {"volunteer_id": ADA}),
    ("uid_volunteer_organis_d3d75a", "volunteer", {"external_key": "'ada'"}),
    ("uid_volunteer_l_volunte_18ca03", "volunteer_liking", {"volunteer_id": ADA}),
    ("uid_volunteer_s_volunte_ae14f7", "volunteer_skill", {"volunteer_id": ADA}),
    ("volunteer_home", "volunteer", {"home_latitude": "31"}),
    ("volunteer_home", "volunteer", {"home_longitude": "0", "home_latitude": "91"}),
    ("volunteer_liking_liking", "volunteer_liking", {"liking": "4"}),
    ("volunteer_limits", "volunteer", {"max_minutes": "-1"}),
    ("volunteer_limits", "volunteer", {"max_travel_m": "-1"}),
    ("volunteer_skill_level", "volunteer_skill", {"level": "0"}),
    ("volunteer_skill_named", "volunteer_skill", {"skill": "' '"}),
    *TRUST_ROWS,
]

# Constraint: a statement on the world, for what a new row cannot break.
STATEMENTS: list[tuple[str, str]] = [
    ("claim_same_person_and_shift", f"UPDATE claim SET volunteer_id = {BEN}"),
    ("claim_same_person_and_shift", f"UPDATE claim SET shift_id = {NOON}, role_id = {NOON_ROLE}"),
    ("claim_state_listed", "UPDATE claim SET state = 'served'"),
    ("organisation_no_cycle", f"UPDATE organisation SET parent_id = {TEAM} WHERE id = {DISTRICT}"),
    ("organisation_no_cycle", f"UPDATE organisation SET parent_id = id WHERE id = {DISTRICT}"),
    (
        "points_account_append_only",
        f"UPDATE points_account SET volunteer_id = {uuid(13)} WHERE id = {ADAS_POINTS}",
    ),
    ("points_transfer_append_only", "UPDATE points_transfer SET points = 11"),
    ("points_transfer_append_only", "DELETE FROM points_transfer"),
    ("points_transfer_append_only", "TRUNCATE points_transfer"),
    ("role_held_is_counted", "UPDATE role SET held = 0"),
    ("round_state_listed", "UPDATE round SET state = 'published'"),
    *TRUST_STATEMENTS,
]

# Constraints that no single statement can break while the others stand, and why.
BROKEN_BY_NONE: Mapping[str, str] = {
    "claim_span": "the span is copied from the shift, whose own span is checked",
    "role_of_shift": "the id alone is unique; this is what claim_role_on_shift refers to",
}

# What triggers do beside refusing: statements, then a question that must be answered with true.
HELD = f"SELECT held FROM role WHERE id = {MORNING_ROLE}"
EFFECTS: list[tuple[str, str, str]] = [
    (
        "claim_span",
        insert("claim", {**VALID["claim"], "starts_at": "'2020-01-01'", "ends_at": "'2020-01-02'"}),
        "SELECT (c.starts_at, c.ends_at) = (s.starts_at, s.ends_at) "
        f"FROM claim c JOIN shift s ON s.id = c.shift_id WHERE c.id = {NEW}",
    ),
    (
        "shift_moved",
        f"UPDATE shift SET starts_at = '2026-11-20T00:00:00Z' WHERE id = {MORNING}",
        f"SELECT starts_at = '2026-11-20T00:00:00Z' FROM claim WHERE id = {ADAS_CLAIM}",
    ),
    (
        "claim_seat_new",
        insert("claim", VALID["claim"]),
        f"SELECT held = 1 FROM role WHERE id = {NOON_ROLE}",
    ),
    (
        "claim_seat_new",
        f"DELETE FROM offer; DELETE FROM claim WHERE id = {ADAS_CLAIM}",
        f"SELECT ({HELD}) = 0",
    ),
    ("claim_seat_changed", "UPDATE claim SET state = 'cancelled'", f"SELECT ({HELD}) = 0"),
    (
        "organisation_made",
        insert("organisation", VALID["organisation"]),
        f"SELECT count(*) = 3 FROM organisation_closure WHERE descendant_id = {uuid(1000)}",
    ),
    (
        "organisation_moved",
        f"UPDATE organisation SET parent_id = {CITY} WHERE id = {TEAM}",
        f"SELECT bool_and(ancestor_id <> {DISTRICT}) FROM organisation_closure "
        f"WHERE descendant_id = {TEAM}",
    ),
    (
        "project_moved",
        f"UPDATE project SET organisation_id = {CITY}",
        f"SELECT organisation_id = {CITY} FROM claim WHERE id = {ADAS_CLAIM}",
    ),
]
TABLE_OF = {
    "shift_moved": "shift",
    "organisation_made": "organisation",
    "organisation_moved": "organisation",
    "project_moved": "project",
}

# Every trigger of ours, and the constraint in whose name it refuses, or `effect`.
TRIGGERS: Mapping[str, str] = {
    "organisation_no_cycle": "organisation_no_cycle",
    "claim_span": "claim_same_person_and_shift",
    "shift_moved": "effect",
    "claim_seat_new": "effect",
    "claim_seat_changed": "effect",
    "role_held_first": "role_held_is_counted",
    "role_held_next": "role_held_is_counted",
    "claim_state_first": "claim_state_listed",
    "claim_state_next": "claim_state_listed",
    "round_state_first": "round_state_listed",
    "round_state_next": "round_state_listed",
    "points_account_rows": "points_account_append_only",
    "points_transfer_rows": "points_transfer_append_only",
    "points_transfer_table": "points_transfer_append_only",
    "points_transfer_reversal": "points_transfer_reversal_mirrors",
    **TRUST_TRIGGERS,
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """One database with the world in it for all cases: each case is rolled back."""
    with leased("database") as address:
        asyncio.run(_fill(address))
        yield address


async def _fill(address: str) -> None:
    connection = await asyncpg.connect(address)
    for table, row in WORLD:
        await connection.execute(insert(table, row))
    await connection.close()


@pytest.fixture
async def world(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


async def refused_by(connection: asyncpg.Connection, statement: str) -> str | None:
    """The constraint that refuses the statement; every one of them has words for people."""
    try:
        await connection.execute(statement)
    except asyncpg.IntegrityConstraintViolationError as error:
        name, has_words = str(error.constraint_name), error.sqlstate in CODES_BY_CLASS
        return name if has_words or name in CODES else f"{name}, for which there are no words"
    return None


@pytest.mark.parametrize("table", sorted(VALID))
async def test_the_row_that_is_broken_below_is_valid_itself(
    world: asyncpg.Connection, table: str
) -> None:
    for ground in GROUND.get(table, ()):
        await world.execute(insert(*ground))
    await world.execute(insert(table, VALID[table]))


@pytest.mark.parametrize(("constraint", "table", "wrong"), ROWS, ids=[each[0] for each in ROWS])
async def test_a_row_is_refused(
    world: asyncpg.Connection, constraint: str, table: str, wrong: Row
) -> None:
    if wrong.get("role_id") == uuid(48):
        await world.execute(insert("role", {**VALID["role"], "id": uuid(48)}))
    for ground in GROUND.get(table, ()):
        await world.execute(insert(*ground))
    assert await refused_by(world, insert(table, {**VALID[table], **wrong})) == constraint


@pytest.mark.parametrize(
    ("constraint", "statement"), STATEMENTS, ids=[each[0] for each in STATEMENTS]
)
async def test_a_statement_is_refused(
    world: asyncpg.Connection, constraint: str, statement: str
) -> None:
    assert await refused_by(world, statement) == constraint


async def test_a_role_is_never_overfilled(world: asyncpg.Connection) -> None:
    one_more = insert("claim", {**VALID["claim"], "shift_id": MORNING, "role_id": MORNING_ROLE})
    assert await refused_by(world, one_more) == "role_never_overfilled"


async def test_a_maximum_is_never_lowered_below_the_seats_held(world: asyncpg.Connection) -> None:
    await world.execute(f"UPDATE role SET maximum = 2 WHERE id = {MORNING_ROLE}")
    await world.execute(
        insert("claim", {**VALID["claim"], "shift_id": MORNING, "role_id": MORNING_ROLE})
    )
    lower = f"UPDATE role SET maximum = 1 WHERE id = {MORNING_ROLE}"
    assert await refused_by(world, lower) == "role_never_overfilled"


@pytest.mark.parametrize(("trigger", "statement", "question"), EFFECTS)
async def test_a_trigger_does_its_work_and_nothing_else_does(
    world: asyncpg.Connection, trigger: str, statement: str, question: str
) -> None:
    await world.execute("SAVEPOINT before")
    await world.execute(statement)
    assert await world.fetchval(question) is True

    await world.execute("ROLLBACK TO before")
    table = TABLE_OF.get(trigger, "claim")
    await world.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    await world.execute(statement)
    assert await world.fetchval(question) is False


async def test_every_constraint_and_trigger_of_the_database_has_a_case(
    world: asyncpg.Connection,
) -> None:
    constraints = await world.fetch(
        "SELECT conname AS name FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
        "AND conrelid::regclass::text <> 'tortoise_migrations' "
        "AND (contype IN ('c', 'u', 'x') OR (contype = 'f' AND conname LIKE '%\\_on\\_shift'))"
    )
    indexes = await world.fetch(
        "SELECT indexrelid::regclass::text AS name FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace "
        "AND i.indisunique AND NOT i.indisprimary AND c.relname <> 'tortoise_migrations'"
    )
    triggers = await world.fetch("SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal")
    tested = {each[0] for each in ROWS} | {each[0] for each in STATEMENTS}
    tested |= {"role_never_overfilled", *BROKEN_BY_NONE}
    made_by_triggers = {name for name in TRIGGERS.values() if name != "effect"}
    assert {row["name"] for row in [*constraints, *indexes]} == tested - made_by_triggers
    assert {row["name"] for row in triggers} == set(TRIGGERS)
    assert made_by_triggers <= tested
    effects = {name for name, kind in TRIGGERS.items() if kind == "effect"}
    assert effects <= {each[0] for each in EFFECTS}


async def test_every_code_is_of_a_constraint_that_exists(world: asyncpg.Connection) -> None:
    known = {each[0] for each in ROWS} | {each[0] for each in STATEMENTS}
    assert set(CODES) <= known | {"role_never_overfilled"}


async def test_every_id_of_another_row_is_a_foreign_key(world: asyncpg.Connection) -> None:
    loose = await world.fetch(
        "SELECT c.table_name || '.' || c.column_name AS name FROM information_schema.columns c "
        "WHERE c.table_schema = 'public' AND c.data_type = 'uuid' AND c.column_name LIKE '%\\_id' "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint f JOIN pg_attribute a "
        "ON a.attrelid = f.conrelid AND a.attnum = ANY(f.conkey) WHERE f.contype = 'f' "
        "AND f.conrelid::regclass::text = quote_ident(c.table_name) "
        "AND a.attname = c.column_name)"
    )
    assert {row["name"] for row in loose} == set(PLAIN_IDS)
