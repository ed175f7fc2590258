"""A client that holds every answer against the OpenAPI document."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import uuid4

import httpx2
import jsonschema_rs

import api.app
from services.settings import Settings

JSON_TYPES = ("application/json", "application/problem+json")

CLAIM = {"risk_statement_version": 1}  # of a project whose words were never changed


@cache
def document() -> dict[str, Any]:
    """The document, as the service gives it."""
    return api.app.document(Settings())


class Client:
    """Requests to the service as one account (or none), each answer checked on arrival."""

    def __init__(self, http: httpx2.AsyncClient, token: str | None = None) -> None:
        self.http = http
        self.token = token

    def signed_in(self, token: str) -> "Client":
        """The same service, as the account of the token."""
        return Client(self.http, token)

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        return await self.ask("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx2.Response:
        """POST with a fresh idempotency key, unless the headers name one."""
        headers = {"Idempotency-Key": str(uuid4()), **options.pop("headers", {})}
        return await self.ask("POST", path, json=json, headers=headers, **options)

    async def put(self, path: str, json: Any, etag: str) -> httpx2.Response:
        return await self.ask("PUT", path, json=json, headers={"If-Match": etag})

    async def made(self, path: str, json: Any) -> dict[str, Any]:
        """What a POST made; fails the test when it was refused."""
        answer = await self.post(path, json)
        assert answer.status_code in (201, 202), answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx2.Response:
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = await self.http.request(
            method, path, headers={**given, **(headers or {})}, **options
        )
        check_documented(method, answer)
        return answer


def check_documented(method: str, answer: httpx2.Response) -> None:
    """The operation is documented, and so are this status, media type, headers and content."""
    operation = _operation(method, answer.request.url.path)
    if operation is None:
        assert answer.status_code in (403, 404, 405), f"{method} {answer.request.url.path}"
        return
    described = operation["responses"].get(str(answer.status_code))
    assert described is not None, f"{answer.status_code} is not documented: {answer.text}"
    for header in described.get("headers", {}):
        assert header in answer.headers, f"{header} is documented and missing"
    if "content" not in described:
        assert not answer.content
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    media = described["content"][media_type]
    if media_type in JSON_TYPES:
        _validator(media["schema"]["$ref"]).validate(answer.json())
    if answer.status_code >= 400:
        assert answer.json()["code"] in media["examples"], "this code is not documented here"


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, methods in document()["paths"].items():
        pattern = re.sub(r"{\w+}", "[^/]+", template)
        if re.fullmatch(pattern, path):
            found: dict[str, Any] | None = methods.get(method.lower())
            return found
    return None


@cache
def _validator(reference: str) -> jsonschema_rs.Draft202012Validator:
    schema = {"$ref": reference, "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
