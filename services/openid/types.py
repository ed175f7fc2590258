"""What a sign-in through a provider takes and gives."""

from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from services.accounts import Session, Step
from services.errors import ServiceError


class SignInFailed(ServiceError):
    """The sign-in through a provider came to nothing; the code says at what."""

    code, status = "provider_refused", 409


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """Where the browser goes, and the token that it keeps until it is back."""

    address: str
    token: str


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """With what the provider sent the browser back."""

    state: str = ""
    code: str = ""
    error: str = ""


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The provider's word was enough."""

    session: Session
    back: str


class SecondFactorAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The account holds roles, and the provider asked for one proof only."""

    step: Step
    back: str


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """The provider knows the person and we do not yet: an account has to say that it is theirs."""

    token: str
    title: str
    back: str


Outcome: TypeAlias = SignedIn | SecondFactorAsked | Unknown


class LinkShown(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be linked to an account."""

    title: str
    back: str


class LinkedSignIn(msgspec.Struct, frozen=True, kw_only=True):
    """A provider with which one can sign in to one's own account."""

    id: UUID
    title: str
    linked_at: datetime
