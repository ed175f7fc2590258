"""Positions on the earth, WGS 84 degrees as `(longitude, latitude)`."""

import math

EARTH_RADIUS_M = 6_371_008.8


def moved(origin: tuple[float, float], east_m: float, north_m: float) -> tuple[float, float]:
    """The position that many metres east and north of `origin`; right for a city's distances."""
    longitude, latitude = origin
    north_degrees = math.degrees(north_m / EARTH_RADIUS_M)
    east_degrees = math.degrees(east_m / (EARTH_RADIUS_M * math.cos(math.radians(latitude))))
    return round(longitude + east_degrees, 6), round(latitude + north_degrees, 6)
