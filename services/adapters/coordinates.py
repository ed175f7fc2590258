"""The systems of Chinese maps, by geocoordinates: GCJ-02 and BD-09 to WGS 84.

Outside China every one of them is WGS 84 already.
"""

from geocoordinates_ffi import (
    Bd09,
    Gcj02,
    bd09_to_wgs84_refined,
    gcj02_to_wgs84_refined,
    out_of_china,
)


def gcj02_to_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    """A position of Gaode, Tencent or a phone in WeChat."""
    if out_of_china(latitude, longitude):
        return longitude, latitude
    found = gcj02_to_wgs84_refined(Gcj02(lat=latitude, lon=longitude))
    return found.lon, found.lat


def bd09_to_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    """A position of Baidu."""
    if out_of_china(latitude, longitude):
        return longitude, latitude
    found = bd09_to_wgs84_refined(Bd09(lat=latitude, lon=longitude))
    return found.lon, found.lat
