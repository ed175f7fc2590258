"""When the last grown-up leaves a shift on which minors are, whoever leads it is told at once.

Leaving is never refused. Whoever frees a seat asks for a look here, in the same transaction; a job
looks and tells, so that no person who leaves waits for it.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from models.core import SEAT_STATES
from services import shift_leads
from services.database import rows
from services.minors import ADULT_AGE, company_of, rules_of
from services.outbox import Job, enqueue_many
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction

_SEATED = [state.value for state in SEAT_STATES]
_WITH_MINORS = (
    "SELECT DISTINCT c.shift_id FROM claim c JOIN volunteer v ON v.id = c.volunteer_id "
    "WHERE c.shift_id = ANY($1::uuid[]) AND v.age < $2 AND c.state = ANY($3::varchar[]) "
    "ORDER BY c.shift_id"
)
# Of which moment what is seen there is: the same look again tells nobody again.
_SHIFT = (
    "SELECT s.starts_at, p.name AS project_name, p.organisation_id, "
    "greatest((SELECT max(c.changed_at) FROM claim c WHERE c.shift_id = s.id), "
    "(SELECT max(l.ended_at) FROM shift_lead l WHERE l.shift_id = s.id)) AS since "
    "FROM shift s JOIN project p ON p.id = s.project_id "
    "WHERE s.id = $1 AND s.state = 'open' AND s.ends_at > $2"
)


@as_system
async def ask_to_look(shift_ids: Collection[UUID]) -> None:
    """Somebody left these shifts. Part of the caller's transaction: no commit, no look."""
    if not shift_ids:
        return
    found = await rows(_WITH_MINORS, sorted(set(shift_ids)), ADULT_AGE, _SEATED)
    if found:
        await enqueue_many(Job.LOOK_FOR_GROWN_UPS, "shift_id", [row["shift_id"] for row in found])


@as_system
async def look(shift_id: UUID, now: datetime, settings: Settings) -> bool:
    """Tell those who lead the shift if its minors lack grown-ups; whether they do. Twice is once,
    as long as nothing changes there."""
    async with transaction():
        company = (await company_of([shift_id], rules_of(settings))).get(shift_id)
        shift = await rows(_SHIFT, shift_id, now)
        if company is None or not shift or not company.adults_missing():
            return False
        await shift_leads.tell(
            "adult_missing",
            shift_id,
            shift[0]["organisation_id"],
            now,
            once=f"adult_missing:{shift_id}:{shift[0]['since'].isoformat()}",
            facts={"project": shift[0]["project_name"], "starts_at": shift[0]["starts_at"]},
        )
    return True
