"""The supply: who volunteers, what they can do, and when."""

from datetime import UTC, date
from typing import Any
from uuid import UUID

import msgspec

from models.core import (
    AvailabilityException,
    AvailabilityWindow,
    Membership,
    MembershipKind,
    VolunteerLiking,
    VolunteerSkill,
    new_id,
)
from services import personal, points, rights
from services.database import rows
from services.errors import Conflict, Defect, Forbidden, Invalid, NotFound
from services.lists import listed_twice
from services.organisations import SUBTREE, subtree_ids
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.spans import span_defects
from services.transactions import transaction
from services.versions import require_match
from services.volunteer_types import (
    AvailabilityChange,
    Liking,
    Skill,
    Volunteer,
    VolunteerIn,
    Window,
    age_on,
)

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

ALONE_FROM_AGE = 14  # Younger people register only with a guardian's verified consent (C1).
EARLIEST_BIRTH = date(1900, 1, 1)

_SELECT = """
    SELECT v.*, {is_whole} AS is_whole,
        array(SELECT DISTINCT organisation_id FROM membership WHERE volunteer_id = v.id
            ORDER BY organisation_id) AS groups,
        (SELECT coalesce(json_agg(json_build_object('skill', skill, 'level', level,
            'evidence', evidence, 'expires_on', expires_on) ORDER BY skill), '[]')
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
_SEEN = f"""({_REGISTERED} OR EXISTS (SELECT 1 FROM membership m
    WHERE m.volunteer_id = v.id AND m.organisation_id IN (SELECT id FROM subtree)))"""


@acting
async def create(actor: Actor, command: VolunteerIn, *, today: date) -> Volunteer:
    """Register a person with an organisation of the organiser's subtree, and open their account.

    `today` is the local day of the service. Refused with `guardian_consent_missing` below 14.
    """
    found = rights.require_anywhere(actor, Right.REGISTER_PEOPLE)
    organisation_id = command.organisation_id or found[0]
    await _refuse_defects(actor, command, organisation_id, today, kept=frozenset())
    if age_on(command.birth_date, today) < ALONE_FROM_AGE:
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
            *_columns(command, today),
        )
        await personal.put_birth_dates({volunteer_id: command.birth_date})
        await _write_parts(volunteer_id, command, today)
        await points.open_account(volunteer_id)
    return await get(actor, volunteer_id, today=today)


@acting
async def get(actor: Actor, volunteer_id: UUID, *, today: date) -> Volunteer:
    """The person themself, or one whom the organiser's subtree registered or counts as a member."""
    if volunteer_id in actor.persons:
        found = await rows(f"{_SELECT.format(is_whole=True)} WHERE v.id = $1", volunteer_id)
        return _only(await _views(found))
    return _only(await _seen(actor, "v.id = $2", volunteer_id, today=today))


@acting
async def list_page(actor: Actor, query: PageQuery, *, today: date) -> Page[Volunteer]:
    """The people whom `get` would show to an organiser, in the order of their registration."""
    rights.require_anywhere(actor, Right.SEE_PEOPLE)
    after = decode_cursor(query.after, UUID) if query.after else None
    condition = "($2::uuid IS NULL OR v.id > $2) ORDER BY v.id LIMIT $3"
    found = await _seen(actor, condition, after, query.limit + 1, today=today)
    return page_of(found, [each.id for each in found], query.limit)


@acting
async def visible_ids(actor: Actor, volunteer_ids: list[UUID]) -> set[UUID]:
    """Which of these people `get` would show to the organiser."""
    found = await rows(
        f"{SUBTREE} SELECT v.id FROM volunteer v WHERE v.id = ANY($2::uuid[]) AND {_SEEN}",
        rights.require_anywhere(actor, Right.SEE_PEOPLE),
        volunteer_ids,
    )
    return {row["id"] for row in found}


@acting
async def replace(
    actor: Actor, volunteer_id: UUID, command: VolunteerIn, if_match: str | None, *, today: date
) -> Volunteer:
    """Change a person. They themself may change everything but what an organiser vouches for:
    name, birth date, key, organisation, groups, skills and minutes served."""
    async with transaction():
        await rows("SELECT 1 FROM volunteer WHERE id = $1 FOR NO KEY UPDATE", volunteer_id)
        before = await get(actor, volunteer_id, today=today)
        require_match(if_match, before)
        organisation_id = command.organisation_id or before.organisation_id
        if volunteer_id in actor.persons:
            _refuse_vouched(command, before)
        elif not await rights.covers(actor, Right.REGISTER_PEOPLE, before.organisation_id):
            raise Forbidden("registered_elsewhere")
        await _refuse_defects(actor, command, organisation_id, today, frozenset(before.groups))
        await rows(
            "UPDATE volunteer SET organisation_id = $2, external_key = $3, name = $4, "
            "age = $5, home_longitude = $6, home_latitude = $7, max_travel_m = $8, "
            "max_minutes = $9, max_minutes_per_day = $10, max_shifts = $11, served_minutes = $12 "
            "WHERE id = $1",
            volunteer_id,
            organisation_id,
            command.external_key or before.external_key,
            *_columns(command, today),
        )
        if command.birth_date != before.birth_date:
            await personal.put_birth_dates({volunteer_id: command.birth_date})
        await _write_parts(volunteer_id, command, today)
    return await get(actor, volunteer_id, today=today)


def _refuse_vouched(command: VolunteerIn, before: Volunteer) -> None:
    pairs = {
        "name": (command.name, before.name),
        "birth_date": (command.birth_date, before.birth_date),
        "external_key": (command.external_key or before.external_key, before.external_key),
        "organisation_id": (
            command.organisation_id or before.organisation_id,
            before.organisation_id,
        ),
        "groups": (sorted(command.groups), sorted(before.groups)),
        "skills": (sorted(command.skills, key=_by_skill), sorted(before.skills, key=_by_skill)),
        "served_minutes": (command.served_minutes, before.served_minutes),
    }
    for field, (wanted, present) in pairs.items():
        if wanted != present:
            raise Forbidden("vouched_by_organiser", field=field)


def _by_skill(skill: Skill) -> str:
    return skill.skill


async def _refuse_defects(
    actor: Actor,
    command: VolunteerIn,
    organisation_id: UUID,
    today: date,
    kept: frozenset[UUID],
) -> None:
    found = _own_defects(command, today)
    if own := rights.nodes(actor, Right.REGISTER_PEOPLE):
        within = {*await subtree_ids(own), *kept}
        if organisation_id not in within:
            found.append(Defect("organisation_id", "unknown_id"))
        found += [
            Defect(f"groups[{index}]", "unknown_id")
            for index, group in enumerate(command.groups)
            if group not in within
        ]
    if found:
        raise Invalid(found)


def _own_defects(command: VolunteerIn, today: date) -> list[Defect]:
    found = []
    if not EARLIEST_BIRTH <= command.birth_date <= today:
        found.append(Defect("birth_date", "not_a_birth_date"))
    found += listed_twice("groups", command.groups)
    found += listed_twice("skills", [each.skill for each in command.skills])
    found += listed_twice("likes", [each.cause for each in command.likes])
    found += listed_twice(
        "windows", [(each.weekday, each.start_minute) for each in command.windows]
    )
    for index, window in enumerate(command.windows):
        if window.end_minute <= window.start_minute:
            found.append(Defect(f"windows[{index}].end_minute", "end_not_after_start"))
    for index, change in enumerate(command.changes):
        found += span_defects(f"changes[{index}].", change.starts_at, change.ends_at)
    return found


def _columns(command: VolunteerIn, today: date) -> tuple[object, ...]:
    longitude, latitude = command.home or (None, None)
    return (
        command.name,
        age_on(command.birth_date, today),
        longitude,
        latitude,
        command.max_travel_m,
        command.max_minutes,
        command.max_minutes_per_day,
        command.max_shifts,
        command.served_minutes,
    )


async def _write_parts(volunteer_id: UUID, command: VolunteerIn, today: date) -> None:
    own: dict[str, Any] = {"volunteer_id": volunteer_id}
    for table in (
        Membership,
        VolunteerSkill,
        VolunteerLiking,
        AvailabilityWindow,
        AvailabilityException,
    ):
        await table.filter(**own).delete()
    await Membership.bulk_create(
        [
            Membership(organisation_id=g, kind=MembershipKind.TEAM, starts_on=today, **own)
            for g in command.groups
        ]
    )
    await VolunteerSkill.bulk_create(
        [VolunteerSkill(**own, **msgspec.structs.asdict(each)) for each in command.skills]
    )
    await VolunteerLiking.bulk_create(
        [VolunteerLiking(**own, **msgspec.structs.asdict(each)) for each in command.likes]
    )
    await AvailabilityWindow.bulk_create(
        [AvailabilityWindow(**own, **msgspec.structs.asdict(each)) for each in command.windows]
    )
    await AvailabilityException.bulk_create(
        [AvailabilityException(**own, **msgspec.structs.asdict(each)) for each in command.changes]
    )


async def _seen(actor: Actor, condition: str, *arguments: object, today: date) -> list[Volunteer]:
    select = _SELECT.format(is_whole=_REGISTERED)
    found = await rows(
        f"{SUBTREE} {select} WHERE {_SEEN} AND {condition}",
        rights.require_anywhere(actor, Right.SEE_PEOPLE),
        *arguments,
    )
    return await _views(found)


def _only(found: list[Volunteer]) -> Volunteer:
    if not found:
        raise NotFound
    return found[0]


async def _views(found: list[dict[str, Any]]) -> list[Volunteer]:
    born = await personal.birth_dates([row["id"] for row in found if row["is_whole"]])
    return [_view(row, born.get(row["id"])) for row in found]


def _view(row: dict[str, Any], birth_date: date | None) -> Volunteer:
    is_whole = row["is_whole"]
    home = None
    if is_whole and row["home_longitude"] is not None:
        home = (row["home_longitude"], row["home_latitude"])
    return Volunteer(
        id=row["id"],
        organisation_id=row["organisation_id"],
        external_key=row["external_key"],
        name=row["name"],
        age=row["age"],
        birth_date=birth_date,
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
        served_minutes=row["served_minutes"],
        points=row["points"],
    )
