"""Points: transfers that are only ever added."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.layer.operations import Call, Operations, Words
from services import points
from services.points import AwardIn, Transfer
from services.types import Key

operations = Operations("points", Words("积分", "Points"))


class ReversalIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The reversal's own key: the same key again is the same reversal."""

    key: Annotated[Key, Meta(examples=["reversal-2026-0007"])]


@operations(
    "POST",
    "/points-transfers",
    Words("发放积分", "Award points"),
    status=201,
    refuses=("right_missing",),
)
async def create_points_transfer(call: Call, body: AwardIn) -> Transfer:
    """Points for a volunteer. The same `key` again is the same award, never a second one."""
    return await points.award(call.actor, body, call.now)


@operations(
    "POST",
    "/points-transfers/{transfer_id}/reverse",
    Words("冲回积分", "Reverse a transfer"),
    status=201,
    refuses=("right_missing", "already_reversed", "is_reversal", "reversal_differs"),
)
async def reverse_points_transfer(call: Call, transfer_id: UUID, body: ReversalIn) -> Transfer:
    """A mistake is never erased: a second transfer takes it back, at most once."""
    return await points.reverse(call.actor, transfer_id, body.key, call.now)
