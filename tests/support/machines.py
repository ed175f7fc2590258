"""A program that was let in by two people."""

from collections.abc import Iterable
from uuid import UUID

from models.core import RoleName
from services import approvals, clients, clock, tokens
from services.approvals import ApprovalQuery, Whose
from services.clients import ClientIn, ClientScope
from services.settings import Settings
from services.tokens import TokenAsked
from tests.support.factories import make_account


async def machine_token(node: UUID, scopes: Iterable[str], settings: Settings) -> str:
    """The token of a new program with these scopes at a node."""
    boss = await make_account((RoleName.SYSTEM_ADMINISTRATOR, node))
    second = await make_account((RoleName.NODE_ADMINISTRATOR, node))
    command = ClientIn(
        name=f"Program of {boss.name}",
        scopes=[ClientScope(scope) for scope in scopes],
        organisation_id=node,
        purpose="Tests",
    )
    client = await clients.make(boss, command, clock.now())
    waiting = await approvals.list_page(second, ApprovalQuery(whose=Whose.TO_DECIDE), clock.now())
    [asked] = [each for each in waiting.items if each.requested_by == boss.account_id]
    await approvals.approve(second, asked.id, clock.now())
    secret = await clients.renew_secret(boss, client.id)
    command_ = TokenAsked(client_id=str(client.id), client_secret=secret.client_secret)
    return (await tokens.issue(command_, clock.now(), settings)).access_token
