"""My shifts: what comes, what is pending, what is over; and one of them with its acts."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.claim_words import OWN_CLAIM_WORDS, SHIFT_CALLED_OFF
from api.i18n import mark, translations
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import agreements, claims, offers, shifts
from services.errors import Conflict, ServiceError
from services.my_shifts import answering, buddies, hand_over_reading, handing_over, reading
from services.my_shifts.types import (
    Act,
    CodeQuery,
    HandOver,
    HandOverIn,
    MyShift,
    MyShiftQuery,
    Phase,
    TakeIn,
)
from services.offers import Offer, OfferQuery
from services.paging import LIMIT_MAX
from services.rights import Actor

SAID: Final[Mapping[str, str]] = {
    "confirm": mark("Good to know. See you there!"),
    "cancel": mark("Your seat is free for somebody else now. Thank you for saying so."),
    "cannot-come": mark(
        "We are looking for a stand-in, and the lead has been told. Thank you for saying so."
    ),
    "come-after-all": mark("Good news: the seat is yours as before."),
    "hand-over": mark("The seat stays yours until somebody takes it."),
    "keep": mark("The seat stays yours."),
    "taken": mark("The seat is yours. Thank you for stepping in!"),
    "swapped": mark("You have swapped. Your new shift is here."),
    "declined": mark("Nothing changes; the other person has been told."),
    "left": mark("You have left the group. The others go on as they are."),
}
LIST_LENGTH: Final = 30
HELD: Final = ("confirmed", "seeking_standin")


def own_words_for(reader: Reader) -> Callable[[MyShift], str]:
    """What the state of a seat is called to the person whose it is."""
    look_up = translations(reader.language).gettext

    def own_claim_words(mine: MyShift) -> str:
        state = mine.claim.state
        if state == "called_off" and mine.is_shift_called_off:
            return str(look_up(SHIFT_CALLED_OFF))
        return str(look_up(OWN_CLAIM_WORDS[state]))

    return own_claim_words


def said_of(reader: Reader) -> str | None:
    """What was done just now, told once."""
    words = SAID.get(reader.request.query_params.get("said", ""))
    return translations(reader.language).gettext(words) if words else None


def version_of(form: Mapping[str, str]) -> int:
    """The version of the risks that stood on the page."""
    text = text_of(form, "version")[:9]
    return int(text) if text.isdecimal() else 0


async def show_list(request: Request) -> Response:
    reader = await reader_of(request)
    actor = reader.require_actor()
    named = request.query_params.get("show", "")
    phase = Phase(named) if named in set(Phase) else Phase.COMING
    after = request.query_params.get("after") or None
    query = MyShiftQuery(limit=50, phase=phase, after=after)
    found = await reading.list_mine(actor, query, reader.now, reader.settings)
    waiting = await hand_over_reading.list_open(
        actor, CodeQuery(limit=LIST_LENGTH), reader.now, reader.settings
    )
    groups = await buddies.list_mine(actor, CodeQuery(limit=LIST_LENGTH), reader.now)
    facts = {
        "phase": phase.value,
        "own_claim_words": own_words_for(reader),
        "items": found.items,
        "next": found.next,
        "seats_to_take": sum(1 for each in waiting.items if not each.in_return),
        "has_swaps": any(each.in_return for each in waiting.items),
        "groups": [each for each in groups.items if each.state == "gathering"],
        "said": said_of(reader),
    }
    return page(reader, "mine.html", **facts)


async def show_one(request: Request) -> Response:
    reader = await reader_of(request)
    return await _one(reader, request.path_params["claim_id"])


async def _one(reader: Reader, claim_id: UUID, refused: Conflict | None = None) -> Response:
    actor = reader.require_actor()
    mine = await reading.get(actor, claim_id, reader.now, reader.settings)
    shift = await shifts.get(actor, mine.claim.shift.id)
    facts = {
        "mine": mine,
        "own_claim_words": own_words_for(reader),
        "shift": shift,
        "link": stand_in_link(reader, mine.hand_over),
        "offer": await _offer(reader, mine),
        "can_check_in": _can_check_in(reader, mine),
        "to_sign": mine.claim.state in HELD
        and not await agreements.is_signed(mine.claim.volunteer_id, shift.id),
        "said": said_of(reader),
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "mine-shift.html", refused.status if refused else 200, **facts)


def stand_in_link(reader: Reader, hand_over: HandOver | None) -> str | None:
    """The address to send to whoever should take the seat."""
    if hand_over is None or hand_over.is_open_to_all:
        return None
    return f"{reader.settings.address.rstrip('/')}/stand-in/{hand_over.code}"


async def _offer(reader: Reader, mine: MyShift) -> Offer | None:
    """What is asked about this seat, if anything is."""
    if Act.ANSWER not in mine.acts:
        return None
    actor, person = reader.require_actor(), mine.claim.volunteer_id
    query = OfferQuery(limit=LIMIT_MAX, volunteer_id=person if person in actor.wards else None)
    asked = (await offers.list_mine(actor, query, reader.now)).items
    return next((each for each in asked if each.claim_id == mine.id), None)


def _can_check_in(reader: Reader, mine: MyShift) -> bool:
    """From shortly before the start until the time to check out is over."""
    settings, shift = reader.settings, mine.claim.shift
    opens_at = shift.starts_at - timedelta(minutes=settings.check_in_opens_minutes)
    closes_at = shift.ends_at + timedelta(minutes=settings.check_out_grace_minutes)
    is_held = mine.claim.state in (*HELD, "checked_in")
    return is_held and opens_at <= reader.now <= closes_at


Doing = Callable[[Actor, UUID, datetime], Awaitable[object]]


async def _act(request: Request, act: Doing, said: str) -> Response:
    reader = await reader_of(request)
    claim_id: UUID = request.path_params["claim_id"]
    try:
        await act(reader.require_actor(), claim_id, reader.now)
    except Conflict as error:
        return await _one(reader, claim_id, error)
    return go_to(f"/mine/{claim_id}?said={said}")


async def confirm(request: Request) -> Response:
    return await _act(request, answering.confirm, "confirm")


async def cannot_come(request: Request) -> Response:
    return await _act(request, answering.cannot_come, "cannot-come")


async def come_after_all(request: Request) -> Response:
    return await _act(request, answering.come_after_all, "come-after-all")


async def cancel(request: Request) -> Response:
    reader = await reader_of(request)

    async def withdraw(actor: Actor, claim_id: UUID, now: datetime) -> object:
        return await claims.withdraw(actor, claim_id, now, reader.settings)

    return await _act(request, withdraw, "cancel")


async def hand_over(request: Request) -> Response:
    form = await form_of(request)
    command = HandOverIn(is_open_to_all=text_of(form, "to") == "all")

    async def offer(actor: Actor, claim_id: UUID, now: datetime) -> object:
        return await handing_over.offer(actor, claim_id, command, now)

    return await _act(request, offer, "hand-over")


async def keep(request: Request) -> Response:
    reader = await reader_of(request)

    async def withdraw(actor: Actor, claim_id: UUID, now: datetime) -> object:
        mine = await reading.get(actor, claim_id, now, reader.settings)
        if mine.hand_over is not None:
            await handing_over.withdraw(actor, mine.hand_over.id, now)
        return None

    return await _act(request, withdraw, "keep")


async def show_stand_ins(request: Request) -> Response:
    return await _stand_ins(await reader_of(request))


async def _stand_ins(reader: Reader, refused: ServiceError | None = None) -> Response:
    actor = reader.require_actor()
    found = await hand_over_reading.list_open(
        actor, CodeQuery(limit=LIST_LENGTH), reader.now, reader.settings
    )
    facts = {
        "swaps": [each for each in found.items if each.in_return],
        "seats": [each for each in found.items if not each.in_return],
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "stand-ins.html", refused.status if refused else 200, **facts)


async def take(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    command = TakeIn(risk_statement_version=version_of(form))
    hand_over_id: UUID = request.path_params["hand_over_id"]
    try:
        taken = await handing_over.take(
            reader.require_actor(), hand_over_id, command, reader.now, reader.settings
        )
    except Conflict as error:
        return await _stand_ins(reader, error)
    return go_to(f"/mine/{taken.id}?said=taken")


async def accept_swap(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    command = TakeIn(risk_statement_version=version_of(form))
    hand_over_id: UUID = request.path_params["hand_over_id"]
    try:
        taken = await handing_over.accept_swap(
            reader.require_actor(), hand_over_id, command, reader.now, reader.settings
        )
    except Conflict as error:
        return await _stand_ins(reader, error)
    return go_to(f"/mine/{taken.id}?said=swapped")


async def decline_swap(request: Request) -> Response:
    reader = await reader_of(request)
    hand_over_id: UUID = request.path_params["hand_over_id"]
    try:
        await handing_over.decline_swap(reader.require_actor(), hand_over_id, reader.now)
    except Conflict as error:
        return await _stand_ins(reader, error)
    return go_to("/mine?said=declined")
