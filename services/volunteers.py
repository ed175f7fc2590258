"""The supply: who volunteers, what they can do, and when."""

from datetime import UTC, date
from typing import Any
from uuid import UUID

import msgspec

from models.core import DatumKind, VolunteerState, new_id
from services import personal, phones, points, rights
from services.birth import ALONE_FROM_AGE
from services.database import rows
from services.errors import Conflict, Defect, Forbidden, Invalid, NotFound
from services.member_groups import LIVE
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.subtrees import SUBTREE
from services.transactions import transaction
from services.versions import require_match
from services.volunteer_rules import refuse_defects, refuse_vouched
from services.volunteer_types import (
    AvailabilityChange,
    Liking,
    Skill,
    Volunteer,
    VolunteerIn,
    Window,
    age_on,
)
from services.volunteer_writing import columns, put_phone, write_parts, write_personal

__all__ = [
    "AvailabilityChange",
    "Liking",
    "Skill",
    "Volunteer",
    "VolunteerIn",
    "Window",
    "age_on",
    "create",
    "get",
    "list_page",
    "replace",
    "visible_ids",
]

_SELECT = """
    SELECT v.*, {is_whole} AS is_whole,
        array(SELECT DISTINCT m.organisation_id FROM membership m WHERE m.volunteer_id = v.id
            AND {live} ORDER BY m.organisation_id) AS groups,
        (SELECT coalesce(json_agg(json_build_object('skill', skill, 'level', level,
            'evidence', evidence, 'evidence_kind', nullif(evidence_kind, ''),
            'expires_on', expires_on) ORDER BY skill), '[]')
            FROM volunteer_skill WHERE volunteer_id = v.id) AS skills,
        (SELECT coalesce(json_agg(json_build_object('weekday', weekday, 'start_minute',
            start_minute, 'end_minute', end_minute) ORDER BY weekday, start_minute), '[]')
            FROM availability_window WHERE volunteer_id = v.id) AS windows,
        (SELECT coalesce(json_agg(json_build_object('kind', kind, 'starts_at', starts_at,
            'ends_at', ends_at) ORDER BY starts_at, ends_at, kind), '[]')
            FROM availability_exception WHERE volunteer_id = v.id) AS changes,
        (SELECT coalesce(json_agg(json_build_object('cause', cause, 'liking', liking)
            ORDER BY cause), '[]')
            FROM volunteer_liking WHERE volunteer_id = v.id) AS likes,
        (SELECT coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.points ELSE -t.points END), 0)
            FROM points_account a JOIN points_transfer t ON a.id IN (t.credit_id, t.debit_id)
            WHERE a.volunteer_id = v.id)::bigint AS points
    FROM volunteer v
"""
_REGISTERED = "v.organisation_id IN (SELECT id FROM subtree)"
_SEEN = f"""({_REGISTERED} OR EXISTS (SELECT 1 FROM membership m WHERE m.volunteer_id = v.id
    AND m.organisation_id IN (SELECT id FROM subtree) AND {{live}}))"""


@acting
async def create(actor: Actor, command: VolunteerIn, *, today: date) -> Volunteer:
    """Register a person with an organisation of the organiser's subtree, and open their account.

    `today` is the local day of the service. Refused with `guardian_consent_missing` below 14.
    """
    found = rights.require_anywhere(actor, Right.REGISTER_PEOPLE)
    organisation_id = command.organisation_id or found[0]
    await refuse_defects(actor, command, organisation_id, today, kept=frozenset())
    if command.birth_date is None:
        raise Invalid([Defect("birth_date", "missing_key", parameters={"key": "birth_date"})])
    age = age_on(command.birth_date, today)
    if age < ALONE_FROM_AGE:
        raise Conflict("guardian_consent_missing", age=ALONE_FROM_AGE)
    volunteer_id = new_id()
    async with transaction():
        await rows(
            "INSERT INTO volunteer (id, created_at, active_at, state, is_on_call, is_matched, "
            "organisation_id, external_key, name, "
            "age, home_longitude, home_latitude, max_travel_m, max_minutes, "
            "max_minutes_per_day, max_shifts, served_minutes) "
            "VALUES ($1, now(), now(), 'active', false, true, "
            "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            volunteer_id,
            organisation_id,
            command.external_key or str(volunteer_id),
            *columns(command, age),
        )
        await personal.put_birth_dates({volunteer_id: command.birth_date})
        if command.phone:
            await put_phone(volunteer_id, command.phone)
        await write_parts(actor, volunteer_id, command, today)
        await points.open_account(volunteer_id)
    return await get(actor, volunteer_id, today=today)


@acting
async def get(actor: Actor, volunteer_id: UUID, *, today: date) -> Volunteer:
    """The person themself, or one whom the organiser's subtree registered or counts as a member."""
    if volunteer_id in actor.persons:
        select = _SELECT.format(is_whole=True, live=_live_on(today))
        found = await rows(f"{select} WHERE v.id = $1", volunteer_id)
        return _only(await _views(found, is_own=True))
    return _only(await _seen(actor, "v.id = $2", volunteer_id, today=today))


@acting
async def list_page(actor: Actor, query: PageQuery, *, today: date) -> Page[Volunteer]:
    """The people whom `get` would show to an organiser, in the order of their registration."""
    rights.require_anywhere(actor, Right.SEE_PEOPLE)
    after = decode_cursor(query.after, UUID) if query.after else None
    condition = "v.state = 'active' AND ($2::uuid IS NULL OR v.id > $2) ORDER BY v.id LIMIT $3"
    found = await _seen(actor, condition, after, query.limit + 1, today=today)
    return page_of(found, [each.id for each in found], query.limit)


@acting
async def visible_ids(actor: Actor, volunteer_ids: list[UUID]) -> set[UUID]:
    """Which of these people `get` would show to the organiser."""
    # Whether a membership has ended, the wall knows.
    seen = _SEEN.format(live="NOT m.is_requested")
    found = await rows(
        f"{SUBTREE} SELECT v.id FROM volunteer v WHERE v.id = ANY($2::uuid[]) AND {seen}",
        rights.require_anywhere(actor, Right.SEE_PEOPLE),
        volunteer_ids,
    )
    return {row["id"] for row in found}


@acting
async def replace(
    actor: Actor, volunteer_id: UUID, command: VolunteerIn, if_match: str | None, *, today: date
) -> Volunteer:
    """Change a person. They themself may change everything but what an organiser vouches for:
    name, birth date, key, organisation, groups and minutes served.

    Nobody changes here a phone that its owner has proven with a code, and nobody their own: that
    goes by a code to the new number.
    """
    async with transaction():
        await rows("SELECT 1 FROM volunteer WHERE id = $1 FOR NO KEY UPDATE", volunteer_id)
        before = await get(actor, volunteer_id, today=today)
        require_match(if_match, before)
        if before.state is not VolunteerState.ACTIVE:
            raise Conflict("person_closed", state=before.state.value)
        organisation_id = command.organisation_id or before.organisation_id
        if volunteer_id in actor.persons:
            refuse_vouched(command, before)
        elif not await rights.covers(actor, Right.REGISTER_PEOPLE, before.organisation_id):
            raise Forbidden("registered_elsewhere")
        await refuse_defects(actor, command, organisation_id, today, frozenset(before.groups))
        born = command.birth_date
        await rows(
            "UPDATE volunteer SET organisation_id = $2, external_key = $3, name = $4, "
            "age = $5, home_longitude = $6, home_latitude = $7, max_travel_m = $8, "
            "max_minutes = $9, max_minutes_per_day = $10, max_shifts = $11, served_minutes = $12, "
            "is_on_call = is_on_call AND $5::smallint >= 18 "
            "WHERE id = $1",
            volunteer_id,
            organisation_id,
            command.external_key or before.external_key,
            *columns(command, before.age if born is None else age_on(born, today)),
        )
        await write_personal(actor, command, before)
        await write_parts(actor, volunteer_id, command, today)
    return await get(actor, volunteer_id, today=today)


async def _seen(actor: Actor, condition: str, *arguments: object, today: date) -> list[Volunteer]:
    live = _live_on(today)
    select = _SELECT.format(is_whole=_REGISTERED, live=live)
    found = await rows(
        f"{SUBTREE} {select} WHERE {_SEEN.format(live=live)} AND {condition}",
        rights.require_anywhere(actor, Right.SEE_PEOPLE),
        *arguments,
    )
    return await _views(found)


def _live_on(day: date) -> str:
    return LIVE.format(day=f"DATE '{day.isoformat()}'")


def _only(found: list[Volunteer]) -> Volunteer:
    if not found:
        raise NotFound
    return found[0]


async def _views(found: list[dict[str, Any]], *, is_own: bool = False) -> list[Volunteer]:
    registered = [row["id"] for row in found if row["is_whole"]]
    numbers = await personal.many(DatumKind.PHONE, registered)
    if not is_own:
        masked = {person: phones.masked(number) for person, number in numbers.items()}
        return [_view(row, None, masked.get(row["id"])) for row in found]
    born = await personal.birth_dates(registered)
    return [_view(row, born.get(row["id"]), numbers.get(row["id"])) for row in found]


def _view(row: dict[str, Any], birth_date: date | None, phone: str | None) -> Volunteer:
    home = None
    if row["is_whole"] and row["home_longitude"] is not None:
        home = (row["home_longitude"], row["home_latitude"])
    return Volunteer(
        id=row["id"],
        organisation_id=row["organisation_id"],
        external_key=row["external_key"],
        name=row["name"],
        age=row["age"],
        state=VolunteerState(row["state"]),
        birth_date=birth_date,
        phone=phone,
        home=home,
        max_travel_m=row["max_travel_m"],
        groups=list(row["groups"]),
        skills=msgspec.json.decode(row["skills"], type=list[Skill]),
        windows=msgspec.json.decode(row["windows"], type=list[Window]),
        changes=[
            msgspec.structs.replace(
                each, starts_at=each.starts_at.astimezone(UTC), ends_at=each.ends_at.astimezone(UTC)
            )
            for each in msgspec.json.decode(row["changes"], type=list[AvailabilityChange])
        ],
        likes=msgspec.json.decode(row["likes"], type=list[Liking]),
        max_minutes=row["max_minutes"],
        max_minutes_per_day=row["max_minutes_per_day"],
        max_shifts=row["max_shifts"],
        # What somebody gave altogether is not for each side that counts them as a member.
        served_minutes=row["served_minutes"] if row["is_whole"] else None,
        points=row["points"] if row["is_whole"] else None,
    )
