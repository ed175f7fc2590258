"""Carrying out an operation: check who asks, read, call the service, answer."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.layer.answers import is_unchanged, json_response, location_of, next_link
from api.layer.authentication import actor_of, refusal_without_actor
from api.layer.bodies import JSON_MEDIA_TYPE, read_body, read_json, require_media_type
from api.layer.decoding import read_command, read_id, read_query
from api.layer.denials import note_denial
from api.layer.operations import Call, Operation, Operations
from api.layer.problems import problem_response, settings_of, status_of
from api.layer.refusals import BadRequest, MatchMissing, MethodRefused
from services import clock, idempotency, rights, scope, versions
from services.errors import Defect, Invalid, ServiceError
from services.transactions import transaction

KEY_LENGTH_MAX: Final = 255
KEPT_HEADERS: Final = ("location", "etag", "content-type", "content-language")


def routes_of(groups: Sequence[Operations]) -> list[Route]:
    """One route per path. Starlette's Allow header names the methods of the first route only."""
    by_path: dict[str, dict[str, Operation]] = {}
    for group in groups:
        for operation in group.listed:
            methods = by_path.setdefault(operation.path, {})
            if operation.method in methods:
                raise TypeError(f"{operation.method} {operation.path} is there twice")
            methods[operation.method] = operation
    return [Route(path, _Endpoint(methods)) for path, methods in by_path.items()]


class _Endpoint:
    """All methods of one path, as an ASGI application."""

    def __init__(self, methods: Mapping[str, Operation]) -> None:
        self.methods = methods
        also_head = ["HEAD"] if "GET" in methods else []
        self.allow = ", ".join([*methods, *also_head])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        method = "GET" if request.method == "HEAD" else request.method
        operation = self.methods.get(method)
        if operation is None:
            response = problem_response(MethodRefused(), request)
            response.headers["Allow"] = self.allow
        else:
            response = await perform(operation, request)
        await response(scope, receive, send)


async def perform(operation: Operation, request: Request) -> Response:
    """The answer to one request. Raises the ServiceError that refuses it."""
    settings, now = settings_of(request), clock.now()
    visitor = request.state.actor = await actor_of(request, settings, now)
    if operation.access == "signed_in" and visitor is None:
        raise await refusal_without_actor(request, settings, now)
    call = Call(request=request, settings=settings, now=now, visitor=visitor)
    arguments, content = await _read(operation, call)
    async with scope.entered(rights.scope_of(visitor)):
        if not operation.creates:
            return await _answer(operation, call, arguments)
        return await _answer_once(operation, call, arguments, content)


async def _read(operation: Operation, call: Call) -> tuple[dict[str, Any], bytes]:
    """The handler's arguments, and the body that they were read from."""
    request = call.request
    arguments: dict[str, Any] = {"call": call}
    for name in operation.path_parameters:
        arguments[name] = read_id(request.path_params[name])
    if operation.query is not None:
        arguments["query"] = read_query(request.query_params, operation.query)
    else:
        _refuse_query(request)
    if operation.edits:
        arguments["if_match"] = _required_match(request)
    if operation.body is None:
        return arguments, b""
    media_type = require_media_type(request, operation.media_types)
    content = await read_body(request, operation.bytes_max(call.settings))
    if operation.body is bytes:
        arguments["body"] = content
    elif media_type == JSON_MEDIA_TYPE:
        arguments["body"] = read_command(read_json(content), operation.body)
    return arguments, content


async def _answer(operation: Operation, call: Call, arguments: Mapping[str, Any]) -> Response:
    """Call the handler and write down its result."""
    view = await operation.handler(**arguments)
    headers: dict[str, str] = {}
    if operation.location is not None:
        paths = call.request.path_params
        headers["Location"] = location_of(operation.location, view, paths)
    if operation.is_tagged:
        headers["ETag"] = f'"{versions.etag_of(view)}"'
        if operation.method == "GET" and is_unchanged(call.request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
    if isinstance(after := getattr(view, "next", None), str):
        headers["Link"] = next_link(call.request.url, after)
    return json_response(view, call.settings.zone, operation.status, headers)


async def _answer_once(
    operation: Operation, call: Call, arguments: Mapping[str, Any], content: bytes
) -> Response:
    """The same, but a repeat with the same key gets the first answer and has no effect."""
    key = _required_key(call.request)
    route = f"{operation.method} {operation.path}"
    account_id = call.actor.account_id
    fingerprint = _fingerprint(call.request, content)
    stored = await idempotency.begin(account_id, route, key, fingerprint, call.now)
    if stored is not None:
        headers = {**stored.headers, "Idempotency-Replayed": "true"}
        return Response(stored.body, stored.status, headers=headers)
    try:
        # The effect and the answer are stored together or not at all.
        async with transaction():
            response = await _answer_or_refuse(operation, call, arguments)
            await idempotency.finish(account_id, route, key, _kept(response))
    except BaseException:
        # Nothing was done, so the next try with this key has to be a first try again.
        await idempotency.abandon(account_id, route, key)
        raise
    return response


async def _answer_or_refuse(
    operation: Operation, call: Call, arguments: Mapping[str, Any]
) -> Response:
    """The answer; a refusal is one too, and leaves nothing behind but itself."""
    try:
        async with transaction():
            return await _answer(operation, call, arguments)
    except ServiceError as error:
        if status_of(error) >= 500:
            raise
        await note_denial(call.request, error)
        return problem_response(error, call.request)


def _kept(response: Response) -> idempotency.StoredAnswer:
    headers = {name: value for name, value in response.headers.items() if name in KEPT_HEADERS}
    return idempotency.StoredAnswer(
        status=response.status_code, body=bytes(response.body), headers=headers
    )


def _required_match(request: Request) -> str:
    given = request.headers.get("if-match", "").strip()
    if not given:
        raise MatchMissing
    return given


def _required_key(request: Request) -> str:
    key = request.headers.get("idempotency-key")
    if key is None:
        raise BadRequest("idempotency_key_missing")
    key = key.strip().strip('"')  # The draft standard quotes it; most clients do not.
    if not 1 <= len(key) <= KEY_LENGTH_MAX or not key.isascii() or not key.isprintable():
        raise BadRequest("idempotency_key_malformed", length_max=KEY_LENGTH_MAX)
    return key


def _fingerprint(request: Request, content: bytes) -> str:
    """What makes two requests the same request."""
    media_type = request.headers.get("content-type", "")
    parts = (request.url.path, request.url.query, media_type)
    lines = "\n".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(lines + b"\n" + content).hexdigest()


def _refuse_query(request: Request) -> None:
    """A parameter that nobody reads is a mistake worth telling."""
    names = [name[:120] for name in sorted(set(request.query_params))]
    if names:
        raise Invalid([Defect(name, "unknown_key", parameters={"key": name}) for name in names])
