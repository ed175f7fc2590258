"""Coming every week: a standing sign-up to the shifts of a project that begin at one time."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from models.core import ClaimState, new_id
from services import claims, rights
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.my_shifts.types import DayIn, MyShiftQuery, Series, SeriesDay, SeriesIn
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.transactions import transaction

_SELECT = """
    SELECT s.id, s.project_id, p.name AS project_name, s.weekday, s.start_minute, s.role_key,
        s.starts_on, s.ends_on, s.ended_at, s.volunteer_id
    FROM series s JOIN project p ON p.id = s.project_id
"""
_DAYS = """
    SELECT k.day, true AS is_skipped, NULL::uuid AS claim_id, NULL::text AS reason
        FROM series_skip k WHERE k.series_id = $1 AND k.day >= $2
    UNION ALL SELECT (t.starts_at AT TIME ZONE 'UTC' + make_interval(mins => $3))::date, false,
        o.claim_id, o.reason FROM series_outcome o JOIN shift t ON t.id = o.shift_id
        WHERE o.series_id = $1
        AND (t.starts_at AT TIME ZONE 'UTC' + make_interval(mins => $3))::date >= $2
    ORDER BY 1, 2
"""


@acting
async def create(actor: Actor, command: SeriesIn, now: datetime, settings: Settings) -> Series:
    """Sign up to a series; its shifts are claimed as they appear, each by all rules.

    Refused with `risk_statement_changed` for other risks than today's, `series_already` where
    there is one for the same time.
    """
    volunteer_id = command.volunteer_id or rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    _refuse_defects(command)
    async with entered(SYSTEM), transaction():
        found = await rows(
            "SELECT risk_statement_version FROM project WHERE id = $1 AND state = 'published'",
            command.project_id,
        )
        if not found:
            raise Invalid([Defect("project_id", "unknown_id")])
        if found[0]["risk_statement_version"] != command.risk_statement_version:
            raise Conflict(
                "risk_statement_changed",
                shown=command.risk_statement_version,
                version=found[0]["risk_statement_version"],
            )
        await rows(
            "INSERT INTO series (id, created_at, volunteer_id, project_id, weekday, start_minute, "
            "role_key, risk_statement_version, starts_on, ends_on, version) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
            series_id := new_id(),
            now,
            volunteer_id,
            command.project_id,
            command.weekday,
            command.start_minute,
            command.role,
            command.risk_statement_version,
            command.starts_on,
            command.ends_on,
        )
    return await get(actor, series_id, now, settings)


def _refuse_defects(command: SeriesIn) -> None:
    if command.ends_on is not None and command.ends_on < command.starts_on:
        raise Invalid([Defect("ends_on", "ends_before_start")])


@acting
async def get(actor: Actor, series_id: UUID, now: datetime, settings: Settings) -> Series:
    """One's own series or a ward's, with what came of its days."""
    row = await _own(actor, series_id)
    return await _view(row, now, settings)


@acting
async def list_mine(
    actor: Actor, query: MyShiftQuery, now: datetime, settings: Settings
) -> Page[Series]:
    """The person's series or a ward's that have not ended, in the order of their making."""
    volunteer_id = query.volunteer_id or rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"{_SELECT} WHERE s.volunteer_id = $1 AND s.ended_at IS NULL "
        "AND ($2::uuid IS NULL OR s.id > $2) ORDER BY s.id LIMIT $3",
        volunteer_id,
        after,
        query.limit + 1,
    )
    shown = [await _view(row, now, settings) for row in found]
    return page_of(shown, [row["id"] for row in found], query.limit)


@acting
async def end(actor: Actor, series_id: UUID, now: datetime, settings: Settings) -> Series:
    """Sign up to no more of them; seats that one has already stay one's own. Twice is once."""
    await _own(actor, series_id)
    await rows(
        "UPDATE series SET ended_at = $2, version = version + 1 WHERE id = $1 AND ended_at IS NULL",
        series_id,
        now,
    )
    return await get(actor, series_id, now, settings)


@acting
async def skip(
    actor: Actor, series_id: UUID, command: DayIn, now: datetime, settings: Settings
) -> Series:
    """Do not come on this day; a seat that one has then is given back. Twice is once.

    Refused with `cutoff_passed` where it is too late to give the seat back without more ado, and
    with `series_other_day` for a day that is none of the series.
    """
    row = await _own(actor, series_id)
    if command.day.weekday() != row["weekday"]:
        raise Conflict("series_other_day")
    async with transaction():
        await rows(
            "INSERT INTO series_skip (id, created_at, series_id, day) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (series_id, day) DO NOTHING",
            new_id(),
            now,
            series_id,
            command.day,
        )
        for claim_id in await _held_on(series_id, command.day, settings):
            await claims.withdraw(actor, claim_id, now, settings)
    return await get(actor, series_id, now, settings)


async def _held_on(series_id: UUID, day: date, settings: Settings) -> list[UUID]:
    found = await rows(
        "SELECT c.id FROM series_outcome o JOIN claim c ON c.id = o.claim_id "
        "WHERE o.series_id = $1 AND c.state = $4 "
        "AND (c.starts_at AT TIME ZONE 'UTC' + make_interval(mins => $3))::date = $2",
        series_id,
        day,
        settings.utc_offset_minutes,
        ClaimState.CONFIRMED.value,
    )
    return [row["id"] for row in found]


@acting
async def come(
    actor: Actor, series_id: UUID, command: DayIn, now: datetime, settings: Settings
) -> Series:
    """Come on a day that was skipped, if there is a seat still. Twice is once."""
    await _own(actor, series_id)
    async with transaction():
        gone = await rows(
            "DELETE FROM series_skip WHERE series_id = $1 AND day = $2 RETURNING id",
            series_id,
            command.day,
        )
        if gone:
            # What was given back for the skip is looked at anew.
            async with entered(SYSTEM):
                await rows(
                    "DELETE FROM series_outcome o USING shift t WHERE o.series_id = $1 "
                    "AND t.id = o.shift_id "
                    "AND (t.starts_at AT TIME ZONE 'UTC' + make_interval(mins => $3))::date = $2",
                    series_id,
                    command.day,
                    settings.utc_offset_minutes,
                )
    return await get(actor, series_id, now, settings)


async def _own(actor: Actor, series_id: UUID) -> dict[str, Any]:
    found = await rows(f"{_SELECT} WHERE s.id = $1", series_id)
    if not found or found[0]["volunteer_id"] not in actor.persons:
        raise NotFound
    return found[0]


async def _view(row: dict[str, Any], now: datetime, settings: Settings) -> Series:
    yesterday = (now.astimezone(settings.zone) - timedelta(days=1)).date()
    days = await rows(_DAYS, row["id"], yesterday, settings.utc_offset_minutes)
    known = {name: row[name] for name in Series.__struct_fields__ if name != "days"}
    return Series(**known, days=msgspec.convert(days, list[SeriesDay]))
