"""What the tests of claims share: asking for a seat, and the reason against it."""

from datetime import datetime
from uuid import UUID

import pytest

from models.core import Claim as ClaimRow
from services import claims
from services.claims import Claim, ClaimIn, SeatRefused
from services.errors import Conflict
from services.rights import Actor
from services.settings import Settings
from services.shifts import Shift
from tests.support.factories import NOW, SETTINGS

TIRELESS = {"max_minutes": 10**9, "max_minutes_per_day": 10**6, "max_shifts": 10**6}


async def claim(
    actor: Actor,
    shift: Shift,
    role: str | None = None,
    *,
    or_wait: bool = False,
    at: datetime = NOW,
    settings: Settings = SETTINGS,
) -> Claim:
    """Ask for a seat, having read the risks as they are."""
    command = ClaimIn(
        role=role, or_wait=or_wait, risk_statement_version=shift.risk_statement_version
    )
    return await claims.claim(actor, shift.id, command, at, settings)


async def wait(actor: Actor, shift: Shift, at: datetime = NOW) -> Claim:
    """Take a place on the waiting list."""
    made = await claim(actor, shift, or_wait=True, at=at)
    assert made.state == "waitlisted"
    return made


async def refusal(
    actor: Actor, shift: Shift, role: str | None = None, *, at: datetime = NOW
) -> SeatRefused:
    """Why the seat cannot be had, with what could be instead."""
    with pytest.raises(SeatRefused) as caught:
        await claim(actor, shift, role, at=at)
    return caught.value


async def plain_refusal(actor: Actor, shift: Shift, *, at: datetime = NOW) -> Conflict:
    """A refusal that is not about the shift's seats."""
    with pytest.raises(Conflict) as caught:
        await claim(actor, shift, at=at)
    return caught.value


async def state_of(made: Claim | UUID) -> str:
    """The claim's state as it is stored."""
    row = await ClaimRow.get(id=made if isinstance(made, UUID) else made.id)
    return row.state.value
