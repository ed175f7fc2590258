"""Young people whose guardians have agreed, and shifts of the same days for all of them."""

from datetime import datetime

from models.core import OutboxMessage
from services import agreements, insurance, minor_alarms
from services.agreements import AgreementIn
from services.insurance import PolicyIn
from services.outbox import Job
from services.projects import Project
from services.rights import Actor
from services.scope import as_system
from services.shifts import Shift
from tests.support.factories import NOW, SETTINGS, hours, make_project
from tests.support.families import Family, agree, make_family

FREE = {"max_minutes_per_day": 1440, "max_minutes": 9_999}


async def young(boss: Actor, *shifts: Shift) -> Actor:
    """Somebody of 16 with a guardian's yes to these shifts."""
    family: Family = await make_family(boss, **FREE)
    for shift in shifts:
        await agree(family, shift, is_accompanied=False)
    return family.teen


@as_system
async def looks() -> int:
    """How many looks for grown-ups have been asked for."""
    return await OutboxMessage.filter(job=Job.LOOK_FOR_GROWN_UPS.value).count()


async def look(shift: Shift, now: datetime = NOW) -> bool:
    return await minor_alarms.look(shift.id, now, SETTINGS)


async def heavy_project(boss: Actor, text: str = "Rope and helmet.") -> Project:
    """A project of heavy risk, insured for a year."""
    project = await make_project(boss)
    policy = PolicyIn(insurer="I", number="1", covers_from=NOW, covers_until=hours(9_000))
    await insurance.add(boss, project.id, policy)
    await agreements.write(boss, project.id, AgreementIn(is_heavy_risk=True, text=text), None, NOW)
    return project
