"""Reading one's own record: every stay, what it said before, and the sums."""

from datetime import datetime
from uuid import UUID

from services import points, rights
from services.attendance.reading import row_of
from services.database import rows
from services.errors import NotFound
from services.my_record.stays import SELECT, disputes_of, former_stays, line_of
from services.my_record.types import (
    MonthTotal,
    RecordEntry,
    RecordLine,
    RecordQuery,
    RecordTotals,
    TotalsQuery,
)
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, OutOfScope, acting
from services.scope import SYSTEM, entered
from services.settings import Settings

# A minute is whole before it is summed, so that the sum is that of the lines (A2).
_TOTALS = """
    SELECT to_char(a.in_at AT TIME ZONE 'UTC' + make_interval(mins => $2), 'YYYY-MM') AS month,
        count(*) AS stays, sum(m.minutes)::bigint AS minutes,
        coalesce(sum(m.minutes) FILTER (WHERE m.is_disputed), 0)::bigint AS disputed,
        coalesce(sum(m.minutes) FILTER (WHERE a.needs_confirmation AND NOT m.is_disputed), 0)
            ::bigint AS to_be_confirmed
    FROM attendance a CROSS JOIN LATERAL (SELECT
        floor(extract(epoch FROM a.out_at - a.in_at) / 60) AS minutes,
        EXISTS (SELECT 1 FROM dispute d WHERE d.claim_id = a.claim_id AND d.state = 'open')
            AS is_disputed) m
    WHERE a.volunteer_id = ANY($1::uuid[]) AND a.out_at IS NOT NULL AND a.struck_at IS NULL
    GROUP BY month ORDER BY month DESC
"""


@acting
async def list_mine(
    actor: Actor, query: RecordQuery, now: datetime, settings: Settings
) -> Page[RecordLine]:
    """The stays of whoever asks, or of a ward of theirs, the latest first."""
    people = _records_of(actor, query.volunteer_id)
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    async with entered(SYSTEM):
        found = await rows(
            f"{SELECT} WHERE a.volunteer_id = ANY($1::uuid[]) "
            "AND ($2::timestamptz IS NULL OR (a.in_at, a.claim_id) < ($2, $3::uuid)) "
            "ORDER BY a.in_at DESC, a.claim_id DESC LIMIT $4",
            people,
            *after,
            query.limit + 1,
        )
    keys = [(row["in_at"], row["claim_id"]) for row in found]
    lines = [line_of(row, actor.persons, now, settings) for row in found]
    return page_of(lines, keys, query.limit)


@acting
async def totals(actor: Actor, query: TotalsQuery, settings: Settings) -> RecordTotals:
    """The sums over every stay as it stands, altogether and by months."""
    people = _records_of(actor, query.volunteer_id)
    async with entered(SYSTEM):
        found = await rows(_TOTALS, people, settings.utc_offset_minutes)
        balances = [await points.balance(person) for person in people]
    minutes = sum(row["minutes"] for row in found)
    return RecordTotals(
        stays=sum(row["stays"] for row in found),
        minutes=minutes,
        hours=hours_of(minutes),
        to_be_confirmed_minutes=sum(row["to_be_confirmed"] for row in found),
        disputed_minutes=sum(row["disputed"] for row in found),
        points=sum(balances),
        months=[
            MonthTotal(
                month=row["month"],
                stays=row["stays"],
                minutes=row["minutes"],
                hours=hours_of(row["minutes"]),
            )
            for row in found
        ],
    )


def hours_of(minutes: int) -> float:
    """Hours with two decimals: of a sum, never of its parts."""
    return round(minutes / 60, 2)


@acting
async def get(actor: Actor, claim_id: UUID, now: datetime, settings: Settings) -> RecordEntry:
    """One stay of one's own or of a ward's, with all that it said before, and its disputes."""
    known = await row_of(claim_id)
    if known["volunteer_id"] not in actor.records:
        raise OutOfScope
    async with entered(SYSTEM):
        found = await rows(f"{SELECT} WHERE a.claim_id = $1", claim_id)
        if not found:
            raise NotFound
        return RecordEntry(
            line=line_of(found[0], actor.persons, now, settings),
            former=await former_stays(claim_id),
            disputes=await disputes_of(claim_id),
        )


def _records_of(actor: Actor, volunteer_id: UUID | None) -> list[UUID]:
    """The person, with the records that were merged into theirs."""
    person = volunteer_id or rights.require_person(actor)
    rights.require_own(actor, person)
    return [person, *actor.former] if person == actor.volunteer_id else [person]
