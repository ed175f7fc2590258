"""My record: what is noted in my name, by whom, and what I say to it."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import locale_of, mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import my_record, volunteers
from services.errors import Conflict, Invalid, NotFound, ServiceError
from services.my_record import DisputeIn, RecordLine, RecordQuery, Stay, TotalsQuery
from services.paging import CURSOR_LENGTH_MAX

SHOWN: Final = 30
STAY_WORDS: Final[Mapping[str, str]] = {
    "running": mark("Going on"),
    "to_be_confirmed": mark("To be confirmed"),
    "noted": mark("Noted"),
    "disputed": mark("Disputed"),
    "corrected": mark("Corrected"),
    "struck": mark("Struck out"),
}
STAY_CHIPS: Final[Mapping[str, str]] = {
    "running": "",
    "to_be_confirmed": "wait",
    "noted": "good",
    "disputed": "wait",
    "corrected": "good",
    "struck": "alert",
}
# By what a moment is known, and who noted it.
NOTED_WORDS: Final[Mapping[tuple[str, str], str]] = {
    ("self", "qr"): mark("in person, by code"),
    ("self", "qr_later"): mark("in person, by code, sent later"),
    ("self", "code"): mark("in person, by six-digit code"),
    ("guardian", "qr"): mark("a guardian, by code"),
    ("guardian", "qr_later"): mark("a guardian, by code, sent later"),
    ("guardian", "code"): mark("a guardian, by six-digit code"),
    ("lead", "lead"): mark("recorded by the lead"),
    ("organiser", "decision"): mark("corrected by an organiser"),
    ("nobody", "capped"): mark("nobody checked out: the planned end stands"),
}
DISPUTE_WORDS: Final[Mapping[str, str]] = {
    "open": mark("Waits for an answer"),
    "upheld": mark("Upheld: the record was changed"),
    "rejected": mark("The record stands"),
}
SAID: Final = {
    "disputed": mark("It is with the organisers now. You are told what they answer."),
}


def record_helpers(reader: Reader) -> Mapping[str, Callable[..., object]]:
    """Functions that the templates of records call."""
    look_up = translations(reader.language).gettext
    pattern = "y年M月" if reader.language == "zh" else "MMMM y"
    locale = locale_of(reader.language)

    def stay_length(stay: Stay) -> str:
        if stay.minutes == 0 and not stay.is_struck:
            return look_up("less than a minute")
        return time_given(reader, stay.minutes or 0)

    return {
        "stay_length": stay_length,
        "time_given": lambda minutes: time_given(reader, minutes),
        "stay_words": lambda state: look_up(STAY_WORDS[state]),
        "stay_chip": lambda state: STAY_CHIPS[state],
        "noted_words": lambda moment: look_up(NOTED_WORDS[moment.by, moment.evidence]),
        "dispute_words": lambda state: look_up(DISPUTE_WORDS[state]),
        "month_words": lambda line: format_date(
            reader.moments.day_of(line.stay.came.at), pattern, locale=locale
        ),
    }


def time_given(reader: Reader, minutes: int) -> str:
    """`61 小时 5 分钟`: hours that were given stay hours, however many they are."""
    catalogue = translations(reader.language)
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(catalogue.ngettext("%(num)s hour", "%(num)s hours", hours) % {"num": hours})
    if rest or not hours:
        parts.append(catalogue.ngettext("%(num)s minute", "%(num)s minutes", rest) % {"num": rest})
    return " ".join(part.replace(" ", "\u00a0") for part in parts)


async def show_list(request: Request) -> Response:
    """The sums, and every stay by months: one's own, or a ward's."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    ward_id: UUID | None = request.path_params.get("ward_id")
    if ward_id is not None and ward_id not in actor.wards:
        raise NotFound
    after = request.query_params.get("after", "")[:CURSOR_LENGTH_MAX] or None
    query = RecordQuery(limit=SHOWN, after=after, volunteer_id=ward_id)
    found = await my_record.list_mine(actor, query, reader.now, reader.settings)
    totals = await my_record.totals(actor, TotalsQuery(volunteer_id=ward_id), reader.settings)
    facts = {
        "months": _by_month(reader, found.items),
        "sums": {each.month: each for each in totals.months},
        "totals": totals,
        "next": found.next,
        "is_first": after is None,
        "ward_id": ward_id,
        "ward_name": await _ward_name(reader, ward_id),
        **record_helpers(reader),
    }
    return page(reader, "record.html", **facts)


async def _ward_name(reader: Reader, volunteer_id: UUID | None) -> str | None:
    """What the young volunteer is called whose guardian reads; None of one's own record."""
    actor = reader.require_actor()
    if volunteer_id is None or volunteer_id not in actor.wards:
        return None
    today = reader.moments.day_of(reader.now)
    return (await volunteers.get(actor, volunteer_id, today=today)).name


def _by_month(reader: Reader, lines: list[RecordLine]) -> list[tuple[str, list[RecordLine]]]:
    """The lines under the months in which they began, in their order."""
    found: dict[str, list[RecordLine]] = {}
    for line in lines:
        found.setdefault(f"{reader.moments.local(line.stay.came.at):%Y-%m}", []).append(line)
    return list(found.items())


async def show_one(request: Request) -> Response:
    return await _one(await reader_of(request))


async def dispute(request: Request) -> Response:
    reader = await reader_of(request)
    text = text_of(await form_of(request), "text")
    try:
        command = read_command({"text": text}, DisputeIn)
        await my_record.dispute(
            reader.require_actor(), _claim_id(reader), command, reader.now, reader.settings
        )
    except (Conflict, Invalid) as error:
        return await _one(reader, error, text)
    return go_to(f"/mine/{_claim_id(reader)}/record?said=disputed")


async def _one(reader: Reader, refused: ServiceError | None = None, text: str = "") -> Response:
    entry = await my_record.get(
        reader.require_actor(), _claim_id(reader), reader.now, reader.settings
    )
    said = SAID.get(reader.request.query_params.get("said", ""))
    facts = {
        "line": entry.line,
        "former": entry.former,
        "disputes": entry.disputes,
        "ward_name": await _ward_name(reader, entry.line.volunteer_id),
        "text": text,
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
        **record_helpers(reader),
    }
    return page(reader, "record-stay.html", status_of(refused) if refused else 200, **facts)


def _claim_id(reader: Reader) -> UUID:
    claim_id: UUID = reader.request.path_params["claim_id"]
    return claim_id
