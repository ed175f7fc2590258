"""Why somebody is not on a shift of a plan, and what would have to change."""

import asyncio
from uuid import UUID

import msgspec

from matcher.explaining.person import WhyNot, why_not
from matcher.lookup import Lookup
from matcher.plan import REASONS_VOLUNTEERS_MAX, Reason
from matcher.problem import Line
from services import rights
from services.database import rows
from services.errors import Conflict, NotFound
from services.planning.lines import lines_of
from services.planning.loading import read_problem
from services.planning.reasons import SeatChange, change_of
from services.rights import Actor, Right, acting
from services.rounds.reading import get

LINES = (
    "SELECT l.volunteer_id, l.shift_id, l.role_id FROM plan_line l JOIN plan p ON p.id = l.plan_id "
    "WHERE p.round_id = $1"
)
SHIFT = "SELECT shift_id FROM role WHERE id = $1"
NAMES = "SELECT id, name FROM volunteer WHERE id = ANY($1::uuid[]) AND state = 'active'"


class WhyNotView(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps a person from a role of a plan.

    `reason` is the first thing in the way, as in the counts of the plan; none where the person is
    on the shift. `is_full`: no seat is left. `rules` are those that the seat would break beside the
    plan, and `people` whom they name: friends who must come too, or people to be kept apart.
    `changes` lift together what is about the person and the role alone. `give_up` are the shifts
    without which there is time; none where no three would do. `limit`, where only the person's own
    limits are in the way, would do instead. `said` is why they were taken out.
    """

    volunteer_id: UUID
    name: str
    role_id: UUID
    reason: Reason | None
    is_full: bool
    rules: list[str]
    people: list[str]
    changes: list[SeatChange]
    give_up: list[UUID] | None
    limit: SeatChange | None
    said: list[str]


@acting
async def why_not_there(
    actor: Actor, round_id: UUID, role_id: UUID, volunteer_id: UUID
) -> WhyNotView:
    """Why this person does not have this role in the round's plan, by the data as they are now.

    NotFound without a plan, for a role that it does not plan, and for people whom the actor may
    not see or the round does not have. Conflict where the round has too many people to look.
    """
    round_ = await get(actor, round_id)
    await rights.require(actor, Right.SEE_PEOPLE, round_.organisation_id)
    named = await rows(NAMES, [volunteer_id])
    shifts = await rows(SHIFT, role_id)
    if round_.plan is None or not named or not shifts:
        raise NotFound
    if round_.plan.volunteers > REASONS_VOLUNTEERS_MAX:
        raise Conflict("round_too_large", most=REASONS_VOLUNTEERS_MAX)
    problem = (await read_problem(round_id)).problem
    line = Line(str(volunteer_id), str(shifts[0]["shift_id"]), str(role_id))
    lookup = Lookup(problem)
    if not lookup.knows(line):
        raise NotFound
    kept = [each for each in lines_of(await rows(LINES, round_id)) if lookup.knows(each)]
    found = await asyncio.to_thread(why_not, problem, kept, line)
    others = await rows(NAMES, sorted(_named_people(found)))
    return _view(found, named[0]["name"], [row["name"] for row in others])


def _named_people(found: WhyNot) -> set[UUID]:
    """The other people whom the broken rules name."""
    people: set[str] = set()
    for each in found.words:
        if each.rule == "H11":
            people |= {str(each.parameters["volunteer"]), str(each.parameters["other"])}
        if each.rule == "H12":
            people |= set(str(each.parameters["group"]).split(", "))
    return {UUID(each) for each in people - {found.line.volunteer}}


def _view(found: WhyNot, name: str, people: list[str]) -> WhyNotView:
    give_up = found.give_up
    return WhyNotView(
        volunteer_id=UUID(found.line.volunteer),
        name=name,
        role_id=UUID(found.line.role),
        reason=found.reason,
        is_full=found.is_full,
        rules=list(dict.fromkeys(each.rule for each in found.words)),
        people=people,
        changes=[change_of(each, is_cheapest=False) for each in found.changes],
        give_up=None if give_up is None else [UUID(each.shift) for each in give_up],
        limit=None if found.limit is None else change_of(found.limit, is_cheapest=False),
        said=list(found.forbidden),
    )
