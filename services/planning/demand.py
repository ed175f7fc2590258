"""The demand of a round: its open shifts with their roles, teams and invitations."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from matcher.problem import Line, Role, Shift, TeamLine
from services.database import rows
from services.minors import grown_up_only
from services.planning.scope import Scope, instant, location_of, minute_of

Rows = list[dict[str, Any]]
ById = dict[UUID, Rows]

# Nobody is asked to a dangerous shift before one policy covers all of it and everybody planned.
INSURED = (
    "(NOT p.is_dangerous OR EXISTS (SELECT 1 FROM insurance_policy i WHERE i.project_id = p.id "
    "AND i.covers_from <= s.starts_at AND i.covers_until >= s.ends_at "
    "AND (i.people_max IS NULL OR i.people_max >= "
    "(SELECT sum(greatest(r.target, r.held)) FROM role r WHERE r.shift_id = s.id))))"
)
OPEN_SHIFTS = (
    "SELECT s.id, s.project_id, p.organisation_id, p.category, p.is_dangerous, s.starts_at, "
    "s.ends_at, s.longitude, s.latitude, s.priority, s.cancel_below_minimum "
    "FROM shift s JOIN project p ON p.id = s.project_id "
    "WHERE p.organisation_id = ANY($1::uuid[]) AND p.state = 'published' AND s.state = 'open' "
    f"AND s.starts_at >= $2 AND s.ends_at <= $3 AND {INSURED}"
)
SHIFTS = OPEN_SHIFTS + " ORDER BY s.id"
ROLES = (
    "SELECT id, shift_id, minimum, target, min_age, max_age FROM role "
    "WHERE shift_id = ANY($1::uuid[]) ORDER BY shift_id, key"
)
ROLE_SKILLS = (
    "SELECT k.role_id, k.skill, k.level FROM role_skill k JOIN role r ON r.id = k.role_id "
    "WHERE r.shift_id = ANY($1::uuid[]) ORDER BY k.skill"
)
ROLE_GROUPS = (
    "SELECT g.role_id, g.organisation_id FROM role_group g JOIN role r ON r.id = g.role_id "
    "WHERE r.shift_id = ANY($1::uuid[]) ORDER BY g.organisation_id"
)
TEAM_LINES = (
    "SELECT shift_id, skill, level, count FROM team_line WHERE shift_id = ANY($1::uuid[]) "
    "ORDER BY skill, level, count"
)
INVITATIONS = (
    "SELECT shift_id, volunteer_id FROM invitation WHERE shift_id = ANY($1::uuid[]) "
    "ORDER BY volunteer_id"
)


@dataclass(frozen=True, slots=True)
class Demand:
    """The rows of the open shifts, and how they become the matcher's shifts."""

    shift_rows: Rows
    roles: ById
    skills: ById
    groups: ById
    teams: ById
    invited: ById

    @property
    def shift_ids(self) -> list[UUID]:
        """The shifts, in the order of their ids."""
        return [row["id"] for row in self.shift_rows]

    def shifts(self, people: frozenset[UUID], fixed: Iterable[Line]) -> tuple[Shift, ...]:
        """The matcher's shifts. A role is planned up to its target, or what it already holds."""
        held: dict[str, int] = defaultdict(int)
        for line in fixed:
            held[line.role] += 1
        return tuple(self._shift(row, people, held) for row in self.shift_rows)

    def _shift(self, row: dict[str, Any], people: frozenset[UUID], held: dict[str, int]) -> Shift:
        team = [
            TeamLine(each["skill"], each["level"], each["count"]) for each in self.teams[row["id"]]
        ]
        invited = [each["volunteer_id"] for each in self.invited[row["id"]]]
        roles = [self._role(role, held) for role in self.roles[row["id"]]]
        if row["is_dangerous"]:
            roles = [grown_up_only(role) for role in roles]
        return Shift(
            id=str(row["id"]),
            project=str(row["project_id"]),
            start_minute=minute_of(row["starts_at"]),
            end_minute=minute_of(row["ends_at"]),
            roles=tuple(roles),
            cause=row["category"],
            location=location_of(row),
            priority=row["priority"],
            cancel_below_minimum=row["cancel_below_minimum"],
            team=tuple(team),
            invited=tuple(str(person) for person in invited if person in people),
        )

    def _role(self, row: dict[str, Any], held: dict[str, int]) -> Role:
        role_id = str(row["id"])
        return Role(
            id=role_id,
            min=row["minimum"],
            max=max(row["target"], held.get(role_id, 0)),
            skills={each["skill"]: each["level"] for each in self.skills[row["id"]]},
            groups=tuple(str(each["organisation_id"]) for each in self.groups[row["id"]]),
            min_age=row["min_age"],
            max_age=row["max_age"],
        )


async def read_demand(scope: Scope) -> Demand:
    """The open shifts of published projects in the scope that lie inside the horizon."""
    horizon = scope.horizon
    ends = instant(horizon.start_minute), instant(horizon.end_minute)
    return await demand_of(await rows(SHIFTS, scope.organisations, *ends))


async def demand_of(shift_rows: Rows, asked: UUID | None = None) -> Demand:
    """The demand of these shifts. Of the others than `asked`, if that is given, only the roles:
    what they ask for is not read."""
    every = [row["id"] for row in shift_rows]
    ids = every if asked is None else [asked]
    return Demand(
        shift_rows=shift_rows,
        roles=grouped(await rows(ROLES, every), "shift_id"),
        skills=grouped(await rows(ROLE_SKILLS, ids), "role_id"),
        groups=grouped(await rows(ROLE_GROUPS, ids), "role_id"),
        teams=grouped(await rows(TEAM_LINES, ids), "shift_id"),
        invited=grouped(await rows(INVITATIONS, ids), "shift_id"),
    )


def grouped(found: Iterable[dict[str, Any]], key: str) -> ById:
    """The rows by one of their columns; no rows for what has none."""
    groups: ById = defaultdict(list)
    for row in found:
        groups[row[key]].append(row)
    return groups
