"""Words about skills that templates ask for."""

from collections.abc import Callable, Mapping, Sequence

from api import missing_skills
from api.pages.reader import Reader
from services.words import Words


def skill_helpers(reader: Reader) -> Mapping[str, Callable[..., str]]:
    """Kinds of evidence, offices, and texts that services have in both languages."""

    def evidence_words(kinds: Sequence[str]) -> str:
        return missing_skills.evidence_words(kinds, reader.language)

    def office_words(level: str) -> str:
        return missing_skills.office_words(level, reader.language)

    def both(words: Words) -> str:
        return words.zh if reader.language == "zh" else words.en

    return {"evidence_words": evidence_words, "office_words": office_words, "both": both}
