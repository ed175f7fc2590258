"""What hangs on a person, united on the record that goes on.

What both have alike is there once in the end; what cannot stand beside the kept record's own stays
on the merged one, as history.
"""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.consents import Purpose
from services.database import rows
from services.errors import Conflict
from services.transactions import transaction

_BETTER = (
    "(s.state = 'verified', s.level, coalesce(s.expires_on, 'infinity'::date)) > "
    "(mine.state = 'verified', mine.level, coalesce(mine.expires_on, 'infinity'::date))"
)
# Table by table: what moves over where the kept record has nothing like it.
_MOVES: Final = (
    ("volunteer_liking", "mine.cause = other.cause"),
    ("volunteer_tag", "mine.tag_id = other.tag_id"),
    ("exclusion", "mine.shift_id = other.shift_id"),
    ("invitation", "mine.shift_id = other.shift_id"),
    ("together_member", "mine.group_id = other.group_id"),
    ("hand_over", "false"),
    ("buddy_member", "mine.group_id = other.group_id"),
    (
        "series",
        "mine.project_id = other.project_id AND mine.weekday = other.weekday "
        "AND mine.start_minute = other.start_minute",
    ),
    ("calendar_feed", "true"),
    ("reminder_setting", "true"),
    ("availability_window", "true"),
    ("availability_exception", "false"),
    ("engagement", "mine.starts_at = other.starts_at AND mine.ends_at = other.ends_at"),
)


async def unite(kept: UUID, merged: UUID, account_id: UUID, now: datetime, today: date) -> None:
    """Move everything but seats, points and sign-in."""
    await _move_skills(kept, merged)
    for table, alike in _MOVES:
        await rows(
            f"UPDATE {table} other SET volunteer_id = $1 WHERE other.volunteer_id = $2 AND NOT "
            f"EXISTS (SELECT 1 FROM {table} mine WHERE mine.volunteer_id = $1 AND {alike})",
            kept,
            merged,
        )
    await _move_memberships(kept, merged, today)
    await _move_apart(kept, merged)
    await _move_guardians(kept, merged, now)
    await _move_needs(kept, merged, now)
    await _unite_consents(kept, merged, account_id, now)


async def _move_skills(kept: UUID, merged: UUID) -> None:
    """The better of two of a kind: confirmed before declared, then the level, then how long."""
    await rows(
        "DELETE FROM volunteer_skill mine USING volunteer_skill s WHERE mine.volunteer_id = $1 "
        f"AND s.volunteer_id = $2 AND s.skill = mine.skill AND {_BETTER}",
        kept,
        merged,
    )
    await rows(
        "UPDATE volunteer_skill s SET volunteer_id = $1 WHERE s.volunteer_id = $2 AND NOT EXISTS "
        "(SELECT 1 FROM volunteer_skill mine WHERE mine.volunteer_id = $1 "
        "AND mine.skill = s.skill)",
        kept,
        merged,
    )


async def _move_memberships(kept: UUID, merged: UUID, today: date) -> None:
    """Each that the database lets stand beside the kept ones; the others end today."""
    for row in await rows("SELECT id FROM membership WHERE volunteer_id = $1", merged):
        try:
            async with transaction():
                await rows("UPDATE membership SET volunteer_id = $2 WHERE id = $1", row["id"], kept)
        except Conflict:  # The same, or a second home community at one time.
            await rows(
                "UPDATE membership SET ends_on = greatest(starts_on, $2::date) WHERE id = $1 "
                "AND coalesce(ends_on, 'infinity') > $2",
                row["id"],
                today,
            )


async def _move_apart(kept: UUID, merged: UUID) -> None:
    """Who is never to meet the one is never to meet the other."""
    await rows(
        "INSERT INTO apart_pair (id, created_at, one_id, other_id) "
        "SELECT gen_random_uuid(), now(), least($1, them.id), greatest($1, them.id) "
        "FROM (SELECT CASE WHEN one_id = $2 THEN other_id ELSE one_id END AS id FROM apart_pair "
        "WHERE $2 IN (one_id, other_id)) them WHERE them.id <> $1 ON CONFLICT DO NOTHING",
        kept,
        merged,
    )
    await rows("DELETE FROM apart_pair WHERE $1 IN (one_id, other_id)", merged)


async def _move_guardians(kept: UUID, merged: UUID, now: datetime) -> None:
    await rows(
        "UPDATE guardianship g SET ward_id = $1 WHERE g.ward_id = $2 "
        "AND g.state IN ('requested','verified') AND NOT EXISTS (SELECT 1 FROM guardianship mine "
        "WHERE mine.ward_id = $1 AND mine.guardian_id = g.guardian_id "
        "AND mine.state IN ('requested','verified'))",
        kept,
        merged,
    )
    await rows(
        "UPDATE guardianship SET state = 'ended', ended_at = $2 WHERE ward_id = $1 "
        "AND state IN ('requested','verified')",
        merged,
        now,
    )


async def _move_needs(kept: UUID, merged: UUID, now: datetime) -> None:
    await rows(
        "UPDATE document_need n SET volunteer_id = $1 WHERE n.volunteer_id = $2 AND NOT EXISTS "
        "(SELECT 1 FROM document_need mine WHERE mine.volunteer_id = $1 "
        "AND mine.purpose = n.purpose AND mine.recipient = n.recipient "
        "AND mine.closed_at IS NULL AND n.closed_at IS NULL)",
        kept,
        merged,
    )
    await rows(
        "UPDATE document_need SET closed_at = $2 WHERE volunteer_id = $1 AND closed_at IS NULL",
        merged,
        now,
    )


async def _unite_consents(kept: UUID, merged: UUID, account_id: UUID, now: datetime) -> None:
    """To each question the answer that the person gave last, on whichever record.

    Older answers stay where they were given.
    """
    last: dict[tuple[str, str], dict[UUID, dict[str, Any]]] = {}
    for row in await rows(
        "SELECT id, volunteer_id, purpose, recipient, is_given, withdrawn_at, created_at "
        "FROM consent WHERE volunteer_id = ANY($1::uuid[]) ORDER BY created_at, id",
        [kept, merged],
    ):
        last.setdefault((row["purpose"], row["recipient"]), {})[row["volunteer_id"]] = row
    for answers in last.values():
        theirs, mine = answers.get(merged), answers.get(kept)
        if theirs is None or (mine is not None and _spoken_at(mine) >= _spoken_at(theirs)):
            continue
        if mine is not None and mine["is_given"] and mine["withdrawn_at"] is None:
            await rows(
                "UPDATE consent SET withdrawn_at = $2, withdrawn_by = $3 WHERE id = $1",
                mine["id"],
                now,
                account_id,
            )
        await rows("UPDATE consent SET volunteer_id = $2 WHERE id = $1", theirs["id"], kept)
        if theirs["purpose"] == Purpose.EMERGENCY:
            await rows(
                "UPDATE volunteer SET is_on_call = $2 AND age >= 18 WHERE id = $1",
                kept,
                theirs["is_given"] and theirs["withdrawn_at"] is None,
            )


def _spoken_at(answer: dict[str, Any]) -> datetime:
    found: datetime = answer["withdrawn_at"] or answer["created_at"]
    return found
