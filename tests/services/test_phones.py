"""Numbers are written one way, and shown with their middle masked."""

import pytest

from services import phones
from services.errors import Invalid


@pytest.mark.parametrize(
    ("written", "number", "shown"),
    [
        ("13800138000", "+8613800138000", "138****8000"),
        (" 138-0013 8000 ", "+8613800138000", "138****8000"),
        ("+86 138 0013 8000", "+8613800138000", "138****8000"),
        ("0086 13800138000", "+8613800138000", "138****8000"),
        ("１３８００１３８０００", "+8613800138000", "138****8000"),
        ("+852 9123 4567", "+85291234567", "+852 ****4567"),
        ("+44 7911 123456", "+447911123456", "+44 ****3456"),
    ],
)
def test_a_number_is_written_one_way(written: str, number: str, shown: str) -> None:
    assert phones.normalise(written) == number
    assert phones.masked(number) == shown


@pytest.mark.parametrize(
    "written",
    ["", "110", "021 6888 8888", "1380013800", "138001380000", "12800138000", "+86",
     "+852 2123 4567", "13800138000 ext. 5", "call me", "+999 123456789"],
)  # fmt: skip
def test_what_is_no_mobile_number_is_refused(written: str) -> None:
    assert not phones.is_mobile(written)
    with pytest.raises(Invalid):
        phones.normalise(written)
