"""One volunteer's seats in every state there is, made through the services: what `screens.MINE`
looks at. Each shift is on a day of its own, so that nothing clashes that is not to."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from models.core import ClaimMode
from services import (
    accounts,
    agreements,
    attendance,
    claims,
    insurance,
    my_record,
    offers,
    projects,
    shifts,
    volunteers,
)
from services.agreements import AgreementIn
from services.attendance import ByHandIn, Way
from services.claims import ClaimIn
from services.insurance import PolicyIn
from services.my_record import DisputeIn
from services.my_shifts import (
    answering,
    buddies,
    calendar_feed,
    handing_over,
    moving,
    series,
    series_following,
)
from services.my_shifts.types import (
    BuddyGroupIn,
    DayIn,
    HandOverIn,
    JoinIn,
    SeriesIn,
    ShiftMoveIn,
    SwapIn,
)
from services.notifications import links, notify
from services.projects import ProjectIn
from services.rights import Actor
from services.settings import Settings
from services.shifts import RoleIn, Shift, ShiftIn
from services.volunteers import VolunteerIn
from tests.pages.scene import HOME, PASSWORD, Scene, easy_passwords
from tests.pages.screens import BRIEF, FRIEND, ME, NOBODY, THIRD

NAMES = {ME: "何小满", FRIEND: "顾念", THIRD: "沈一禾", NOBODY: "白芷", BRIEF: "唐岚"}
AGREEMENT = "我已了解临水作业的风险。\n\n一、全程穿好救生衣。\n二、听从现场负责人的安排。"
RISK = "厨房地滑，请穿防滑鞋；端热汤时请慢走。\n如感不适，请立即告诉现场负责人。"
PLACE = "梧桐街道社区食堂（延安西路 221 弄 3 号一楼）"
Places = dict[str, object]


@dataclass(frozen=True)
class Stage:
    """Where the states are made: by whom, when, and for whom."""

    boss: Actor
    organisation_id: UUID
    project_id: UUID
    people: dict[str, Actor]
    now: datetime
    settings: Settings

    def day(self, days: int, hour: int = 9) -> datetime:
        """So many days from today, on the hour of the service's zone."""
        today = self.now.astimezone(self.settings.zone).date()
        return datetime.combine(today + timedelta(days=days), time(hour), self.settings.zone)

    async def shift(self, starts_at: datetime, seats: int = 4, **given: object) -> Shift:
        command = ShiftIn(
            project_id=self.project_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            place=PLACE,
            location=(HOME[0] + 0.004, HOME[1] + 0.003),
            roles=[RoleIn(key="help", name="帮厨", target=seats)],
            **given,  # type: ignore[arg-type]
        )
        return await shifts.create(self.boss, command)

    async def seat(self, who: str, shift: Shift, now: datetime | None = None) -> UUID:
        """A claim of this person, waiting where the shift is full."""
        wish = ClaimIn(risk_statement_version=1, or_wait=True)
        when = now or self.now
        return (await claims.claim(self.people[who], shift.id, wish, when, self.settings)).id


async def my_states(scene: Scene, now: datetime, settings: Settings) -> Places:
    """What stands in the addresses of `screens.MINE`, and a few of the shifts of others."""
    stage = await _stage(scene, now, settings)
    found: Places = {"nothing": scene.street_id}
    for make in (_seats, _handed, _waiting, _asked, _friends, _weekly, _past, _heavy):
        found |= await make(stage)
    me = stage.people[ME].volunteer_id
    assert me is not None
    await notify("skill_confirmed", me, skill="急救")
    await calendar_feed.make(stage.people[ME], None, now)
    return found


async def _stage(scene: Scene, now: datetime, settings: Settings) -> Stage:
    command = ProjectIn(
        organisation_id=scene.street_id,
        name="周末社区食堂",
        category="助老",
        risk_statement=RISK,
    )
    project = await projects.create(scene.organiser, command)
    await projects.publish(scene.organiser, project.id)
    people = {}
    for number, (account, name) in enumerate(NAMES.items()):
        born = date(now.year - 22 - number, 3, 1 + number)
        week = 60 if account == BRIEF else 2400
        person = VolunteerIn(name=name, birth_date=born, home=HOME, max_minutes=week)
        volunteer = await volunteers.create(scene.organiser, person, today=now.date())
        with easy_passwords():
            actor = await accounts.create_account(account, PASSWORD, volunteer_id=volunteer.id)
        people[account] = actor
    return Stage(scene.organiser, scene.street_id, project.id, people, now, settings)


async def _seats(stage: Stage) -> Places:
    """Confirmed, too late to cancel, looking for a stand-in, moved, called off."""
    plain = await stage.shift(stage.day(6))
    found: Places = {"confirmed": await stage.seat(ME, plain)}
    soon = (stage.now + timedelta(hours=9)).replace(minute=0, second=0, microsecond=0)
    late = await stage.shift(soon)
    found["late"] = await stage.seat(ME, late)
    found["seeking"] = await stage.seat(FRIEND, late)
    await answering.cannot_come(stage.people[FRIEND], _id(found["seeking"]), stage.now)
    moved = await stage.shift(stage.day(7))
    found["moved"] = await stage.seat(ME, moved)
    later = ShiftMoveIn(
        starts_at=stage.day(7, 18), ends_at=stage.day(7, 21), place="梧桐街道文化活动中心"
    )
    await moving.move(stage.boss, moved.id, later, None, stage.now, stage.settings)
    off = await stage.shift(stage.day(8))
    found["called_off"] = await stage.seat(ME, off)
    await shifts.call_off(stage.boss, off.id, stage.now)
    # At the same time as one that is held already: what is asked for there is refused.
    found["clash"] = (await stage.shift(stage.day(6, 10))).id
    return found


async def _handed(stage: Stage) -> Places:
    """A seat that goes by a link, one for which somebody proposes another, one open to all."""
    linked = await stage.seat(ME, await stage.shift(stage.day(9)))
    by_link = await handing_over.offer(stage.people[ME], linked, HandOverIn(), stage.now)
    swapping = await stage.seat(ME, await stage.shift(stage.day(10)))
    other = await stage.seat(FRIEND, await stage.shift(stage.day(11)))
    given = await handing_over.offer(stage.people[ME], swapping, HandOverIn(), stage.now)
    swap = SwapIn(claim_id=other, risk_statement_version=1, code=given.code)
    await handing_over.propose_swap(stage.people[FRIEND], given.id, swap, stage.now)
    to_all = await stage.seat(FRIEND, await stage.shift(stage.day(12)))
    wish = HandOverIn(is_open_to_all=True)
    await handing_over.offer(stage.people[FRIEND], to_all, wish, stage.now)
    return {"linked": linked, "link": by_link.code, "swapping": swapping}


async def _waiting(stage: Stage) -> Places:
    """A full shift with people behind one another, one that asks the organiser, one that draws."""
    full = await stage.shift(stage.day(13), seats=1)
    await stage.seat(FRIEND, full)
    await stage.seat(THIRD, full)
    approve = await stage.shift(stage.day(14), claim_mode=ClaimMode.APPROVE)
    draw = await stage.shift(stage.day(15), claim_mode=ClaimMode.DRAW, draw_at=stage.day(13, 12))
    for shift in (approve, draw):
        await stage.seat(FRIEND, shift)
    return {
        "full": full.id,
        "approve": approve.id,
        "draw": draw.id,
        "waitlisted": await stage.seat(ME, full),
        "requested": await stage.seat(ME, approve),
        "entered": await stage.seat(ME, draw),
    }


async def _asked(stage: Stage) -> Places:
    """Offers to me from waiting lists: not answered in time, open, taken, declined, called off."""
    found: Places = {"answer_expired": await _link(stage, 16)}
    await offers.expire_due(stage.now + timedelta(minutes=40))
    for number, name in enumerate(("open", "yes", "no", "called_off"), 17):
        found[f"answer_{name}"] = await _link(stage, number)
    mine = {each.shift.starts_at: each for each in await _my_offers(stage)}
    yes, no, off = (mine[stage.day(day)] for day in (18, 19, 20))
    await offers.accept(stage.people[ME], yes.id, stage.now, stage.settings)
    await offers.decline(stage.people[ME], no.id, stage.now)
    await shifts.call_off(stage.boss, off.shift.id, stage.now)
    return found | {"offered": mine[stage.day(17)].claim_id}


async def _link(stage: Stage, day: int) -> str:
    """The link of a message about a seat that has become free."""
    shift = await stage.shift(stage.day(day), seats=1)
    held = await stage.seat(FRIEND, shift)
    await stage.seat(ME, shift)
    await claims.withdraw(stage.people[FRIEND], held, stage.now, stage.settings)
    await claims.offer_due(stage.now, stage.settings)
    [offer] = [each for each in await _my_offers(stage) if each.shift.id == shift.id]
    return await links.make(offer.id, offer.volunteer_id, offer.deadline_at, stage.now)


async def _my_offers(stage: Stage) -> list[offers.Offer]:
    query = offers.OfferQuery(limit=50)
    return (await offers.list_mine(stage.people[ME], query, stage.now)).items


async def _friends(stage: Stage) -> Places:
    """A group of one, a group that can take its seats, and one that has them."""
    together = await stage.shift(stage.day(21), seats=8)
    alone = await _group(stage, together, ME, [])
    gathering = await _group(stage, await stage.shift(stage.day(22), seats=8), ME, [FRIEND])
    seated = await _group(stage, await stage.shift(stage.day(23), seats=8), ME, [FRIEND])
    await buddies.claim_all(stage.people[ME], seated.id, stage.now, stage.settings)
    return {
        "together": together.id,
        "alone": alone.code,
        "gathering": gathering.code,
        "seated_group": seated.code,
    }


async def _group(stage: Stage, shift: Shift, first: str, more: list[str]) -> buddies.BuddyGroup:
    size = 3 if more else 2
    command = BuddyGroupIn(size=size, risk_statement_version=1)
    group = await buddies.begin(stage.people[first], shift.id, command, stage.now)
    for name in more:
        wish = JoinIn(code=group.code, risk_statement_version=1)
        await buddies.join(stage.people[name], group.id, wish, stage.now)
    return group


async def _weekly(stage: Stage) -> Places:
    """A weekly sign-up with a seat, a day that is skipped, and days without a shift yet."""
    first = stage.day(4, 15)
    weekly = await stage.shift(first)
    command = SeriesIn(
        project_id=stage.project_id,
        weekday=first.weekday(),
        start_minute=15 * 60,
        risk_statement_version=1,
        starts_on=first.date(),
    )
    made = await series.create(stage.people[ME], command, stage.now, stage.settings)
    await series_following.follow(stage.now, stage.settings)
    await series.skip(
        stage.people[ME],
        made.id,
        DayIn(day=first.date() + timedelta(days=7)),
        stage.now,
        stage.settings,
    )
    return {"weekly": weekly.id}


async def _past(stage: Stage) -> Places:
    """A shift of three days ago, claimed before it and led to its end."""
    start = stage.day(-3)
    shift = await stage.shift(start)
    claim_id = await stage.seat(ME, shift, start - timedelta(days=2))
    for way, when in ((Way.IN, start), (Way.OUT, start + timedelta(hours=3))):
        await attendance.by_hand(stage.boss, claim_id, ByHandIn(way=way), when, stage.settings)
    wrong = DisputeIn(text="我十二点半才离开，还帮着收了桌椅。")
    await my_record.dispute(stage.people[ME], claim_id, wrong, stage.now, stage.settings)
    return {"served": claim_id, "served_shift": shift.id}


async def _heavy(stage: Stage) -> Places:
    """A shift for which one signs an agreement first."""
    command = ProjectIn(
        organisation_id=stage.organisation_id,
        name="苏州河夜巡",
        category="环保",
        risk_statement=RISK,
    )
    project = await projects.create(stage.boss, command)
    await projects.publish(stage.boss, project.id)
    later = stage.now + timedelta(days=90)
    policy = PolicyIn(
        insurer="平安保险", number="P-2026-1", covers_from=stage.now, covers_until=later
    )
    await insurance.add(stage.boss, project.id, policy)
    words = AgreementIn(is_heavy_risk=True, text=AGREEMENT)
    await agreements.write(stage.boss, project.id, words, None, stage.now)
    there = replace(stage, project_id=project.id)
    return {"heavy": (await there.shift(stage.day(24, 19))).id, "heavy_project": project.id}


def _id(value: object) -> UUID:
    assert isinstance(value, UUID)
    return value
