"""Reminders of shifts: at one's own lead times, outside one's quiet hours, once each.

A reminder is a row with the moment at which it is due. It belongs to one start of a shift: where
the shift is moved, those of the old start are never sent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from models.core import new_id
from services import notifications, rights
from services.database import rows
from services.my_shifts.types import ReminderSetting
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.transactions import transaction

DEFAULT_LEADS = (1440, 120)
MINUTES_PER_DAY = 1440
LIMIT = 500

# Held claims whose reminders are not written yet; of a lead that is over already nothing is said.
_TO_PLAN = """
    SELECT c.id, c.volunteer_id, c.starts_at, coalesce(r.lead_minutes, $3::jsonb) AS leads,
        h.quiet_from_minute, h.quiet_until_minute
    FROM claim c LEFT JOIN reminder_setting r ON r.volunteer_id = c.volunteer_id
        LEFT JOIN notification_choice h ON h.volunteer_id = c.volunteer_id
    WHERE c.state = 'confirmed' AND c.starts_at > $1 AND c.starts_at <= $2
        AND EXISTS (SELECT 1 FROM jsonb_array_elements_text(coalesce(r.lead_minutes, $3::jsonb)) l
            WHERE NOT EXISTS (SELECT 1 FROM reminder m WHERE m.claim_id = c.id
                AND m.starts_at = c.starts_at AND m.lead_minutes = l::int))
    ORDER BY c.starts_at, c.id LIMIT $4
"""
_LONGEST_LEAD = """
    SELECT max(lead::int) AS minutes FROM reminder_setting
        CROSS JOIN LATERAL jsonb_array_elements_text(lead_minutes) AS lead
"""
_DUE = """
    SELECT m.id, m.claim_id, m.volunteer_id, m.lead_minutes, m.starts_at, c.changed_at,
        c.created_at AS claimed_at, s.place, p.name AS project_name,
        c.state = 'confirmed' AND c.starts_at = m.starts_at AND c.asked_until IS NULL
            AND m.starts_at > $1 AS is_wanted
    FROM reminder m JOIN claim c ON c.id = m.claim_id JOIN shift s ON s.id = c.shift_id
        JOIN project p ON p.id = s.project_id
    WHERE m.sent_at IS NULL AND m.due_at <= $1 ORDER BY m.due_at, m.id LIMIT $2
    FOR UPDATE OF m SKIP LOCKED
"""


@acting
async def setting(actor: Actor, volunteer_id: UUID | None) -> ReminderSetting:
    """The person's lead times, or those that hold until they choose."""
    person = volunteer_id or rights.require_person(actor)
    rights.require_own(actor, person)
    found = await rows("SELECT lead_minutes FROM reminder_setting WHERE volunteer_id = $1", person)
    leads = msgspec.json.decode(found[0]["lead_minutes"]) if found else list(DEFAULT_LEADS)
    return ReminderSetting(lead_minutes=leads)


@acting
async def choose(
    actor: Actor, volunteer_id: UUID | None, command: ReminderSetting, now: datetime
) -> ReminderSetting:
    """Be reminded so long before each shift from now on; an empty list means never."""
    person = volunteer_id or rights.require_person(actor)
    rights.require_own(actor, person)
    leads = sorted(set(command.lead_minutes), reverse=True)
    async with transaction():
        await rows(
            "INSERT INTO reminder_setting (id, created_at, volunteer_id, lead_minutes) "
            "VALUES ($1, $2, $3, $4::jsonb) ON CONFLICT (volunteer_id) DO UPDATE "
            "SET lead_minutes = EXCLUDED.lead_minutes",
            new_id(),
            now,
            person,
            msgspec.json.encode(leads).decode(),
        )
        async with entered(SYSTEM):
            # What is due is worked out anew; what was sent stays known.
            await rows("DELETE FROM reminder WHERE volunteer_id = $1 AND sent_at IS NULL", person)
    return await setting(actor, volunteer_id)


@as_system
async def plan(now: datetime, settings: Settings) -> int:
    """Write the reminders that are missing, of shifts that are near enough for anybody's lead
    time; how many there were."""
    [most] = await rows(_LONGEST_LEAD)
    longest = max(most["minutes"] or 0, *DEFAULT_LEADS)
    horizon = now + timedelta(minutes=longest + MINUTES_PER_DAY)  # Quiet hours are a day at most.
    default = msgspec.json.encode(DEFAULT_LEADS).decode()
    found = await rows(_TO_PLAN, now, horizon, default, LIMIT)
    lines = [line for row in found for line in _lines(row, settings)]
    if not lines:
        return 0
    columns = [list(column) for column in zip(*lines, strict=True)]
    added = await rows(
        "INSERT INTO reminder (id, created_at, volunteer_id, claim_id, lead_minutes, starts_at, "
        "due_at) SELECT line.id, $1, line.person, line.claim, line.lead, line.starts, line.due "
        "FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::timestamptz[], "
        "$7::timestamptz[]) AS line(id, person, claim, lead, starts, due) "
        "ON CONFLICT (claim_id, lead_minutes, starts_at) DO NOTHING RETURNING id",
        now,
        *columns,
    )
    return len(added)


def _lines(row: dict[str, Any], settings: Settings) -> list[tuple[Any, ...]]:
    quiet = row["quiet_from_minute"], row["quiet_until_minute"]
    return [
        (
            new_id(),
            row["volunteer_id"],
            row["id"],
            lead,
            row["starts_at"],
            due_at(row["starts_at"], lead, quiet, settings),
        )
        for lead in msgspec.json.decode(row["leads"], type=list[int])
    ]


def due_at(
    starts_at: datetime,
    lead_minutes: int,
    quiet: tuple[int | None, int | None],
    settings: Settings,
) -> datetime:
    """When to remind: so long before the start; what would fall into quiet hours comes before
    they begin, so that it is neither late nor loud. Quiet hours may go over midnight."""
    wanted = starts_at - timedelta(minutes=lead_minutes)
    begins, ends = quiet
    if begins is None or ends is None or begins == ends:
        return wanted
    local = wanted.astimezone(settings.zone)
    minute = local.hour * 60 + local.minute
    into = (minute - begins) % MINUTES_PER_DAY
    if into >= (ends - begins) % MINUTES_PER_DAY:
        return wanted
    # A minute before, so that the channel does not hold it back either.
    return wanted - timedelta(minutes=into + 1)


@as_system
async def send_due(now: datetime) -> int:
    """Send what is due; how many reminders went. Two workers at once share them, and a reminder
    and its mark are one transaction: it is never sent twice."""
    async with transaction():
        due = await rows(_DUE, now, LIMIT)
        wanted = _one_each(due)
        for row in wanted:
            await notifications.notify(
                "shift_reminder",
                row["volunteer_id"],
                about=row["claim_id"],
                once=f"reminder:{row['claim_id']}:{row['lead_minutes']}:"
                f"{row['starts_at'].isoformat()}",
                project=row["project_name"],
                starts_at=row["starts_at"],
                place=row["place"],
            )
        await rows(
            "UPDATE reminder SET sent_at = $2 WHERE id = ANY($1::uuid[])",
            [row["id"] for row in due],
            now,
        )
    return len(wanted)


def _one_each(due: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of several that are due for one claim the nearest; none for a seat that was taken after the
    reminder would have been due, because its person has just read about it."""
    nearest: dict[UUID, dict[str, Any]] = {}
    for row in due:
        lead = timedelta(minutes=row["lead_minutes"])
        if not row["is_wanted"] or row["claimed_at"] > row["starts_at"] - lead:
            continue
        known = nearest.get(row["claim_id"])
        if known is None or row["lead_minutes"] < known["lead_minutes"]:
            nearest[row["claim_id"]] = row
    return list(nearest.values())
