"""Words: every state has some, in both languages, and times read as people say them."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import get_args

import pytest

from api.claim_words import CLAIM_WORDS
from api.i18n import translations
from api.layer.language import LANGUAGES
from api.messages import say
from api.pages.moments import Moments
from api.pages.places import from_home, metres_between
from api.pages.wording import ROUND_WORDS, STAGE_WORDS, WHY_WORDS
from api.sentences import DEFECTS, SENTENCES
from api.sentences.forms import with_plain_facts
from api.sentences.skills import EVIDENCE_WORDS, STEP_WORDS
from matcher.solve.params import Stage
from models.core import ClaimState, RoundState
from services.offers import Why
from services.skills import EvidenceKind, StepKind
from tests.house.catalogues import defects

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # A Saturday, noon in China.
CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_chinese_has_one_form_for_any_number(count: int) -> None:
    said = translations("zh").ngettext("%(num)s minute", "%(num)s minutes", count)
    assert said == "%(num)s 分钟"


def test_every_state_and_reason_has_a_word() -> None:
    assert EVIDENCE_WORDS.keys() == {kind.value for kind in EvidenceKind}
    assert STEP_WORDS.keys() == {*(kind.value for kind in StepKind), "declare_restricted"}
    assert CLAIM_WORDS.keys() == {state.value for state in ClaimState}
    assert ROUND_WORDS.keys() == {state.value for state in RoundState}
    assert WHY_WORDS.keys() == {why.value for why in Why}
    assert STAGE_WORDS.keys() == {"queued", "loading", *get_args(Stage), "storing"}


def test_catalogues_lack_nothing_and_hold_nothing_old() -> None:
    assert list(defects()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_counted_words_count(language: str) -> None:
    catalogue = translations("en" if language == "en" else "zh")
    said = [catalogue.ngettext("%(num)s shift", "%(num)s shifts", n) % {"num": n} for n in (1, 2)]
    assert said == (["1 shift", "2 shifts"] if language == "en" else ["1 个班次", "2 个班次"])


def plain(said: str) -> str:
    """Without what only keeps it in one line."""
    return said.replace("\u2060", "").replace("\u00a0", " ")


def test_a_day_with_its_time_stays_in_one_line() -> None:
    late = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
    for language in ("zh", "en"):
        said = Moments(language, CHINA, NOW).stamp(late)
        assert " " not in said
    assert Moments("zh", CHINA, NOW).day(date(2026, 11, 22)) == (
        "11\u2060月\u206022\u2060日\u00a0周\u2060日"
    )
    assert Moments("zh", CHINA, NOW).length(61) == "1\u00a0小\u2060时 1\u00a0分\u2060钟"


def test_days_and_times_are_those_of_the_service_zone() -> None:
    chinese, english = Moments("zh", CHINA, NOW), Moments("en", CHINA, NOW)
    late = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)  # 01:30 of the next day in China.
    assert plain(chinese.stamp(late)) == "11月22日 周日 01:30"
    assert plain(english.stamp(late)) == "Sun 22 Nov 01:30"
    assert chinese.near_day(chinese.day_of(late)) == "明天"
    assert english.near_day(date(2026, 11, 25)) is None
    assert plain(chinese.day(date(2027, 1, 1))) == "2027年1月1日 周五"


def test_span_names_the_day_only_when_it_ends_on_another() -> None:
    moments = Moments("zh", CHINA, NOW)
    evening = datetime(2026, 11, 21, 20, 0, tzinfo=CHINA)
    assert plain(moments.span(evening, evening + timedelta(hours=4))) == "20:00–00:00"
    overnight = moments.span(evening, evening + timedelta(hours=5))
    assert plain(overnight) == "20:00 – 11月22日 周日 01:00"


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (0, "0 分钟", "0 minutes"),
        (61, "1 小时 1 分钟", "1 hour 1 minute"),
        (24 * 60, "24 小时", "24 hours"),
        (50 * 60 + 5, "2 天 2 小时", "2 days 2 hours"),
        (-5, "0 分钟", "0 minutes"),
    ],
)
def test_lengths_are_said_in_the_units_that_matter(
    minutes: int, chinese: str, english: str
) -> None:
    assert plain(Moments("zh", CHINA, NOW).length(minutes)) == chinese
    assert plain(Moments("en", CHINA, NOW).length(minutes)) == english


def test_field_of_a_form_is_read_in_the_service_zone() -> None:
    moments = Moments("zh", CHINA, NOW)
    assert moments.read("2026-11-22T10:00") == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert moments.read("tomorrow") is None
    assert moments.read("") is None


def test_distance_is_no_more_precise_than_it_is_known() -> None:
    people_square, bund = (121.4692, 31.2304), (121.4858, 31.2397)
    assert metres_between(people_square, bund) == pytest.approx(1890, abs=20)
    assert from_home("zh", 30) == "距家约 100 米"
    assert from_home("en", 1234) == "about 1.2 km from home"
    assert from_home("zh", 12_345) == "距家约 12 公里"


def test_refusals_speak_to_the_reader_as_the_pages_do() -> None:
    chinese = [sentence.title_zh + sentence.detail_zh for sentence in SENTENCES.values()]
    chinese += [pair.zh for pair in DEFECTS.values()]
    assert [words for words in chinese if "您" in words] == []


def test_the_sentence_of_a_refusal_ends_like_one() -> None:
    ends = (".", "?", "!", "。", "？", "”", "}")  # the last is a fact that is a sentence itself
    details = [each for said in SENTENCES.values() for each in (said.detail_zh, said.detail_en)]
    assert [each for each in details if not each.endswith(ends)] == []


def test_a_refusal_is_said_as_a_person_would_say_it() -> None:
    def both(code: str, **facts: object) -> tuple[str, str]:
        return say(code, facts, "zh", CHINA).detail, say(code, facts, "en", CHINA).detail

    assert both("age", min_age=18, max_age=150)[0] == "这个岗位面向 18 岁及以上的人。"
    assert both("age", min_age=18, max_age=150)[1].endswith("aged 18 or over.")
    assert both("age", min_age=0, max_age=35)[0] == "这个岗位面向 35 岁及以下的人。"
    assert both("age", min_age=18, max_age=35)[1].endswith("aged 18 to 35.")
    assert both("full", seats=1)[1] == "No seat is left (1 seat in all)."
    assert both("full", seats=2)[1] == "No seat is left (2 seats in all)."
    beside = {"project_name": "读书会", "starts_at": NOW, "needs": 40}
    assert both("travel_too_tight", has=0, **beside)[0].endswith("中间没有空档。")
    assert both("travel_too_tight", has=15, **beside)[0].endswith("中间只有 15 分钟。")
    assert both("travel_too_tight", has=0, **beside)[1].endswith("there is no time between.")
    assert both("not_requested", state="confirmed") == (
        "这份报名现在是“已确认”，不用再审核。",
        "This claim stands at “Confirmed” and waits for nobody's decision.",
    )
    assert both("shift_has_claims", claims=1)[1].startswith("1 person holds a seat, so")
    assert both("policy_needed", shifts=3)[1].startswith("Without it 3 shifts with people")


def test_facts_stand_in_the_documents_by_their_names() -> None:
    assert with_plain_facts("{has:minutes} and {n:day|days}, {x}") == "{has} and {n} days, {x}"


@pytest.mark.parametrize(("seconds", "said"), [(59, "不到 1 分钟"), (60, "1 分钟"), (0, "0 分钟")])
def test_the_last_minute_is_not_nothing(seconds: int, said: str) -> None:
    assert plain(Moments("zh", CHINA, NOW).left(NOW + timedelta(seconds=seconds))) == said


def test_limits_and_levels_are_said_in_words() -> None:
    said = say("too_many_minutes_that_day", {"limit": 300}, "zh", CHINA)
    assert said.detail == "加上这个班次会超出你单日 5 小时的上限。"
    skills = {"missing": {"急救": 3, "手语": 2}}
    assert "急救（能独立做）、手语（有些练习）" in say("skills", skills, "zh", CHINA).detail
    assert "急救 (independent), 手语 (some practice)" in say("skills", skills, "en", CHINA).detail
