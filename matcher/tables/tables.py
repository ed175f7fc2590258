"""The columns. Rows are numbered from 0 in the order of the input; -1 stands for none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.problem import Horizon, Rules, Weights

Ids = NDArray[np.object_]
Int8s = NDArray[np.int8]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NO_LIMIT = -1
"""In `People.max_travel_m`: any distance."""
ANYWHERE = np.nan
"""In a longitude or latitude: no location is given."""


@dataclass(frozen=True, slots=True)
class Lists:
    """A short list for each row: row i owns `first[i]` to `first[i + 1]` of `item`."""

    first: Int64s
    item: Int32s


@dataclass(frozen=True, slots=True)
class Demands:
    """Names with a level for each row, as skills of a person or of a role.

    `name` is a place in `Tables.skills`, `level` is from 1 to 5.
    """

    first: Int64s
    name: Int32s
    level: Int8s


@dataclass(frozen=True, slots=True)
class Spans:
    """Half-open intervals in whole minutes since 1970 for each row, with a place where they have
    one."""

    first: Int64s
    start: Int64s
    end: Int64s
    longitude: Floats
    latitude: Floats


@dataclass(frozen=True, slots=True)
class People:
    """The volunteers. `available` is merged, in order and without places.

    `likes` says what each thinks of some causes, 0 to 3, as `Demands` over `Tables.causes`.
    """

    id: Ids
    longitude: Floats
    latitude: Floats
    max_travel_m: Int64s
    age: Int64s
    max_minutes: Int64s
    max_minutes_per_day: Int64s
    max_shifts: Int64s
    served_minutes: Int64s
    skills: Demands
    groups: Lists
    available: Spans
    engaged: Spans
    likes: Demands

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Shifts:
    """The shifts. `first_role` says where the roles of each begin; `cause` may be -1.

    `team` are skills with a level; `team_count` is how many people each of its lines asks for.
    """

    id: Ids
    project: Ids
    start: Int64s
    end: Int64s
    longitude: Floats
    latitude: Floats
    cause: Int32s
    priority: Int64s
    cancel_below_minimum: Bools
    first_role: Int64s
    team: Demands
    team_count: Int64s
    invited: Lists

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of all shifts, shift by shift."""

    id: Ids
    shift: Int32s
    min: Int64s
    max: Int64s
    min_age: Int64s
    max_age: Int64s
    skills: Demands
    groups: Lists

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Assignments:
    """Lines by rows of people and roles."""

    person: Int32s
    role: Int32s

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True)
class Relations:
    """Who goes with whom, and which lines are promised, forbidden or were published last.

    `current_role` may be -1: a line is kept by its person and shift, whatever the role.
    `current_dropped` is how many lines of `current` name a person or shift that no longer exists:
    each costs `change` in every plan.
    """

    together: Lists
    apart_one: Int32s
    apart_other: Int32s
    fixed: Assignments
    forbidden_person: Int32s
    forbidden_shift: Int32s
    forbidden_reason: Ids
    current_person: Int32s
    current_shift: Int32s
    current_role: Int32s
    current_dropped: int


@dataclass(frozen=True, slots=True)
class Tables:
    """A whole problem. `skills`, `groups` and `causes` are the names that the columns number."""

    horizon: Horizon
    rules: Rules
    weights: Weights
    people: People
    shifts: Shifts
    roles: Roles
    relations: Relations
    skills: tuple[str, ...]
    groups: tuple[str, ...]
    causes: tuple[str, ...]
