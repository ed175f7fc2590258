"""Seats that are handed on, as those see them who may: their person, whom they are for, everybody
where they are open to all, and whoever has the link."""

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import ClaimState, HandOverState
from services import rights
from services.claims.asking import ask_about
from services.database import rows
from services.errors import NotFound
from services.my_shifts.types import CodeQuery, HandOver
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.shifts import ShiftBrief

_SELECT = """
    SELECT h.id, h.created_at, h.code, h.state, h.is_open_to_all, h.claim_id,
        h.volunteer_id AS receiver_id,
        h.wanted_id, c.volunteer_id, v.name AS giver_name, r.name AS role_name,
        r.key AS role_key,
        s.id AS shift_id, s.place, s.starts_at, s.ends_at, p.name AS project_name,
        p.risk_statement, p.risk_statement_version, w.shift_id AS wanted_shift_id,
        w.starts_at AS wanted_starts_at, w.ends_at AS wanted_ends_at, ws.place AS wanted_place,
        wp.name AS wanted_project_name
    FROM hand_over h JOIN claim c ON c.id = h.claim_id JOIN volunteer v ON v.id = c.volunteer_id
        JOIN role r ON r.id = c.role_id JOIN shift s ON s.id = c.shift_id
        JOIN project p ON p.id = s.project_id LEFT JOIN claim w ON w.id = h.wanted_id
        LEFT JOIN shift ws ON ws.id = w.shift_id LEFT JOIN project wp ON wp.id = ws.project_id
"""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over as it lies in its table."""

    id: UUID
    claim_id: UUID
    receiver_id: UUID | None
    wanted_id: UUID | None
    is_open_to_all: bool
    code: str
    risk_statement_version: int | None
    state: HandOverState


@as_system
async def row(hand_over_id: UUID) -> Row | None:
    """The row alone, for those who decide about it."""
    found = await rows(
        "SELECT *, volunteer_id AS receiver_id FROM hand_over WHERE id = $1", hand_over_id
    )
    return msgspec.convert(found[0], Row) if found else None


def may_open(found: Row, code: str | None) -> bool:
    """Whether it is there for somebody who is none of the two people and says this code."""
    return found.is_open_to_all or (code is not None and hmac.compare_digest(found.code, code))


@acting
async def get(actor: Actor, hand_over_id: UUID) -> HandOver:
    """One hand-over, for its two people and, where it is open to all, for every volunteer."""
    async with entered(SYSTEM):
        found = await rows(f"{_SELECT} WHERE h.id = $1", hand_over_id)
    if not found or not _is_there(actor, found[0]):
        raise NotFound
    return view(actor, found[0])


def _is_there(actor: Actor, found: dict[str, Any]) -> bool:
    if found["volunteer_id"] in actor.records or found["receiver_id"] in actor.persons:
        return True
    return bool(found["is_open_to_all"] and actor.persons)


@acting
async def list_open(
    actor: Actor, query: CodeQuery, now: datetime, settings: Settings
) -> Page[HandOver]:
    """What a link leads to; or the seats that look for somebody and that this person could take,
    and swaps that are proposed to them, by their start. A page can hold fewer than its limit."""
    volunteer_id = query.volunteer_id or rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    which = (
        "h.code = $2"
        if query.code
        else "$2::text IS NULL AND h.state = 'open' AND s.starts_at > $3 "
        "AND (h.volunteer_id = $1 OR (h.is_open_to_all AND c.volunteer_id <> $1))"
    )
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE {which} AND $1::uuid IS NOT NULL AND $3::timestamptz IS NOT NULL "
            "AND ($4::timestamptz IS NULL OR (s.starts_at, h.id) > ($4, $5::uuid)) "
            "ORDER BY s.starts_at, h.id LIMIT $6",
            volunteer_id,
            query.code,
            now,
            *after,
            query.limit + 1,
        )
        keys = [(each["starts_at"], each["id"]) for each in found]
        told = page_of(found, keys, query.limit)
        could = [
            view(actor, each)
            for each in told.items
            if query.code or await _could_take(volunteer_id, each, now, settings)
        ]
    return Page(items=could, next=told.next)


async def _could_take(
    volunteer_id: UUID, found: dict[str, Any], now: datetime, settings: Settings
) -> bool:
    """Whether nothing but the seat that is held stands in the way: by the rules of a claim."""
    if found["receiver_id"] is not None:
        return True
    shift_id = found["shift_id"]
    answers = await ask_about(
        volunteer_id,
        [shift_id],
        found["role_key"],
        now,
        settings,
        advances=ClaimState.WAITLISTED,
    )
    answer = answers.get(shift_id)
    if answer is None:
        return False
    return answer.queue_for is not None or answer.state is ClaimState.CONFIRMED


def view(actor: Actor, found: dict[str, Any]) -> HandOver:
    is_mine = found["volunteer_id"] in actor.records
    in_return = None
    if found["wanted_id"] is not None:
        in_return = _brief(found, "wanted_")
    return HandOver(
        id=found["id"],
        # The link is its person's to send, and known to whoever came by it.
        code=found["code"],
        state=HandOverState(found["state"]),
        is_open_to_all=found["is_open_to_all"],
        claim_id=found["claim_id"],
        shift=_brief(found),
        role_name=found["role_name"],
        # Who cannot come is nobody's business but that of whom they asked themselves.
        giver_name="" if found["is_open_to_all"] and not is_mine else found["giver_name"],
        is_mine=is_mine,
        risk_statement=found["risk_statement"],
        risk_statement_version=found["risk_statement_version"],
        in_return=in_return,
        in_return_claim_id=found["wanted_id"],
        made_at=found["created_at"],
    )


def _brief(found: dict[str, Any], of: str = "") -> ShiftBrief:
    return ShiftBrief(
        id=found[f"{of}shift_id"],
        project_name=found[f"{of}project_name"],
        place=found[f"{of}place"],
        starts_at=found[f"{of}starts_at"],
        ends_at=found[f"{of}ends_at"],
    )


@as_system
async def of_claims(actor: Actor, claim_ids: list[UUID]) -> list[HandOver]:
    """What is open about these seats: how they are handed on, and swaps that are proposed for
    them."""
    found = await rows(
        f"{_SELECT} WHERE h.state = 'open' AND (h.claim_id = ANY($1::uuid[]) "
        "OR h.wanted_id = ANY($1::uuid[])) ORDER BY h.id",
        claim_ids,
    )
    return [view(actor, each) for each in found]
