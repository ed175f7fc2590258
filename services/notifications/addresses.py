"""Where somebody is told beside their phone: an e-mail address that they have proven."""

import re
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from models.core import DatumKind
from services import audit, personal
from services.accounts import codes
from services.accounts.codes import Purpose
from services.accounts.types import Caller, CodeSent
from services.audit import Act
from services.errors import Defect, Forbidden, Invalid
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.transactions import transaction

MailText = Annotated[str, Meta(min_length=3, max_length=254)]
# What every mail server takes without quoting; nobody who answers a code has another.
_MAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)


class MailCodeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To which address a code is to go."""

    address: MailText


class MailIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The address, and the code that came to it."""

    address: MailText
    code: Annotated[str, Meta(pattern=r"^[0-9]{6}$(?!\n)")]


@acting
async def send_mail_code(
    actor: Actor, command: MailCodeIn, caller: Caller, now: datetime, settings: Settings
) -> CodeSent:
    """Send a code to an address that is to be the actor's. Raises Invalid or CodeTooSoon."""
    _refuse_machine(actor)
    return await codes.send(
        normalise(command.address),
        Purpose.CONFIRM_EMAIL,
        caller,
        now,
        settings,
        account_id=actor.account_id,
        channel="email",
    )


@acting
async def put_mail(actor: Actor, command: MailIn, now: datetime) -> None:
    """The address is the actor's from now on. Raises Invalid or CodeRefused."""
    _refuse_machine(actor)
    address = normalise(command.address)
    await codes.use(address, Purpose.CONFIRM_EMAIL, command.code, now, account_id=actor.account_id)
    async with entered(SYSTEM), transaction():
        await personal.put(
            DatumKind.EMAIL,
            address,
            volunteer_id=actor.volunteer_id,
            account_id=None if actor.volunteer_id else actor.account_id,
            verified_at=now,
        )
        await _note(actor, "email")


@acting
async def forget_mail(actor: Actor) -> None:
    """Nothing goes there any more, and we do not know it. Again: nothing changes."""
    _refuse_machine(actor)
    async with entered(SYSTEM), transaction():
        await personal.forget(
            DatumKind.EMAIL,
            volunteer_id=actor.volunteer_id,
            account_id=None if actor.volunteer_id else actor.account_id,
        )
        await _note(actor, "email_forgotten")


def normalise(text: str) -> str:
    """The address as it is kept: in small letters. Raises Invalid for what is none."""
    plain = text.strip().lower()
    if not _MAIL.fullmatch(plain):
        raise Invalid([Defect("address", "mail_shape")])
    return plain


def _refuse_machine(actor: Actor) -> None:
    if actor.is_machine:
        raise Forbidden("volunteers_only")


async def _note(actor: Actor, what: str) -> None:
    await audit.record(
        Act.PERSONAL_DATA_CHANGED,
        subject_kind="volunteer" if actor.volunteer_id else "account",
        subject_id=actor.volunteer_id or actor.account_id,
        account_id=actor.account_id,
        what=what,
    )
