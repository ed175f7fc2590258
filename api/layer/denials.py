"""What was refused at either front door is written into the log, whatever became of the request."""

from typing import Final
from uuid import UUID

import structlog
from starlette.requests import Request
from tortoise.exceptions import OperationalError

from api.layer.problems import status_of
from services import clock, denials
from services.database import UNREACHABLE
from services.denials import Denial
from services.errors import ServiceError

FAILURES: Final[tuple[type[Exception], ...]] = (*UNREACHABLE, OperationalError)
log = structlog.get_logger("api")


async def note_denial(request: Request, error: ServiceError) -> None:
    """Write down a refusal of access. Called where the request's own work has been undone.

    Visitors are nobody yet: what they are refused is signing in, which is written down there.
    """
    actor = getattr(request.state, "actor", None)
    if actor is None or not denials.is_denial(error, status_of(error)):
        return
    right = error.parameters.get("right")
    denial = Denial(
        method=request.method,
        route=getattr(request.scope.get("route"), "path", ""),
        reason=error.reason,
        right=right if isinstance(right, str) else None,
        subject_id=_subject_of(request),
    )
    try:
        await denials.note(actor, denial, clock.now())
    except FAILURES as failure:
        # Refused it is all the same.
        log.warning("denial_not_noted", error=type(failure).__qualname__, reason=error.reason)


def _subject_of(request: Request) -> UUID | None:
    """The thing that the address names: the last id in it."""
    for value in reversed(request.path_params.values()):
        try:
            return UUID(str(value))
        except ValueError:
            continue
    return None
