"""Who belongs where: a home community and a unit at once (双报到), teams, a school.

A membership has a kind and its own days, and each side sees its own lines only. People ask to
belong and are answered by those who register people there; whoever belongs may leave.
"""

from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import MembershipKind as MembershipKind
from models.core import OrganisationKind, OrganisationState, new_id
from services import audit, notifications, rights, volunteers
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.member_groups import LIVE
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.subtrees import SUBTREE
from services.transactions import transaction

Number = Annotated[str, Meta(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
When = Literal["now", "requested", "later", "over"]

_BODIES = frozenset(
    {OrganisationKind.SCHOOL, OrganisationKind.EMPLOYER, OrganisationKind.SOCIAL_ORGANISATION}
)
PLACES: dict[MembershipKind, frozenset[OrganisationKind]] = {
    MembershipKind.HOME: frozenset({OrganisationKind.STREET, OrganisationKind.NEIGHBOURHOOD}),
    MembershipKind.UNIT: _BODIES,
    MembershipKind.STUDENT: frozenset({OrganisationKind.SCHOOL}),
    MembershipKind.TEAM: frozenset(OrganisationKind),
}
"""At which kinds of organisations each kind of membership can be."""

_COLUMNS = """
    m.id, m.volunteer_id, m.organisation_id, o.name AS organisation_name, m.kind, m.number,
    m.starts_on, m.ends_on, m.is_requested
"""
_FROM = "FROM membership m LEFT JOIN organisation o ON o.id = m.organisation_id"
_WHEN = {
    "requested": "m.is_requested AND $2::date IS NOT NULL",
    "now": LIVE.format(day="$2::date"),
    "later": "NOT m.is_requested AND m.starts_on > $2::date",
    "over": "NOT m.is_requested AND m.ends_on < $2::date",
}


class MembershipIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To which organisation, as what, from and until which day (the last one); without a first
    day, from today."""

    organisation_id: UUID
    kind: MembershipKind
    number: Number = ""
    starts_on: date | None = None
    ends_on: date | None = None


class MembershipEnd(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last day; without it, today."""

    ends_on: date | None = None


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A person belongs to an organisation; `is_requested` until somebody there has answered."""

    id: UUID
    volunteer_id: UUID
    organisation_id: UUID
    organisation_name: str | None = None
    kind: MembershipKind
    number: str = ""
    starts_on: date
    ends_on: date | None = None
    is_requested: bool = False


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A line in an organisation's own list; who has left is no longer named."""

    id: UUID
    volunteer_id: UUID
    volunteer_name: str | None = None
    kind: MembershipKind
    number: str = ""
    starts_on: date
    ends_on: date | None = None
    is_requested: bool = False


@acting
async def list_of(actor: Actor, volunteer_id: UUID, *, today: date) -> list[Membership]:
    """A person's memberships: all of them to the person, to others those at their own nodes."""
    order = "ORDER BY m.starts_on, m.id"
    if volunteer_id in actor.persons:
        found = await rows(
            f"SELECT {_COLUMNS} {_FROM} WHERE m.volunteer_id = $1 {order}", volunteer_id
        )
        return [_view(row) for row in found]
    seen = rights.require_anywhere(actor, Right.SEE_PEOPLE)
    await volunteers.get(actor, volunteer_id, today=today)
    found = await rows(
        f"{SUBTREE} SELECT {_COLUMNS} {_FROM} WHERE m.volunteer_id = $2 "
        f"AND m.organisation_id IN (SELECT id FROM subtree) {order}",
        seen,
        volunteer_id,
    )
    return [_view(row) for row in found]


@acting
async def members(
    actor: Actor,
    organisation_id: UUID,
    query: PageQuery,
    *,
    today: date,
    kind: MembershipKind | None = None,
    when: When | None = None,
) -> Page[Member]:
    """An organisation's own lines, for those who see its people."""
    await rights.require(actor, Right.SEE_PEOPLE, organisation_id)
    after = decode_cursor(query.after, UUID) if query.after else None
    condition = "$2::date IS NOT NULL" if when is None else _WHEN[when]
    found = await rows(
        "SELECT m.*, v.name AS volunteer_name FROM membership m "
        "LEFT JOIN volunteer v ON v.id = m.volunteer_id WHERE m.organisation_id = $1 "
        f"AND {condition} AND ($3::text IS NULL OR m.kind = $3) "
        "AND ($4::uuid IS NULL OR m.id > $4) ORDER BY m.id LIMIT $5",
        organisation_id,
        today,
        None if kind is None else kind.value,
        after,
        query.limit + 1,
    )
    return page_of(
        [_member(row, today) for row in found], [row["id"] for row in found], query.limit
    )


@acting
async def get(actor: Actor, membership_id: UUID) -> Membership:
    """One's own, or one at a node whose people the account sees."""
    return _view(await _found(actor, membership_id, Right.SEE_PEOPLE))


@acting
async def add(
    actor: Actor, volunteer_id: UUID, command: MembershipIn, *, today: date
) -> Membership:
    """Let a person belong: at once by those who register people there; from the person themself
    it is a request, which counts for nothing until it is accepted.

    Refused with `membership_kind_elsewhere`, `organisation_not_active`, `member_already` and
    `has_home`.
    """
    is_own = volunteer_id in actor.persons
    if not is_own:
        await volunteers.get(actor, volunteer_id, today=today)
        await rights.require(actor, Right.REGISTER_PEOPLE, command.organisation_id)
    await _refuse_place(command)
    starts_on = command.starts_on or today
    if command.ends_on is not None and command.ends_on < starts_on:
        raise Invalid([Defect("ends_on", "starts_after_it_ends")])
    membership_id = new_id()
    async with transaction():
        await rows(
            "INSERT INTO membership (id, created_at, volunteer_id, organisation_id, kind, number, "
            "starts_on, ends_on, is_requested) VALUES ($1, now(), $2, $3, $4, $5, $6, $7, $8)",
            membership_id,
            volunteer_id,
            command.organisation_id,
            command.kind.value,
            command.number.strip(),
            starts_on,
            command.ends_on,
            is_own,
        )
        await _log(volunteer_id, command, "requested" if is_own else "added")
    return await get(actor, membership_id)


@acting
async def accept(actor: Actor, membership_id: UUID, *, today: date) -> Membership:
    """Answer a request with yes. A new home community takes the place of the one before."""
    async with transaction():
        row = await _requested(actor, membership_id)
        starts_on = max(row["starts_on"], today)
        if row["ends_on"] is not None and row["ends_on"] < starts_on:
            raise Conflict("membership_over")
        if row["kind"] == MembershipKind.HOME:
            await _leave_home(row["volunteer_id"], starts_on)
        await rows(
            "UPDATE membership SET is_requested = false, starts_on = $2 WHERE id = $1",
            membership_id,
            starts_on,
        )
        await _log(row["volunteer_id"], _view(row), "accepted")
        await notifications.notify("membership_accepted", row["volunteer_id"])
    return await get(actor, membership_id)


@acting
async def refuse(actor: Actor, membership_id: UUID) -> None:
    """Answer a request with no; nothing is kept of it but a line of the log."""
    async with transaction():
        row = await _requested(actor, membership_id)
        await rows("DELETE FROM membership WHERE id = $1", membership_id)
        await _log(row["volunteer_id"], _view(row), "refused")
        await notifications.notify("membership_refused", row["volunteer_id"])


@acting
async def end(
    actor: Actor, membership_id: UUID, command: MembershipEnd, *, today: date
) -> Membership:
    """Let a membership end, by the person or by those who register people there. A request that
    its own person takes back is gone with it.

    Refused with `membership_over` once it has ended; Invalid for a day before the first.
    """
    async with transaction():
        row = await _found(actor, membership_id, Right.REGISTER_PEOPLE, lock=True)
        if row["is_requested"]:
            if row["volunteer_id"] not in actor.persons:
                raise Conflict("membership_requested")
            await rows("DELETE FROM membership WHERE id = $1", membership_id)
            await _log(row["volunteer_id"], _view(row), "taken_back")
            return _view(row)
        if row["ends_on"] is not None and row["ends_on"] < today:
            raise Conflict("membership_over")
        ends_on = command.ends_on or max(today, row["starts_on"])
        if ends_on < row["starts_on"]:
            raise Invalid([Defect("ends_on", "starts_after_it_ends")])
        await rows("UPDATE membership SET ends_on = $2 WHERE id = $1", membership_id, ends_on)
        await _log(row["volunteer_id"], _view(row), "ended")
    return _view({**row, "ends_on": ends_on})


async def _requested(actor: Actor, membership_id: UUID) -> dict[str, Any]:
    row = await _found(actor, membership_id, Right.REGISTER_PEOPLE, lock=True, is_own_enough=False)
    if not row["is_requested"]:
        raise Conflict("membership_not_requested")
    return row


async def _found(
    actor: Actor,
    membership_id: UUID,
    right: Right,
    *,
    lock: bool = False,
    is_own_enough: bool = True,
) -> dict[str, Any]:
    found = await rows(
        f"SELECT {_COLUMNS} {_FROM} WHERE m.id = $1{' FOR UPDATE OF m' if lock else ''}",
        membership_id,
    )
    if not found:
        raise NotFound
    [row] = found
    if not (is_own_enough and row["volunteer_id"] in actor.persons):
        await rights.require(actor, right, row["organisation_id"])
    return row


async def _refuse_place(command: MembershipIn) -> None:
    found = await rows(
        "SELECT kind, state FROM organisation WHERE id = $1", command.organisation_id
    )
    if not found:
        raise Invalid([Defect("organisation_id", "unknown_id")])
    [row] = found
    if row["state"] != OrganisationState.ACTIVE:
        raise Conflict("organisation_not_active", state=row["state"])
    if OrganisationKind(row["kind"]) not in PLACES[command.kind]:
        raise Conflict(
            "membership_kind_elsewhere", kind=command.kind.value, organisation_kind=row["kind"]
        )


@as_system
async def _leave_home(volunteer_id: UUID, day: date) -> None:
    """End the home community before, which those of the new one neither see nor change."""
    await rows(
        "DELETE FROM membership WHERE volunteer_id = $1 AND kind = 'home' AND NOT is_requested "
        "AND starts_on >= $2",
        volunteer_id,
        day,
    )
    await rows(
        "UPDATE membership SET ends_on = $2 WHERE volunteer_id = $1 AND kind = 'home' "
        "AND NOT is_requested AND coalesce(ends_on, 'infinity') > $2",
        volunteer_id,
        day - timedelta(days=1),
    )


async def _log(volunteer_id: UUID, of: MembershipIn | Membership, change: str) -> None:
    await audit.record(
        Act.PERSONAL_DATA_CHANGED,
        subject_kind="volunteer",
        subject_id=volunteer_id,
        organisation_id=of.organisation_id,
        fields=["memberships"],
        kind=of.kind.value,
        change=change,
    )


def _view(row: dict[str, Any]) -> Membership:
    return msgspec.convert(row, Membership)


def _member(row: dict[str, Any], today: date) -> Member:
    is_over = row["ends_on"] is not None and row["ends_on"] < today
    return Member(
        id=row["id"],
        volunteer_id=row["volunteer_id"],
        volunteer_name=None if is_over else row["volunteer_name"],
        kind=MembershipKind(row["kind"]),
        number=row["number"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        is_requested=row["is_requested"],
    )
