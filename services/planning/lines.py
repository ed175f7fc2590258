"""The lines of a round's problem: promised, ruled out, last published; and who serves together."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from matcher.problem import Forbidden, Line
from models.core import SEAT_STATES, ClaimState
from services.database import rows
from services.planning.demand import Demand, Rows
from services.planning.scope import Scope

SEATED = sorted(state.value for state in SEAT_STATES)

AGAINST = sorted(
    state.value
    for state in (
        ClaimState.REQUESTED,
        ClaimState.ENTERED,
        ClaimState.REFUSED,
        ClaimState.DECLINED,
        ClaimState.WITHDRAWN,
        ClaimState.CANCELLED,
        ClaimState.LATE_CANCELLED,
        ClaimState.HANDED_OVER,
        ClaimState.NO_SHOW,
        ClaimState.EXCUSED,
    )
)
"""A person with such a claim on a shift is not proposed for it.

They said no, were told no, or wait for an organiser or a draw to decide. Silence is not a no:
whoever let an offer expire may be asked again.
"""

_CLAIMS = (
    "SELECT volunteer_id, shift_id, role_id, state FROM claim "
    "WHERE shift_id = ANY($1::uuid[]) AND state = ANY($2::varchar[]) {} "
    "ORDER BY volunteer_id, shift_id, role_id, state"
)
_EXCLUSIONS = (
    "SELECT volunteer_id, shift_id, reason FROM exclusion WHERE shift_id = ANY($1::uuid[]) {} "
    "ORDER BY volunteer_id, shift_id, reason"
)
CLAIMS, EXCLUSIONS = _CLAIMS.format(""), _EXCLUSIONS.format("")
CLAIMS_OF = _CLAIMS.format("AND volunteer_id = ANY($3::uuid[])")
EXCLUSIONS_OF = _EXCLUSIONS.format("AND volunteer_id = ANY($2::uuid[])")
# Whom an organisation takes no claims of, it proposes nothing to that begins before the block ends.
BLOCKED = (
    "SELECT DISTINCT b.volunteer_id, s.id AS shift_id, 'blocked' AS reason FROM block b "
    "JOIN organisation_closure up ON up.ancestor_id = b.organisation_id "
    "JOIN project p ON p.organisation_id = up.descendant_id JOIN shift s ON s.project_id = p.id "
    "WHERE s.id = ANY({shifts}::uuid[]) AND b.ends_at > s.starts_at"
)
# A round of any organisation above or below may have planned a shift of this scope.
PUBLISHED_ROUNDS = (
    "SELECT r.id, r.organisation_id, p.id AS plan_id, r.horizon_start, r.horizon_end FROM round r "
    "JOIN plan p ON p.round_id = r.id WHERE r.state = 'published' AND r.id <> $1 "
    "AND r.organisation_id = ANY($2::uuid[]) AND r.horizon_start < $4 AND r.horizon_end > $3 "
    "ORDER BY r.published_at DESC, r.id DESC"
)
PLAN_LINES = (
    "SELECT volunteer_id, shift_id, role_id FROM plan_line l "
    "JOIN unnest($1::uuid[], $2::uuid[]) AS t(plan, shift) "
    "ON l.plan_id = t.plan AND l.shift_id = t.shift ORDER BY volunteer_id, shift_id, role_id"
)
_TOGETHER = (
    "SELECT m.group_id, m.volunteer_id FROM together_member m "
    "JOIN together_group g ON g.id = m.group_id WHERE g.organisation_id = ANY($1::uuid[]) {} "
    "ORDER BY m.group_id, m.volunteer_id"
)
TOGETHER = _TOGETHER.format("")
TOGETHER_OF = _TOGETHER.format(
    "AND m.group_id IN (SELECT group_id FROM together_member WHERE volunteer_id = ANY($2::uuid[]))"
)


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """What claims and exclusions say about the shifts of a problem."""

    fixed: list[dict[str, Any]]
    against: list[tuple[UUID, UUID, str]]

    def lines(self, people: frozenset[UUID]) -> tuple[Line, ...]:
        """The seats that are held, as lines that the plan must keep."""
        return lines_of(row for row in self.fixed if row["volunteer_id"] in people)

    def forbidden(self, people: frozenset[UUID]) -> tuple[Forbidden, ...]:
        """Who is not to be proposed for what, and why."""
        return tuple(
            Forbidden(str(person), str(shift), reason)
            for person, shift, reason in self.against
            if person in people
        )


async def read_claimed(demand: Demand, of: Iterable[UUID] | None = None) -> Claimed:
    """The claims, exclusions and blocks on the shifts of the demand; if `of` is given, of those
    people."""
    shifts, people = demand.shift_ids, [] if of is None else [sorted(of)]
    claims, exclusions = (CLAIMS, EXCLUSIONS) if of is None else (CLAIMS_OF, EXCLUSIONS_OF)
    blocked = BLOCKED.format(shifts="$1")
    if of is not None:
        blocked += " AND b.volunteer_id = ANY($2::uuid[])"
    against = {
        (row["volunteer_id"], row["shift_id"], row["state"])
        for row in await rows(claims, shifts, AGAINST, *people)
    } | {
        (row["volunteer_id"], row["shift_id"], row["reason"])
        for statement in (exclusions, blocked)
        for row in await rows(statement, shifts, *people)
    }
    return Claimed(fixed=await rows(claims, shifts, SEATED, *people), against=sorted(against))


async def read_current(scope: Scope, demand: Demand) -> tuple[Line, ...]:
    """The lines last published for each shift: those of the newest round that planned it."""
    last = await last_plans(scope, demand.shift_rows)
    return lines_of(await rows(PLAN_LINES, list(last.values()), list(last)))


async def last_plans(scope: Scope, shift_rows: Rows) -> dict[UUID, UUID]:
    """The plan of the newest published round for each shift that one has planned."""
    if not shift_rows:
        return {}
    first = min(row["starts_at"] for row in shift_rows)
    last = max(row["ends_at"] for row in shift_rows)
    organisations = [*scope.organisations, *scope.above]
    past = await rows(PUBLISHED_ROUNDS, scope.round_id, organisations, first, last)
    return {
        shift["id"]: round_["plan_id"]
        for round_ in reversed(past)
        for shift in shift_rows
        if _planned(round_, shift, scope)
    }


def _planned(past: dict[str, Any], shift: dict[str, Any], scope: Scope) -> bool:
    """Whether a published round had this shift before it."""
    if shift["starts_at"] < past["horizon_start"] or shift["ends_at"] > past["horizon_end"]:
        return False
    return past["organisation_id"] in scope.above or scope.lies_under(
        shift["organisation_id"], past["organisation_id"]
    )


async def read_together(scope: Scope, of: Iterable[UUID] | None = None) -> list[list[UUID]]:
    """The groups of the scope, each once whatever the order of its members; if `of` is given, the
    groups in which any of those people is, whole."""
    members: dict[UUID, list[UUID]] = defaultdict(list)
    if of is None:
        found = await rows(TOGETHER, scope.organisations)
    else:
        found = await rows(TOGETHER_OF, scope.organisations, sorted(of))
    for row in found:
        members[row["group_id"]].append(row["volunteer_id"])
    return [list(group) for group in sorted({tuple(group) for group in members.values()})]


def lines_of(found: Iterable[dict[str, Any]]) -> tuple[Line, ...]:
    """Rows of volunteer, shift and role as the matcher's lines."""
    return tuple(
        Line(str(row["volunteer_id"]), str(row["shift_id"]), str(row["role_id"])) for row in found
    )
