"""The cookie by which a browser goes on with a sign-in that is half done."""

from starlette.responses import Response

from api.pages.reader import Reader
from services.accounts import Step


def step_cookie_name(reader: Reader) -> str:
    return "__Host-mulin-step" if reader.settings.secure_cookies else "mulin-step"


def step_token(reader: Reader) -> str:
    """The step that the browser is at; empty if it is at none."""
    return reader.request.cookies.get(step_cookie_name(reader), "")[:200]


def wait_seconds(step: Step, reader: Reader) -> int:
    """How long until another code can be sent."""
    return max(0, int((step.again_at - reader.now).total_seconds())) if step.again_at else 0


def set_step_cookie(response: Response, step: Step | None, reader: Reader) -> None:
    """Keep the step in the browser, out of reach of scripts; without one, forget it."""
    name, secure = step_cookie_name(reader), reader.settings.secure_cookies
    if step is None:
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
        return
    response.set_cookie(
        name,
        step.step,
        expires=step.expires_at,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
