"""A session without a sign-in, for tests that are about something else."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from models.core import Account, SignInMethod, SignInSession
from services import clock, scope
from services.scope import as_system


@as_system
async def token_of(account_id: UUID) -> str:
    """The token of a new session of this account."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    await SignInSession.create(
        account_id=account_id,
        token_digest=hashlib.sha256(token.encode()).hexdigest(),
        method=SignInMethod.PASSWORD,
        has_second_factor=True,
        seen_at=now,
        expires_at=now + timedelta(days=1),
    )
    return token


@as_system
async def token_of_name(name: str) -> str:
    """The same for the account that signs in by this name."""
    return await token_of((await Account.get(name=name)).id)


def as_outside(app: ASGIApp) -> ASGIApp:
    """The application as it runs outside tests: a request begins in nobody's scope.

    The tests' own scope is the system's, and a request in this process would inherit it.
    """

    async def answer(connection: Connection, receive: Receive, send: Send) -> None:
        async with scope.entered(scope.VISITOR):
            await app(connection, receive, send)

    return answer
