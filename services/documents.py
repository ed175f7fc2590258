"""Numbers of identity documents: asked for only while something needs one, gone when nothing does.

Whoever registers, browses or claims is never asked. A need names its purpose and its recipient; the
person may answer it, or close it without an answer.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import DatumKind, new_id
from services import audit, document_numbers, notifications, personal, rights
from services.audit import Act
from services.database import rows
from services.document_numbers import DocumentKind, NumberRefused
from services.errors import Conflict, Defect, Invalid, NotFound
from services.rights import Actor, OutOfScope, Right, acting
from services.transactions import transaction

__all__ = [
    "DocumentIn",
    "DocumentKind",
    "DocumentNeed",
    "NeedIn",
    "NeedPurpose",
    "answer",
    "close",
    "get",
    "list_needs",
    "open_need",
]


class NeedPurpose(StrEnum):
    """For what a number may be asked."""

    INSURANCE = "insurance"
    DESTINATION = "destination"


Recipient = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f\u3000][^\x00-\x1f\x7f]*$(?!\n)",
        description="Who gets the number: the insurer, or the destination",
    ),
]
NumberText = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]


class NeedIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For what and for whom the number of a document is needed."""

    purpose: NeedPurpose
    recipient: Recipient


class DocumentIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document, as its holder enters it. Every kind opens the same doors."""

    kind: DocumentKind
    number: NumberText


class DocumentNeed(msgspec.Struct, frozen=True, kw_only=True):
    """Why a number is asked of a person. `shown` is all that anybody sees of what was entered.

    `is_also_elsewhere`: another record has the same document; whose it is, is for those to see
    who may merge the two.
    """

    id: UUID
    volunteer_id: UUID
    purpose: NeedPurpose
    recipient: str
    asked_at: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    kind: DocumentKind | None = None
    shown: str | None = None
    is_also_elsewhere: bool = False


_SELECT = """
    SELECT n.id, n.volunteer_id, n.purpose, n.recipient, n.created_at, n.answered_at, n.closed_at,
        v.organisation_id FROM document_need n JOIN volunteer v ON v.id = n.volunteer_id
"""


@acting
async def open_need(
    actor: Actor, volunteer_id: UUID, command: NeedIn, now: datetime
) -> DocumentNeed:
    """Ask a person for the number, where the organiser may see such data; they are told.

    What is known already is not asked again: the need is answered at once. Refused with
    `document_need_open` while the same is asked already.
    """
    organisation_id = await _node_of(actor, volunteer_id)
    known = await personal.datum(DatumKind.DOCUMENT, volunteer_id=volunteer_id)
    need_id = new_id()
    async with transaction():
        made = await rows(
            "INSERT INTO document_need (id, created_at, volunteer_id, purpose, recipient, "
            "organisation_id, account_id, answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
            "ON CONFLICT (volunteer_id, purpose, recipient) WHERE closed_at IS NULL DO NOTHING "
            "RETURNING id",
            need_id,
            now,
            volunteer_id,
            command.purpose.value,
            command.recipient.strip(),
            organisation_id,
            actor.account_id,
            None if known is None else now,
        )
        if not made:
            raise Conflict("document_need_open")
        await _log(volunteer_id, organisation_id, "document_asked", command.purpose)
        if known is None:
            await notifications.notify("document_asked", volunteer_id)
    return await get(actor, need_id)


@acting
async def answer(actor: Actor, need_id: UUID, command: DocumentIn, now: datetime) -> DocumentNeed:
    """Enter the number, as the person (or for a ward). It answers every need that is open.

    Refused with `document_not_needed` when nothing asks for it; Invalid, naming the place and the
    rule, for a number that cannot be right.
    """
    found = await _found(need_id)
    rights.require_own(actor, found["volunteer_id"])
    if found["closed_at"] is not None:
        raise Conflict("document_not_needed")
    volunteer_id = found["volunteer_id"]
    born = (await personal.birth_dates([volunteer_id])).get(volunteer_id)
    try:
        number = document_numbers.normalise(command.kind, command.number, born)
    except NumberRefused as refused:
        raise Invalid([Defect("number", refused.code)]) from refused
    async with transaction():
        await _hold_open_needs(volunteer_id)
        await personal.put(
            DatumKind.DOCUMENT, number, volunteer_id=volunteer_id, subkind=command.kind.value
        )
        answered = await rows(
            "UPDATE document_need SET answered_at = $2 WHERE volunteer_id = $1 "
            "AND closed_at IS NULL RETURNING id",
            volunteer_id,
            now,
        )
        if not answered:  # Closed a moment ago; then the number is not kept either.
            raise Conflict("document_not_needed")
        await _log(volunteer_id, found["organisation_id"], "document")
    return await get(actor, need_id)


@acting
async def close(actor: Actor, need_id: UUID, now: datetime) -> DocumentNeed:
    """Ask no more: by those who asked, or by the person, who need not say why. Twice is once.

    With the last need that is open the number is deleted.
    """
    found = await _found(need_id)
    if found["volunteer_id"] not in actor.persons:
        await rights.require(actor, Right.REVEAL_PEOPLE, found["organisation_id"])
    async with transaction():
        still_open = await _hold_open_needs(found["volunteer_id"])
        if need_id in still_open:
            await rows("UPDATE document_need SET closed_at = $2 WHERE id = $1", need_id, now)
            if still_open == {need_id}:
                await personal.forget(DatumKind.DOCUMENT, volunteer_id=found["volunteer_id"])
            await _log(found["volunteer_id"], found["organisation_id"], "document_closed")
    return await get(actor, need_id)


@acting
async def get(actor: Actor, need_id: UUID) -> DocumentNeed:
    """A need of one's own, or of somebody whose data one may see."""
    found = await _found(need_id)
    if found["volunteer_id"] not in actor.persons:
        await rights.require(actor, Right.REVEAL_PEOPLE, found["organisation_id"])
    return (await _views([found]))[0]


@acting
async def list_needs(actor: Actor, volunteer_id: UUID) -> list[DocumentNeed]:
    """Everything for which a number was asked of a person, the latest first."""
    if volunteer_id not in actor.persons:
        await _node_of(actor, volunteer_id)
    found = await rows(f"{_SELECT} WHERE n.volunteer_id = $1 ORDER BY n.id DESC", volunteer_id)
    return await _views(found)


async def _node_of(actor: Actor, volunteer_id: UUID) -> UUID:
    """Who registered the person, if the actor may see such data of them."""
    found = await rows("SELECT organisation_id, state FROM volunteer WHERE id = $1", volunteer_id)
    if not found:
        raise NotFound
    await rights.require(actor, Right.REVEAL_PEOPLE, found[0]["organisation_id"])
    if found[0]["state"] != "active":
        raise Conflict("person_closed", state=found[0]["state"])
    return UUID(str(found[0]["organisation_id"]))


async def _found(need_id: UUID) -> dict[str, Any]:
    found = await rows(f"{_SELECT} WHERE n.id = $1", need_id)
    if not found:
        raise OutOfScope
    return found[0]


async def _hold_open_needs(volunteer_id: UUID) -> set[UUID]:
    """What is open, held until the transaction ends; the person's row is the lock of them all."""
    await rows("SELECT 1 FROM volunteer WHERE id = $1 FOR NO KEY UPDATE", volunteer_id)
    found = await rows(
        "SELECT id FROM document_need WHERE volunteer_id = $1 AND closed_at IS NULL", volunteer_id
    )
    return {row["id"] for row in found}


async def _views(found: list[dict[str, Any]]) -> list[DocumentNeed]:
    known: dict[UUID, personal.Datum | None] = {}
    for person in {row["volunteer_id"] for row in found}:
        known[person] = await personal.datum(DatumKind.DOCUMENT, volunteer_id=person)
    views = []
    for row in found:
        held = known[row["volunteer_id"]] if row["closed_at"] is None else None
        views.append(
            DocumentNeed(
                id=row["id"],
                volunteer_id=row["volunteer_id"],
                purpose=NeedPurpose(row["purpose"]),
                recipient=row["recipient"],
                asked_at=row["created_at"],
                answered_at=row["answered_at"],
                closed_at=row["closed_at"],
                kind=None if held is None else DocumentKind(held.subkind),
                shown=None if held is None else document_numbers.masked(held.text),
                is_also_elsewhere=held is not None and await _is_elsewhere(held, row),
            )
        )
    return views


async def _is_elsewhere(held: personal.Datum, row: dict[str, Any]) -> bool:
    return await personal.is_shared(DatumKind.DOCUMENT, held.text, row["volunteer_id"])


async def _log(
    volunteer_id: UUID, organisation_id: UUID, what: str, purpose: NeedPurpose | None = None
) -> None:
    await audit.record(
        Act.PERSONAL_DATA_CHANGED,
        subject_kind="volunteer",
        subject_id=volunteer_id,
        organisation_id=organisation_id,
        fields=[what],
        purpose="" if purpose is None else purpose.value,
    )
