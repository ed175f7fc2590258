"""What both sides say of a shift afterwards."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import evaluations
from services.evaluations import Evaluation, EvaluationIn, Evaluations, ShiftEvaluations

operations = Operations("evaluations", Words("互评", "Evaluations"))


@operations(
    "POST",
    "/claims/{claim_id}/evaluation",
    Words("评价", "Evaluate"),
    refuses=("not_served", "evaluation_closed"),
)
async def evaluate(call: Call, claim_id: UUID, body: EvaluationIn) -> Evaluation:
    """The person says how the shift was; its lead, how the person served. Again: instead."""
    return await evaluations.give(call.actor, claim_id, body, call.now)


@operations("GET", "/claims/{claim_id}/evaluations", Words("读取评价", "Read what was said"))
async def read_evaluations(call: Call, claim_id: UUID) -> Evaluations:
    """The person reads both sides; those who lead the shift what they said themselves."""
    return await evaluations.of_claim(call.actor, claim_id)


@operations(
    "GET",
    "/shifts/{shift_id}/evaluations",
    Words("班次评价汇总", "What people say of a shift"),
)
async def read_shift_evaluations(call: Call, shift_id: UUID) -> ShiftEvaluations:
    """In sums of five people or more, for those who lead or organise it."""
    return await evaluations.of_shift(call.actor, shift_id)
