"""What surrounds somebody who signs in: their browser in coarse words, their language."""

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request

from api.layer.authentication import token_of
from api.layer.language import language_of
from api.layer.problems import settings_of
from services.accounts import Caller

# The first that is in the header counts: most browsers name several others beside themselves.
BROWSERS: Final = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("QQBrowser", "QQ Browser"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def caller_of(request: Request) -> Caller:
    """Who calls, as far as a sign-in has to know."""
    return Caller(
        address=request.client.host if request.client else "",
        device=device_of(request.headers.get("user-agent", "")),
        token=token_of(request, settings_of(request)),
        language=language_of(request),
    )


def device_of(header: str) -> str:
    """Browser and system, such as "Chrome · Android"; nothing by which a device is told apart."""
    found = (_first(BROWSERS, header), _first(SYSTEMS, header))
    return " · ".join(each for each in found if each)


def _first(known: Sequence[tuple[str, str]], header: str) -> str:
    return next((words for sign, words in known if sign in header), "")
