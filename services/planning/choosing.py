"""A round's problem in the form that suits its size."""

from typing import TYPE_CHECKING
from uuid import UUID

from services.database import rows
from services.planning import supply
from services.planning.demand import SHIFTS
from services.planning.loading import Loaded, load_problem
from services.planning.scope import instant, read_scope
from services.scope import as_system
from services.settings import Settings

if TYPE_CHECKING:
    from services.planning.copying import LoadedTables


@as_system
async def load(round_id: UUID, settings: Settings) -> "Loaded | LoadedTables":
    """The problem of a round: as objects up to so many people and shifts as the settings say, else
    as columns. They are counted before anything is loaded. NotFound if there is no such round."""
    scope = await read_scope(round_id)
    members = scope.organisations, scope.first_day, scope.last_day
    horizon = instant(scope.horizon.start_minute), instant(scope.horizon.end_minute)
    people = await _count(supply.OF_SCOPE, *members)
    shifts = await _count(SHIFTS, scope.organisations, *horizon)
    if max(people, shifts) <= settings.round_objects_max:
        return await load_problem(round_id)
    # Arrow and compiled loops take a while to load, and most rounds need neither.
    from services.planning.copying import load_tables

    return await load_tables(round_id)


async def _count(statement: str, *arguments: object) -> int:
    [found] = await rows(f"SELECT count(*) AS many FROM ({statement}) AS found", *arguments)
    many: int = found["many"]
    return many
