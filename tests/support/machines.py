"""Programs that a second person has let in."""

from collections.abc import Sequence
from uuid import UUID

from models.core import RoleName
from services import approvals, clients, clock
from services.approvals import ApprovalQuery, Whose
from services.clients import Client, ClientIn, ClientScope, ClientSecret
from services.rights import Actor
from tests.support.factories import make_account


async def make_client(
    administrator: Actor, scopes: Sequence[ClientScope], node: UUID | None = None
) -> ClientSecret:
    """A client of the node with a secret, approved by a colleague."""
    command = ClientIn(name="平台", scopes=list(scopes), organisation_id=node, purpose="同步")
    client = await clients.make(administrator, command, clock.now())
    await approve(client)
    return await clients.renew_secret(administrator, client.id)


async def approve(client: Client) -> None:
    """Let the client in, as somebody who approves roles at its node."""
    now = clock.now()
    second = await make_account((RoleName.NODE_ADMINISTRATOR, client.organisation_id))
    asked = await approvals.list_page(second, ApprovalQuery(whose=Whose.TO_DECIDE), now)
    [waiting] = [each for each in asked.items if each.command.get("client_id") == str(client.id)]
    await approvals.approve(second, waiting.id, now)
