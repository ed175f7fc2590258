"""Where the reader is, and how far things are from there, for every page that shows shifts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.pages.places import Position, from_here, from_home, metres_between
from api.pages.reader import Reader
from services import profile
from services.errors import NotFound
from services.shifts import Shift


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of a whole shift. `minimum` counts what is held and what is still needed; it is
    full where no role has a seat left, as claims see it: up to the maximum, beyond the plan."""

    held: int
    minimum: int
    target: int
    is_full: bool


def seats_of(shift: Shift) -> Seats:
    """The roles of a shift added up, so that a full role does not hide another's lack."""
    held = sum(role.held for role in shift.roles)
    needed = sum(max(0, role.minimum - role.held) for role in shift.roles)
    free = sum(max(0, role.target - role.held) for role in shift.roles)
    is_full = all(role.free <= 0 for role in shift.roles)
    return Seats(held, held + needed if needed else 0, held + free, is_full)


async def home_of(reader: Reader) -> Position | None:
    """Where the reader lives, if they are a volunteer and said so."""
    actor = reader.actor
    if actor is None or actor.volunteer_id is None:
        return None
    try:
        return (await profile.get(actor, actor.volunteer_id)).home
    except NotFound:  # Erased a moment ago, with this page still open.
        return None


def helpers(
    reader: Reader, origin: Position | None, *, is_here: bool = False
) -> Mapping[str, Callable[[Shift], object]]:
    """What the card of a shift calls."""
    words = from_here if is_here else from_home

    def distance_words(shift: Shift) -> str | None:
        if origin is None or shift.location is None:
            return None
        return words(reader.language, metres_between(origin, shift.location))

    return {"seats_of": seats_of, "distance_words": distance_words}
