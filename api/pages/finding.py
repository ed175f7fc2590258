"""Finding a shift: the list, the map, and what fits the reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark
from api.layer.problems import settings_of
from api.pages import map_picture, placing
from api.pages.find_filters import (
    NEAR_CHOICES_KM,
    Filters,
    days_of,
    filters_of,
    with_choice,
)
from api.pages.forms import form_of, text_of
from api.pages.map_picture import box_text, zoomed
from api.pages.places import POSITION_POLICY, Position
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from services import finding, maps
from services.errors import NotFound
from services.finding import FindIn, Found, RecommendationQuery
from services.types import Latitude, Longitude

ON_MAP_SHOWN: Final = 12
TILE_DIGITS_MAX: Final = 7
TILE_SECONDS: Final = 7 * 24 * 3600
BECAUSE_WORDS: Final[Mapping[str, str]] = {
    "asked_for": mark("the organiser asked for you"),
    "below_minimum": mark("people are missing there"),
    "skill_needed": mark("you have the skill that is needed"),
    "likes_cause": mark("you like such work"),
    "near": mark("it is near your home"),
    "served_little": mark("you have not had a turn for a while"),
}
OBSTACLE_WORDS: Final[Mapping[str, str]] = {
    "forbidden": mark("You said no to it before, or it is planned without you."),
    "skills": mark("It asks for a skill that you do not have yet."),
    "age": mark("It is for people of another age."),
    "group": mark("It is for members of certain organisations."),
    "unavailable": mark("It is outside the times that you gave."),
    "too_far": mark("It is further than you said you travel."),
    "busy": mark("You have promised something else then, or given as much as you wanted."),
    "team": mark("The team there is complete as it is."),
}


@dataclass(frozen=True, slots=True)
class Day:
    """The shifts that start on one calendar day; of no day where they are ordered otherwise."""

    day: date | None
    found: list[Found]


async def show(request: Request) -> Response:
    """The open shifts, as the address asks for them."""
    reader = await reader_of(request)
    home = await placing.home_of(reader)
    filters = _filters(reader, request.query_params, has_home=home is not None)
    return await _page(reader, filters, home, is_here=False)


async def nearby(request: Request) -> Response:
    """The same from where the phone is: the position came with the form, and goes with the answer.

    It stands in no address, no log and no table.
    """
    reader = await reader_of(request)
    form = await form_of(request)
    here = _position(form)
    if here is None:
        return go_to("/")
    filters = _filters(reader, {"order": "distance", **form}, has_home=True)
    return await _page(reader, filters, here, is_here=True)


async def decline(request: Request) -> Response:
    """Not for me: the reader does not see this shift again unless they ask to."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    await finding.decline(actor, request.path_params["shift_id"], reader.now)
    return go_to("/?view=you&said=declined")


async def take_back(request: Request) -> Response:
    reader = await reader_of(request)
    await finding.take_back(reader.require_actor(), request.path_params["shift_id"])
    return go_to(f"/shifts/{request.path_params['shift_id']}")


async def tile(request: Request) -> Response:
    """A picture of the map, from the source that the settings name, by way of us."""
    asked = [request.query_params.get(name, "") for name in "zxy"]
    if not all(0 < len(each) <= TILE_DIGITS_MAX and each.isdecimal() for each in asked):
        raise NotFound
    zoom, column, row = map(int, asked)
    found = await maps.tile(zoom, column, row, settings_of(request))
    kept = {"Cache-Control": f"public, max-age={TILE_SECONDS}"}
    return Response(found.content, media_type=found.media_type, headers=kept)


def _filters(reader: Reader, asked: Mapping[str, str], *, has_home: bool) -> Filters:
    return filters_of(asked, has_home=has_home, is_volunteer=reader.is_volunteer)


async def _page(
    reader: Reader, filters: Filters, origin: Position | None, *, is_here: bool
) -> Response:
    response = await _view(reader, filters, origin, is_here=is_here)
    response.headers["Permissions-Policy"] = POSITION_POLICY
    return response


async def _view(
    reader: Reader, filters: Filters, origin: Position | None, *, is_here: bool
) -> Response:
    facts: dict[str, Any] = {
        "filters": filters,
        "choices": with_choice(await finding.choices(reader.now), filters),
        "days_shown": days_of(reader, filters),
        "near_choices": NEAR_CHOICES_KM,
        "can_near": origin is not None,
        "here": origin if is_here else None,
        "said": reader.request.query_params.get("said"),
        "because": BECAUSE_WORDS,
        "obstacles": OBSTACLE_WORDS,
        **placing.helpers(reader, origin, is_here=is_here),
    }
    if filters.view == "you":
        told = await finding.recommend(
            reader.require_actor(), RecommendationQuery(), reader.now, reader.settings
        )
        return page(reader, "find-you.html", told=told, **facts)
    query = filters.query(reader, origin)
    if filters.view == "map":
        return await _map(reader, filters, query, origin, facts)
    found = await finding.find(reader.actor, query, reader.now, reader.settings)
    days = _by_day(reader, filters, found.items)
    return page(reader, "find.html", days=days, next=found.next, **facts)


async def _map(
    reader: Reader,
    filters: Filters,
    query: FindIn,
    origin: Position | None,
    facts: dict[str, Any],
) -> Response:
    pins = await finding.located(reader.actor, query, reader.now, reader.settings)
    picture = map_picture.draw(pins, query.box, origin)
    few = msgspec.structs.replace(query, limit=ON_MAP_SHOWN)
    listed = await finding.find(reader.actor, few, reader.now, reader.settings)
    links: dict[str, Callable[..., str]] = {
        "cluster_link": lambda cluster: filters.link(
            box=box_text(zoomed(map_picture.around([p.location for p in cluster.pins]), 1.2)),
            view="map",
        ),
        "zoom_link": lambda factor: filters.link(
            view="map", box=box_text(zoomed(picture.box, factor)) if picture else None
        ),
    }
    return page(
        reader,
        "find-map.html",
        picture=picture,
        pins=len(pins),
        tiles_by=reader.settings.map_tiles_by if reader.settings.map_tiles else None,
        found=listed.items,
        more=listed.next is not None,
        **links,
        **facts,
    )


def _by_day(reader: Reader, filters: Filters, found: list[Found]) -> list[Day]:
    if filters.order != "time":
        return [Day(None, found)] if found else []
    days = groupby(found, lambda each: reader.moments.day_of(each.shift.starts_at))
    return [Day(day, list(group)) for day, group in days]


def _position(form: Mapping[str, str]) -> Position | None:
    """Where the phone says that it is, in WGS 84 as browsers tell it, to about a hundred metres."""
    try:
        return msgspec.convert(
            (text_of(form, "longitude"), text_of(form, "latitude")),
            type=tuple[Longitude, Latitude],
            strict=False,
        )
    except msgspec.ValidationError:
        return None
