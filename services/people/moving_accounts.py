"""The sign-in of a record that is merged: it follows the person, and there is one in the end."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services import accounts
from services.accounts import EndReason
from services.database import rows
from services.errors import Conflict

_OF_PERSON = (
    "SELECT a.id, EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = a.id "
    "AND g.ended_at IS NULL) AS has_roles FROM account a WHERE a.volunteer_id = $1 FOR UPDATE OF a"
)


async def move_account(kept: UUID, merged: UUID, now: datetime) -> None:
    """Let the person sign in to `kept` by what led to `merged`.

    Where both have an account, that of `kept` goes on with the outside identities and wards of
    the other, which is closed. Refused with `merge_account_has_roles` if that one holds roles.
    """
    mine, theirs = await _account_of(kept), await _account_of(merged)
    if theirs is None:
        return
    if mine is None:
        await rows("UPDATE account SET volunteer_id = $2 WHERE id = $1", theirs["id"], kept)
        # The next request has to read anew whose account it is.
        return
    if theirs["has_roles"]:
        raise Conflict("merge_account_has_roles")
    await rows(
        "UPDATE identity SET account_id = $1 WHERE account_id = $2", mine["id"], theirs["id"]
    )
    await rows(
        "UPDATE guardianship g SET guardian_id = $1 WHERE g.guardian_id = $2 "
        "AND g.state IN ('requested','verified') AND NOT EXISTS (SELECT 1 FROM guardianship mine "
        "WHERE mine.guardian_id = $1 AND mine.ward_id = g.ward_id "
        "AND mine.state IN ('requested','verified'))",
        mine["id"],
        theirs["id"],
    )
    await accounts.end_sessions(theirs["id"], EndReason.ACCOUNT_CLOSED, now)
    await rows("UPDATE account SET state = 'closed' WHERE id = $1", theirs["id"])


async def _account_of(volunteer_id: UUID) -> dict[str, Any] | None:
    found = await rows(_OF_PERSON, volunteer_id)
    return found[0] if found else None
