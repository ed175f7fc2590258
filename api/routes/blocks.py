"""Blocks: people of whom an organisation takes no claims for a time."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import blocks
from services.blocks import Block, BlockIn
from services.paging import Page, PageQuery

operations = Operations("blocks", Words("暂停报名", "Blocks"))


@operations("GET", "/blocks", Words("列出暂停", "List blocks"), refuses=("right_missing",))
async def list_blocks(call: Call, query: PageQuery) -> Page[Block]:
    """Whom one's organisations take no claims of now, the newest first."""
    return await blocks.list_page(call.actor, query, call.now)


@operations(
    "POST",
    "/blocks",
    Words("暂停某人报名", "Block a person"),
    status=201,
    location="/blocks/{id}",
    refuses=("right_missing", "blocked_already"),
)
async def create_block(call: Call, body: BlockIn) -> Block:
    """No claims of this person are taken at the node and below until then. They are told why;
    seats that they have are not touched."""
    return await blocks.add(call.actor, body, call.now)


@operations(
    "GET", "/blocks/{block_id}", Words("读取暂停", "Read a block"), refuses=("right_missing",)
)
async def read_block(call: Call, block_id: UUID) -> Block:
    """One block."""
    return await blocks.get(call.actor, block_id)


@operations(
    "DELETE", "/blocks/{block_id}", Words("解除暂停", "Lift a block"), refuses=("right_missing",)
)
async def delete_block(call: Call, block_id: UUID) -> None:
    """The person's claims are taken again, and they are told."""
    await blocks.lift(call.actor, block_id)
