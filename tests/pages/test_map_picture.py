"""The map that the server draws: what lies where, what is drawn together, how far it is."""

from datetime import UTC, datetime
from uuid import uuid4

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from api.pages.find_filters import filters_of
from api.pages.map_picture import APART, SIDE, around, box_text, draw, zoomed
from services.finding import Box, Pin

MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
LONGITUDES = st.floats(121.0, 122.0)
LATITUDES = st.floats(30.8, 31.6)
PLACES = st.lists(st.tuples(LONGITUDES, LATITUDES), min_size=1, max_size=60)


def pin(place: tuple[float, float], *, urgent: bool = False) -> Pin:
    return Pin(
        id=uuid4(),
        project_name="Library",
        place="",
        starts_at=MORNING,
        ends_at=MORNING,
        location=place,
        urgent=urgent,
    )


@given(PLACES)
def test_every_shift_is_on_the_map_once_and_two_things_to_tap_are_apart(
    places: list[tuple[float, float]],
) -> None:
    picture = draw([pin(place) for place in places], None, None)

    assert picture is not None
    assert sum(len(each.pins) for each in picture.clusters) == len(places)
    for number, one in enumerate(picture.clusters):
        assert 0 <= one.x <= SIDE
        assert 0 <= one.y <= SIDE
        for other in picture.clusters[:number]:
            assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= APART**2


@given(PLACES)
def test_coming_nearer_to_a_circle_takes_it_apart_or_shows_one_place(
    places: list[tuple[float, float]],
) -> None:
    pins = [pin(place) for place in places]
    picture = draw(pins, None, None)
    assert picture is not None
    for cluster in picture.clusters:
        inner = around([each.location for each in cluster.pins])
        nearer = draw(cluster.pins, zoomed(inner, 1.2), None)
        assert nearer is not None
        assert sum(len(each.pins) for each in nearer.clusters) == len(cluster.pins)
        assert nearer.box.north - nearer.box.south <= picture.box.north - picture.box.south + 1e-9


def test_where_the_person_is_is_seen_and_stands_in_no_address() -> None:
    pins = [pin((121.45, 31.22)), pin((121.48, 31.23))]
    home = (121.445, 31.215)
    alone, seen = draw(pins, None, None), draw(pins, None, home)
    assert alone is not None
    assert seen is not None
    assert alone.box == seen.box
    assert seen.origin is not None
    assert seen.rings
    far = draw(pins, None, (100.0, 20.0))
    assert far is not None
    assert (far.origin, far.rings, far.box) == (None, [], alone.box)


def test_names_of_places_cover_neither_each_other_nor_what_is_tapped() -> None:
    crowd = [
        msgspec.structs.replace(
            pin((121.4 + east / 100, 31.2 + north / 100)), place="梧桐街道老年学校东门"
        )
        for east in range(4)
        for north in range(4)
    ]
    picture = draw(crowd, None, None)
    assert picture is not None
    assert len(picture.clusters) == 16
    assert 0 < len(picture.labels) < 16
    assert all(len(label.text) <= 9 for label in picture.labels)


def test_no_name_lies_on_where_the_person_is() -> None:
    home = (121.4453, 31.2156)
    around_home = [
        msgspec.structs.replace(
            pin((home[0] + east / 400, home[1] + north / 400)), place="延安新村活动室"
        )
        for east, north in ((0, 1), (1, -1), (-3, 2), (8, 0), (-8, -4))
    ]
    picture = draw(around_home, None, home)
    assert picture is not None
    assert picture.origin is not None
    assert picture.labels
    x, y = picture.origin
    for label in picture.labels:
        half = len(label.text) * 15 / 2
        assert abs(label.x - x) >= half + 9 or label.y <= y - 9 or label.y - 15 >= y + 9
        for ring in picture.rings:
            height = y - ring.radius - 4
            covers = abs(label.y - height) < 15 and abs(label.x - x) < half + 20
            assert not (ring.is_named and covers)
        if picture.origin_label is not None:
            apart = abs(label.y - picture.origin_label[1])
            assert apart >= 15 or abs(label.x - picture.origin_label[0]) >= half


def test_north_is_up_and_the_scale_is_true() -> None:
    south, north = pin((121.45, 31.20)), pin((121.45, 31.25))
    picture = draw([south, north], None, None)
    assert picture is not None
    by_pin = {each.pins[0].id: each for each in picture.clusters}
    assert by_pin[north.id].y < by_pin[south.id].y
    assert by_pin[north.id].x == by_pin[south.id].x
    units = by_pin[south.id].y - by_pin[north.id].y
    metres = units * picture.bar_metres / picture.bar_length
    assert abs(metres - 0.05 * 111_195) < 30


def test_a_piece_in_an_address_is_read_again_as_it_was() -> None:
    box = Box(west=121.41, south=31.2, east=121.5, north=31.3)
    asked = {"view": "map", "box": box_text(box)}
    filters = filters_of(asked, has_home=False, is_volunteer=False)
    assert filters.box == box_text(box)


def test_there_is_no_map_of_nothing() -> None:
    assert draw([], None, None) is None
    empty = draw([], Box(west=121.4, south=31.2, east=121.5, north=31.3), None)
    assert empty is not None
    assert empty.clusters == []
