"""The chain over the log: every committed line once, in order, whatever happens meanwhile."""

import asyncio
import hashlib
import json
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from services import audit, clock, sealing
from services.audit import Act
from services.database import rows
from services.scope import SYSTEM, Scope, entered
from services.sealing import GENESIS, Sealer, canonical, link
from services.transactions import transaction

LINE = {
    "id": UUID("01930000-0000-7000-8000-000000000001"),
    "created_at": clock.now().replace(2026, 11, 22, 13, 5, 7, 42),
    "act": "role_granted",
    "account_id": None,
    "subject_kind": "account",
    "subject_id": UUID("01930000-0000-7000-8000-000000000002"),
    "organisation_id": None,
    "facts": '{"role": "审计员", "b": [1, true], "a": "\\u2028\\"\\\\/\\u0001"}',
}


async def write(count: int) -> None:
    for number in range(count):
        await audit.record(Act.EXPORTED, subject_kind="test", number=number)


async def chain() -> list[dict[str, object]]:
    return await rows(
        "SELECT s.number, s.event_id, s.digest, e.facts->>'number' AS mark "
        "FROM audit_seal s JOIN audit_event e ON e.id = s.event_id ORDER BY s.number"
    )


async def lines() -> int:
    [found] = await rows("SELECT count(*) AS lines FROM audit_event")
    return int(found["lines"])


def test_a_line_is_sealed_as_anybody_can_write_it_down() -> None:
    """The words of docs/audit.md, by hand."""
    facts = '{"a":"\u2028\\"\\\\/\\u0001","b":[1,true],"role":"审计员"}'
    by_hand = (
        '{"account_id":null,"act":"role_granted","created_at":"2026-11-22T13:05:07.000042Z",'
        f'"facts":{facts},"id":"01930000-0000-7000-8000-000000000001","organisation_id":null,'
        '"subject_id":"01930000-0000-7000-8000-000000000002","subject_kind":"account"}'
    ).encode()

    assert canonical(LINE) == by_hand
    assert link(GENESIS, by_hand) == hashlib.sha256(bytes(32) + by_hand).hexdigest()


async def test_every_line_gets_the_next_number_once(database: str) -> None:
    await write(5)
    sealer = Sealer()

    first = await sealer.seal()
    again = await sealer.seal()
    await write(2)
    then = await Sealer().seal()

    assert (first.sealed, again.sealed, then.sealed) == (5, 0, 2)
    found = await chain()
    assert [row["number"] for row in found] == list(range(1, 8))
    assert [row["mark"] for row in found] == ["0", "1", "2", "3", "4", "0", "1"]
    assert len({row["event_id"] for row in found}) == 7


async def test_a_full_batch_asks_to_come_again(database: str) -> None:
    async with transaction():
        await write(5)  # One transaction, larger than the batch.
    sealer = Sealer()

    batches = [await sealer.seal(limit=2) for _ in range(3)]

    assert [batch.sealed for batch in batches] == [2, 2, 1]
    assert [batch.is_full for batch in batches] == [True, True, False]
    assert len(await chain()) == 5


async def test_what_is_undone_is_not_sealed(database: str) -> None:
    async def fail() -> None:
        async with transaction():
            await write(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert (await Sealer().seal()).sealed == 0


async def test_a_transaction_that_was_open_for_long_is_sealed_when_it_commits(
    database: str,
) -> None:
    """Its lines have older ids and an older transaction number than thousands sealed since."""
    other = await asyncpg.connect(database)
    late = uuid4()
    try:
        work = other.transaction()
        await work.start()
        await _insert(other, late)
        sealer = Sealer()
        for _ in range(4):
            await write(3)
            assert (await sealer.seal()).sealed == 3
        assert (await sealing.unsealed()).count == 0  # What is not committed is not there.
        await work.commit()
    finally:
        await other.close()

    assert (await sealing.unsealed()).count == 1
    assert (await sealer.seal()).sealed == 1

    found = await chain()
    assert (found[-1]["number"], found[-1]["event_id"]) == (13, late)


async def test_a_sealer_that_starts_later_finds_the_late_line_too(database: str) -> None:
    other = await asyncpg.connect(database)
    try:
        work = other.transaction()
        await work.start()
        await _insert(other, uuid4())
        await write(3)
        await Sealer().seal()
        await write(3)
        await Sealer().seal()
        await work.commit()
    finally:
        await other.close()

    newcomer = Sealer()
    newcomer._sweep_after = None  # noqa: SLF001  # Not by its sweep: by the mark that was kept.
    assert (await newcomer.seal()).sealed == 1


async def test_a_line_with_a_number_of_another_server_is_found_by_the_sweep(database: str) -> None:
    """As after a restore: transaction numbers begin anew, and old ones lie far ahead."""
    await write(2)
    sealer = Sealer()
    await sealer.seal()
    await _as_owner(database, _insert_numbered, 2**40)
    assert (await sealer.seal()).sealed == 0

    sealer.sweep()

    assert (await sealer.seal()).sealed == 1


async def test_a_mark_of_another_server_does_not_hide_new_lines(database: str) -> None:
    await write(2)
    await Sealer().seal()
    await _as_owner(
        database,
        lambda owner: owner.execute(
            "ALTER TABLE audit_seal DISABLE TRIGGER USER; UPDATE audit_seal SET "
            "sealed_below = 1099511627776; ALTER TABLE audit_seal ENABLE TRIGGER USER"
        ),
    )
    await write(3)

    newcomer = Sealer()
    newcomer._sweep_after = None  # noqa: SLF001
    assert (await sealing.unsealed()).count == 3
    assert (await newcomer.seal()).sealed == 3


async def test_only_one_seals_at_a_time_and_the_other_waits(database: str) -> None:
    await write(4)
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            await other.execute("SELECT pg_advisory_xact_lock($1)", sealing.SEAL_LOCK)
            waiting = await Sealer().seal()
    finally:
        await other.close()

    assert (waiting.sealed, waiting.is_waiting) == (0, True)
    assert (await Sealer().seal()).sealed == 4


async def test_many_writers_and_two_sealers_leave_one_chain(database: str) -> None:
    sealers = [Sealer(), Sealer()]
    done = asyncio.Event()

    async def follow(sealer: Sealer) -> None:
        while not done.is_set():
            await sealer.seal(limit=7)
            await asyncio.sleep(0)

    following = [asyncio.create_task(follow(sealer)) for sealer in sealers]
    await asyncio.gather(*(write(15) for _ in range(8)))
    done.set()
    await asyncio.gather(*following)
    while (await sealers[0].seal()).sealed:
        pass

    found = await chain()
    assert [row["number"] for row in found] == list(range(1, 121))
    assert len({row["event_id"] for row in found}) == await lines() == 120
    digest = GENESIS
    for row in await _whole_lines():
        digest = link(digest, canonical(row))
        assert row["digest"] == digest


async def test_head_and_age_of_what_waits(database: str) -> None:
    empty = await sealing.head()
    assert (empty.number, empty.digest) == (0, GENESIS)
    await write(2)
    now = clock.now() + timedelta(seconds=3)

    waiting = await sealing.unsealed()
    await Sealer().seal()
    after = await sealing.unsealed()

    assert waiting.count == 2
    assert 3 <= waiting.age_seconds(now) < 60
    assert (after.count, after.age_seconds(now)) == (0, 0.0)
    assert (await sealing.head()).number == 2


async def test_requests_cannot_write_seals(database: str) -> None:
    """The chain is the sealer's: whoever acts for somebody sees none of it and adds nothing."""
    await write(1)
    async with entered(Scope(account_id=uuid4())):
        assert await rows("SELECT 1 FROM audit_seal") == []
        with pytest.raises(Exception, match="row-level security"):
            await rows(
                "INSERT INTO audit_seal (id, created_at, number, event_id, digest, sealed_below) "
                "VALUES ($1, now(), 1, $2, $3, 1)",
                uuid4(),
                uuid4(),
                "0" * 64,
            )
    async with entered(SYSTEM):
        assert (await Sealer().seal()).sealed == 1


async def test_the_seal_is_found_by_index_in_a_long_log(database: str) -> None:
    """Finding what is new reads what is new: no plan goes through the log or the seals whole."""
    await _as_owner(database, _fill)
    await write(3)
    async with transaction():
        await rows("SET LOCAL plan_cache_mode = force_custom_plan")
        [last] = await rows("SELECT max(transaction_number) AS number FROM audit_event")
        plan = await rows(
            f"EXPLAIN (FORMAT JSON) SELECT {sealing.LINE_COLUMNS}, e.transaction_number "
            "FROM audit_event e WHERE e.transaction_number >= $1 AND e.transaction_number < $2 "
            "AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.event_id = e.id) "
            "ORDER BY e.transaction_number, e.id LIMIT $3",
            last["number"] - 2,
            last["number"] + 1,
            2000,
        )
    assert "Seq Scan" not in json.dumps(plan[0])


async def _whole_lines() -> list[dict[str, object]]:
    return await rows(
        f"SELECT s.digest, {sealing.LINE_COLUMNS} FROM audit_seal s "
        "JOIN audit_event e ON e.id = s.event_id ORDER BY s.number"
    )


async def _insert(connection: asyncpg.Connection, id_: UUID) -> None:
    await connection.execute(
        "INSERT INTO audit_event (id, created_at, act, subject_kind, facts, transaction_number) "
        "VALUES ($1, now(), 'exported', '', '{}', pg_current_xact_id()::text::bigint)",
        id_,
    )


async def _insert_numbered(owner: asyncpg.Connection, number: int = 2**40) -> None:
    await owner.execute(
        "INSERT INTO audit_event (id, created_at, act, subject_kind, facts, transaction_number) "
        "VALUES (gen_random_uuid(), now(), 'exported', '', '{}', $1)",
        number,
    )


async def _fill(owner: asyncpg.Connection) -> None:
    """20,000 sealed lines of old transactions."""
    await owner.execute(
        "INSERT INTO audit_event (id, created_at, act, subject_kind, facts, transaction_number) "
        "SELECT gen_random_uuid(), now(), 'exported', '', '{}', 1 + n / 10 "
        "FROM generate_series(1, 20000) n"
    )
    await owner.execute(
        "INSERT INTO audit_seal (id, created_at, number, event_id, digest, sealed_below) "
        "SELECT gen_random_uuid(), now(), row_number() OVER (), id, repeat('0', 64), 1 "
        "FROM audit_event"
    )
    await owner.execute("ANALYZE audit_event, audit_seal")


async def _as_owner(url: str, work: object, *arguments: object) -> None:
    owner = await asyncpg.connect(url)
    try:
        await work(owner, *arguments)  # type: ignore[operator]
    finally:
        await owner.close()
