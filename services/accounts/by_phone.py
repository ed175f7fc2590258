"""Sign-in by phone: a code, and what a code alone cannot prove.

A number may be shared by a family, may belong to somebody who was imported and never signed in, and
may have gone from one owner to another (二次放号). So a code opens an account only where the number
answered for it lately; otherwise something on record is asked for too.
"""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from models.core import AccountState, SignInMethod
from services import audit, personal, phones
from services.accounts import codes, holders, staff, steps
from services.accounts.attempts import (
    KEPT_FOR,
    TooManyAttempts,
    count,
    note_failure,
    refuse_guessing,
)
from services.accounts.codes import CodeRefused, Purpose
from services.accounts.holders import Holder
from services.accounts.sessions import holds, open_session
from services.accounts.steps import Open, Proven, StepGone
from services.accounts.types import (
    Asks,
    BirthDateProof,
    Caller,
    Choice,
    Chosen,
    CodeRequest,
    CodeSent,
    Denial,
    PasswordProof,
    PhoneSignIn,
    Progress,
    Session,
    Step,
)
from services.audit import Act
from services.database import rows
from services.errors import Forbidden, NotSignedIn
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction

PROOFS_MAX = 5
WRONG_CODES_FROM_HERE_MAX, WRONG_CODES_WINDOW = 50, timedelta(minutes=15)


@as_system
async def send_code(
    command: CodeRequest, caller: Caller, now: datetime, settings: Settings
) -> CodeSent:
    """Send a code to sign in with; the answer is the same for every number. Raises CodeTooSoon."""
    number = phones.normalise(command.phone)
    return await codes.send(number, Purpose.SIGN_IN, caller, now, settings)


@as_system
async def begin(command: CodeRequest, caller: Caller, now: datetime, settings: Settings) -> Step:
    """The same as a step, for a browser that is to keep no number."""
    number = phones.normalise(command.phone)
    sent = await codes.send(number, Purpose.SIGN_IN, caller, now, settings)
    return await _code_step(number, sent.again_at, now)


@as_system
async def send_again(token: str, caller: Caller, now: datetime, settings: Settings) -> Step:
    """Another code to the number of a step. Raises CodeTooSoon or StepGone."""
    number = (await steps.look(token, now)).proven.number
    if not number:
        raise StepGone
    sent = await codes.send(number, Purpose.SIGN_IN, caller, now, settings)
    return await _code_step(number, sent.again_at, now)


@as_system
async def answer_code(
    token: str, code: str, caller: Caller, now: datetime, settings: Settings, *, is_new: bool
) -> Progress:
    """Go on from `begin` with the code that came."""
    step = await steps.look(token, now)
    if step.asks is not Asks.CODE:
        raise StepGone
    return await _with_code(step.proven.number, code, caller, now, settings, is_new=is_new)


@as_system
async def sign_in_by_phone(
    command: PhoneSignIn, caller: Caller, now: datetime, settings: Settings
) -> Progress:
    """A session where the code is all that is needed, else the step that asks for the rest.

    Raises CodeRefused.
    """
    number = phones.normalise(command.phone)
    return await _with_code(number, command.code, caller, now, settings, is_new=command.is_new)


async def _with_code(
    number: str, code: str, caller: Caller, now: datetime, settings: Settings, *, is_new: bool
) -> Progress:
    here = f"code from {caller.address}"
    await refuse_guessing(here, WRONG_CODES_FROM_HERE_MAX, WRONG_CODES_WINDOW, now)
    try:
        await codes.use(number, Purpose.SIGN_IN, code, now)
    except CodeRefused:
        await note_failure(here, now)
        raise
    found = await holders.of_number(number)
    if not found or is_new:
        return await registration_step(number, now)
    if len(found) == 1:
        return await _go_on(found[0], number, caller, now, settings)
    proven = Proven(number=number, people=tuple(each.datum_id for each in found))
    token, expires_at = await steps.begin(Asks.CHOICE, proven, now)
    return _choice(token, expires_at, number, found)


@as_system
async def choose(command: Chosen, caller: Caller, now: datetime, settings: Settings) -> Progress:
    """Go on as one of those who share the number, or as somebody new."""
    step, _ = await steps.try_answer(command.step, now, Asks.CHOICE)
    if command.id is None:
        await steps.finish(step.id, now)
        return await registration_step(step.proven.number, now)
    holder = await _holder(command.id) if command.id in step.proven.people else None
    if holder is None:
        raise StepGone
    await steps.finish(step.id, now)
    return await _go_on(holder, step.proven.number, caller, now, settings)


@as_system
async def prove_by_birth_date(
    command: BirthDateProof, caller: Caller, now: datetime, settings: Settings
) -> Session:
    """The session that was waiting for the birth date on record.

    Five tries for each person, however many codes are sent: then `ask_your_organisation`.
    """
    step, _ = await steps.try_answer(command.step, now, Asks.BIRTH_DATE)
    holder = await _holder(step.proven.people[0])
    if holder is None:
        raise StepGone
    if holder.volunteer_id is None:  # A guardian: there is no birth date to ask for.
        raise TooManyAttempts("ask_your_organisation")
    await _refuse_more_proofs(holder, now)
    known = (await personal.birth_dates([holder.volunteer_id])).get(holder.volunteer_id)
    given = command.birth_date.isoformat()
    if not hmac.compare_digest(given, known.isoformat() if known else ""):
        await _note_wrong_proof(holder, now)
    async with transaction():
        await steps.finish(step.id, now)
        if holder.account_id is None:
            account_id = await holders.open_account(
                holder.volunteer_id, holder.name, holder.organisation_id
            )
        else:
            account_id = holder.account_id
        return await _open(holder.datum_id, account_id, caller, now, settings)


@as_system
async def prove_by_password(
    command: PasswordProof, caller: Caller, now: datetime, settings: Settings
) -> Session:
    """The session that was waiting for the second proof of somebody who has a password."""
    step, left = await steps.try_answer(command.step, now, Asks.PASSWORD)
    holder = await _holder(step.proven.people[0])
    if holder is None or holder.account_id is None:
        raise StepGone
    [account] = await rows("SELECT name FROM account WHERE id = $1", holder.account_id)
    account_id = await staff.check_password(account["name"], command.password, now)
    await staff.check_totp(account_id, command.totp, now, left=left)
    await steps.finish(step.id, now)
    await holders.note_proven(holder.datum_id, now)
    return await staff.open_strong_session(account_id, caller, now, settings)


@as_system
async def deny(command: Denial, now: datetime) -> Step:
    """ "This is not me": the number leaves the account that it was on, and its holder of today
    registers anew. Only where the number is not sure to be that account's any more."""
    step, _ = await steps.try_answer(command.step, now, Asks.BIRTH_DATE, Asks.PASSWORD)
    holder = await _holder(step.proven.people[0])
    async with transaction():
        await steps.finish(step.id, now)
        if holder is not None:
            await holders.take_off(holder)
        return await registration_step(step.proven.number, now)


@as_system
async def registration_step(number: str, now: datetime) -> Step:
    """The step in which somebody with a proven number registers."""
    token, expires_at = await steps.begin(Asks.REGISTRATION, Proven(number=number), now)
    return Step(
        step=token, asks=Asks.REGISTRATION, expires_at=expires_at, shown=phones.masked(number)
    )


@as_system
async def show(token: str, now: datetime) -> Step:
    """A step as it was given, for a page that is looked at again. Raises StepGone."""
    step = await steps.look(token, now)
    if step.asks in (Asks.TOTP, Asks.ENROLMENT):
        [account] = await rows("SELECT name FROM account WHERE id = $1", step.account_id)
        return staff.shown_again(token, step, account["name"])
    number = step.proven.number
    if step.asks is Asks.CHOICE:
        found = [await _holder(datum_id) for datum_id in step.proven.people]
        people = [each for each in found if each is not None]
        return _choice(token, step.expires_at, number, people)
    shown = await _shown(step)
    return Step(
        step=token,
        asks=step.asks,
        expires_at=step.expires_at,
        shown=shown,
        again_at=step.proven.again_at,
        may_deny=step.asks in (Asks.BIRTH_DATE, Asks.PASSWORD),
    )


async def _shown(step: Open) -> str:
    if step.asks in (Asks.BIRTH_DATE, Asks.PASSWORD):
        holder = await _holder(step.proven.people[0])
        return holder.masked_name if holder else ""
    return phones.masked(step.proven.number) if step.proven.number else ""


async def _go_on(
    holder: Holder, number: str, caller: Caller, now: datetime, settings: Settings
) -> Progress:
    """What a proven number means for one of its holders."""
    if holder.account_state is AccountState.LOCKED:
        raise Forbidden("account_locked")
    if holder.account_id is None:
        return await _proof_step(Asks.BIRTH_DATE, holder, number, now)
    is_known_here = await holds(caller.token, holder.account_id, now)
    if not holder.is_silent(now, settings) or is_known_here:
        return await _open(holder.datum_id, holder.account_id, caller, now, settings)
    if holder.has_authenticator:
        return await _proof_step(Asks.PASSWORD, holder, number, now)
    return await _proof_step(Asks.BIRTH_DATE, holder, number, now)


async def _proof_step(asks: Asks, holder: Holder, number: str, now: datetime) -> Step:
    proven = Proven(number=number, people=(holder.datum_id,))
    token, expires_at = await steps.begin(asks, proven, now)
    return Step(
        step=token, asks=asks, expires_at=expires_at, shown=holder.masked_name, may_deny=True
    )


async def _open(
    datum_id: UUID, account_id: UUID, caller: Caller, now: datetime, settings: Settings
) -> Session:
    """A session by phone: without a second factor, so that the person acts as themself alone."""
    await holders.note_proven(datum_id, now)
    return await open_session(
        account_id,
        SignInMethod.PHONE,
        now,
        settings,
        device=caller.device,
        replaces=caller.token,
    )


async def _code_step(number: str, again_at: datetime, now: datetime) -> Step:
    proven = Proven(number=number, again_at=again_at)
    token, expires_at = await steps.begin(Asks.CODE, proven, now)
    return Step(
        step=token,
        asks=Asks.CODE,
        expires_at=expires_at,
        shown=phones.masked(number),
        again_at=again_at,
    )


def _choice(token: str, expires_at: datetime, number: str, found: list[Holder]) -> Step:
    return Step(
        step=token,
        asks=Asks.CHOICE,
        expires_at=expires_at,
        shown=phones.masked(number),
        choices=tuple(Choice(id=each.datum_id, name=each.masked_name) for each in found),
    )


async def _holder(datum_id: UUID) -> Holder | None:
    return await holders.of_datum(datum_id)


def _proofs_of(holder: Holder) -> str:
    # When the organisation writes the number down anew it is a new row: the tries begin anew too.
    return f"proof:{holder.datum_id}"


async def _refuse_more_proofs(holder: Holder, now: datetime) -> None:
    if await count(_proofs_of(holder), KEPT_FOR, now) >= PROOFS_MAX:
        raise TooManyAttempts("ask_your_organisation")


async def _note_wrong_proof(holder: Holder, now: datetime) -> None:
    """Count it, write it down, refuse."""
    await note_failure(_proofs_of(holder), now)
    await audit.record(
        Act.SIGN_IN_REFUSED,
        subject_kind="volunteer",
        subject_id=holder.volunteer_id,
        organisation_id=holder.organisation_id,
        account_id=holder.account_id,
        what="birth_date",
    )
    left = PROOFS_MAX - await count(_proofs_of(holder), KEPT_FOR, now)
    if left <= 0:
        raise TooManyAttempts("ask_your_organisation")
    raise NotSignedIn("birth_date_wrong", left=left)
