"""Positions of Chinese maps and phones against published ones, and what lies outside China."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.positions import CoordinateSystem, to_wgs84

GCJ02, BD09, WGS84 = CoordinateSystem.GCJ02, CoordinateSystem.BD09, CoordinateSystem.WGS84
Place = tuple[float, float]


def metres(one: Place, two: Place) -> float:
    """Near enough for places that are close together."""
    north = (two[1] - one[1]) * 111_320
    east = (two[0] - one[0]) * 111_320 * math.cos(math.radians(one[1]))
    return math.hypot(north, east)


# As published with eviltransform (googollee/eviltransform, python/test.py): WGS 84, GCJ-02.
PAIRS = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


@pytest.mark.parametrize(("meant", "given_as"), PAIRS, ids=["Shanghai", "Shenzhen", "Beijing"])
def test_published_positions_come_back_within_a_metre(meant: Place, given_as: Place) -> None:
    assert metres(given_as, meant) > 300
    assert metres(to_wgs84(given_as, GCJ02), meant) < 1


def test_a_position_of_baidu_is_that_of_gaode_of_the_same_place() -> None:
    """Beijing railway station, as published with geoChina (caijun/geoChina, R/cst.R)."""
    gaode = to_wgs84((116.42703, 39.90245), GCJ02)
    baidu = to_wgs84((116.43351, 39.90851), BD09)
    assert metres(gaode, baidu) < 1


@given(st.floats(100, 120), st.floats(25, 42))
def test_the_way_there_is_hundreds_of_metres_and_never_a_jump(lng: float, lat: float) -> None:
    """Inside the country the shift is smooth: what is a metre apart stays so."""
    here = to_wgs84((lng, lat), GCJ02)
    assert 50 < metres((lng, lat), here) < 1500
    assert abs(metres(here, to_wgs84((lng, lat + 1e-5), GCJ02)) - 1.11) < 0.05


@pytest.mark.parametrize("system", CoordinateSystem)
@pytest.mark.parametrize(
    "place", [(2.35, 48.85), (139.69, 35.68), (0.0, 0.0), (-74.0, 40.7), (180.0, -90.0)]
)
def test_elsewhere_a_position_is_what_it_says(system: CoordinateSystem, place: Place) -> None:
    assert to_wgs84(place, system) == place


def test_a_position_in_wgs84_is_not_touched() -> None:
    assert to_wgs84((121.47, 31.23), WGS84) == (121.47, 31.23)
