"""The organisation tree."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import organisations
from services.organisations import Organisation, OrganisationIn, OrganisationKind
from services.paging import Page, PageQuery

operations = Operations("organisations", Words("组织", "Organisations"))


class OrganisationQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which organisations: all of the account's subtree, or those under one, or of one kind."""

    parent_id: UUID | None = None
    kind: OrganisationKind | None = None


@operations("GET", "/organisations", Words("列出组织", "List organisations"))
async def list_organisations(call: Call, query: OrganisationQuery) -> Page[Organisation]:
    """The nodes of the account's subtree."""
    return await organisations.list_page(
        call.actor, query, parent_id=query.parent_id, kind=query.kind
    )


@operations(
    "POST",
    "/organisations",
    Words("新建组织", "Make an organisation"),
    status=201,
    location="/organisations/{id}",
    refuses=("right_missing", "name_taken", "wrong_parent"),
)
async def create_organisation(call: Call, body: OrganisationIn) -> Organisation:
    """A node under one of the account's subtree."""
    return await organisations.create(call.actor, body)


@operations("GET", "/organisations/{organisation_id}", Words("读取组织", "Read an organisation"))
async def read_organisation(call: Call, organisation_id: UUID) -> Organisation:
    """One node of the account's subtree."""
    return await organisations.get(call.actor, organisation_id)
