"""Skills: one's own, what counts only when confirmed, and confirming it."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from api.routes.profile import today
from services import rights, skills
from services.paging import Page, PageQuery
from services.skills import (
    HeldSkill,
    Lacking,
    SkillConfirmIn,
    SkillIn,
    SkillRefuseIn,
    SkillRule,
    WaitingSkill,
)

operations = Operations("skills", Words("技能", "Skills"))
DECIDING = ("own_skill", "confirmed_higher")


@operations("GET", "/skill-rules", Words("技能确认规则", "List the rules of skills"), access="open")
async def list_skill_rules(call: Call, query: PageQuery) -> Page[SkillRule]:
    """Skills that count only when confirmed: on what evidence, by whom, for how long.

    Every other skill counts when it is declared.
    """
    return await skills.list_rules(query)


@operations("GET", "/me/skills", Words("我的技能", "List my skills"), refuses=("volunteers_only",))
async def list_my_skills(call: Call, query: PageQuery) -> Page[HeldSkill]:
    """The person's skills, by name, with where each stands."""
    person = rights.require_person(call.actor)
    return await skills.list_of(call.actor, person, query, today=today(call))


@operations(
    "POST",
    "/me/skills",
    Words("申报技能", "Declare a skill"),
    status=201,
    location="/me/skills/{id}",
    refuses=("volunteers_only", "skill_listed", "too_many_skills"),
)
async def declare_skill(call: Call, body: SkillIn) -> HeldSkill:
    """Counts at once, unless a rule says that somebody has to confirm it."""
    person = rights.require_person(call.actor)
    return await skills.declare(call.actor, person, body, today=today(call))


@operations("GET", "/me/skills/{skill_id}", Words("读取我的技能", "Read a skill of mine"))
async def read_my_skill(call: Call, skill_id: UUID) -> HeldSkill:
    """One skill of the person's, or of somebody for whom they answer."""
    return await skills.get(call.actor, skill_id, today=today(call))


@operations("PUT", "/me/skills/{skill_id}", Words("修改我的技能", "Change a skill of mine"))
async def change_my_skill(call: Call, skill_id: UUID, body: SkillIn, if_match: str) -> HeldSkill:
    """Another level, evidence or last day is a new declaration: it is confirmed anew."""
    return await skills.change(call.actor, skill_id, body, if_match, today=today(call))


@operations("DELETE", "/me/skills/{skill_id}", Words("删去我的技能", "Take a skill off my list"))
async def remove_my_skill(call: Call, skill_id: UUID, if_match: str) -> None:
    """It does not count any more; seats that are promised stay, and say what they lack."""
    await skills.remove(call.actor, skill_id, if_match, today=today(call))


@operations(
    "GET",
    "/volunteers/{volunteer_id}/skills",
    Words("志愿者的技能", "List a volunteer's skills"),
    refuses=("right_missing",),
)
async def list_skills_of(call: Call, volunteer_id: UUID, query: PageQuery) -> Page[HeldSkill]:
    """For the person, and for the staff who see them."""
    return await skills.list_of(call.actor, volunteer_id, query, today=today(call))


@operations(
    "GET", "/skills", Words("待确认的技能", "List skills to confirm"), refuses=("right_missing",)
)
async def list_waiting_skills(call: Call, query: PageQuery) -> Page[WaitingSkill]:
    """Declared, with evidence, and of people and a level for whom this account may decide."""
    return await skills.list_waiting(call.actor, query, today=today(call))


@operations(
    "GET",
    "/skills/{skill_id}",
    Words("读取待确认的技能", "Read a skill to confirm"),
    refuses=("right_missing", *DECIDING),
)
async def read_waiting_skill(call: Call, skill_id: UUID) -> WaitingSkill:
    """A skill that counts only when confirmed, for those who may decide over it."""
    return await skills.get_waiting(call.actor, skill_id, today=today(call))


@operations(
    "POST",
    "/skills/{skill_id}/confirm",
    Words("确认技能", "Confirm a skill"),
    refuses=("right_missing", "evidence_missing", *DECIDING),
)
async def confirm_skill(
    call: Call, skill_id: UUID, body: SkillConfirmIn, if_match: str
) -> WaitingSkill:
    """On evidence and for a time; also once more before it ends. The person is told."""
    return await skills.confirm(
        call.actor, skill_id, body, if_match, now=call.now, today=today(call)
    )


@operations(
    "POST",
    "/skills/{skill_id}/refuse",
    Words("不予确认", "Refuse a skill"),
    refuses=("right_missing", *DECIDING),
)
async def refuse_skill(
    call: Call, skill_id: UUID, body: SkillRefuseIn, if_match: str
) -> WaitingSkill:
    """With a reason that the person reads. Also takes back what was confirmed."""
    return await skills.refuse(
        call.actor, skill_id, body, if_match, now=call.now, today=today(call)
    )


@operations(
    "GET",
    "/seats-at-risk",
    Words("技能失效的名额", "List seats whose skill does not count"),
    refuses=("right_missing",),
)
async def list_seats_at_risk(call: Call, query: PageQuery) -> Page[Lacking]:
    """Seats to come whose person will not have what the role asks for, unless it is put right."""
    return await skills.list_seats_at_risk(call.actor, query, call.now, call.settings)
