"""What an organisation adds up to, with everything below it, and what it has reported itself.

Whoever reports reads back at once: the figures of their own area, and each thing they gave.
"""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from models.core import ClaimState, OrganisationKind
from services import anonymity, rights
from services.database import rows
from services.errors import NotFound
from services.member_groups import LIVE
from services.organisations import NodeBrief
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import as_system

MINUTES_STEP = 60

_BELOW = """
    WITH subtree(id) AS (
        SELECT descendant_id FROM organisation_closure WHERE ancestor_id = $1
    )
"""
# Of whom it was decided that they were never there, nothing was given.
_WAS_THERE = (
    "NOT EXISTS (SELECT 1 FROM attendance a WHERE a.claim_id = c.id AND a.struck_at IS NOT NULL)"
)
_MINUTES = "extract(epoch FROM c.ends_at - c.starts_at) / 60"
_PEOPLE = f"""{_BELOW}, person AS (
        SELECT age FROM volunteer WHERE state = 'active'
        AND organisation_id IN (SELECT id FROM subtree)
    ), member AS (
        SELECT DISTINCT m.kind, m.volunteer_id FROM membership m
        WHERE m.organisation_id IN (SELECT id FROM subtree) AND {LIVE.format(day="$2")}
    ) SELECT
        (SELECT count(*) FROM person) AS registered,
        (SELECT count(*) FROM person WHERE age < 14) AS under_14,
        (SELECT count(*) FROM person WHERE age BETWEEN 14 AND 17) AS from_14,
        (SELECT count(*) FROM person WHERE age BETWEEN 18 AND 25) AS from_18,
        (SELECT count(*) FROM person WHERE age BETWEEN 26 AND 35) AS from_26,
        (SELECT count(*) FROM person WHERE age BETWEEN 36 AND 59) AS from_36,
        (SELECT count(*) FROM person WHERE age >= 60) AS from_60,
        (SELECT count(*) FROM member WHERE kind = 'home') AS home,
        (SELECT count(*) FROM member WHERE kind = 'unit') AS unit,
        (SELECT count(*) FROM member WHERE kind = 'team') AS team,
        (SELECT count(*) FROM member WHERE kind = 'student') AS student
"""
_WORK = f"""{_BELOW} SELECT
        (SELECT count(*) FROM organisation WHERE state = 'active' AND id <> $1
            AND id IN (SELECT id FROM subtree)) AS organisations,
        (SELECT count(*) FROM project
            WHERE organisation_id IN (SELECT id FROM subtree)) AS projects,
        (SELECT count(*) FROM shift s JOIN project p ON p.id = s.project_id
            WHERE p.organisation_id IN (SELECT id FROM subtree) AND s.state = 'open'
            AND s.ends_at > $2) AS shifts_to_come,
        (SELECT count(*) FROM shift s JOIN project p ON p.id = s.project_id
            WHERE p.organisation_id IN (SELECT id FROM subtree) AND s.state = 'open'
            AND s.ends_at <= $2) AS shifts_past,
        (SELECT count(*) FROM import_batch
            WHERE organisation_id IN (SELECT id FROM subtree)) AS imports,
        (SELECT count(*) FROM tag WHERE retired_at IS NULL
            AND organisation_id IN (SELECT id FROM subtree)) AS tags,
        (SELECT count(DISTINCT a.volunteer_id) FROM points_account a
            JOIN volunteer v ON v.id = a.volunteer_id JOIN points_transfer t ON t.credit_id = a.id
            WHERE v.organisation_id IN (SELECT id FROM subtree)) AS awarded,
        (SELECT coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.points ELSE -t.points END), 0)
            FROM points_account a JOIN volunteer v ON v.id = a.volunteer_id
            JOIN points_transfer t ON a.id IN (t.credit_id, t.debit_id)
            WHERE v.organisation_id IN (SELECT id FROM subtree))::bigint AS points
"""
_CLAIMS = f"""{_BELOW} SELECT c.state, count(*) AS count,
        count(DISTINCT c.volunteer_id) AS people,
        coalesce(sum({_MINUTES}) FILTER (WHERE {_WAS_THERE}), 0)::bigint AS minutes
    FROM claim c WHERE c.organisation_id IN (SELECT id FROM subtree)
    GROUP BY c.state ORDER BY c.state
"""
# The node itself first, without what lies below it; then each active node right below it, whole.
_PARTS = f"""
    WITH part(id, node) AS (
        SELECT $1::uuid, $1::uuid
        UNION ALL SELECT o.id, c.descendant_id FROM organisation o
            JOIN organisation_closure c ON c.ancestor_id = o.id
            WHERE o.parent_id = $1 AND o.state = 'active'
    ) SELECT o.id, o.kind, o.name,
        (SELECT count(*) FROM volunteer v JOIN part p ON p.node = v.organisation_id
            WHERE p.id = o.id AND v.state = 'active') AS registered,
        (SELECT count(DISTINCT m.volunteer_id) FROM membership m
            JOIN part p ON p.node = m.organisation_id
            WHERE p.id = o.id AND {LIVE.format(day="$2")}) AS members,
        (SELECT count(*) FROM shift s JOIN project j ON j.id = s.project_id
            JOIN part p ON p.node = j.organisation_id
            WHERE p.id = o.id AND s.state = 'open' AND s.ends_at > $3) AS shifts_to_come,
        (SELECT count(DISTINCT c.volunteer_id) FROM claim c
            JOIN part p ON p.node = c.organisation_id
            WHERE p.id = o.id AND c.state = 'served' AND {_WAS_THERE}) AS served_people,
        (SELECT coalesce(sum({_MINUTES}), 0)::bigint FROM claim c
            JOIN part p ON p.node = c.organisation_id
            WHERE p.id = o.id AND c.state = 'served' AND {_WAS_THERE}) AS served_minutes
    FROM organisation o WHERE o.id IN (SELECT id FROM part)
    ORDER BY o.id <> $1, o.name, o.id
"""


# The second wall's own question, as the counting goes on behind it.
_IN_SIGHT = (
    "SELECT 1 FROM organisation_closure WHERE descendant_id = $1 "
    "AND ancestor_id = ANY ((SELECT scope_ids('tree'))::uuid[])"
)


class AgeBands(msgspec.Struct, frozen=True, kw_only=True):
    """Registered people by whole years of age."""

    under_14: int | None
    from_14: int | None
    from_18: int | None
    from_26: int | None
    from_36: int | None
    from_60: int | None


class MemberCounts(msgspec.Struct, frozen=True, kw_only=True):
    """People who belong there today, by kind; who belongs in two ways is in both."""

    home: int | None
    unit: int | None
    team: int | None
    student: int | None


class ClaimCount(msgspec.Struct, frozen=True, kw_only=True):
    """Claims on the shifts there, in one state."""

    state: ClaimState
    count: int | None


class PartTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What is right at the node, or what one of those below it adds up to."""

    organisation: NodeBrief
    registered: int | None
    members: int | None
    shifts_to_come: int
    served_minutes: int | None


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a node with everything below it.

    Not `is_exact`: the reader may not see the people there, so each figure about fewer than five
    of them is missing and the others are rounded to five (minutes to whole hours).
    """

    organisation_id: UUID
    is_exact: bool
    registered: int | None
    ages: AgeBands
    members: MemberCounts
    organisations: int
    projects: int
    shifts_to_come: int
    shifts_past: int
    claims: list[ClaimCount]
    served_minutes: int | None
    points: int | None
    imports: int
    tags: int
    parts: list[PartTotals]


ContributionKind = Literal[
    "person", "membership", "project", "shift", "record", "award", "tag", "tagging", "import"
]


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an organisation itself reported; people only by their id."""

    kind: ContributionKind
    id: UUID
    made_at: datetime
    title: str | None = None


@acting
async def of(actor: Actor, organisation_id: UUID, now: datetime, today: date) -> Totals:
    """The figures of a node and everything below it, for those with a right to totals there."""
    await rights.require(actor, Right.SEE_TOTALS, organisation_id)
    is_exact = await rights.covers(actor, Right.SEE_PEOPLE, organisation_id)
    if not await rows(_IN_SIGHT, organisation_id):
        raise NotFound
    return await _totals(organisation_id, now, today, is_exact=is_exact)


@as_system
async def _totals(organisation_id: UUID, now: datetime, today: date, *, is_exact: bool) -> Totals:
    """Counting needs all rows; what leaves here has been made safe for who asks."""
    [people] = await rows(_PEOPLE, organisation_id, today)
    [work] = await rows(_WORK, organisation_id, now)
    claims = await rows(_CLAIMS, organisation_id)
    parts = await rows(_PARTS, organisation_id, today, now)
    served = next((row for row in claims if row["state"] == ClaimState.SERVED), None)

    def told(name: str) -> int | None:
        return anonymity.count(people[name], is_exact=is_exact)

    return Totals(
        organisation_id=organisation_id,
        is_exact=is_exact,
        registered=told("registered"),
        ages=AgeBands(**{name: told(name) for name in AgeBands.__struct_fields__}),
        members=MemberCounts(**{name: told(name) for name in MemberCounts.__struct_fields__}),
        organisations=work["organisations"],
        projects=work["projects"],
        shifts_to_come=work["shifts_to_come"],
        shifts_past=work["shifts_past"],
        claims=[_claims(row, is_exact) for row in claims],
        served_minutes=_minutes(served["minutes"], served["people"], is_exact) if served else 0,
        points=anonymity.total(work["points"], work["awarded"], is_exact=is_exact),
        imports=work["imports"],
        tags=work["tags"],
        parts=[_part(row, is_exact) for row in parts],
    )


def _claims(row: dict[str, Any], is_exact: bool) -> ClaimCount:
    count = anonymity.total(row["count"], row["people"], is_exact=is_exact)
    return ClaimCount(state=ClaimState(row["state"]), count=count)


def _minutes(minutes: int, people: int, is_exact: bool) -> int | None:
    return anonymity.total(minutes, people, is_exact=is_exact, step=MINUTES_STEP)


def _part(row: dict[str, Any], is_exact: bool) -> PartTotals:
    return PartTotals(
        organisation=NodeBrief(id=row["id"], kind=OrganisationKind(row["kind"]), name=row["name"]),
        registered=anonymity.count(row["registered"], is_exact=is_exact),
        members=anonymity.count(row["members"], is_exact=is_exact),
        shifts_to_come=row["shifts_to_come"],
        served_minutes=_minutes(row["served_minutes"], row["served_people"], is_exact),
    )


# What stands in each place: kind, where from, whose it is, and what may be told of it.
_SOURCES: tuple[tuple[ContributionKind, str, str, str], ...] = (
    ("person", "volunteer x", "x.organisation_id", "NULL"),
    ("membership", "membership x", "x.organisation_id", "x.kind"),
    ("project", "project x", "x.organisation_id", "x.name"),
    ("shift", "shift x JOIN project p ON p.id = x.project_id", "p.organisation_id", "p.name"),
    ("tag", "tag x", "x.organisation_id", "x.name"),
    ("tagging", "volunteer_tag x JOIN tag t ON t.id = x.tag_id", "t.organisation_id", "t.name"),
    ("import", "import_batch x", "x.organisation_id", "x.kind"),
    (
        "award",
        "points_transfer x JOIN points_account a ON a.id = x.credit_id "
        "JOIN volunteer v ON v.id = a.volunteer_id",
        "v.organisation_id",
        "x.reason",
    ),
    (
        "record",
        "claim x JOIN shift s ON s.id = x.shift_id JOIN project p ON p.id = s.project_id",
        "x.state IN ('served','no_show','excused') AND x.organisation_id",
        "p.name",
    ),
)
_OF_PEOPLE = frozenset({"person", "membership", "tag", "tagging", "award"})


@acting
async def contributions(
    actor: Actor,
    organisation_id: UUID,
    query: PageQuery,
    *,
    kind: ContributionKind | None = None,
) -> Page[Contribution]:
    """What a node itself reported, the newest first, as far as the account sees each thing."""
    await rights.require(actor, Right.SEE_TOTALS, organisation_id)
    sees_people = await rights.covers(actor, Right.SEE_PEOPLE, organisation_id)
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    each = " UNION ALL ".join(
        f"(SELECT '{name}' AS kind, x.id, x.created_at AS made_at, {title}::text AS title "
        f"FROM {source} WHERE {owner} = $1 "
        "AND ($2::timestamptz IS NULL OR (x.created_at, x.id) < ($2, $3::uuid)) "
        "ORDER BY x.created_at DESC, x.id DESC LIMIT $4)"
        for name, source, owner, title in _SOURCES
        if kind in (None, name) and (sees_people or name not in _OF_PEOPLE)
    )
    if not each:
        return Page(items=[])
    found = await rows(
        f"SELECT * FROM ({each}) AS line ORDER BY made_at DESC, id DESC LIMIT $4",
        organisation_id,
        *after,
        query.limit + 1,
    )
    items = [msgspec.convert(row, Contribution) for row in found]
    return page_of(items, [(item.made_at, item.id) for item in items], query.limit)
