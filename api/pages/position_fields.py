"""A position that somebody types or pastes from a map, and in whose numbers it is meant."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from api.i18n import mark
from api.pages.forms import text_of
from services.errors import Defect, Invalid
from services.positions import CoordinateSystem, to_wgs84
from services.types import Location

SYSTEM_WORDS: Final[Mapping[CoordinateSystem, str]] = {
    CoordinateSystem.WGS84: mark("GPS or a phone (WGS 84)"),
    CoordinateSystem.GCJ02: mark("Gaode, Tencent or WeChat (GCJ-02)"),
    CoordinateSystem.BD09: mark("Baidu (BD-09)"),
}
# As maps copy it: both numbers at once, the longitude first.
_PAIR: Final = re.compile(r"(-?\d{1,3}\.\d+)\s*[,，;；\s]\s*(-?\d{1,2}\.\d+)", re.ASCII)


def location(form: Mapping[str, str]) -> Location | None:
    """The position in WGS 84; None where both fields are empty. Raises Invalid."""
    longitude, latitude = text_of(form, "longitude"), text_of(form, "latitude")
    if not longitude and not latitude:
        return None
    pasted = _PAIR.fullmatch(longitude) if not latitude else None
    if pasted:
        longitude, latitude = pasted[1], pasted[2]
    east, north = number(longitude), number(latitude)
    if east is None or north is None or not (-180 <= east <= 180 and -90 <= north <= 90):
        raise Invalid([Defect("longitude", "not_a_position")])
    return to_wgs84((float(east), float(north)), _system(form))


def number(text: str) -> Decimal | None:
    """A number as people type it, with either mark for its fraction."""
    try:
        found = Decimal(text.replace(",", ".").replace("，", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _system(form: Mapping[str, str]) -> CoordinateSystem:
    chosen = text_of(form, "position_system") or CoordinateSystem.WGS84
    if chosen not in {each.value for each in CoordinateSystem}:
        raise Invalid([Defect("position_system", "not_allowed")])
    return CoordinateSystem(chosen)
