"""Guardians: who answers for somebody under 18, checked by somebody who saw the papers.

Below 14 a checked guardian registers the child and acts for it. From 14 on the young person signs
in themself; either side makes a code and the other types it, and staff check the papers then. An
account answers for a ward only while the guardianship is verified and the ward under 18
(`services.rights.load_wards`).
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from models.core import GuardianshipState, new_id
from services import audit, notifications, rights
from services.audit import Act
from services.consents import AGES
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.guardian_types import (
    CODE_LENGTH,
    EvidenceKind,
    GuardianCode,
    GuardianDecision,
    Guardianship,
    GuardianshipIn,
    Relation,
)
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, as_system, entered
from services.transactions import transaction
from services.vault import keyring

CODE_KIND: Final = "guardian_code"
CODE_GOOD_FOR: Final = timedelta(minutes=30)
# Without what looks alike; 10 of 31 letters are 49 bits, and a code is good once, for half an hour.
CODE_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

_SELECT = (
    "SELECT g.id, g.created_at, g.ward_id, g.guardian_id, g.relation, g.state, g.decided_at, "
    "g.ended_at, v.name AS ward_name, v.age AS ward_age, v.organisation_id, "
    "a.display_name AS guardian_name "
    "FROM guardianship g JOIN volunteer v ON v.id = g.ward_id "
    "JOIN account a ON a.id = g.guardian_id"
)


@acting
async def make_code(actor: Actor, now: datetime) -> GuardianCode:
    """A code that ties this account to the one that types it. An earlier code is good no more."""
    if actor.is_machine:
        raise Forbidden("people_only")
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    expires_at = now + CODE_GOOD_FOR
    async with entered(SYSTEM), transaction():
        await rows(
            "DELETE FROM sign_in_step WHERE account_id = $1 AND kind = $2",
            actor.account_id,
            CODE_KIND,
        )
        await rows(
            "INSERT INTO sign_in_step (id, created_at, token_digest, kind, account_id, expires_at, "
            "attempts) VALUES ($1, $2, $3, $4, $5, $6, 0)",
            new_id(),
            now,
            keyring().index(CODE_KIND, code),
            CODE_KIND,
            actor.account_id,
            expires_at,
        )
    return GuardianCode(code=f"{code[:5]}-{code[5:]}", expires_at=expires_at)


@acting
async def ask(actor: Actor, command: GuardianshipIn, now: datetime) -> Guardianship:
    """Tie a minor and a grown-up, by the code that one made and the other types. Staff check it.

    Refused with `guardian_code_wrong`, `nobody_is_a_minor`, `two_minors`, `listed_twice`.
    """
    async with entered(SYSTEM), transaction():
        other = await _take_code(actor, command.code, now)
        mine = await _side(actor.account_id)
        theirs = await _side(other)
        ward_id, guardian_id = _roles(mine, theirs)
        guardianship_id = new_id()
        await rows(
            "INSERT INTO guardianship (id, created_at, ward_id, guardian_id, relation, state, "
            "evidence_kind) VALUES ($1, $2, $3, $4, $5, 'requested', '')",
            guardianship_id,
            now,
            ward_id,
            guardian_id,
            command.relation.value,
        )
    return await get(actor, guardianship_id)


async def _take_code(actor: Actor, code: str, now: datetime) -> UUID:
    plain = code.replace("-", "").replace(" ", "").upper()
    found = await rows(
        "UPDATE sign_in_step SET used_at = $3 WHERE token_digest = ANY($1::text[]) AND kind = $2 "
        "AND used_at IS NULL AND expires_at > $3 AND account_id <> $4 RETURNING account_id",
        keyring().indexes(CODE_KIND, plain),
        CODE_KIND,
        now,
        actor.account_id,
    )
    if not found:
        raise Conflict("guardian_code_wrong")
    account_id: UUID = found[0]["account_id"]
    return account_id


async def _side(account_id: UUID) -> dict[str, Any]:
    [side] = await rows(
        "SELECT a.id, a.volunteer_id, v.age, v.state FROM account a "
        "LEFT JOIN volunteer v ON v.id = a.volunteer_id WHERE a.id = $1",
        account_id,
    )
    return side


def _roles(one: dict[str, Any], other: dict[str, Any]) -> tuple[UUID, UUID]:
    """The person who is the ward and the account that is the guardian."""
    minors = [side for side in (one, other) if _is_minor(side)]
    if len(minors) == 2:
        raise Conflict("two_minors")
    if not minors:
        raise Conflict("nobody_is_a_minor", age=AGES.grown_up)
    guardian = other if minors[0] is one else one
    return minors[0]["volunteer_id"], guardian["id"]


def _is_minor(side: dict[str, Any]) -> bool:
    return side["age"] is not None and side["age"] < AGES.grown_up


@acting
async def get(actor: Actor, guardianship_id: UUID) -> Guardianship:
    """One guardianship: for both sides, and for those who check it."""
    return _view(actor, await _seen(actor, guardianship_id))


async def _seen(actor: Actor, guardianship_id: UUID) -> dict[str, Any]:
    """Only what the actor's own scope shows is there; the names of both sides stand beyond it."""
    if not await rows("SELECT 1 FROM guardianship WHERE id = $1", guardianship_id):
        raise NotFound
    async with entered(SYSTEM):
        [row] = await rows(f"{_SELECT} WHERE g.id = $1", guardianship_id)
    is_side = actor.account_id == row["guardian_id"] or actor.volunteer_id == row["ward_id"]
    if not is_side:
        await rights.require(actor, Right.VERIFY_GUARDIANS, row["organisation_id"])
    return row


@acting
async def list_mine(actor: Actor, query: PageQuery) -> Page[Guardianship]:
    """The guardianships of the account, on either side, the latest first."""
    after = decode_cursor(query.after, UUID) if query.after else None
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE (g.guardian_id = $1 OR g.ward_id = $2) "
            "AND ($3::uuid IS NULL OR g.id < $3) ORDER BY g.id DESC LIMIT $4",
            actor.account_id,
            actor.volunteer_id,
            after,
            query.limit + 1,
        )
    views = [_view(actor, row) for row in found]
    return page_of(views, [row["id"] for row in found], query.limit)


@acting
async def list_waiting(actor: Actor, query: PageQuery) -> Page[Guardianship]:
    """Who waits for somebody to look at their papers, in the subtree of those who may."""
    nodes = rights.require_anywhere(actor, Right.VERIFY_GUARDIANS)
    after = decode_cursor(query.after, UUID) if query.after else None
    seen = await rows(
        "SELECT g.id FROM guardianship g JOIN volunteer v ON v.id = g.ward_id "
        "WHERE g.state = 'requested' AND v.organisation_id IN "
        "(SELECT descendant_id FROM organisation_closure WHERE ancestor_id = ANY($1::uuid[])) "
        "AND ($2::uuid IS NULL OR g.id > $2) ORDER BY g.id LIMIT $3",
        nodes,
        after,
        query.limit + 1,
    )
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE g.id = ANY($1::uuid[]) ORDER BY g.id", [row["id"] for row in seen]
        )
    views = [_view(actor, row) for row in found]
    return page_of(views, [row["id"] for row in found], query.limit)


@acting
async def count_waiting(actor: Actor) -> int:
    """How many guardians wait for a look at their papers: ties, and requests to be checked."""
    nodes = rights.require_anywhere(actor, Right.VERIFY_GUARDIANS)
    below = "SELECT descendant_id FROM organisation_closure WHERE ancestor_id = ANY($1::uuid[])"
    [found] = await rows(
        "SELECT (SELECT count(*) FROM guardianship g JOIN volunteer v ON v.id = g.ward_id "
        f"WHERE g.state = 'requested' AND v.organisation_id IN ({below})) + (SELECT count(*) "
        f"FROM guardian_check WHERE state = 'requested' AND organisation_id IN ({below})) "
        "AS count",
        nodes,
    )
    count: int = found["count"]
    return count


@acting
async def decide(
    actor: Actor, guardianship_id: UUID, command: GuardianDecision, now: datetime
) -> Guardianship:
    """Say that the papers were seen, or that they do not show it. Both sides are told.

    Nobody decides over themself (`own_request`); `paper_missing` where no paper is named.
    """
    row = await _seen(actor, guardianship_id)
    await rights.require(actor, Right.VERIFY_GUARDIANS, row["organisation_id"])
    if actor.account_id == row["guardian_id"] or actor.volunteer_id == row["ward_id"]:
        raise Forbidden("own_request")
    if command.is_verified and command.evidence_kind is None:
        raise Conflict("paper_missing")
    state = GuardianshipState.VERIFIED if command.is_verified else GuardianshipState.REFUSED
    async with entered(SYSTEM), transaction():
        changed = await rows(
            "UPDATE guardianship SET state = $2, decided_by = $3, decided_at = $4, "
            "evidence_kind = $5 WHERE id = $1 AND state = 'requested' RETURNING id",
            guardianship_id,
            state.value,
            actor.account_id,
            now,
            command.evidence_kind.value if command.evidence_kind else "",
        )
        if not changed:
            raise Conflict("state_change_refused", state=row["state"])
        if command.is_verified:
            await note_checked(row["guardian_id"], actor.account_id, now)
        await _log(actor, row, state, command.evidence_kind)
        kind = "guardian_verified" if command.is_verified else "guardian_refused"
        await notifications.notify_account(kind, row["guardian_id"])
        await notifications.notify(kind, row["ward_id"])
    return await get(actor, guardianship_id)


async def note_checked(account_id: UUID, checked_by: UUID, now: datetime) -> None:
    """The papers also show who the guardian is."""
    await rows(
        "UPDATE account SET guardian_verified_at = $2, guardian_verified_by = $3 "
        "WHERE id = $1 AND guardian_verified_at IS NULL",
        account_id,
        now,
        checked_by,
    )


@acting
async def end(actor: Actor, guardianship_id: UUID, now: datetime) -> Guardianship:
    """End it, by either side from 14 on or by staff; it does not count from here on.

    A child below 14 keeps at least one guardian: `last_guardian` otherwise.
    """
    row = await _seen(actor, guardianship_id)
    async with entered(SYSTEM), transaction():
        await rows("SELECT 1 FROM volunteer WHERE id = $1 FOR NO KEY UPDATE", row["ward_id"])
        await _refuse_last(row)
        changed = await rows(
            "UPDATE guardianship SET state = 'ended', ended_at = $2 "
            "WHERE id = $1 AND state IN ('requested','verified') RETURNING id",
            guardianship_id,
            now,
        )
        if changed:
            await _log(actor, row, GuardianshipState.ENDED, None)
    return await get(actor, guardianship_id)


async def _refuse_last(row: dict[str, Any]) -> None:
    if row["ward_age"] >= AGES.answers or row["state"] != "verified":
        return
    others = await rows(
        "SELECT 1 FROM guardianship WHERE ward_id = $1 AND state = 'verified' AND id <> $2",
        row["ward_id"],
        row["id"],
    )
    if not others:
        raise Conflict("last_guardian", age=AGES.answers)


@as_system
async def end_grown_up(now: datetime) -> int:
    """End the guardianships of those who have come of age; how many there were."""
    ended = await rows(
        "UPDATE guardianship g SET state = 'ended', ended_at = $1 FROM volunteer v "
        "WHERE v.id = g.ward_id AND v.age >= $2 AND g.state IN ('requested','verified') "
        "RETURNING g.id",
        now,
        AGES.grown_up,
    )
    return len(ended)


@as_system
async def of_ward(volunteer_id: UUID) -> list[UUID]:
    """The accounts that answer for this person now."""
    found = await rows(
        "SELECT guardian_id FROM guardianship WHERE ward_id = $1 AND state = 'verified' "
        "ORDER BY created_at, id",
        volunteer_id,
    )
    return [row["guardian_id"] for row in found]


async def _log(
    actor: Actor, row: dict[str, Any], state: GuardianshipState, evidence: EvidenceKind | None
) -> None:
    await audit.record(
        Act.GUARDIAN_DECIDED,
        subject_kind="volunteer",
        subject_id=row["ward_id"],
        organisation_id=row["organisation_id"],
        account_id=actor.account_id,
        guardianship=str(row["id"]),
        state=state.value,
        evidence=evidence.value if evidence else None,
    )


def _view(actor: Actor, row: dict[str, Any]) -> Guardianship:
    """Before it is checked, neither side learns more of the other than they told each other."""
    is_guardian = actor.account_id == row["guardian_id"]
    is_ward = actor.volunteer_id == row["ward_id"]
    is_open = row["state"] == "verified" or not (is_guardian or is_ward)
    return Guardianship(
        id=row["id"],
        ward_id=row["ward_id"],
        ward_name=row["ward_name"] if is_open or is_ward else masked(row["ward_name"]),
        ward_age=row["ward_age"],
        guardian_name=row["guardian_name"]
        if is_open or is_guardian
        else masked(row["guardian_name"]),
        relation=Relation(row["relation"]),
        state=GuardianshipState(row["state"]),
        is_guardian=is_guardian,
        created_at=row["created_at"],
        decided_at=row["decided_at"],
        ended_at=row["ended_at"],
    )


def masked(name: str) -> str:
    """As much of a name as tells the family that it is theirs."""
    return name[:1] + "*" * max(1, min(3, len(name) - 1))
