"""Writing people and shifts: set-based, inside the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from models.core import (
    AvailabilityException,
    AvailabilityExceptionKind,
    AvailabilityWindow,
    Engagement,
    Invitation,
    MembershipKind,
    Organisation,
    OrganisationKind,
    PointsAccount,
    PointsAccountKind,
    Project,
    ProjectState,
    Role,
    RoleGroup,
    RoleSkill,
    Shift,
    Table,
    TeamLine,
    Volunteer,
    VolunteerLiking,
)
from services import personal, skills
from services.birth import age_on
from services.database import rows
from services.imports.wanted import (
    NewGroup,
    NewProject,
    Position,
    WantedShift,
    WantedVolunteer,
)
from services.member_groups import put_into_groups

BATCH_ROWS = 2_000
GROWN_UP = 18  # Younger people are in no list of those who may be called (C3).

_VOLUNTEER_COLUMNS = (
    "name",
    "age",
    "home_longitude",
    "home_latitude",
    "max_travel_m",
    "max_minutes",
    "max_minutes_per_day",
    "max_shifts",
    "served_minutes",
)
_SHIFT_COLUMNS = (
    "project_id",
    "starts_at",
    "ends_at",
    "place",
    "longitude",
    "latitude",
    "priority",
    "cancel_below_minimum",
    "version",
)
_ROLE_COLUMNS = ("minimum", "target", "maximum", "min_age", "max_age")


async def write(found: Sequence[Table]) -> None:
    """New rows, many at a time."""
    if found:
        await type(found[0]).bulk_create(found, batch_size=BATCH_ROWS)


async def _write_or_update(
    found: Sequence[Table], columns: Iterable[str], key: Sequence[str] = ("id",)
) -> None:
    if found:
        await type(found[0]).bulk_create(
            found, batch_size=BATCH_ROWS, on_conflict=key, update_fields=columns
        )


async def write_groups(organisation_id: UUID, groups: Sequence[NewGroup]) -> None:
    """New service teams right under an organisation."""
    kind = OrganisationKind.SERVICE_TEAM
    await write(
        [
            Organisation(id=each.id, kind=kind, parent_id=organisation_id, name=each.name)
            for each in groups
        ]
    )


async def write_projects(organisation_id: UUID, projects: Sequence[NewProject]) -> None:
    """New projects: published if they have a risk statement, drafts otherwise."""
    await write([_project(organisation_id, each) for each in projects])


def _project(organisation_id: UUID, project: NewProject) -> Project:
    stated = bool(project.risk_statement)
    return Project(
        id=project.id,
        organisation_id=organisation_id,
        external_key=project.key,
        name=project.name,
        category=project.category,
        state=ProjectState.PUBLISHED if stated else ProjectState.DRAFT,
        risk_statement=project.risk_statement,
        risk_statement_version=1 if stated else 0,
    )


async def write_volunteers(
    organisation_id: UUID,
    volunteers: Sequence[WantedVolunteer],
    groups: Iterable[UUID],
    today: date,
    groups_from: date,
) -> None:
    """People who are new or changed, in their groups from a day on. Memberships outside of
    `groups` are left alone."""
    moved = [each for each in volunteers if each.outcome in ("new", "changed")]
    people = [_volunteer(organisation_id, each, today) for each in moved]
    await rows(
        "UPDATE volunteer SET is_on_call = false WHERE id = ANY($1::uuid[]) AND is_on_call",
        [each.id for each in people if each.age < GROWN_UP],
    )
    await _write_or_update(people, _VOLUNTEER_COLUMNS)
    born = [each for each in moved if each.stored is None or _is_named_anew(each)]
    await personal.put_birth_dates({each.id: each.complete["birth_date"] for each in born})
    await personal.put_phones(
        {
            each.id: phone
            for each in moved
            if (each.stored is None or "phone" in each.changed)
            and (phone := each.complete["phone"]) is not None
        }
    )
    await write(
        [
            PointsAccount(kind=PointsAccountKind.VOLUNTEER, volunteer_id=each.id)
            for each in moved
            if each.stored is None
        ]
    )
    # A sheet speaks of teams: who belongs to one in another way, and is listed, belongs twice.
    await put_into_groups(
        {each.id: each.complete["groups"] for each in moved if _lists_anew(each, "groups")},
        list(groups),
        groups_from,
        kinds=[MembershipKind.TEAM],
    )
    await _write_skills(moved)
    await _write_times(moved)
    await _write_rest(moved)


def _is_named_anew(wanted: WantedVolunteer) -> bool:
    """Name and day of birth together are how somebody is found who was registered twice."""
    return "birth_date" in wanted.changed or "name" in wanted.changed


def _lists_anew(wanted: WantedVolunteer | WantedShift, name: str) -> bool:
    return wanted.stored is None or name in wanted.changed


def _volunteer(organisation_id: UUID, wanted: WantedVolunteer, today: date) -> Volunteer:
    fields = wanted.complete
    longitude, latitude = _degrees(fields["home"])
    return Volunteer(
        id=wanted.id,
        organisation_id=organisation_id,
        external_key=wanted.key,
        name=fields["name"],
        age=age_on(fields["birth_date"], today) if wanted.age is None else wanted.age,
        home_longitude=longitude,
        home_latitude=latitude,
        max_travel_m=fields["max_travel_m"],
        max_minutes=fields["max_minutes"],
        max_minutes_per_day=fields["max_minutes_per_day"],
        max_shifts=fields["max_shifts"],
        served_minutes=fields["served_minutes"],
    )


def _degrees(position: Position | None) -> tuple[float | None, float | None]:
    return position or (None, None)


async def _write_skills(moved: Sequence[WantedVolunteer]) -> None:
    anew = [each for each in moved if _lists_anew(each, "skills")]
    kept = [(each.id, skill) for each in anew for skill in each.complete["skills"]]
    await rows(
        "DELETE FROM volunteer_skill s WHERE s.volunteer_id = ANY($1::uuid[]) AND NOT EXISTS ("
        "SELECT 1 FROM unnest($2::uuid[], $3::text[]) AS kept(volunteer_id, skill) "
        "WHERE kept.volunteer_id = s.volunteer_id AND kept.skill = s.skill)",
        [each.id for each in anew if each.stored],
        [volunteer_id for volunteer_id, _ in kept],
        [skill for _, skill in kept],
    )
    await skills.write_imported(
        [line for each in moved for line in imported_skills(each) if _says_of_skills(each)]
    )


def imported_skills(wanted: WantedVolunteer) -> list[skills.ImportedSkill]:
    """The person's skills as they will be; evidence only where the input brings new one."""
    stored = wanted.stored.fields["evidence"] if wanted.stored else {}
    given = wanted.fields.get("evidence", {})
    lines = []
    for skill, (level, expires_on) in wanted.complete["skills"].items():
        kind, words = given.get(skill, ("", ""))
        is_new = (kind, words) != stored.get(skill)
        lines.append(
            skills.ImportedSkill(
                volunteer_id=wanted.id,
                skill=skill,
                level=level,
                expires_on=expires_on,
                evidence=words if is_new else "",
                evidence_kind=skills.EvidenceKind(kind) if kind and is_new else None,
            )
        )
    return lines


def _says_of_skills(wanted: WantedVolunteer) -> bool:
    return _lists_anew(wanted, "skills") or _lists_anew(wanted, "evidence")


async def _write_times(moved: Sequence[WantedVolunteer]) -> None:
    for_windows = [each for each in moved if _lists_anew(each, "windows")]
    await _clear("availability_window", "volunteer_id", for_windows, "windows")
    await write(
        [
            AvailabilityWindow(
                volunteer_id=each.id, weekday=weekday, start_minute=start, end_minute=end
            )
            for each in for_windows
            for weekday, start, end in each.complete["windows"]
        ]
    )
    for_changes = [each for each in moved if _lists_anew(each, "changes")]
    await _clear("availability_exception", "volunteer_id", for_changes, "changes")
    await write(
        [
            AvailabilityException(
                volunteer_id=each.id,
                kind=AvailabilityExceptionKind(kind),
                starts_at=start,
                ends_at=end,
            )
            for each in for_changes
            for kind, start, end in each.complete["changes"]
        ]
    )


async def _write_rest(moved: Sequence[WantedVolunteer]) -> None:
    for_likes = [each for each in moved if _lists_anew(each, "likes")]
    await _clear("volunteer_liking", "volunteer_id", for_likes, "likes")
    await write(
        [
            VolunteerLiking(volunteer_id=each.id, cause=cause, liking=liking)
            for each in for_likes
            for cause, liking in each.complete["likes"].items()
        ]
    )
    for_engaged = [each for each in moved if _lists_anew(each, "engaged")]
    await _clear("engagement", "volunteer_id", for_engaged, "engaged")
    await write(
        [
            _engagement(each.id, start, end, position)
            for each in for_engaged
            for start, end, position in each.complete["engaged"]
        ]
    )


def _engagement(volunteer_id: UUID, start: Any, end: Any, position: Position | None) -> Engagement:
    longitude, latitude = _degrees(position)
    return Engagement(
        volunteer_id=volunteer_id,
        starts_at=start,
        ends_at=end,
        longitude=longitude,
        latitude=latitude,
    )


async def _clear(
    table: str, key: str, wanted: Sequence[WantedVolunteer | WantedShift], name: str
) -> None:
    ids = [each.id for each in wanted if name in each.changed]
    if ids:
        await rows(f"DELETE FROM {table} WHERE {key} = ANY($1::uuid[])", ids)


async def write_shifts(shifts: Sequence[WantedShift]) -> None:
    """Shifts that are new or changed, with their roles, teams and invitations."""
    moved = [each for each in shifts if each.outcome in ("new", "changed")]
    await _write_or_update([_shift(each) for each in moved], _SHIFT_COLUMNS)
    await _write_roles([each for each in moved if _lists_anew(each, "roles")])
    for_team = [each for each in moved if _lists_anew(each, "team")]
    await _clear("team_line", "shift_id", for_team, "team")
    await write(
        [
            TeamLine(shift_id=each.id, skill=skill, level=level, count=count)
            for each in for_team
            for skill, level, count in each.complete["team"]
        ]
    )


async def write_invitations(shifts: Sequence[WantedShift]) -> None:
    """Who is asked for, once the people are there."""
    moved = [each for each in shifts if each.outcome in ("new", "changed")]
    for_invited = [each for each in moved if _lists_anew(each, "invited")]
    await _clear("invitation", "shift_id", for_invited, "invited")
    await write(
        [
            Invitation(shift_id=each.id, volunteer_id=volunteer_id)
            for each in for_invited
            for volunteer_id in each.complete["invited"]
        ]
    )


def _shift(wanted: WantedShift) -> Shift:
    fields = wanted.complete
    longitude, latitude = _degrees(fields["location"])
    return Shift(
        id=wanted.id,
        project_id=fields["project"],
        external_key=wanted.key,
        starts_at=fields["starts_at"],
        ends_at=fields["ends_at"],
        place=fields["place"],
        longitude=longitude,
        latitude=latitude,
        priority=fields["priority"],
        cancel_below_minimum=fields["cancel_below_minimum"],
        version=wanted.stored.version + 1 if wanted.stored else 1,
    )


async def _write_roles(shifts: Sequence[WantedShift]) -> None:
    gone = [
        role.id
        for each in shifts
        for key, role in (each.stored.roles.items() if each.stored else ())
        if key not in each.role_ids
    ]
    await rows("DELETE FROM role WHERE id = ANY($1::uuid[])", gone)
    roles = [
        (each, key, each.role_ids[key], fields)
        for each in shifts
        for key, fields in each.fields["roles"].items()
    ]
    ids = [role_id for _, _, role_id, _ in roles]
    await rows("DELETE FROM role_skill WHERE role_id = ANY($1::uuid[])", ids)
    await rows("DELETE FROM role_group WHERE role_id = ANY($1::uuid[])", ids)
    await _write_or_update(
        [
            Role(
                id=role_id,
                shift_id=each.id,
                key=key,
                name=key,
                **{column: fields[column] for column in _ROLE_COLUMNS},  # type: ignore[literal-required]
            )
            for each, key, role_id, fields in roles
        ],
        _ROLE_COLUMNS,
    )
    await write(
        [
            RoleSkill(role_id=role_id, skill=skill, level=level)
            for _, _, role_id, fields in roles
            for skill, level in fields["skills"].items()
        ]
    )
    await write(
        [
            RoleGroup(role_id=role_id, organisation_id=group)
            for _, _, role_id, fields in roles
            for group in fields["groups"]
        ]
    )
