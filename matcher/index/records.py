"""What the index reads: one record for each person, shift, role and line, and lists beside them."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.tables.tables import Floats, Int32s, Int64s

Records = NDArray[Any]

NAMED = np.dtype([("name", np.int32), ("level", np.int8)])
SPAN = np.dtype([("start", np.int64), ("end", np.int64)])
PLACED = np.dtype(
    [("start", np.int64), ("end", np.int64), ("longitude", np.float64), ("latitude", np.float64)]
)
PERSON = np.dtype(
    [
        *[(name, np.float64) for name in ("longitude", "latitude")],
        *[(name, np.int64) for name in ("max_travel_m", "max_minutes", "max_minutes_per_day")],
        *[(name, np.int64) for name in ("max_shifts", "age", "skill", "group", "available")],
        *[(name, np.int64) for name in ("engaged", "like", "friend", "apart")],
        *[(name, np.int32) for name in ("row", "fairness_base", "given", "line")],
    ]
)
"""A person. `skill` to `apart` say where the person's part of those lists begins; `line` is the
first slot of the lines, -1 for none, and `given` how many there are."""
SHIFT = np.dtype(
    [
        *[(name, np.float64) for name in ("longitude", "latitude")],
        *[(name, np.int64) for name in ("start", "end", "priority", "role", "invited", "team")],
        *[(name, np.int32) for name in ("cause", "line")],
        *[(name, np.bool_) for name in ("cancels", "has_fixed")],
    ]
)
ROLE = np.dtype(
    [
        *[(name, np.int64) for name in ("min", "max", "min_age", "max_age", "skill", "group")],
        *[(name, np.int32) for name in ("shift", "people")],
    ]
)
DEMAND = np.dtype([("name", np.int32), ("level", np.int8), ("count", np.int64)])
SLOT = np.dtype(
    [(name, np.int32) for name in ("person", "role", "next_of_person", "next_of_shift")]
)


class Numbers(NamedTuple):
    """The problem's single numbers."""

    offset_minutes: int
    horizon_start: int
    horizon_end: int
    min_rest_minutes: int
    speed_kmh: int
    transfer_minutes: int
    adult_age: int
    minors_per_adult: int
    travel: int
    cause: int
    fairness: int
    invite: int


class Facts(NamedTuple):
    """Everything that a query reads. Persons, shifts, roles and groups end with a row that only
    says where their lists end.

    `invited`, `apart` and `group_member` are places. `forbidden`, `asked` and `fixed` are ordered
    keys, place × shifts + shift.
    """

    person: Records
    person_skill: Records
    person_group: Int32s
    available: Records
    engaged: Records
    like: Records
    friend: Int32s
    apart: Int32s
    group_first: Int64s
    group_member: Int32s
    shift: Records
    invited: Int32s
    team: Records
    role: Records
    role_skill: Records
    role_group: Int32s
    line: Records
    forbidden: Int64s
    asked: Int64s
    fixed: Int64s
    numbers: Numbers


class Circles(NamedTuple):
    """Places `first[i]` to `first[i + 1]` live within `radius_m` of a point.

    `farthest_m` is the longest `max_travel_m` among them, -1 where nobody of them knows a limit. A
    circle of people without a home has no point, and no distance.
    """

    longitude: Floats
    latitude: Floats
    radius_m: Floats
    farthest_m: Int64s
    first: Int64s
