"""A visitor without a browser."""

import httpx2

from tests.pages.scene import PASSWORD

Client = httpx2.AsyncClient


async def sign_in(client: Client, name: str) -> None:
    answer = await client.post("/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
