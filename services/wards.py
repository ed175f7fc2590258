"""Children below 14: registered by a guardian whose papers somebody has seen, and by nobody else.

The guardian asks a node for the check. Whoever sees the papers writes down how many children they
name; so many the guardian may then register, each with a yes to the children's own notice (C1).
"""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import GuardianCheckState, new_id
from services import audit, consents, guardians, notifications, personal, points, rights
from services.audit import Act
from services.birth import EARLIEST, age_on
from services.consents import AGES, Purpose
from services.database import rows
from services.errors import Conflict, Defect, Forbidden, Invalid, NotFound
from services.guardian_types import EvidenceKind, Guardianship, Relation
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.transactions import transaction
from services.types import Name

CHILDREN_MAX: Final = 12


class GuardianCheckIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the papers are to be shown."""

    organisation_id: UUID


class GuardianCheckDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the papers showed: who this is, and for how many children below 14 they answer."""

    is_verified: bool
    evidence_kind: EvidenceKind | None = None
    children: Annotated[int, Meta(ge=0, le=CHILDREN_MAX)] = 0


class GuardianCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A guardian's request to be checked. `children_left` may still be registered."""

    id: UUID
    guardian_name: str
    organisation_id: UUID
    organisation_name: str
    state: GuardianCheckState
    children_max: int
    children_left: int
    created_at: datetime
    decided_at: datetime | None = None


class WardIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A child, as its guardian registers it. `text_version` is the notice that was read."""

    name: Name
    birth_date: date
    organisation_id: UUID
    relation: Relation
    text_version: Annotated[str, Meta(min_length=1, max_length=24, pattern=r"^[0-9a-z.-]+$(?!\n)")]


_SELECT = (
    "SELECT c.id, c.account_id, c.organisation_id, c.state, c.children_max, c.evidence_kind, "
    "c.created_at, c.decided_at, c.decided_by, a.display_name AS guardian_name, "
    "o.name AS organisation_name, c.children_max - (SELECT count(*) FROM guardianship g "
    "WHERE g.guardian_id = c.account_id AND g.decided_at = c.decided_at) AS children_left "
    "FROM guardian_check c JOIN account a ON a.id = c.account_id "
    "JOIN organisation o ON o.id = c.organisation_id"
)


@acting
async def ask_check(actor: Actor, command: GuardianCheckIn, now: datetime) -> GuardianCheck:
    """Ask a node to look at one's papers. `check_waits` while an earlier request does."""
    if actor.is_machine:
        raise Forbidden("people_only")
    async with entered(SYSTEM), transaction():
        await _require_node(command.organisation_id)
        await rows("SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE", actor.account_id)
        if await rows(
            "SELECT 1 FROM guardian_check WHERE account_id = $1 AND state = 'requested'",
            actor.account_id,
        ):
            raise Conflict("check_waits")
        check_id = new_id()
        await rows(
            "INSERT INTO guardian_check (id, created_at, account_id, organisation_id, state, "
            "children_max, evidence_kind) VALUES ($1, $2, $3, $4, 'requested', 0, '')",
            check_id,
            now,
            actor.account_id,
            command.organisation_id,
        )
    return await get_check(actor, check_id)


@acting
async def get_check(actor: Actor, check_id: UUID) -> GuardianCheck:
    """One request: for whoever made it, and for those who look at papers there."""
    return _check(await _seen(actor, check_id))


@acting
async def list_own_checks(actor: Actor, query: PageQuery) -> Page[GuardianCheck]:
    """The account's own requests, the latest first."""
    after = decode_cursor(query.after, UUID) if query.after else None
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE c.account_id = $1 AND ($2::uuid IS NULL OR c.id < $2) "
            "ORDER BY c.id DESC LIMIT $3",
            actor.account_id,
            after,
            query.limit + 1,
        )
    return page_of([_check(row) for row in found], [row["id"] for row in found], query.limit)


@acting
async def list_waiting_checks(actor: Actor, query: PageQuery) -> Page[GuardianCheck]:
    """The requests that wait in the subtree of those who may look at papers, the oldest first."""
    nodes = rights.require_anywhere(actor, Right.VERIFY_GUARDIANS)
    after = decode_cursor(query.after, UUID) if query.after else None
    seen = await rows(
        "SELECT id FROM guardian_check WHERE state = 'requested' AND organisation_id IN "
        "(SELECT descendant_id FROM organisation_closure WHERE ancestor_id = ANY($1::uuid[])) "
        "AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        nodes,
        after,
        query.limit + 1,
    )
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE c.id = ANY($1::uuid[]) ORDER BY c.id", [row["id"] for row in seen]
        )
    return page_of([_check(row) for row in found], [row["id"] for row in found], query.limit)


@acting
async def decide_check(
    actor: Actor, check_id: UUID, command: GuardianCheckDecision, now: datetime
) -> GuardianCheck:
    """Write down what the papers showed. Nobody looks at their own (`own_request`)."""
    row = await _seen(actor, check_id)
    await rights.require(actor, Right.VERIFY_GUARDIANS, row["organisation_id"])
    if actor.account_id == row["account_id"]:
        raise Forbidden("own_request")
    if command.is_verified and command.evidence_kind is None:
        raise Conflict("paper_missing")
    state = GuardianCheckState.VERIFIED if command.is_verified else GuardianCheckState.REFUSED
    async with entered(SYSTEM), transaction():
        changed = await rows(
            "UPDATE guardian_check SET state = $2, decided_by = $3, decided_at = $4, "
            "evidence_kind = $5, children_max = $6 WHERE id = $1 AND state = 'requested' "
            "RETURNING id",
            check_id,
            state.value,
            actor.account_id,
            now,
            command.evidence_kind.value if command.evidence_kind else "",
            command.children if command.is_verified else 0,
        )
        if not changed:
            raise Conflict("state_change_refused", state=row["state"])
        if command.is_verified:
            await guardians.note_checked(row["account_id"], actor.account_id, now)
        await audit.record(
            Act.GUARDIAN_DECIDED,
            subject_kind="account",
            subject_id=row["account_id"],
            organisation_id=row["organisation_id"],
            account_id=actor.account_id,
            state=state.value,
            evidence=command.evidence_kind.value if command.evidence_kind else None,
            children=command.children,
        )
        kind = "guardian_verified" if command.is_verified else "guardian_refused"
        await notifications.notify_account(kind, row["account_id"])
    return await get_check(actor, check_id)


@acting
async def withdraw_check(actor: Actor, check_id: UUID, now: datetime) -> GuardianCheck:
    """Take one's own request back while nobody has looked at it."""
    row = await _seen(actor, check_id)
    if row["account_id"] != actor.account_id:
        raise NotFound
    async with entered(SYSTEM):
        await rows(
            "UPDATE guardian_check SET state = 'withdrawn', decided_by = $2, decided_at = $3 "
            "WHERE id = $1 AND state = 'requested'",
            check_id,
            actor.account_id,
            now,
        )
    return await get_check(actor, check_id)


@acting
async def register(actor: Actor, command: WardIn, now: datetime, *, today: date) -> Guardianship:
    """Register a child below 14, as its checked guardian, with a yes to the children's notice.

    Refused with `guardian_not_checked` where the papers name no further child, `registers_themself`
    from 14 on, `consent_text_changed` for another notice than today's.
    """
    await _refuse_wrong(command, today)
    async with entered(SYSTEM), transaction():
        await rows("SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE", actor.account_id)
        check = await _open_check(actor)
        await _require_node(command.organisation_id)
        ward_id = await _insert_ward(command, now, today)
        guardianship_id = new_id()
        await rows(
            "INSERT INTO guardianship (id, created_at, ward_id, guardian_id, relation, state, "
            "evidence_kind, decided_by, decided_at) "
            "VALUES ($1, $2, $3, $4, $5, 'verified', $6, $7, $8)",
            guardianship_id,
            now,
            ward_id,
            actor.account_id,
            command.relation.value,
            check["evidence_kind"],
            check["decided_by"],
            check["decided_at"],
        )
        guardian = msgspec.structs.replace(actor, wards=(*actor.wards, ward_id))
        await consents.give(
            guardian, ward_id, Purpose.CHILD, now=now, text_version=command.text_version
        )
    return await guardians.get(actor, guardianship_id)


async def _refuse_wrong(command: WardIn, today: date) -> None:
    if not EARLIEST <= command.birth_date <= today:
        raise Invalid([Defect("birth_date", "not_a_birth_date")])
    if age_on(command.birth_date, today) >= AGES.answers:
        raise Conflict("registers_themself", age=AGES.answers)


async def _open_check(actor: Actor) -> dict[str, Any]:
    """The check that still names a child who is not registered."""
    found = await rows(
        f"{_SELECT} WHERE c.account_id = $1 AND c.state = 'verified' ORDER BY c.id",
        actor.account_id,
    )
    for row in found:
        if row["children_left"] > 0:
            return row
    raise Conflict("guardian_not_checked")


async def _require_node(organisation_id: UUID) -> None:
    if not await rows(
        "SELECT 1 FROM organisation WHERE id = $1 AND state = 'active'", organisation_id
    ):
        raise Invalid([Defect("organisation_id", "unknown_id")])


async def _insert_ward(command: WardIn, now: datetime, today: date) -> UUID:
    """The child's row. It is proposed for nothing until the guardian turns that on."""
    ward_id = new_id()
    await rows(
        "INSERT INTO volunteer (id, created_at, active_at, state, is_on_call, is_matched, "
        "organisation_id, external_key, name, age, max_minutes, max_minutes_per_day, max_shifts, "
        "served_minutes) "
        "VALUES ($1, $2, $2, 'active', false, false, $3, $4, $5, $6, 600, 180, 3, 0)",
        ward_id,
        now,
        command.organisation_id,
        str(ward_id),
        command.name,
        age_on(command.birth_date, today),
    )
    await personal.put_birth_dates({ward_id: command.birth_date})
    await points.open_account(ward_id)
    return ward_id


async def _seen(actor: Actor, check_id: UUID) -> dict[str, Any]:
    """Only what the actor's own scope shows is there; the guardian's name stands beyond it."""
    if not await rows("SELECT 1 FROM guardian_check WHERE id = $1", check_id):
        raise NotFound
    async with entered(SYSTEM):
        [row] = await rows(f"{_SELECT} WHERE c.id = $1", check_id)
    if row["account_id"] != actor.account_id:
        await rights.require(actor, Right.VERIFY_GUARDIANS, row["organisation_id"])
    return row


def _check(row: dict[str, Any]) -> GuardianCheck:
    return GuardianCheck(
        id=row["id"],
        guardian_name=row["guardian_name"],
        organisation_id=row["organisation_id"],
        organisation_name=row["organisation_name"],
        state=GuardianCheckState(row["state"]),
        children_max=row["children_max"],
        children_left=max(0, row["children_left"]),
        created_at=row["created_at"],
        decided_at=row["decided_at"],
    )
