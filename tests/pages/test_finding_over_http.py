"""What the pages of finding answer to odd addresses, refusals of being matched, and positions."""

import re

from tests.pages.scene import VOLUNTEER, Scene
from tests.pages.visiting import Client, sign_in


async def test_whoever_refuses_to_be_matched_sees_everything_and_nothing_worked_out(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, VOLUNTEER)
    await client.post("/me/consents/answer", data={"purpose": "matching", "answer": "no"})

    page = (await client.get("/?view=you")).text

    assert "已关闭推荐" in page
    assert 'class="for-you"' not in page
    assert len(re.findall(r'class="cover"', (await client.get("/")).text)) == 6
    assert (await client.get("/?order=fit")).status_code == 409


async def test_an_address_that_makes_no_sense_is_read_as_far_as_it_does(
    client: Client, scene: Scene
) -> None:
    for query in (
        "view=attic",
        "day=yesterday",
        "near=5",
        "free=1",
        "order=fit",
        "order=distance",
        "box=1,2,3",
        "box=a,b,c,d",
        "view=you",
        "q=%00",
    ):
        page = await client.get(f"/?{query}")
        assert page.status_code == 200, query
        assert 'class="cover"' in page.text, query


async def test_a_position_that_is_none_leads_back_to_the_list(client: Client, scene: Scene) -> None:
    for wrong in (
        {},
        {"longitude": "east", "latitude": "31"},
        {"longitude": "1", "latitude": "91"},
    ):
        answer = await client.post("/nearby", data=wrong)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    near = await client.post("/nearby", data={"longitude": "121.481", "latitude": "31.216"})
    assert near.status_code == 200
    assert near.headers["cache-control"] == "private, no-cache"
    assert "geolocation=(self)" in near.headers["permissions-policy"]
    assert "geolocation=()" in (await client.get("/sign-in")).headers["permissions-policy"]
