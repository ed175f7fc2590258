"""Planning rounds: asked for, looked at, published."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import rounds, standing_in
from services.paging import Page, PageQuery
from services.rounds import PlanCertificate, PlanView, PublishIn, Round, RoundIn
from services.standing_in import ReplacementsQuery, ReplacementsView

operations = Operations("rounds", Words("编排", "Rounds"))


@operations("GET", "/rounds", Words("列出编排", "List rounds"), refuses=("right_missing",))
async def list_rounds(call: Call, query: PageQuery) -> Page[Round]:
    """The rounds of the account's subtree, newest first."""
    return await rounds.list_page(call.actor, query)


@operations(
    "POST",
    "/rounds",
    Words("发起编排", "Ask for a round"),
    status=202,
    location="/rounds/{id}",
    refuses=("right_missing",),
)
async def create_round(call: Call, body: RoundIn) -> Round:
    """Plans all open shifts of the organisation's subtree inside the horizon.

    The answer comes before the plan: read the round until its state is no longer `solving`.
    """
    return await rounds.request(call.actor, body, call.now, call.settings)


@operations(
    "GET",
    "/rounds/{round_id}",
    Words("读取编排", "Read a round"),
    refuses=("right_missing",),
)
async def read_round(call: Call, round_id: UUID) -> Round:
    """The state of a round, how far the solver is, and what came of it in figures."""
    return await rounds.get(call.actor, round_id)


@operations(
    "GET",
    "/rounds/{round_id}/plan",
    Words("读取方案", "Read the plan"),
    refuses=("right_missing",),
)
async def read_plan(call: Call, round_id: UUID, query: PageQuery) -> PlanView:
    """Who serves where, shift by shift, and what keeps the others from each open seat."""
    return await rounds.plan(call.actor, round_id, query)


@operations(
    "GET",
    "/rounds/{round_id}/plan/certificate",
    Words("读取方案的证明", "Read the proof of a plan"),
    refuses=("right_missing",),
)
async def read_plan_certificate(call: Call, round_id: UUID) -> PlanCertificate:
    """What proves the bounds of the plan: `mulin check --certificate` takes the answer as it is.

    Nothing in it needs to be believed: wrong numbers prove less, never too much.
    """
    return await rounds.certificate(call.actor, round_id)


@operations(
    "POST",
    "/rounds/{round_id}/solve",
    Words("重新编排", "Plan again"),
    status=202,
    location="/rounds/{id}",
    refuses=("right_missing", "round_not_solvable"),
)
async def solve_round(call: Call, round_id: UUID) -> Round:
    """Plans a draft, or a round whose plan is stale because the data moved."""
    return await rounds.solve_again(call.actor, round_id, call.now)


@operations(
    "POST",
    "/rounds/{round_id}/cancel",
    Words("停止编排", "Stop planning"),
    refuses=("right_missing", "round_not_solving"),
)
async def cancel_round(call: Call, round_id: UUID) -> Round:
    """Stops planning: at once if nobody works on it, else within seconds."""
    return await rounds.cancel(call.actor, round_id, call.now)


@operations(
    "POST",
    "/rounds/{round_id}/discard",
    Words("放弃方案", "Discard a plan"),
    refuses=("right_missing", "round_not_proposed", "round_publishing"),
)
async def discard_round(call: Call, round_id: UUID) -> Round:
    """Puts a proposed plan away; nobody is offered anything."""
    return await rounds.discard(call.actor, round_id, call.now)


@operations(
    "POST",
    "/rounds/{round_id}/publish",
    Words("发布方案", "Publish a plan"),
    refuses=("right_missing", "round_not_proposed", "round_stale"),
)
async def publish_round(call: Call, round_id: UUID, body: PublishIn) -> Round:
    """Sends the plan's lines as offers. Again: nothing changes.

    Refused with `round_stale` if the data moved since the plan was made; nothing is offered then.
    A large plan is published in the background: the round says `publishing` until it is done, and
    is `stale` then instead of `published` if the data moved.
    """
    return await rounds.publish(call.actor, round_id, body, call.now, call.settings)


@operations(
    "GET",
    "/rounds/{round_id}/roles/{role_id}/replacements",
    Words("谁能顶上", "Who could stand in"),
    refuses=("right_missing",),
)
async def read_replacements(
    call: Call, round_id: UUID, role_id: UUID, query: ReplacementsQuery
) -> ReplacementsView:
    """Who could take a seat of a role as things stand, the best first, each with reasons.

    `instead_of` names whoever cannot come. Of those who live near and cannot take the seat the
    first obstacle is told. Nobody is asked by this.
    """
    return await standing_in.replacements(call.actor, round_id, role_id, query)
