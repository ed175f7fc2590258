"""Which parts of a city somebody could reach. A loop for Numba."""

import math

import numpy as np

from matcher.city.arrays import Array
from matcher.tables.compiled import compiled


@compiled
def nearest_boxes(
    longitude: Array,
    latitude: Array,
    limit_m: Array,
    boxes: Array,
    narrow: float,
    metres_per_degree: float,
    most: int,
) -> tuple[Array, Array]:
    """For each person up to `most` boxes within their limit, the nearest first, and how many.

    `boxes` has rows of west, east, south and north in degrees. A limit below 0 is none. `narrow`
    is how much of a degree's width is left where it is least, so that no distance is overstated.
    Boxes at one distance, as those of one place at other times are, take turns.
    """
    people, count = len(longitude), len(boxes)
    found = np.zeros((people, most), np.int32)
    sizes = np.zeros(people, np.int32)
    away = np.zeros(most)
    for person in range(people):
        if math.isnan(longitude[person]):
            continue
        size = 0
        for step in range(count):
            box = (person + step) % count
            across = max(0.0, boxes[box, 0] - longitude[person], longitude[person] - boxes[box, 1])
            up = max(0.0, boxes[box, 2] - latitude[person], latitude[person] - boxes[box, 3])
            metres = metres_per_degree * math.hypot(across * narrow, up)
            if limit_m[person] >= 0 and metres > limit_m[person]:
                continue
            if size == most and metres >= away[most - 1]:
                continue
            at = min(size, most - 1)
            while at > 0 and away[at - 1] > metres:
                away[at], found[person, at] = away[at - 1], found[person, at - 1]
                at -= 1
            away[at], found[person, at] = metres, box
            size = min(size + 1, most)
        sizes[person] = size
    return found, sizes
