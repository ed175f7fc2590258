"""Signing in and out, and one's own sessions."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.layer.authentication import token_of
from api.layer.callers import caller_of
from api.layer.operations import Call, Operations, Words
from services import accounts
from services.accounts import (
    Asks,
    BirthDateProof,
    Chosen,
    CodeRequest,
    CodeSent,
    Denial,
    PasswordChange,
    PasswordProof,
    PhoneChange,
    PhoneSignIn,
    Progress,
    Registration,
    Session,
    SessionLine,
    SignIn,
    Step,
    TotpProof,
)
from services.errors import ServiceError
from services.rights import Actor

operations = Operations("sessions", Words("登录", "Sessions"))

CODES: Final[dict[Asks, str]] = {
    Asks.CHOICE: "account_choice_needed",
    Asks.BIRTH_DATE: "birth_date_needed",
    Asks.PASSWORD: "password_needed",
    Asks.REGISTRATION: "registration_needed",
    Asks.TOTP: "totp_needed",
    Asks.ENROLMENT: "totp_enrolment_needed",
}
_AFTER_CODE: Final = (
    "account_choice_needed",
    "birth_date_needed",
    "password_needed",
    "registration_needed",
    "account_locked",
)
_CODE: Final = ("code_wrong", "code_spent", "code_expired", "code_used", "too_many_attempts")
_SENDING: Final = ("code_too_soon", "too_many_codes", "too_many_codes_here")


class StillAsked(ServiceError):
    """What was given is right, and more is needed. The parameters hold the step to go on with."""

    code, status = "totp_needed", 401

    def __init__(self, step: Step) -> None:
        facts = msgspec.to_builtins(step, builtin_types=(datetime,))
        super().__init__(CODES[step.asks], **{name: each for name, each in facts.items() if each})


class SessionList(msgspec.Struct, frozen=True, kw_only=True):
    """One's own live sessions."""

    items: list[SessionLine]


def _session(progress: Progress) -> Session:
    if isinstance(progress, Step):
        raise StillAsked(progress)
    return progress


@operations(
    "POST",
    "/sign-in-codes",
    Words("发送登录验证码", "Send a code to sign in with"),
    status=202,
    access="open",
    refuses=_SENDING,
)
async def create_sign_in_code(call: Call, body: CodeRequest) -> CodeSent:
    """Sends six digits to the number, whether anybody here has it or not: the answer is the same.

    The code is good once, for ten minutes. At most one a minute, five an hour and ten a day go to
    one number.
    """
    return await accounts.send_code(body, caller_of(call.request), call.now, call.settings)


@operations(
    "POST",
    "/phone-sessions",
    Words("用手机号登录", "Sign in by phone"),
    status=201,
    access="open",
    refuses=(*_CODE, *_AFTER_CODE),
)
async def create_phone_session(call: Call, body: PhoneSignIn) -> Session:
    """Gives a token where the code is all that is needed.

    Otherwise a 401 says what else: `account_choice_needed` (several people share the number),
    `birth_date_needed` (the first sign-in of somebody who was registered by an organisation, or a
    number that was silent for long), `password_needed`, `registration_needed`. Its parameters hold
    `step`, with which the operations below go on, within 15 minutes.
    """
    caller = caller_of(call.request)
    return _session(await accounts.sign_in_by_phone(body, caller, call.now, call.settings))


@operations(
    "POST",
    "/sign-in-choices",
    Words("选择登录的人", "Say who of those who share a number signs in"),
    status=201,
    access="open",
    refuses=("sign_in_step_gone", *_AFTER_CODE),
)
async def create_sign_in_choice(call: Call, body: Chosen) -> Session:
    """Goes on as one of the `choices` of the step; without `id`, as somebody new."""
    return _session(await accounts.choose(body, caller_of(call.request), call.now, call.settings))


@operations(
    "POST",
    "/birth-date-proofs",
    Words("用出生日期证明身份", "Prove who one is by the birth date on record"),
    status=201,
    access="open",
    refuses=("sign_in_step_gone", "birth_date_wrong", "ask_your_organisation"),
)
async def create_birth_date_proof(call: Call, body: BirthDateProof) -> Session:
    """Goes on with the birth date on record. After five wrong ones only an organisation helps."""
    caller = caller_of(call.request)
    return await accounts.prove_by_birth_date(body, caller, call.now, call.settings)


@operations(
    "POST",
    "/password-proofs",
    Words("用密码证明身份", "Prove who one is by password and authenticator"),
    status=201,
    access="open",
    refuses=("sign_in_step_gone", "wrong_name_or_password", "totp_wrong", "too_many_attempts"),
)
async def create_password_proof(call: Call, body: PasswordProof) -> Session:
    """Goes on with password and authenticator, for a number that was silent for long."""
    caller = caller_of(call.request)
    return await accounts.prove_by_password(body, caller, call.now, call.settings)


@operations(
    "POST",
    "/sign-in-denials",
    Words("这不是我", "This is not me"),
    status=201,
    access="open",
    refuses=("sign_in_step_gone", "registration_needed"),
)
async def create_sign_in_denial(call: Call, body: Denial) -> Session:
    """Takes the number off an account that it no longer belongs to, and goes on to register."""
    return _session(await accounts.deny(body, call.now))


@operations(
    "POST",
    "/registrations",
    Words("注册", "Register"),
    status=201,
    access="open",
    refuses=("sign_in_step_gone", "registration_needs_guardian"),
)
async def create_registration(call: Call, body: Registration) -> Session:
    """Makes a volunteer of whoever has proven a number, or a guardian who is none, and signs in.

    `organisation_id` is the home community. Below 14 a guardian registers first.
    """
    return await accounts.register(body, caller_of(call.request), call.now, call.settings)


@operations(
    "POST",
    "/sessions",
    Words("用密码登录", "Sign in by password"),
    status=201,
    access="open",
    refuses=(
        "wrong_name_or_password",
        "too_many_attempts",
        "totp_needed",
        "totp_wrong",
        "totp_enrolment_needed",
    ),
)
async def create_session(call: Call, body: SignIn) -> Session:
    """Gives a token, once. Send it as `Authorization: Bearer …` until it expires.

    No `Idempotency-Key`: a second sign-in is a second session, and the token is kept nowhere.
    Roles count only in sessions like these, with an authenticator. Without `totp` a 401 asks for
    it, or gives the secret of a new authenticator.
    """
    return _session(await accounts.sign_in(body, caller_of(call.request), call.now, call.settings))


@operations(
    "POST",
    "/authenticator-proofs",
    Words("输入动态验证码", "Show what the authenticator shows"),
    status=201,
    access="open",
    refuses=("sign_in_step_gone", "totp_wrong", "too_many_attempts"),
)
async def create_authenticator_proof(call: Call, body: TotpProof) -> Session:
    """Goes on from `totp_needed`. Each code of an authenticator is good once."""
    return await accounts.answer_totp(body, caller_of(call.request), call.now, call.settings)


@operations(
    "POST",
    "/authenticators",
    Words("绑定动态验证码", "Set up an authenticator"),
    status=201,
    access="open",
    refuses=("sign_in_step_gone", "totp_wrong"),
)
async def create_authenticator(call: Call, body: TotpProof) -> Session:
    """Goes on from `totp_enrolment_needed`, once the new authenticator shows a right code."""
    return await accounts.enrol(body, caller_of(call.request), call.now, call.settings)


@operations("GET", "/sessions", Words("我的登录", "One's own sessions"))
async def list_sessions(call: Call) -> SessionList:
    """The account's live sessions: where and when it is signed in."""
    return SessionList(items=await accounts.list_own(call.actor, call.now))


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


@operations("DELETE", "/sessions/others", Words("退出其他登录", "Sign out everywhere else"))
async def delete_other_sessions(call: Call) -> None:
    """Ends all of the account's sessions but this one."""
    await accounts.revoke_others(call.actor, call.now)


@operations("DELETE", "/sessions/{session_id}", Words("退出一处登录", "Sign out one session"))
async def delete_own_session(call: Call, session_id: UUID) -> None:
    """Ends one of the account's own sessions."""
    await accounts.revoke(call.actor, session_id, call.now)


@operations(
    "POST",
    "/phone-change-codes",
    Words("向新手机号发送验证码", "Send a code to one's new number"),
    status=202,
    refuses=("sign_in_again", "phone_same", *_SENDING),
)
async def create_phone_change_code(call: Call, body: CodeRequest) -> CodeSent:
    """Sends a code to the number that is to be one's own. Only within ten minutes of a sign-in."""
    caller = caller_of(call.request)
    return await accounts.send_phone_code(call.actor, body, caller, call.now, call.settings)


@operations(
    "PUT",
    "/account/phone",
    Words("更换手机号", "Change one's number"),
    refuses=("sign_in_again", "phone_same", *_CODE),
)
async def put_phone(call: Call, body: PhoneChange) -> None:
    """Makes the number one's own. The old one is told, and all other sessions end."""
    await accounts.change_phone(call.actor, body, call.now)


@operations(
    "PUT",
    "/account/password",
    Words("修改密码", "Change one's password"),
    refuses=("no_password", "wrong_name_or_password", "totp_wrong", "too_many_attempts"),
)
async def put_password(call: Call, body: PasswordChange) -> None:
    """A new password of at least twelve characters. All other sessions end."""
    await accounts.change_password(call.actor, body, call.now)
