"""Robots in the chat groups of an organisation's organisers (企业微信): for groups, never a person.

What is posted there is about shifts and names nobody. The robot's address is its only key, so it is
kept encrypted and shown to nobody again.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import new_id
from services import audit, rights
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.notifications.composing import ROBOT_PLACE
from services.notifications.telling import tell_robot
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.transactions import transaction
from services.types import ShortName
from services.vault import keyring

_KEY = re.compile(
    r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=(?P<key>[0-9A-Za-z-]{8,64})"
)


class GroupRobotIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The robot's address as 企业微信 shows it, and what to call the group."""

    organisation_id: UUID
    name: ShortName
    address: Annotated[str, Meta(max_length=200)]


class GroupRobot(msgspec.Struct, frozen=True, kw_only=True):
    """A robot that tells a group. Its address is not shown again.

    `told_at` is when a message last went there. `failed_with` is the provider's word, or ours, for
    why the last one did not.
    """

    id: UUID
    organisation_id: UUID
    name: str
    created_at: datetime
    told_at: datetime | None = None
    failed_with: str | None = None


TEST = "robot_test"
TEST_PAUSE = timedelta(minutes=1)
_SELECT = "SELECT id, organisation_id, name, created_at FROM group_robot WHERE ended_at IS NULL"
# What ended, or was put off for a reason; the newest by the time at which it was written.
_LATELY = """
    SELECT robot_id, max(sent_at) AS told_at,
        (array_agg(CASE WHEN sent_at IS NULL THEN outcome END ORDER BY created_at DESC, id DESC))[1]
            AS failed_with
    FROM message WHERE robot_id = ANY($1::uuid[]) AND (sent_at IS NOT NULL OR outcome IS NOT NULL)
    GROUP BY robot_id
"""


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
    return page_of(await _views(found), [row["id"] for row in found], query.limit)


@acting
async def get(actor: Actor, robot_id: UUID) -> GroupRobot:
    """One robot."""
    [found] = await _views([await _row(actor, robot_id)])
    return found


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
async def send_test(actor: Actor, robot_id: UUID, now: datetime) -> GroupRobot:
    """Post one line into the group, so that whoever added the robot sees it arrive.

    Conflict("robot_test_too_soon") within a minute of the last one.
    """
    row = await _row(actor, robot_id)
    async with transaction():
        await rows("SELECT id FROM group_robot WHERE id = $1 FOR UPDATE", robot_id)
        async with entered(SYSTEM):
            lately = await rows(
                "SELECT 1 FROM message WHERE robot_id = $1 AND kind = $2 AND created_at > $3",
                robot_id,
                TEST,
                now - TEST_PAUSE,
            )
        if lately:
            raise Conflict("robot_test_too_soon", seconds=int(TEST_PAUSE.total_seconds()))
        await tell_robot(TEST, robot_id, group=row["name"])
        await _note(actor, robot_id, row["organisation_id"], "tested")
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


async def _views(found: list[dict[str, Any]]) -> list[GroupRobot]:
    """The robots with what became of the last messages to them, which is the service's to read."""
    async with entered(SYSTEM):
        lately = await rows(_LATELY, [row["id"] for row in found])
    ends = {row["robot_id"]: row for row in lately}
    return [
        GroupRobot(
            **row,
            told_at=ends[row["id"]]["told_at"] if row["id"] in ends else None,
            failed_with=ends[row["id"]]["failed_with"] if row["id"] in ends else None,
        )
        for row in found
    ]


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
