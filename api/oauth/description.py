"""What the OpenAPI document says of `POST /oauth/token`, whose refusals are the standard's."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from api.layer.bodies import JSON_MEDIA_TYPE
from api.layer.problems import PROBLEM_MEDIA_TYPE
from api.sentences import SENTENCES
from services.tokens import TokenAnswer

PATH: Final = "/oauth/token"
FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
GRANT_TYPE: Final = "client_credentials"
ERRORS: Final[Mapping[str, str]] = {
    "client_unknown": "invalid_client",
    "client_waits": "invalid_client",
    "too_many_attempts": "invalid_client",
    "scope_too_wide": "invalid_scope",
    "other_target": "invalid_target",  # RFC 8707 §2
    "grant_type_unknown": "unsupported_grant_type",
}
"""What the standard calls our refusals; anything else is `OTHERWISE`."""
OTHERWISE: Final = "invalid_request"
REFUSES: Final[Mapping[int, tuple[str, ...]]] = {
    400: (
        "grant_type_unknown",
        "media_type_refused",
        "other_target",
        "scope_too_wide",
        "token_request_malformed",
    ),
    401: ("client_unknown", "client_waits"),
    413: ("too_large",),
    429: ("too_many_attempts",),
}
PROBLEMS: Final[Mapping[int, tuple[str, ...]]] = {
    403: ("cross_site",),
    500: ("internal",),
    503: ("unavailable",),
}
"""What the layer refuses before or after the endpoint, as everywhere else."""
SCOPE_WORDS: Final[Mapping[str, str]] = {
    "work:read": "Read projects, shifts and who serves",
    "work:write": "Make and change projects and shifts",
    "people:read": "Read people",
    "people:write": "Register people",
    "tags:write": "Give people the tags of the node",
    "points:write": "Award points",
    "hours:export": "Read totals and export hours",
    "audit:read": "Read the log",
}


def described(document: dict[str, Any], address: str) -> dict[str, Any]:
    """The document with this operation, and with the way of signing in that it opens."""
    components = document["components"]
    flow = {"tokenUrl": address.rstrip("/") + PATH, "scopes": dict(SCOPE_WORDS)}
    way = {"type": "oauth2", "flows": {"clientCredentials": flow}}
    ways = {**components["securitySchemes"], "client": way}
    tag = {"name": "tokens", "description": "Tokens of programs", "x-title-zh": "程序令牌"}
    return {
        **document,
        "tags": [*document["tags"], tag],
        "paths": {**document["paths"], PATH: {"post": _operation()}},
        "components": {
            **components,
            "schemas": {**components["schemas"], **_schemas()},
            "securitySchemes": ways,
        },
    }


def _schemas() -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components(
        [TokenAnswer], ref_template="#/components/schemas/{name}"
    )
    return {**schemas, "TokenError": _ERROR}


_ERROR: Final[Mapping[str, Any]] = {
    "title": "TokenError",
    "type": "object",
    "description": "A refusal in the form of RFC 6749, with our own stable code beside it.",
    "required": ["error", "error_description", "code"],
    "properties": {
        "error": {"enum": sorted({OTHERWISE, *ERRORS.values()})},
        "error_description": {"type": "string"},
        "code": {"type": "string"},
    },
}
_FORM: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["grant_type", "client_id", "client_secret"],
    "properties": {
        "grant_type": {"const": GRANT_TYPE},
        "client_id": {"type": "string", "format": "uuid"},
        "client_secret": {"type": "string", "maxLength": 200},
        "scope": {"type": "string", "description": "Some of the client's; all if left out"},
        "resource": {"type": "string", "format": "uri", "description": "The address of the API"},
    },
}


def _operation() -> dict[str, Any]:
    example = {
        "grant_type": GRANT_TYPE,
        "client_id": "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c40",
        "client_secret": "mulin_…",
        "scope": "work:read",
    }
    token = {"schema": {"$ref": "#/components/schemas/TokenAnswer"}}
    return {
        "operationId": "create_token",
        "tags": ["tokens"],
        "summary": "Get a token as a program",
        "x-summary-zh": "程序获取令牌",
        "description": (
            "OAuth 2 client credentials (RFC 6749 §4.4). The client names itself by HTTP Basic or "
            "in the form, never by both, and gets a token for fifteen minutes, to be sent as "
            "`Authorization: Bearer …`. Refusals are those of the standard (§5.2)."
        ),
        "parameters": [],
        "security": [{}],
        "requestBody": {
            "required": True,
            "content": {FORM_MEDIA_TYPE: {"schema": _FORM, "example": example}},
        },
        "responses": {
            "200": {"description": "The token", "content": {JSON_MEDIA_TYPE: token}},
            **_refusals(REFUSES, "TokenError", JSON_MEDIA_TYPE),
            **_refusals(PROBLEMS, "Problem", PROBLEM_MEDIA_TYPE),
        },
    }


def _refusals(
    by_status: Mapping[int, tuple[str, ...]], schema: str, media_type: str
) -> dict[str, Any]:
    return {
        str(status): {
            "description": "; ".join(SENTENCES[code].title_en for code in codes),
            "content": {
                media_type: {
                    "schema": {"$ref": f"#/components/schemas/{schema}"},
                    "examples": {code: {"value": _example(code, schema)} for code in codes},
                }
            },
        }
        for status, codes in by_status.items()
    }


def _example(code: str, schema: str) -> dict[str, Any]:
    said = SENTENCES[code]
    if schema == "TokenError":
        error = ERRORS.get(code, OTHERWISE)
        return {"error": error, "error_description": said.detail_en, "code": code}
    return {
        "type": f"/api/problems/{code}",
        "title": said.title_en,
        "status": said.status,
        "detail": said.detail_en,
        "code": code,
    }
