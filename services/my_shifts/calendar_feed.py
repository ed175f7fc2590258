"""A calendar's way to somebody's shifts: an address that cannot be guessed and can be revoked.

Whoever has the address reads the shifts without signing in, as calendars do; so it is told once,
only its digest is kept, and nothing but shifts is in what it leads to.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.core import ClaimState, new_id
from services import audit, rights
from services.audit import Act
from services.database import rows
from services.errors import NotFound
from services.my_shifts.calendar_text import Event, calendar_text
from services.my_shifts.types import Feed
from services.rights import Actor, acting
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction

TOKEN_BYTES = 32
KEPT_FOR = timedelta(days=90)

_S = ClaimState
STATUS = {
    **dict.fromkeys((_S.CONFIRMED, _S.SEEKING_STANDIN, _S.CHECKED_IN, _S.SERVED), "CONFIRMED"),
    **dict.fromkeys((_S.OFFERED, _S.REQUESTED, _S.ENTERED, _S.WAITLISTED), "TENTATIVE"),
}
"""What a claim is to a calendar; any other state is a cancelled event, which stays."""
NEVER_HELD = (_S.REFUSED, _S.DECLINED, _S.EXPIRED, _S.WITHDRAWN)

_EVENTS = """
    SELECT c.id, c.state, c.starts_at, c.ends_at, c.changed_at, c.version + s.version AS sequence,
        s.id AS shift_id, s.place, s.longitude, s.latitude, p.name AS project_name,
        r.name AS role_name
    FROM claim c JOIN shift s ON s.id = c.shift_id JOIN project p ON p.id = s.project_id
        JOIN role r ON r.id = c.role_id
    WHERE c.volunteer_id = $1 AND c.ends_at > $2 AND NOT c.state = ANY($3)
    ORDER BY c.starts_at, c.id
"""


@acting
async def state(actor: Actor, volunteer_id: UUID | None) -> Feed:
    """Whether there is an address, and since when."""
    person = volunteer_id or rights.require_person(actor)
    rights.require_own(actor, person)
    found = await rows("SELECT created_at FROM calendar_feed WHERE volunteer_id = $1", person)
    return Feed(made_at=found[0]["created_at"] if found else None)


@acting
async def make(actor: Actor, volunteer_id: UUID | None, now: datetime) -> Feed:
    """A new address; an earlier one leads nowhere from now on."""
    person = volunteer_id or rights.require_person(actor)
    rights.require_own(actor, person)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with transaction():
        await rows(
            "INSERT INTO calendar_feed (id, created_at, volunteer_id, token_digest) "
            "VALUES ($1, $2, $3, $4) ON CONFLICT (volunteer_id) DO UPDATE "
            "SET created_at = EXCLUDED.created_at, token_digest = EXCLUDED.token_digest",
            new_id(),
            now,
            person,
            _digest(token),
        )
        await _record(actor, person, "made")
    return Feed(made_at=now, path=f"/calendar/{token}.ics")


@acting
async def revoke(actor: Actor, volunteer_id: UUID | None) -> None:
    """The address leads nowhere from now on. Twice is once."""
    person = volunteer_id or rights.require_person(actor)
    rights.require_own(actor, person)
    async with transaction():
        if await rows("DELETE FROM calendar_feed WHERE volunteer_id = $1 RETURNING id", person):
            await _record(actor, person, "revoked")


@as_system
async def read(token: str, now: datetime, settings: Settings, language: str) -> bytes:
    """The calendar behind an address. NotFound for any other, and for a revoked one."""
    found = await rows(
        "SELECT f.volunteer_id FROM calendar_feed f JOIN volunteer v ON v.id = f.volunteer_id "
        "WHERE f.token_digest = $1 AND v.state = 'active'",
        _digest(token),
    )
    if not found:
        raise NotFound
    events = await rows(
        _EVENTS,
        found[0]["volunteer_id"],
        now - KEPT_FOR,
        [each.value for each in NEVER_HELD],
    )
    return calendar_text([_event(row, settings) for row in events], language, settings.zone)


def _event(row: dict[str, Any], settings: Settings) -> Event:
    known = {name: row[name] for name in Event.__struct_fields__ if name in row}
    return Event(
        **known,
        status=STATUS.get(ClaimState(row["state"]), "CANCELLED"),
        address=f"{settings.address.rstrip('/')}/mine/{row['id']}",
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def _record(actor: Actor, person: UUID, what: str) -> None:
    await audit.record(
        Act.CALENDAR_CHANGED,
        subject_kind="volunteer",
        subject_id=person,
        account_id=actor.account_id,
        what=what,
    )
