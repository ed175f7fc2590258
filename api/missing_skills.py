"""What to do about missing skills, in a sentence for each."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.layer.language import Language
from api.sentences.forms import Pair
from api.sentences.organisations import KIND_WORDS
from api.sentences.skills import EVIDENCE_WORDS, STEP_WORDS


def say_steps(steps: object, language: Language) -> str:
    """The steps, each a `services.skills.Step` in plain values; nothing for anything else."""
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        return ""
    said = [_say(step, language) for step in steps]
    return (
        "".join(f"{each}。" for each in said)
        if language == "zh"
        else " ".join(f"{each}." for each in said)
    )


def evidence_words(kinds: Sequence[str], language: Language) -> str:
    """Kinds of evidence, any one of which will do."""
    joined = "或" if language == "zh" else " or "
    return joined.join(_word(EVIDENCE_WORDS[kind], language) for kind in kinds)


def office_words(level: str, language: Language) -> str:
    """The lowest office that may confirm."""
    return _word(KIND_WORDS[level], language)


def _say(step: Mapping[str, Any], language: Language) -> str:
    kind, level = step["kind"], step.get("lowest_level")
    if kind == "declare" and level is not None:
        kind = "declare_restricted"
    return _word(STEP_WORDS[kind], language).format(
        skill=step["skill"],
        evidence=evidence_words(step.get("evidence_kinds", []), language),
        office=office_words(level, language) if level else "",
    )


def _word(pair: Pair, language: Language) -> str:
    return pair.zh if language == "zh" else pair.en
