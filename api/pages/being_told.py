"""How the reader is told: channels, the language, quiet hours, an e-mail address."""

from starlette.requests import Request
from starlette.responses import Response

from api.layer.callers import caller_of
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of, values_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services.accounts.codes import CodeTooSoon
from services.errors import Defect, Invalid, NotSignedIn, ServiceError
from services.notifications import addresses, choices, wechat_linking
from services.notifications.addresses import MailCodeIn, MailIn
from services.notifications.choices import CHANNELS, ChannelName, ChoiceIn
from services.notifications.wechat_linking import LinkCode, TooManyLinkCodes

HERE = "/me/notifications"


async def show(request: Request) -> Response:
    return await _page(await reader_of(request))


async def save(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    ticked = set(await values_of(request, "channel"))
    wanted: list[ChannelName] = [each for each in CHANNELS if each in ticked]
    first = next((each for each in wanted if each == form.get("first")), None)
    try:
        command = ChoiceIn(
            channels=choices.in_order(wanted, first),
            language="en" if form.get("language") == "en" else "zh",
            quiet_from_minute=_minute(form.get("from", "")),
            quiet_until_minute=_minute(form.get("until", "")),
        )
        await choices.put(reader.require_actor(), command, reader.now)
    except Invalid as error:
        return await _page(reader, error)
    return go_to(f"{HERE}?said=saved")


async def send_code(request: Request) -> Response:
    reader = await reader_of(request)
    address = text_of(await form_of(request), "address").strip()
    try:
        await addresses.send_mail_code(
            reader.require_actor(),
            MailCodeIn(address=address),
            caller_of(request),
            reader.now,
            reader.settings,
        )
    except (Invalid, CodeTooSoon) as error:
        return await _page(reader, error, address=address)
    return await _page(reader, address=address, is_code_sent=True)


async def confirm(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    address, code = text_of(form, "address").strip(), text_of(form, "code").strip()
    try:
        await addresses.put_mail(
            reader.require_actor(), MailIn(address=address, code=code), reader.now
        )
    except (Invalid, NotSignedIn) as error:
        if reader.actor is None:
            raise
        return await _page(reader, error, address=address, is_code_sent=True)
    return go_to(f"{HERE}?said=mail")


async def forget(request: Request) -> Response:
    reader = await reader_of(request)
    await addresses.forget_mail(reader.require_actor())
    return go_to(f"{HERE}?said=forgotten")


async def link_wechat(request: Request) -> Response:
    """The code is on this one page only."""
    reader = await reader_of(request)
    try:
        made = await wechat_linking.make_code(reader.require_actor(), reader.now)
    except TooManyLinkCodes as error:
        return await _page(reader, error)
    return await _page(reader, link_code=made)


async def unlink_wechat(request: Request) -> Response:
    reader = await reader_of(request)
    await wechat_linking.unlink(reader.require_actor())
    return go_to(f"{HERE}?said=forgotten")


async def _page(
    reader: Reader,
    error: ServiceError | None = None,
    address: str = "",
    *,
    is_code_sent: bool = False,
    link_code: LinkCode | None = None,
) -> Response:
    choice = await choices.get(reader.require_actor())
    facts = {
        "choice": choice,
        "channels": CHANNELS,
        "address": address,
        "is_code_sent": is_code_sent,
        "link_code": link_code,
        "said": reader.request.query_params.get("said", ""),
        "refusal": sentence(reader, error) if error else None,
        "quiet_from": _clock(choice.quiet_from_minute),
        "quiet_until": _clock(choice.quiet_until_minute),
    }
    # The code was wrong, not the session: the page stays, and says so.
    status = 422 if isinstance(error, NotSignedIn) else status_of(error) if error else 200
    return page(reader, "me-notifications.html", status, **facts)


def _minute(text: str) -> int | None:
    """The minute of the day that a field of time says; None if it is empty."""
    if not text:
        return None
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise Invalid([Defect("quiet_from_minute", "quiet_needs_both")])
    return int(hours) * 60 + int(minutes)


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"
