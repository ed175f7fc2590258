"""A certificate by prices as JSON: numbers of 64 bits, packed, in base64."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from matcher.bounds.prices import BELOW_MOST, PRICE_MOST, SEAT_MOST, PriceCertificate
from matcher.bounds.refusals import CertificateRefused

PRICES_FORMAT = "mulin.bound.prices/1"
PEOPLE_MOST = 50_000_000
"""More people than this no certificate has: so much memory nobody's file may ask for."""

_KEYS = {"format", "problem", "seat", "below", "people", "prices"}
_BYTES = 8


def write_prices(certificate: PriceCertificate) -> dict[str, Any]:
    """As values for JSON. `prices` are whole numbers of 64 bits, the least byte first, in the order
    of the people, packed by zlib and written in base64."""
    packed = zlib.compress(certificate.prices.astype("<i8").tobytes(), 9)
    return {
        "format": PRICES_FORMAT,
        "problem": certificate.problem,
        "seat": certificate.seat,
        "below": certificate.below,
        "people": len(certificate.prices),
        "prices": base64.b64encode(packed).decode(),
    }


def are_prices(value: Any) -> bool:
    """Whether the JSON value says that it is a certificate by prices."""
    return isinstance(value, Mapping) and value.get("format") == PRICES_FORMAT


def read_prices(data: bytes | str | Mapping[str, Any]) -> PriceCertificate:
    """What `write_prices` wrote, as JSON or as its value. Raises CertificateRefused, which names
    the key, for anything else."""
    value = data if isinstance(data, Mapping) else _loaded(data)
    _demand(are_prices(value), "format")
    _demand(set(value) == _KEYS, "keys")
    _demand(isinstance(value["problem"], str), "problem")
    _demand(_is_whole(value["seat"], 0, SEAT_MOST), "seat")
    _demand(_is_whole(value["below"], 1, BELOW_MOST), "below")
    _demand(_is_whole(value["people"], 0, PEOPLE_MOST), "people")
    prices = _unpacked(value["prices"], value["people"])
    wrong = np.nonzero((prices < 0) | (prices > PRICE_MOST))[0]
    _demand(not len(wrong), f"prices[{wrong[0] if len(wrong) else ''}]")
    return PriceCertificate(value["problem"], value["seat"], value["below"], prices)


def _loaded(data: bytes | str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CertificateRefused("certificate_unreadable", detail=type(error).__name__) from None


def _unpacked(text: Any, people: int) -> Any:
    """The numbers. No more is unpacked than these people can have, whatever the text holds."""
    _demand(isinstance(text, str), "prices")
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(base64.b64decode(text, validate=True), people * _BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        data = b""
        _demand(is_so=False, place="prices")
    _demand(len(data) == people * _BYTES and unpacking.eof, "prices")
    _demand(not unpacking.unused_data, "prices")
    return np.frombuffer(data, "<i8").astype(np.int64)


def _is_whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _demand(is_so: bool, place: str) -> None:
    if not is_so:
        raise CertificateRefused("certificate_unreadable", detail=place)
