"""Making the demo street, by the same services that organisers use.

The people are drawn from a fixed seed, so that two first looks show the same; the week is the
one that starts on the coming Monday.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from cli.demo import street
from cli.demo.geography import moved
from cli.words import Phrase
from models.accounts import RoleName, SignInMethod
from models.organisations import OrganisationKind
from services import accounts, clock, organisations, projects, rights, shifts, volunteers
from services.accounts import TooManyAttempts
from services.database import rows
from services.errors import NotSignedIn
from services.rights import Actor, Right
from services.scope import as_system
from services.settings import Settings
from services.skills import EvidenceKind

SEED = 2026
PEOPLE_COUNT = 160
PASSWORD = "mulin-demo"
ORGANISER_NAME = "organiser"
STAFF: Mapping[str, tuple[RoleName, ...]] = {
    ORGANISER_NAME: (RoleName.ORGANISER, RoleName.NODE_ADMINISTRATOR),
    "administrator": (RoleName.NODE_ADMINISTRATOR,),  # What one of two asks for, the other decides.
    "auditor": (RoleName.AUDITOR,),
}
# No operator of the mainland has numbers that begin with 154.
PHONES = ("154 0000 0001", "154 0000 0002")

NO_DEMO = Phrase(
    "数据库里已有别的组织，未加入演示数据。",
    "The database holds other organisations: no demo data were added.",
)


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What a newcomer needs to look around: the week, how to sign in, and how much there is."""

    organisation_id: UUID
    horizon_start: datetime
    horizon_end: datetime
    people: int
    shifts: int
    staff_names: tuple[str, ...] = tuple(STAFF)
    phones: tuple[str, ...] = PHONES
    password: str = PASSWORD


async def ensure_demo(settings: Settings) -> DemoSummary | None:
    """The demo street with shifts for the coming week; made in an empty database only.

    None where the database holds other organisations and no demo street: nothing is written then.
    """
    now = clock.now()
    start = coming_monday(now, settings)
    found = await rows("SELECT EXISTS (SELECT 1 FROM organisation) AS any")
    if not found[0]["any"]:
        await _make_street(now.astimezone(settings.zone).date(), settings)
    organiser = await find_organiser(now)
    if organiser is None:
        return None
    organisation_id = rights.nodes(organiser, Right.RUN_WORK)[0]
    await _ensure_week(organiser, start)
    return DemoSummary(
        organisation_id=organisation_id,
        horizon_start=start,
        horizon_end=start + timedelta(days=7),
        people=PEOPLE_COUNT,
        shifts=await _count_shifts(start),
    )


@as_system
async def find_organiser(now: datetime) -> Actor | None:
    """The demo's organiser, known by a password that nobody chooses; None without a demo."""
    try:
        account_id = await accounts.check_password(ORGANISER_NAME, PASSWORD, now)
    except (NotSignedIn, TooManyAttempts):
        return None
    grants = await rights.load_grants(account_id, now)
    return Actor(account_id=account_id, name=ORGANISER_NAME, grants=grants)


async def open_session(settings: Settings) -> str | None:
    """The token of a session of the demo's organiser, for what `make run` does in their name."""
    now = clock.now()
    organiser = await find_organiser(now)
    if organiser is None:
        return None
    session = await accounts.open_session(
        organiser.account_id, SignInMethod.PASSWORD, now, settings, has_second_factor=True
    )
    return session.token


async def authenticator_codes() -> dict[str, str]:
    """What the authenticators of the demo's staff show now, by name; empty without a demo."""
    now = clock.now()
    if await find_organiser(now) is None:
        return {}
    return {name: await accounts.authenticator_code(name, now) for name in STAFF}


def coming_monday(now: datetime, settings: Settings) -> datetime:
    """Midnight, in the service's zone, of the first Monday that has not begun."""
    today = now.astimezone(settings.zone).date()
    return _midnight(today + timedelta(days=7 - today.weekday()), settings)


def _midnight(day: date, settings: Settings) -> datetime:
    return datetime.combine(day, time(0), tzinfo=settings.zone)


async def _make_street(today: date, settings: Settings) -> None:
    city = await organisations.create_root(street.CITY_NAME)
    founder = Actor(
        account_id=city.id,
        name="",
        grants=(rights.Grant(role=RoleName.NODE_ADMINISTRATOR, organisation_id=city.id),),
    )
    district = await _organisation(founder, OrganisationKind.DISTRICT, city.id, "示例区")
    home = await _organisation(founder, OrganisationKind.STREET, district, street.STREET_NAME)
    bodies = [
        await _organisation(founder, OrganisationKind.NEIGHBOURHOOD, home, name)
        for name in street.NEIGHBOURHOODS
    ] + [
        await _organisation(founder, OrganisationKind(kind), home, name)
        for kind, name in street.BODIES
    ]
    organiser, *_ = [await _make_staff(name, home) for name in STAFF]
    people = await _make_people(organiser, home, bodies, today)
    for phone, (volunteer_id, name) in zip(PHONES, people, strict=False):
        await accounts.give_phone(volunteer_id, name, phone, clock.now())
    for project in street.PROJECTS:
        made = await projects.create(
            organiser,
            projects.ProjectIn(
                organisation_id=home,
                external_key=project.key,
                name=project.name,
                category=project.cause,
                description=project.description,
                risk_statement=project.risk,
            ),
        )
        await projects.publish(organiser, made.id)


async def _make_staff(name: str, home: UUID) -> Actor:
    return await accounts.create_account(
        name,
        PASSWORD,
        *((role, home) for role in STAFF[name]),
        totp_secret=accounts.new_totp_secret(),
    )


async def _organisation(actor: Actor, kind: OrganisationKind, parent_id: UUID, name: str) -> UUID:
    command = organisations.OrganisationIn(kind=kind, parent_id=parent_id, name=name)
    return (await organisations.create(actor, command)).id


async def _make_people(
    actor: Actor, home: UUID, bodies: list[UUID], today: date
) -> list[tuple[UUID, str]]:
    """Their ids and names, those first who have the most time: a first look is to get offers."""
    draw = random.Random(SEED)
    made = []
    for number in range(PEOPLE_COUNT):
        command = draw_person(draw, number, home, bodies, today)
        person = await volunteers.create(actor, command, today=today)
        made.append((_readiness(command), person.id, person.name))
    made.sort(key=lambda one: one[0], reverse=True)
    return [(person_id, name) for _, person_id, name in made]


def _readiness(command: volunteers.VolunteerIn) -> tuple[int, int, int]:
    minutes = sum(window.end_minute - window.start_minute for window in command.windows)
    shifts_most = min(command.max_shifts, command.max_minutes // 180)
    return shifts_most, minutes * (command.max_travel_m or 0), -command.served_minutes


def draw_person(
    draw: random.Random, number: int, home: UUID, bodies: list[UUID], today: date
) -> volunteers.VolunteerIn:
    """An invented volunteer: a student, somebody in work or somebody retired, with their week."""
    life = draw.choices(street.LIVES, weights=[one.weight for one in street.LIVES])[0]
    age = draw.randint(life.youngest, life.oldest)
    skills = [
        _skill(skill, draw.randint(1, 4), today)
        for skill in street.SKILLS
        if draw.random() < street.SKILLS[skill]
    ]
    return volunteers.VolunteerIn(
        name=draw.choice(street.SURNAMES) + draw.choice(street.GIVEN_NAMES),
        external_key=f"V{number + 1:04d}",
        organisation_id=home,
        birth_date=today.replace(day=1) - timedelta(days=age * 366 + draw.randint(5, 360)),
        home=moved(street.CENTRE, draw.gauss(0, 1500), draw.gauss(0, 1500)),
        max_travel_m=draw.choice((2000, 3000, 5000, 8000)),
        groups=[draw.choice(bodies)],
        skills=skills,
        windows=[
            volunteers.Window(weekday=weekday, start_minute=start * 60, end_minute=end * 60)
            for weekday, start, end in life.windows
            if draw.random() < life.keenness
        ],
        likes=[
            volunteers.Liking(cause=cause, liking=draw.choice((0, 2, 3, 3)))
            for cause in draw.sample(street.CAUSES, 2)
        ],
        max_minutes=draw.choice((240, 360, 480, 720)),
        max_minutes_per_day=300,
        max_shifts=draw.choice((1, 2, 2, 3, 4)),
        served_minutes=draw.choice((0, 0, 240, 480, 1200, 2400)),
    )


def _skill(skill: str, level: int, today: date) -> volunteers.Skill:
    """What the street's own organiser wrote down; first aid with the certificate that it needs."""
    if skill != street.CERTIFIED_SKILL:
        return volunteers.Skill(skill=skill, level=level, evidence="街道登记")
    return volunteers.Skill(
        skill=skill,
        level=level,
        evidence="红十字会救护员证，街道已看原件",
        evidence_kind=EvidenceKind.FIRST_AID_CERTIFICATE,
        expires_on=today + timedelta(days=365),
    )


async def _ensure_week(actor: Actor, start: datetime) -> None:
    """The standing projects' shifts of the week; those that are there stay as they are."""
    found = await rows(
        "SELECT p.id, p.external_key, array_agg(s.external_key) AS shift_keys "
        "FROM project p LEFT JOIN shift s ON s.project_id = p.id AND s.starts_at >= $1 "
        "WHERE p.organisation_id = $2 GROUP BY p.id",
        start,
        rights.nodes(actor, Right.RUN_WORK)[0],
    )
    by_key = {row["external_key"]: row for row in found}
    for project in street.PROJECTS:
        if row := by_key.get(project.key):
            for weekday in project.weekdays:
                day = start + timedelta(days=weekday)
                if _shift_key(project, day) not in (row["shift_keys"] or ()):
                    await shifts.create(actor, _shift(project, day, row["id"]))


def _shift_key(project: street.DemoProject, day: datetime) -> str:
    return f"{project.key}-{day:%Y-%m-%d}"


def _shift(project: street.DemoProject, day: datetime, project_id: UUID) -> shifts.ShiftIn:
    return shifts.ShiftIn(
        project_id=project_id,
        external_key=_shift_key(project, day),
        starts_at=datetime.combine(day.date(), project.start, tzinfo=day.tzinfo),
        ends_at=datetime.combine(day.date(), project.end, tzinfo=day.tzinfo),
        place=project.place,
        location=moved(street.CENTRE, *project.offset_m),
        priority=project.priority,
        cancel_below_minimum=project.cancel_below_minimum,
        roles=[
            shifts.RoleIn(
                key=role.key,
                name=role.key,
                minimum=role.minimum,
                target=role.target,
                maximum=role.maximum,
                skills=role.skills,
                min_age=role.min_age,
            )
            for role in project.roles
        ],
        team=[
            shifts.TeamLine(skill=skill, level=level, count=count)
            for skill, level, count in project.team
        ],
    )


async def _count_shifts(start: datetime) -> int:
    found = await rows(
        "SELECT count(*) AS count FROM shift WHERE starts_at >= $1 AND starts_at < $2",
        start,
        start + timedelta(days=7),
    )
    return int(found[0]["count"])
