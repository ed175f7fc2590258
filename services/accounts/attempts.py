"""Against guessing: wrong answers are counted, for whatever was asked about, known or not."""

from datetime import datetime, timedelta

from models.core import new_id
from services.database import rows
from services.errors import ServiceError
from services.scope import as_system
from services.vault import keyring

KEPT_FOR = timedelta(days=30)


class TooManyAttempts(ServiceError):
    """So many wrong answers that one must wait."""

    code, status = "too_many_attempts", 429


@as_system
async def refuse_guessing(what: str, most: int, window: timedelta, now: datetime) -> None:
    """Raise TooManyAttempts where `what` was answered wrongly `most` times within the window."""
    if await count(what, window, now) >= most:
        raise TooManyAttempts(minutes=int(window.total_seconds() // 60))


@as_system
async def count(what: str, window: timedelta, now: datetime) -> int:
    """How many wrong answers there were within the window."""
    [found] = await rows(
        "SELECT count(*) AS failures FROM sign_in_failure "
        "WHERE name_digest = ANY($1::text[]) AND created_at > $2",
        keyring().indexes("sign_in_failure", what),
        now - window,
    )
    return int(found["failures"])


@as_system
async def note_failure(what: str, now: datetime) -> None:
    """Count one wrong answer. What it was about is kept as a keyed digest only."""
    await rows(
        "INSERT INTO sign_in_failure (id, name_digest, created_at) VALUES ($1, $2, $3)",
        new_id(),
        keyring().index("sign_in_failure", what),
        now,
    )


@as_system
async def purge_attempts(now: datetime) -> int:
    """Forget wrong answers that count nowhere any more."""
    gone = await rows(
        "DELETE FROM sign_in_failure WHERE created_at <= $1 RETURNING id", now - KEPT_FOR
    )
    return len(gone)
