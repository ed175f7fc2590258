"""Saying that a stay in one's name is not so, and reading what was said."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.core import new_id
from services import audit, rights
from services.attendance.entries import dispute_until
from services.attendance.own import DISPUTE_PLACE
from services.attendance.reading import row_of
from services.audit import Act
from services.database import rows
from services.errors import Conflict, NotFound
from services.locks import lock_claim
from services.my_record.deciders import deciders_of, hands_in
from services.my_record.stays import (
    SELECT,
    former_stays,
    line_of,
    refusal_of,
    view_dispute,
)
from services.my_record.types import Dispute, DisputeCase, DisputeIn
from services.notifications import notify_accounts
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.transactions import transaction
from services.vault import keyring


@acting
async def dispute(
    actor: Actor, claim_id: UUID, command: DisputeIn, now: datetime, settings: Settings
) -> Dispute:
    """Say as the person, or their guardian, what is wrong with a stay.

    Raises Conflict("no_stay"), ("disputed_already") while one is open, ("dispute_answered") where
    nothing has changed since the last answer, ("dispute_too_late").
    """
    rights.require_own(actor, (await row_of(claim_id))["volunteer_id"])
    async with entered(SYSTEM), transaction():
        await lock_claim(claim_id)
        row = await stay_row(claim_id)
        if row is None:
            raise Conflict("no_stay")
        if (refused := refusal_of(row, now, settings)) is not None:
            raise Conflict(refused, until=dispute_until(row, settings))
        dispute_id = new_id()
        [made] = await rows(
            "INSERT INTO dispute (id, created_at, claim_id, volunteer_id, state, text_cipher, "
            "due_at) VALUES ($1, $2, $3, $4, 'open', $5, $6) RETURNING *",
            dispute_id,
            now,
            claim_id,
            row["volunteer_id"],
            keyring().encrypt(DISPUTE_PLACE, dispute_id, command.text),
            now + timedelta(days=settings.dispute_answer_days),
        )
        await log(actor.account_id, row, "made")
        await tell_deciders("dispute_made", row, made)
    return view_dispute(made)


@acting
async def get_dispute(actor: Actor, dispute_id: UUID) -> Dispute:
    """One dispute, for its person, their guardians, and those who organise the project."""
    await require_seen(dispute_id)
    found, row = await dispute_row(dispute_id)
    if row["volunteer_id"] not in actor.records:
        await require_organiser(actor, row)
    return view_dispute(found)


async def require_seen(dispute_id: UUID) -> None:
    """The wall lets the actor see it at all: asked before the system's scope is entered."""
    if not await rows("SELECT 1 FROM dispute WHERE id = $1", dispute_id):
        raise NotFound


async def require_organiser(actor: Actor, row: dict[str, Any]) -> None:
    """Whoever organises the project; to people without any role others' disputes are not there."""
    if not actor.grants:
        raise NotFound
    await rights.require(actor, Right.RUN_WORK, row["organisation_id"])


@acting
async def list_of_shift(
    actor: Actor, shift_id: UUID, query: PageQuery, now: datetime, settings: Settings
) -> Page[DisputeCase]:
    """The disputes about a shift, for those who organise it: what is open first, then what was
    decided; of each what was said first comes first."""
    await _organise(actor, shift_id)
    after = decode_cursor(query.after, tuple[bool, UUID]) if query.after else (None, None)
    # The wall decides which disputes; whose hands a stay went through the actor need not see.
    found = await rows(
        "SELECT * FROM (SELECT d.*, d.state <> 'open' AS is_over FROM dispute d "
        "JOIN claim c ON c.id = d.claim_id WHERE c.shift_id = $1) d "
        "WHERE $2::boolean IS NULL OR (is_over, id) > ($2, $3::uuid) "
        "ORDER BY is_over, id LIMIT $4",
        shift_id,
        *after,
        query.limit + 1,
    )
    async with entered(SYSTEM):
        cases = [await _case(actor, each, now, settings) for each in found]
    keys = [(each["is_over"], each["id"]) for each in found]
    return page_of(cases, keys, query.limit)


async def _organise(actor: Actor, shift_id: UUID) -> None:
    found = await rows(
        "SELECT p.organisation_id FROM shift s JOIN project p ON p.id = s.project_id "
        "WHERE s.id = $1",
        shift_id,
    )
    if not found:
        raise NotFound
    await rights.require(actor, Right.RUN_WORK, found[0]["organisation_id"])


async def _case(
    actor: Actor, found: dict[str, Any], now: datetime, settings: Settings
) -> DisputeCase:
    row = await stay_row(found["claim_id"])
    assert row is not None  # There is no dispute without a stay, and no stay is ever removed.
    return DisputeCase(
        dispute=view_dispute(found),
        volunteer_name=row["volunteer_name"],
        line=line_of(row, actor.persons, now, settings),
        former=await former_stays(found["claim_id"]),
        can_decide=actor.account_id not in await hands_in(row),
    )


@as_system
async def stay_row(claim_id: UUID) -> dict[str, Any] | None:
    """Everything about the stay of a claim, whoever asks; None where there is none."""
    found = await rows(f"{SELECT} WHERE a.claim_id = $1", claim_id)
    return found[0] if found else None


@as_system
async def dispute_row(dispute_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """A dispute and its stay, whoever asks. Raises NotFound."""
    found = await rows("SELECT * FROM dispute WHERE id = $1", dispute_id)
    row = await stay_row(found[0]["claim_id"]) if found else None
    if row is None:
        raise NotFound
    return found[0], row


async def tell_deciders(kind: str, row: dict[str, Any], found: dict[str, Any]) -> None:
    """Tell those who may decide, once of each."""
    await notify_accounts(
        kind,
        await deciders_of(row),
        about=row["shift_id"],
        once=f"{kind}:{found['id']}",
        project=row["project_name"],
        starts_at=row["starts_at"],
        due_at=found["due_at"],
    )


async def log(account_id: UUID, row: dict[str, Any], what: str) -> None:
    """A line about a dispute: no words of it."""
    await audit.record(
        Act.DISPUTE_CHANGED,
        subject_kind="claim",
        subject_id=row["claim_id"],
        organisation_id=row["organisation_id"],
        account_id=account_id,
        what=what,
    )
