"""Whose page it is: one's own, or that of a ward whose id stands in the address."""

from dataclasses import dataclass
from uuid import UUID

from api.pages.reader import Reader
from services import rights, volunteers


@dataclass(frozen=True, slots=True)
class Whose:
    """The person a page is about. `base` is the address under which their pages lie."""

    volunteer_id: UUID
    base: str
    ward_name: str | None = None


async def whose(reader: Reader) -> Whose:
    """Oneself, or the ward of the address. Raises NotFound for anybody else."""
    actor = reader.require_actor()
    ward_id: UUID | None = reader.request.path_params.get("ward_id")
    if ward_id is None:
        return Whose(rights.require_person(actor), "/me")
    rights.require_own(actor, ward_id)
    return Whose(ward_id, f"/me/wards/{ward_id}", await _name(reader, ward_id))


async def ward_name(reader: Reader, volunteer_id: UUID) -> str | None:
    """What the person is called if they are a ward of the reader; None for oneself."""
    wards = reader.require_actor().wards
    return await _name(reader, volunteer_id) if volunteer_id in wards else None


async def _name(reader: Reader, volunteer_id: UUID) -> str:
    today = reader.moments.day_of(reader.now)
    return (await volunteers.get(reader.require_actor(), volunteer_id, today=today)).name
