"""People who may be there twice: the same document, the same phone, or the same name and birthday.

Found by keyed look-ups alone: nothing is decrypted to compare it. A pair is for whoever may merge
people at both registering nodes; nobody learns of a record elsewhere.
"""

from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from models.core import new_id
from services import rights
from services.database import rows
from services.errors import Conflict, NotFound
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.people.finding import PersonLine, lines
from services.rights import Actor, Right, acting
from services.subtrees import SUBTREE


class DuplicateReason(StrEnum):
    """What two records have in common, the strongest first."""

    DOCUMENT = "document"
    NAME_AND_BIRTH_DATE = "name_and_birth_date"
    PHONE = "phone"


class PairIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two people."""

    one_id: UUID
    other_id: UUID


class DuplicatePair(msgspec.Struct, frozen=True, kw_only=True):
    """Two records that may be one person, and why. The one registered first is `one`."""

    one: PersonLine
    other: PersonLine
    reasons: list[DuplicateReason]


_REASONS = {
    "document": DuplicateReason.DOCUMENT,
    "birth_date": DuplicateReason.NAME_AND_BIRTH_DATE,
    "phone": DuplicateReason.PHONE,
}
_PAIRS = f"""
    {SUBTREE}, pair AS (
        SELECT a.volunteer_id AS one_id, b.volunteer_id AS other_id,
            array_agg(a.kind::text) AS kinds
        FROM personal_datum a
        JOIN personal_datum b ON b.lookup = a.lookup AND b.kind = a.kind
            AND b.volunteer_id > a.volunteer_id
        JOIN volunteer one ON one.id = a.volunteer_id AND one.state = 'active'
            AND one.organisation_id IN (SELECT id FROM subtree)
        JOIN volunteer other ON other.id = b.volunteer_id AND other.state = 'active'
            AND other.organisation_id IN (SELECT id FROM subtree)
        WHERE NOT EXISTS (SELECT 1 FROM distinct_pair d
            WHERE d.one_id = a.volunteer_id AND d.other_id = b.volunteer_id)
            AND {{condition}}
        GROUP BY a.volunteer_id, b.volunteer_id
    )
"""
_PEOPLE = """
    SELECT v.id, v.name, v.external_key, v.age, v.state, v.organisation_id,
        o.name AS organisation_name, true AS is_registered,
        EXISTS (SELECT 1 FROM account a WHERE a.volunteer_id = v.id) AS signs_in
    FROM volunteer v LEFT JOIN organisation o ON o.id = v.organisation_id
    WHERE v.id = ANY($1::uuid[])
"""


@acting
async def list_duplicates(actor: Actor, query: PageQuery) -> Page[DuplicatePair]:
    """Pairs of which the actor may merge both, by who was registered first."""
    nodes = rights.require_anywhere(actor, Right.MERGE_PEOPLE)
    after = decode_cursor(query.after, tuple[UUID, UUID]) if query.after else (None, None)
    condition = "($2::uuid IS NULL OR (a.volunteer_id, b.volunteer_id) > ($2, $3::uuid))"
    found = await rows(
        f"{_PAIRS.format(condition=condition)} SELECT * FROM pair ORDER BY one_id, other_id "
        "LIMIT $4",
        nodes,
        *after,
        query.limit + 1,
    )
    keys = [(row["one_id"], row["other_id"]) for row in found]
    return page_of(await _pairs(found), keys, query.limit)


@acting
async def count_duplicates(actor: Actor, most: int) -> int:
    """How many there are, counted to `most` at most."""
    nodes = rights.nodes(actor, Right.MERGE_PEOPLE)
    if not nodes:
        return 0
    found = await rows(
        f"{_PAIRS.format(condition='true')} SELECT 1 FROM pair LIMIT $2", nodes, most
    )
    return len(found)


@acting
async def mark_distinct(actor: Actor, command: PairIn) -> None:
    """Say that two people are two: they are not listed again. Twice is once."""
    if command.one_id == command.other_id:
        raise Conflict("same_person")
    for person in (command.one_id, command.other_id):
        await require_mergeable(actor, person)
    first, second = sorted((command.one_id, command.other_id))
    await rows(
        "INSERT INTO distinct_pair (id, created_at, one_id, other_id, account_id) "
        "VALUES ($1, now(), $2, $3, $4) ON CONFLICT (one_id, other_id) DO NOTHING",
        new_id(),
        first,
        second,
        actor.account_id,
    )


async def require_mergeable(actor: Actor, volunteer_id: UUID) -> dict[str, Any]:
    """The person's row, if the actor may merge people where it is registered."""
    found = await rows(
        "SELECT id, organisation_id, state, age FROM volunteer WHERE id = $1", volunteer_id
    )
    if not found:
        raise NotFound
    await rights.require(actor, Right.MERGE_PEOPLE, found[0]["organisation_id"])
    return found[0]


async def reasons_of(one_id: UUID, other_id: UUID) -> list[DuplicateReason]:
    """What two records have in common."""
    found = await rows(
        "SELECT a.kind FROM personal_datum a JOIN personal_datum b ON b.lookup = a.lookup "
        "AND b.kind = a.kind WHERE a.volunteer_id = $1 AND b.volunteer_id = $2",
        one_id,
        other_id,
    )
    return _sorted_reasons([row["kind"] for row in found])


def _sorted_reasons(kinds: list[str]) -> list[DuplicateReason]:
    found = {_REASONS[kind] for kind in kinds}
    return [reason for reason in DuplicateReason if reason in found]


async def _pairs(found: list[dict[str, Any]]) -> list[DuplicatePair]:
    ids = {person for row in found for person in (row["one_id"], row["other_id"])}
    people = {each.id: each for each in await lines(await rows(_PEOPLE, list(ids)))}
    return [
        DuplicatePair(
            one=people[row["one_id"]],
            other=people[row["other_id"]],
            reasons=_sorted_reasons(row["kinds"]),
        )
        for row in found
    ]
