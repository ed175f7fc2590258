"""Positions from outside. Inside, every position is WGS 84.

Maps and phones in China give GCJ-02, and one of them BD-09: the same numbers lie hundreds of
metres apart. They are converted here, once, before anything else sees them.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from services.adapters.coordinates import bd09_to_wgs84, gcj02_to_wgs84
from services.types import Location

METRES_MAX = 100_000


class CoordinateSystem(StrEnum):
    """In which system the numbers of a position are meant."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class PositionIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a phone says that it is, `[longitude, latitude]`, and within how many metres."""

    location: Location
    system: CoordinateSystem = CoordinateSystem.WGS84
    accuracy_m: Annotated[float, Meta(ge=0, le=METRES_MAX)] = 0


def to_wgs84(location: Location, system: CoordinateSystem) -> Location:
    """The position in WGS 84; what lies outside China is the same in every system."""
    if system is CoordinateSystem.GCJ02:
        return gcj02_to_wgs84(*location)
    if system is CoordinateSystem.BD09:
        return bd09_to_wgs84(*location)
    return location


def bring_inside(command: msgspec.Struct, system: CoordinateSystem, *names: str) -> None:
    """Make these positions of a command WGS 84 while it is built, so that no service meets another
    system. The command says so from then on: what is built of it anew is not converted twice."""
    if system is CoordinateSystem.WGS84:
        return
    for name in names:
        given: Location | None = getattr(command, name)
        if given is not None:
            msgspec.structs.force_setattr(command, name, to_wgs84(given, system))
    msgspec.structs.force_setattr(command, "position_system", CoordinateSystem.WGS84)
