"""The table of sentences. A code is stable; its words may be made better at any time."""

from collections.abc import Mapping

from api.sentences.access import ACCESS
from api.sentences.attendance import ATTENDANCE, ATTENDANCE_DEFECTS
from api.sentences.claiming import CLAIMING, CLAIMING_DEFECTS
from api.sentences.consent import CONSENT, CONSENT_DEFECTS
from api.sentences.defects import DEFECTS as OWN_DEFECTS
from api.sentences.demand import DEMAND
from api.sentences.forms import Pair, Sentence
from api.sentences.imports import IMPORT_DEFECTS, IMPORTS
from api.sentences.my_shifts import MY_SHIFT_DEFECTS, MY_SHIFTS
from api.sentences.notices import NOTICE_DEFECTS, NOTICES
from api.sentences.organisations import ORGANISATION_DEFECTS, ORGANISATIONS
from api.sentences.people import PEOPLE, PEOPLE_DEFECTS
from api.sentences.planning import PLANNING
from api.sentences.reading import READING
from api.sentences.records import RECORDS
from api.sentences.rights import TWO_PEOPLE
from api.sentences.seats import SEATS
from api.sentences.signing import SIGNING, SIGNING_DEFECTS
from api.sentences.skills import SKILL_DEFECTS, SKILLS
from api.sentences.tokens import TOKEN_DEFECTS, TOKENS

__all__ = ["DEFECTS", "SENTENCES", "Pair", "Sentence"]

SENTENCES: Mapping[str, Sentence] = {
    **READING,
    **ACCESS,
    **SIGNING,
    **DEMAND,
    **SEATS,
    **MY_SHIFTS,
    **CLAIMING,
    **PLANNING,
    **IMPORTS,
    **PEOPLE,
    **CONSENT,
    **ORGANISATIONS,
    **SKILLS,
    **TOKENS,
    **TWO_PEOPLE,
    **NOTICES,
    **ATTENDANCE,
    **RECORDS,
}
DEFECTS: Mapping[str, Pair] = {
    **ORGANISATION_DEFECTS,
    **SKILL_DEFECTS,
    **PEOPLE_DEFECTS,
    **CONSENT_DEFECTS,
    **CLAIMING_DEFECTS,
    **SIGNING_DEFECTS,
    **TOKEN_DEFECTS,
    **NOTICE_DEFECTS,
    **IMPORT_DEFECTS,
    **ATTENDANCE_DEFECTS,
    **OWN_DEFECTS,
    **MY_SHIFT_DEFECTS,
}
