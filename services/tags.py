"""Tags: words that a city, district, street or neighbourhood defines and gives to people.

Only the level that owns a tag, or one above it, changes it and says who has it. Levels below read
it where they were granted to; nobody else does. A person sees all of their own, with the owner.
"""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import OrganisationKind, OrganisationState, new_id
from services import audit, rights, volunteers
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.organisations import LEVELS
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.subtrees import SUBTREE
from services.transactions import transaction
from services.types import SkillName
from services.versions import require_match

TagName = SkillName
Meaning = Annotated[str, Meta(max_length=400, pattern=r"^[^\x00]*$")]

_VIEW = """
    t.id, t.organisation_id, o.name AS organisation_name, o.kind AS organisation_kind, t.name,
    t.meaning, t.retired_at, (SELECT count(*) FROM volunteer_tag g JOIN volunteer v
        ON v.id = g.volunteer_id WHERE g.tag_id = t.id) AS people
"""
# Owned at or below a node of the account, or granted to one at or above it.
_READABLE = """(t.organisation_id IN (SELECT id FROM subtree) OR EXISTS (
    SELECT 1 FROM tag_grant g JOIN organisation_closure c ON c.ancestor_id = g.organisation_id
    WHERE g.tag_id = t.id AND c.descendant_id = ANY($1::uuid[])))"""

_TAGGING = """
    g.tag_id, g.volunteer_id, v.name AS volunteer_name, g.created_at AS given_at, g.import_id
"""
_OWN = """
    t.id AS tag_id, t.organisation_id, o.name AS organisation_name, t.name, t.meaning,
    given.created_at AS given_at, t.retired_at FROM volunteer_tag given
    JOIN tag t ON t.id = given.tag_id
    JOIN organisation o ON o.id = t.organisation_id WHERE given.volunteer_id = $2
"""


class TagIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tag of a level, and what it means to those who read it."""

    organisation_id: UUID
    name: TagName
    meaning: Meaning = ""


class TagEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tag's words as they are to be."""

    name: TagName
    meaning: Meaning = ""


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag, its owner, and how many of the people whom the reader sees have it."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    organisation_kind: OrganisationKind
    name: str
    meaning: str = ""
    retired_at: datetime | None = None
    people: int = 0


class TagGrantIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lower organisation that is to read the tag."""

    organisation_id: UUID


class TagGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A lower organisation that reads a tag, with everything below it."""

    organisation_id: UUID
    organisation_name: str
    organisation_kind: OrganisationKind


class TaggingIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person who gets a tag."""

    volunteer_id: UUID


class Tagging(msgspec.Struct, frozen=True, kw_only=True):
    """A person has a tag, given by hand or by an import."""

    tag_id: UUID
    volunteer_id: UUID
    volunteer_name: str
    given_at: datetime
    import_id: UUID | None = None


class OwnTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag of one person, with the level that gave it."""

    tag_id: UUID
    organisation_id: UUID
    organisation_name: str
    name: str
    meaning: str = ""
    given_at: datetime
    retired_at: datetime | None = None


@acting
async def list_page(
    actor: Actor, query: PageQuery, *, organisation_id: UUID | None = None
) -> Page[Tag]:
    """The tags that the account reads: owned at or below its nodes, or granted to it."""
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"{SUBTREE} SELECT {_VIEW} FROM tag t JOIN organisation o ON o.id = t.organisation_id "
        f"WHERE {_READABLE} AND ($2::uuid IS NULL OR t.organisation_id = $2) "
        "AND ($3::uuid IS NULL OR t.id > $3) ORDER BY t.id LIMIT $4",
        rights.require_anywhere(actor, Right.SEE_PEOPLE),
        organisation_id,
        after,
        query.limit + 1,
    )
    items = [msgspec.convert(row, Tag) for row in found]
    return page_of(items, [item.id for item in items], query.limit)


@acting
async def get(actor: Actor, tag_id: UUID) -> Tag:
    """One of the tags that the account reads."""
    found = await rows(
        f"{SUBTREE} SELECT {_VIEW} FROM tag t JOIN organisation o ON o.id = t.organisation_id "
        f"WHERE {_READABLE} AND t.id = $2",
        rights.require_anywhere(actor, Right.SEE_PEOPLE),
        tag_id,
    )
    if not found:
        raise NotFound
    return msgspec.convert(found[0], Tag)


@acting
async def define(actor: Actor, command: TagIn) -> Tag:
    """A new tag of a level. Refused with `tag_owner_not_a_level`, `tag_name_taken`."""
    await rights.require(actor, Right.DEFINE_TAGS, command.organisation_id)
    [owner] = await rows(
        "SELECT kind, state FROM organisation WHERE id = $1", command.organisation_id
    )
    if OrganisationKind(owner["kind"]) not in LEVELS:
        raise Conflict("tag_owner_not_a_level", kind=owner["kind"])
    if owner["state"] != OrganisationState.ACTIVE:
        raise Conflict("organisation_not_active", state=owner["state"])
    tag_id = new_id()
    async with transaction():
        await rows(
            "INSERT INTO tag (id, created_at, organisation_id, name, meaning) "
            "VALUES ($1, now(), $2, $3, $4)",
            tag_id,
            command.organisation_id,
            command.name.strip(),
            command.meaning,
        )
        await _log(tag_id, command.organisation_id, "defined")
    return await get(actor, tag_id)


@acting
async def edit(actor: Actor, tag_id: UUID, command: TagEdit, if_match: str | None) -> Tag:
    """Give a tag other words; it stays the same tag of the same people."""
    async with transaction():
        await rows("SELECT 1 FROM tag WHERE id = $1 FOR NO KEY UPDATE", tag_id)
        before = await _owned(actor, tag_id, Right.DEFINE_TAGS)
        require_match(if_match, before)
        await rows(
            "UPDATE tag SET name = $2, meaning = $3 WHERE id = $1",
            tag_id,
            command.name.strip(),
            command.meaning,
        )
        await _log(tag_id, before.organisation_id, "edited")
    return await get(actor, tag_id)


@acting
async def retire(actor: Actor, tag_id: UUID, now: datetime) -> Tag:
    """Nobody gets the tag any more; who has it keeps it. Twice is once."""
    async with transaction():
        before = await _owned(actor, tag_id, Right.DEFINE_TAGS)
        if before.retired_at is None:
            await rows("UPDATE tag SET retired_at = $2 WHERE id = $1", tag_id, now)
            await _log(tag_id, before.organisation_id, "retired")
    return await get(actor, tag_id)


@acting
async def grants(actor: Actor, tag_id: UUID) -> list[TagGrant]:
    """Who reads the tag below its owner. For those who could change that."""
    await _owned(actor, tag_id, Right.DEFINE_TAGS)
    found = await rows(
        "SELECT g.organisation_id, o.name AS organisation_name, o.kind AS organisation_kind "
        "FROM tag_grant g JOIN organisation o ON o.id = g.organisation_id WHERE g.tag_id = $1 "
        "ORDER BY o.name, o.id",
        tag_id,
    )
    return [msgspec.convert(row, TagGrant) for row in found]


@acting
async def grant(actor: Actor, tag_id: UUID, command: TagGrantIn) -> list[TagGrant]:
    """Let an organisation below the owner, and all below it, read the tag on their people."""
    tag = await _owned(actor, tag_id, Right.DEFINE_TAGS)
    is_below = await rows(
        "SELECT 1 FROM organisation_closure WHERE ancestor_id = $1 AND descendant_id = $2 "
        "AND ancestor_id <> descendant_id",
        tag.organisation_id,
        command.organisation_id,
    )
    if not is_below:
        raise Conflict("tag_grant_not_below")
    async with transaction():
        made = await rows(
            "INSERT INTO tag_grant (id, created_at, tag_id, organisation_id) "
            "VALUES ($1, now(), $2, $3) ON CONFLICT (tag_id, organisation_id) DO NOTHING "
            "RETURNING id",
            new_id(),
            tag_id,
            command.organisation_id,
        )
        if made:
            await _log(tag_id, command.organisation_id, "granted")
    return await grants(actor, tag_id)


@acting
async def withdraw_grant(actor: Actor, tag_id: UUID, organisation_id: UUID) -> None:
    """Let it not read the tag any more. What was not granted stays so."""
    await _owned(actor, tag_id, Right.DEFINE_TAGS)
    async with transaction():
        gone = await rows(
            "DELETE FROM tag_grant WHERE tag_id = $1 AND organisation_id = $2 RETURNING id",
            tag_id,
            organisation_id,
        )
        if gone:
            await _log(tag_id, organisation_id, "grant_withdrawn")


@acting
async def people(actor: Actor, tag_id: UUID, query: PageQuery) -> Page[Tagging]:
    """Those with the tag among the people whom the account sees, in the order of giving it."""
    await get(actor, tag_id)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"SELECT g.id, {_TAGGING} FROM volunteer_tag g JOIN volunteer v ON v.id = g.volunteer_id "
        "WHERE g.tag_id = $1 AND ($2::uuid IS NULL OR g.id > $2) ORDER BY g.id LIMIT $3",
        tag_id,
        after,
        query.limit + 1,
    )
    items = [_tagging(row) for row in found]
    return page_of(items, [row["id"] for row in found], query.limit)


@acting
async def assign(actor: Actor, tag_id: UUID, command: TaggingIn, *, today: date) -> Tagging:
    """Give the tag to a person whom the account sees; who has it already just has it.

    Refused with `tag_retired`.
    """
    tag = await _owned(actor, tag_id, Right.ASSIGN_TAGS)
    await volunteers.get(actor, command.volunteer_id, today=today)
    if tag.retired_at is not None:
        raise Conflict("tag_retired", tag=tag.name)
    async with transaction():
        made = await rows(
            "INSERT INTO volunteer_tag (id, created_at, tag_id, volunteer_id, account_id) "
            "VALUES ($1, now(), $2, $3, $4) ON CONFLICT (tag_id, volunteer_id) DO NOTHING "
            "RETURNING id",
            new_id(),
            tag_id,
            command.volunteer_id,
            actor.account_id,
        )
        if made:
            await _log(tag_id, tag.organisation_id, "assigned", command.volunteer_id)
    [row] = await rows(
        f"SELECT {_TAGGING} FROM volunteer_tag g JOIN volunteer v ON v.id = g.volunteer_id "
        "WHERE g.tag_id = $1 AND g.volunteer_id = $2",
        tag_id,
        command.volunteer_id,
    )
    return _tagging(row)


@acting
async def remove(actor: Actor, tag_id: UUID, volunteer_id: UUID) -> None:
    """Take the tag from a person. Who does not have it is left as they are."""
    tag = await _owned(actor, tag_id, Right.ASSIGN_TAGS)
    async with transaction():
        gone = await rows(
            "DELETE FROM volunteer_tag WHERE tag_id = $1 AND volunteer_id = $2 RETURNING id",
            tag_id,
            volunteer_id,
        )
        if gone:
            await _log(tag_id, tag.organisation_id, "removed", volunteer_id)


@acting
async def of_person(actor: Actor, volunteer_id: UUID, *, today: date) -> list[OwnTag]:
    """All tags of the person themself or of a ward; of others those that the account reads."""
    if volunteer_id in actor.persons:
        return await all_of(volunteer_id)
    readers = rights.require_anywhere(actor, Right.SEE_PEOPLE)
    await volunteers.get(actor, volunteer_id, today=today)
    found = await rows(
        f"{SUBTREE} SELECT {_OWN} AND {_READABLE} ORDER BY given.id", readers, volunteer_id
    )
    return [msgspec.convert(row, OwnTag) for row in found]


@as_system
async def all_of(volunteer_id: UUID) -> list[OwnTag]:
    """Every tag of a person, for a caller that has seen to it that the person asks."""
    found = await rows(
        f"SELECT {_OWN} AND $1::uuid[] IS NOT NULL ORDER BY given.id", [volunteer_id], volunteer_id
    )
    return [msgspec.convert(row, OwnTag) for row in found]


async def _owned(actor: Actor, tag_id: UUID, right: Right) -> Tag:
    """The tag, if the account has this right where it is owned. Raises NotFound, Forbidden."""
    tag = await get(actor, tag_id)
    if not await rights.covers(actor, right, tag.organisation_id):
        # It is read here, so that it exists is no secret; the owner's rights are another matter.
        if rights.has(actor, right):
            raise Forbidden("tag_of_other_level", owner=tag.organisation_name)
        raise Forbidden("right_missing", right=right.value)
    return tag


def _tagging(row: dict[str, Any]) -> Tagging:
    return msgspec.convert({key: row[key] for key in row if key != "id"}, Tagging)


async def _log(
    tag_id: UUID, organisation_id: UUID, change: str, volunteer_id: UUID | None = None
) -> None:
    await audit.record(
        Act.TAG_CHANGED,
        subject_kind="tag" if volunteer_id is None else "volunteer",
        subject_id=volunteer_id or tag_id,
        organisation_id=organisation_id,
        change=change,
        tag=str(tag_id),
    )
