"""OpenID Connect providers of other houses: the code flow with PKCE, state and nonce.

What a provider says counts only once its signature, issuer, audience, time and nonce are right.
Nothing of a provider is kept between two sign-ins, so that a key that it withdrew is of no use.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

SECONDS_MAX = 8.0
LEEWAY_SECONDS = 60
ANSWER_BYTES_MAX = 256 * 1024
SUBJECT_LENGTH_MAX = 255
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures that only the provider can make: never `none`, never one with a shared secret."""
SECOND_FACTORS = frozenset({"mfa", "otp"})  # RFC 8176
SECOND_FACTOR_CLASSES = frozenset(
    {
        "mfa",
        "https://refeds.org/profile/mfa",
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    }
)


class OpenIdRefused(Exception):
    """The sign-in came to nothing; `reason` says why and names nobody."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Registered:
    """What the provider and we agreed on when it was registered."""

    issuer: str
    client_id: str
    client_secret: str | None
    return_address: str
    number_claim: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and what has to come back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Who the provider says it is: its own name for them, and their number there if asked for."""

    subject: str
    number: str
    has_second_factor: bool


async def begin(provider: Registered) -> Begun:
    """Ask the provider where its sign-in is. Raises OpenIdRefused."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        found = await _discovered(provider)
        async with _client(provider) as client:
            address, _ = client.create_authorization_url(
                _endpoint(found, "authorization_endpoint", provider),
                state=state,
                nonce=nonce,
                code_verifier=verifier,
            )
    except httpx2.HTTPError as error:
        raise OpenIdRefused("provider_away") from error
    return Begun(str(address), state, nonce, verifier)


async def finish(provider: Registered, code: str, verifier: str, nonce: str) -> Proof:
    """Exchange the code, and check everything that comes for it. Raises OpenIdRefused."""
    try:
        found = await _discovered(provider)
        tokens = await _exchanged(provider, found, code, verifier)
        claims = await _checked(provider, found, tokens, nonce)
        number = await _number(provider, found, tokens, claims)
    except httpx2.HTTPError as error:
        raise OpenIdRefused("provider_away") from error
    return Proof(claims["sub"], number, _has_second_factor(claims))


def _client(provider: Registered) -> "AsyncOAuth2Client":
    # A third of a second that only those who sign in through a provider should wait for.
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    return AsyncOAuth2Client(
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        token_endpoint_auth_method="client_secret_basic" if provider.client_secret else "none",
        scope="openid profile" if provider.number_claim else "openid",
        redirect_uri=provider.return_address,
        code_challenge_method="S256",
        timeout=SECONDS_MAX,
        trust_env=False,  # No proxy from the environment sees who signs in.
    )


async def _discovered(provider: Registered) -> Mapping[str, Any]:
    """The provider's own description (OpenID Connect Discovery 1.0), if it is its own."""
    address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    found = await _json(address)
    if found.get("issuer") != provider.issuer:
        raise OpenIdRefused("provider_faulty")
    return found


async def _exchanged(
    provider: Registered, found: Mapping[str, Any], code: str, verifier: str
) -> Mapping[str, Any]:
    """The tokens that the provider gives for the code, to us and to nobody else."""
    from authlib.integrations.base_client import OAuthError

    try:
        async with _client(provider) as client:
            tokens = await client.fetch_token(
                _endpoint(found, "token_endpoint", provider),
                code=code,
                code_verifier=verifier,
                grant_type="authorization_code",
            )
    except (OAuthError, ValueError) as error:  # Refused; or an answer that is no JSON.
        raise OpenIdRefused("provider_faulty") from error
    if not isinstance(tokens, dict) or not isinstance(tokens.get("id_token"), str):
        raise OpenIdRefused("provider_faulty")
    return tokens


async def _checked(
    provider: Registered,
    found: Mapping[str, Any],
    tokens: Mapping[str, Any],
    nonce: str,
) -> dict[str, Any]:
    """What the identity token says, once all of it is right (OpenID Connect Core 1.0 §3.1.3.7)."""
    from authlib.oidc.core import CodeIDToken

    keys = await _json(_endpoint(found, "jwks_uri", provider))
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    agreed = {
        "nonce": nonce,
        "client_id": provider.client_id,
        "access_token": tokens.get("access_token"),
    }
    try:
        key_set = KeySet.import_key_set({"keys": keys["keys"]})
        token = jwt.decode(tokens["id_token"], key_set, algorithms=list(ALGORITHMS))
        said = CodeIDToken(token.claims, token.header, options, agreed)
        said.validate(leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OpenIdRefused("proof_refused") from error
    claims = dict(said)
    if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= SUBJECT_LENGTH_MAX:
        raise OpenIdRefused("proof_refused")
    return claims


async def _number(
    provider: Registered,
    found: Mapping[str, Any],
    tokens: Mapping[str, Any],
    claims: Mapping[str, Any],
) -> str:
    """The claim that is the person's number at the node: of the token, else of the user info."""
    name = provider.number_claim
    if not name:
        return ""
    said: Mapping[str, Any] = claims
    if name not in claims and "userinfo_endpoint" in found and "access_token" in tokens:
        address = _endpoint(found, "userinfo_endpoint", provider)
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        said = await _json(address, bearer)
        if said.get("sub") != claims["sub"]:  # §5.3.2: else somebody else's could be slipped in.
            raise OpenIdRefused("proof_refused")
    value = said.get(name, "")
    return str(value).strip()[:120] if isinstance(value, str | int) else ""


async def _json(address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The object at the address, which is not taken to be honest about its size."""
    content = bytearray()
    async with (
        httpx2.AsyncClient(timeout=SECONDS_MAX, trust_env=False) as client,
        client.stream("GET", address, headers=headers) as answer,
    ):
        if answer.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            raise OpenIdRefused("provider_away")
        if answer.status_code != httpx2.codes.OK:
            raise OpenIdRefused("provider_faulty")
        async for chunk in answer.aiter_bytes():
            content += chunk
            if len(content) > ANSWER_BYTES_MAX:
                raise OpenIdRefused("provider_faulty")
    try:
        value = json.loads(bytes(content))
    except ValueError as error:
        raise OpenIdRefused("provider_faulty") from error
    if not isinstance(value, dict):
        raise OpenIdRefused("provider_faulty")
    return value


def _endpoint(found: Mapping[str, Any], name: str, provider: Registered) -> str:
    """An address that the provider names; over TLS, as its issuer is, unless that is a test's."""
    address = found.get(name)
    if not isinstance(address, str) or not is_acceptable(address):
        raise OpenIdRefused("provider_faulty")
    if urlsplit(provider.issuer).scheme == "https" and urlsplit(address).scheme != "https":
        raise OpenIdRefused("provider_faulty")
    return address


def is_acceptable(address: str) -> bool:
    """Whether secrets may be sent there: TLS, or this very machine."""
    parts = urlsplit(address)
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or is_here) and not parts.fragment


def _has_second_factor(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that it asked for more than one proof."""
    methods = claims.get("amr")
    used = {each for each in methods if isinstance(each, str)} if isinstance(methods, list) else ()
    return bool(SECOND_FACTORS.intersection(used)) or claims.get("acr") in SECOND_FACTOR_CLASSES
