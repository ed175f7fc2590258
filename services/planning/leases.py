"""Who works on a round: a lease in time, and a number that fences off whoever lost it."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.rounds import Failure, Progress
from services.settings import Settings


class LostLease(Exception):
    """Another attempt has the round, or it is no longer being solved: nothing may be written."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """The right to work on a round until the lease ends."""

    round_id: UUID
    attempt: int
    seconds: int
    seed: int
    lease_seconds: int


async def begin(round_id: UUID, now: datetime, settings: Settings) -> Attempt | None:
    """Take the round; None if it is done, cancelled, gone, or in somebody else's hands."""
    raise NotImplementedError


async def heartbeat(attempt: Attempt, progress: Progress, now: datetime) -> bool:
    """Keep the lease and note progress; True when the organiser asks to stop. Raises LostLease."""
    raise NotImplementedError


async def fail(attempt: Attempt, failure: Failure, now: datetime) -> None:
    """End the round as failed. Raises LostLease."""
    raise NotImplementedError


async def give_back(attempt: Attempt, now: datetime, settings: Settings) -> None:
    """Let go of the round after an unforeseen failure: it is tried again, or has failed for good."""
    raise NotImplementedError


async def sweep(now: datetime, settings: Settings) -> int:
    """Ask again for every round that nobody works on; how many there were."""
    raise NotImplementedError
