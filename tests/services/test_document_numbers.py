"""Numbers of documents: the published examples, one wrong digit, and every other kind."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from services.document_numbers import DocumentKind, NumberRefused, masked, normalise

RIC = DocumentKind.RESIDENT_ID


@pytest.mark.parametrize(
    ("kind", "written", "number"),
    [
        (RIC, "360426199101010071", "360426199101010071"),
        (RIC, "120103 19880601 8241", "120103198806018241"),
        (RIC, "11010519491231002x", "11010519491231002X"),
        (RIC, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        (DocumentKind.HMT_RESIDENCE, "810000199408230021", "810000199408230021"),
        (DocumentKind.HMT_RESIDENCE, "830000199201300022", "830000199201300022"),
        (DocumentKind.HM_PERMIT, "h12345678", "H12345678"),
        (DocumentKind.HM_PERMIT, "M1234567801", "M1234567801"),
        (DocumentKind.TAIWAN_PERMIT, "12345678", "12345678"),
        (DocumentKind.TAIWAN_PERMIT, "1234567890(B)", "1234567890B"),
        (DocumentKind.PERMANENT_RESIDENCE, "CAN110012345678", "CAN110012345678"),
        (DocumentKind.PASSPORT, "E12345678", "E12345678"),
        (DocumentKind.PASSPORT, "k-1234567", "K1234567"),
    ],
)
def test_every_kind_is_taken_as_it_is_written(
    kind: DocumentKind, written: str, number: str
) -> None:
    assert normalise(kind, written, None) == number


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        (RIC, "360426199101010072", "document_check_digit"),
        (RIC, "36042619910101007", "document_shape"),
        (RIC, "E12345678", "document_shape"),
        (RIC, "810000199408230021", "document_region"),
        (DocumentKind.HMT_RESIDENCE, "360426199101010071", "document_region"),
        (DocumentKind.HM_PERMIT, "A12345678", "document_shape"),
        (DocumentKind.TAIWAN_PERMIT, "1234567", "document_shape"),
        (DocumentKind.PERMANENT_RESIDENCE, "911156198801010017", "document_check_digit"),
        (DocumentKind.PASSPORT, "PASSPORT", "document_shape"),
        (DocumentKind.PASSPORT, "E1", "document_shape"),
    ],
)
def test_what_cannot_be_right_is_refused_by_its_rule(
    kind: DocumentKind, written: str, code: str
) -> None:
    with pytest.raises(NumberRefused) as refused:
        normalise(kind, written, None)
    assert refused.value.code == code
    assert written not in str(refused.value)


@given(st.dates(date(1930, 1, 1), date(2012, 12, 31)), st.integers(0, 999), st.data())
def test_one_wrong_digit_or_two_swapped_are_always_noticed(
    born: date, sequence: int, data: st.DataObject
) -> None:
    body = f"310101{born:%Y%m%d}{sequence:03}"
    number = body + ric.calc_check_digit(body + "0")
    assert normalise(RIC, number, born) == number
    place = data.draw(st.integers(0, 16))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != number[place]]))
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    for wrong in {number[:place] + digit + number[place + 1 :], swapped} - {number}:
        with pytest.raises(NumberRefused):
            normalise(RIC, wrong, born)


def test_the_day_of_birth_in_the_number_must_be_the_one_on_record() -> None:
    with pytest.raises(NumberRefused, match="document_birth_date"):
        normalise(RIC, "360426199101010071", date(1991, 1, 2))


def test_of_a_number_the_first_and_last_letter_are_shown() -> None:
    assert masked("360426199101010071") == "3****************1"
