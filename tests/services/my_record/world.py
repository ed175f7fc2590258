"""A shift that is over, with stays that people may dispute, and somebody who may decide."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services import my_record
from services.database import rows
from services.my_record import (
    Dispute,
    DisputeDecision,
    DisputeIn,
    DisputeOutcome,
    RecordEntry,
    RecordLine,
    RecordQuery,
    RecordTotals,
    TotalsQuery,
)
from services.rights import Actor
from services.scope import as_system
from tests.services.attendance.world import SETTINGS, Day, make_day
from tests.support.factories import make_organiser, node_of

WEEK = timedelta(days=7)
WRONG = DisputeIn(text="我十一点半才走，不是十一点。")
A_DAY_LATER = 24 * 60.0


@dataclass(frozen=True)
class Past:
    """The day, and an organiser who had nothing to do with it."""

    day: Day
    judge: Actor

    async def disputes(
        self, minutes: float = A_DAY_LATER, *, who: Actor | None = None, claim: UUID | None = None
    ) -> Dispute:
        """Ada says, so long after the shift's start, that it is not so."""
        day = self.day
        return await my_record.dispute(
            who or day.ada, claim or day.adas, WRONG, day.at(minutes), SETTINGS
        )

    async def decides(
        self,
        dispute_id: UUID,
        outcome: str,
        minutes: float = A_DAY_LATER,
        *,
        who: Actor | None = None,
        **times: datetime,
    ) -> Dispute:
        command = DisputeDecision(outcome=DisputeOutcome(outcome), answer="核对了签到表。", **times)
        now = self.day.at(minutes)
        return await my_record.decide(who or self.judge, dispute_id, command, now, SETTINGS)

    async def another_judge(self) -> Actor:
        """One more organiser who had nothing to do with it."""
        return await make_organiser(node_of(self.day.boss))

    async def entry(self, minutes: float = A_DAY_LATER) -> RecordEntry:
        day = self.day
        return await my_record.get(day.ada, day.adas, day.at(minutes), SETTINGS)

    async def line(self, minutes: float = A_DAY_LATER) -> RecordLine:
        return (await self.entry(minutes)).line

    async def totals(self) -> RecordTotals:
        return await my_record.totals(self.day.ada, TotalsQuery(), SETTINGS)

    async def lines(self, minutes: float = A_DAY_LATER) -> list[RecordLine]:
        query = RecordQuery(limit=200)
        day = self.day
        return (await my_record.list_mine(day.ada, query, day.at(minutes), SETTINGS)).items


async def make_past() -> Past:
    day = await make_day()
    return Past(day, await make_organiser(node_of(day.boss)))


@as_system
async def told(kind: str) -> list[dict[str, object]]:
    """Who was told of this, in order."""
    return await rows(
        "SELECT volunteer_id, account_id, about FROM notification WHERE kind = $1 ORDER BY id", kind
    )
