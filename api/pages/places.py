"""How far away things are, for people to read."""

import math
from typing import Final

from api.i18n import translations
from api.layer.language import Language

EARTH_RADIUS_M: Final = 6_371_008.8
Position = tuple[float, float]


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
    if metres < 1000:
        rounded = max(100, round(metres / 100) * 100)
        return gettext("about %(metres)s m from home") % {"metres": rounded}
    kilometres = f"{metres / 1000:.1f}" if metres < 10_000 else f"{metres / 1000:.0f}"
    return gettext("about %(kilometres)s km from home") % {"kilometres": kilometres}
