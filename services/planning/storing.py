"""Keeping the plan of a round, once, and noticing that the data moved under it."""

from datetime import datetime

from matcher.plan import Plan
from services.planning.leases import Attempt
from services.planning.loading import Loaded


async def store(attempt: Attempt, loaded: Loaded, plan: Plan, now: datetime) -> None:
    """Keep the plan and propose the round: stale at once if the data moved meanwhile, cancelled
    without a plan if the organiser asked for that. Raises LostLease, and then writes nothing."""
    raise NotImplementedError


async def mark_stale(now: datetime) -> int:
    """Mark every proposed round whose data moved; how many there were."""
    raise NotImplementedError
