"""Sign-in by name, password and authenticator: for everybody who holds a role."""

from datetime import datetime, timedelta
from uuid import UUID

from models.core import AccountState, SignInMethod
from services import audit
from services.accounts import passwords, steps, totp
from services.accounts.attempts import note_failure, refuse_guessing
from services.accounts.sessions import open_session
from services.accounts.steps import Open, Proven
from services.accounts.types import Asks, Caller, Progress, Session, SignIn, Step, TotpProof
from services.audit import Act
from services.database import rows
from services.errors import NotSignedIn
from services.scope import as_system
from services.settings import Settings

FAILURES_MAX = 10
FAILURES_WINDOW = timedelta(minutes=15)


@as_system
async def sign_in(command: SignIn, caller: Caller, now: datetime, settings: Settings) -> Progress:
    """A session, or the step that asks for the authenticator (or to set one up).

    Raises NotSignedIn, the same for a wrong name and a wrong password, and TooManyAttempts after
    ten failures in fifteen minutes, whether the name exists or not.
    """
    account_id = await check_password(command.name, command.password, now)
    if not await has_authenticator(account_id):
        return await begin_enrolment(account_id, command.name, now)
    if command.totp is None:
        token, expires_at = await steps.begin(Asks.TOTP, Proven(), now, account_id=account_id)
        return Step(step=token, asks=Asks.TOTP, expires_at=expires_at, shown=command.name)
    await check_totp(account_id, command.totp, now)
    return await open_strong_session(account_id, caller, now, settings)


@as_system
async def answer_totp(
    command: TotpProof, caller: Caller, now: datetime, settings: Settings
) -> Session:
    """The session that was waiting for the authenticator. Raises NotSignedIn (`totp_wrong`)."""
    step, left = await steps.try_answer(command.step, now, Asks.TOTP)
    assert step.account_id is not None
    await check_totp(step.account_id, command.totp, now, left=left)
    await steps.finish(step.id, now)
    return await open_strong_session(step.account_id, caller, now, settings, step.proven.method)


@as_system
async def enrol(command: TotpProof, caller: Caller, now: datetime, settings: Settings) -> Session:
    """The session that was waiting for a new authenticator, which has shown its first code."""
    step, left = await steps.try_answer(command.step, now, Asks.ENROLMENT)
    assert step.account_id is not None
    if not await totp.enrol(step.account_id, step.proven.secret, command.totp, now):
        raise NotSignedIn("totp_wrong", left=left)
    await steps.finish(step.id, now)
    await audit.record(
        Act.CREDENTIAL_CHANGED, subject_kind="account", subject_id=step.account_id,
        account_id=step.account_id, what="authenticator",
    )  # fmt: skip
    return await open_strong_session(step.account_id, caller, now, settings, step.proven.method)


@as_system
async def begin_enrolment(
    account_id: UUID, name: str, now: datetime, method: SignInMethod = SignInMethod.PASSWORD
) -> Step:
    """The step in which an authenticator is set up: until then there is no session."""
    secret = totp.new_secret()
    proven = Proven(secret=secret, extra={"name": name}, method=method)
    token, expires_at = await steps.begin(Asks.ENROLMENT, proven, now, account_id=account_id)
    return Step(
        step=token,
        asks=Asks.ENROLMENT,
        expires_at=expires_at,
        shown=name,
        secret=secret,
        uri=totp.uri_of(secret, name),
    )


def shown_again(token: str, step: Open, name: str) -> Step:
    """The step as it was first given, for a page that is looked at again."""
    secret = step.proven.secret
    return Step(
        step=token,
        asks=step.asks,
        expires_at=step.expires_at,
        shown=name,
        secret=secret,
        uri=totp.uri_of(secret, name) if secret else "",
    )


@as_system
async def check_password(name: str, password: str, now: datetime) -> UUID:
    """The account of this name and password. Raises NotSignedIn or TooManyAttempts."""
    await refuse_guessing(f"name:{name}", FAILURES_MAX, FAILURES_WINDOW, now)
    found = await rows(
        "SELECT id, password_hash FROM account WHERE name = $1 AND state = $2",
        name,
        AccountState.ACTIVE.value,
    )
    known: str | None = found[0]["password_hash"] if found else None
    account_id: UUID | None = found[0]["id"] if found else None
    if await passwords.is_right(password, known, account_id):
        assert account_id is not None
        return account_id
    await note_failure(f"name:{name}", now)
    if account_id is not None:
        await _log_refusal(account_id, "password")
    raise NotSignedIn("wrong_name_or_password")


@as_system
async def check_totp(
    account_id: UUID, code: str, now: datetime, *, left: int | None = None
) -> None:
    """Refuse a code that the authenticator does not show now, or that was used: `totp_wrong`."""
    await refuse_guessing(f"totp:{account_id}", FAILURES_MAX, FAILURES_WINDOW, now)
    if await totp.is_right(account_id, code, now):
        return
    await note_failure(f"totp:{account_id}", now)
    await _log_refusal(account_id, "totp")
    raise NotSignedIn("totp_wrong", left=left)


@as_system
async def has_authenticator(account_id: UUID) -> bool:
    """Whether the account has set one up."""
    found = await rows(
        "SELECT totp_cipher IS NOT NULL AS has FROM account WHERE id = $1", account_id
    )
    return bool(found and found[0]["has"])


@as_system
async def open_strong_session(
    account_id: UUID,
    caller: Caller,
    now: datetime,
    settings: Settings,
    method: SignInMethod = SignInMethod.PASSWORD,
) -> Session:
    """A session in which the account's roles count."""
    return await open_session(
        account_id,
        method,
        now,
        settings,
        device=caller.device,
        replaces=caller.token,
        has_second_factor=True,
    )


async def _log_refusal(account_id: UUID, what: str) -> None:
    await audit.record(
        Act.SIGN_IN_REFUSED, subject_kind="account", subject_id=account_id,
        account_id=account_id, what=what,
    )  # fmt: skip
