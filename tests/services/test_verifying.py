"""What somebody with every right in the database can do to the log, and how it is found."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from services import audit, audit_heads, clock, sealing, verifying
from services.audit import Act
from services.audit_heads import HeadsRefused, KeptHead
from services.sealing import Sealer
from services.verifying import Fault, Finding

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)

LINES = 12


@pytest.fixture
async def owner(database: str) -> AsyncIterator[asyncpg.Connection]:
    """The owner of the tables, with a sealed log before them; triggers do not stop them."""
    for number in range(LINES):
        await audit.record(Act.EXPORTED, subject_kind="test", number=number)
    await Sealer().seal()
    connection = await asyncpg.connect(database)
    await connection.execute(
        "ALTER TABLE audit_event DISABLE TRIGGER USER; ALTER TABLE audit_seal DISABLE TRIGGER USER"
    )
    yield connection
    await connection.close()


async def found(*heads: KeptHead) -> list[tuple[Fault, int]]:
    report = await verifying.verify(heads)
    assert report.is_sound is (not report.findings)
    return [(each.fault, each.number) for each in report.findings]


async def change_line(owner: asyncpg.Connection, number: int, what: str) -> None:
    await owner.execute(
        f"UPDATE audit_event SET {what} "
        "WHERE id = (SELECT event_id FROM audit_seal WHERE number = $1)",
        number,
    )


async def kept_now() -> KeptHead:
    head = await sealing.head()
    return KeptHead(at=NOW, number=head.number, digest=head.digest)


async def reseal_from(owner: asyncpg.Connection, number: int) -> None:
    """Every seal from this one on computed anew, as somebody would who knows how."""
    seals = await owner.fetch(
        f"SELECT s.number, {sealing.LINE_COLUMNS} FROM audit_seal s "
        "JOIN audit_event e ON e.id = s.event_id WHERE s.number >= $1 ORDER BY s.number",
        number,
    )
    digest = await owner.fetchval("SELECT digest FROM audit_seal WHERE number = $1", number - 1)
    for seal in seals:
        digest = sealing.link(digest, sealing.canonical(dict(seal)))
        await owner.execute(
            "UPDATE audit_seal SET digest = $1 WHERE number = $2", digest, seal["number"]
        )


async def test_a_whole_log_is_whole(owner: asyncpg.Connection) -> None:
    report = await verifying.verify([await kept_now()])

    assert (report.lines, report.findings, report.heads) == (LINES, [], 1)
    assert report.head == await sealing.head()
    assert (report.unsealed.count, report.unsealed.oldest_at) == (0, None)


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (1, "facts = facts || '{\"number\": 99}'"),
        (2, "facts = '{}'"),
        (3, "act = 'signed_in'"),
        (4, "account_id = gen_random_uuid()"),
        (5, "subject_id = gen_random_uuid()"),
        (6, "subject_kind = ''"),
        (7, "organisation_id = gen_random_uuid()"),
        (LINES, "created_at = created_at + interval '1 microsecond'"),
    ],
)
async def test_a_changed_line_is_found_and_named(
    owner: asyncpg.Connection, number: int, what: str
) -> None:
    line = await owner.fetchval("SELECT event_id FROM audit_seal WHERE number = $1", number)
    await change_line(owner, number, what)

    report = await verifying.verify()

    assert report.findings == [Finding(fault=Fault.LINE_CHANGED, number=number, line_id=line)]


async def test_each_of_several_changed_lines_is_found(owner: asyncpg.Connection) -> None:
    for number in (3, 4, 9):
        await change_line(owner, number, "facts = '{}'")
    assert await found() == [(Fault.LINE_CHANGED, number) for number in (3, 4, 9)]


async def test_a_missing_line_is_found_and_named(owner: asyncpg.Connection) -> None:
    await owner.execute(
        "DELETE FROM audit_event WHERE id IN "
        "(SELECT event_id FROM audit_seal WHERE number IN (1, 5, 12))"
    )
    assert await found() == [(Fault.LINE_MISSING, number) for number in (1, 5, 12)]


@pytest.mark.parametrize("number", [1, 7])
async def test_a_changed_seal_is_told_from_a_changed_line(
    owner: asyncpg.Connection, number: int
) -> None:
    await owner.execute("UPDATE audit_seal SET digest = repeat('a', 64) WHERE number = $1", number)
    assert await found() == [(Fault.SEAL_CHANGED, number)]


async def test_missing_seals_are_a_gap(owner: asyncpg.Connection) -> None:
    await owner.execute("DELETE FROM audit_seal WHERE number IN (4, 5, 9)")

    report = await verifying.verify()

    assert [(each.fault, each.number, each.last_number) for each in report.findings] == [
        (Fault.SEAL_MISSING, 4, 5),
        (Fault.SEAL_MISSING, 9, None),
    ]
    assert report.unsealed.count == 3


async def test_line_and_seal_taken_out_together_leave_a_gap(owner: asyncpg.Connection) -> None:
    await owner.execute(
        "WITH gone AS (DELETE FROM audit_seal WHERE number = 6 RETURNING event_id) "
        "DELETE FROM audit_event USING gone WHERE id = gone.event_id"
    )
    assert await found() == [(Fault.SEAL_MISSING, 6)]


async def test_closing_the_gap_does_not_hide_it(owner: asyncpg.Connection) -> None:
    """The numbers moved up behind what was taken out: the first seal after it does not fit."""
    await owner.execute(
        "WITH gone AS (DELETE FROM audit_seal WHERE number = 6 RETURNING event_id) "
        "DELETE FROM audit_event USING gone WHERE id = gone.event_id"
    )
    for number in range(7, LINES + 1):
        await owner.execute(
            "UPDATE audit_seal SET number = $1 WHERE number = $2", number - 1, number
        )
    assert await found() == [(Fault.LINE_CHANGED, 6)]


async def test_lines_that_changed_places_are_found(owner: asyncpg.Connection) -> None:
    await owner.execute(
        "CREATE TEMP TABLE two AS SELECT number, event_id FROM audit_seal WHERE number IN (2, 3); "
        "UPDATE audit_seal SET event_id = gen_random_uuid() WHERE number IN (2, 3); "
        "UPDATE audit_seal s SET event_id = t.event_id FROM two t WHERE s.number = 5 - t.number"
    )
    assert await found() == [(Fault.LINE_CHANGED, 2), (Fault.LINE_CHANGED, 3)]


async def test_a_chain_written_anew_is_found_by_the_kept_head(owner: asyncpg.Connection) -> None:
    kept = await kept_now()
    await change_line(owner, 5, "facts = '{}'")
    await reseal_from(owner, 5)

    assert await found() == []
    assert await found(kept) == [(Fault.HEAD_DIFFERS, LINES)]


async def test_a_tail_that_was_cut_off_is_found_by_the_kept_head(
    owner: asyncpg.Connection,
) -> None:
    kept = await kept_now()
    await owner.execute(
        "WITH gone AS (DELETE FROM audit_seal WHERE number > 9 RETURNING event_id) "
        "DELETE FROM audit_event USING gone WHERE id = gone.event_id"
    )

    assert await found() == []
    report = await verifying.verify([kept])
    [finding] = report.findings
    assert (finding.fault, finding.number, finding.last_number, finding.kept_at) == (
        Fault.TAIL_CUT_OFF, 10, LINES, NOW,
    )  # fmt: skip


async def test_an_emptied_log_is_found_by_the_kept_head(owner: asyncpg.Connection) -> None:
    kept = await kept_now()
    await owner.execute("TRUNCATE audit_event, audit_seal")
    assert await found(kept) == [(Fault.TAIL_CUT_OFF, 1)]


async def test_lines_that_wait_are_counted_with_their_age(owner: asyncpg.Connection) -> None:
    await audit.record(Act.EXPORTED)
    await audit.record(Act.EXPORTED)

    report = await verifying.verify()

    assert (report.lines, report.unsealed.count, report.is_sound) == (LINES, 2, True)
    assert 60 <= report.unsealed.age_seconds(clock.now() + timedelta(seconds=60)) < 120


async def test_long_log_is_told_page_by_page(
    owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "PAGE_LINES", 5)
    told: list[tuple[int, int]] = []
    report = await verifying.verify((), lambda done, total: told.append((done, total)))
    assert told == [(5, LINES), (10, LINES), (12, LINES)]
    assert (report.lines, report.is_sound) == (LINES, True)


async def test_a_head_is_kept_once_a_day(owner: asyncpg.Connection, tmp_path: Path) -> None:
    path = tmp_path / "audit" / "heads"
    head = await sealing.head()
    zone = clock.now().tzinfo
    assert zone is not None

    assert audit_heads.is_due(path, NOW, zone)
    audit_heads.keep_head(path, head, NOW)
    assert not audit_heads.is_due(path, NOW + timedelta(hours=1), zone)
    assert audit_heads.is_due(path, NOW + timedelta(days=1), zone)
    audit_heads.keep_head(path, head, NOW + timedelta(days=1))

    kept = audit_heads.read_heads(path)
    assert [(each.number, each.digest) for each in kept] == [(LINES, head.digest)] * 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert await found(*kept) == []


def test_a_line_cut_off_while_written_is_passed_over_and_mended(tmp_path: Path) -> None:
    path = tmp_path / "heads"
    head = sealing.Head(number=3, digest="ab" * 32)
    audit_heads.keep_head(path, head, NOW)
    path.write_bytes(path.read_bytes() + b"2026-11-22T")

    assert len(audit_heads.read_heads(path)) == 1
    audit_heads.keep_head(path, head, NOW)
    assert len(audit_heads.read_heads(path)) == 2


@pytest.mark.parametrize(
    "line",
    ["nonsense", "2026-11-22T00:00:00+00:00 1 abc", "2026-11-22T00:00:00 1 " + "0" * 64,
     "2026-11-22T00:00:00+00:00 0 " + "0" * 64, "é"],
)  # fmt: skip
def test_heads_that_cannot_be_read_are_refused_with_their_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "heads"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(HeadsRefused, match="heads"):
        audit_heads.read_heads(path)
