"""Random trees, randomly changed: no scope is wider than its subtree, and none is narrower.

`make prove` does the same with 10,000 of them (tests/proofs/tree.py).
"""

from tests.support.trees import run

TREES = 25


async def test_no_scope_is_wider_than_the_subtree(database: str) -> None:
    outcome = await run(seed=20261122, count=TREES)

    assert outcome.wrong == []
    assert outcome.changes > outcome.refused > 0
    assert outcome.questions > 10 * TREES
