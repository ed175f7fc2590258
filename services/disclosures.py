"""Disclosures: who received which data about whom, when, why, and on what ground.

Whoever sends people's data outside asks `allowed` first, leaves out those whom it leaves out, and
calls `record` in the transaction that sends. Lines are only added; a consent withdrawn later does
not remove them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import new_id
from services import audit, consents, rights
from services.audit import Act
from services.consents import Purpose
from services.database import rows
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.recipients import RECIPIENTS, Basis
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.words import Words

__all__ = ["Allowed", "Basis", "Disclosure", "allowed", "list_of", "record"]


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """Whose data may go to a recipient now, on what ground, and who is left out."""

    basis: Basis
    volunteer_ids: set[UUID]
    left_out: set[UUID]


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """Data of a person that somebody received."""

    id: UUID
    volunteer_id: UUID
    recipient: str
    recipient_name: Words
    purpose: str
    fields: list[str]
    basis: Basis
    given_at: datetime


@as_system
async def allowed(volunteer_ids: Collection[UUID], recipient: str) -> Allowed:
    """Divide people by whether their data may go to this outside recipient (C5, C6).

    Raises KeyError for a recipient that the service does not know: nothing goes there.
    """
    asked = set(volunteer_ids)
    if RECIPIENTS[recipient].basis is Basis.STATUTE:
        return Allowed(basis=Basis.STATUTE, volunteer_ids=asked, left_out=set())
    agreed = await consents.standing(asked, Purpose.EXPORT, recipient)
    return Allowed(basis=Basis.CONSENT, volunteer_ids=agreed, left_out=asked - agreed)


@as_system
async def record(
    volunteer_ids: Collection[UUID],
    *,
    recipient: str,
    purpose: str,
    fields_given: Sequence[str],
    basis: Basis,
    now: datetime,
    organisation_id: UUID | None = None,
    account_id: UUID | None = None,
) -> None:
    """Write down that these people's data went to a recipient, in the caller's transaction.

    `recipient` is the key of an outside one or the id of an organisation of the tree; the fields
    are named, their contents are not kept. The log gets one line for all of them.
    """
    people = sorted(set(volunteer_ids))
    if not people:
        return
    await rows(
        "INSERT INTO disclosure (id, created_at, volunteer_id, recipient, purpose, fields_given, "
        "basis, account_id) SELECT line.id, $3, line.person, $4, $5, $6::jsonb, $7, $8 "
        "FROM unnest($1::uuid[], $2::uuid[]) AS line(id, person)",
        [new_id() for _ in people],
        people,
        now,
        recipient,
        purpose,
        msgspec.json.encode(list(fields_given)).decode(),
        basis.value,
        account_id,
    )
    await audit.record(
        Act.DISCLOSED,
        subject_kind="volunteer" if len(people) == 1 else "",
        subject_id=people[0] if len(people) == 1 else None,
        organisation_id=organisation_id,
        account_id=account_id,
        recipient=recipient,
        purpose=purpose,
        basis=basis.value,
        people=len(people),
        fields=list(fields_given),
    )


@acting
async def list_of(actor: Actor, volunteer_id: UUID, query: PageQuery) -> Page[Disclosure]:
    """Who received data of oneself or a ward, the latest first."""
    rights.require_own(actor, volunteer_id)
    after = decode_cursor(query.after, UUID) if query.after else None
    async with entered(SYSTEM):
        found = await rows(
            "SELECT d.id, d.volunteer_id, d.recipient, d.purpose, d.fields_given, d.basis, "
            "d.created_at, o.name AS organisation_name FROM disclosure d "
            "LEFT JOIN organisation o ON o.id::text = d.recipient WHERE d.volunteer_id = $1 "
            "AND ($2::uuid IS NULL OR d.id < $2) ORDER BY d.id DESC LIMIT $3",
            volunteer_id,
            after,
            query.limit + 1,
        )
    return page_of([_view(row) for row in found], [row["id"] for row in found], query.limit)


def _view(row: dict[str, Any]) -> Disclosure:
    known = RECIPIENTS.get(row["recipient"])
    name = row["organisation_name"] or row["recipient"]
    return Disclosure(
        id=row["id"],
        volunteer_id=row["volunteer_id"],
        recipient=row["recipient"],
        recipient_name=known.name if known else Words(name, name),
        purpose=row["purpose"],
        fields=msgspec.json.decode(row["fields_given"], type=list[str]),
        basis=Basis(row["basis"]),
        given_at=row["created_at"],
    )
