"""Positions that are pasted from a map into the pages: home, and the new place of a shift."""

import re

import pytest

from services import shifts
from tests.pages.scene import ORGANISER, VOLUNTEER, Scene
from tests.pages.visiting import Client, sign_in
from tests.services.test_positions import Place, metres

SHANGHAI, SHANGHAI_GCJ02 = (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)
HOME = "/me/profile"
ROUNDED_M = 80  # Half a thousandth of a degree each way.


async def shown_home(client: Client) -> Place:
    page = (await client.get(HOME)).text
    east, north = (
        float(re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)[0])
        for name in ("longitude", "latitude")
    )
    return east, north


async def save_home(client: Client, **typed: str) -> int:
    page = (await client.get(HOME)).text
    version = re.findall(r'name="version" value="([^"]*)"', page[page.index('id="home"') :])[0]
    return (await client.post(f"{HOME}/home", data={"version": version, **typed})).status_code


@pytest.mark.parametrize(
    "typed",
    [
        {"longitude": str(SHANGHAI_GCJ02[0]), "latitude": str(SHANGHAI_GCJ02[1])},
        # As the map copies it, into the first field.
        {"longitude": f"{SHANGHAI_GCJ02[0]:.6f},{SHANGHAI_GCJ02[1]:.6f}", "latitude": ""},
        {"longitude": f" {SHANGHAI_GCJ02[0]:.6f}， {SHANGHAI_GCJ02[1]:.6f} ", "latitude": ""},
    ],
    ids=["two fields", "pasted", "pasted in Chinese"],
)
async def test_a_home_that_is_pasted_from_a_map_lies_where_it_is(
    client: Client, scene: Scene, typed: dict[str, str]
) -> None:
    await sign_in(client, VOLUNTEER)
    assert await save_home(client, **typed, position_system="gcj02") == 303
    assert metres(await shown_home(client), SHANGHAI) < ROUNDED_M
    assert await save_home(client, **typed) == 303
    assert metres(await shown_home(client), SHANGHAI_GCJ02) < ROUNDED_M


@pytest.mark.parametrize(
    "typed",
    [
        {"longitude": "121.5", "latitude": ""},
        {"longitude": "31.1774,121.5272", "latitude": ""},
        {"longitude": "nan", "latitude": "31"},
        {"longitude": "121.5", "latitude": "31.2", "position_system": "mercator"},
    ],
    ids=["half", "the other way round", "no number", "no such map"],
)
async def test_what_is_no_position_is_refused_and_stands_there_still(
    client: Client, scene: Scene, typed: dict[str, str]
) -> None:
    await sign_in(client, VOLUNTEER)
    before = await shown_home(client)
    assert await save_home(client, **typed) == 422
    assert await shown_home(client) == before


async def test_a_shift_moves_to_where_the_organiser_pasted_and_stays_without(
    client: Client, scene: Scene
) -> None:
    await sign_in(client, ORGANISER)
    shift_id = scene.shift_ids["街区运动会 2"]
    before = await shifts.get(scene.organiser, shift_id)
    path = f"/shifts/{shift_id}/move"
    assert 'name="position_system"' in (await client.get(path)).text
    wrong = await client.post(path, data={"place": "新址", "longitude": "east", "latitude": "31"})
    assert wrong.status_code == 422
    assert 'value="east"' in wrong.text
    assert (await shifts.get(scene.organiser, shift_id)).location == before.location

    assert (await client.post(path, data={"place": "新址"})).status_code == 303
    assert (await shifts.get(scene.organiser, shift_id)).location == before.location
    pasted = {
        "longitude": f"{SHANGHAI_GCJ02[0]},{SHANGHAI_GCJ02[1]}",
        "latitude": "",
        "place": "新址",
        "position_system": "gcj02",
    }
    assert (await client.post(path, data=pasted)).status_code == 303
    moved = (await shifts.get(scene.organiser, shift_id)).location
    assert moved is not None
    assert metres(moved, SHANGHAI) < 1
