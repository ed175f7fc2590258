"""Cursors that cannot be made up, and names of contents."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Invalid, PreconditionFailed
from services.paging import PageQuery, decode_cursor, encode_cursor, page_of
from services.types import Key, Name, Text
from services.versions import etag_of, require_match


class View(msgspec.Struct, frozen=True):
    id: UUID
    words: str


@given(st.tuples(st.datetimes(timezones=st.just(UTC)), st.uuids()))
def test_a_cursor_gives_back_the_key_that_it_was_made_from(key: tuple[datetime, UUID]) -> None:
    assert decode_cursor(encode_cursor(key), tuple[datetime, UUID]) == key


@given(st.text(max_size=400))
def test_any_other_text_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode_cursor(text, UUID)
    assert [(each.place, each.code) for each in caught.value.defects] == [("after", "bad_cursor")]


@given(st.lists(st.integers(), max_size=12, unique=True), st.integers(1, 5))
def test_the_pages_together_are_the_list(things: list[int], limit: int) -> None:
    read: list[int] = []
    position = 0
    while True:
        ahead = things[position : position + limit + 1]
        page = page_of(ahead, ahead, limit)
        read += page.items
        if page.next is None:
            break
        assert decode_cursor(page.next, int) == read[-1]
        position += limit
    assert read == things


@pytest.mark.parametrize("limit", [0, 201])
def test_a_page_has_its_bounds(limit: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"limit": limit}, PageQuery)


def test_another_content_has_another_name() -> None:
    one = View(uuid4(), "a")
    assert etag_of(one) == etag_of(View(one.id, "a"))
    assert etag_of(one) != etag_of(View(one.id, "b"))


def test_an_edit_of_what_has_changed_is_refused() -> None:
    view = View(uuid4(), "a")
    name = etag_of(view)
    for accepted in (None, name, f'"{name}"', f'"other", "{name}"', "*"):
        require_match(accepted, view)
    for refused in ("", '"other"', f'W/"{name}"'):
        with pytest.raises(PreconditionFailed):
            require_match(refused, view)


@pytest.mark.parametrize("text", ["", " ", "　", "a\x00", "a\nb", "a\n", "x" * 121])
def test_a_name_is_one_line_that_says_something(text: str) -> None:
    for kind in (Name, Key):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(text, kind)


def test_a_text_has_lines_but_never_nul() -> None:
    assert msgspec.convert("a\n\nb\n", Text) == "a\n\nb\n"
    for refused in ("a\x00b", "\x00\n", "x" * 4001):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(refused, Text)
