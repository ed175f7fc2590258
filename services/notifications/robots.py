"""Robots in the chat groups of an organisation's organisers (企业微信): for groups, never a person.

What is posted there is about shifts and names nobody. The robot's address is its only key, so it is
kept encrypted and shown to nobody again.
"""

import re
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import new_id
from services import audit, rights
from services.audit import Act
from services.database import rows
from services.errors import Defect, Invalid, NotFound
from services.notifications.composing import ROBOT_PLACE
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.transactions import transaction
from services.types import Name
from services.vault import keyring

_KEY = re.compile(
    r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=(?P<key>[0-9A-Za-z-]{8,64})"
)


class GroupRobotIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The robot's address as 企业微信 shows it, and what to call the group."""

    organisation_id: UUID
    name: Name
    address: Annotated[str, Meta(max_length=200)]


class GroupRobot(msgspec.Struct, frozen=True, kw_only=True):
    """A robot that tells a group. Its address is not shown again."""

    id: UUID
    organisation_id: UUID
    name: str
    created_at: datetime


_SELECT = "SELECT id, organisation_id, name, created_at FROM group_robot WHERE ended_at IS NULL"


@acting
async def list_all(actor: Actor, query: PageQuery) -> Page[GroupRobot]:
    """The robots where the actor runs work."""
    nodes = rights.require_anywhere(actor, Right.RUN_WORK)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"{_SELECT} AND EXISTS (SELECT 1 FROM organisation_closure c WHERE c.descendant_id = "
        "organisation_id AND c.ancestor_id = ANY($1::uuid[])) AND ($2::uuid IS NULL OR id > $2) "
        "ORDER BY id LIMIT $3",
        nodes,
        after,
        query.limit + 1,
    )
    return page_of(
        msgspec.convert(found, list[GroupRobot]), [row["id"] for row in found], query.limit
    )


@acting
async def get(actor: Actor, robot_id: UUID) -> GroupRobot:
    """One robot."""
    row = await _row(actor, robot_id)
    return msgspec.convert(row, GroupRobot)


@acting
async def create(actor: Actor, command: GroupRobotIn, now: datetime) -> GroupRobot:
    """Have the group told from now on. Raises Invalid for an address that is no robot's."""
    await rights.require(actor, Right.RUN_WORK, command.organisation_id)
    found = _KEY.fullmatch(command.address.strip())
    if found is None:
        raise Invalid([Defect("address", "robot_address")])
    robot_id = new_id()
    async with transaction():
        await rows(
            "INSERT INTO group_robot (id, created_at, organisation_id, name, address_cipher) "
            "VALUES ($1, $2, $3, $4, $5)",
            robot_id,
            now,
            command.organisation_id,
            command.name,
            keyring().encrypt(ROBOT_PLACE, robot_id, found["key"]),
        )
        await _note(actor, robot_id, command.organisation_id, "added")
    return await get(actor, robot_id)


@acting
async def end(actor: Actor, robot_id: UUID, now: datetime) -> None:
    """Tell the group nothing any more, and forget its address."""
    row = await _row(actor, robot_id)
    async with transaction():
        await rows(
            "UPDATE group_robot SET ended_at = $2, address_cipher = $3 WHERE id = $1",
            robot_id,
            now,
            keyring().encrypt(ROBOT_PLACE, robot_id, ""),
        )
        await _note(actor, robot_id, row["organisation_id"], "ended")


async def _row(actor: Actor, robot_id: UUID) -> dict[str, Any]:
    found = await rows(f"{_SELECT} AND id = $1", robot_id)
    if not found:
        raise NotFound
    await rights.require(actor, Right.RUN_WORK, found[0]["organisation_id"])
    return found[0]


async def _note(actor: Actor, robot_id: UUID, organisation_id: UUID, what: str) -> None:
    await audit.record(
        Act.GROUP_ROBOT_CHANGED,
        subject_kind="group_robot",
        subject_id=robot_id,
        organisation_id=organisation_id,
        account_id=actor.account_id,
        what=what,
    )
