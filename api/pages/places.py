"""How far away things are, for people to read."""

import math
from typing import Final

from api.i18n import translations
from api.layer.language import Language

EARTH_RADIUS_M: Final = 6_371_008.8
KILOMETRE_M: Final = 1000
Position = tuple[float, float]
POSITION_POLICY: Final = "camera=(), geolocation=(self), microphone=(), payment=()"
"""A page may ask the phone where it is, once somebody presses the button."""


def metres_between(one: Position, other: Position) -> float:
    """The way as the crow flies between two (longitude, latitude)."""
    longitude_1, latitude_1, longitude_2, latitude_2 = map(math.radians, (*one, *other))
    haversine = (
        math.sin((latitude_2 - latitude_1) / 2) ** 2
        + math.cos(latitude_1)
        * math.cos(latitude_2)
        * math.sin((longitude_2 - longitude_1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(haversine))


def from_home(language: Language, metres: float) -> str:
    """`距家约 1.2 公里`: as precise as a straight line deserves."""
    gettext = translations(language).gettext
    if metres < KILOMETRE_M:
        return gettext("about %(metres)s m from home") % {"metres": _hundreds(metres)}
    return gettext("about %(kilometres)s km from home") % {"kilometres": _kilometres(metres)}


def from_here(language: Language, metres: float) -> str:
    """`距你约 1.2 公里`: from where the phone is."""
    gettext = translations(language).gettext
    if metres < KILOMETRE_M:
        return gettext("about %(metres)s m from you") % {"metres": _hundreds(metres)}
    return gettext("about %(kilometres)s km from you") % {"kilometres": _kilometres(metres)}


def _hundreds(metres: float) -> int:
    return max(100, round(metres / 100) * 100)


def _kilometres(metres: float) -> str:
    return f"{metres / 1000:.1f}" if metres < 10_000 else f"{metres / 1000:.0f}"
