"""Which of the two languages the reader wants: the one chosen on a page, else what is asked for."""

from typing import Final, Literal

from starlette.requests import HTTPConnection

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}
LANGUAGE_COOKIE: Final = "mulin-language"


def known_language(word: str | None) -> Language | None:
    """The language of ours that goes by this word, if any."""
    return next((language for language in LANGUAGES if language == word), None)


def language_of(connection: HTTPConnection) -> Language:
    """What the reader chose on a page, else what the browser or the program asks for."""
    return known_language(connection.cookies.get(LANGUAGE_COOKIE)) or _asked_for(connection)


def _asked_for(connection: HTTPConnection) -> Language:
    """The language of `Accept-Language` with the highest weight; Chinese when neither is named."""
    best: Language = "zh"
    best_weight = 0.0
    for entry in connection.headers.get("accept-language", "").split(","):
        tag, _, parameter = entry.strip().lower().partition(";")
        weight = _weight(parameter)
        for language in LANGUAGES:
            if tag.partition("-")[0] == language and weight > best_weight:
                best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    """The `q` of one entry: 1 when it is not given, 0 when it cannot be read."""
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
