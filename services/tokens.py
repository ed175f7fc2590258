"""Access tokens of machine clients: JSON Web Tokens (RFC 9068) that last a quarter of an hour.

Signed by HMAC-SHA-256 with a key of each master key of the ring, whose id is the token's `kid`, so
that a rotation of the keys ends no token early. A token says who and which scopes; whether its
client still stands is asked at every request.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwk import KeySet, OctKey

from models.core import new_id
from services import audit, clients
from services.audit import Act
from services.clients import KnownClient
from services.database import rows
from services.errors import Conflict, NotFound, NotSignedIn, ServiceError
from services.rights import SCOPES, Actor, Grant
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction
from services.vault import keyring

PURPOSE = "token"
ALGORITHM = "HS256"
TYPE = "at+jwt"
GOOD_FOR = timedelta(minutes=15)
LEEWAY_SECONDS = 5  # Web processes on several machines do not agree to the second.
FAILURES_MAX = 10
FAILURES_WINDOW = timedelta(minutes=15)


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A token, and how long and for what it is good (RFC 6749 §5.1)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class TokenAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asks for: some of its scopes or all, for the interface that it names."""

    client_id: str
    client_secret: str
    scope: str = ""
    resource: str = ""


class ClientUnknown(NotSignedIn):
    """There is no such client, it is revoked, or the secret is not its own."""

    code = "client_unknown"


class ClientWaits(NotSignedIn):
    """The client is who it says, and nobody has approved it yet."""

    code = "client_waits"


class ScopeTooWide(ServiceError):
    """More is asked for than the client was given, or something that is no scope."""

    code, status = "scope_too_wide", 400


class OtherTarget(ServiceError):
    """A token for an interface that is not this service's."""

    code, status = "other_target", 400


class TooManyFailures(ServiceError):
    """So many wrong secrets for one client that the next must wait. The right one never waits."""

    code, status = "too_many_attempts", 429


class TokenRefused(NotSignedIn):
    """The token is none of ours: forged, for somebody else, run out, or its client is revoked."""

    code = "token_refused"


def audience(settings: Settings) -> str:
    """For what tokens are: the interface of this service."""
    return settings.address.rstrip("/") + "/api/v1"


@as_system
async def issue(asked: TokenAsked, now: datetime, settings: Settings) -> TokenAnswer:
    """A token for a client that proves who it is.

    Raises ClientUnknown, ClientWaits, TooManyFailures, ScopeTooWide or OtherTarget.
    """
    client = await _proven(asked, now)
    if asked.resource not in ("", audience(settings)):
        raise OtherTarget(resource=audience(settings))
    wanted = asked.scope.split(" ") if asked.scope else client.scopes
    if not set(wanted) <= set(client.scopes):
        raise ScopeTooWide(scopes=" ".join(client.scopes))
    scopes = sorted(set(wanted))
    async with transaction():
        await rows("UPDATE machine_client SET used_at = $2 WHERE id = $1", client.id, now)
        await audit.record(
            Act.TOKEN_ISSUED,
            subject_kind="client",
            subject_id=client.id,
            organisation_id=client.organisation_id,
            account_id=client.account_id,
            scopes=scopes,
        )
    return TokenAnswer(
        access_token=_encode(client, scopes, now, settings),
        token_type="Bearer",
        expires_in=int(GOOD_FOR.total_seconds()),
        scope=" ".join(scopes),
    )


async def _proven(asked: TokenAsked, now: datetime) -> KnownClient:
    """The client. A right secret passes at any time, so that nobody can lock a client out."""
    client_id = _id_of(asked.client_id)
    try:
        if client_id is None:
            raise NotFound
        return await clients.proven(client_id, asked.client_secret)
    except NotFound as error:
        if client_id is not None:
            await _count_failure(client_id, now)
        raise ClientUnknown from error
    except Conflict as error:
        raise ClientWaits from error


async def _count_failure(client_id: UUID, now: datetime) -> None:
    """Note a wrong secret of a client that there is.

    Raises TooManyFailures once there are enough, and notes no more.
    """
    name_digest = keyring().index("client", str(client_id))
    found = await rows(
        "SELECT c.organisation_id, (SELECT count(*) FROM sign_in_failure f "
        "WHERE f.name_digest = $2 AND f.created_at > $3) AS failures "
        "FROM machine_client c WHERE c.id = $1",
        client_id,
        name_digest,
        now - FAILURES_WINDOW,
    )
    if not found:
        return
    if found[0]["failures"] >= FAILURES_MAX:
        raise TooManyFailures(minutes=int(FAILURES_WINDOW.total_seconds() // 60))
    async with transaction():
        await rows(
            "INSERT INTO sign_in_failure (id, name_digest, created_at) VALUES ($1, $2, $3)",
            new_id(),
            name_digest,
            now,
        )
        await audit.record(
            Act.SIGN_IN_REFUSED,
            subject_kind="client",
            subject_id=client_id,
            organisation_id=found[0]["organisation_id"],
        )


def _encode(client: KnownClient, scopes: list[str], now: datetime, settings: Settings) -> str:
    ring = keyring()
    issued = int(now.timestamp())
    claims = {
        "iss": settings.address,
        "aud": audience(settings),
        "sub": str(client.id),
        "client_id": str(client.id),
        "iat": issued,
        "exp": issued + int(GOOD_FOR.total_seconds()),
        "jti": str(uuid4()),
        "scope": " ".join(scopes),
    }
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": ring.current}
    return jwt.encode(header, claims, OctKey.import_key(ring.secret(PURPOSE)))


def is_token(text: str) -> bool:
    """Whether this could be one of these tokens: sessions have no dots."""
    return text.count(".") == 2


@as_system
async def actor_of(token: str, now: datetime, settings: Settings) -> Actor:
    """The client whose token this is, with the scopes that it has still.

    Raises TokenRefused, with a code that says why: `token_refused`, `token_expired`,
    `token_audience` or `client_revoked`.
    """
    claims = _decode(token, now, settings)
    client_id = _id_of(claims.sub)
    try:
        if client_id is None:
            raise NotFound
        client = await clients.standing(client_id)
    except NotFound as error:
        raise TokenRefused("client_revoked") from error
    scopes = set(claims.scope.split(" ")) & set(client.scopes) & set(SCOPES)
    return Actor(
        account_id=client.account_id,
        name=client.name,
        grants=tuple(
            Grant(organisation_id=client.organisation_id, machine_scope=scope)
            for scope in sorted(scopes)
        ),
        is_machine=True,
    )


class _Claims(msgspec.Struct, frozen=True):
    sub: str
    scope: str


def _decode(token: str, now: datetime, settings: Settings) -> _Claims:
    """What the token says, once its signature, type, issuer, audience and time are right."""
    keys = KeySet(
        [
            OctKey.import_key(key, {"kid": key_id})
            for key_id, key in keyring().secrets(PURPOSE).items()
        ]
    )
    demands = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": settings.address},
        aud={"essential": True, "value": audience(settings)},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        found = jwt.decode(token, keys, algorithms=[ALGORITHM])
        if found.header.get("typ") != TYPE or "kid" not in found.header:
            raise TokenRefused
        demands.validate(found.claims)
        return msgspec.convert(found.claims, _Claims)
    except ExpiredTokenError as error:
        raise TokenRefused("token_expired") from error
    except InvalidClaimError as error:
        raise TokenRefused("token_audience" if error.claim == "aud" else None) from error
    except (JoseError, ValueError) as error:
        raise TokenRefused from error


def _id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
