"""Coming every week: signing up to a series, its days, and its end."""

from datetime import date, timedelta

from babel.dates import get_day_names
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import locale_of, mark, translations
from api.pages.forms import form_of, text_of
from api.pages.mine import version_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from api.sentences import SENTENCES
from services import rights, shifts
from services.errors import Conflict, Invalid, NotFound
from services.my_shifts import series
from services.my_shifts.types import DayIn, MyShiftQuery, Series, SeriesDay, SeriesIn
from services.paging import LIMIT_MAX

WEEKS_SHOWN = 6
HAS_SEAT = mark("you have another seat then")


async def show_list(request: Request) -> Response:
    return await _list(await reader_of(request))


async def _list(reader: Reader, refused: Conflict | None = None) -> Response:
    if refused is not None and not reader.is_volunteer:
        raise refused  # A guardian's press for a ward: there is no list of their own to stand on.
    found = await series.list_mine(
        reader.require_actor(), MyShiftQuery(limit=LIMIT_MAX), reader.now, reader.settings
    )
    facts = {
        "items": [(each, _days_of(reader, each)) for each in found.items],
        "reason_title": lambda code: _title(reader, code),
        **_helpers(reader),
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "mine-series.html", refused.status if refused else 200, **facts)


def _days_of(reader: Reader, each: Series) -> list[tuple[date, SeriesDay | None]]:
    """The next days of the series with what came of each so far."""
    today = reader.moments.day_of(reader.now)
    first = max(today, each.starts_on)
    first += timedelta(days=(each.weekday - first.weekday()) % 7)
    known = {day.day: day for day in each.days}
    days = [first + timedelta(weeks=week) for week in range(WEEKS_SHOWN)]
    return [(day, known.get(day)) for day in days if each.ends_on is None or day <= each.ends_on]


async def show_new(request: Request) -> Response:
    return await _new(await reader_of(request))


async def _new(reader: Reader, refused: Conflict | Invalid | None = None) -> Response:
    shift = await shifts.get(reader.require_actor(), reader.request.path_params["shift_id"])
    local = reader.moments.local(shift.starts_at)
    facts = {
        "shift": shift,
        "weekday": local.weekday(),
        "start_minute": local.hour * 60 + local.minute,
        "first_day": max(local.date(), reader.moments.day_of(reader.now)),
        **_helpers(reader),
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "series-new.html", refused.status if refused else 200, **facts)


async def create(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    actor = reader.require_actor()
    rights.require_person(actor)
    shift = await shifts.get(actor, request.path_params["shift_id"])
    local = reader.moments.local(shift.starts_at)
    command = SeriesIn(
        project_id=shift.project_id,
        weekday=local.weekday(),
        start_minute=local.hour * 60 + local.minute,
        risk_statement_version=version_of(form),
        starts_on=min(local.date(), reader.moments.day_of(reader.now)),
        ends_on=_day_of(text_of(form, "until")),
    )
    try:
        await series.create(actor, command, reader.now, reader.settings)
    except (Conflict, Invalid) as error:
        return await _new(reader, error)
    return go_to("/mine/series")


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _helpers(reader: Reader) -> dict[str, object]:
    locale = locale_of(reader.language)
    names = get_day_names("abbreviated" if reader.language == "zh" else "wide", locale=locale)
    return {"weekday_words": lambda weekday: names[weekday]}


def _title(reader: Reader, code: str) -> str:
    """What a refusal is called; the whole sentence stands on the page of the shift."""
    if code == "series_has_seat":
        return translations(reader.language).gettext(HAS_SEAT)
    found = SENTENCES[code]
    return found.title_zh if reader.language == "zh" else found.title_en


async def skip(request: Request) -> Response:
    reader = await reader_of(request)
    command = DayIn(day=_required(text_of(await form_of(request), "day")))
    series_id = request.path_params["series_id"]
    try:
        await series.skip(reader.require_actor(), series_id, command, reader.now, reader.settings)
    except Conflict as error:
        return await _list(reader, error)
    return go_to("/mine/series")


async def come(request: Request) -> Response:
    reader = await reader_of(request)
    command = DayIn(day=_required(text_of(await form_of(request), "day")))
    series_id = request.path_params["series_id"]
    await series.come(reader.require_actor(), series_id, command, reader.now, reader.settings)
    return go_to("/mine/series")


def _required(text: str) -> date:
    day = _day_of(text)
    if day is None:
        raise NotFound
    return day


async def end(request: Request) -> Response:
    reader = await reader_of(request)
    series_id = request.path_params["series_id"]
    await series.end(reader.require_actor(), series_id, reader.now, reader.settings)
    return go_to("/mine/series")
