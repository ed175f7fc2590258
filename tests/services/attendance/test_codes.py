"""The codes themselves: what they say, and that nobody else can make one."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.attendance import codes
from services.attendance.codes import Code

KEY, OTHER = bytes(range(32)), bytes(32)
keys = st.binary(min_size=32, max_size=32)
steps = st.integers(0, 2**32 - 1)


@given(keys, st.uuids(), steps)
def test_a_code_says_its_shift_and_its_half_minute(key: bytes, shift: UUID, step: int) -> None:
    text = codes.code_at(key, shift, step)
    read = codes.read(f"https://mulin.test/check/{text}")
    assert read is not None
    assert (read.shift_id, read.step) == (shift, step)
    assert codes.is_genuine(key, read)
    assert len(read.mac) * 8 >= 64


@given(st.uuids(), steps, st.integers(0, codes.CODE_BYTES * 8 - 1))
def test_one_bit_changed_is_no_code_of_this_shift(shift: UUID, step: int, bit: int) -> None:
    read = codes.read(codes.code_at(KEY, shift, step))
    assert read is not None
    content = bytearray(read.shift_id.bytes + step.to_bytes(4, "big") + read.mac)
    content[bit // 8] ^= 1 << bit % 8
    forged = Code(
        UUID(bytes=bytes(content[:16])), int.from_bytes(content[16:20], "big"), bytes(content[20:])
    )
    assert not codes.is_genuine(KEY, forged)
    assert not codes.is_genuine(OTHER, read)


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_any_other_text_is_no_code_and_breaks_nothing(text: str) -> None:
    read = codes.read(text)
    assert read is None or not codes.is_genuine(KEY, read)


def test_digits_are_six_and_of_their_own_half_minute() -> None:
    shift = UUID(int=7)
    shown = [codes.digits_at(KEY, shift, step) for step in range(2000)]
    assert {len(each) for each in shown} == {6}
    assert len(set(shown)) > 1990
    assert codes.are_digits_of(KEY, shift, range(3, 6), shown[4])
    assert not codes.are_digits_of(KEY, shift, range(5, 8), shown[4])
    assert not codes.are_digits_of(OTHER, shift, range(3, 6), shown[4])


def test_a_half_minute_begins_when_it_begins() -> None:
    at = datetime(2026, 11, 21, 9, 0, 29, 999999, tzinfo=UTC)
    assert codes.begin_of(codes.step_of(at)) == at.replace(second=0, microsecond=0)
