"""What people change about their own sign-in: the number, the password."""

from datetime import datetime
from uuid import UUID

from models.core import DatumKind
from services import audit, notifications, personal, phones
from services.accounts import codes, passwords, staff, steps
from services.accounts.codes import Purpose
from services.accounts.sessions import EndReason, end_sessions, require_fresh
from services.accounts.steps import Proven, StepGone
from services.accounts.types import (
    Asks,
    Caller,
    CodeRequest,
    CodeSent,
    OwnSignIn,
    PasswordChange,
    PhoneChange,
    Step,
)
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Forbidden
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.transactions import transaction


@acting
async def send_phone_code(
    actor: Actor, command: CodeRequest, caller: Caller, now: datetime, settings: Settings
) -> CodeSent:
    """Send a code to the number that is to be the actor's. Only shortly after a sign-in."""
    await require_fresh(actor, now)
    number = phones.normalise(command.phone)
    if number == await notifications.number_of_account(actor.account_id):
        raise Conflict("phone_same")
    return await codes.send(
        number, Purpose.CHANGE_PHONE, caller, now, settings, account_id=actor.account_id
    )


@acting
async def change_phone(actor: Actor, command: PhoneChange, now: datetime) -> None:
    """Make the number the actor's. The old one is told; all other sessions end."""
    await require_fresh(actor, now)
    number = phones.normalise(command.phone)
    await codes.use(number, Purpose.CHANGE_PHONE, command.code, now, account_id=actor.account_id)
    async with entered(SYSTEM), transaction():
        old = await notifications.number_of_account(actor.account_id)
        if old is not None:
            await notifications.tell_number(
                "phone_changed", old, account_id=actor.account_id, shown=phones.masked(number)
            )
        await _put_phone(actor, number, now)
        await end_sessions(
            actor.account_id, EndReason.PHONE_CHANGED.value, now, but=actor.session_id
        )


async def _put_phone(actor: Actor, number: str, now: datetime) -> None:
    if actor.volunteer_id is not None:
        await personal.put(
            DatumKind.PHONE, number, volunteer_id=actor.volunteer_id, verified_at=now
        )
    else:
        await personal.put(DatumKind.PHONE, number, account_id=actor.account_id, verified_at=now)
    await audit.record(
        Act.CREDENTIAL_CHANGED,
        subject_kind="account",
        subject_id=actor.account_id,
        account_id=actor.account_id,
        what="phone",
    )


@acting
async def begin_phone_change(
    actor: Actor, command: CodeRequest, caller: Caller, now: datetime, settings: Settings
) -> Step:
    """The same as `send_phone_code`, as a step, for a browser that is to keep no number."""
    sent = await send_phone_code(actor, command, caller, now, settings)
    number = phones.normalise(command.phone)
    proven = Proven(number=number, again_at=sent.again_at)
    token, expires_at = await steps.begin(Asks.CODE, proven, now, account_id=actor.account_id)
    return Step(
        step=token,
        asks=Asks.CODE,
        expires_at=expires_at,
        shown=phones.masked(number),
        again_at=sent.again_at,
    )


@acting
async def send_change_code_again(
    actor: Actor, token: str, caller: Caller, now: datetime, settings: Settings
) -> Step:
    """Another code to the number of `begin_phone_change`. Raises CodeTooSoon or StepGone."""
    number = (await _own_step(actor, token, now)).proven.number
    return await begin_phone_change(actor, CodeRequest(phone=number), caller, now, settings)


@acting
async def confirm_phone_change(actor: Actor, token: str, code: str, now: datetime) -> None:
    """Go on from `begin_phone_change` with the code that came."""
    step = await _own_step(actor, token, now)
    await change_phone(actor, PhoneChange(phone=step.proven.number, code=code), now)
    await steps.finish(step.id, now)


async def _own_step(actor: Actor, token: str, now: datetime) -> steps.Open:
    """The step at which this account changes its number. Raises StepGone."""
    step = await steps.look(token, now)
    if step.asks is not Asks.CODE or step.account_id != actor.account_id:
        raise StepGone
    return step


@acting
async def own_sign_in(actor: Actor) -> OwnSignIn:
    """By what means the actor can sign in; the number is masked."""
    number = await notifications.number_of_account(actor.account_id)
    async with entered(SYSTEM):
        [account] = await rows(
            "SELECT name, password_hash IS NOT NULL AS has_password, "
            "totp_cipher IS NOT NULL AS has_authenticator FROM account WHERE id = $1",
            actor.account_id,
        )
    return OwnSignIn(
        phone=phones.masked(number) if number else "",
        name=account["name"] or "",
        has_password=account["has_password"],
        has_authenticator=account["has_authenticator"],
    )


@acting
async def change_password(actor: Actor, command: PasswordChange, now: datetime) -> None:
    """A new password, for whoever knows the old one and has the authenticator. Other sessions end.

    Raises Forbidden (`no_password`) for accounts that sign in without one.
    """
    async with entered(SYSTEM):
        [account] = await rows("SELECT name FROM account WHERE id = $1", actor.account_id)
        if account["name"] is None:
            raise Forbidden("no_password")
        passwords.require_good(command.new_password, account["name"], place="new_password")
        account_id = await staff.check_password(account["name"], command.password, now)
        await staff.check_totp(account_id, command.totp, now)
        await set_password(account_id, command.new_password, now, but=actor.session_id)


@as_system
async def set_password(
    account_id: UUID, password: str, now: datetime, *, but: UUID | None = None
) -> None:
    """Keep a new password and end the account's sessions, except one if it is named.

    Who may do so, and whether the password is good, the caller has seen to.
    """
    hashed = await passwords.hash_of(password)
    async with transaction():
        await rows("UPDATE account SET password_hash = $2 WHERE id = $1", account_id, hashed)
        await audit.record(
            Act.CREDENTIAL_CHANGED, subject_kind="account", subject_id=account_id, what="password"
        )
        await end_sessions(account_id, EndReason.PASSWORD_CHANGED.value, now, but=but)


@as_system
async def account_named(name: str) -> UUID | None:
    """The account of this name, for the command line; None if there is none."""
    found = await rows("SELECT id FROM account WHERE name = $1", name)
    return found[0]["id"] if found else None


@as_system
async def forget_authenticator(account_id: UUID, now: datetime) -> None:
    """Let the account set up a new authenticator at its next sign-in: the old one is lost.

    All its sessions end. Who may ask for this, the caller has seen to.
    """
    async with transaction():
        await rows(
            "UPDATE account SET totp_cipher = NULL, totp_step = NULL WHERE id = $1", account_id
        )
        await audit.record(
            Act.CREDENTIAL_CHANGED, subject_kind="account", subject_id=account_id,
            what="authenticator_forgotten",
        )  # fmt: skip
        await end_sessions(account_id, EndReason.PASSWORD_CHANGED.value, now)
