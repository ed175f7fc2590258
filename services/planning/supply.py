"""The supply of a round: the people of its scope, and those from elsewhere who are tied to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from matcher.problem import Engagement, Interval, Volunteer
from models.core import AvailabilityExceptionKind
from services import minors
from services.database import rows
from services.planning.availability import available
from services.planning.demand import ById, Rows, grouped
from services.planning.scope import Scope, instant, location_of, minute_after, minute_of

# $1: organisations of the scope; $2 and $3: the first and the last local day; $4: people from
# elsewhere. A membership counts if it lasts from the first day to the last.
LASTING = "NOT m.is_requested AND m.starts_on <= $2 AND coalesce(m.ends_on, 'infinity') >= $3"
OF_SCOPE = (
    "SELECT id FROM volunteer WHERE organisation_id = ANY($1::uuid[]) AND state = 'active' "
    "UNION SELECT m.volunteer_id FROM membership m JOIN volunteer v ON v.id = m.volunteer_id "
    f"WHERE m.organisation_id = ANY($1::uuid[]) AND {LASTING} AND v.state = 'active'"
)
PEOPLE = f"WITH people AS ({OF_SCOPE} UNION SELECT unnest($4::uuid[])) "
# Of the people in $4, those who are not of the scope.
ELSEWHERE = f"SELECT tied.id FROM unnest($4::uuid[]) AS tied(id) EXCEPT ({OF_SCOPE}) ORDER BY 1"
VOLUNTEERS = (
    PEOPLE + "SELECT v.id, v.age, v.home_longitude, v.home_latitude, v.max_travel_m, "
    "v.max_minutes, v.max_minutes_per_day, v.max_shifts, v.served_minutes, v.is_matched "
    "FROM volunteer v JOIN people USING (id) ORDER BY v.id"
)
MEMBERSHIPS = (
    PEOPLE + "SELECT DISTINCT m.volunteer_id, m.organisation_id FROM membership m "
    f"JOIN people ON people.id = m.volunteer_id WHERE {LASTING} ORDER BY m.organisation_id"
)
SKILLS = (
    PEOPLE + "SELECT k.volunteer_id, k.skill, k.level FROM counting_skills($3) k "
    "JOIN people ON people.id = k.volunteer_id ORDER BY k.skill"
)
LIKES = (
    PEOPLE + "SELECT l.volunteer_id, l.cause, l.liking FROM volunteer_liking l "
    "JOIN people ON people.id = l.volunteer_id ORDER BY l.cause"
)
WINDOWS = (
    PEOPLE + "SELECT w.volunteer_id, w.weekday, w.start_minute, w.end_minute "
    "FROM availability_window w JOIN people ON people.id = w.volunteer_id "
    "ORDER BY w.weekday, w.start_minute"
)
EXCEPTIONS = (
    PEOPLE + "SELECT e.volunteer_id, e.kind, e.starts_at, e.ends_at "
    "FROM availability_exception e JOIN people ON people.id = e.volunteer_id "
    "WHERE e.ends_at > $5 AND e.starts_at < $6 ORDER BY e.starts_at, e.ends_at, e.id"
)
ENGAGEMENTS = (
    PEOPLE + "SELECT e.volunteer_id, e.starts_at, e.ends_at, e.longitude, e.latitude "
    "FROM engagement e JOIN people ON people.id = e.volunteer_id "
    "WHERE e.ends_at > $5 AND e.starts_at < $6 "
    "UNION ALL "
    "SELECT c.volunteer_id, c.starts_at, c.ends_at, s.longitude, s.latitude "
    "FROM claim c JOIN people ON people.id = c.volunteer_id JOIN shift s ON s.id = c.shift_id "
    "WHERE c.state = ANY($8::varchar[]) AND c.ends_at > $5 AND c.starts_at < $6 "
    "AND c.shift_id <> ALL($7::uuid[]) ORDER BY 2, 3, 4, 5"
)

APART = (
    PEOPLE + "SELECT a.one_id, a.other_id FROM apart_pair a "
    "JOIN people one ON one.id = a.one_id JOIN people other ON other.id = a.other_id "
    "ORDER BY a.one_id, a.other_id"
)


@dataclass(frozen=True, slots=True)
class Supply:
    """The rows of the people, and how they become the matcher's volunteers.

    Whoever is from `elsewhere`, or does not want to be proposed for anything (`unasked`, C9), is
    never available: they keep what was promised to them and are asked for nothing more.
    """

    scope: Scope
    volunteer_rows: Rows
    elsewhere: frozenset[UUID]
    unasked: frozenset[UUID]
    memberships: ById
    skills: ById
    likes: ById
    windows: ById
    exceptions: ById
    engagements: ById
    apart_rows: Rows

    @property
    def volunteer_ids(self) -> frozenset[UUID]:
        """Everybody who is in the problem."""
        return frozenset(row["id"] for row in self.volunteer_rows)

    @property
    def apart(self) -> tuple[tuple[str, str], ...]:
        """The pairs of people never to be on one shift, of whom both are in the problem."""
        return tuple((str(row["one_id"]), str(row["other_id"])) for row in self.apart_rows)

    def volunteers(self) -> tuple[Volunteer, ...]:
        """The matcher's volunteers, in the order of their ids."""
        return tuple(self._volunteer(row) for row in self.volunteer_rows)

    def _volunteer(self, row: dict[str, Any]) -> Volunteer:
        person, scope = row["id"], self.scope
        groups = [str(each["organisation_id"]) for each in self.memberships[person]]
        available = self._available(person)
        if minors.is_minor(row["age"]):
            available = minors.kept_to_hours(available, scope.horizon, scope.minors)
        found = Volunteer(
            id=str(person),
            available=available,
            location=location_of(row, "home_"),
            max_travel_m=row["max_travel_m"],
            age=row["age"],
            skills={each["skill"]: each["level"] for each in self.skills[person]},
            groups=tuple(groups),
            max_minutes=row["max_minutes"],
            max_minutes_per_day=row["max_minutes_per_day"],
            max_shifts=row["max_shifts"],
            served_minutes=row["served_minutes"],
            engaged=tuple(_engagement(each) for each in self.engagements[person]),
            likes={each["cause"]: each["liking"] for each in self.likes[person]},
        )
        return minors.kept_short(found, scope.minors)

    def _available(self, person: UUID) -> tuple[Interval, ...]:
        if person in self.elsewhere or person in self.unasked:
            return ()
        windows = [
            (each["weekday"], each["start_minute"], each["end_minute"])
            for each in self.windows[person]
        ]
        off, extra = [], []
        for each in self.exceptions[person]:
            # Less than a whole minute of service does not exist: off grows, extra shrinks.
            if each["kind"] == AvailabilityExceptionKind.OFF:
                off.append((minute_of(each["starts_at"]), minute_after(each["ends_at"])))
            else:
                extra.append((minute_after(each["starts_at"]), minute_of(each["ends_at"])))
        return available(windows, off, extra, self.scope.horizon)


async def read_supply(
    scope: Scope, tied: Iterable[UUID], shift_ids: list[UUID], seated: list[str]
) -> Supply:
    """The people of the scope, and those who are `tied` to it from elsewhere.

    A seat (a claim in a state of `seated`) on a shift that is not in `shift_ids` is an engagement.
    """
    members = scope.organisations, scope.first_day, scope.last_day
    outside = await rows(ELSEWHERE, *members, sorted(set(tied)))
    elsewhere = [row["id"] for row in outside]
    people = *members, elsewhere
    horizon = instant(scope.horizon.start_minute), instant(scope.horizon.end_minute)
    engagements = await rows(ENGAGEMENTS, *people, *scope.nearby, shift_ids, seated)
    volunteer_rows = await rows(VOLUNTEERS, *people)
    return Supply(
        scope=scope,
        volunteer_rows=volunteer_rows,
        elsewhere=frozenset(elsewhere),
        unasked=frozenset(row["id"] for row in volunteer_rows if not row["is_matched"]),
        memberships=grouped(await rows(MEMBERSHIPS, *people), "volunteer_id"),
        skills=grouped(await rows(SKILLS, *people), "volunteer_id"),
        likes=grouped(await rows(LIKES, *people), "volunteer_id"),
        windows=grouped(await rows(WINDOWS, *people), "volunteer_id"),
        exceptions=grouped(await rows(EXCEPTIONS, *people, *horizon), "volunteer_id"),
        engagements=grouped(engagements, "volunteer_id"),
        apart_rows=await rows(APART, *people),
    )


def _engagement(row: dict[str, Any]) -> Engagement:
    return Engagement(minute_of(row["starts_at"]), minute_after(row["ends_at"]), location_of(row))
