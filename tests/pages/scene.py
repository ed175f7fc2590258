"""A neighbourhood to look at: people, projects and shifts of a week, made through the services."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from matcher.explain import unfilled
from matcher.greedy import greedy
from matcher.plan import BoundFrom, Plan, Score
from matcher.report import report
from matcher.score import score
from models.core import OrganisationKind
from services import (
    accounts,
    claims,
    offers,
    organisations,
    planning,
    projects,
    rounds,
    shifts,
    volunteers,
)
from services.claims import ClaimIn
from services.notifications import offering
from services.organisations import OrganisationIn
from services.paging import PageQuery
from services.planning.progress import Failure, NamedLine, Progress
from services.projects import ProjectIn
from services.rights import Actor
from services.rounds import PublishIn, RoundIn
from services.settings import Settings
from services.shifts import RoleIn, ShiftIn, TeamLine
from services.skills import EvidenceKind
from services.volunteers import Liking, Skill, VolunteerIn, Window
from tests.support.factories import organiser_at

PASSWORD = "neighbours-help"
ORGANISER, EMPTY, VOLUNTEER = "wutong", "xinjie", "chenyutong"
CLAIMER, ANSWERER, UNSKILLED = "zhuqinghe", "hushuyao", "linzhixia"
SIGN_INS = {VOLUNTEER: 0, CLAIMER: 13, ANSWERER: 14, UNSKILLED: 15}
NAMES = (
    "陈雨桐", "李沐阳", "王若溪", "张子墨", "刘思远", "杨可欣", "赵一鸣", "黄诗涵",
    "周景行", "吴佳宁", "徐牧之", "孙语嫣", "马天宇", "朱清和", "胡书瑶", "林知夏",
)  # fmt: skip
HOME = (121.4453, 31.2156)


@dataclass(frozen=True)
class Scene:
    """What the tests speak about."""

    organiser: Actor
    volunteer: Actor
    street_id: UUID
    people: list[UUID]
    shift_ids: dict[str, UUID]
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Demand:
    """A project with its shifts: (days from now, hour, length in hours)."""

    name: str
    category: str
    place: str
    roles: list[RoleIn]
    times: tuple[tuple[int, int, int], ...]
    team: tuple[TeamLine, ...] = ()
    east_m: int = 600


DEMANDS = (
    Demand(
        "社区图书角整理",
        "文化",
        "延安新村居民活动室",
        [RoleIn(key="sort", name="图书整理员", minimum=2, target=4, maximum=5)],
        ((1, 9, 3), (3, 14, 2)),
    ),
    Demand(
        "长者智能手机课堂",
        "助老",
        "梧桐街道老年学校",
        [
            RoleIn(key="teach", name="主讲", minimum=1, target=1, skills={"智能手机教学": 3}),
            RoleIn(key="sit", name="陪练", minimum=4, target=6, min_age=16),
        ],
        ((1, 14, 2), (4, 14, 2)),
        east_m=1500,
    ),
    Demand(
        "苏河步道清洁",
        "环保",
        "长寿路桥南侧集合",
        [RoleIn(key="clean", name="清洁队员", minimum=6, target=20, maximum=24)],
        ((2, 8, 3),),
        east_m=2600,
    ),
    Demand(
        "街区运动会",
        "体育",
        "静安体育中心东门",
        [
            RoleIn(key="aid", name="急救员", minimum=2, target=2, skills={"急救": 2}, min_age=18),
            RoleIn(key="guide", name="引导员", minimum=2, target=5),
        ],
        ((2, 9, 8),),
        (TeamLine(skill="急救", level=2, count=1),),
        east_m=3400,
    ),
)
RISK = "活动在室内外进行，请穿防滑鞋、带水。\n如感不适，请立即告诉现场负责人；已投保意外险。"


def easy_passwords() -> AbstractContextManager[object]:
    """Hashes that cost nothing: these tests are not about the strength of passwords."""
    easy = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    return patch("services.accounts.passwords._passwords", easy)


async def build(now: datetime, settings: Settings) -> Scene:
    """Everything of the scene but rounds and claims."""
    with easy_passwords():
        return await _build(now, settings)


async def _build(now: datetime, settings: Settings) -> Scene:
    city = await organisations.create_root("临江市")
    chief = await accounts.create_account("city", PASSWORD, *organiser_at(city.id))
    district = await _under(chief, city.id, OrganisationKind.DISTRICT, "静安区")
    street = await _under(chief, district, OrganisationKind.STREET, "梧桐街道")
    neighbourhood = await _under(chief, street, OrganisationKind.NEIGHBOURHOOD, "延安新村居委会")
    organiser = await accounts.create_account(ORGANISER, PASSWORD, *organiser_at(street))
    other_street = await _under(chief, district, OrganisationKind.STREET, "新街道")
    await accounts.create_account(EMPTY, PASSWORD, *organiser_at(other_street))
    today = now.astimezone(settings.zone).date()
    people = [await _volunteer(organiser, number, today) for number in range(len(NAMES))]
    actors = {
        name: await _volunteer_account(name, people[number]) for name, number in SIGN_INS.items()
    }
    shift_ids: dict[str, UUID] = {}
    for demand in DEMANDS:
        shift_ids |= await _demand(organiser, neighbourhood, demand, today, settings)
    days = (today + timedelta(days=1), today + timedelta(days=5))
    return Scene(organiser, actors[VOLUNTEER], street, people, shift_ids, *days)


def person(scene: Scene, number: int) -> Actor:
    """One of the people as they would be signed in."""
    return Actor(
        account_id=scene.volunteer.account_id,
        name=NAMES[number],
        volunteer_id=scene.people[number],
    )


async def fill(scene: Scene, now: datetime, settings: Settings) -> None:
    """Seats that people took by themselves: one shift full, one with enough, one half."""
    wanted = {
        "社区图书角整理 1": range(8, 13),
        "长者智能手机课堂 1": (2, 5, 6),
        "苏河步道清洁 2": range(8),
    }
    for name, numbers in wanted.items():
        for number in numbers:
            await claims.claim(
                person(scene, number),
                scene.shift_ids[name],
                ClaimIn(risk_statement_version=1),
                now,
                settings,
            )


async def plan_round(scene: Scene, now: datetime, settings: Settings) -> UUID:
    """A proposed round over the scene's days, planned by the greedy so that no solver is needed."""
    return await plan_requested(await request_round(scene, now, settings), now, settings)


async def plan_requested(round_id: UUID, now: datetime, settings: Settings) -> UUID:
    """What the job does with a round that was asked for."""
    attempt = await planning.begin(round_id, now, settings)
    assert attempt is not None
    await plan_attempt(attempt, now)
    return round_id


async def plan_attempt(attempt: planning.Attempt, now: datetime) -> None:
    """The greedy's plan, as if a solver had made it."""
    round_id = attempt.round_id
    loaded = await planning.load_problem(round_id)
    lines = greedy(loaded.problem)
    reached = score(loaded.problem, lines)
    plan = Plan(
        assignments=lines,
        score=reached,
        bound=Score(reached.shortfall, max(0, reached.open - 5), reached.cost * 9 // 10),
        bound_from=BoundFrom("search", "lp", "lp"),
        status="feasible",
        seconds=1.0,
        unfilled=unfilled(loaded.problem, lines, optimal=False),
    )
    shares = report(loaded.problem, lines, await planning.places_of(loaded.problem))
    await planning.store(attempt, loaded, plan, now, shares)


async def begin_round(scene: Scene, now: datetime, settings: Settings) -> UUID:
    """A round in the middle of being planned."""
    round_id = await request_round(scene, now, settings)
    attempt = await planning.begin(round_id, now, settings)
    assert attempt is not None
    progress = Progress(
        stage="open",
        fraction=0.4,
        score=rounds.Score(shortfall=0, open=40, cost=900),
        bound=rounds.Score(shortfall=0, open=32, cost=0),
        assignments=31,
    )
    await planning.heartbeat(attempt, progress, now)
    return round_id


async def fail_round(scene: Scene, failure: Failure, now: datetime, settings: Settings) -> UUID:
    """A round that could not be planned."""
    round_id = await request_round(scene, now, settings)
    attempt = await planning.begin(round_id, now, settings)
    assert attempt is not None
    await planning.fail(attempt, failure, now)
    return round_id


async def rounds_in_all_states(scene: Scene, now: datetime, settings: Settings) -> dict[str, UUID]:
    """A round for each picture. The published one leaves the volunteer with offers of each kind."""
    made = {"stale": await plan_round(scene, now, settings)}
    await fill(scene, now, settings)
    await planning.mark_stale(now)
    made["published"] = await plan_round(scene, now, settings)
    await rounds.publish(scene.organiser, made["published"], PublishIn(), now, settings)
    await offering.tell(now)
    await _answer_some(scene, now, settings)
    made["proposed"] = await plan_round(scene, now, settings)
    made["solving"] = await begin_round(scene, now, settings)
    died = Failure(code="too_many_attempts", parameters={"attempts": 5})
    made["failed"] = await fail_round(scene, died, now, settings)
    made["clash"] = await fail_round(scene, clash(scene), now, settings)
    made["cancelled"] = await request_round(scene, now, settings)
    await rounds.cancel(scene.organiser, made["cancelled"], now)
    return made


def clash(scene: Scene) -> Failure:
    """Two promises of one person at the same time."""
    names = ("苏河步道清洁 2", "街区运动会 2")
    lines = [
        NamedLine(volunteer_id=scene.people[4], shift_id=scene.shift_ids[name], role_id=uuid4())
        for name in names
    ]
    return Failure(code="fixed_clash", parameters={"rule": "H4", "count": 2}, lines=lines)


async def _answer_some(scene: Scene, now: datetime, settings: Settings) -> None:
    """The volunteer says no to the last offer; the others answer yes and no by turns."""
    mine = await offers.list_mine(scene.volunteer, PageQuery(), now)
    if len(mine.items) > 1:
        await offers.decline(scene.volunteer, mine.items[-1].id, now)
    for number in range(1, 12):
        for offer in (await offers.list_mine(person(scene, number), PageQuery(), now)).items:
            if number % 4 == 3:
                await offers.decline(person(scene, number), offer.id, now)
            else:
                await offers.accept(person(scene, number), offer.id, now, settings)


async def request_round(scene: Scene, now: datetime, settings: Settings) -> UUID:
    """A round over the scene's days that nobody works on yet."""
    midnight = datetime.combine(scene.first_day, time(), settings.zone)
    end = datetime.combine(scene.last_day + timedelta(days=1), time(), settings.zone)
    command = RoundIn(organisation_id=scene.street_id, horizon_start=midnight, horizon_end=end)
    return (await rounds.request(scene.organiser, command, now, settings)).id


async def _under(actor: Actor, parent_id: UUID, kind: OrganisationKind, name: str) -> UUID:
    command = OrganisationIn(kind=kind, name=name, parent_id=parent_id)
    return (await organisations.create(actor, command)).id


async def _volunteer_account(name: str, volunteer_id: UUID) -> Actor:
    return await accounts.create_account(name, PASSWORD, volunteer_id=volunteer_id)


async def _volunteer(actor: Actor, number: int, today: date) -> UUID:
    """Free on every day, the later ones in the list only on some; every fifth can do first aid."""
    free_days = range(7) if number < 8 or number > 12 else range(number % 4, 7, 2)
    skills = [_first_aid(today)] if number == 4 else []
    if number == 2:
        skills = [Skill(skill="智能手机教学", level=4)]
    command = VolunteerIn(
        name=NAMES[number],
        birth_date=date(today.year - 19 - number, 3, 1),
        home=(HOME[0] + number / 2000, HOME[1]),
        max_travel_m=3000 if number % 3 else 8000,
        skills=skills,
        windows=[Window(weekday=day, start_minute=7 * 60, end_minute=21 * 60) for day in free_days],
        likes=[Liking(cause="文化", liking=3)],
        max_minutes=600,
    )
    return (await volunteers.create(actor, command, today=today)).id


def _first_aid(today: date) -> Skill:
    """First aid as an organiser records it who has seen the certificate."""
    return Skill(
        skill="急救",
        level=2,
        evidence="红十字会救护员证",
        evidence_kind=EvidenceKind.FIRST_AID_CERTIFICATE,
        expires_on=today + timedelta(days=300),
    )


async def _demand(
    actor: Actor, organisation_id: UUID, demand: Demand, today: date, settings: Settings
) -> dict[str, UUID]:
    """The ids of the shifts by project name and day, such as `街区运动会 2`."""
    command = ProjectIn(
        organisation_id=organisation_id,
        name=demand.name,
        category=demand.category,
        risk_statement=RISK,
    )
    project = await projects.create(actor, command)
    made: dict[str, UUID] = {}
    for days, hour, hours in demand.times:
        starts_at = datetime.combine(today + timedelta(days=days), time(hour), settings.zone)
        shift = ShiftIn(
            project_id=project.id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
            roles=demand.roles,
            place=demand.place,
            location=(HOME[0] + demand.east_m / 95_000, HOME[1]),
            team=list(demand.team),
        )
        made[f"{demand.name} {days}"] = (await shifts.create(actor, shift)).id
    await projects.publish(actor, project.id)
    return made
