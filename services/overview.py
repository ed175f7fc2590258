"""A person at a glance: what comes next, what was given, and what is worth their attention."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from services import rights, skills
from services.database import rows
from services.errors import NotFound
from services.profile_types import NextSeat, Overview, Todo, TodoKind
from services.rights import Actor, acting
from services.settings import Settings
from services.shifts import ShiftBrief
from services.skills.types import SELECT as SKILLS
from services.skills.types import HeldSkill, SkillState, held_skill

__all__ = ["NextSeat", "Overview", "Todo", "TodoKind", "overview"]

SOON = timedelta(days=30)
_COMING = ["confirmed", "seeking_standin", "checked_in"]


@acting
async def overview(actor: Actor, volunteer_id: UUID, now: datetime, settings: Settings) -> Overview:
    """Who somebody is here, what comes next, and what is worth their attention."""
    rights.require_own(actor, volunteer_id)
    today = now.astimezone(settings.zone).date()
    found = await rows(
        "SELECT v.id, v.name, v.age, v.served_minutes, v.created_at, v.home_longitude, "
        "o.name AS organisation_name, "
        "EXISTS (SELECT 1 FROM availability_window WHERE volunteer_id = v.id) OR "
        "EXISTS (SELECT 1 FROM availability_exception e WHERE e.volunteer_id = v.id "
        "AND e.kind = 'extra' AND e.ends_at > $2) AS has_times, "
        "(SELECT count(*) FROM offer f JOIN claim c ON c.id = f.claim_id "
        "WHERE c.volunteer_id = v.id AND c.state = 'offered' AND f.deadline_at > $2) AS offers, "
        "(SELECT coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.points ELSE -t.points END), 0) "
        "FROM points_account a JOIN points_transfer t ON a.id IN (t.credit_id, t.debit_id) "
        "WHERE a.volunteer_id = v.id)::bigint AS points "
        "FROM volunteer v LEFT JOIN organisation o ON o.id = v.organisation_id "
        "WHERE v.id = $1 AND v.state = 'active'",
        volunteer_id,
        now,
    )
    if not found:
        raise NotFound
    [row] = found
    seats = await _seats_to_come(volunteer_id, now)
    return Overview(
        id=row["id"],
        name=row["name"],
        age=row["age"],
        organisation_name=row["organisation_name"] or "",
        served_minutes=row["served_minutes"],
        points=row["points"],
        shifts_to_come=len(seats),
        next_seat=seats[0] if seats else None,
        todo=[
            *await _at_risk(actor, volunteer_id, now, settings),
            *([Todo(kind=TodoKind.OFFERS, count=row["offers"])] if row["offers"] else []),
            *_skills_todo(await _skills(volunteer_id, today), today),
            *([] if row["has_times"] else [Todo(kind=TodoKind.NO_TIMES)]),
            *([] if row["home_longitude"] is not None else [Todo(kind=TodoKind.NO_HOME)]),
        ],
        since=row["created_at"],
    )


async def _seats_to_come(volunteer_id: UUID, now: datetime) -> list[NextSeat]:
    found = await rows(
        "SELECT c.id, s.id AS shift_id, s.place, s.starts_at, s.ends_at, p.name AS project_name, "
        "coalesce(nullif(r.name, ''), r.key) AS role_name FROM claim c "
        "JOIN role r ON r.id = c.role_id JOIN shift s ON s.id = c.shift_id "
        "JOIN project p ON p.id = s.project_id "
        "WHERE c.volunteer_id = $1 AND c.state = ANY($2::varchar[]) AND s.ends_at > $3 "
        "ORDER BY s.starts_at, c.id",
        volunteer_id,
        _COMING,
        now,
    )
    return [
        NextSeat(
            claim_id=row["id"],
            shift=ShiftBrief(
                id=row["shift_id"],
                project_name=row["project_name"],
                place=row["place"],
                starts_at=row["starts_at"],
                ends_at=row["ends_at"],
            ),
            role_name=row["role_name"],
        )
        for row in found
    ]


async def _at_risk(
    actor: Actor, volunteer_id: UUID, now: datetime, settings: Settings
) -> list[Todo]:
    seats = await skills.own_seats_at_risk(actor, now, settings)
    return [
        Todo(
            kind=TodoKind.SEAT_AT_RISK,
            skill="、".join(seat.missing),
            shift=ShiftBrief(
                id=seat.shift_id,
                project_name=seat.project_name,
                place="",
                starts_at=seat.starts_at,
                ends_at=seat.starts_at,
            ),
        )
        for seat in seats
        if seat.volunteer_id == volunteer_id
    ]


async def _skills(volunteer_id: UUID, today: date) -> list[HeldSkill]:
    found = await rows(f"{SKILLS} WHERE k.volunteer_id = $2 ORDER BY k.skill", today, volunteer_id)
    return [held_skill(row) for row in found]


def _skills_todo(held: Sequence[HeldSkill], today: date) -> list[Todo]:
    found = []
    for each in held:
        kind = _kind_of(each, today)
        if kind is not None:
            found.append(Todo(kind=kind, skill_id=each.id, skill=each.skill, day=each.expires_on))
    order = list(TodoKind)
    return sorted(found, key=lambda todo: order.index(todo.kind))


def _kind_of(skill: HeldSkill, today: date) -> TodoKind | None:
    if skill.state is SkillState.REFUSED:
        return TodoKind.SKILL_REFUSED
    if skill.expires_on is not None and skill.expires_on < today:
        return TodoKind.SKILL_ENDED
    if skill.counts and skill.expires_on is not None and skill.expires_on <= today + SOON:
        return TodoKind.SKILL_ENDS
    if skill.is_restricted and skill.state is SkillState.DECLARED and not skill.evidence.strip():
        return TodoKind.SKILL_NEEDS_EVIDENCE
    return None
