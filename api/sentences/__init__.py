"""The table of sentences. A code is stable; its words may be made better at any time."""

from collections.abc import Mapping

from api.sentences.access import ACCESS
from api.sentences.defects import DEFECTS
from api.sentences.demand import DEMAND
from api.sentences.forms import Pair, Sentence
from api.sentences.planning import PLANNING
from api.sentences.reading import READING
from api.sentences.seats import SEATS

__all__ = ["DEFECTS", "SENTENCES", "Pair", "Sentence"]

SENTENCES: Mapping[str, Sentence] = {**READING, **ACCESS, **DEMAND, **SEATS, **PLANNING}
