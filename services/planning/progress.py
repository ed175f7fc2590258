"""How far a round is, and why one failed."""

from uuid import UUID

import msgspec


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The three levels of the objective, or their proven lower bounds."""

    shortfall: int
    open: int
    cost: int


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far planning is. `stage`: `queued`, `loading`, those of the solver, `storing`, `done`."""

    stage: str = "queued"
    fraction: float = 0.0
    score: Score | None = None
    bound: Score | None = None
    assignments: int = 0


class NamedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a plan or a promise, by ids."""

    volunteer_id: UUID
    shift_id: UUID
    role_id: UUID


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a round could not be planned.

    `fixed_clash`: the promises in `lines` break the rule `parameters["rule"]` among themselves.
    `problem_refused`: the data break the matcher's input rules; `parameters` name the first place.
    `too_many_attempts`: the solver died or failed each time.
    """

    code: str
    parameters: dict[str, str | int] = {}
    lines: list[NamedLine] = []
