"""The chain over the log: each committed line gets a number and a digest over all before it.

Requests write lines and never wait for the chain. One sealer follows them; which lines it has
still to look at it knows from PostgreSQL's own transaction numbers (decision 19).
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import new_id
from services import clock
from services.database import rows
from services.scope import as_system
from services.transactions import transaction

SEAL_LOCK = 814
BATCH_LINES = 2_000
SWEEP_LINES = 20_000
GENESIS = "0" * 64
"""The digest before the first line."""

LINE_COLUMNS = (
    "e.id, e.created_at, e.act, e.account_id, e.subject_kind, e.subject_id, e.organisation_id, "
    "e.facts::text AS facts"
)
_UNSEALED = "NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.event_id = e.id)"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass of the sealer did."""

    sealed: int
    is_full: bool = False  # there may be more: come again at once
    is_waiting: bool = False  # another sealer is at work


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The last link of the chain; number 0 before there is any."""

    number: int
    digest: str
    sealed_at: datetime | None = None


class Unsealed(msgspec.Struct, frozen=True, kw_only=True):
    """The lines that are not in the chain yet."""

    count: int
    oldest_at: datetime | None = None

    def age_seconds(self, now: datetime) -> float:
        """How long the oldest has waited; nothing where all is sealed."""
        return 0.0 if self.oldest_at is None else max(0.0, (now - self.oldest_at).total_seconds())


def canonical(row: dict[str, Any]) -> bytes:
    """The line as it is sealed: JSON in UTF-8, keys sorted, no spaces, the time in UTC."""
    line = {
        "id": str(row["id"]),
        "created_at": row["created_at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "act": row["act"],
        "account_id": _text(row["account_id"]),
        "subject_kind": row["subject_kind"],
        "subject_id": _text(row["subject_id"]),
        "organisation_id": _text(row["organisation_id"]),
        "facts": json.loads(row["facts"]),
    }
    return json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def link(previous: str, line: bytes) -> str:
    """The digest of a line that follows this one: SHA-256 of that digest's bytes and the line."""
    return hashlib.sha256(bytes.fromhex(previous) + line).hexdigest()


class Sealer:
    """One process's part in sealing. What it remembers only spares work; the database decides."""

    def __init__(self) -> None:
        self._below = 0
        self._sweep_after: UUID | None = UUID(int=0)

    @as_system
    async def seal(self, *, limit: int = BATCH_LINES) -> Batch:
        """Seal what was committed since the last pass, at most `limit` lines, all or nothing.

        Does nothing while another sealer is at it. Killed at any moment it has done the whole pass
        or none of it.
        """
        async with transaction():
            [lock] = await rows("SELECT pg_try_advisory_xact_lock($1) AS held", SEAL_LOCK)
            if not lock["held"]:
                return Batch(sealed=0, is_waiting=True)
            # Plans for the numbers at hand: a plan for any numbers would read the whole log.
            await rows("SET LOCAL plan_cache_mode = force_custom_plan")
            last = await _last_seal()
            below, beyond = await _horizon()
            start = _start(below, self._below, last["sealed_below"])
            found = await _fresh(start, beyond, limit)
            is_full = len(found) == limit
            # Sorted by transaction, so that a full batch has all of those before its last.
            sealed_below = min(below, found[-1]["transaction_number"]) if is_full else below
            swept = [] if is_full else await self._sweep_slice()
            known = {row["id"] for row in found}
            lines = found + [row for row in swept if row["id"] not in known]
            await _append(last, lines, sealed_below)
        self._below = sealed_below
        return Batch(sealed=len(lines), is_full=is_full)

    def sweep(self) -> None:
        """Look through the whole log again, slice by slice beside the passes that follow."""
        self._sweep_after = UUID(int=0)

    async def _sweep_slice(self) -> list[dict[str, Any]]:
        """Lines without a seal in the next slice, whatever their transaction's number says."""
        if self._sweep_after is None:
            return []
        after = self._sweep_after
        last = await rows(
            "SELECT id FROM audit_event WHERE id > $1 ORDER BY id OFFSET $2 LIMIT 1",
            after,
            SWEEP_LINES - 1,
        )
        self._sweep_after = last[0]["id"] if last else None
        return await rows(
            f"SELECT {LINE_COLUMNS} FROM audit_event e WHERE e.id > $1 "
            f"AND ($2::uuid IS NULL OR e.id <= $2) AND {_UNSEALED} ORDER BY e.id",
            after,
            self._sweep_after,
        )


async def _last_seal() -> dict[str, Any]:
    found = await rows(
        "SELECT number, digest, sealed_below FROM audit_seal ORDER BY number DESC LIMIT 1"
    )
    return found[0] if found else {"number": 0, "digest": GENESIS, "sealed_below": 0}


async def _horizon() -> tuple[int, int]:
    """The oldest transaction that may still run, and the first that has not begun.

    Asked before the lines are read: whatever is below the first has ended by then, so it is seen.
    """
    [found] = await rows(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS below, "
        "pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS beyond"
    )
    return found["below"], found["beyond"]


def _start(below: int, *marks: int) -> int:
    """From which transaction on lines may lack a seal.

    A mark beyond today's numbers is of another server, from which the data were brought here.
    """
    return max((mark for mark in marks if mark <= below), default=0)


async def _fresh(start: int, beyond: int, limit: int) -> list[dict[str, Any]]:
    return await rows(
        f"SELECT {LINE_COLUMNS}, e.transaction_number FROM audit_event e "
        f"WHERE e.transaction_number >= $1 AND e.transaction_number < $2 AND {_UNSEALED} "
        "ORDER BY e.transaction_number, e.id LIMIT $3",
        start,
        beyond,
        limit,
    )


async def _append(last: dict[str, Any], lines: Iterable[dict[str, Any]], below: int) -> None:
    digests: list[str] = []
    events: list[UUID] = []
    digest = last["digest"]
    for line in lines:
        digest = link(digest, canonical(line))
        digests.append(digest)
        events.append(line["id"])
    if not events:
        return
    await rows(
        "INSERT INTO audit_seal (id, created_at, number, event_id, digest, sealed_below) "
        "SELECT made.id, $1, $2 + made.place, made.event_id, made.digest, $3 "
        "FROM unnest($4::uuid[], $5::uuid[], $6::text[]) WITH ORDINALITY "
        "AS made(id, event_id, digest, place)",
        clock.now(),
        last["number"],
        below,
        [new_id() for _ in events],
        events,
        digests,
    )


@as_system
async def head() -> Head:
    """The last link of the chain."""
    found = await rows(
        "SELECT number, digest, created_at FROM audit_seal ORDER BY number DESC LIMIT 1"
    )
    if not found:
        return Head(number=0, digest=GENESIS)
    [row] = found
    return Head(number=row["number"], digest=row["digest"], sealed_at=row["created_at"])


@as_system
async def unsealed() -> Unsealed:
    """What waits for its seal. As quick as a pass of the sealer, and blind to what only a sweep
    finds; `services.verifying` looks at every line."""
    last = await _last_seal()
    below, beyond = await _horizon()
    [found] = await rows(
        "SELECT count(*) AS count, min(e.created_at) AS oldest_at FROM audit_event e "
        f"WHERE e.transaction_number >= $1 AND e.transaction_number < $2 AND {_UNSEALED}",
        _start(below, last["sealed_below"]),
        beyond,
    )
    return Unsealed(count=found["count"], oldest_at=found["oldest_at"])


def _text(name: UUID | None) -> str | None:
    return None if name is None else str(name)
