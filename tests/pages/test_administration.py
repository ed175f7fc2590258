"""The hub of the administration: what it shows to whom."""

from tests.pages.scene import ORGANISER, VOLUNTEER, Scene
from tests.pages.visiting import Client, sign_in


async def test_hub_shows_what_the_account_may_look_after(client: Client, scene: Scene) -> None:
    await sign_in(client, ORGANISER)

    page = await client.get("/admin")

    assert page.status_code == 200
    assert 'href="/admin/tree"' in page.text
    assert "/admin/audit" not in page.text


async def test_hub_is_not_for_volunteers(client: Client, scene: Scene) -> None:
    await sign_in(client, VOLUNTEER)

    assert (await client.get("/admin")).status_code == 403
