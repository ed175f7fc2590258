"""How far one person is from one role, obstacle by obstacle: the numbers behind the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from matcher import rules
from matcher.problem import Role, Shift, Volunteer

Lacking = Literal["skills", "age", "group", "unavailable", "too_far"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person lacks for one role by H1 to H3, each counted whatever the others say.

    `skills` holds the level that the person has in each skill that is too low, `years_below` and
    `years_above` how far the age is off, `minutes_uncovered` how much of the shift lies outside
    all available intervals, or 0 where it lies in one, and `metres_beyond` what is too far.
    """

    skills: Mapping[str, int]
    years_below: int
    years_above: int
    is_outside_groups: bool
    minutes_uncovered: int
    metres: int
    metres_beyond: int

    @property
    def lacking(self) -> tuple[Lacking, ...]:
        """The obstacles in the format's order."""
        found: dict[Lacking, bool] = {
            "skills": bool(self.skills),
            "age": self.years_below + self.years_above > 0,
            "group": self.is_outside_groups,
            "unavailable": self.minutes_uncovered > 0,
            "too_far": self.metres_beyond > 0,
        }
        return tuple(name for name, is_lacking in found.items() if is_lacking)


def standing(volunteer: Volunteer, shift: Shift, role: Role) -> Standing:
    """How far this person is from this role."""
    metres = rules.travel_m(volunteer, shift)
    most = volunteer.max_travel_m
    groups = set(role.groups)
    return Standing(
        skills={
            skill: volunteer.skills.get(skill, 0)
            for skill, level in role.skills.items()
            if volunteer.skills.get(skill, 0) < level
        },
        years_below=max(0, role.min_age - volunteer.age),
        years_above=max(0, volunteer.age - role.max_age),
        is_outside_groups=bool(groups) and groups.isdisjoint(volunteer.groups),
        minutes_uncovered=_uncovered(volunteer, shift),
        metres=metres,
        metres_beyond=0 if most is None else max(0, metres - most),
    )


def _uncovered(volunteer: Volunteer, shift: Shift) -> int:
    """Intervals that touch are one, so a shift that is covered in parts is covered or has a gap."""
    covered = sum(
        max(0, min(end, shift.end_minute) - max(start, shift.start_minute))
        for start, end in rules.merged(volunteer.available)
    )
    return shift.minutes - covered
