"""A matching problem of the file format as people, shifts and a round to be planned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from matcher.problem import Engagement, Interval, Problem, Role, Shift, Volunteer
from models.core import new_id
from services.imports import cells
from services.imports.projects import Projects
from services.imports.sentences import row_defect
from services.imports.sheet import trimmed
from services.imports.stored import sorted_engaged
from services.imports.times_free import Change
from services.imports.views import RowDefect
from services.imports.wanted import (
    RoleFields,
    ShiftFields,
    VolunteerFields,
    WantedShift,
    WantedVolunteer,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_MINUTE = (datetime(1900, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(minutes=1)
LATEST_MINUTE = (datetime(2200, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(minutes=1)

NAME_MAX = 120
SHORT_MAX = 80
SEATS_MOST = 1_000_000
AGE_MOST = 120
INTEGER_MAX = 2**31 - 1
ROLE_AGE_MOST = 150

RISK_STATEMENT = (
    "本项目由导入的编排问题建立，文件中没有风险告知。服务前请向组织者了解现场风险和保险。\n"
    "This project was made from an imported matching problem, which states no risks. "
    "Ask the organiser about risks on site and insurance before you serve."
)


@dataclass(frozen=True, slots=True)
class Checker:
    """Collects what the format allows and the tables do not."""

    defects: list[RowDefect]

    def name(self, place: str, text: str, most: int = NAME_MAX) -> None:
        """A text that can be stored and seen."""
        if not trimmed(text):
            self.defects.append(row_defect(place, "blank"))
            return
        try:
            cells.one_line(text, most)
        except cells.CellRefused as refusal:
            self.defects.append(row_defect(place, refusal.code, **refusal.facts))

    def names(self, place: str, texts: Iterable[str], most: int = SHORT_MAX) -> None:
        """Texts of a list or the keys of an object."""
        for text in texts:
            self.name(f"{place}.{text[:20]}" if text.isprintable() else place, text, most)

    def most(self, place: str, number: int, most: int) -> None:
        """A number that is small enough."""
        if number > most:
            self.defects.append(row_defect(place, "above_most", most=most, found=number))

    def span(self, place: str, start_minute: int, end_minute: int) -> None:
        """Times that the calendar of the service has."""
        if start_minute < EARLIEST_MINUTE or end_minute > LATEST_MINUTE:
            self.defects.append(row_defect(place, "too_early_or_late"))


def storable_ids(ids: Iterable[str]) -> list[str]:
    """The ids that a statement may name: a control character cannot even be looked for."""
    found: list[str] = []
    for each in ids:
        checker = Checker([])
        checker.name("", each)
        if not checker.defects:
            found.append(each)
    return found


def instant(minute: int) -> datetime:
    """The moment of a whole minute since 1970."""
    return EPOCH + timedelta(minutes=minute)


def first_day(problem: Problem) -> date:
    """The horizon's first local day, on which ages are counted."""
    day = problem.horizon.day(problem.horizon.start_minute)
    return EPOCH.date() + timedelta(days=day)


def group_names(problem: Problem) -> list[str]:
    """Every group that a volunteer has or a role asks for, once, in order."""
    named = [name for volunteer in problem.volunteers for name in volunteer.groups]
    asked = [name for shift in problem.shifts for role in shift.roles for name in role.groups]
    return list(dict.fromkeys([*named, *asked]))


def people_of(problem: Problem, groups: Mapping[str, UUID]) -> list[WantedVolunteer]:
    """The volunteers in their order."""
    return [_volunteer(index, each, groups) for index, each in enumerate(problem.volunteers)]


def _volunteer(index: int, volunteer: Volunteer, groups: Mapping[str, UUID]) -> WantedVolunteer:
    place = f"volunteers[{index}]"
    checker = Checker([])
    checker.name(f"{place}.id", volunteer.id)
    checker.names(f"{place}.skills", volunteer.skills)
    checker.names(f"{place}.likes", volunteer.likes)
    checker.names(f"{place}.groups", volunteer.groups, NAME_MAX)
    checker.most(f"{place}.age", volunteer.age, AGE_MOST)
    for at, each in enumerate(volunteer.engaged):
        checker.span(f"{place}.engaged[{at}]", each.start_minute, each.end_minute)
    fields = VolunteerFields(
        name=volunteer.id,
        home=volunteer.location,
        max_travel_m=_limit(volunteer.max_travel_m),
        groups=frozenset(groups[name] for name in volunteer.groups),
        skills={name: (level, None) for name, level in volunteer.skills.items()},
        windows=frozenset(),
        changes=frozenset(_extras(volunteer.available)),
        likes=dict(volunteer.likes),
        # No limit that fits the column is ever reached by one that does not.
        max_minutes=min(volunteer.max_minutes, INTEGER_MAX),
        max_minutes_per_day=min(volunteer.max_minutes_per_day, INTEGER_MAX),
        max_shifts=min(volunteer.max_shifts, INTEGER_MAX),
        served_minutes=min(volunteer.served_minutes, INTEGER_MAX),
    )
    if not checker.defects:
        fields["engaged"] = sorted_engaged(_engaged(each) for each in volunteer.engaged)
    return WantedVolunteer(
        row=index + 1,
        place=place,
        key=volunteer.id,
        id=new_id(),
        fields=fields,
        age=min(volunteer.age, AGE_MOST),
        defects=checker.defects,
    )


def _limit(number: int | None) -> int | None:
    return None if number is None else min(number, INTEGER_MAX)


def _extras(available: Iterable[Interval]) -> Iterable[Change]:
    """Free time as the calendar can hold it: what lies beyond is no time for anything."""
    for start, end in available:
        start, end = max(start, EARLIEST_MINUTE), min(end, LATEST_MINUTE)
        if start < end:
            yield ("extra", instant(start), instant(end))


def _engaged(each: Engagement) -> tuple[datetime, datetime, tuple[float, float] | None]:
    return (instant(each.start_minute), instant(each.end_minute), each.location)


def shifts_of(
    problem: Problem,
    groups: Mapping[str, UUID],
    projects: Projects,
    people: Mapping[str, WantedVolunteer],
) -> list[WantedShift]:
    """The shifts in their order. `people` have their ids already."""
    return [
        _shift(index, each, groups, projects, people) for index, each in enumerate(problem.shifts)
    ]


def _shift(
    index: int,
    shift: Shift,
    groups: Mapping[str, UUID],
    projects: Projects,
    people: Mapping[str, WantedVolunteer],
) -> WantedShift:
    place = f"shifts[{index}]"
    checker = Checker([])
    _check_shift(checker, place, shift)
    fields = ShiftFields(
        place="",
        location=shift.location,
        priority=shift.priority,
        cancel_below_minimum=shift.cancel_below_minimum,
        roles={role.id: _role(role, groups) for role in shift.roles},
        team=frozenset(
            (line.skill, line.level, min(line.count, INTEGER_MAX)) for line in shift.team
        ),
        invited=frozenset(people[each].id for each in shift.invited),
    )
    found = WantedShift([(index + 1, place)], shift.id, new_id(), fields)
    for defect in checker.defects:
        found.refuse(defect)
    if not checker.defects:
        fields["project"] = projects.exactly(shift.project, shift.cause, RISK_STATEMENT)
        fields["starts_at"] = instant(shift.start_minute)
        fields["ends_at"] = instant(shift.end_minute)
    return found


def _check_shift(checker: Checker, place: str, shift: Shift) -> None:
    checker.name(f"{place}.id", shift.id)
    checker.name(f"{place}.project", shift.project)
    if shift.cause is not None:
        checker.name(f"{place}.cause", shift.cause, SHORT_MAX)
    checker.span(place, shift.start_minute, shift.end_minute)
    checker.names(f"{place}.team", (line.skill for line in shift.team))
    for at, role in enumerate(shift.roles):
        own = f"{place}.roles[{at}]"
        checker.name(f"{own}.id", role.id)
        checker.names(f"{own}.skills", role.skills)
        checker.names(f"{own}.groups", role.groups, NAME_MAX)
        checker.most(f"{own}.max", role.max, SEATS_MOST)


def _role(role: Role, groups: Mapping[str, UUID]) -> RoleFields:
    return RoleFields(
        minimum=min(role.min, SEATS_MOST),
        target=min(role.max, SEATS_MOST),
        maximum=min(role.max, SEATS_MOST),
        # Beyond any age that a volunteer here can have, more says nothing more.
        min_age=min(role.min_age, ROLE_AGE_MOST),
        max_age=min(role.max_age, ROLE_AGE_MOST),
        skills=dict(role.skills),
        groups=frozenset(groups[name] for name in role.groups),
    )
