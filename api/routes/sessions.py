"""Signing in and out."""

from api.layer.authentication import token_of
from api.layer.operations import Call, Operations, Words
from services import accounts
from services.accounts import Session, SignIn
from services.rights import Actor

operations = Operations("sessions", Words("登录", "Sessions"))


@operations(
    "POST",
    "/sessions",
    Words("登录", "Sign in"),
    status=201,
    access="open",
    refuses=("wrong_name_or_password", "too_many_attempts"),
)
async def create_session(call: Call, body: SignIn) -> Session:
    """Gives a token, once. Send it as `Authorization: Bearer …` until it expires.

    No `Idempotency-Key`: a second sign-in is a second session, and the token is kept nowhere.
    """
    return await accounts.sign_in(body, call.now, call.settings)


@operations("GET", "/sessions/current", Words("当前账号", "Who is signed in"))
async def read_session(call: Call) -> Actor:
    """The account of the token, and what it stands for."""
    return call.actor


@operations("DELETE", "/sessions/current", Words("退出登录", "Sign out"))
async def delete_session(call: Call) -> None:
    """Ends the session; its token is of no use any more."""
    token = token_of(call.request, call.settings)
    if token is not None:
        await accounts.sign_out(token, call.now)
