"""What ends with a node: roles and programs at it, and memberships, which may begin anew elsewhere.

The checks are the callers'. These statements act on nobody's behalf, because who changes the tree
need not be somebody who sees people or gives roles.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from models.core import new_id
from services import accounts, audit
from services.audit import Act
from services.database import rows
from services.scope import as_system


@as_system
async def end_grants(organisation_id: UUID, now: datetime, by: UUID) -> None:
    """End every role and program at a node; who loses a role is signed out everywhere."""
    ended = await rows(
        "UPDATE role_grant SET ended_at = $2, ended_by = $3 "
        "WHERE organisation_id = $1 AND ended_at IS NULL RETURNING id, account_id, role",
        organisation_id,
        now,
        by,
    )
    for row in ended:
        await audit.record(
            Act.ROLE_ENDED,
            subject_kind="account",
            subject_id=row["account_id"],
            organisation_id=organisation_id,
            account_id=by,
            role=row["role"],
            because="organisation_ended",
        )
    for account_id in sorted({row["account_id"] for row in ended}):
        await accounts.end_sessions(account_id, "role_lost", now)
    await _end_programs(organisation_id, now, by)


async def _end_programs(organisation_id: UUID, now: datetime, by: UUID) -> None:
    ended = await rows(
        "UPDATE machine_client SET revoked_at = $2 "
        "WHERE organisation_id = $1 AND revoked_at IS NULL RETURNING id",
        organisation_id,
        now,
    )
    for row in ended:
        await audit.record(
            Act.CLIENT_CHANGED,
            subject_kind="machine_client",
            subject_id=row["id"],
            organisation_id=organisation_id,
            account_id=by,
            change="revoked",
            because="organisation_ended",
        )


@as_system
async def end_memberships(
    organisation_id: UUID, today: date, *, anew_at: UUID | None = None
) -> int:
    """End what lasts beyond yesterday; where `anew_at` takes over, let it begin there today.

    What was to begin later begins there on its own day, and requests go along. Who belongs there
    already, in the same way, belongs there once. How many memberships there were.
    """
    found = await rows(
        "SELECT * FROM membership WHERE organisation_id = $1 "
        "AND coalesce(ends_on, 'infinity') >= $2 ORDER BY id FOR UPDATE",
        organisation_id,
        today,
    )
    ids = [row["id"] for row in found]
    await rows(
        "DELETE FROM membership WHERE id = ANY($1::uuid[]) AND (is_requested OR starts_on >= $2)",
        ids,
        today,
    )
    await rows(
        "UPDATE membership SET ends_on = $2 WHERE id = ANY($1::uuid[])",
        ids,
        today - timedelta(days=1),
    )
    if anew_at is None:
        return len(found)
    # Without a target, the constraints that keep memberships apart decide what is there already.
    await rows(
        "INSERT INTO membership (id, created_at, organisation_id, volunteer_id, kind, number, "
        "starts_on, ends_on, is_requested) SELECT n.id, now(), $1, n.volunteer_id, n.kind, "
        "n.number, n.starts_on, n.ends_on, n.is_requested FROM unnest($2::uuid[], $3::uuid[], "
        "$4::text[], $5::text[], $6::date[], $7::date[], $8::boolean[]) AS n(id, volunteer_id, "
        "kind, number, starts_on, ends_on, is_requested) ON CONFLICT DO NOTHING",
        anew_at,
        [new_id() for _ in found],
        [row["volunteer_id"] for row in found],
        [row["kind"] for row in found],
        [row["number"] for row in found],
        [max(row["starts_on"], today) for row in found],
        [row["ends_on"] for row in found],
        [row["is_requested"] for row in found],
    )
    return len(found)


@as_system
async def shifts_to_come(organisation_id: UUID, now: datetime) -> int:
    """How many open shifts of the node's own projects have not ended."""
    [found] = await rows(
        "SELECT count(*) AS count FROM shift s JOIN project p ON p.id = s.project_id "
        "WHERE p.organisation_id = $1 AND s.state = 'open' AND s.ends_at > $2",
        organisation_id,
        now,
    )
    return int(found["count"])
