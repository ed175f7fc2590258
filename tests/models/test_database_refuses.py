"""What must never be false is refused by the database itself: each constraint, broken alone.

The lists are compared with the catalogue, so a constraint that is added without a case here fails.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from services.transactions import CODES, CODES_BY_CLASS
from tests.models.agreement_world import AGREEMENT_ROWS, AGREEMENT_TRIGGERS
from tests.models.attendance_world import (
    ATTENDANCE_EFFECTS,
    ATTENDANCE_ROWS,
    ATTENDANCE_STATEMENTS,
    ATTENDANCE_TABLE_OF,
    ATTENDANCE_TRIGGERS,
)
from tests.models.core_refusals import (
    BROKEN_BY_NONE,
    CORE_ROWS,
    CORE_STATEMENTS,
    CORE_TRIGGERS,
    EFFECTS,
    TABLE_OF,
)
from tests.models.finding_world import (
    FINDING_EFFECTS,
    FINDING_ROWS,
    FINDING_TABLE_OF,
    FINDING_TRIGGERS,
)
from tests.models.my_shifts_refusals import (
    MY_SHIFTS_ROWS,
    MY_SHIFTS_STATEMENTS,
    MY_SHIFTS_TRIGGERS,
)
from tests.models.notices_world import NOTICES_ROWS
from tests.models.trust_refusals import (
    PLAIN_IDS,
    TRUST_ROWS,
    TRUST_STATEMENTS,
    TRUST_TRIGGERS,
)
from tests.models.world import (
    GROUND,
    MORNING,
    MORNING_ROLE,
    VALID,
    WORLD,
    Row,
    insert,
    uuid,
)
from tests.support.lease import leased

ROWS = [
    *CORE_ROWS,
    *NOTICES_ROWS,
    *MY_SHIFTS_ROWS,
    *TRUST_ROWS,
    *FINDING_ROWS,
    *ATTENDANCE_ROWS,
    *AGREEMENT_ROWS,
]
STATEMENTS = [
    *CORE_STATEMENTS,
    *MY_SHIFTS_STATEMENTS,
    *TRUST_STATEMENTS,
    *ATTENDANCE_STATEMENTS,
]
ALL_EFFECTS = [*EFFECTS, *FINDING_EFFECTS, *ATTENDANCE_EFFECTS]
TRIGGERS = {
    **CORE_TRIGGERS,
    **MY_SHIFTS_TRIGGERS,
    **TRUST_TRIGGERS,
    **FINDING_TRIGGERS,
    **AGREEMENT_TRIGGERS,
    **ATTENDANCE_TRIGGERS,
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
    assert await refused_by(world, insert(table, VALID[table])) is None


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


@pytest.mark.parametrize(("trigger", "statement", "question"), ALL_EFFECTS)
async def test_a_trigger_does_its_work_and_nothing_else_does(
    world: asyncpg.Connection, trigger: str, statement: str, question: str
) -> None:
    await world.execute("SAVEPOINT before")
    await world.execute(statement)
    assert await world.fetchval(question) is True

    await world.execute("ROLLBACK TO before")
    table = (TABLE_OF | FINDING_TABLE_OF | ATTENDANCE_TABLE_OF).get(trigger, "claim")
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
    assert effects <= {each[0] for each in ALL_EFFECTS}


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
