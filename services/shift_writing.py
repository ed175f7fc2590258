"""Writing a shift with its roles, and refusing what would hurt people who already hold seats.

For `services.shifts` alone, which holds the locks.
"""

from datetime import UTC, datetime
from uuid import UUID

from models.core import (
    LIVE_STATES,
    SEAT_STATES,
    ClaimMode,
    Invitation,
    RoleGroup,
    RoleSkill,
    TeamLine,
    new_id,
)
from services import rights
from services.database import rows
from services.errors import Conflict, Defect, Invalid
from services.lists import listed_twice
from services.rights import Actor, Right
from services.shift_types import RoleIn, Shift, ShiftIn
from services.spans import span_defects
from services.volunteers import visible_ids

_LIVE = [state.value for state in LIVE_STATES]
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_LIVE_OR_SERVED = [state.value for state in LIVE_STATES | SEAT_STATES]


async def refuse_defects(actor: Actor, command: ShiftIn, before: Shift | None = None) -> None:
    """Raise Invalid with every defect of the command, then Conflict where `before` forbids it."""
    found = span_defects("", command.starts_at, command.ends_at)
    found += await _project_defects(actor, command, before)
    found += _mode_defects(command)
    found += _role_defects(command.roles)
    found += await _unknown_groups(command.roles)
    found += listed_twice("team", [(each.skill, each.level, each.count) for each in command.team])
    found += listed_twice("invited", command.invited)
    # A program that writes shifts need not see people, as long as it invites none.
    visible = await visible_ids(actor, command.invited) if command.invited else set()
    found += [
        Defect(f"invited[{index}]", "unknown_id")
        for index, volunteer_id in enumerate(command.invited)
        if volunteer_id not in visible
    ]
    if found:
        raise Invalid(found)
    if before is not None:
        await _refuse_hurting(command, before)


async def _project_defects(actor: Actor, command: ShiftIn, before: Shift | None) -> list[Defect]:
    if before is not None:
        is_same = command.project_id == before.project_id
        return [] if is_same else [Defect("project_id", "cannot_change")]
    found = await rows("SELECT organisation_id FROM project WHERE id = $1", command.project_id)
    if found and await rights.covers(actor, Right.RUN_WORK, found[0]["organisation_id"]):
        return []
    return [Defect("project_id", "unknown_id")]


def _mode_defects(command: ShiftIn) -> list[Defect]:
    """How claims are made, and from when."""
    opens_at, draw_at = command.opens_at, command.draw_at
    if (command.claim_mode is ClaimMode.DRAW) != (draw_at is not None):
        return [Defect("draw_at", "draw_without_mode" if draw_at else "draw_without_moment")]
    if draw_at is not None and not (opens_at or _BEFORE_ALL) < draw_at <= command.starts_at:
        return [Defect("draw_at", "draw_out_of_time")]
    if opens_at is not None and opens_at >= command.ends_at:
        return [Defect("opens_at", "opens_too_late")]
    return []


def _role_defects(roles: list[RoleIn]) -> list[Defect]:
    if not roles:
        return [Defect("roles", "no_roles")]
    found = listed_twice("roles", [role.key for role in roles])
    for index, role in enumerate(roles):
        if not role.minimum <= role.target <= (role.maximum or role.target):
            found.append(Defect(f"roles[{index}].target", "seats_out_of_order"))
        if role.min_age > role.max_age:
            found.append(Defect(f"roles[{index}].max_age", "ages_out_of_order"))
        found += listed_twice(f"roles[{index}].groups", role.groups)
    return found


async def _unknown_groups(roles: list[RoleIn]) -> list[Defect]:
    named = [group for role in roles for group in role.groups]
    found = await rows("SELECT id FROM organisation WHERE id = ANY($1::uuid[])", named)
    known = {row["id"] for row in found}
    return [
        Defect(f"roles[{index}].groups[{position}]", "unknown_id")
        for index, role in enumerate(roles)
        for position, group in enumerate(role.groups)
        if group not in known
    ]


async def _refuse_other_mode(command: ShiftIn, before: Shift) -> None:
    """Who asked under one mode is not to find themselves under another."""
    if (command.claim_mode, command.draw_at) == (before.claim_mode, before.draw_at):
        return
    if before.is_drawn:
        raise Conflict("already_drawn")
    [found] = await rows(
        "SELECT count(*) AS claims FROM claim WHERE shift_id = $1 "
        "AND state IN ('requested', 'entered')",
        before.id,
    )
    if found["claims"]:
        raise Conflict("claim_mode_in_use", claims=found["claims"])


async def _refuse_hurting(command: ShiftIn, before: Shift) -> None:
    await _refuse_other_mode(command, before)
    [found] = await rows(
        "SELECT count(*) AS claims FROM claim WHERE shift_id = $1 AND state = ANY($2)",
        before.id,
        _LIVE_OR_SERVED,
    )
    if found["claims"] and (
        (command.starts_at, command.ends_at, command.place, command.location)
        != (before.starts_at, before.ends_at, before.place, before.location)
    ):
        raise Conflict("shift_has_claims", claims=found["claims"])
    wanted = {role.key: role for role in command.roles}
    for role in before.roles:
        kept = wanted.get(role.key)
        if kept is not None and (kept.maximum or kept.target) < role.held:
            raise Conflict("below_held", role=role.key, held=role.held)
        if kept is None and await rows("SELECT 1 FROM claim WHERE role_id = $1", role.id):
            raise Conflict("role_has_claims", role=role.key)


async def write_shift(shift_id: UUID, command: ShiftIn, external_key: str) -> None:
    """The shift's own row, new or changed."""
    longitude, latitude = command.location or (None, None)
    await rows(
        "INSERT INTO shift (id, created_at, project_id, external_key, starts_at, ends_at, place, "
        "longitude, latitude, priority, cancel_below_minimum, claim_mode, opens_at, draw_at, "
        "cutoff_minutes, state, version) "
        "VALUES ($1, now(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', 1) "
        "ON CONFLICT (id) DO UPDATE SET external_key = $3, starts_at = $4, ends_at = $5, "
        "place = $6, longitude = $7, latitude = $8, priority = $9, cancel_below_minimum = $10, "
        "claim_mode = $11, opens_at = $12, draw_at = $13, cutoff_minutes = $14, "
        "version = shift.version + 1",
        shift_id,
        command.project_id,
        external_key,
        command.starts_at,
        command.ends_at,
        command.place,
        longitude,
        latitude,
        command.priority,
        command.cancel_below_minimum,
        command.claim_mode.value,
        command.opens_at,
        command.draw_at,
        command.cutoff_minutes,
    )


async def write_parts(shift_id: UUID, command: ShiftIn) -> None:
    """The roles by their keys, the team and the invitations; what is not named is taken away."""
    keys = [role.key for role in command.roles]
    await rows("DELETE FROM role WHERE shift_id = $1 AND key <> ALL($2::text[])", shift_id, keys)
    for role in command.roles:
        await _write_role(shift_id, role)
    await TeamLine.filter(shift_id=shift_id).delete()
    await TeamLine.bulk_create(
        [
            TeamLine(shift_id=shift_id, skill=line.skill, level=line.level, count=line.count)
            for line in command.team
        ]
    )
    await Invitation.filter(shift_id=shift_id).delete()
    await Invitation.bulk_create(
        [Invitation(shift_id=shift_id, volunteer_id=each) for each in command.invited]
    )


async def _write_role(shift_id: UUID, role: RoleIn) -> None:
    [row] = await rows(
        "INSERT INTO role (id, created_at, shift_id, key, name, minimum, target, maximum, "
        "min_age, max_age, held) VALUES ($1, now(), $2, $3, $4, $5, $6, $7, $8, $9, 0) "
        "ON CONFLICT (shift_id, key) DO UPDATE SET name = $4, minimum = $5, target = $6, "
        "maximum = $7, min_age = $8, max_age = $9 RETURNING id",
        new_id(),
        shift_id,
        role.key,
        role.name or role.key,
        role.minimum,
        role.target,
        role.maximum or role.target,
        role.min_age,
        role.max_age,
    )
    await RoleSkill.filter(role_id=row["id"]).delete()
    await RoleSkill.bulk_create(
        [
            RoleSkill(role_id=row["id"], skill=skill, level=level)
            for skill, level in role.skills.items()
        ]
    )
    await RoleGroup.filter(role_id=row["id"]).delete()
    await RoleGroup.bulk_create(
        [RoleGroup(role_id=row["id"], organisation_id=group) for group in role.groups]
    )


async def called_off_claims(shift_id: UUID, now: datetime) -> None:
    """Let go of every claim of the shift that is still live."""
    await rows(
        "UPDATE claim SET state = 'called_off', changed_at = $2, version = version + 1 "
        "WHERE shift_id = $1 AND state = ANY($3)",
        shift_id,
        now,
        _LIVE,
    )
