"""Nodes of the tree with everything below them, as statements ask for them."""

from uuid import UUID

from services.database import rows

SUBTREE = """
    WITH subtree(id) AS (
        SELECT DISTINCT descendant_id FROM organisation_closure WHERE ancestor_id = ANY($1::uuid[])
    )
"""
"""The organisations of the first argument and everything below them, as `subtree(id)`."""


async def subtree_ids(organisation_ids: list[UUID]) -> list[UUID]:
    """The organisations and everything below them."""
    return [row["id"] for row in await rows(f"{SUBTREE} SELECT id FROM subtree", organisation_ids)]
