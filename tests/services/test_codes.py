"""Region codes and 统一社会信用代码: what is one, what is none, and why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core import OrganisationKind as K
from services.codes import CodeRefused, credit_code, region_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_digit(first: str) -> str:
    """By the letter of GB 32100: 31 less the remainder, and 0 where that is 31."""
    rest = sum(
        ALPHABET.index(letter) * weight for letter, weight in zip(first, WEIGHTS, strict=True)
    )
    return ALPHABET[(31 - rest % 31) % 31]


def reason_of(code: str) -> str:
    with pytest.raises(CodeRefused) as caught:
        credit_code(code)
    return caught.value.reason


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        (K.CITY, "31", "31"),
        (K.CITY, "310000", "31"),
        (K.CITY, "310000000000", "31"),
        (K.CITY, "3201", "3201"),
        (K.CITY, "320100", "3201"),
        (K.DISTRICT, "310106", "310106"),
        (K.DISTRICT, "310106000000", "310106"),
        (K.STREET, "310106012", "310106012"),
        (K.STREET, "310106012000", "310106012"),
        (K.NEIGHBOURHOOD, "310106012003", "310106012003"),
        (K.NEIGHBOURHOOD, "３１０１０６０１２００３", "310106012003"),
    ],
)
def test_a_region_code_is_kept_without_its_zeros(kind: K, written: str, code: str) -> None:
    assert region_code(kind, written) == code


@pytest.mark.parametrize(
    ("kind", "written", "reason"),
    [
        (K.CITY, "3", "region_code_shape"),
        (K.CITY, "310", "region_code_shape"),
        (K.CITY, "310106", "region_code_shape"),
        (K.DISTRICT, "31010", "region_code_shape"),
        (K.DISTRICT, "3101060", "region_code_shape"),
        (K.DISTRICT, "310106012", "region_code_shape"),
        (K.DISTRICT, "31010X", "region_code_shape"),
        (K.DISTRICT, "310000", "region_code_of_other_level"),
        (K.DISTRICT, "310100", "region_code_of_other_level"),
        (K.STREET, "310106000", "region_code_of_other_level"),
        (K.NEIGHBOURHOOD, "310106012000", "region_code_of_other_level"),
        (K.NEIGHBOURHOOD, "310106012", "region_code_shape"),
        (K.DISTRICT, "٣١٠١٠٦", "region_code_shape"),
    ],
)
def test_another_levels_code_is_refused(kind: K, written: str, reason: str) -> None:
    with pytest.raises(CodeRefused) as caught:
        region_code(kind, written)
    assert caught.value.reason == reason


def test_the_known_credit_code_and_its_neighbour() -> None:
    assert credit_code("91110000600037341L") == "91110000600037341L"
    assert credit_code(" 91110000 600037341l ") == "91110000600037341L"
    assert reason_of("91110000600037341N") == "credit_code_check_digit"


@pytest.mark.parametrize(
    "code",
    ["", "9111000060003734", "91110000600037341LL", "9I110000600037341L", "911100006000S7341L"],
)
def test_what_is_no_credit_code(code: str) -> None:
    assert reason_of(code) == "credit_code_shape"


first_seventeen = st.tuples(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)


@given(first_seventeen)
def test_of_all_last_letters_exactly_the_check_digit_is_taken(first: str) -> None:
    for last in ALPHABET:
        if last == check_digit(first):
            assert credit_code(first + last) == first + last
        else:
            assert reason_of(first + last) == "credit_code_check_digit"


def test_a_remainder_of_nothing_is_a_check_digit_of_0() -> None:
    """Where 31 less the remainder is 31 itself; some programs refuse such a code, or crash."""
    first = next(
        candidate
        for number in range(1000)
        if check_digit(candidate := f"913101060{number:08}") == "0"
    )
    assert credit_code(first + "0") == first + "0"


def test_a_rural_collective_has_letters_in_front() -> None:
    first = "N2310115MF1234567"
    assert credit_code(first + check_digit(first)).startswith("N2")
