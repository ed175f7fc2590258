"""Whom to look at for a seat: chosen in the database, so that nobody else has to be read.

Everything here is rough, and only ever to one side: whoever is left out could not take the seat by
the matcher's rules. Whoever is not is asked by the rules themselves.
"""

from uuid import UUID

from matcher.geometry import EARTH_RADIUS_M
from matcher.problem import MINUTES_PER_DAY
from matcher.ranking import NEAR_M
from matcher.score import (
    LIKING_DEFAULT,
    LIKING_MOST,
    SERVED_UNIT_MINUTES,
    SERVED_UNITS_MOST,
    TRAVEL_UNIT_M,
)
from services.database import rows
from services.planning.availability import DAYS_PER_WEEK, EPOCH_WEEKDAY
from services.planning.demand import OPEN_SHIFTS
from services.planning.lines import AGAINST, SEATED
from services.planning.scope import Scope, instant
from services.planning.supply import LASTING, OF_SCOPE

CANDIDATES_MOST = 1_000
"""Those to whom the seat would cost least. No more than fifty are named: even if nineteen of twenty
turn out to be busy there are enough."""
NEAREST_MOST = 500
"""Of those who live near, for the few that are named with what keeps them away."""

# $1 to $3 are those of `services.planning.supply`; $4 is the role.
_SEAT = (
    "seat AS (SELECT r.id AS role_id, r.min_age, r.max_age, s.id AS shift_id, p.category, "
    "date_trunc('minute', s.starts_at) AS first_minute, "
    "date_trunc('minute', s.ends_at) - interval '1 minute' AS last_minute, "
    "s.longitude, s.latitude FROM role r JOIN shift s ON s.id = r.shift_id "
    "JOIN project p ON p.id = s.project_id WHERE r.id = $4)"
)
# From home, as `matcher.geometry` measures it but for the last digits, so that whoever compares
# allows for a metre; none where either place is unknown.
_WAY = (
    "LATERAL (SELECT CASE WHEN v.home_latitude IS NOT NULL AND seat.latitude IS NOT NULL "
    f"THEN 2 * {EARTH_RADIUS_M} * asin(least(1, sqrt("
    "power(sin(radians(seat.latitude - v.home_latitude) / 2), 2) "
    "+ cos(radians(v.home_latitude)) * cos(radians(seat.latitude)) "
    "* power(sin(radians(seat.longitude - v.home_longitude) / 2), 2)))) END AS metres) AS way"
)
# Free when the shift begins, and in its last minute: a window of that day or of the night before
# holds the minute, or an extra span. $5: weekday and minute of the day, of the one and the other.
_FREE_AT = (
    "v.id IN (SELECT a.volunteer_id FROM availability_window a WHERE "
    "(a.weekday = ($5::int[])[{at}] AND a.start_minute <= ($5::int[])[{at} + 1] "
    "AND a.end_minute > ($5::int[])[{at} + 1]) "
    f"OR (a.weekday = (($5::int[])[{{at}}] + {DAYS_PER_WEEK - 1}) % {DAYS_PER_WEEK} "
    f"AND a.end_minute > ($5::int[])[{{at}} + 1] + {MINUTES_PER_DAY}) "
    "UNION ALL SELECT e.volunteer_id FROM availability_exception e JOIN seat "
    "ON e.starts_at <= seat.{minute} AND e.ends_at > seat.{minute} WHERE e.kind = 'extra')"
)
_SKILLED = (
    "(NOT EXISTS (SELECT 1 FROM role_skill WHERE role_id = $4) OR v.id IN "
    "(SELECT k.volunteer_id FROM counting_skills($3) k JOIN role_skill need "
    "ON need.skill = k.skill AND need.level <= k.level WHERE need.role_id = $4 "
    "GROUP BY k.volunteer_id HAVING count(DISTINCT k.skill) = "
    "(SELECT count(DISTINCT skill) FROM role_skill WHERE role_id = $4)))"
)
_OF_A_GROUP = (
    "(NOT EXISTS (SELECT 1 FROM role_group WHERE role_id = $4) OR v.id IN "
    "(SELECT m.volunteer_id FROM membership m JOIN role_group g "
    f"ON g.organisation_id = m.organisation_id WHERE g.role_id = $4 AND {LASTING}))"
)
_NOT_AGAINST = (
    "v.id NOT IN (SELECT x.volunteer_id FROM exclusion x JOIN seat USING (shift_id) UNION ALL "
    "SELECT c.volunteer_id FROM claim c JOIN seat USING (shift_id) "
    "WHERE c.state = ANY($6::varchar[]))"
)
# As `matcher.ranking` counts it, without what the person is given in the plan, which only adds.
_COST = (
    f"($7::float8[])[1] * floor(coalesce(way.metres, 0) / {TRAVEL_UNIT_M}) "
    f"+ ($7::float8[])[2] * ({LIKING_MOST} - coalesce(l.liking, {LIKING_DEFAULT})) "
    f"+ ($7::float8[])[3] * least({SERVED_UNITS_MOST}, v.served_minutes / {SERVED_UNIT_MINUTES}) "
    "+ CASE WHEN v.id IN (SELECT i.volunteer_id FROM invitation i JOIN seat USING (shift_id)) "
    "THEN 0 ELSE ($7::float8[])[4] END"
)
CANDIDATES = (
    f"WITH people AS ({OF_SCOPE}), {_SEAT} "
    f"SELECT v.id FROM seat CROSS JOIN people JOIN volunteer v USING (id) CROSS JOIN {_WAY} "
    "LEFT JOIN volunteer_liking l ON l.volunteer_id = v.id AND l.cause = seat.category "
    "WHERE v.is_matched AND v.age BETWEEN seat.min_age AND seat.max_age "
    "AND (way.metres <= v.max_travel_m + 1) IS NOT FALSE "
    f"AND {_SKILLED} AND {_OF_A_GROUP} AND {_NOT_AGAINST} "
    f"AND {_FREE_AT.format(at=1, minute='first_minute')} "
    f"AND {_FREE_AT.format(at=3, minute='last_minute')} "
    f"ORDER BY {_COST}, coalesce(way.metres, 0), v.id LIMIT $8"
)

# A seat on a shift that the round plans ties somebody to it from wherever they are, and so does a
# group of friends. $5 and $6: the horizon; $7: the states of a seat.
_PLANNED = OPEN_SHIFTS.replace("$3", "$6").replace("$2", "$5")
_SEATED = (
    f"SELECT c.volunteer_id FROM claim c JOIN ({_PLANNED}) AS planned ON planned.id = c.shift_id "
    "WHERE c.state = ANY($7::varchar[])"
)
_FRIENDS = (
    "SELECT m.volunteer_id FROM together_member m JOIN together_group g ON g.id = m.group_id "
    "WHERE g.organisation_id = ANY($1::uuid[])"
)
NEAREST = (
    f"WITH people AS ({OF_SCOPE} UNION {_SEATED} UNION {_FRIENDS}), {_SEAT} "
    f"SELECT v.id FROM seat CROSS JOIN people JOIN volunteer v USING (id) CROSS JOIN {_WAY} "
    f"WHERE way.metres <= {NEAR_M + 1} ORDER BY floor(way.metres), v.id LIMIT $8"
)
# Of the people of $4, those whom the round's problem has.
PRESENT = (
    "WITH asked AS (SELECT v.id, v.state = 'active' AND (v.organisation_id = ANY($1::uuid[]) "
    "OR EXISTS (SELECT 1 FROM membership m WHERE m.volunteer_id = v.id "
    f"AND m.organisation_id = ANY($1::uuid[]) AND {LASTING})) AS is_of_scope "
    "FROM volunteer v WHERE v.id = ANY($4::uuid[])) SELECT id, is_of_scope FROM asked "
    f"WHERE is_of_scope OR EXISTS ({_SEATED} AND c.volunteer_id = asked.id) "
    f"OR EXISTS ({_FRIENDS} AND m.volunteer_id = asked.id)"
)


async def read_candidates(scope: Scope, role_id: UUID, first: int, end: int) -> list[UUID]:
    """People of the scope who could take the seat by what the database tells, those to whom it
    would cost least first; the shift lasts from the minute `first` to `end`."""
    weights = scope.weights
    costs = weights.travel, weights.cause, weights.fairness, weights.invite
    found = await rows(
        CANDIDATES,
        *_members(scope),
        role_id,
        [*_on_the_clock(scope, first), *_on_the_clock(scope, end - 1)],
        AGAINST,
        [float(each) for each in costs],
        CANDIDATES_MOST,
    )
    return [row["id"] for row in found]


async def read_nearest(scope: Scope, role_id: UUID) -> list[UUID]:
    """The people of the round's problem who live near the seat, the nearest first."""
    found = await rows(NEAREST, *_members(scope), role_id, *_planning(scope), NEAREST_MOST)
    return [row["id"] for row in found]


async def read_present(scope: Scope, people: set[UUID]) -> dict[UUID, bool]:
    """Those of the people whom the round's problem has, and whether they are of its scope; the
    others are tied to it from elsewhere."""
    found = await rows(PRESENT, *_members(scope), sorted(people), *_planning(scope))
    return {row["id"]: row["is_of_scope"] for row in found}


def _members(scope: Scope) -> tuple[object, ...]:
    return scope.organisations, scope.first_day, scope.last_day


def _planning(scope: Scope) -> tuple[object, ...]:
    horizon = scope.horizon
    return instant(horizon.start_minute), instant(horizon.end_minute), SEATED


def _on_the_clock(scope: Scope, minute: int) -> tuple[int, int]:
    """The weekday (Monday is 0) and the minute of the day, where the round is."""
    day = scope.horizon.day(minute)
    of_day = (minute + scope.horizon.offset_minutes) % MINUTES_PER_DAY
    return (day + EPOCH_WEEKDAY) % DAYS_PER_WEEK, of_day
