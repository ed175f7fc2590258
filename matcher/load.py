"""What a plan in the making leaves of each volunteer's time: H4 to H6 in arrays."""

import numpy as np

from matcher.columns import Bools, Columns, Ints


class Load:
    """Minutes, shifts and hours of the day that each volunteer has left. Starts without lines."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self.minutes_left = columns.minutes_left.copy()
        self.shifts_left = columns.shifts_left.copy()
        self.day_minutes_left = columns.day_minutes_left.copy()
        self.blocked = columns.blocked.copy()

    @classmethod
    def of(cls, columns: Columns, volunteers: Ints, shifts: Ints) -> "Load":
        """The load under these lines."""
        load = cls(columns)
        for volunteer, shift in zip(volunteers.tolist(), shifts.tolist(), strict=True):
            load.take(volunteer, shift)
        return load

    def can_take(self, shift: int) -> Bools:
        """Everybody whom H4 to H6 let onto this shift as well."""
        columns = self._columns
        minutes = columns.minutes[shift]
        free: Bools = (
            ~self.blocked[:, shift]
            & (self.minutes_left >= minutes)
            & (self.day_minutes_left[:, columns.day[shift]] >= minutes)
            & (self.shifts_left > 0)
        )
        return free

    def can_take_these(self, people: Ints, shift: int) -> Bools:
        """`can_take` for these volunteers alone."""
        columns = self._columns
        minutes = columns.minutes[shift]
        free: Bools = (
            ~self.blocked[people, shift]
            & (self.minutes_left[people] >= minutes)
            & (self.day_minutes_left[people, columns.day[shift]] >= minutes)
            & (self.shifts_left[people] > 0)
        )
        return free

    def take(self, volunteer: int, shift: int) -> None:
        """Put the volunteer on the shift. A shift conflicts with itself: nobody serves twice."""
        self._spend(volunteer, shift, 1)
        self.blocked[volunteer] |= self._columns.conflict[shift]

    def give_back(self, volunteer: int, shift: int, kept: Ints) -> None:
        """Take the volunteer off the shift again; `kept` are the shifts that remain."""
        self._spend(volunteer, shift, -1)
        columns = self._columns
        self.blocked[volunteer] = columns.blocked[volunteer] | np.any(
            columns.conflict[kept], axis=0
        )

    def _spend(self, volunteer: int, shift: int, times: int) -> None:
        columns = self._columns
        minutes = times * columns.minutes[shift]
        self.minutes_left[volunteer] -= minutes
        self.day_minutes_left[volunteer, columns.day[shift]] -= minutes
        self.shifts_left[volunteer] -= times
