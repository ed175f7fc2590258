"""Tags of the levels, and who has them."""

from uuid import UUID

import msgspec

from api.layer.operations import Call, Operations, Words
from api.routes.volunteers import today
from services import tags
from services.paging import Page, PageQuery
from services.tags import OwnTag, Tag, TagEdit, Tagging, TaggingIn, TagGrant, TagGrantIn, TagIn

operations = Operations("tags", Words("标签", "Tags"))


class TagQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tags: all that the account reads, or those of one organisation."""

    organisation_id: UUID | None = None


class TagGrants(msgspec.Struct, frozen=True, kw_only=True):
    """The lower organisations that read a tag."""

    items: list[TagGrant]


class OwnTags(msgspec.Struct, frozen=True, kw_only=True):
    """The tags of one person that the asker may see."""

    items: list[OwnTag]


@operations("GET", "/tags", Words("列出标签", "List tags"), refuses=("right_missing",))
async def list_tags(call: Call, query: TagQuery) -> Page[Tag]:
    """Those owned at or below the account's nodes, and those granted to them."""
    return await tags.list_page(call.actor, query, organisation_id=query.organisation_id)


@operations(
    "POST",
    "/tags",
    Words("设立标签", "Define a tag"),
    status=201,
    location="/tags/{id}",
    refuses=(
        "right_missing",
        "tag_owner_not_a_level",
        "tag_name_taken",
        "organisation_not_active",
    ),
)
async def define_tag(call: Call, body: TagIn) -> Tag:
    """A tag of a city, district, street or neighbourhood."""
    return await tags.define(call.actor, body)


@operations("GET", "/tags/{tag_id}", Words("读取标签", "Read a tag"), refuses=("right_missing",))
async def read_tag(call: Call, tag_id: UUID) -> Tag:
    """One that the account reads."""
    return await tags.get(call.actor, tag_id)


@operations(
    "PUT",
    "/tags/{tag_id}",
    Words("修改标签", "Change a tag's words"),
    refuses=("right_missing", "tag_of_other_level", "tag_name_taken"),
)
async def edit_tag(call: Call, tag_id: UUID, body: TagEdit, if_match: str) -> Tag:
    """It stays the same tag of the same people."""
    return await tags.edit(call.actor, tag_id, body, if_match)


@operations(
    "POST",
    "/tags/{tag_id}/retire",
    Words("停用标签", "Retire a tag"),
    refuses=("right_missing", "tag_of_other_level"),
)
async def retire_tag(call: Call, tag_id: UUID) -> Tag:
    """Nobody gets it any more; who has it keeps it."""
    return await tags.retire(call.actor, tag_id, call.now)


@operations(
    "GET",
    "/tags/{tag_id}/grants",
    Words("标签授权给谁", "List a tag's grants"),
    refuses=("right_missing", "tag_of_other_level"),
)
async def list_tag_grants(call: Call, tag_id: UUID) -> TagGrants:
    """The lower organisations that read it."""
    return TagGrants(items=await tags.grants(call.actor, tag_id))


@operations(
    "POST",
    "/tags/{tag_id}/grants",
    Words("授权下级查看", "Let a lower level read a tag"),
    refuses=("right_missing", "tag_of_other_level", "tag_grant_not_below"),
)
async def grant_tag(call: Call, tag_id: UUID, body: TagGrantIn) -> TagGrants:
    """An organisation below the owner reads it on its own people, with all that lies below it."""
    return TagGrants(items=await tags.grant(call.actor, tag_id, body))


@operations(
    "DELETE",
    "/tags/{tag_id}/grants/{organisation_id}",
    Words("收回授权", "Take a grant back"),
    refuses=("right_missing", "tag_of_other_level"),
)
async def withdraw_tag_grant(call: Call, tag_id: UUID, organisation_id: UUID) -> None:
    """What was not granted stays so."""
    await tags.withdraw_grant(call.actor, tag_id, organisation_id)


@operations(
    "GET",
    "/tags/{tag_id}/people",
    Words("谁有这个标签", "List who has a tag"),
    refuses=("right_missing",),
)
async def list_tagged(call: Call, tag_id: UUID, query: PageQuery) -> Page[Tagging]:
    """Among the people whom the account sees."""
    return await tags.people(call.actor, tag_id, query)


@operations(
    "POST",
    "/tags/{tag_id}/people",
    Words("添加标签", "Give a tag"),
    refuses=("right_missing", "tag_of_other_level", "tag_retired"),
)
async def assign_tag(call: Call, tag_id: UUID, body: TaggingIn) -> Tagging:
    """At the owner or above it. Who has it already just has it."""
    return await tags.assign(call.actor, tag_id, body, today=today(call))


@operations(
    "DELETE",
    "/tags/{tag_id}/people/{volunteer_id}",
    Words("移除标签", "Take a tag away"),
    refuses=("right_missing", "tag_of_other_level"),
)
async def remove_tag(call: Call, tag_id: UUID, volunteer_id: UUID) -> None:
    """Who does not have it is left as they are."""
    await tags.remove(call.actor, tag_id, volunteer_id)


@operations(
    "GET",
    "/volunteers/{volunteer_id}/tags",
    Words("某人的标签", "List a volunteer's tags"),
    refuses=("right_missing",),
)
async def list_volunteer_tags(call: Call, volunteer_id: UUID) -> OwnTags:
    """All of them to the person; to others those that they read."""
    return OwnTags(items=await tags.of_person(call.actor, volunteer_id, today=today(call)))
