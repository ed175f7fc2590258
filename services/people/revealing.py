"""Personal data in clear: to those who may, for a purpose, and never without a line in the log."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import DatumKind
from services import approvals, audit, personal, rights
from services.approvals import Approval, ApprovalKind, Decided, Rule
from services.audit import Act
from services.birth import ALONE_FROM_AGE
from services.database import rows
from services.document_numbers import DocumentKind
from services.errors import Conflict, Forbidden, NotFound
from services.rights import Actor, Right, acting
from services.transactions import transaction

APPROVED_FOR = timedelta(hours=24)
"""So long after a second person agreed the data of a child may be looked at."""


class Datum(StrEnum):
    """What can be shown in clear."""

    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    DOCUMENT = "document"


class RevealPurpose(StrEnum):
    """For what somebody looks. Words of one's own would end up in the log, so there are none."""

    CONTACT = "contact"
    IDENTITY = "identity"
    INSURANCE = "insurance"
    CORRECTION = "correction"
    SAFETY = "safety"


class RevealIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be shown, and for what."""

    fields: Annotated[list[Datum], Meta(min_length=1, max_length=3)]
    purpose: RevealPurpose


class RevealAsk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For what a child's data are to be seen."""

    purpose: RevealPurpose


class Revealed(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, as far as it is known."""

    volunteer_id: UUID
    phone: str | None = None
    birth_date: date | None = None
    document_kind: DocumentKind | None = None
    document_number: str | None = None


@acting
async def reveal(actor: Actor, volunteer_id: UUID, command: RevealIn, now: datetime) -> Revealed:
    """Show these data of a person in clear. What was shown and the line that says so are one.

    For those who may at the registering node. Of a child below 14 only with a second person's
    approval of the last day (`approval_needed`).
    """
    async with transaction():
        person = await _person(actor, volunteer_id)
        if person["age"] < ALONE_FROM_AGE and not await _is_approved(actor, volunteer_id, now):
            raise Forbidden("approval_needed")
        await audit.record(
            Act.PERSONAL_DATA_READ,
            subject_kind="volunteer",
            subject_id=volunteer_id,
            organisation_id=person["organisation_id"],
            fields=sorted({each.value for each in command.fields}),
            purpose=command.purpose.value,
        )
        return await _revealed(volunteer_id, set(command.fields))


@acting
async def ask_to_reveal(
    actor: Actor, volunteer_id: UUID, purpose: RevealPurpose, now: datetime
) -> Approval:
    """Ask a second person to approve a look at the data of a child below 14."""
    person = await _person(actor, volunteer_id)
    command = {"volunteer_id": str(volunteer_id), "purpose": purpose.value}
    return await approvals.request(
        actor, ApprovalKind.CHILD_DATA, person["organisation_id"], command, purpose.value, now
    )


async def _person(actor: Actor, volunteer_id: UUID) -> dict[str, Any]:
    found = await rows(
        "SELECT organisation_id, age, state FROM volunteer WHERE id = $1", volunteer_id
    )
    if not found:
        raise NotFound
    await rights.require(actor, Right.REVEAL_PEOPLE, found[0]["organisation_id"])
    if found[0]["state"] != "active":
        raise Conflict("person_closed", state=found[0]["state"])
    return found[0]


async def _is_approved(actor: Actor, volunteer_id: UUID, now: datetime) -> bool:
    return bool(
        await rows(
            "SELECT 1 FROM approval WHERE kind = $1 AND state = 'approved' AND requested_by = $2 "
            "AND command ->> 'volunteer_id' = $3 AND decided_at > $4",
            ApprovalKind.CHILD_DATA.value,
            actor.account_id,
            str(volunteer_id),
            now - APPROVED_FOR,
        )
    )


async def _revealed(volunteer_id: UUID, asked: set[Datum]) -> Revealed:
    phone = birth_date = document = None
    if Datum.PHONE in asked:
        phone = await personal.get(DatumKind.PHONE, volunteer_id=volunteer_id)
    if Datum.BIRTH_DATE in asked:
        birth_date = (await personal.birth_dates([volunteer_id])).get(volunteer_id)
    if Datum.DOCUMENT in asked:
        document = await personal.datum(DatumKind.DOCUMENT, volunteer_id=volunteer_id)
    return Revealed(
        volunteer_id=volunteer_id,
        phone=phone,
        birth_date=birth_date,
        document_kind=None if document is None else DocumentKind(document.subkind),
        document_number=None if document is None else document.text,
    )


async def _nothing_more(actor: Actor, decided: Decided) -> None:
    """The approval itself is what `reveal` looks for."""


approvals.register(
    ApprovalKind.CHILD_DATA,
    Rule(asks=Right.REVEAL_PEOPLE, approves=Right.VERIFY_GUARDIANS, execute=_nothing_more),
)
