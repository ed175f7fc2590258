"""The written agreement: in a project of heavy risk nobody serves who has not signed it (D2).

Its words are kept version by version, and a signature is of one version. Other words ask everybody
anew who is to come: their seats stay theirs, and nobody checks in before they have signed. The
database refuses a confirmed seat and a coming without a signature too.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import ClaimState, new_id
from services import audit, insurance, rights
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.locks import lock_seats
from services.minors import ADULT_AGE, is_minor
from services.notifications import Told, notify_many
from services.rights import Actor, Right, acting, acting_for_anybody
from services.scope import SYSTEM, as_system, entered
from services.transactions import transaction
from services.types import INTEGER_MAX, Text
from services.versions import require_match

_HOLD = [each.value for each in (ClaimState.CONFIRMED, ClaimState.SEEKING_STANDIN)]
_SELECT = (
    "SELECT p.id, p.name AS project_name, p.organisation_id, p.state, "
    "p.is_dangerous, p.is_heavy_risk, p.agreement_version AS version, "
    "coalesce(a.text, '') AS text, a.created_at AS written_at FROM project p "
    "LEFT JOIN agreement a ON a.project_id = p.id AND a.version = p.agreement_version"
)
_SIGNED_AT = (
    "SELECT g.signed_at FROM agreement_signature g JOIN agreement a ON a.id = g.agreement_id "
    "WHERE g.volunteer_id = $1 AND a.project_id = $2 AND a.version = $3"
)
# $1 the project, $2 now, $3 who holds a seat: their next shift, of those who have not signed.
_UNSIGNED = """
    SELECT DISTINCT ON (c.volunteer_id) c.volunteer_id, s.id AS shift_id, s.starts_at
    FROM claim c JOIN shift s ON s.id = c.shift_id JOIN project p ON p.id = s.project_id
    WHERE p.id = $1 AND p.is_heavy_risk AND s.state = 'open' AND s.ends_at > $2
        AND c.state = ANY($3::varchar[]) AND NOT EXISTS (
            SELECT 1 FROM agreement_signature g JOIN agreement a ON a.id = g.agreement_id
            WHERE g.volunteer_id = c.volunteer_id AND a.project_id = p.id
            AND a.version = p.agreement_version)
    ORDER BY c.volunteer_id, s.starts_at
"""


class AgreementIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether serving in the project is of heavy risk, and what is signed for it, as plain text.

    Heavy risk is dangerous too, and needs words.
    """

    is_heavy_risk: bool
    text: Text = ""


class SignatureIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which version was read and is signed."""

    version: Annotated[int, Meta(ge=1, le=INTEGER_MAX)]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """The words as they are now, under the project's id; version 0 where nobody has written any.
    Signed only in a project of heavy risk. `signed_at` is when whoever reads it signed this
    version."""

    id: UUID
    project_name: str
    is_heavy_risk: bool
    version: int
    text: str
    written_at: datetime | None = None
    signed_at: datetime | None = None


@acting_for_anybody
async def read(actor: Actor | None, project_id: UUID) -> Agreement:
    """The agreement of a published project for anybody, of a draft for those who organise it."""
    return await _view(actor, await _row(actor, project_id))


@acting_for_anybody
async def of_shift(actor: Actor | None, shift_id: UUID) -> Agreement:
    """The agreement that goes with a shift."""
    return await read(actor, await _project_of(shift_id))


@acting
async def write(
    actor: Actor, project_id: UUID, command: AgreementIn, if_match: str | None, now: datetime
) -> Agreement:
    """Say whether the project is of heavy risk, and in which words. The same again changes nothing.

    Other words are another version: who holds a seat on a shift to come is told and asked to sign.
    Refused with `policy_needed` where people to come would not be insured.
    """
    rights.require_anywhere(actor, Right.RUN_WORK)
    if command.is_heavy_risk and not command.text.strip():
        raise Invalid([Defect("text", "agreement_without_words")])
    async with transaction():
        await rows("SELECT 1 FROM project WHERE id = $1 FOR NO KEY UPDATE", project_id)
        before = await _row(actor, project_id)
        await rights.require(actor, Right.RUN_WORK, before["organisation_id"])
        require_match(if_match, await _view(actor, before))
        version = await _written(before, command)
        await rows(
            "UPDATE project SET is_heavy_risk = $2, agreement_version = $3, "
            "is_dangerous = is_dangerous OR $2 WHERE id = $1",
            project_id,
            command.is_heavy_risk,
            version,
        )
        if command.is_heavy_risk and not before["is_dangerous"]:
            await insurance.refuse_uncovered(project_id, now)
        if (command.is_heavy_risk, version) != (before["is_heavy_risk"], before["version"]):
            await _record(Act.AGREEMENT_WRITTEN, actor, before, version)
            await _ask_to_sign(before, version, now)
    return await read(actor, project_id)


async def _written(before: dict[str, Any], command: AgreementIn) -> int:
    """The version of these words: a new one where they are others than those of now."""
    current: int = before["version"]
    if not command.text.strip() or (current and command.text == before["text"]):
        return current
    await rows(
        "INSERT INTO agreement (id, created_at, project_id, version, text) "
        "VALUES ($1, now(), $2, $3, $4)",
        new_id(),
        before["id"],
        current + 1,
        command.text,
    )
    return current + 1


async def _ask_to_sign(project: dict[str, Any], version: int, now: datetime) -> None:
    async with entered(SYSTEM):
        found = await rows(_UNSIGNED, project["id"], now, _HOLD)
        told = [
            Told(
                volunteer_id=row["volunteer_id"],
                about=row["shift_id"],
                once=f"agreement:{project['id']}:{version}",
                facts={"project": project["project_name"], "starts_at": row["starts_at"]},
            )
            for row in found
        ]
        await notify_many("agreement_to_sign", told, urgent=True)


@acting
async def sign(actor: Actor, shift_id: UUID, command: SignatureIn, now: datetime) -> Agreement:
    """Sign what goes with the shift, for oneself and for every shift of the project. Twice is once.

    Refused with `agreement_reworded` for another version than today's, `agreement_not_needed`
    where nothing is signed, `agreement_for_adults` below 18.
    """
    volunteer_id = rights.require_person(actor)
    project_id = await _project_of(shift_id)
    await _row(actor, project_id)
    async with entered(SYSTEM), transaction():
        # The words stay what they are until the signature is written.
        await lock_seats([shift_id], [volunteer_id])
        found = await _row(actor, project_id)
        if not found["is_heavy_risk"]:
            raise Conflict("agreement_not_needed")
        if command.version != found["version"]:
            raise Conflict("agreement_reworded", shown=command.version, version=found["version"])
        await _require_adult(volunteer_id)
        signed = await rows(
            "INSERT INTO agreement_signature (id, created_at, volunteer_id, agreement_id, "
            "signed_at) SELECT $1, $4, $2, a.id, $4 FROM agreement a WHERE a.project_id = $3 "
            "AND a.version = $5 ON CONFLICT (volunteer_id, agreement_id) DO NOTHING RETURNING id",
            new_id(),
            volunteer_id,
            project_id,
            now,
            command.version,
        )
        if signed:
            await _record(Act.AGREEMENT_SIGNED, actor, found, command.version)
    return await read(actor, project_id)


async def _require_adult(volunteer_id: UUID) -> None:
    found = await rows("SELECT age FROM volunteer WHERE id = $1", volunteer_id)
    if is_minor(found[0]["age"]):
        raise Conflict("agreement_for_adults", age=ADULT_AGE)


@as_system
async def is_signed(volunteer_id: UUID, shift_id: UUID) -> bool:
    """Whether nothing is left for the person to sign before they may come to the shift."""
    return not await rows(
        "SELECT 1 FROM shift s JOIN project p ON p.id = s.project_id WHERE s.id = $2 "
        "AND p.is_heavy_risk AND NOT EXISTS (SELECT 1 FROM agreement_signature g "
        "JOIN agreement a ON a.id = g.agreement_id WHERE g.volunteer_id = $1 "
        "AND a.project_id = p.id AND a.version = p.agreement_version)",
        volunteer_id,
        shift_id,
    )


@as_system
async def refuse_unsigned(volunteer_id: UUID, shift_id: UUID) -> None:
    """Refuse a seat, or coming, to whoever has not signed (`agreement_missing`)."""
    if not await is_signed(volunteer_id, shift_id):
        raise Conflict("agreement_missing", shift_id=shift_id)


@as_system
async def unsigned_on(shift_id: UUID) -> list[UUID]:
    """The claims of those who are to come to the shift and have not signed."""
    found = await rows(
        "SELECT c.id FROM claim c JOIN shift s ON s.id = c.shift_id "
        "JOIN project p ON p.id = s.project_id WHERE s.id = $1 AND p.is_heavy_risk "
        "AND c.state = ANY($2::varchar[]) AND NOT EXISTS (SELECT 1 FROM agreement_signature g "
        "JOIN agreement a ON a.id = g.agreement_id WHERE g.volunteer_id = c.volunteer_id "
        "AND a.project_id = p.id AND a.version = p.agreement_version) ORDER BY c.id",
        shift_id,
        _HOLD,
    )
    return [row["id"] for row in found]


async def _project_of(shift_id: UUID) -> UUID:
    found = await rows("SELECT project_id FROM shift WHERE id = $1", shift_id)
    if not found:
        raise NotFound
    project_id: UUID = found[0]["project_id"]
    return project_id


async def _row(actor: Actor | None, project_id: UUID) -> dict[str, Any]:
    found = await rows(f"{_SELECT} WHERE p.id = $1", project_id)
    if not found:
        raise NotFound
    is_public = found[0]["state"] == "published"
    if not is_public and not await rights.covers(
        actor, Right.SEE_WORK, found[0]["organisation_id"]
    ):
        raise NotFound
    return found[0]


async def _view(actor: Actor | None, row: dict[str, Any]) -> Agreement:
    signed: list[dict[str, Any]] = []
    if actor is not None and actor.volunteer_id is not None:
        signed = await rows(_SIGNED_AT, actor.volunteer_id, row["id"], row["version"])
    shown = {name: row[name] for name in Agreement.__struct_fields__ if name in row}
    return Agreement(**shown, signed_at=signed[0]["signed_at"] if signed else None)


async def _record(act: Act, actor: Actor, project: dict[str, Any], version: int) -> None:
    await audit.record(
        act,
        subject_kind="project",
        subject_id=project["id"],
        organisation_id=project["organisation_id"],
        account_id=actor.account_id,
        version=version,
    )
