"""A notification's words: facts as they are kept, and as they are said in a language."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

import msgspec
from babel.dates import format_date

from services.notifications.texts import SIGNATURE, TEXTS, Language

MOMENT, DAY = "$at", "$on"
PATTERNS: Mapping[Language, str] = {"zh": "M月d日 EEE", "en": "EEE d MMM"}
LOCALES: Mapping[Language, str] = {"zh": "zh_CN", "en": "en"}


def packed(facts: Mapping[str, object]) -> str:
    """Facts as they are kept, in no language yet: moments stay moments."""
    return msgspec.json.encode({name: _packed(fact) for name, fact in facts.items()}).decode()


def unpacked(text: str) -> dict[str, Any]:
    """The facts again."""
    return {name: _unpacked(fact) for name, fact in msgspec.json.decode(text).items()}


def words_of(
    kind: str, language: Language, facts: Mapping[str, object], zone: tzinfo | None = None
) -> str:
    """What is said, in the language; moments are said in the zone."""
    text = TEXTS[kind]
    spoken = {name: said(fact, language, zone) for name, fact in facts.items()}
    return (text.zh if language == "zh" else text.en).format(**spoken)


def signed(words: str, language: Language) -> str:
    """The same as operators of phone networks ask for it: who says so comes first."""
    return SIGNATURE[language] + words


def _packed(fact: object) -> object:
    if isinstance(fact, datetime):
        return {MOMENT: fact.isoformat()}
    if isinstance(fact, date):
        return {DAY: fact.isoformat()}
    return str(fact) if isinstance(fact, UUID) else fact


def _unpacked(fact: Any) -> object:
    if isinstance(fact, dict) and MOMENT in fact:
        return datetime.fromisoformat(fact[MOMENT])
    if isinstance(fact, dict) and DAY in fact:
        return date.fromisoformat(fact[DAY])
    return fact


def said(fact: object, language: Language, zone: tzinfo | None) -> object:
    """A moment as it is said; anything else as it is."""
    if isinstance(fact, datetime):
        local = fact.astimezone(zone)
        day = format_date(local.date(), PATTERNS[language], locale=LOCALES[language])
        return f"{day} {local:%H:%M}"
    return fact
