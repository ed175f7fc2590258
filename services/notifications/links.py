"""Links in messages that answer an offer: good once, for one person, until the offer ends.

Opening one changes nothing, so that whatever looks at links before people do answers nothing.
Whoever holds the link may answer, without signing in; they can do that and nothing else.
"""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from models.core import new_id
from services.database import rows
from services.scope import as_system

TOKEN_BYTES = 16
TOKEN_LENGTH = 22


@as_system
async def make(offer_id: UUID, volunteer_id: UUID, expires_at: datetime, now: datetime) -> str:
    """A new token for this person's answer to this offer; nothing but its digest is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await rows(
        "INSERT INTO answer_link (id, created_at, offer_id, volunteer_id, token_digest, "
        "expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(),
        now,
        offer_id,
        volunteer_id,
        digest_of(token),
        expires_at,
    )
    return token


def digest_of(token: str) -> str:
    """128 random bits need no key."""
    return hashlib.sha256(token.encode()).hexdigest()
