"""Where somebody is wanted: the best open seats for a person, by what he likes and who asks."""

import numpy as np

from matcher.index.index import Index
from matcher.index.loops import open_to
from matcher.index.people import because, way_m
from matcher.plan import REASONS
from matcher.ranking import NEAR_M, WORTH_ABOVE, WORTH_BELOW_MINIMUM, Barred, BestShifts, Offered


def best_shifts(
    index: Index, person: int, most: int, *, from_minute: int, barred_most: int = 5
) -> BestShifts:
    """The best seats left for the person on shifts that start at `from_minute` or later.

    A higher score comes first, of equal ones the row of the role.
    """
    facts, place = index.facts, int(index.place_of[person])
    free, barred = open_to(facts, place, from_minute, NEAR_M, WORTH_BELOW_MINIMUM, WORTH_ABOVE)
    best = np.lexsort((free[0], -free[1]))[:most]
    offered = tuple(
        Offered(
            role,
            score,
            way_m(index, place, int(facts.role[role]["shift"])),
            because(index, place, role),
        )
        for role, score in free[:, best].T.tolist()
    )
    nearest = np.lexsort((barred[0], barred[1]))[:barred_most]
    return BestShifts(
        offered,
        tuple(
            Barred(role, way, REASONS[code]) for role, way, code in barred[:, nearest].T.tolist()
        ),
    )
