"""Why a plan is as it is, asked about one person and one role."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import rounds
from services.rounds import WhyNotView

operations = Operations("rounds", Words("编排", "Rounds"))


@operations(
    "GET",
    "/rounds/{round_id}/roles/{role_id}/why-not/{volunteer_id}",
    Words("说明为何没排上", "Say why somebody is not there"),
    refuses=("right_missing", "round_too_large"),
)
async def why_not(call: Call, round_id: UUID, role_id: UUID, volunteer_id: UUID) -> WhyNotView:
    """The first thing that keeps a person from a role of the plan, and what would have to change.

    Looks at the data as they are now. Nothing is changed and nobody is asked.
    """
    return await rounds.why_not_there(call.actor, round_id, role_id, volunteer_id)
