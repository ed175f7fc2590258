"""The second wall alone: what a plain `SELECT` of each table shows to everybody who can ask."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import OperationalError

from services import clock, scope
from services.database import open_runtime, rows
from services.errors import Conflict
from services.rights import scope_of
from services.transactions import transaction
from tests.rights.actors import EVERYBODY, OPENS, ROLES, Who
from tests.rights.side import Line, Side
from tests.rights.walls import NEVER, POLICIES
from tests.rights.world import fill
from tests.support.lease import leased

# The same for everybody, or for nobody: there is nothing of anybody in them.
BESIDE = {"tortoise_migrations", "state_transition", "organisation_closure", "skill_rule"}
EMPTY = {"daily_run"}


@pytest.fixture(scope="module")
def lasting() -> Iterator[dict[str, Any]]:
    """One world for all tests of the module; none leaves anything behind in it."""
    with leased("database") as url:
        yield {"url": url}


@pytest.fixture
async def sides(lasting: dict[str, Any]) -> AsyncIterator[dict[str, Side]]:
    if "sides" not in lasting:
        lasting["sides"] = await fill(lasting["url"], clock.now(), more=whats_left)
    async with open_runtime(lasting["url"], 2):
        yield lasting["sides"]


def whats_left(here: Side) -> None:
    """Rows that only this test can use: no service could read them."""
    here.add(
        "import_batch",
        "import",
        organisation_id=here.id("street"),
        kind="people",
        state="refused",
        opens=(("work", "street"), ("people", "street")),
    )
    here.add(
        "person_merge",
        "merge",
        kept_id=here.id("ada"),
        merged_id=here.id("ben"),
        account_id=here.id("account of chief"),
        persons=("ada",),
        opens=(("people", "street"),),
    )


@asynccontextmanager
async def as_somebody(who: Who, sides: dict[str, Side]) -> AsyncIterator[None]:
    async with scope.entered(scope_of(who.actor(sides))), transaction():
        yield


def is_seen(line: Line, who: Who, sides: dict[str, Side]) -> bool:
    """What should be seen, said without SQL."""
    actor = who.actor(sides)
    if line.is_public:
        return True
    if actor is None:
        return False
    return bool(
        line.persons & set(actor.persons)
        or actor.account_id in line.accounts
        or line.opens & who.opens(sides)
    )


async def test_every_table_has_rows_on_both_sides(sides: dict[str, Side]) -> None:
    for side in sides.values():
        assert {line.table for line in side.lines} == set(POLICIES) - BESIDE - EMPTY


def test_every_role_and_scope_is_among_those_who_ask() -> None:
    assert {who.role for who in EVERYBODY if who.role} == set(OPENS)
    assert set(ROLES) <= set(OPENS)


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.name)
async def test_a_plain_select_shows_exactly_what_is_theirs(
    sides: dict[str, Side], who: Who
) -> None:
    lines = [*sides["a"].lines, *sides["b"].lines]
    of_the_world = {line.id for line in lines}
    wrong: dict[str, list[str]] = {}
    async with as_somebody(who, sides):
        for table in sorted(POLICIES.keys() - BESIDE - EMPTY):
            found: set[UUID] = {row["id"] for row in await rows(f"SELECT id FROM {table}")}
            expected = {
                each.id for each in lines if each.table == table and is_seen(each, who, sides)
            }
            if found & of_the_world != expected:
                wrong[table] = [f"sees {found - expected}", f"lacks {expected - found}"]
    assert wrong == {}


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.name)
async def test_nobody_changes_or_removes_what_they_cannot_see(
    sides: dict[str, Side], who: Who
) -> None:
    lines = [*sides["a"].lines, *sides["b"].lines]
    of_the_world = {line.id for line in lines}
    seen = {each.id for each in lines if is_seen(each, who, sides)}
    own = {each.id for each in lines if each.id in seen and not each.is_public}
    async with as_somebody(who, sides):
        for table in sorted(POLICIES.keys() - BESIDE - EMPTY):
            if "UPDATE" in NEVER.get(table, ""):
                continue
            touched = await changed_rows(table) & of_the_world
            public = {line.id for line in lines if line.table == table and line.is_public}
            assert touched - public <= own, table
            theirs = {line.id for line in lines if line.opens & who.opens(sides)}
            assert touched & public <= theirs, f"{table}: what everybody reads is not everybody's"


async def changed_rows(table: str) -> set[UUID]:
    """The rows that an update of everything reaches; a trigger may refuse it as a whole."""
    try:
        async with transaction():
            found = await rows(f"UPDATE {table} SET created_at = created_at RETURNING id")
    except (OperationalError, Conflict):
        return set()
    return {row["id"] for row in found}
