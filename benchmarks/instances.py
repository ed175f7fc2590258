"""Matching problems drawn by seed, of any size, in which every rule has something to say.

    python -m benchmarks.instances 200 30 --seed 1 > problem.json

The same size and seed give the same problem everywhere. People, places and times are invented.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from matcher import rules
from matcher.codec import write_problem
from matcher.columns import compile_columns
from matcher.obstacles import NOTHING, Obstacles
from matcher.problem import (
    Engagement,
    Forbidden,
    Horizon,
    Interval,
    Line,
    Location,
    Problem,
    Role,
    Shift,
    TeamLine,
    Volunteer,
)
from matcher.times import read_time

# A problem in which hardly anybody fits anywhere would be easy and say nothing.
FITTING_SHARE_LEAST = 0.03

_START, _OFFSET_MINUTES = read_time("2026-03-02T00:00:00+08:00")
_DAYS = 7
_HOUR = 60
_DAY = 24 * _HOUR
_CENTRE: Location = (121.47, 31.23)
_SPREAD_DEGREES = 0.05

# The share of people who have each skill.
_SKILLS = {"first aid": 0.3, "sign language": 0.1, "dialect": 0.4, "driving": 0.3, "computer": 0.5}
_CAUSES = ("elders", "children", "green", "events")
_GROUPS = {"Tongji School": 0.3, "Xinhua Works": 0.25, "Service Team 7": 0.2}
_FORBIDDEN_FOR = ("declined", "no_consent", "not_insured", "removed")


def draw(volunteers: int, shifts: int, seed: int = 1) -> Problem:
    """A problem of this many people and shifts, free of defects, with every rule in use."""
    return _Draw(volunteers, shifts, seed).problem()


def fitting_share(problem: Problem) -> float:
    """The share of all pairs of person and shift that H1 to H3 and H14 leave, in some role."""
    columns = compile_columns(problem)
    everybody = slice(0, len(problem.volunteers))
    codes = Obstacles(columns).first(everybody, np.arange(len(columns.role_max)))
    fits = np.logical_or.reduceat(codes == NOTHING, columns.first_role[:-1], axis=1)
    return float(fits.mean())


class _Draw:
    def __init__(self, volunteers: int, shifts: int, seed: int) -> None:
        # A text as the seed draws the same numbers on every machine.
        self._random = random.Random(f"{volunteers} x {shifts}, seed {seed}")
        self._horizon = Horizon(_START, _START + _DAYS * _DAY, _OFFSET_MINUTES)
        self._sites = [self._place() for _ in range(max(3, shifts // 3))]
        # Next door, within the 200 m that need no transfer.
        self._sites.append((self._sites[0][0] + 0.001, self._sites[0][1]))
        self._volunteers = [self._volunteer(f"v{number}") for number in range(volunteers)]
        self._shifts = [self._shift(f"s{number}") for number in range(shifts)]

    def problem(self) -> Problem:
        """Everything that was drawn, with the lists that name people and lines."""
        together = self._together()
        apart = self._apart(together)
        fixed = self._fixed(apart)
        return Problem(
            horizon=self._horizon,
            volunteers=tuple(self._volunteers),
            shifts=tuple(self._shifts),
            together=together,
            apart=apart,
            fixed=fixed,
            forbidden=self._forbidden(fixed),
            current=(*self._current(), Line("somebody who left", self._shifts[0].id, "helper")),
        )

    # ---- people ------------------------------------------------------------------------------

    def _volunteer(self, name: str) -> Volunteer:
        chance = self._random
        return Volunteer(
            id=name,
            available=self._available(),
            location=None if chance.random() < 0.05 else self._place(),
            max_travel_m=None if chance.random() < 0.2 else chance.randrange(3000, 12000, 500),
            age=chance.randint(15, 17) if chance.random() < 0.15 else chance.randint(18, 75),
            skills={
                name: chance.randint(1, 5)
                for name, share in _SKILLS.items()
                if chance.random() < share
            },
            groups=tuple(name for name, share in _GROUPS.items() if chance.random() < share),
            max_minutes=chance.choice((360, 600, 900, 2400)),
            max_minutes_per_day=chance.choice((300, 480, 600)),
            max_shifts=chance.choice((1, 2, 3, 7)),
            served_minutes=chance.choice((0, 0, 120, 240, 700, 1500, 4000)),
            engaged=self._engaged() if chance.random() < 0.1 else (),
            likes={cause: chance.randint(0, 3) for cause in _CAUSES if chance.random() < 0.4},
        )

    def _available(self) -> tuple[Interval, ...]:
        """Some hours on a few days; now and then two pieces that touch, or a whole weekend."""
        chance = self._random
        found = []
        for day in sorted(chance.sample(range(_DAYS), chance.randint(2, 4))):
            first = _START + day * _DAY + chance.choice((6, 8, 9, 12, 17)) * _HOUR
            last = first + chance.choice((5, 7, 9, 12, 16)) * _HOUR
            if chance.random() < 0.2:
                middle = (first + last) // 2
                found += [(first, middle), (middle, last)]
            else:
                found.append((first, last))
        if chance.random() < 0.2:
            found.append((_START + 5 * _DAY, _START + 7 * _DAY))
        return tuple(found)

    def _engaged(self) -> tuple[Engagement, ...]:
        start = _START + self._random.randrange(-_DAY, _DAYS * _DAY, 30)
        end = start + self._random.choice((60, 120, 240))
        return (Engagement(start, end, self._random.choice((None, *self._sites))),)

    def _place(self) -> Location:
        longitude, latitude = (
            centre + self._random.gauss(0, _SPREAD_DEGREES) for centre in _CENTRE
        )
        return round(longitude, 5), round(latitude, 5)

    # ---- shifts ------------------------------------------------------------------------------

    def _shift(self, name: str) -> Shift:
        chance = self._random
        start, end = self._span()
        roles = self._roles()
        return Shift(
            id=name,
            project=f"project {chance.randrange(1 + len(self._sites))}",
            start_minute=start,
            end_minute=end,
            roles=roles,
            cause=None if chance.random() < 0.1 else chance.choice(_CAUSES),
            location=None if chance.random() < 0.05 else chance.choice(self._sites),
            priority=chance.choice((2, 5, 5, 5, 8, 10)),
            cancel_below_minimum=chance.random() < 0.2,
            team=self._team() if chance.random() < 0.3 else (),
            invited=self._invited() if chance.random() < 0.2 else (),
        )

    def _span(self) -> Interval:
        """Most in the day, the longer ones by night and so past midnight."""
        chance = self._random
        if chance.random() < 0.05:
            start = _START + chance.randrange(_DAYS - 1) * _DAY + 22 * _HOUR
            return start, start + 4 * _HOUR
        start = (
            _START + chance.randrange(_DAYS) * _DAY + chance.randrange(7 * _HOUR, 19 * _HOUR, 15)
        )
        return start, start + chance.choice((90, 120, 180, 240))

    def _roles(self) -> tuple[Role, ...]:
        chance = self._random
        least = chance.randint(1, 3)
        helper = Role(
            id="helper",
            max=least + chance.randint(0, 3),
            min=least,
            groups=(chance.choice(tuple(_GROUPS)),) if chance.random() < 0.1 else (),
        )
        if chance.random() < 0.5:
            return (helper,)
        skill = chance.choice(tuple(_SKILLS))
        leader = Role(
            id="leader",
            max=chance.randint(1, 2),
            min=1,
            skills={skill: chance.randint(1, 3)},
            min_age=chance.choice((0, 18, 21)),
            max_age=chance.choice((150, 150, 65)),
        )
        return (helper, leader)

    def _team(self) -> tuple[TeamLine, ...]:
        skills = self._random.sample(tuple(_SKILLS), self._random.choice((1, 1, 2)))
        return tuple(TeamLine(skill, self._random.randint(1, 3), 1) for skill in skills)

    def _invited(self) -> tuple[str, ...]:
        count = min(5, len(self._volunteers))
        return tuple(each.id for each in self._random.sample(self._volunteers, count))

    # ---- lists that name people and lines ----------------------------------------------------

    def _together(self) -> tuple[tuple[str, ...], ...]:
        """Friends who live in one house and have time at the same hours."""
        chance = self._random
        wanted = max(1, len(self._volunteers) // 40)
        rows = chance.sample(range(len(self._volunteers)), min(3 * wanted, len(self._volunteers)))
        groups = []
        for first in range(0, len(rows), 3):
            members = rows[first : first + chance.choice((2, 2, 3))]
            model = self._volunteers[members[0]]
            for row in members[1:]:
                self._volunteers[row] = replace(
                    self._volunteers[row], available=model.available, location=model.location
                )
            groups.append(tuple(self._volunteers[row].id for row in members))
        return tuple(group for group in groups if len(group) > 1)

    def _apart(self, together: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
        """Pairs, none of whom a group would tear."""
        bound = {member for group in together for member in group}
        free = [each.id for each in self._volunteers if each.id not in bound]
        wanted = min(len(free) // 2, max(1, len(self._volunteers) // 50))
        names = self._random.sample(free, 2 * wanted)
        return tuple(zip(names[::2], names[1::2], strict=True))

    def _fixed(self, apart: Sequence[Sequence[str]]) -> tuple[Line, ...]:
        """Promises that cannot clash: one to a person, who is neither engaged nor apart."""
        named = {name for pair in apart for name in pair}
        free = [
            each
            for each in self._volunteers
            if each.id not in named and not each.engaged and each.max_minutes_per_day >= 4 * _HOUR
        ]
        self._random.shuffle(free)
        shifts = self._random.sample(self._shifts, max(1, len(self._shifts) // 10))
        lines = []
        for shift in shifts:
            role = self._random.choice(shift.roles)
            fitting = (each for each in free if self._fits(each, shift, role))
            # Now and then a person decided what the rules would not have allowed.
            person = free[0] if self._random.random() < 0.2 else next(fitting, free[0])
            free.remove(person)
            lines.append(Line(person.id, shift.id, role.id))
        return tuple(lines)

    def _forbidden(self, fixed: Sequence[Line]) -> tuple[Forbidden, ...]:
        chance = self._random
        pairs = {(line.volunteer, line.shift): None for line in fixed[:1]}
        pairs |= {(who.id, shift.id): None for who, shift, _ in self._some_fitting(5)}
        return tuple(Forbidden(*pair, chance.choice(_FORBIDDEN_FOR)) for pair in pairs)

    def _current(self) -> Iterator[Line]:
        lines = (Line(who.id, shift.id, role.id) for who, shift, role in self._some_fitting(10))
        yield from dict.fromkeys(lines)

    def _some_fitting(self, people_to_one: int) -> Iterator[tuple[Volunteer, Shift, Role]]:
        """Lines that H1 to H3 allow, about one for so many people."""
        for _ in range(max(1, len(self._volunteers) // people_to_one)):
            shift = self._random.choice(self._shifts)
            role = self._random.choice(shift.roles)
            asked = self._random.sample(self._volunteers, min(40, len(self._volunteers)))
            who = next((each for each in asked if self._fits(each, shift, role)), None)
            if who is not None:
                yield who, shift, role

    def _fits(self, volunteer: Volunteer, shift: Shift, role: Role) -> bool:
        return (
            rules.unsuited(volunteer, role) is None
            and rules.is_available(volunteer, shift)
            and not rules.is_too_far(volunteer, shift)
        )


def main() -> None:
    """Write a drawn problem as JSON."""
    parser = argparse.ArgumentParser(description="Draw a matching problem and write it as JSON.")
    parser.add_argument("volunteers", type=int)
    parser.add_argument("shifts", type=int)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    problem = draw(chosen.volunteers, chosen.shifts, chosen.seed)
    json.dump(write_problem(problem), sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
