"""Making one of two records of the same person: nothing lost, nothing doubled.

The kept record goes on. What the person holds and is moves over to it; what has happened stays on
the merged record, where its proofs point, and is shown with the kept one. The merged record signs
in no more, is in no list and in no plan.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import DatumKind, new_id
from services import audit, notifications, personal, points
from services.audit import Act
from services.database import rows
from services.errors import Conflict
from services.locks import lock_seats
from services.people.duplicates import require_mergeable
from services.people.moving_accounts import move_account
from services.people.moving_seats import live_shifts, move_seats
from services.people.uniting import unite
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.transactions import transaction

Reason = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=400,
        pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f\u3000][^\x00-\x1f\x7f]*$(?!\n)",
        description="By what it is known that they are one person",
    ),
]


class PersonMergeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which record goes on, and which one becomes a part of its history."""

    kept_id: UUID
    merged_id: UUID
    reason: Reason


class PersonMerge(msgspec.Struct, frozen=True, kw_only=True):
    """Two records that are one person's."""

    id: UUID
    kept_id: UUID
    merged_id: UUID
    reason: str
    merged_at: datetime


@acting
async def merge(actor: Actor, command: PersonMergeIn, now: datetime, *, today: date) -> PersonMerge:
    """Make one of two. For whoever may merge people at both registering nodes; logged.

    Refused whole with `same_person`, `person_closed`, `erasure_under_way`,
    `merge_account_has_roles`, or `merge_claims_clash` while both hold seats that clash.
    """
    kept, merged = command.kept_id, command.merged_id
    if kept == merged:
        raise Conflict("same_person")
    nodes = [(await require_mergeable(actor, each))["organisation_id"] for each in (kept, merged)]
    merge_id = new_id()
    # What hangs on the two lies in many hands; the right to merge them is the right to all of it.
    async with entered(SYSTEM), transaction():
        await lock_seats(await live_shifts(merged, now), sorted((kept, merged)))
        await _refuse_closed(kept, merged)
        await move_account(kept, merged, now)
        await move_seats(kept, merged, now)
        await unite(kept, merged, actor.account_id, now, today)
        await _move_phone_and_document(kept, merged)
        await _move_points(kept, merged, now)
        await _close(kept, merged)
        await rows("UPDATE person_merge SET kept_id = $1 WHERE kept_id = $2", kept, merged)
        await rows(
            "INSERT INTO person_merge (id, created_at, kept_id, merged_id, account_id, reason) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            merge_id,
            now,
            kept,
            merged,
            actor.account_id,
            command.reason,
        )
        for subject, node, other, part in (
            (kept, nodes[0], merged, "kept"),
            (merged, nodes[1], kept, "merged"),
        ):
            await audit.record(
                Act.PEOPLE_MERGED,
                subject_kind="volunteer",
                subject_id=subject,
                organisation_id=node,
                account_id=actor.account_id,
                other=str(other),
                part=part,
            )
        await notifications.notify("people_merged", kept)
    return PersonMerge(
        id=merge_id, kept_id=kept, merged_id=merged, reason=command.reason, merged_at=now
    )


async def _refuse_closed(kept: UUID, merged: UUID) -> None:
    found = await rows(
        "SELECT v.state, EXISTS (SELECT 1 FROM erasure e WHERE e.volunteer_id = v.id "
        "AND e.done_at IS NULL AND e.withdrawn_at IS NULL) AS is_leaving "
        "FROM volunteer v WHERE v.id = ANY($1::uuid[])",
        [kept, merged],
    )
    for row in found:
        if row["state"] != "active":
            raise Conflict("person_closed", state=row["state"])
        if row["is_leaving"]:
            raise Conflict("erasure_under_way")


async def _move_phone_and_document(kept: UUID, merged: UUID) -> None:
    """The kept record's own stay. A number that its owner has proven is better than one that
    somebody wrote down."""
    of_kept = await personal.datum(DatumKind.PHONE, volunteer_id=kept)
    of_merged = await personal.datum(DatumKind.PHONE, volunteer_id=merged)
    if of_merged and (of_kept is None or (of_merged.verified_at and not of_kept.verified_at)):
        await personal.forget(DatumKind.PHONE, volunteer_id=kept)
    await rows(
        "UPDATE personal_datum d SET volunteer_id = $1 WHERE d.volunteer_id = $2 "
        "AND d.kind IN ('phone','document','email','wechat') "
        "AND NOT EXISTS (SELECT 1 FROM personal_datum mine "
        "WHERE mine.volunteer_id = $1 AND mine.kind = d.kind)",
        kept,
        merged,
    )
    # What is left of the merged record would only find the person twice.
    for kind in DatumKind:
        await personal.forget(kind, volunteer_id=merged)


async def _move_points(kept: UUID, merged: UUID, now: datetime) -> None:
    await points.open_account(kept)
    await points.move_balance(merged, kept, key=f"merge:{merged}", now=now)


async def _close(kept: UUID, merged: UUID) -> None:
    await rows(
        "UPDATE volunteer k SET served_minutes = k.served_minutes + m.served_minutes, "
        "active_at = greatest(k.active_at, m.active_at), "
        "is_matched = k.is_matched AND m.is_matched, "
        "home_longitude = coalesce(k.home_longitude, m.home_longitude), "
        "home_latitude = coalesce(k.home_latitude, m.home_latitude) "
        "FROM volunteer m WHERE k.id = $1 AND m.id = $2",
        kept,
        merged,
    )
    await rows(
        "UPDATE volunteer SET state = 'merged', is_on_call = false, is_matched = false, "
        "home_longitude = NULL, home_latitude = NULL WHERE id = $1",
        merged,
    )
