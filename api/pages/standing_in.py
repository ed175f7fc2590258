"""Somebody cannot come: who could stand in, for the organiser of a round."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark
from api.pages.reader import reader_of
from api.pages.rendering import page
from services import rights, standing_in
from services.rights import Right
from services.standing_in import ReplacementsQuery

SHOWN: Final = 5

BECAUSE_WORDS: Final[Mapping[str, str]] = {
    "asked_for": mark("you invited this person"),
    "below_minimum": mark("the role is below its least number"),
    "skill_needed": mark("has the skill that is asked for"),
    "likes_cause": mark("likes such work"),
    "near": mark("lives near"),
    "served_little": mark("has served little lately"),
}
OBSTACLE_WORDS: Final[Mapping[str, str]] = {
    "forbidden": mark("said no, or was taken out"),
    "skills": mark("lacks a skill that the role asks for"),
    "age": mark("is not of the age"),
    "group": mark("is in none of the groups"),
    "unavailable": mark("has no time then"),
    "too_far": mark("does not travel so far"),
    "busy": mark("has something else, or enough"),
    "team": mark("would not fit with who is there"),
}


async def show(request: Request) -> Response:
    """The best few for one seat. It can be asked again at any time: nobody is asked by it."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    rights.require_anywhere(actor, Right.SEE_PEOPLE)
    round_id, role_id = request.path_params["round_id"], request.path_params["role_id"]
    query = ReplacementsQuery(limit=SHOWN, instead_of=_person(request))
    found = await standing_in.replacements(actor, round_id, role_id, query)
    return page(
        reader,
        "standing-in.html",
        found=found,
        because=BECAUSE_WORDS,
        obstacles=OBSTACLE_WORDS,
    )


def _person(request: Request) -> UUID | None:
    """Whose seat it is; anything that is no id means nobody."""
    try:
        return UUID(request.query_params.get("instead_of", ""))
    except ValueError:
        return None
