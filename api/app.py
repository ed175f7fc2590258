"""The web application: JSON under /api, pages beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from api import notice_stream, oauth, pushes
from api.documentation import documentation_routes
from api.layer.denials import note_denial
from api.layer.dispatch import routes_of
from api.layer.envelope import Envelope, SameSite, quiet_web_server
from api.layer.openapi import Document, document_of
from api.layer.problems import note_crash, note_unavailable, problem_response, refusal_of
from api.pages import error_page
from api.pages import routes as page_routes
from api.routes import GROUPS
from api.routes.imports import template_routes
from services.database import UNREACHABLE, open_runtime
from services.errors import ServiceError
from services.settings import Settings, load_settings

VERSION = "0.1.0"
FOR_PROGRAMS = ("/api/", "/health/", "/oauth/")


def document(settings: Settings) -> Document:
    """The OpenAPI document of everything that programs may ask."""
    return oauth.described(document_of(GROUPS, VERSION), settings.address)


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The application. Its database is open between its start-up and its shutdown.

    A test that opens the database itself passes requests without starting it up.
    """
    settings = settings or load_settings()
    described = document(settings)
    app = Starlette(
        routes=[
            *notice_stream.routes,  # Before the notification that a path names.
            *routes_of(GROUPS),
            *documentation_routes(described),
            *oauth.routes,
            *pushes.routes,
            *template_routes,
            *page_routes,
        ],
        middleware=[Middleware(SameSite, settings=settings, refuse=refuse)],
        exception_handlers={
            ServiceError: refuse,
            HTTPException: _refuse_http,
            Exception: _answer_crash,
            **dict.fromkeys(UNREACHABLE, _answer_unreachable),
        },
        lifespan=partial(_lifespan, settings=settings),
    )
    app.state.settings = settings
    app.state.document = described
    return Envelope(app, settings)


async def refuse(request: Request, error: Exception) -> Response:
    """Say no: a problem document where programs ask, a page elsewhere."""
    assert isinstance(error, ServiceError)
    await note_denial(request, error)
    if request.url.path.startswith(FOR_PROGRAMS):
        return problem_response(error, request)
    return error_page(request, error)


async def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = await refuse(request, refusal_of(error))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _answer_unreachable(request: Request, error: Exception) -> Response:
    return await refuse(request, note_unavailable(error, request))


async def _answer_crash(request: Request, error: Exception) -> Response:
    return await refuse(request, note_crash(error, request))


@asynccontextmanager
async def _lifespan(app: Starlette, settings: Settings) -> AsyncIterator[None]:
    with quiet_web_server():
        async with open_runtime(settings.database_url, settings.database_connections_max):
            yield
