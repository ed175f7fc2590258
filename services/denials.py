"""Access that was denied: a line of the log for each, though a flood of them fills no disk."""

from datetime import datetime
from uuid import UUID

import msgspec

from services import audit
from services.audit import Act
from services.database import rows
from services.errors import ServiceError
from services.rights import Actor, OutOfScope
from services.scope import as_system

EACH_TOLD_MAX = 10
"""So many refusals of an account in a minute have a line each; then the 20th, 40th, 80th … has."""
ACCOUNTS_REMEMBERED = 10_000


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for and refused: the address's pattern, never its content."""

    method: str
    route: str
    reason: str
    right: str | None = None
    subject_id: UUID | None = None


def is_denial(error: ServiceError, status: int) -> bool:
    """Whether the refusal is one of access: a missing right, or a thing that this account does
    not see. Whether that thing is there at all is not told, so it is not asked here."""
    return status == 403 or isinstance(error, OutOfScope) or error.reason == "not_found"


class Counter:
    """How often each account was refused in the present minute, as far as this process knows."""

    def __init__(self) -> None:
        self._minute = 0
        self._counts: dict[UUID, int] = {}

    def count(self, account_id: UUID, now: datetime) -> int:
        """Which refusal of this minute it is. The first of very many accounts are remembered."""
        minute = int(now.timestamp()) // 60
        if minute != self._minute or len(self._counts) >= ACCOUNTS_REMEMBERED:
            self._minute, self._counts = minute, {}
        self._counts[account_id] = self._counts.get(account_id, 0) + 1
        return self._counts[account_id]


counter = Counter()


def is_told(count: int) -> bool:
    """Whether this refusal has a line: each of the first ten, then at every doubling."""
    if count <= EACH_TOLD_MAX:
        return True
    tens, rest = divmod(count, EACH_TOLD_MAX)
    return rest == 0 and tens.bit_count() == 1


@as_system
async def note(actor: Actor, denial: Denial, now: datetime) -> None:
    """Write down that the actor was refused; `count` in the line says how often in this minute."""
    count = counter.count(actor.account_id, now)
    if not is_told(count):
        return
    await audit.record(
        Act.ACCESS_DENIED,
        subject_id=denial.subject_id,
        organisation_id=await _node_of(actor),
        account_id=actor.account_id,
        method=denial.method,
        route=denial.route,
        reason=denial.reason,
        count=count,
        **({"right": denial.right} if denial.right else {}),
    )


async def _node_of(actor: Actor) -> UUID | None:
    """Whose auditors are to see it: those of the account's own node."""
    if actor.grants:
        return min(grant.organisation_id for grant in actor.grants)
    if actor.volunteer_id is None:
        return None
    found = await rows("SELECT organisation_id FROM volunteer WHERE id = $1", actor.volunteer_id)
    node_of_person: UUID | None = found[0]["organisation_id"] if found else None
    return node_of_person
