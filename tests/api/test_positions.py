"""Over HTTP: a position of a Chinese map becomes one in WGS 84 wherever one is sent.

The positions are published ones: googollee/eviltransform, python/test.py; caijun/geoChina, R/cst.R.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.api.conftest import House, shift_command
from tests.services.test_positions import Place, metres

SHANGHAI, SHANGHAI_GCJ02 = (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)
STATION_GCJ02, STATION_BD09 = (116.42703, 39.90245), (116.43351, 39.90851)
Keep = Callable[[House, Place, str | None], Awaitable[Place]]


def named(name: str, position: Place, system: str | None) -> dict[str, Any]:
    given: dict[str, Any] = {name: list(position)}
    return given if system is None else {**given, "position_system": system}


async def of_a_shift(house: House, position: Place, system: str | None) -> Place:
    project = await house.published_project()
    command = shift_command(project["id"], 4, 9, **named("location", position, system))
    made = await house.organiser.made("/api/v1/shifts", command)
    found: Place = (await house.visitor.get(f"/api/v1/shifts/{made['id']}")).json()["location"]
    return found


async def of_a_shift_that_is_moved(house: House, position: Place, system: str | None) -> Place:
    project = await house.published_project()
    made = await house.organiser.made("/api/v1/shifts", shift_command(project["id"], 4, 9))
    path = f"/api/v1/shifts/{made['id']}"
    move = {
        **{name: made[name] for name in ("starts_at", "ends_at")},
        **named("location", position, system),
    }
    etag = (await house.organiser.get(path)).headers["etag"]
    moved = await house.organiser.post(f"{path}/move", move, headers={"If-Match": etag})
    assert moved.status_code in (200, 201), moved.text
    found: Place = (await house.visitor.get(path)).json()["location"]
    return found


async def of_a_person(house: House, position: Place, system: str | None) -> Place:
    person, _ = await house.volunteer("lin", **named("home", position, system))
    read = await house.organiser.get(f"/api/v1/volunteers/{person['id']}")
    found: Place = read.json()["home"]
    return found


async def of_a_profile(house: House, position: Place, system: str | None) -> Place:
    _, person = await house.volunteer("lin")
    before = await person.get("/api/v1/me/profile")
    written = await person.put(
        "/api/v1/me/profile", named("home", position, system), before.headers["etag"]
    )
    assert "position_system" not in written.json()
    found: Place = written.json()["home"]
    return found


KEPT: list[Keep] = [of_a_shift, of_a_shift_that_is_moved, of_a_person, of_a_profile]
# A home that people write themselves is kept to three decimals, which is at most 73 m away here.
OFF_BY_AT_MOST_M = {of_a_profile: 73}


@pytest.mark.parametrize("keep", KEPT, ids=lambda each: each.__name__)
async def test_what_is_kept_is_wgs_84_whatever_was_sent(house: House, keep: Keep) -> None:
    away = metres(await keep(house, SHANGHAI_GCJ02, "gcj02"), SHANGHAI)
    assert away < OFF_BY_AT_MOST_M.get(keep, 1)


async def test_without_a_word_a_position_is_taken_as_it_is(house: House) -> None:
    assert tuple(await of_a_shift(house, SHANGHAI_GCJ02, None)) == SHANGHAI_GCJ02
    assert tuple(await of_a_person(house, SHANGHAI, "wgs84")) == SHANGHAI


async def test_one_place_of_two_maps_is_one_place_here(house: House) -> None:
    gaode = await of_a_shift(house, STATION_GCJ02, "gcj02")
    baidu = await of_a_shift(house, STATION_BD09, "bd09")
    assert metres(gaode, STATION_GCJ02) > 300
    assert metres(gaode, baidu) < 1


async def test_a_system_that_nobody_knows_is_refused_with_its_place(house: House) -> None:
    project = await house.published_project()
    command = shift_command(project["id"], 4, 9, **named("location", SHANGHAI, "mercator"))
    refused = await house.organiser.post("/api/v1/shifts", command)
    places = [(each["place"], each["code"]) for each in refused.json()["errors"]]
    assert (refused.status_code, places) == (422, [("position_system", "not_allowed")])


async def test_near_me_and_a_piece_of_the_map_are_meant_as_they_say(house: House) -> None:
    await of_a_shift(house, SHANGHAI, "wgs84")
    east, north = SHANGHAI_GCJ02
    box = {"west": east - 0.001, "south": north - 0.001, "east": east + 0.001}
    box["north"] = north + 0.001
    for asked in ({"position": [east, north], "within_m": 100}, {"box": box}):
        found = []
        for each in (asked, {**asked, "position_system": "gcj02"}):
            answer = await house.visitor.ask("POST", "/api/v1/shifts/search", json=each)
            found.append(len(answer.json()["items"]))
        assert found == [0, 1], asked


async def test_a_sheet_says_in_a_column_of_which_map_its_positions_are(house: House) -> None:
    sheet = "\n".join(
        [
            "编号,姓名,年龄,经度,纬度,坐标系",
            f"P1,林晓,26,{SHANGHAI_GCJ02[0]},{SHANGHAI_GCJ02[1]},高德地图",
            f"P2,陈静,31,{STATION_BD09[0]},{STATION_BD09[1]},BD-09",
            f"P3,王强,40,{SHANGHAI[0]},{SHANGHAI[1]},",
        ]
    )
    path = f"/api/v1/imports?kind=people&organisation_id={house.street_id}"
    text: dict[str, Any] = {"headers": {"Content-Type": "text/csv"}}
    looked = await house.organiser.post(path, content=sheet.encode(), **text)
    applied = await house.organiser.post(f"/api/v1/imports/{looked.json()['id']}/apply")
    assert applied.json()["state"] == "applied", applied.text
    people = (await house.organiser.get("/api/v1/volunteers")).json()["items"]
    homes = {each["external_key"]: each["home"] for each in people}
    assert metres(homes["P1"], SHANGHAI) < 1
    assert metres(homes["P2"], await of_a_shift(house, STATION_GCJ02, "gcj02")) < 1
    assert tuple(homes["P3"]) == SHANGHAI
    # The same sheet again finds nothing changed; another word for a map is refused in its cell.
    again = await house.organiser.post(path, content=sheet.encode(), **text)
    assert again.json()["report"]["counts"]["same"] == 3
    wrong = await house.organiser.post(
        path, content=sheet.replace("BD-09", "谷歌").encode(), **text
    )
    [refused] = [each for each in wrong.json()["report"]["rows"] if each["defects"]]
    assert [(each["place"], each["code"]) for each in refused["defects"]] == [
        ("F3", "not_coordinate_system")
    ]
