"""Seats to do something with, and who was told what came of it."""

from datetime import datetime
from uuid import UUID

import pytest

from models.core import Claim, ClaimState
from services import claims
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict
from services.my_shifts import reading
from services.my_shifts.types import (
    Act,
    TakeIn,
)
from services.rights import Actor
from services.shifts import Shift
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_shift,
)

READ = TakeIn(risk_statement_version=1)
LATE = hours(30)  # Of a shift that starts in 48 hours: inside the last 24.


async def seat(actor: Actor, shift: Shift, role: str | None = None) -> claims.Claim:
    wish = ClaimIn(role=role, risk_statement_version=1)
    return await claims.claim(actor, shift.id, wish, NOW, SETTINGS)


async def a_shift(boss: Actor, **given: object) -> Shift:
    known: dict[str, object] = {"starts_at": hours(48), **given}
    return await make_shift(boss, **known)  # type: ignore[arg-type]


async def state_of(claim_id: UUID) -> ClaimState:
    return (await Claim.get(id=claim_id)).state


async def told(kind: str) -> list[UUID | None]:
    found = await rows(
        "SELECT volunteer_id, account_id FROM notification WHERE kind = $1 ORDER BY id", kind
    )
    return [row["volunteer_id"] or row["account_id"] for row in found]


async def refused(coroutine: object) -> Conflict:
    with pytest.raises(Conflict) as caught:
        await coroutine  # type: ignore[misc]
    return caught.value


async def mine(actor: Actor, claim_id: UUID, now: datetime = NOW) -> list[Act]:
    return (await reading.get(actor, claim_id, now, SETTINGS)).acts
