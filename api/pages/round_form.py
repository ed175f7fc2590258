"""The form that asks for a new round."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from services import idempotency, organisations, rights, rounds
from services.errors import Defect, Invalid, ServiceError
from services.idempotency import StoredAnswer
from services.organisations import Organisation
from services.paging import LIMIT_MAX, PageQuery
from services.rights import Actor, Right
from services.rounds import RoundIn, RulesIn, WeightsIn

ROUTE: Final = "POST /rounds"
RULES: Final = tuple(field.name for field in msgspec.structs.fields(RulesIn))
WEIGHTS: Final = tuple(field.name for field in msgspec.structs.fields(WeightsIn))
DAYS_PROPOSED: Final = 7
EFFORT: Final = (
    (20, mark("20 seconds")),
    (60, mark("1 minute")),
    (300, mark("5 minutes")),
)
KEY_LENGTH_MAX: Final = 64


async def show_form(request: Request) -> Response:
    reader = await reader_of(request)
    tomorrow = reader.moments.day_of(reader.now) + timedelta(days=1)
    asked = request.query_params
    own = rights.require_anywhere(reader.require_actor(), Right.PLAN_ROUNDS)
    start = {
        "key": str(uuid4()),
        "organisation_id": str(own[0]),
        "first_day": tomorrow.isoformat(),
        "last_day": (tomorrow + timedelta(days=DAYS_PROPOSED - 1)).isoformat(),
        "seconds_max": str(EFFORT[0][0]),
        **{name: str(getattr(RulesIn(), name)) for name in RULES},
        **{name: str(getattr(WeightsIn(), name)) for name in WEIGHTS},
    }
    return await _form_page(reader, {name: asked.get(name, start[name]) for name in start})


async def ask(request: Request) -> Response:
    reader = await reader_of(request)
    actor = reader.require_actor()
    rights.require_anywhere(actor, Right.PLAN_ROUNDS)
    form = await form_of(request)
    try:
        command = read_round(form, reader)
        address = await _request_once(actor, form, command, reader)
    except Invalid as error:
        faults = {_field_of(defect): _words(reader, defect) for defect in error.defects}
        return await _form_page(reader, form, faults)
    return go_to(address)


def read_round(form: Mapping[str, str], reader: Reader) -> RoundIn:
    """The form as a command. Raises Invalid with every field that cannot be used."""
    days = {name: _day(text_of(form, name)) for name in ("first_day", "last_day")}
    defects = [Defect(name, "not_a_date") for name, day in days.items() if day is None]
    first, last = days["first_day"], days["last_day"]
    if first and last and last < first:
        defects.append(Defect("last_day", "last_before_first"))
    midnight = reader.moments.midnight
    tree = {
        "organisation_id": text_of(form, "organisation_id"),
        "horizon_start": midnight(first or date.min).isoformat(),
        "horizon_end": midnight((last or date.min) + timedelta(days=1)).isoformat(),
        "seconds_max": _number(text_of(form, "seconds_max")),
        "rules": {name: _number(text_of(form, name)) for name in RULES if text_of(form, name)},
        "weights": {name: _number(text_of(form, name)) for name in WEIGHTS if text_of(form, name)},
    }
    try:
        command = read_command(tree, RoundIn)
    except Invalid as error:
        raise Invalid([*defects, *error.defects]) from error
    if defects:
        raise Invalid(defects)
    return command


async def _request_once(
    actor: Actor, form: Mapping[str, str], command: RoundIn, reader: Reader
) -> str:
    """Ask for the round, and say where it is. The same form sent twice asks once."""
    key = text_of(form, "key")[:KEY_LENGTH_MAX] or str(uuid4())
    fingerprint = hashlib.sha256(msgspec.json.encode(command)).hexdigest()
    stored = await idempotency.begin(actor.account_id, ROUTE, key, fingerprint, reader.now)
    if stored is not None:
        return stored.headers["location"]
    try:
        round_ = await rounds.request(actor, command, reader.now, reader.settings)
    except ServiceError:
        await idempotency.abandon(actor.account_id, ROUTE, key)
        raise
    address = f"/rounds/{round_.id}"
    answer = StoredAnswer(status=303, body=b"", headers={"location": address})
    await idempotency.finish(actor.account_id, ROUTE, key, answer)
    return address


async def _form_page(
    reader: Reader, form: Mapping[str, str], faults: Mapping[str, str] | None = None
) -> Response:
    faults = faults or {}
    look_up = translations(reader.language).gettext
    facts = {
        "form": form,
        "faults": faults,
        "opened": any(name in faults for name in (*RULES, *WEIGHTS)),
        "organisations": await _organisations(reader.require_actor()),
        "effort": [(seconds, look_up(words)) for seconds, words in EFFORT],
    }
    return page(reader, "round-new.html", 400 if faults else 200, **facts)


async def _organisations(actor: Actor) -> list[Organisation]:
    """The organiser's own node first, then what lies under it, as far as one list goes."""
    own = await organisations.get(actor, rights.require_anywhere(actor, Right.PLAN_ROUNDS)[0])
    found = await organisations.list_page(actor, PageQuery(limit=LIMIT_MAX))
    return [own, *(node for node in found.items if node.id != own.id)]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> Any:
    """The whole number; text that is none stays text, for the command to refuse."""
    try:
        return int(text)
    except ValueError:
        return text


def _field_of(defect: Defect) -> str:
    """The field of the form behind a place in the command; empty for the form as a whole."""
    name = defect.place.rpartition(".")[2]
    horizon = {"horizon_start": "first_day", "horizon_end": "last_day"}
    return horizon.get(name, name)


def _words(reader: Reader, defect: Defect) -> str:
    own = {
        "last_before_first": mark("The last day is before the first."),
        "wrong_type": mark("Please give a whole number."),
        "not_a_date": mark("Please choose a day."),
    }
    if defect.code in own:
        return translations(reader.language).gettext(own[defect.code])
    zone = reader.settings.zone
    return messages.say_defect(defect, reader.language, zone)
