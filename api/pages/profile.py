"""When, how much, how far and with what: a person's own profile, or that of somebody's ward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from babel.dates import get_day_names
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import locale_of, mark
from api.layer.problems import status_of
from api.pages import profile_fields as fields
from api.pages.forms import form_of, text_of, values_of
from api.pages.places import POSITION_POLICY
from api.pages.position_fields import location
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.skill_words import skill_helpers
from api.pages.week import DAYS, PARTS, Week, by_span, clock, week_of, windows_of
from api.pages.whose import whose as named_by_address
from api.pages.wording import sentence
from services import consents, profile, skills
from services.consents import Purpose
from services.errors import NotFound, ServiceError
from services.paging import LIMIT_MAX, PageQuery
from services.profile import AvailabilityIn, Profile, ProfileIn
from services.rights import Actor
from services.versions import etag_of
from services.volunteer_types import AvailabilityChange, Liking

SAVED: Final[Mapping[str, str]] = {
    "skills": mark("Saved. What has to be confirmed is on its way to be looked at."),
    "removed": mark("The skill is off your list."),
    "week": mark("Saved. From now on plans go by this week."),
    "days": mark("Saved."),
    "likes": mark("Saved. We look for what you like first."),
    "limits": mark("Saved. You will not be asked for more than this."),
    "home": mark("Saved."),
    "asking": mark("Saved."),
}
LIKING_WORDS: Final = (
    mark("Prefer not"),
    mark("Don't mind"),
    mark("Like"),
    mark("Love"),
)
ASKED: Final = (Purpose.MATCHING, Purpose.EMERGENCY)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose profile a page is about, and where it is; a ward has a name to be said."""

    actor: Actor
    volunteer_id: UUID
    ward_name: str | None = None

    @property
    def is_ward(self) -> bool:
        return self.ward_name is not None

    @property
    def home(self) -> str:
        """The address of the profile."""
        return f"/me/wards/{self.volunteer_id}/profile" if self.is_ward else "/me/profile"

    def saved(self, section: str) -> Response:
        """Back to the profile, where it says so."""
        return go_to(f"{self.home}?saved={section}#{section}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a section could not be saved, and what was typed into it."""

    section: str
    words: str
    status: int
    form: Mapping[str, str] = field(default_factory=dict)
    week: Week | None = None


async def whose(reader: Reader) -> Whose:
    """The person of the address: a ward, or else whoever is signed in, whose address names
    nobody."""
    ward_id: UUID | None = reader.request.path_params.get("ward_id")
    if ward_id is not None and ward_id not in reader.require_actor().wards:
        raise NotFound
    person = await named_by_address(reader)
    return Whose(reader.require_actor(), person.volunteer_id, person.ward_name)


async def show(request: Request) -> Response:
    reader = await reader_of(request)
    return await _profile_page(reader, await whose(reader))


async def save_week(request: Request) -> Response:
    reader = await reader_of(request)
    own = await whose(reader)
    form = await form_of(request)
    wanted = Week(
        frozenset(fields.cells(await values_of(request, "cell"))),
        tuple(fields.exact_times(await values_of(request, "exact"))),
    )
    try:
        before = await profile.availability(own.actor, own.volunteer_id)
        wanted = fields.with_new_time(wanted, form)
        # A week that says the same is left as it was written, to the minute.
        same = week_of(before.windows) == week_of(windows_of(wanted))
        windows = before.windows if same else windows_of(wanted)
        await _save_times(own, form, windows, before.changes)
    except ServiceError as error:
        fault = Fault("week", sentence(reader, error), status_of(error), form, wanted)
        return await _profile_page(reader, own, fault)
    return own.saved("week")


async def add_days(request: Request) -> Response:
    reader = await reader_of(request)
    own = await whose(reader)
    form = await form_of(request)
    try:
        change = fields.new_change(form, reader)
        before = await profile.availability(own.actor, own.volunteer_id)
        changes = [*_not_over(before.changes, reader.now), change]
        changes = sorted(set(changes), key=lambda each: (each.starts_at, each.ends_at, each.kind))
        await _save_times(own, {}, before.windows, changes)
    except ServiceError as error:
        fault = Fault("days", sentence(reader, error), status_of(error), form)
        return await _profile_page(reader, own, fault)
    return own.saved("days")


async def remove_days(request: Request) -> Response:
    reader = await reader_of(request)
    own = await whose(reader)
    which = text_of(await form_of(request), "change")
    before = await profile.availability(own.actor, own.volunteer_id)
    kept = [each for each in _not_over(before.changes, reader.now) if fields.name_of(each) != which]
    await _save_times(own, {}, before.windows, kept)
    return own.saved("days")


async def save_likes(request: Request) -> Response:
    reader = await reader_of(request)
    own = await whose(reader)
    form = await form_of(request)
    likes = fields.likes(form)
    return await _save_profile(reader, own, form, "likes", lambda: {"likes": likes})


async def save_limits(request: Request) -> Response:
    reader = await reader_of(request)
    own = await whose(reader)
    form = await form_of(request)
    return await _save_profile(reader, own, form, "limits", lambda: fields.limits(form))


async def save_home(request: Request) -> Response:
    reader = await reader_of(request)
    own = await whose(reader)
    form = await form_of(request)
    return await _save_profile(reader, own, form, "home", lambda: {"home": location(form)})


async def answer(request: Request) -> Response:
    """A switch: may be proposed for shifts, may be called in an emergency."""
    reader = await reader_of(request)
    own = await whose(reader)
    form = await form_of(request)
    purpose = next((each for each in ASKED if each == text_of(form, "purpose")), None)
    if purpose is None:
        raise NotFound
    say = consents.give if text_of(form, "answer") == "yes" else consents.refuse
    try:
        await say(own.actor, own.volunteer_id, purpose, now=reader.now)
    except ServiceError as error:
        fault = Fault("asking", sentence(reader, error), status_of(error))
        return await _profile_page(reader, own, fault)
    return own.saved("asking")


async def _save_times(
    own: Whose,
    form: Mapping[str, str],
    windows: Sequence[Any],
    changes: Sequence[AvailabilityChange],
) -> None:
    command = AvailabilityIn(windows=list(windows), changes=list(changes))
    version = text_of(form, "version") or None
    await profile.replace_availability(own.actor, own.volunteer_id, command, version)


async def _save_profile(
    reader: Reader, own: Whose, form: Mapping[str, str], section: str, read: Any
) -> Response:
    try:
        before = await profile.get(own.actor, own.volunteer_id)
        command = msgspec.structs.replace(_command(before), **read())
        version = text_of(form, "version") or None
        await profile.replace(own.actor, own.volunteer_id, command, version)
    except ServiceError as error:
        fault = Fault(section, sentence(reader, error), status_of(error), form)
        return await _profile_page(reader, own, fault)
    return own.saved(section)


def _command(before: Profile) -> ProfileIn:
    told = {*ProfileIn.__struct_fields__} & {*before.__struct_fields__}
    return ProfileIn(**{name: getattr(before, name) for name in told})


async def _profile_page(reader: Reader, own: Whose, fault: Fault | None = None) -> Response:
    times = await profile.availability(own.actor, own.volunteer_id)
    person = await profile.get(own.actor, own.volunteer_id)
    today = reader.moments.day_of(reader.now)
    held = await skills.list_of(
        own.actor, own.volunteer_id, PageQuery(limit=LIMIT_MAX), today=today
    )
    questions = await consents.questions(own.actor, own.volunteer_id, reader.now)
    saved = reader.request.query_params.get("saved", "")
    shown = (fault and fault.week) or week_of(times.windows)
    facts: dict[str, Any] = {
        "own": own,
        "person": person,
        "times": times,
        "week": shown,
        "exact_times": by_span(shown.exact),
        "parts": PARTS,
        "day_names": _day_names(reader),
        "changes": [(fields.name_of(each), each) for each in _not_over(times.changes, reader.now)],
        "skills": held.items,
        "rules": {rule.skill: rule for rule in await skills.every_rule()},
        "causes": _causes(await profile.known_causes(), person.likes),
        "liking_words": LIKING_WORDS,
        "questions": [each for each in questions if each.purpose in ASKED],
        "versions": {"times": etag_of(times), "person": etag_of(person)},
        "fault": fault,
        "saved": saved if saved in SAVED and fault is None else None,
        "saved_words": SAVED,
        "today": today,
        "clock": clock,
        "hours": fields.hours_shown,
    }
    response = page(
        reader, "me-profile.html", fault.status if fault else 200, **facts, **skill_helpers(reader)
    )
    response.headers["Permissions-Policy"] = POSITION_POLICY
    return response


def _day_names(reader: Reader) -> list[tuple[str, str, str]]:
    """Of each weekday from Monday: for the head of a column, in full, and short in a line."""
    locale = locale_of(reader.language)
    brief = get_day_names("abbreviated", locale=locale)
    head = get_day_names("narrow" if reader.language == "zh" else "short", locale=locale)
    # In Chinese the house says 周一 everywhere, and never 星期一.
    full = brief if reader.language == "zh" else get_day_names("wide", locale=locale)
    return [(head[day], full[day], brief[day]) for day in range(DAYS)]


def _causes(known: Sequence[str], likes: Sequence[Liking]) -> list[tuple[str, int]]:
    stated = {each.cause: each.liking for each in likes}
    return [(cause, stated.get(cause, 1)) for cause in sorted({*known, *stated})]


def _not_over(changes: Sequence[AvailabilityChange], now: datetime) -> list[AvailabilityChange]:
    return [each for each in changes if each.ends_at > now]
