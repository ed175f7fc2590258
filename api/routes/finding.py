"""Finding a shift: searching, and what is recommended to a person."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import finding
from services.finding import FindIn, Found, RecommendationQuery, Recommendations
from services.paging import Page

operations = Operations("finding", Words("找活动", "Finding shifts"))


@operations(
    "POST",
    "/shifts/search",
    Words("查找班次", "Search open shifts"),
    access="open",
    refuses=("volunteers_only", "matching_refused"),
)
async def search_shifts(call: Call, body: FindIn) -> Page[Found]:
    """Open shifts by words, place, time, category and skill, in the order that is asked for.

    It is a POST because a position is nobody's business but yours: it stands in no address and in
    no log, and is forgotten with the answer. `when_free`, and `fit` as the order, are for whoever
    is signed in as a volunteer; what that person has said no to is left out.
    """
    return await finding.find(call.visitor, body, call.now, call.settings)


@operations(
    "GET",
    "/recommendations",
    Words("为我推荐的班次", "List what is recommended to me"),
    refuses=("volunteers_only", "not_found"),
)
async def list_recommendations(call: Call, query: RecommendationQuery) -> Recommendations:
    """The shifts that fit the person best by the planner's own score, and why. The reasons are kept
    as they are told here. Empty, with `is_refused`, for whoever does not want to be matched.
    """
    return await finding.recommend(call.actor, query, call.now, call.settings)


@operations(
    "POST",
    "/recommendations/{shift_id}/decline",
    Words("不感兴趣", "Say that a shift is not for me"),
    refuses=("volunteers_only",),
)
async def decline_recommendation(call: Call, shift_id: UUID) -> None:
    """The shift does not come back, neither here nor in lists. It costs nothing and tells nobody;
    one can still open the shift and claim a seat.
    """
    await finding.decline(call.actor, shift_id, call.now)


@operations(
    "POST",
    "/recommendations/{shift_id}/take-back",
    Words("恢复显示", "Let a shift come back"),
    refuses=("volunteers_only",),
)
async def take_back_recommendation(call: Call, shift_id: UUID) -> None:
    """Undoes `decline`. Nothing happens where nothing was declined."""
    await finding.take_back(call.actor, shift_id)
