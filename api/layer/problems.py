"""Refusals as RFC 9457 problem documents, in the reader's language."""

import traceback
from typing import Any, Final, cast

import msgspec
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.layer.answers import encode, plain
from api.layer.language import TAGS, language_of
from api.layer.refusals import MethodRefused, Unavailable
from services.claims import Alternatives, SeatRefused
from services.errors import Defect, Invalid, NotFound, ServiceError
from services.settings import Settings
from services.tokens import TokenRefused

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
PROBLEMS_PATH: Final = "/api/problems"
RETRY_SECONDS: Final = {429: "60", 503: "5"}
log = structlog.get_logger("api")


class ProblemError(msgspec.Struct, frozen=True, kw_only=True):
    """One defect of the input: where (`roles[0].minimum`), which rule, and a sentence."""

    place: str
    code: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused (RFC 9457). Programs read `code`, people read `detail`.

    `alternatives`: of a seat that cannot be had, what could be claimed instead.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str = ""
    parameters: dict[str, Any] = {}
    errors: list[ProblemError] = []
    alternatives: Alternatives | None = None


def problem_of(error: ServiceError, request: Request) -> Problem:
    """The refusal as a document; its sentences are in the reader's language."""
    language = language_of(request)
    zone = settings_of(request).zone
    said = messages.say(error.reason, error.parameters, language, zone)
    defects = error.defects if isinstance(error, Invalid) else ()
    instead = error.alternatives if isinstance(error, SeatRefused) else None
    return Problem(
        type=f"{PROBLEMS_PATH}/{error.reason}",
        title=said.title,
        status=status_of(error),
        detail=said.detail,
        code=error.reason,
        instance=f"urn:uuid:{request.state.request_id}",
        parameters=plain(error.parameters, zone),
        errors=[_problem_error(defect, request) for defect in defects],
        alternatives=instead,
    )


def status_of(error: ServiceError) -> int:
    """The status of a refusal: what its code always has, else what its kind has."""
    known = messages.SENTENCES.get(error.reason)
    return known.status if known else error.status


def problem_response(error: ServiceError, request: Request) -> Response:
    """The answer that carries the refusal."""
    problem = problem_of(error, request)
    content = encode(problem, settings_of(request).zone)
    response = Response(content, problem.status, media_type=PROBLEM_MEDIA_TYPE)
    response.headers["Content-Language"] = TAGS[language_of(request)]
    if problem.status == 401:
        # RFC 6750 §3: who sent a token that is not good is told that it is the token.
        bad = ', error="invalid_token"' if isinstance(error, TokenRefused) else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="mulin"{bad}'
    if problem.status in RETRY_SECONDS:
        response.headers["Retry-After"] = RETRY_SECONDS[problem.status]
    return response


def refusal_of(error: HTTPException) -> ServiceError:
    """Starlette's own refusals (no such path, wrong method) in our words."""
    if error.status_code == 405:
        return MethodRefused()
    if error.status_code == 404:
        return NotFound("no_such_path")
    return ServiceError("refused")


def note_crash(error: Exception, request: Request) -> ServiceError:
    """Log what went wrong and where, without the message, which may quote a person's data."""
    frames = traceback.extract_tb(error.__traceback__)
    log.error(
        "request_crashed",
        request_id=request.state.request_id,
        error=type(error).__qualname__,
        frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    )
    return ServiceError("internal")


def note_unavailable(error: Exception, request: Request) -> ServiceError:
    """Log that the database did not answer."""
    name = type(error).__qualname__
    log.warning("database_away", request_id=request.state.request_id, error=name)
    return Unavailable()


def settings_of(request: Request) -> Settings:
    """The settings of the running service."""
    return cast("Settings", request.app.state.settings)


def _problem_error(defect: Defect, request: Request) -> ProblemError:
    language = language_of(request)
    said = messages.say_defect(defect, language, settings_of(request).zone)
    return ProblemError(place=defect.place, code=defect.code, detail=said)
