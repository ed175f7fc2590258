"""What signing in takes and gives."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from services.notifications.texts import Language
from services.phones import PhoneText
from services.rights import Actor
from services.types import Name

Password = Annotated[str, Meta(min_length=1, max_length=1024, pattern=r"^[^\x00]*$(?!\n)")]
Digits = Annotated[
    str, Meta(pattern=r"^[0-9]{6}$(?!\n)", description="Six digits", examples=["042518"])
]
StepToken = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_-]+$(?!\n)")]


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """What surrounds somebody who signs in, beside what they say.

    The network address is only ever kept as a keyed digest; `token` is the session that the
    browser holds already.
    """

    address: str = ""
    device: str = ""
    token: str | None = None
    language: Language = "zh"


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name, its password, and the code that the authenticator shows now."""

    name: Name
    password: Password
    totp: Digits | None = None


class CodeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a one-time code is to be sent."""

    phone: PhoneText


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """Until when the code is good, and from when on another can be asked for."""

    expires_at: datetime
    again_at: datetime


class PhoneSignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number and the code that was sent to it; `is_new` to register beside those who share it."""

    phone: PhoneText
    code: Digits
    is_new: bool = False


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that lasts until `expires_at`. The token is shown once and never kept."""

    token: str
    expires_at: datetime
    actor: Actor


class Asks(StrEnum):
    """What a sign-in that is half done still asks for."""

    CODE = "code"
    CHOICE = "choice"
    BIRTH_DATE = "birth_date"
    PASSWORD = "password"
    REGISTRATION = "registration"
    TOTP = "totp"
    ENROLMENT = "enrolment"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One of the people who share a number; the name is masked."""

    id: UUID
    name: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in half done: the token to go on with, and what is asked for next.

    `shown` is the masked number or the name; `secret` and `uri` are for an authenticator that is
    being set up; `may_deny` tells whether "this is not me" is an answer.
    """

    step: str
    asks: Asks
    expires_at: datetime
    shown: str = ""
    choices: Sequence[Choice] = ()
    secret: str = ""
    uri: str = ""
    again_at: datetime | None = None
    may_deny: bool = False


Progress: TypeAlias = Session | Step


class Chosen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who of those who share the number signs in; none of them without `id`."""

    step: StepToken
    id: UUID | None = None


class BirthDateProof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The birth date on record."""

    step: StepToken
    birth_date: date


class PasswordProof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password of the account, and what its authenticator shows now."""

    step: StepToken
    password: Password
    totp: Digits


class TotpProof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the authenticator shows now."""

    step: StepToken
    totp: Digits


class Denial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The account of this number is somebody else's."""

    step: StepToken


class Registration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new volunteer, or a guardian who is none. The home community is a neighbourhood."""

    step: StepToken
    name: Name
    accepts_terms: bool
    birth_date: date | None = None
    organisation_id: UUID | None = None
    is_guardian_only: bool = False


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One of one's own sessions."""

    id: UUID
    method: str
    device: str
    signed_in_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool


class OwnSignIn(msgspec.Struct, frozen=True, kw_only=True):
    """By what means somebody can sign in. `phone` is masked, and empty where there is none."""

    phone: str
    name: str
    has_password: bool
    has_authenticator: bool


class PasswordChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password as it is and as it is to be, and what the authenticator shows now."""

    password: Password
    new_password: Password
    totp: Digits


class PhoneChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new number, and the code that was sent to it."""

    phone: PhoneText
    code: Digits
