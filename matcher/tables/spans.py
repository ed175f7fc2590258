"""Intervals of many rows at once."""

import numpy as np

from matcher.tables.compiled import compiled
from matcher.tables.tables import ANYWHERE, Int64s, Spans


def merged_spans(first: Int64s, start: Int64s, end: Int64s) -> Spans:
    """Each row's intervals in order, those that touch or overlap made one, without places."""
    starts, ends = start.copy(), end.copy()
    kept = merge_in_place(first, starts, ends)
    total = int(kept[-1])
    nowhere = np.full(total, ANYWHERE)
    return Spans(kept, starts[:total].copy(), ends[:total].copy(), nowhere, nowhere.copy())


@compiled
def merge_in_place(first: Int64s, start: Int64s, end: Int64s) -> Int64s:
    """Move the merged intervals to the front of both arrays; where each row's now begin."""
    kept = np.zeros(len(first), np.int64)
    at = 0
    for row in range(len(first) - 1):
        here, there = first[row], first[row + 1]
        order = here + np.argsort(start[here:there])
        starts, ends = start[order], end[order]
        begun = at
        for place in range(there - here):
            if at > begun and starts[place] <= end[at - 1]:
                end[at - 1] = max(end[at - 1], ends[place])
            else:
                start[at], end[at] = starts[place], ends[place]
                at += 1
        kept[row + 1] = at
    return kept
