"""Two records side by side, before somebody makes one of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from services import volunteers
from services.database import rows
from services.errors import Conflict
from services.people.duplicates import DuplicateReason, reasons_of, require_mergeable
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.volunteers import Volunteer

_COUNTS = """
    SELECT (SELECT count(*) FROM claim c WHERE c.volunteer_id = v.id) AS claims,
        (SELECT count(*) FROM claim c WHERE c.volunteer_id = v.id AND c.ends_at > now()
            AND c.state IN ('requested','entered','waitlisted','offered','confirmed',
            'seeking_standin','checked_in')) AS live_claims,
        (SELECT count(*) FROM membership m WHERE m.volunteer_id = v.id) AS memberships,
        (SELECT count(*) FROM volunteer_tag t WHERE t.volunteer_id = v.id) AS tags,
        (SELECT count(*) FROM consent c WHERE c.volunteer_id = v.id) AS answers,
        EXISTS (SELECT 1 FROM account a WHERE a.volunteer_id = v.id) AS signs_in,
        EXISTS (SELECT 1 FROM account a JOIN role_grant g ON g.account_id = a.id
            WHERE a.volunteer_id = v.id AND g.ended_at IS NULL) AS has_roles,
        EXISTS (SELECT 1 FROM personal_datum d WHERE d.volunteer_id = v.id AND d.kind = 'phone'
            AND d.verified_at IS NOT NULL) AS phone_proven,
        v.created_at AS registered_at, v.active_at AS heard_of_at
    FROM volunteer v WHERE v.id = $1
"""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two, and how much hangs on it."""

    volunteer: Volunteer
    claims: int
    live_claims: int
    memberships: int
    tags: int
    answers: int
    signs_in: bool
    has_roles: bool
    phone_proven: bool
    registered_at: datetime
    heard_of_at: datetime


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two records and what they have in common. Whether a thing is the same is said; what it is,
    is shown as in every list."""

    one: Side
    other: Side
    reasons: list[DuplicateReason]


@acting
async def compare(actor: Actor, one_id: UUID, other_id: UUID, *, today: date) -> Comparison:
    """Both, for whoever may merge people at both registering nodes."""
    if one_id == other_id:
        raise Conflict("same_person")
    for person in (one_id, other_id):
        await require_mergeable(actor, person)
    return Comparison(
        one=await _side(actor, one_id, today),
        other=await _side(actor, other_id, today),
        reasons=await reasons_of(one_id, other_id),
    )


async def _side(actor: Actor, volunteer_id: UUID, today: date) -> Side:
    volunteer = await volunteers.get(actor, volunteer_id, today=today)
    # Counts alone, also of what hangs on the record elsewhere in the tree.
    async with entered(SYSTEM):
        counted: dict[str, Any] = (await rows(_COUNTS, volunteer_id))[0]
    return Side(volunteer=volunteer, **counted)
