"""Finding in the database: words that are old, and what was recommended."""

from collections.abc import Mapping

from tests.models.trust_world import ADA, BEN, MORNING, NEW, NOON, Row, uuid

_ROLE = uuid(41)
"""Of the morning's shift."""


def _recommendation(number: str, volunteer: str, shift: str) -> Row:
    return {
        "id": number,
        "volunteer_id": volunteer,
        "shift_id": shift,
        "role_key": "'helper'",
        "score": "5",
        "because": "'[\"near\"]'",
        "shown_at": "now()",
    }


FINDING_WORLD: list[tuple[str, Row]] = [("recommendation", _recommendation(uuid(76), ADA, MORNING))]
FINDING_VALID: Mapping[str, Row] = {"recommendation": _recommendation(NEW, BEN, NOON)}
FINDING_ROWS: list[tuple[str, str, Row]] = [
    ("recommendation_because", "recommendation", {"because": "'{}'"}),
    (
        "recommendation_declined_after_shown",
        "recommendation",
        {"declined_at": "now() - interval '1 day'"},
    ),
    ("recommendation_once", "recommendation", {"volunteer_id": ADA, "shift_id": MORNING}),
]

_CUT = "UPDATE shift SET words = '{a}'; "
_OLD = f"SELECT words IS NULL FROM shift WHERE id = {MORNING}"
FINDING_EFFECTS: list[tuple[str, str, str]] = [
    ("project_words_are_old", f"{_CUT}UPDATE project SET name = 'other'", _OLD),
    ("project_words_are_old", f"{_CUT}UPDATE project SET description = 'other'", _OLD),
    ("organisation_words_are_old", f"{_CUT}UPDATE organisation SET name = name || '2'", _OLD),
    ("shift_words_are_old", f"{_CUT}UPDATE shift SET place = 'other'", _OLD),
    ("role_name_words_are_old", f"{_CUT}UPDATE role SET name = 'other'", _OLD),
    (
        "role_words_are_old",
        f"{_CUT}INSERT INTO role (id, created_at, shift_id, key, name, minimum, target, maximum, "
        f"min_age, max_age, held) VALUES ({NEW}, now(), {MORNING}, 'k', 'k', 0, 1, 1, 0, 9, 0)",
        _OLD,
    ),
    (
        "role_skill_words_are_old",
        f"{_CUT}INSERT INTO role_skill (id, created_at, role_id, skill, level) "
        f"VALUES ({NEW}, now(), {_ROLE}, 'sewing', 1)",
        _OLD,
    ),
]
FINDING_TABLE_OF = {
    "project_words_are_old": "project",
    "organisation_words_are_old": "organisation",
    "shift_words_are_old": "shift",
    "role_words_are_old": "role",
    "role_name_words_are_old": "role",
    "role_skill_words_are_old": "role_skill",
}
FINDING_TRIGGERS: Mapping[str, str] = dict.fromkeys(FINDING_TABLE_OF, "effect")
