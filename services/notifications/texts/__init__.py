"""What people are told, by kind, in both languages. Nothing personal that need not be there.

A kind is a stable name of at most 40 characters. Each subject has a file; it is registered here.
"""

from collections.abc import Mapping

from services.notifications.texts import (
    attendance,
    claims,
    guardians,
    my_shifts,
    offers,
    people,
    robots,
    signing,
    skills,
)
from services.notifications.texts.types import Language, Reach, Text

__all__ = ["SIGNATURE", "TEXTS", "Language", "Reach", "Text"]

SUBJECTS: tuple[Mapping[str, Text], ...] = (
    attendance.TEXTS,
    claims.TEXTS,
    guardians.TEXTS,
    my_shifts.TEXTS,
    offers.TEXTS,
    people.TEXTS,
    robots.TEXTS,
    signing.TEXTS,
    skills.TEXTS,
)
TEXTS: Mapping[str, Text] = {kind: text for texts in SUBJECTS for kind, text in texts.items()}
"""Every notification there is. A test refuses a kind that two subjects have."""

SIGNATURE: Mapping[Language, str] = {"zh": "【睦邻】", "en": "[Mulin] "}
