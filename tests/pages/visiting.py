"""A visitor without a browser."""

from tests.support.pressing import PressingClient
from tests.support.signing import token_of_name

Client = PressingClient


async def sign_in(client: Client, name: str) -> None:
    """Give the visitor a session of this account, as if they had signed in."""
    client.cookies.set("mulin", await token_of_name(name))
