"""A shift of today with people on it, and a lead."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.core import RoleName
from services import attendance, claims
from services.attendance import Attendance, ByHandIn, DigitsIn, LeadIn, ScanIn, Way
from services.claims import ClaimIn
from services.rights import Actor
from services.settings import Settings
from services.shifts import Shift
from tests.support.factories import (
    NOW,
    make_account,
    make_city,
    make_person,
    make_shift,
    node_of,
)

SETTINGS = Settings(address="https://mulin.test")
PLACE = (121.4737, 31.2304)
IN, OUT = Way.IN, Way.OUT


@dataclass(frozen=True)
class Day:
    """A shift of two hours, three hours from `NOW`."""

    boss: Actor
    lead: Actor
    ada: Actor
    ben: Actor
    shift: Shift
    adas: UUID
    bens: UUID

    def at(self, minutes: float) -> datetime:
        """So many minutes after the shift's start."""
        return self.shift.starts_at + timedelta(minutes=minutes)

    async def code(self, minutes: float) -> str:
        """What the lead's picture holds then."""
        return (await self.shown(minutes)).address

    async def shown(self, minutes: float) -> attendance.CheckCode:
        return await attendance.show_code(self.lead, self.shift.id, self.at(minutes), SETTINGS)

    async def scans(
        self, who: Actor, way: Way, minutes: float, *, sent: float | None = None
    ) -> Attendance:
        """Somebody scans then, and the scan is sent then or later."""
        command = ScanIn(code=await self.code(minutes), way=way)
        at = self.at(minutes if sent is None else sent)
        return await attendance.scan(who, command, at, SETTINGS)

    async def types(self, who: Actor, claim_id: UUID, way: Way, minutes: float) -> Attendance:
        command = DigitsIn(digits=(await self.shown(minutes)).digits, way=way)
        return await attendance.by_digits(who, claim_id, command, self.at(minutes), SETTINGS)

    async def taps(self, claim_id: UUID, way: Way, minutes: float) -> Attendance:
        command = ByHandIn(way=way)
        return await attendance.by_hand(self.lead, claim_id, command, self.at(minutes), SETTINGS)

    async def marks(self, claim_id: UUID, minutes: float) -> Attendance:
        return await attendance.mark_absent(self.lead, claim_id, self.at(minutes), SETTINGS)


async def make_day(seats: int = 2, starts_at: datetime | None = None) -> Day:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await make_shift(
        boss, seats=seats, starts_at=starts_at or NOW + timedelta(hours=3), location=PLACE
    )
    lead = await make_account()
    await attendance.name_lead(boss, shift.id, LeadIn(account_name=lead.name), NOW)
    wanted = ClaimIn(risk_statement_version=shift.risk_statement_version)
    taken = [await claims.claim(who, shift.id, wanted, NOW, SETTINGS) for who in (ada, ben)]
    return Day(boss, lead, ada, ben, shift, taken[0].id, taken[1].id)


async def make_shift_lead(day: Day) -> Actor:
    """Somebody who leads by their role at the node."""
    return await make_account((RoleName.SHIFT_LEAD, node_of(day.boss)))
