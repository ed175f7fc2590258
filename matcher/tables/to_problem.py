"""`Tables` as a `Problem`: for the engine of ordinary sizes, and to write JSON."""

from itertools import count, pairwise

import numpy as np

from matcher.problem import (
    Engagement,
    Forbidden,
    Interval,
    Line,
    Location,
    Problem,
    Role,
    Shift,
    TeamLine,
    Volunteer,
)
from matcher.tables.lines import lines_of
from matcher.tables.tables import (
    NO_LIMIT,
    Demands,
    Floats,
    Lists,
    People,
    Relations,
    Roles,
    Shifts,
    Spans,
    Tables,
)


def problem_of(tables: Tables) -> Problem:
    """The problem that these columns say.

    Lines of `current` that name nothing any more come back with an id that nothing has: what was
    dropped is counted in the tables, not named.
    """
    return Problem(
        horizon=tables.horizon,
        volunteers=_volunteers(tables),
        shifts=_shifts(tables),
        rules=tables.rules,
        weights=tables.weights,
        together=_texts(tables.relations.together, tables.people.id.tolist()),
        apart=_apart(tables),
        fixed=lines_of(tables, tables.relations.fixed),
        forbidden=_forbidden(tables),
        current=_current(tables),
    )


def _volunteers(tables: Tables) -> tuple[Volunteer, ...]:
    people: People = tables.people
    columns = zip(
        people.id.tolist(),
        _available(people.available),
        _locations(people.longitude, people.latitude),
        people.max_travel_m.tolist(),
        people.age.tolist(),
        _levels(people.skills, tables.skills),
        _texts(people.groups, tables.groups),
        people.max_minutes.tolist(),
        people.max_minutes_per_day.tolist(),
        people.max_shifts.tolist(),
        people.served_minutes.tolist(),
        _engaged(people.engaged),
        _levels(people.likes, tables.causes),
        strict=True,
    )
    return tuple(
        Volunteer(id_, available, location, None if limit == NO_LIMIT else limit, *rest)
        for id_, available, location, limit, *rest in columns
    )


def _shifts(tables: Tables) -> tuple[Shift, ...]:
    shifts: Shifts = tables.shifts
    people = tables.people.id.tolist()
    columns = zip(
        shifts.id.tolist(),
        shifts.project.tolist(),
        shifts.start.tolist(),
        shifts.end.tolist(),
        _roles(tables),
        [None if cause < 0 else tables.causes[cause] for cause in shifts.cause.tolist()],
        _locations(shifts.longitude, shifts.latitude),
        shifts.priority.tolist(),
        shifts.cancel_below_minimum.tolist(),
        _team(shifts, tables.skills),
        _texts(shifts.invited, people),
        strict=True,
    )
    return tuple(Shift(*row) for row in columns)


def _roles(tables: Tables) -> list[tuple[Role, ...]]:
    roles: Roles = tables.roles
    columns = zip(
        roles.id.tolist(),
        roles.max.tolist(),
        roles.min.tolist(),
        _levels(roles.skills, tables.skills),
        roles.min_age.tolist(),
        roles.max_age.tolist(),
        _texts(roles.groups, tables.groups),
        strict=True,
    )
    listed = [Role(*row) for row in columns]
    return [
        tuple(listed[first:last]) for first, last in pairwise(tables.shifts.first_role.tolist())
    ]


def _team(shifts: Shifts, skills: tuple[str, ...]) -> list[tuple[TeamLine, ...]]:
    names, levels = shifts.team.name.tolist(), shifts.team.level.tolist()
    counts = shifts.team_count.tolist()
    lines = [
        TeamLine(skills[name], level, people)
        for name, level, people in zip(names, levels, counts, strict=True)
    ]
    return [tuple(lines[first:last]) for first, last in pairwise(shifts.team.first.tolist())]


def _apart(tables: Tables) -> tuple[tuple[str, str], ...]:
    ids, relations = tables.people.id, tables.relations
    ones, others = ids[relations.apart_one].tolist(), ids[relations.apart_other].tolist()
    return tuple(zip(ones, others, strict=True))


def _forbidden(tables: Tables) -> tuple[Forbidden, ...]:
    relations: Relations = tables.relations
    columns = zip(
        tables.people.id[relations.forbidden_person].tolist(),
        tables.shifts.id[relations.forbidden_shift].tolist(),
        relations.forbidden_reason.tolist(),
        strict=True,
    )
    return tuple(Forbidden(*row) for row in columns)


def _current(tables: Tables) -> tuple[Line, ...]:
    relations: Relations = tables.relations
    people, roles = set(tables.people.id.tolist()), set(tables.roles.id.tolist())
    no_role = (f"gone-{number}" for number in count() if f"gone-{number}" not in roles)
    nobody = (f"gone-{number}" for number in count() if f"gone-{number}" not in people)
    columns = zip(
        tables.people.id[relations.current_person].tolist(),
        tables.shifts.id[relations.current_shift].tolist(),
        relations.current_role.tolist(),
        strict=True,
    )
    kept = [
        Line(person, shift, next(no_role) if role < 0 else tables.roles.id[role])
        for person, shift, role in columns
    ]
    gone = [Line(next(nobody), "gone", "gone") for _ in range(relations.current_dropped)]
    return (*kept, *gone)


def _locations(longitude: Floats, latitude: Floats) -> list[Location | None]:
    places = zip(np.isnan(longitude).tolist(), longitude.tolist(), latitude.tolist(), strict=True)
    return [None if anywhere else (east, north) for anywhere, east, north in places]


def _levels(demands: Demands, names: tuple[str, ...]) -> list[dict[str, int]]:
    name, level = demands.name.tolist(), demands.level.tolist()
    items = [(names[at], height) for at, height in zip(name, level, strict=True)]
    return [dict(items[first:last]) for first, last in pairwise(demands.first.tolist())]


def _texts(lists: Lists, names: "tuple[str, ...] | list[str]") -> tuple[tuple[str, ...], ...]:
    items = [names[item] for item in lists.item.tolist()]
    return tuple(tuple(items[first:last]) for first, last in pairwise(lists.first.tolist()))


def _available(spans: Spans) -> list[tuple[Interval, ...]]:
    items = list(zip(spans.start.tolist(), spans.end.tolist(), strict=True))
    return [tuple(items[first:last]) for first, last in pairwise(spans.first.tolist())]


def _engaged(spans: Spans) -> list[tuple[Engagement, ...]]:
    places = _locations(spans.longitude, spans.latitude)
    columns = zip(spans.start.tolist(), spans.end.tolist(), places, strict=True)
    items = [Engagement(*row) for row in columns]
    return [tuple(items[first:last]) for first, last in pairwise(spans.first.tolist())]
