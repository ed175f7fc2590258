"""A visitor without a browser."""

import httpx2

from tests.support.signing import token_of_name

Client = httpx2.AsyncClient


async def sign_in(client: Client, name: str) -> None:
    """Give the visitor a session of this account, as if they had signed in."""
    client.cookies.set("mulin", await token_of_name(name))
