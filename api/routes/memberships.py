"""Who belongs to which organisation, as what, and from when until when."""

from uuid import UUID

import msgspec

from api.layer.operations import Call, Operations, Words
from api.routes.volunteers import today
from services import memberships, served
from services.memberships import Member, Membership, MembershipEnd, MembershipIn, MembershipKind
from services.memberships import When as When
from services.paging import Page, PageQuery
from services.served import Served

operations = Operations("memberships", Words("组织归属", "Memberships"))


class MemberQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lines: all, or those of one kind, or asked for, lasting now, later, or over."""

    kind: MembershipKind | None = None
    when: When | None = None


class Memberships(msgspec.Struct, frozen=True, kw_only=True):
    """The memberships of one person that the asker may see."""

    items: list[Membership]


@operations(
    "GET",
    "/volunteers/{volunteer_id}/memberships",
    Words("某人的归属", "List a volunteer's memberships"),
    refuses=("right_missing",),
)
async def list_memberships(call: Call, volunteer_id: UUID) -> Memberships:
    """All of them to the person; each organisation sees its own lines only."""
    found = await memberships.list_of(call.actor, volunteer_id, today=today(call))
    return Memberships(items=found)


@operations(
    "POST",
    "/volunteers/{volunteer_id}/memberships",
    Words("加入组织", "Add a membership, or ask for one"),
    status=201,
    location="/memberships/{id}",
    refuses=(
        "right_missing",
        "member_already",
        "has_home",
        "membership_kind_elsewhere",
        "organisation_not_active",
    ),
)
async def add_membership(call: Call, volunteer_id: UUID, body: MembershipIn) -> Membership:
    """By those who register people at the organisation it counts at once; by the person themself
    it is a request."""
    return await memberships.add(call.actor, volunteer_id, body, today=today(call))


@operations(
    "GET",
    "/memberships/{membership_id}",
    Words("读取归属", "Read a membership"),
    refuses=("right_missing",),
)
async def read_membership(call: Call, membership_id: UUID) -> Membership:
    """One's own, or one at an organisation whose people the account sees."""
    return await memberships.get(call.actor, membership_id)


@operations(
    "POST",
    "/memberships/{membership_id}/accept",
    Words("同意加入", "Accept a request"),
    refuses=("right_missing", "membership_not_requested", "membership_over", "member_already"),
)
async def accept_membership(call: Call, membership_id: UUID) -> Membership:
    """It counts from today, or from its own first day. A new home community ends the old one."""
    return await memberships.accept(call.actor, membership_id, today=today(call))


@operations(
    "POST",
    "/memberships/{membership_id}/refuse",
    Words("不同意加入", "Refuse a request"),
    refuses=("right_missing", "membership_not_requested"),
)
async def refuse_membership(call: Call, membership_id: UUID) -> None:
    """Nothing is kept of the request but a line of the log."""
    await memberships.refuse(call.actor, membership_id)


@operations(
    "POST",
    "/memberships/{membership_id}/end",
    Words("退出组织", "End a membership"),
    refuses=("right_missing", "membership_over", "membership_requested"),
)
async def end_membership(call: Call, membership_id: UUID, body: MembershipEnd) -> Membership:
    """By the person, or by those who register people there. A request is taken back."""
    return await memberships.end(call.actor, membership_id, body, today=today(call))


@operations(
    "GET",
    "/organisations/{organisation_id}/members",
    Words("列出成员", "List members"),
    refuses=("right_missing",),
)
async def list_members(call: Call, organisation_id: UUID, query: MemberQuery) -> Page[Member]:
    """The organisation's own lines. Who has left is no longer named."""
    return await memberships.members(
        call.actor,
        organisation_id,
        query,
        today=today(call),
        kind=query.kind,
        when=query.when,
    )


@operations(
    "GET",
    "/volunteers/{volunteer_id}/served",
    Words("某人的服务", "What a volunteer served"),
    refuses=("right_missing",),
)
async def read_served(call: Call, volunteer_id: UUID) -> Served:
    """All of it to the person. An organisation sees what was served for it and below it, and the
    total of all places only while the person agrees to show it there."""
    return await served.of_person(call.actor, volunteer_id, today=today(call))
