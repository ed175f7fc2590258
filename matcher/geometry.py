"""Distances on the sphere, in whole metres rounded down."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.problem import Location

EARTH_RADIUS_M = 6_371_008.8

# Two floating-point libraries may differ in the last places. A distance this near to a whole
# metre is computed again by the scalar function, so both paths round to the same metre.
_NEAR_WHOLE_M = 1e-5
# Almost on the other side of the earth the arc is so steep that more places differ.
_STEEP_M = 20_000_000


def distance_m(one: Location, two: Location) -> int:
    """The haversine distance between two places, rounded down to whole metres."""
    latitude_one, latitude_two = math.radians(one[1]), math.radians(two[1])
    half_latitude = (latitude_two - latitude_one) / 2
    half_longitude = math.radians(two[0] - one[0]) / 2
    chord = (
        math.sin(half_latitude) ** 2
        + math.cos(latitude_one) * math.cos(latitude_two) * math.sin(half_longitude) ** 2
    )
    return math.floor(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord))))


def distances_m(ones: NDArray[np.float64], twos: NDArray[np.float64]) -> NDArray[np.int64]:
    """All distances from each of `ones` (n, 2) to each of `twos` (m, 2), as `distance_m` says."""
    longitudes, latitudes = np.radians(ones[:, None, :] - twos[None, :, :]).transpose(2, 0, 1)
    across = np.cos(np.radians(ones[:, 1]))[:, None] * np.cos(np.radians(twos[:, 1]))[None, :]
    chord = np.sin(latitudes / 2) ** 2 + across * np.sin(longitudes / 2) ** 2
    metres: NDArray[Any] = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(chord)))
    whole: NDArray[np.int64] = np.floor(metres).astype(np.int64)
    for row, column in zip(*np.nonzero(_near_whole(metres)), strict=True):
        whole[row, column] = distance_m(_place(ones[row]), _place(twos[column]))
    return whole


def each_distance_m(ones: NDArray[np.float64], twos: NDArray[np.float64]) -> NDArray[np.int64]:
    """The distance from each of `ones` (n, 2) to the one beside it in `twos`, as `distance_m`."""
    half_longitude, half_latitude = (np.radians(twos - ones) / 2).T
    across = np.cos(np.radians(ones[:, 1])) * np.cos(np.radians(twos[:, 1]))
    chord = np.sin(half_latitude) ** 2 + across * np.sin(half_longitude) ** 2
    metres: NDArray[Any] = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(chord)))
    whole: NDArray[np.int64] = np.floor(metres).astype(np.int64)
    for row in np.nonzero(_near_whole(metres))[0]:
        whole[row] = distance_m(_place(ones[row]), _place(twos[row]))
    return whole


def _near_whole(metres: NDArray[Any]) -> NDArray[np.bool_]:
    # Zero is exact in both: the same place, which is by far the most frequent whole number.
    near = (np.abs(metres - np.rint(metres)) < _NEAR_WHOLE_M) | (metres > _STEEP_M)
    found: NDArray[np.bool_] = near & (metres > 0)
    return found


def _place(row: NDArray[np.float64]) -> Location:
    return float(row[0]), float(row[1])
