"""Machine clients and their tokens: what they may, and every way in which a token is no good."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from models.core import MachineClient, OrganisationKind, RoleName
from services import (
    approvals,
    clients,
    offers,
    organisations,
    projects,
    rights,
    tokens,
    vault,
    volunteers,
)
from services.approvals import ApprovalQuery, Whose
from services.clients import Client, ClientIn, ClientScope
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.paging import PageQuery
from services.rights import SCOPES, Actor, Right
from services.tokens import (
    ClientUnknown,
    ClientWaits,
    OtherTarget,
    ScopeTooWide,
    TokenAsked,
    TokenRefused,
    TooManyFailures,
)
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_account,
    make_city,
    make_organisation,
    make_person,
    make_project,
    make_volunteer,
)

WORK = [ClientScope.WORK_READ, ClientScope.WORK_WRITE]


def test_scopes_are_those_of_the_rights() -> None:
    assert {scope.value for scope in ClientScope} == set(SCOPES)


def test_no_scope_opens_what_only_people_decide() -> None:
    """A machine neither gives rights, nor makes machines, nor calls people up."""
    of_people = {
        Right.GRANT_ROLES,
        Right.APPROVE_ROLES,
        Right.MANAGE_ACCOUNTS,
        Right.MANAGE_CLIENTS,
        Right.MANAGE_PROVIDERS,
        Right.REVEAL_PEOPLE,
        Right.MERGE_PEOPLE,
        Right.RUN_RETENTION,
        Right.CALL_UP,
        Right.EDIT_TREE,
    }
    assert not of_people & frozenset().union(*SCOPES.values())


async def test_secret_is_given_once_and_only_its_digest_is_kept(database: str) -> None:
    _, administrator = await _city()
    client = await clients.make(
        administrator, ClientIn(name="平台", scopes=WORK, purpose="同步"), NOW
    )
    assert not client.has_secret

    given = await clients.renew_secret(administrator, client.id)

    assert len(base64.urlsafe_b64decode(given.client_secret.removeprefix("mulin_") + "=")) == 32
    row = await MachineClient.get(id=client.id)
    assert row.secret_digest != given.client_secret
    assert given.client_secret not in repr(await rows("SELECT * FROM machine_client"))
    assert given.client_secret not in repr(await rows("SELECT * FROM audit_event"))
    assert (await clients.get(administrator, client.id)).has_secret


async def test_client_is_let_in_by_a_second_person(database: str) -> None:
    """Who keeps the system gives no rights, not to a machine of their own either."""
    city, administrator = await _city()
    command = ClientIn(name="平台", scopes=[ClientScope.PEOPLE_READ], purpose="同步")
    client = await clients.make(administrator, command, NOW)
    secret = (await clients.renew_secret(administrator, client.id)).client_secret
    [asked] = (await approvals.list_page(administrator, ApprovalQuery(), NOW)).items
    assert (asked.command["scopes"], asked.reason) == ("people:read", "同步")

    with pytest.raises(ClientWaits):
        await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)
    both = await make_account(
        (RoleName.SYSTEM_ADMINISTRATOR, city), (RoleName.NODE_ADMINISTRATOR, city)
    )
    own = await clients.make(both, command, NOW)
    [mine] = (await approvals.list_page(both, ApprovalQuery(whose=Whose.MINE), NOW)).items
    assert mine.command["client_id"] == str(own.id)
    for actor, waiting in ((administrator, asked), (both, mine)):
        with pytest.raises(Forbidden):
            await approvals.approve(actor, waiting.id, NOW)

    await _approve(client)
    assert (await clients.get(administrator, client.id)).is_approved
    await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)


async def test_client_that_was_revoked_meanwhile_is_not_let_in(database: str) -> None:
    _, administrator = await _city()
    command = ClientIn(name="平台", scopes=WORK, purpose="同步")
    client = await clients.make(administrator, command, NOW)
    await clients.revoke(administrator, client.id, NOW)
    with pytest.raises(Conflict) as refused:
        await _approve(client)
    assert refused.value.reason == "client_ended"


async def test_client_without_a_secret_cannot_sign_in(database: str) -> None:
    _, administrator = await _city()
    client = await clients.make(
        administrator, ClientIn(name="平台", scopes=WORK, purpose="同步"), NOW
    )
    await _approve(client)

    for secret in ("", "-", clients.NO_SECRET):
        with pytest.raises(ClientUnknown):
            await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)


async def test_token_makes_an_actor_with_its_scopes_for_a_quarter_of_an_hour(
    database: str,
) -> None:
    city, administrator = await _city()
    client, secret = await _client(administrator)

    answer = await tokens.issue(_asked(client.id, secret, "work:read"), NOW, SETTINGS)
    assert (answer.expires_in, answer.scope, answer.token_type) == (900, "work:read", "Bearer")
    actor = await tokens.actor_of(answer.access_token, NOW, SETTINGS)

    assert actor.is_machine
    assert actor.persons == ()
    assert [(g.organisation_id, g.machine_scope) for g in actor.grants] == [(city, "work:read")]
    assert rights.has(actor, Right.SEE_WORK)
    assert not rights.has(actor, Right.RUN_WORK)
    with pytest.raises(TokenRefused) as late:
        await tokens.actor_of(answer.access_token, NOW + timedelta(minutes=16), SETTINGS)
    assert late.value.reason == "token_expired"


async def test_token_without_a_wish_has_every_scope_of_its_client(database: str) -> None:
    _, administrator = await _city()
    client, secret = await _client(administrator)
    answer = await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)
    assert answer.scope == "work:read work:write"


@pytest.mark.parametrize("scope", ["people:read", "work:read people:read", "all", "work:read  "])
async def test_scope_wider_than_the_clients_is_refused(database: str, scope: str) -> None:
    _, administrator = await _city()
    client, secret = await _client(administrator)
    with pytest.raises(ScopeTooWide):
        await tokens.issue(_asked(client.id, secret, scope), NOW, SETTINGS)


async def test_token_for_another_service_is_neither_given_nor_taken(database: str) -> None:
    _, administrator = await _city()
    client, secret = await _client(administrator)
    asked = TokenAsked(
        client_id=str(client.id), client_secret=secret, resource="https://other.example/api/v1"
    )
    with pytest.raises(OtherTarget):
        await tokens.issue(asked, NOW, SETTINGS)

    foreign = _encoded(_claims(client) | {"aud": "https://other.example/api/v1"})
    with pytest.raises(TokenRefused) as refused:
        await tokens.actor_of(foreign, NOW, SETTINGS)
    assert refused.value.reason == "token_audience"


async def test_forged_tokens_are_refused(database: str) -> None:
    _, administrator = await _city()
    client, secret = await _client(administrator)
    good = (await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)).access_token
    await tokens.actor_of(good, NOW, SETTINGS)

    for name, forged in _forged(good, client):
        with pytest.raises(TokenRefused) as refused:
            await tokens.actor_of(forged, NOW, SETTINGS)
        assert refused.value.reason == "token_refused", name


def _forged(good: str, client: Client) -> Iterator[tuple[str, str]]:
    header, claims, signature = good.split(".")
    own, ring = _claims(client), vault.keyring()
    wide = _part(own | {"scope": "audit:read"})
    rsa = RSAKey.generate_key(2048)
    yield "other scope under the old signature", f"{header}.{wide}.{signature}"
    yield "alg none", f"{_part({'alg': 'none', 'typ': 'at+jwt'})}.{claims}."
    yield "alg none with a kid", f"{_part({'alg': 'NONE', 'kid': 'k1'})}.{claims}."
    yield "no signature", f"{header}.{claims}."
    yield "key of nobody", _encoded(own, key=OctKey.import_key(b"x" * 32))
    yield "key of another use", _encoded(own, key=OctKey.import_key(ring.secret("form")))
    yield "unknown kid", _encoded(own, header={"kid": "k999"})
    yield "no kid", _encoded(own, header={"kid": None})
    yield "other algorithm", _encoded(own, header={"alg": "HS512"})
    yield "public key", jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": "k1"}, own, rsa)
    yield "no access token", _encoded(own, header={"typ": "JWT"})
    yield "other issuer", _encoded(own | {"iss": "https://other.example"})
    yield "issued tomorrow", _encoded(own | {"iat": own["iat"] + 86400})
    yield "endless", _encoded({name: value for name, value in own.items() if name != "exp"})
    yield "scope that is none", _encoded(own | {"scope": ["work:read"]})
    yield "nobody", _encoded({name: value for name, value in own.items() if name != "sub"})
    yield "not JSON", "e30.e30.e30"
    yield "not base64", "a.b.c"
    yield "empty", ".."


async def test_revoked_client_gets_no_token_and_its_tokens_end(database: str) -> None:
    _, administrator = await _city()
    client, secret = await _client(administrator)
    token = (await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)).access_token

    await clients.revoke(administrator, client.id, NOW)
    await clients.revoke(administrator, client.id, hours(1))  # Changes nothing.

    with pytest.raises(TokenRefused) as refused:
        await tokens.actor_of(token, NOW, SETTINGS)
    assert refused.value.reason == "client_revoked"
    with pytest.raises(ClientUnknown):
        await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)
    with pytest.raises(Conflict) as ended:
        await clients.renew_secret(administrator, client.id)
    assert ended.value.reason == "client_ended"
    assert (await clients.get(administrator, client.id)).revoked_at == NOW


async def test_scope_taken_from_a_client_is_taken_from_its_tokens(database: str) -> None:
    _, administrator = await _city()
    client, secret = await _client(administrator)
    token = (await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)).access_token
    await MachineClient.filter(id=client.id).update(scopes=["work:read"])

    actor = await tokens.actor_of(token, NOW, SETTINGS)

    assert [grant.machine_scope for grant in actor.grants] == ["work:read"]


async def test_new_secret_replaces_the_old_one(database: str) -> None:
    _, administrator = await _city()
    client, old = await _client(administrator)
    new = (await clients.renew_secret(administrator, client.id)).client_secret

    await tokens.issue(_asked(client.id, new), NOW, SETTINGS)
    with pytest.raises(ClientUnknown):
        await tokens.issue(_asked(client.id, old), NOW, SETTINGS)


async def test_guessing_is_slowed_and_locks_nobody_out(database: str) -> None:
    _, administrator = await _city()
    client, secret = await _client(administrator)
    for _ in range(tokens.FAILURES_MAX):
        with pytest.raises(ClientUnknown):
            await tokens.issue(_asked(client.id, "mulin_wrong"), NOW, SETTINGS)

    with pytest.raises(TooManyFailures):
        await tokens.issue(_asked(client.id, "mulin_wrong"), NOW, SETTINGS)
    await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)
    with pytest.raises(ClientUnknown):
        await tokens.issue(_asked(client.id, "mulin_wrong"), hours(1), SETTINGS)
    with pytest.raises(ClientUnknown):
        await tokens.issue(_asked(uuid4(), secret), NOW, SETTINGS)
    assert len(await rows("SELECT 1 FROM sign_in_failure")) == tokens.FAILURES_MAX + 1


async def test_token_outlives_a_new_key_and_dies_with_the_old_one(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, administrator = await _city()
    client, secret = await _client(administrator)
    token = (await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)).access_token
    ring = vault.keyring()
    rotated = ring.with_new_key()

    monkeypatch.setenv(vault.KEYS_VARIABLE, rotated.to_json())
    await tokens.actor_of(token, NOW, SETTINGS)
    anew = (await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)).access_token
    assert json.loads(_decoded(anew.split(".")[0]))["kid"] == rotated.current

    monkeypatch.setenv(vault.KEYS_VARIABLE, rotated.without(ring.current).to_json())
    await tokens.actor_of(anew, NOW, SETTINGS)
    with pytest.raises(TokenRefused):
        await tokens.actor_of(token, NOW, SETTINGS)


async def test_machine_is_no_person(database: str) -> None:
    """It has no offers, no seat and no points of its own, whatever its scopes."""
    _, administrator = await _city()
    every = await _machine(administrator, *ClientScope)

    with pytest.raises(Forbidden) as refused:
        await offers.list_mine(every, PageQuery(), NOW)
    assert refused.value.reason == "volunteers_only"


async def test_machine_works_in_its_subtree_and_scope_only(database: str) -> None:
    city, administrator = await _city()
    organiser = await make_account((RoleName.ORGANISER, city))
    tree = await make_account((RoleName.NODE_ADMINISTRATOR, city))
    street = await make_organisation(tree, OrganisationKind.STREET)
    other = await make_organisation(tree, OrganisationKind.STREET)
    at_street = await make_account((RoleName.ORGANISER, street.id))
    at_other = await make_account((RoleName.ORGANISER, other.id))
    person = await make_volunteer(at_street)
    stranger = await make_volunteer(at_other)
    project = await make_project(at_street, is_published=False)
    machine = await _machine(administrator, ClientScope.PEOPLE_READ, node=street.id)

    assert (await volunteers.get(machine, person.id, today=TODAY)).id == person.id
    with pytest.raises(NotFound):
        await volunteers.get(machine, stranger.id, today=TODAY)
    with pytest.raises((Forbidden, NotFound)):
        await projects.publish(machine, project.id)
    found = await organisations.list_page(machine, PageQuery())
    assert [node.id for node in found.items] == [street.id]
    assert (await projects.get(organiser, project.id)).id == project.id


async def test_clients_are_managed_at_their_nodes_by_those_who_may(database: str) -> None:
    city, administrator = await _city()
    tree = await make_account((RoleName.NODE_ADMINISTRATOR, city))
    street = await make_organisation(tree, OrganisationKind.STREET)
    elsewhere, outsider = await _city()
    at_street = await make_account((RoleName.SYSTEM_ADMINISTRATOR, street.id))
    client = await clients.make(
        administrator,
        ClientIn(name="市平台", scopes=WORK, organisation_id=city, purpose="同步"),
        NOW,
    )
    below = await clients.make(
        at_street, ClientIn(name="街道平台", scopes=WORK, purpose="同步"), NOW
    )

    assert [each.id for each in (await clients.list_page(administrator, PageQuery())).items] == [
        below.id,
        client.id,
    ]
    assert [each.id for each in (await clients.list_page(at_street, PageQuery())).items] == [
        below.id
    ]
    for stranger in (at_street, outsider):
        with pytest.raises(NotFound):
            await clients.renew_secret(stranger, client.id)
        with pytest.raises(NotFound):
            await clients.revoke(stranger, client.id, NOW)
    person = await make_person(await make_account((RoleName.ORGANISER, city)))
    for other in (tree, person):
        with pytest.raises(Forbidden):
            await clients.list_page(other, PageQuery())
    assert elsewhere != city


async def test_what_is_done_with_clients_and_tokens_is_logged(database: str) -> None:
    city, administrator = await _city()
    client, secret = await _client(administrator)
    await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)
    with pytest.raises(ClientUnknown):
        await tokens.issue(_asked(client.id, "wrong"), NOW, SETTINGS)
    await clients.revoke(administrator, client.id, NOW)

    logged = await rows(
        "SELECT act, organisation_id, facts->>'change' AS change FROM audit_event "
        "WHERE subject_id = $1 ORDER BY id",
        client.id,
    )

    assert [(line["act"], line["change"]) for line in logged] == [
        ("client_changed", "made"),
        ("client_changed", "approved"),
        ("client_changed", "secret"),
        ("token_issued", None),
        ("sign_in_refused", None),
        ("client_changed", "revoked"),
    ]
    assert {line["organisation_id"] for line in logged} == {city}


async def _city() -> tuple[UUID, Actor]:
    city, _ = await make_city()
    return city.id, await make_account((RoleName.SYSTEM_ADMINISTRATOR, city.id))


async def _client(administrator: Actor, *scopes: ClientScope) -> tuple[Client, str]:
    command = ClientIn(name="平台", scopes=list(scopes) or WORK, purpose="同步")
    client = await clients.make(administrator, command, NOW)
    await _approve(client)
    return client, (await clients.renew_secret(administrator, client.id)).client_secret


async def _approve(client: Client) -> Actor:
    """A second person lets the client in."""
    second = await make_account((RoleName.SECURITY_ADMINISTRATOR, client.organisation_id))
    asked = await approvals.list_page(second, ApprovalQuery(whose=Whose.TO_DECIDE), NOW)
    [waiting] = [one for one in asked.items if one.command["client_id"] == str(client.id)]
    await approvals.approve(second, waiting.id, NOW)
    return second


async def _machine(administrator: Actor, *scopes: ClientScope, node: UUID | None = None) -> Actor:
    command = ClientIn(name="平台", scopes=list(scopes), organisation_id=node, purpose="同步")
    client = await clients.make(administrator, command, NOW)
    await _approve(client)
    secret = (await clients.renew_secret(administrator, client.id)).client_secret
    answer = await tokens.issue(_asked(client.id, secret), NOW, SETTINGS)
    return await tokens.actor_of(answer.access_token, NOW, SETTINGS)


def _asked(client_id: UUID, secret: str, scope: str = "") -> TokenAsked:
    return TokenAsked(client_id=str(client_id), client_secret=secret, scope=scope)


def _claims(client: Client) -> dict[str, Any]:
    issued = int(NOW.timestamp())
    return {
        "iss": SETTINGS.address,
        "aud": tokens.audience(SETTINGS),
        "sub": str(client.id),
        "iat": issued,
        "exp": issued + 900,
        "scope": "work:read",
    }


def _encoded(
    claims: dict[str, Any], *, key: OctKey | None = None, header: dict[str, Any] | None = None
) -> str:
    """A token that is right but for what is given."""
    ring = vault.keyring()
    known = {"alg": "HS256", "typ": "at+jwt", "kid": ring.current, **(header or {})}
    told = {name: value for name, value in known.items() if value is not None}
    signing = key or OctKey.import_key(ring.secret(tokens.PURPOSE))
    return jwt.encode(told, claims, signing, algorithms=["HS256", "HS512"])


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "==")
