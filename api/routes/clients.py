"""Machine clients: programs that get tokens at `POST /oauth/token`."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import clients
from services.clients import Client, ClientIn, ClientSecret
from services.paging import Page, PageQuery

operations = Operations("clients", Words("程序", "Machine clients"))


@operations("GET", "/clients", Words("列出程序", "List clients"))
async def list_clients(call: Call, query: PageQuery) -> Page[Client]:
    """The programs of the nodes where the account manages them, the newest first."""
    return await clients.list_page(call.actor, query)


@operations(
    "POST",
    "/clients",
    Words("登记程序", "Register a client"),
    status=201,
    location="/clients/{id}",
)
async def create_client(call: Call, body: ClientIn) -> Client:
    """A program that is to act at a node and below.

    It gets tokens once it has a secret and a second person has approved it (`/approvals`).
    """
    return await clients.make(call.actor, body, call.now)


@operations("GET", "/clients/{client_id}", Words("读取程序", "Read a client"))
async def read_client(call: Call, client_id: UUID) -> Client:
    """One program, without its secret, which nobody can read."""
    return await clients.get(call.actor, client_id)


@operations(
    "POST",
    "/clients/{client_id}/secret",
    Words("更换程序密钥", "Renew a client's secret"),
    refuses=("client_ended",),
)
async def renew_client_secret(call: Call, client_id: UUID) -> ClientSecret:
    """A new secret, given this once. The one before is of no use from now on."""
    return await clients.renew_secret(call.actor, client_id)


@operations("POST", "/clients/{client_id}/revoke", Words("停用程序", "Revoke a client"))
async def revoke_client(call: Call, client_id: UUID) -> Client:
    """Ends the program for good, with all its tokens. Doing it again changes nothing."""
    return await clients.revoke(call.actor, client_id, call.now)
