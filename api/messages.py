"""What a refusal says, in both languages: one title and one sentence per stable code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from string import Formatter
from typing import Any

from api.claim_words import CLAIM_WORDS
from api.i18n import translations
from api.layer.language import Language
from api.level_words import LEVEL_WORDS
from api.missing_skills import say_steps
from api.sentences import DEFECTS, SENTENCES, Pair
from api.sentences.organisations import KIND_WORDS
from api.sentences.rights import APPROVAL_WORDS, RIGHT_WORDS, ROLE_WORDS
from api.sentences.signing import ENDINGS
from services.errors import Defect

__all__ = ["SENTENCES", "Said", "say", "say_defect"]

_UNNAMED: Mapping[str, Mapping[Language, str]] = {
    "project_name": {"zh": "另一项安排", "en": "another commitment"}
}
_JOIN: Mapping[Language, str] = {"zh": "、", "en": ", "}
_UNITS: Mapping[Language, tuple[str, str]] = {"zh": ("小时", "分钟"), "en": ("h", "min")}
_AT_LEAST: Mapping[Language, str] = {"zh": "{skill}（{level}）", "en": "{skill} ({level})"}
# Words for a value that is a code: `{right:right}` in a sentence.
_TABLES: Mapping[str, Mapping[Any, Pair]] = {
    "ended": ENDINGS,
    "right": RIGHT_WORDS,
    "role": ROLE_WORDS,
    "approval": APPROVAL_WORDS,
}
# How much time there is between two things, after "there" in English and after 中间 in Chinese.
_GAP: Mapping[Language, tuple[str, str]] = {
    "zh": ("只有 {time}", "没有空档"),
    "en": ("is only {time}", "is no time"),
}
_AGES: Mapping[Language, tuple[str, str, str]] = {
    "zh": ("{least} 至 {most} 岁", "{least} 岁及以上", "{most} 岁及以下"),
    "en": ("{least} to {most}", "{least} or over", "{most} or under"),
}
_AGE_MOST = 150
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal in words."""

    title: str
    detail: str


def say(code: str, parameters: Mapping[str, object], language: Language, zone: timezone) -> Said:
    """The words for a code. An unknown code, which a test rules out, gets the general ones."""
    sentence = SENTENCES.get(code) or SENTENCES["refused"]
    words = _Words(parameters, language, zone)
    if language == "zh":
        return Said(sentence.title_zh, words.fill(sentence.detail_zh))
    return Said(sentence.title_en, words.fill(sentence.detail_en))


def say_defect(defect: Defect, language: Language, zone: timezone) -> str:
    """The sentence for one defect of an input; its own message where the code has none here."""
    known = DEFECTS.get(defect.code)
    if known is None:
        return defect.message or defect.code
    return _Words(defect.parameters, language, zone).fill(
        known.zh if language == "zh" else known.en
    )


class _Words(Formatter):
    """Fills a sentence; a fact that is missing leaves a dash and never an error."""

    def __init__(
        self, parameters: Mapping[str, object], language: Language, zone: timezone
    ) -> None:
        self.parameters = parameters
        self.language = language
        self.zone = zone

    def fill(self, sentence: str) -> str:
        return self.vformat(sentence, (), self.parameters)

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        value = self.parameters.get(field_name)
        if value in (None, "") and field_name in _UNNAMED:
            return _UNNAMED[field_name][self.language], field_name
        if field_name.endswith("kind") and value in KIND_WORDS:
            known = KIND_WORDS[str(value)]
            value = known.zh if self.language == "zh" else known.en
        return "–" if value is None else value, field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, datetime):
            return self._time(value.astimezone(self.zone))
        if isinstance(value, Mapping):
            least, look_up = _AT_LEAST[self.language].format, translations(self.language).gettext
            return _JOIN[self.language].join(
                least(skill=skill, level=look_up(LEVEL_WORDS[level]))
                for skill, level in value.items()
            )
        if format_spec == "steps":
            return say_steps(value, self.language)
        if format_spec == "claim":
            return str(translations(self.language).gettext(CLAIM_WORDS.get(value, value)))
        if isinstance(value, int):
            return self._number(value, format_spec)
        if format_spec in _TABLES and value in _TABLES[format_spec]:
            said = _TABLES[format_spec][value]
            return said.zh if self.language == "zh" else said.en
        return str(value)

    def _number(self, number: int, format_spec: str) -> str:
        """A number as its sentence needs it: `{claims:person has|people have}` counts things."""
        if format_spec == "minutes":
            return self._duration(number)
        if format_spec == "gap":
            some, none = _GAP[self.language]
            return some.format(time=self._duration(number)) if number > 0 else none
        if format_spec == "ages":
            return self._ages(number)
        one, has_many, many = format_spec.partition("|")
        if has_many:
            return f"{number} {one if number == 1 else many}"
        return str(number)

    def _ages(self, least: int) -> str:
        """From `least` to the fact `max_age`, of which the widest say nothing."""
        most = self.parameters.get("max_age")
        between, from_on, up_to = _AGES[self.language]
        if not isinstance(most, int) or most >= _AGE_MOST:
            return from_on.format(least=least)
        return (between if least > 0 else up_to).format(least=least, most=most)

    def _duration(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        hour_word, minute_word = _UNITS[self.language]
        words = [f"{hours} {hour_word}"] if hours else []
        words += [f"{rest} {minute_word}"] if rest or not hours else []
        return " ".join(words)

    def _time(self, at: datetime) -> str:
        if self.language == "zh":
            return f"{at.month}月{at.day}日（{_WEEKDAYS[at.weekday()]}）{at:%H:%M}"
        return f"{at:%a} {at.day} {at:%b}, {at:%H:%M}"
