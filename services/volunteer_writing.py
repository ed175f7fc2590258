"""Writing a volunteer's data, inside the caller's transaction."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from models.core import (
    AvailabilityException,
    AvailabilityWindow,
    DatumKind,
    VolunteerLiking,
)
from services import audit, personal, phones, rights
from services.audit import Act
from services.errors import Forbidden
from services.member_groups import put_into_groups
from services.rights import Actor, Right
from services.skills.holding import write_all as write_skills
from services.subtrees import subtree_ids
from services.volunteer_types import Volunteer, VolunteerIn


async def write_personal(actor: Actor, command: VolunteerIn, before: Volunteer) -> None:
    """Birth date and phone, where the editor gave new ones. What they may not see stays."""
    changed: list[str] = []
    if command.birth_date is not None:
        known = (await personal.birth_dates([before.id])).get(before.id)
        if command.birth_date != known:
            await personal.put_birth_dates({before.id: command.birth_date})
            changed.append("birth_date")
    elif command.name != before.name:
        await personal.follow_names([before.id])
    if command.phone is not None and command.phone != (before.phone or ""):
        await _change_phone(actor, before.id, command.phone)
        changed.append("phone")
    if changed:
        await _log_change(before.id, before.organisation_id, changed)


async def _change_phone(actor: Actor, volunteer_id: UUID, text: str) -> None:
    known = await personal.datum(DatumKind.PHONE, volunteer_id=volunteer_id)
    if text and known is not None and phones.normalise(text) == known.text:
        return
    if volunteer_id in actor.persons or (known is not None and known.verified_at is not None):
        raise Forbidden("phone_changes_by_code")
    if text:
        await put_phone(volunteer_id, text)
    else:
        await personal.forget(DatumKind.PHONE, volunteer_id=volunteer_id)


async def put_phone(volunteer_id: UUID, text: str) -> None:
    """Keep a number that nobody has proven yet."""
    await personal.put(DatumKind.PHONE, phones.normalise(text), volunteer_id=volunteer_id)


async def _log_change(volunteer_id: UUID, organisation_id: UUID, fields: list[str]) -> None:
    await audit.record(
        Act.PERSONAL_DATA_CHANGED,
        subject_kind="volunteer",
        subject_id=volunteer_id,
        organisation_id=organisation_id,
        fields=fields,
    )


def columns(command: VolunteerIn, age: int) -> tuple[object, ...]:
    """The values of the person's own columns, in the order in which both statements name them."""
    longitude, latitude = command.home or (None, None)
    return (
        command.name,
        age,
        longitude,
        latitude,
        command.max_travel_m,
        command.max_minutes,
        command.max_minutes_per_day,
        command.max_shifts,
        command.served_minutes,
    )


async def write_parts(actor: Actor, volunteer_id: UUID, command: VolunteerIn, today: date) -> None:
    """Memberships, skills, likes and times, as the command has them."""
    own: dict[str, Any] = {"volunteer_id": volunteer_id}
    for table in (
        VolunteerLiking,
        AvailabilityWindow,
        AvailabilityException,
    ):
        await table.filter(**own).delete()
    if own_nodes := rights.nodes(actor, Right.REGISTER_PEOPLE):
        within = await subtree_ids(own_nodes)
        wanted = set(command.groups).intersection(within)
        await put_into_groups({volunteer_id: sorted(wanted)}, within, today)
    await write_skills(actor, volunteer_id, command.skills, today=today)
    await VolunteerLiking.bulk_create(
        [VolunteerLiking(**own, **msgspec.structs.asdict(each)) for each in command.likes]
    )
    await AvailabilityWindow.bulk_create(
        [AvailabilityWindow(**own, **msgspec.structs.asdict(each)) for each in command.windows]
    )
    await AvailabilityException.bulk_create(
        [AvailabilityException(**own, **msgspec.structs.asdict(each)) for each in command.changes]
    )
