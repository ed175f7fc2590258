"""What the checker asks of millions of lines, one after another, as compiled loops."""

import numpy as np

from matcher.tables.compiled import compiled
from matcher.tables.tables import Bools, Int8s, Int32s, Int64s

FITS, LACKS_SKILL, WRONG_AGE, OUTSIDE_GROUPS = range(4)


@compiled
def level_of(first: Int64s, name: Int32s, level: Int8s, row: int, wanted: int) -> int:
    """The level that the row has of the name; -1 where it has none."""
    for place in range(first[row], first[row + 1]):
        if name[place] == wanted:
            return int(level[place])
    return -1


@compiled
def has_all(
    first: Int64s,
    name: Int32s,
    level: Int8s,
    row: int,
    asked_first: Int64s,
    asked_name: Int32s,
    asked_level: Int8s,
    asker: int,
) -> bool:
    """Whether the row has every name that the asker asks for, at its level or above."""
    for place in range(asked_first[asker], asked_first[asker + 1]):
        if level_of(first, name, level, row, asked_name[place]) < asked_level[place]:
            return False
    return True


@compiled
def in_one_group(
    first: Int64s, item: Int32s, row: int, asked_first: Int64s, asked_item: Int32s, asker: int
) -> bool:
    """Whether the row is in one of the asker's groups, or the asker has none."""
    if asked_first[asker] == asked_first[asker + 1]:
        return True
    for asked in range(asked_first[asker], asked_first[asker + 1]):
        for own in range(first[row], first[row + 1]):
            if item[own] == asked_item[asked]:
                return True
    return False


@compiled
def unsuited(
    person: Int32s,
    role: Int32s,
    age: Int64s,
    min_age: Int64s,
    max_age: Int64s,
    skills: tuple[Int64s, Int32s, Int8s],
    asked_skills: tuple[Int64s, Int32s, Int8s],
    groups: tuple[Int64s, Int32s],
    asked_groups: tuple[Int64s, Int32s],
) -> Int8s:
    """H1. For each line what the person first lacks for the role, as a code of this file."""
    found = np.zeros(len(person), np.int8)
    for line in range(len(person)):
        who, seat = person[line], role[line]
        if not has_all(
            skills[0],
            skills[1],
            skills[2],
            who,
            asked_skills[0],
            asked_skills[1],
            asked_skills[2],
            seat,
        ):
            found[line] = LACKS_SKILL
        elif age[who] < min_age[seat] or age[who] > max_age[seat]:
            found[line] = WRONG_AGE
        elif not in_one_group(groups[0], groups[1], who, asked_groups[0], asked_groups[1], seat):
            found[line] = OUTSIDE_GROUPS
    return found


@compiled
def inside_a_span(
    person: Int32s, start: Int64s, end: Int64s, first: Int64s, opens: Int64s, closes: Int64s
) -> Bools:
    """H2. For each line whether `start` to `end` lies in one span of the person."""
    found = np.zeros(len(person), np.bool_)
    for line in range(len(person)):
        for place in range(first[person[line]], first[person[line] + 1]):
            if opens[place] <= start[line] and end[line] <= closes[place]:
                found[line] = True
                break
    return found


@compiled
def liking_of(
    person: Int32s, cause: Int32s, first: Int64s, name: Int32s, level: Int8s, usual: int
) -> Int64s:
    """For each line how much the person likes the cause; `usual` where nothing is said."""
    found = np.full(len(person), usual, np.int64)
    for line in range(len(person)):
        if cause[line] >= 0:
            said = level_of(first, name, level, person[line], cause[line])
            if said >= 0:
                found[line] = said
    return found


@compiled
def team_members(
    person: Int32s,
    shift: Int32s,
    skills: tuple[Int64s, Int32s, Int8s],
    team: tuple[Int64s, Int32s, Int8s],
) -> Int64s:
    """H9. For each line of a team how many of these people have what it asks for."""
    found = np.zeros(len(team[1]), np.int64)
    for pair in range(len(person)):
        for place in range(team[0][shift[pair]], team[0][shift[pair] + 1]):
            level = level_of(skills[0], skills[1], skills[2], person[pair], team[1][place])
            if level >= team[2][place]:
                found[place] += 1
    return found


@compiled
def is_near(
    one_start: int,
    one_end: int,
    one_day: int,
    start: int,
    end: int,
    day: int,
    rest: int,
    reach: int,
) -> bool:
    """Whether two stays may break H4 or H5, wherever they are."""
    gap = max(start - one_end, one_start - end)
    if day == one_day:
        return gap < reach
    return gap < 0 or gap < rest


@compiled
def next_pairs(
    stop: Int64s,
    shift: Int32s,
    start: Int64s,
    end: Int64s,
    day: Int64s,
    rest: int,
    reach: int,
    at: Int64s,
    ones: Int64s,
    others: Int64s,
) -> int:
    """The next pairs of one person's lines that may break H4 or H5, into `ones` and `others`.

    Lines are in order of person and start; `stop` is where each line's person ends. `at` is where
    to go on; the search is over when it points past the last line. Returns how many were found.
    """
    found = 0
    one, other = at[0], at[1]
    while one < len(shift):
        while other < stop[one]:
            if day[other] != day[one] and start[other] - end[one] >= rest:
                break  # All that start later are farther away.
            if shift[one] != shift[other] and is_near(
                start[one], end[one], day[one], start[other], end[other], day[other], rest, reach
            ):
                if found == len(ones):
                    at[0], at[1] = one, other
                    return found
                ones[found], others[found] = one, other
                found += 1
            other += 1
        one += 1
        other = one + 1
    at[0], at[1] = one, other
    return found


@compiled
def next_engagements(
    person: Int32s,
    start: Int64s,
    end: Int64s,
    day: Int64s,
    engaged: tuple[Int64s, Int64s, Int64s, Int64s],
    rest: int,
    reach: int,
    at: Int64s,
    ones: Int64s,
    others: Int64s,
) -> int:
    """`next_pairs` for lines and the engagements of their people.

    `engaged` is where each person's begin, and the start, end and day of each. `at` holds a line
    and how many engagements of its person are done.
    """
    found = 0
    one, done = at[0], at[1]
    while one < len(person):
        first, last = engaged[0][person[one]], engaged[0][person[one] + 1]
        while first + done < last:
            other = first + done
            if is_near(
                start[one],
                end[one],
                day[one],
                engaged[1][other],
                engaged[2][other],
                engaged[3][other],
                rest,
                reach,
            ):
                if found == len(ones):
                    at[0], at[1] = one, done
                    return found
                ones[found], others[found] = one, other
                found += 1
            done += 1
        one += 1
        done = 0
    at[0], at[1] = one, done
    return found
