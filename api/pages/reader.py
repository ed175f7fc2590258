"""Who reads a page: signed in or not, in which language, at what time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from api.i18n import language_tag
from api.layer.authentication import actor_of, token_of
from api.layer.language import Language, language_of
from api.layer.problems import settings_of
from api.pages.moments import Moments
from services import clock
from services.errors import NotSignedIn
from services.notifications.reading import count_unread
from services.rights import Actor
from services.settings import Settings

ADDRESS_LENGTH_MAX: Final = 600
PAGES_OF_ONE: Final = (
    *("shifts", "rounds", "sign-in", "me", "admin"),
    *("mine", "stand-in", "buddies", "answer"),
    *("check", "safety-reports"),
)
OVERVIEWS: Final = {"offers": "/inbox", "claims": "/inbox", "guardian": "/me/wards"}


@dataclass(frozen=True, slots=True)
class Reader:
    """What every page needs to know of its request."""

    request: Request
    settings: Settings
    language: Language
    now: datetime
    actor: Actor | None
    unread: int = 0
    """How many notices the account has not opened, up to a hundred."""

    @property
    def tag(self) -> str:
        """The language as HTML writes it."""
        return language_tag(self.language)

    @property
    def is_volunteer(self) -> bool:
        return self.actor is not None and self.actor.volunteer_id is not None

    @property
    def is_organiser(self) -> bool:
        return self.actor is not None and self.actor.is_staff

    @property
    def is_visitor(self) -> bool:
        """Nobody is signed in, as far as can be known without asking the database."""
        return self.actor is None and token_of(self.request, self.settings) is None

    @property
    def moments(self) -> Moments:
        return Moments(self.language, self.settings.zone, self.now)

    @property
    def here(self) -> str:
        """The address to come back to: this page, or the one whose button was pressed."""
        url = self.request.url
        if self.request.method != "GET":
            return page_behind(url.path)
        path = url.path.removesuffix("/progress")
        query = url.query if path not in OVERVIEWS.values() else ""  # What was said is said once.
        return f"{path}?{query}".rstrip("?")

    def require_actor(self) -> Actor:
        """The account; raises NotSignedIn, which a page answers with the sign-in form."""
        if self.actor is None:
            raise NotSignedIn
        return self.actor


def page_behind(path: str) -> str:
    """The page on which the button stands that posts to this path."""
    parts = path.split("/")
    if parts[1:3] == ["me", "wards"]:
        return "/".join(parts[:5])
    if parts[1] == "projects":
        return "/".join(parts[:4])
    return "/".join(parts[:3]) if parts[1] in PAGES_OF_ONE else OVERVIEWS.get(parts[1], "/")


async def reader_of(request: Request) -> Reader:
    settings, now = settings_of(request), clock.now()
    actor = request.state.actor = await actor_of(request, settings, now)
    if actor is not None and request.method == "GET":
        request.state.unread = (await count_unread(actor)).count
    return visitor_of(request)


def visitor_of(request: Request) -> Reader:
    """A reader without looking at the database: for pages that must work when it is away.

    Who is signed in is known only if it was asked before, for this same request.
    """
    actor: Actor | None = getattr(request.state, "actor", None)
    unread: int = getattr(request.state, "unread", 0)
    return Reader(request, settings_of(request), language_of(request), clock.now(), actor, unread)


def own_address(address: str) -> str:
    """The address if it is a path of ours, else the start page: nobody is sent to another site."""
    parts = urlsplit(address) if len(address) <= ADDRESS_LENGTH_MAX else urlsplit("")
    safe = (
        not parts.scheme
        and not parts.netloc
        and address.startswith("/")
        and not address.startswith("//")
        and "\\" not in address
        and address.isprintable()
    )
    return address if safe else "/"
