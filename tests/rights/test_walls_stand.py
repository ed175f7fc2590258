"""The second wall is whole: every table is behind it, and the service's own role is bound by it."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from tests.rights.walls import (
    APPLICATION,
    NEVER,
    POLICIES,
    ROLES,
    SYSTEM,
    TRIGGERS_OF_THE_OWNER,
)
from tests.support.lease import leased

COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@pytest.fixture(scope="module")
def untouched() -> Iterator[str]:
    """One database for all: what is tried in it is refused."""
    with leased("database") as url:
        yield url


@pytest.fixture
async def owner(untouched: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner of the tables, who looks at the catalogue."""
    connection = await asyncpg.connect(untouched)
    yield connection
    await connection.close()


@pytest.fixture(params=ROLES)
async def service(owner: asyncpg.Connection, request: pytest.FixtureRequest) -> asyncpg.Connection:
    """The same connection as one of the service's roles."""
    await owner.execute(f"SET ROLE {request.param}")
    return owner


async def test_every_table_is_behind_the_wall(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(
        "SELECT relname, relkind::text, relrowsecurity AND relforcerowsecurity AS is_walled "
        "FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind IN ('r', 'p', 'v', 'm', 'f')"
    )
    assert {row["relkind"] for row in found} == {"r"}, "a view shows rows past the wall"
    assert {row["relname"]: row["is_walled"] for row in found} == dict.fromkeys(POLICIES, True)


async def test_every_table_has_a_policy_for_each_command_and_no_other(
    owner: asyncpg.Connection,
) -> None:
    me = await owner.fetchval("SELECT current_user::text")
    found = await owner.fetch(
        "SELECT tablename, cmd, permissive, roles::text[] AS roles, qual, with_check "
        "FROM pg_policies WHERE schemaname = 'public'"
    )
    listed = {(row["tablename"], row["cmd"], row["permissive"], *row["roles"]) for row in found}
    assert len(listed) == len(found), "two policies of one kind are one that is wider"
    assert listed == {
        (table, command, "PERMISSIVE", role)
        for table in POLICIES
        for command, role in [
            ("ALL", me),
            ("ALL", SYSTEM),
            *((command, APPLICATION) for command in COMMANDS),
        ]
    }
    # A policy that is simply true is written down here on purpose.
    open_to_all = {
        row["tablename"] for row in found if row["cmd"] == "SELECT" and row["qual"] == "true"
    }
    assert open_to_all == {
        "organisation_closure",
        "state_transition",
        "tortoise_migrations",
        "skill_rule",
        "tag_grant",
        "identity_provider",
    }


@pytest.mark.parametrize("name", ROLES)
async def test_the_services_role_is_bound_by_the_wall(owner: asyncpg.Connection, name: str) -> None:
    role = await owner.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", name)
    assert role is not None
    may = (
        "rolcanlogin",
        "rolsuper",
        "rolbypassrls",
        "rolcreaterole",
        "rolcreatedb",
        "rolreplication",
    )
    assert {name: role[name] for name in may} == dict.fromkeys(may, False)
    above = await owner.fetch(
        "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = $1::regrole", name
    )
    assert above == [], "the service could become somebody else"
    assert not await owner.fetchval("SELECT pg_has_role($1, current_user, 'MEMBER')", name), (
        "the service could become the owner"
    )


async def test_whoever_signs_in_for_the_service_has_no_sight_of_its_own(
    owner: asyncpg.Connection,
) -> None:
    """`mulin_service` may become what the service works as, and has nothing until it does."""
    role = await owner.fetchrow("SELECT * FROM pg_roles WHERE rolname = 'mulin_service'")
    assert role is not None
    assert {name for name, value in role.items() if value is True} == {"rolcanlogin"}
    above = await owner.fetch(
        "SELECT roleid::regrole::text AS name FROM pg_auth_members "
        "WHERE member = 'mulin_service'::regrole"
    )
    assert {row["name"] for row in above} == set(ROLES)


@pytest.mark.parametrize(
    ("catalogue", "owner_column"),
    [
        ("pg_class", "relowner"),
        ("pg_proc", "proowner"),
        ("pg_namespace", "nspowner"),
        ("pg_type", "typowner"),
        ("pg_database", "datdba"),
    ],
)
async def test_the_services_role_owns_nothing(
    owner: asyncpg.Connection, catalogue: str, owner_column: str
) -> None:
    owned = f"SELECT oid FROM {catalogue} WHERE {owner_column}::regrole::text = ANY($1)"
    assert await owner.fetch(owned, ROLES) == []


async def test_the_services_role_has_the_rights_that_are_listed_and_no_others(
    owner: asyncpg.Connection,
) -> None:
    found = await owner.fetch(
        "SELECT c.relname, g.privilege_type, g.grantee::regrole::text AS grantee "
        "FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g "
        "WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner"
    )
    expected = {
        (role, table, command)
        for role in ROLES
        for table in POLICIES
        for command in COMMANDS
        if command not in NEVER.get(table, "").split(", ")
    }
    given = {(row["grantee"], row["relname"], row["privilege_type"]) for row in found}
    assert given == expected
    for role in ROLES:
        assert not await owner.fetchval("SELECT has_schema_privilege($1, 'public', 'CREATE')", role)


@pytest.mark.parametrize(
    ("table", "what"), [(table, what) for table in NEVER for what in NEVER[table].split(", ")]
)
async def test_what_is_never_done_is_refused_even_to_the_service_itself(
    service: asyncpg.Connection, table: str, what: str
) -> None:
    column = "machine" if table == "state_transition" else "id"
    column = "ancestor_id" if table == "organisation_closure" else column
    statement = {
        "INSERT": f"INSERT INTO {table} DEFAULT VALUES",
        "UPDATE": f"UPDATE {table} SET {column} = {column}",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[what]
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await service.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE claim DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE claim DISABLE TRIGGER ALL",
        "DROP POLICY claim_read ON claim",
        "CREATE POLICY mine ON claim USING (true)",
        "CREATE TABLE mine ()",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1",
        "ALTER ROLE mulin_application BYPASSRLS",
        "SET session_replication_role = replica",
    ],
)
async def test_the_service_cannot_take_the_wall_down(
    service: asyncpg.Connection, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(statement)


async def test_the_wall_is_not_switched_off_by_asking(service: asyncpg.Connection) -> None:
    """`row_security = off` makes a statement fail that a policy would have narrowed."""
    await service.execute("SET row_security = off")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.fetch("SELECT * FROM volunteer")


async def test_only_the_listed_triggers_borrow_their_owners_sight(
    owner: asyncpg.Connection,
) -> None:
    found = await owner.fetch(
        "SELECT proname, prorettype::regtype::text AS returns, proconfig FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )
    assert {row["proname"] for row in found} == set(TRIGGERS_OF_THE_OWNER)
    # A trigger cannot be called, and a fixed search path keeps others' functions out of it.
    assert {row["returns"] for row in found} == {"trigger"}
    assert {tuple(row["proconfig"] or ()) for row in found} == {("search_path=public, pg_temp",)}
