"""What those who organise and administer see when there is something to see: `screens`' pages of
the administration and of signing in."""

from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

from models.core import Account, OrganisationKind, RoleName
from services import (
    accounts,
    blocks,
    clients,
    documents,
    organisations,
    providers,
    roles,
    tags,
    volunteers,
)
from services.accounts import Caller, CodeRequest
from services.blocks import BlockIn
from services.clients import ClientIn, ClientScope
from services.documents import NeedIn, NeedPurpose
from services.notifications import robots
from services.notifications.robots import GroupRobotIn
from services.openid import identities, waiting
from services.organisations import OrganisationIn
from services.providers import ProviderIn
from services.rights import Actor
from services.roles import GrantIn, StaffIn
from services.scope import as_system
from services.settings import Settings
from services.tags import TaggingIn, TagIn
from services.volunteers import VolunteerIn
from tests.pages.scene import PASSWORD, Scene, easy_passwords
from tests.pages.screens import AUDITOR, KEEPER, ME, SECOND
from tests.pages.states_of_mine import Places

PHONE = "+8615400008"
NUMBERS = count(100)


async def work_states(scene: Scene, now: datetime, settings: Settings) -> Places:
    """What stands in the addresses of `screens.ADMINISTERING`."""
    keeper = await _staff(scene)
    hood = await _second_hood(scene)
    await tags.define(
        scene.organiser,
        TagIn(organisation_id=scene.street_id, name="沪语服务", meaning="能用上海话陪老人聊天"),
    )
    tag = await tags.define(
        scene.organiser,
        TagIn(organisation_id=scene.street_id, name="急救骨干", meaning="急救队随时可以联系"),
    )
    for person in scene.people[:3]:
        given = TaggingIn(volunteer_id=person)
        await tags.assign(scene.organiser, tag.id, given, today=now.date())
    one, other = sorted([await _double(scene, now) for _ in range(2)])
    await _asked_for(scene, keeper, now)
    await _told_and_paused(scene, now)
    provider = await providers.make(
        keeper,
        ProviderIn(
            key="school", title="临江第一中学", issuer="https://id.school.example",
            client_id="mulin", client_secret="only-a-test",
        ),
    )  # fmt: skip
    await providers.set_active(keeper, provider.id, is_active=True)
    return {
        "hood": hood,
        "tag": tag.id,
        "person": scene.people[0],
        "one": one,
        "other": other,
        "provider": provider.key,
        "provider_id": provider.id,
    }


@as_system
async def _staff(scene: Scene) -> Actor:
    """Who keeps the system, who watches, and a second one who decides."""
    roles_of = {
        KEEPER: RoleName.SYSTEM_ADMINISTRATOR,
        AUDITOR: RoleName.AUDITOR,
        SECOND: RoleName.NODE_ADMINISTRATOR,
    }
    made = {}
    for account, role in roles_of.items():
        with easy_passwords():
            made[account] = await accounts.create_account(
                account, PASSWORD, (role, scene.street_id)
            )
    return made[KEEPER]


async def _second_hood(scene: Scene) -> UUID:
    command = OrganisationIn(
        kind=OrganisationKind.NEIGHBOURHOOD, name="华阳路居委会", parent_id=scene.street_id
    )
    return (await organisations.create(scene.organiser, command)).id


async def _double(scene: Scene, now: datetime) -> UUID:
    """Somebody who looks like somebody who is registered already."""
    command = VolunteerIn(name="周子涵", birth_date=date(2001, 4, 5))
    return (await volunteers.create(scene.organiser, command, today=now.date())).id


async def _asked_for(scene: Scene, keeper: Actor, now: datetime) -> None:
    """A role, a program, an account of staff and a document, each asked for."""
    someone = await roles.make_account(scene.organiser, StaffIn(name="liming", display_name="李明"))
    wish = GrantIn(
        account_id=someone.id,
        role=RoleName.SHIFT_LEAD,
        organisation_id=scene.street_id,
        reason="周末社区食堂带班",
        ends_at=now + timedelta(days=90),
    )
    await roles.request(scene.organiser, wish, now)
    program = ClientIn(
        name="街道数据看板",
        scopes=[ClientScope.WORK_READ],
        purpose="每天读取公开班次",
        organisation_id=None,
    )
    await clients.make(keeper, program, now)
    me = await _person_of(ME)
    need = NeedIn(purpose=NeedPurpose.INSURANCE, recipient="志愿者人身意外险")
    await documents.open_need(scene.organiser, me, need, now)


async def _told_and_paused(scene: Scene, now: datetime) -> None:
    """A group that is told of what concerns it, and somebody whose claims are not taken."""
    key = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
    address = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}"
    group = GroupRobotIn(organisation_id=scene.street_id, name="梧桐街道骨干群", address=address)
    await robots.create(scene.organiser, group, now)
    pause = BlockIn(
        volunteer_id=scene.people[9],
        ends_at=now + timedelta(days=30),
        reason="两次没有到场，也没有说明",
        organisation_id=scene.street_id,
    )
    await blocks.add(scene.organiser, pause, now)


@as_system
async def _person_of(account: str) -> UUID:
    found = await Account.get(name=account)
    assert found.volunteer_id is not None
    return found.volunteer_id


async def half_signed_in(
    step: str, scene: Scene, provider_id: UUID, now: datetime, settings: Settings
) -> str:
    """The token of a browser in the middle of this step. It is good for minutes, so it is made when
    its page is opened; each code goes to a number of its own, as one gets few in a row."""
    if step == "code":
        number = CodeRequest(phone=f"{PHONE}{next(NUMBERS):03}")
        return (await accounts.begin(number, Caller(address="203.0.113.7"), now, settings)).step
    if step == "registration":
        return (await accounts.registration_step(f"{PHONE}002", now)).step
    if step == "enrolment":
        boss = scene.organiser
        return (await accounts.begin_enrolment(boss.account_id, boss.name, now)).step
    kept = waiting.Waiting(provider_id=provider_id, back="/", subject="student-1")
    return await waiting.keep(identities.LINK, kept, now + timedelta(minutes=10), now)
