"""Work for the queue, written in the transaction that causes it and sent afterwards."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec
from tortoise.transactions import in_transaction

from models.core import OutboxMessage, new_id
from services.database import rows
from services.scope import as_system


class Job(StrEnum):
    """Every job that a service may ask for. The value is its name in the queue."""

    PLAN_ROUND = "mulin.plan_round"
    PUBLISH_ROUND = "mulin.publish_round"
    EXPLAIN_PLAN = "mulin.explain_plan"
    SOLVE_PARTS = "mulin.solve_parts"
    SEND_MESSAGE = "mulin.send_message"
    LOOK_FOR_GROWN_UPS = "mulin.look_for_grown_ups"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A job by name with ids as its arguments. It holds no personal data."""

    id: UUID
    job: str
    arguments: dict[str, str]


class NotSent(Exception):
    """The queue did not take a message; it stays in the outbox and is tried again."""


@as_system
async def enqueue(job: Job, /, **ids: UUID) -> None:
    """Ask for a job. Part of the caller's transaction: no commit, no job."""
    await OutboxMessage.create(
        id=new_id(), job=job.value, arguments={name: str(value) for name, value in ids.items()}
    )


@as_system
async def enqueue_many(job: Job, name: str, ids: Sequence[UUID]) -> None:
    """Ask for a job for each of these, which is its argument of that name; in one statement."""
    await rows(
        "INSERT INTO outbox_message (id, created_at, job, arguments, attempts) "
        "SELECT line.id, now(), $1, jsonb_build_object($2::text, line.named::text), 0 "
        "FROM unnest($3::uuid[], $4::uuid[]) AS line(id, named)",
        job.value,
        name,
        [new_id() for _ in ids],
        list(ids),
    )


@as_system
async def relay(
    send: Callable[[Message], Awaitable[None]], now: datetime, *, limit: int = 100
) -> int:
    """Send what is unsent, oldest first, and say how many messages went.

    A message is marked only after `send` returned, so a crash between the two sends it twice and
    never loses it: jobs must stand being delivered twice. Two relays at once share the work. When
    `send` raises NotSent, the rest waits for the next call.
    """
    async with in_transaction():
        unsent = await rows(
            "SELECT id, job, arguments FROM outbox_message WHERE sent_at IS NULL "
            "ORDER BY created_at, id LIMIT $1 FOR UPDATE SKIP LOCKED",
            limit,
        )
        messages = [
            Message(
                id=row["id"],
                job=row["job"],
                arguments=msgspec.json.decode(row["arguments"], type=dict[str, str]),
            )
            for row in unsent
        ]
        sent = await _send_until_refused(send, messages)
        await rows(
            "UPDATE outbox_message "
            "SET sent_at = CASE WHEN id = ANY($2::uuid[]) THEN $3::timestamptz END, "
            "attempts = attempts + 1 WHERE id = ANY($1::uuid[])",
            [message.id for message in messages],
            sent,
            now,
        )
    return len(sent)


async def _send_until_refused(
    send: Callable[[Message], Awaitable[None]], messages: list[Message]
) -> list[UUID]:
    sent: list[UUID] = []
    for message in messages:
        try:
            await send(message)
        except NotSent:
            break
        sent.append(message.id)
    return sent


@as_system
async def purge(now: datetime, *, days: int = 7) -> int:
    """Forget messages sent more than `days` ago."""
    gone = await rows(
        "DELETE FROM outbox_message WHERE sent_at < $1 RETURNING id", now - timedelta(days=days)
    )
    return len(gone)
