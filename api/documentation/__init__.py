"""The interface described: to programs as OpenAPI, to people as pages without any script."""

import hashlib
from functools import cache
from typing import Any

import msgspec
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.documentation.reading import Section, sections_of
from api.documentation.wording import Chrome
from api.layer.answers import is_unchanged
from api.layer.bodies import JSON_MEDIA_TYPE
from api.layer.language import Language
from api.layer.problems import PROBLEMS_PATH
from api.pages.reader import reader_of
from api.pages.rendering import page
from api.sentences import SENTENCES
from services.errors import NotFound

DOCUMENTATION_PATH = "/api/docs"
SMALLER = [Middleware(GZipMiddleware, minimum_size=1000)]


def documentation_routes(document: dict[str, Any]) -> list[BaseRoute]:
    """The document itself, the pages made from it, and a page for every code of a refusal."""
    content = msgspec.json.encode(document)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'

    async def read_document(request: Request) -> Response:
        if is_unchanged(request, etag):
            return Response(status_code=304, headers={"ETag": etag})
        return Response(content, headers={"ETag": etag}, media_type=JSON_MEDIA_TYPE)

    @cache
    def sections(language: Language) -> dict[str, Section]:
        return {section.tag: section for section in sections_of(document, language)}

    async def read_contents(request: Request) -> Response:
        reader = await reader_of(request)
        found = sections(reader.language).values()
        words = Chrome(reader.language)
        return page(reader, "documentation.html", words=words, sections=found)

    async def read_section(request: Request) -> Response:
        reader = await reader_of(request)
        section = sections(reader.language).get(request.path_params["tag"])
        if section is None:
            raise NotFound
        words = Chrome(reader.language)
        return page(reader, "documentation-subject.html", words=words, section=section)

    return [
        Route("/api/openapi.json", read_document, methods=["GET"], middleware=SMALLER),
        Route(DOCUMENTATION_PATH, read_contents, methods=["GET"], middleware=SMALLER),
        Route(DOCUMENTATION_PATH + "/{tag}", read_section, methods=["GET"], middleware=SMALLER),
        Route(PROBLEMS_PATH, read_problems, methods=["GET"], middleware=SMALLER),
        Route(PROBLEMS_PATH + "/{code}", read_problem, methods=["GET"]),
    ]


async def read_problems(request: Request) -> Response:
    """Every code of a refusal, by status."""
    reader = await reader_of(request)
    sentences = sorted(SENTENCES.items(), key=lambda each: (each[1].status, each[0]))
    return page(reader, "problems.html", words=Chrome(reader.language), sentences=sentences)


async def read_problem(request: Request) -> Response:
    """What one code means: the page that a problem's `type` names."""
    code = request.path_params["code"]
    if code not in SENTENCES:
        raise NotFound
    reader = await reader_of(request)
    words = Chrome(reader.language)
    return page(reader, "problem.html", words=words, code=code, sentence=SENTENCES[code])
