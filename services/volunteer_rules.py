"""What a volunteer's data must be, and what nobody says of themselves."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services import phones, rights
from services.birth import EARLIEST
from services.errors import Defect, Forbidden, Invalid
from services.lists import listed_twice
from services.organisations import subtree_ids
from services.rights import Actor, Right
from services.spans import span_defects
from services.volunteer_types import AvailabilityChange, Volunteer, VolunteerIn, Window


def refuse_vouched(command: VolunteerIn, before: Volunteer) -> None:
    """Refuse what only an organiser can vouch for."""
    pairs = {
        "name": (command.name, before.name),
        "birth_date": (command.birth_date or before.birth_date, before.birth_date),
        "external_key": (command.external_key or before.external_key, before.external_key),
        "organisation_id": (
            command.organisation_id or before.organisation_id,
            before.organisation_id,
        ),
        "groups": (sorted(command.groups), sorted(before.groups)),
        "served_minutes": (command.served_minutes, before.served_minutes),
    }
    for field, (wanted, present) in pairs.items():
        if wanted != present:
            raise Forbidden("vouched_by_organiser", field=field)


async def refuse_defects(
    actor: Actor,
    command: VolunteerIn,
    organisation_id: UUID,
    today: date,
    kept: frozenset[UUID],
) -> None:
    """Refuse what cannot be, naming every place. `kept` are groups that the person has already."""
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
    born = command.birth_date
    if born is not None and not EARLIEST <= born <= today:
        found.append(Defect("birth_date", "not_a_birth_date"))
    # A number as it was shown has stars in it; it is told from a new one where it is written.
    if command.phone and "*" not in command.phone and not phones.is_mobile(command.phone):
        found.append(Defect("phone", "phone_malformed"))
    found += listed_twice("groups", command.groups)
    found += listed_twice("skills", [each.skill for each in command.skills])
    found += listed_twice("likes", [each.cause for each in command.likes])
    return found + time_defects(command.windows, command.changes)


def time_defects(windows: Sequence[Window], changes: Sequence[AvailabilityChange]) -> list[Defect]:
    """What cannot be in somebody's times."""
    found = listed_twice("windows", [(each.weekday, each.start_minute) for each in windows])
    for index, window in enumerate(windows):
        if window.end_minute <= window.start_minute:
            found.append(Defect(f"windows[{index}].end_minute", "end_not_after_start"))
    for index, change in enumerate(changes):
        found += span_defects(f"changes[{index}].", change.starts_at, change.ends_at)
    return found
