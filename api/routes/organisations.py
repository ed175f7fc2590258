"""The organisation tree, what has happened to it, and what it adds up to."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.layer.operations import Call, Operations, Words
from services import organisations, reorganising, totals
from services.organisations import (
    CloseIn,
    MergeIn,
    MergePreview,
    MoveIn,
    Organisation,
    OrganisationEdit,
    OrganisationEvent,
    OrganisationIn,
    OrganisationKind,
    OrganisationState,
)
from services.paging import Page, PageQuery
from services.totals import Contribution, ContributionKind, Totals

operations = Operations("organisations", Words("组织", "Organisations"))


class OrganisationQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which organisations: all of the account's subtree, or those under one, of one kind or state,
    or with this text in their name or at the beginning of a code."""

    parent_id: UUID | None = None
    kind: OrganisationKind | None = None
    state: OrganisationState | None = None
    text: Annotated[str, Meta(min_length=1, max_length=120, pattern=r"^[^\x00]*$")] | None = None


class MergeQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The organisation that would take the other over."""

    into_id: UUID


class ContributionQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which things: all, or those of one kind."""

    kind: ContributionKind | None = None


def today(call: Call) -> date:
    """The local day of the service."""
    return call.now.astimezone(call.settings.zone).date()


@operations("GET", "/organisations", Words("列出组织", "List organisations"))
async def list_organisations(call: Call, query: OrganisationQuery) -> Page[Organisation]:
    """The nodes of the account's subtree."""
    return await organisations.list_page(
        call.actor,
        query,
        parent_id=query.parent_id,
        kind=query.kind,
        text=query.text,
        state=query.state,
    )


@operations(
    "POST",
    "/organisations",
    Words("新建组织", "Make an organisation"),
    status=201,
    location="/organisations/{id}",
    refuses=(
        "right_missing",
        "name_taken",
        "wrong_parent",
        "organisation_not_active",
        "code_taken",
        "credit_code_taken",
    ),
)
async def create_organisation(call: Call, body: OrganisationIn) -> Organisation:
    """A node under one of the account's subtree."""
    return await organisations.create(call.actor, body)


@operations("GET", "/organisations/{organisation_id}", Words("读取组织", "Read an organisation"))
async def read_organisation(call: Call, organisation_id: UUID) -> Organisation:
    """One node of the account's subtree."""
    return await organisations.get(call.actor, organisation_id)


@operations(
    "PUT",
    "/organisations/{organisation_id}",
    Words("更改名称或代码", "Rename or recode an organisation"),
    refuses=(
        "right_missing",
        "name_taken",
        "organisation_not_active",
        "code_taken",
        "credit_code_taken",
    ),
)
async def edit_organisation(
    call: Call, organisation_id: UUID, body: OrganisationEdit, if_match: str
) -> Organisation:
    """A new region code of the same length is taken over by all codes below it."""
    return await reorganising.edit(call.actor, organisation_id, body, if_match)


@operations(
    "POST",
    "/organisations/{organisation_id}/move",
    Words("移动组织", "Move an organisation"),
    refuses=(
        "right_missing",
        "name_taken",
        "wrong_parent",
        "organisation_cycle",
        "organisation_not_active",
        "city_stays",
        "code_taken",
    ),
)
async def move_organisation(call: Call, organisation_id: UUID, body: MoveIn) -> Organisation:
    """Lays it, with everything below it, under another one. Needs the right at both ends."""
    return await reorganising.move(call.actor, organisation_id, body)


@operations(
    "GET",
    "/organisations/{organisation_id}/merger",
    Words("预览合并", "Preview a merger"),
    refuses=("right_missing",),
)
async def preview_merger(call: Call, organisation_id: UUID, query: MergeQuery) -> MergePreview:
    """What a merger would do now, without doing it."""
    return await reorganising.merge_preview(
        call.actor, organisation_id, query.into_id, call.now, today(call)
    )


@operations(
    "POST",
    "/organisations/{organisation_id}/merge",
    Words("合并组织", "Merge an organisation"),
    refuses=(
        "right_missing",
        "organisation_cycle",
        "organisation_not_active",
        "city_stays",
        "merge_other_kind",
        "names_clash",
    ),
)
async def merge_organisation(call: Call, organisation_id: UUID, body: MergeIn) -> Organisation:
    """Another node of the same kind takes it over; the answer is the merged node, which stays
    under the other one with its past."""
    return await reorganising.merge(call.actor, organisation_id, body, call.now, today(call))


@operations(
    "POST",
    "/organisations/{organisation_id}/close",
    Words("撤销组织", "Close an organisation"),
    refuses=(
        "right_missing",
        "organisation_not_active",
        "city_stays",
        "has_active_below",
        "shifts_to_come",
    ),
)
async def close_organisation(call: Call, organisation_id: UUID, body: CloseIn) -> Organisation:
    """Memberships and roles at it end, and its codes are free; its past stays."""
    return await reorganising.close(call.actor, organisation_id, body, call.now, today(call))


@operations(
    "GET",
    "/organisations/{organisation_id}/events",
    Words("组织的沿革", "List an organisation's history"),
    refuses=("right_missing",),
)
async def list_organisation_events(
    call: Call, organisation_id: UUID, query: PageQuery
) -> Page[OrganisationEvent]:
    """What was changed, by whom and why, the newest first."""
    return await organisations.history(call.actor, organisation_id, query)


@operations(
    "GET",
    "/organisations/{organisation_id}/totals",
    Words("组织的汇总", "Read an organisation's totals"),
    refuses=("right_missing",),
)
async def read_totals(call: Call, organisation_id: UUID) -> Totals:
    """The figures of a node and everything below it. Who may not see the people there gets no
    figure about fewer than five of them, and the others rounded."""
    return await totals.of(call.actor, organisation_id, call.now, today(call))


@operations(
    "GET",
    "/organisations/{organisation_id}/contributions",
    Words("组织报送的内容", "List what an organisation reported"),
    refuses=("right_missing",),
)
async def list_contributions(
    call: Call, organisation_id: UUID, query: ContributionQuery
) -> Page[Contribution]:
    """Each thing that the node itself gave, the newest first: nothing is reported into the dark."""
    return await totals.contributions(call.actor, organisation_id, query, kind=query.kind)
