"""Draws: at its moment, a shift's seats go to those who entered, in an order that nobody chose.

The order is that of SHA-256 over the seed and the claim's id. Seed and places are kept, so that
everybody who may see the shift can draw it again and finds the same.
"""

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import ClaimState, new_id
from services import activity_consents, agreements, audit
from services.activity_consents import Need
from services.audit import Act
from services.claims.asking import ask_about
from services.database import rows
from services.errors import NotFound
from services.locks import lock_seats
from services.minors import is_minor
from services.notifications import Told, notify_many
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.transactions import transaction

SEED_BYTES = 16
_S = ClaimState

_ENTERED = (
    "SELECT c.id, c.volunteer_id, c.role_id, r.key AS role_key, v.age FROM claim c "
    "JOIN role r ON r.id = c.role_id JOIN volunteer v ON v.id = c.volunteer_id "
    "WHERE c.shift_id = $1 AND c.state = 'entered' ORDER BY c.id"
)
_SHIFT = (
    "SELECT s.id, s.starts_at, p.name AS project_name, p.organisation_id "
    "FROM shift s JOIN project p ON p.id = s.project_id WHERE s.id = $1 AND s.state = 'open' "
    "AND s.claim_mode = 'draw' AND s.draw_at <= $2 "
    "AND NOT EXISTS (SELECT 1 FROM shift_draw d WHERE d.shift_id = s.id)"
)


class DrawnClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One who entered: the place drawn, for which role. Who it is, is not said."""

    claim_id: UUID
    role_key: str
    place: int


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """A draw that was held. Sorting the claims' ids by SHA-256 of `seed` (as it is written) and
    the id gives the places again; `seated` of them had a seat at once."""

    shift_id: UUID
    drawn_at: datetime
    seed: str
    entered: int
    seated: int
    claims: list[DrawnClaim]


def new_seed() -> str:
    """128 bits that nobody can foresee."""
    return os.urandom(SEED_BYTES).hex()


def order_of(seed: str, claim_ids: list[UUID]) -> list[UUID]:
    """The claims in the order that this seed draws."""
    return sorted(claim_ids, key=lambda each: hashlib.sha256(f"{seed}{each}".encode()).digest())


@as_system
async def draw_due(
    now: datetime, settings: Settings, make_seed: Callable[[], str] = new_seed
) -> int:
    """Hold the draws whose moment has come; how many."""
    due = await rows(
        "SELECT s.id FROM shift s WHERE s.claim_mode = 'draw' AND s.draw_at <= $1 "
        "AND s.state = 'open' "
        "AND NOT EXISTS (SELECT 1 FROM shift_draw d WHERE d.shift_id = s.id) ORDER BY s.draw_at",
        now,
    )
    held = 0
    for row in due:
        held += await _hold(row["id"], now, settings, make_seed())
    return held


async def _hold(shift_id: UUID, now: datetime, settings: Settings, seed: str) -> bool:
    people = [row["volunteer_id"] for row in await rows(_ENTERED, shift_id)]
    async with transaction():
        await lock_seats([shift_id], people)
        found = await rows(_SHIFT, shift_id, now)
        if not found:  # Another worker was faster, or it was called off.
            return False
        # Whoever entered after the people were read waits until they are locked too.
        by_id = {row["id"]: row for row in await rows(_ENTERED, shift_id)}
        if not {row["volunteer_id"] for row in by_id.values()} <= set(people):
            return False
        await rows(
            "INSERT INTO shift_draw (id, created_at, shift_id, seed, entered, seated) "
            "VALUES ($1, $2, $3, $4, $5, 0)",
            new_id(),
            now,
            shift_id,
            seed,
            len(by_id),
        )
        drawn = [by_id[each] for each in order_of(seed, list(by_id))]
        await _give_seats(found[0], drawn, now, settings)
    return True


async def _give_seats(
    shift: dict[str, Any], drawn: list[dict[str, Any]], now: datetime, settings: Settings
) -> None:
    free = {
        row["id"]: row["free"]
        for row in await rows(
            "SELECT id, maximum - held AS free FROM role WHERE shift_id = $1", shift["id"]
        )
    }
    everybody = [entry["volunteer_id"] for entry in drawn]
    seated: set[UUID] = set()

    async def give(entry: dict[str, Any]) -> bool:
        if free[entry["role_id"]] <= 0 or not await _may_have(
            shift, entry, everybody, now, settings
        ):
            return False
        free[entry["role_id"]] -= 1
        await _set_state(entry, _S.CONFIRMED, now)
        seated.add(entry["id"])
        return True

    passed_over: list[dict[str, Any]] = []
    for place, entry in enumerate(drawn, start=1):
        entry["place"] = place
        if not await give(entry):
            passed_over.append(entry)
        elif not is_minor(entry["age"]):
            # A minor who was drawn before has been waiting for somebody grown up beside them.
            young = [each for each in passed_over if is_minor(each["age"])]
            passed_over = [
                each for each in passed_over if each not in young or not await give(each)
            ]
    for entry in passed_over:
        await _set_state(entry, _S.WAITLISTED, now)
    await _tell_and_record(shift, drawn, seated)


async def _set_state(entry: dict[str, Any], state: ClaimState, now: datetime) -> None:
    await rows(
        "UPDATE claim SET state = $2, queue_place = $3, changed_at = $4, "
        "version = version + 1 WHERE id = $1",
        entry["id"],
        state.value,
        entry["place"],
        now,
    )


async def _tell_and_record(
    shift: dict[str, Any], drawn: list[dict[str, Any]], seated: set[UUID]
) -> None:
    await rows("UPDATE shift_draw SET seated = $2 WHERE shift_id = $1", shift["id"], len(seated))
    await audit.record(
        Act.SEATS_DRAWN,
        subject_kind="shift",
        subject_id=shift["id"],
        organisation_id=shift["organisation_id"],
        entered=len(drawn),
        seated=len(seated),
    )
    facts = {"project": shift["project_name"], "starts_at": shift["starts_at"]}
    for kind, has_seat in (("draw_seat", True), ("draw_waits", False)):
        told = [
            Told(
                volunteer_id=entry["volunteer_id"],
                about=entry["id"],
                once=f"draw:{entry['id']}",
                facts=facts,
            )
            for entry in drawn
            if (entry["id"] in seated) is has_seat
        ]
        await notify_many(kind, told)


async def _may_have(
    shift: dict[str, Any],
    entry: dict[str, Any],
    considered: list[UUID],
    now: datetime,
    settings: Settings,
) -> bool:
    """Whether the person could take a seat now; what they promised meanwhile counts."""
    answers = await ask_about(
        entry["volunteer_id"],
        [shift["id"]],
        entry["role_key"],
        now,
        settings,
        considered=considered,
        advances=_S.ENTERED,
    )
    answer = answers.get(shift["id"])
    if answer is None or answer.refused is not None:
        return False
    need = await activity_consents.need(entry["volunteer_id"], answer.person.age, shift["id"])
    return need is Need.NOTHING and await agreements.is_signed(entry["volunteer_id"], shift["id"])


@acting
async def read_draw(actor: Actor, shift_id: UUID) -> Draw:
    """How a shift was drawn, for everybody who may see it. NotFound("not_drawn") before."""
    if not await rows("SELECT 1 FROM shift WHERE id = $1", shift_id):
        raise NotFound
    async with entered(SYSTEM):
        found = await rows("SELECT * FROM shift_draw WHERE shift_id = $1", shift_id)
        if not found:
            raise NotFound("not_drawn")
        drawn = await rows(
            "SELECT c.id AS claim_id, r.key AS role_key, c.queue_place AS place FROM claim c "
            "JOIN role r ON r.id = c.role_id WHERE c.shift_id = $1 AND c.queue_place <= $2 "
            "AND c.created_at <= $3 ORDER BY c.queue_place",
            shift_id,
            found[0]["entered"],
            found[0]["created_at"],
        )
    [row] = found
    return Draw(
        shift_id=shift_id,
        drawn_at=row["created_at"],
        seed=row["seed"],
        entered=row["entered"],
        seated=row["seated"],
        claims=msgspec.convert(drawn, list[DrawnClaim]),
    )
