"""The problem of a round, read from the tables in a few set-based statements."""

from uuid import UUID

import msgspec

from matcher.problem import Problem


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A round's problem as it stood at one moment; ids are those of the rows.

    `digest` is the same for the same problem, so that a later look tells whether data moved.
    """

    problem: Problem
    digest: str


async def load_problem(round_id: UUID) -> Loaded:
    """The problem of a round, from one moment of the database; NotFound if there is none."""
    raise NotImplementedError
