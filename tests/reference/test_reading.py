"""The reading itself, on small cases whose answers were worked out by hand from the text."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import pytest

from tests.reference.book import Json, Line, Score, distance_m
from tests.reference.brute import frontier
from tests.reference.choices import seeded
from tests.reference.problems import Size, all_lines, problem
from tests.reference.reading import Reading, fixed_clash, score, unfilled_reasons, violations

ALWAYS = [["2026-05-01T00:00+08:00", "2026-05-05T00:00+08:00"]]


def person(key: str, **values: Any) -> Json:
    return {"id": key, "available": ALWAYS, **values}


def shift(key: str, start: str, end: str, **values: Any) -> Json:
    """A shift of May 2026 between two `DDTHH:MM` at +08:00, with one role for up to 4."""
    return {
        "id": key,
        "project": "park",
        "start": f"2026-05-{start}:00+08:00",
        "end": f"2026-05-{end}:00+08:00",
        "roles": [{"id": "r", "max": 4}],
        **values,
    }


def whole(people: list[Json], shifts: list[Json], **values: Any) -> Json:
    return {
        "format": "mulin.problem/1",
        "horizon": {"start": "2026-05-01T00:00+08:00", "end": "2026-05-05T00:00+08:00"},
        "volunteers": people,
        "shifts": shifts,
        **values,
    }


def rows(*lines: str) -> list[dict[str, str]]:
    """`"a s"` is volunteer a on shift s in role r; a third word names another role."""
    return [
        dict(zip(("volunteer", "shift", "role"), [*line.split(), "r"][:3], strict=True))
        for line in lines
    ]


def broken(drawn: Json, *lines: str) -> set[str]:
    return violations(drawn, {"assignments": rows(*lines)})


MORNING = shift("s", "01T08:00", "01T10:00")


@pytest.mark.parametrize(
    ("role", "values", "expected"),
    [
        ({"skills": {"aid": 2}}, {"skills": {"aid": 2}}, set()),
        ({"skills": {"aid": 2}}, {"skills": {"aid": 1}}, {"H1"}),
        ({"skills": {"aid": 1}}, {}, {"H1"}),
        ({"min_age": 18}, {"age": 18}, set()),
        ({"min_age": 18, "max_age": 18}, {"age": 19}, {"H1"}),
        ({"max_age": 30}, {}, set()),
        ({"max_age": 29}, {}, {"H1"}),
        ({"groups": []}, {}, set()),
        ({"groups": ["x", "y"]}, {"groups": ["y"]}, set()),
        ({"groups": ["x"]}, {"groups": ["y"]}, {"H1"}),
    ],
)
def test_h1_skills_age_and_groups(role: Json, values: Json, expected: set[str]) -> None:
    asked = shift("s", "01T08:00", "01T10:00", roles=[{"id": "r", "max": 1, **role}])

    assert broken(whole([person("a", **values)], [asked]), "a s") == expected


@pytest.mark.parametrize(
    ("available", "expected"),
    [
        ([("08:00", "10:00")], set()),
        ([("08:01", "10:00")], {"H2"}),
        ([("08:00", "09:59")], {"H2"}),
        ([("09:00", "10:00"), ("08:00", "09:00")], set()),
        ([("08:00", "09:30"), ("09:00", "12:00")], set()),
        ([("08:00", "09:00"), ("09:01", "12:00")], {"H2"}),
        ([], {"H2"}),
    ],
)
def test_h2_touching_and_overlapping_intervals_count_as_one(
    available: list[tuple[str, str]], expected: set[str]
) -> None:
    intervals = [[f"2026-05-01T{one}+08:00", f"2026-05-01T{two}+08:00"] for one, two in available]

    assert broken(whole([person("a", available=intervals)], [MORNING]), "a s") == expected


def test_h2_reads_other_offsets() -> None:
    available = [["2026-05-01T00:00Z", "2026-04-30T22:00-04:00"]]

    assert broken(whole([person("a", available=available)], [MORNING]), "a s") == set()


def test_distance_of_a_thousandth_of_a_degree_of_latitude_is_111_whole_metres() -> None:
    assert distance_m((121.0, 31.0), (121.0, 31.001)) == 111
    assert distance_m((179.9995, 0.0), (-179.9995, 0.0)) == 111


@pytest.mark.parametrize(("limit_m", "expected"), [(111, set()), (110, {"H3"}), (None, set())])
def test_h3_distance_is_rounded_down(limit_m: int | None, expected: set[str]) -> None:
    limit = {} if limit_m is None else {"max_travel_m": limit_m}
    drawn = whole(
        [person("a", location=[121.0, 31.0], **limit)], [{**MORNING, "location": [121.0, 31.001]}]
    )

    assert broken(drawn, "a s") == expected


def test_h3_without_a_location_is_not_checked() -> None:
    assert broken(whole([person("a", max_travel_m=0)], [MORNING]), "a s") == set()


# 1,111 m at 15 km/h: 60 × 1,111 / 15,000 = 4.4 → 5 minutes, and 10 to change over: 15.
@pytest.mark.parametrize(
    ("start", "latitude", "expected"),
    [
        ("10:15", 31.01, set()),
        ("10:14", 31.01, {"H4"}),
        ("10:00", 31.0018, set()),  # 200 m: not more than 200
        ("10:00", 31.0019, {"H4"}),  # 211 m
        ("09:59", 31.0, {"H4"}),
    ],
)
def test_h4_gap_on_one_day(start: str, latitude: float, expected: set[str]) -> None:
    first = {**MORNING, "location": [121.0, 31.0]}
    second = shift("t", f"01T{start}", "01T12:00", location=[121.0, latitude])

    assert broken(whole([person("a")], [first, second]), "a s", "a t") == expected


def test_h4_without_a_location_needs_no_gap() -> None:
    first = {**MORNING, "location": [121.0, 31.0]}
    second = shift("t", "01T10:00", "01T12:00")

    assert broken(whole([person("a")], [first, second]), "a s", "a t") == set()


@pytest.mark.parametrize(("start", "expected"), [("02T07:00", set()), ("02T06:59", {"H5"})])
def test_h5_rest_between_days_counts_from_the_start_day(start: str, expected: set[str]) -> None:
    late = shift("s", "01T21:00", "01T23:00")

    assert broken(whole([person("a")], [late, shift("t", start, "02T08:00")]), "a s", "a t") == (
        expected
    )


def test_overlap_over_midnight_breaks_h4_and_h5() -> None:
    shifts = [shift("s", "01T22:00", "02T02:00"), shift("t", "02T01:00", "02T03:00")]

    assert broken(whole([person("a")], shifts), "a s", "a t") == {"H4", "H5"}


def test_a_day_is_told_by_the_offset_of_the_horizon() -> None:
    """23:30Z and 01:00Z are two days in Greenwich, one morning in Shanghai."""
    shifts = [shift("s", "02T07:30", "02T08:30"), shift("t", "02T09:00", "02T10:00")]
    shanghai = whole([person("a")], shifts)
    greenwich = {
        **shanghai,
        "horizon": {"start": "2026-04-30T16:00Z", "end": "2026-05-04T16:00Z"},
    }

    assert broken(shanghai, "a s", "a t") == set()
    assert broken(greenwich, "a s", "a t") == {"H5"}


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"max_minutes": 240}, set()),
        ({"max_minutes": 239}, {"H6"}),
        ({"max_minutes_per_day": 120}, set()),
        ({"max_minutes_per_day": 119}, {"H6"}),
        ({"max_shifts": 2}, set()),
        ({"max_shifts": 1}, {"H6"}),
    ],
)
def test_h6_limits(limits: Json, expected: set[str]) -> None:
    shifts = [MORNING, shift("t", "02T08:00", "02T10:00")]

    assert broken(whole([person("a", **limits)], shifts), "a s", "a t") == expected


def engaged(start: str, end: str, **values: Any) -> Json:
    return {"start": f"2026-{start}:00+08:00", "end": f"2026-{end}:00+08:00", **values}


@pytest.mark.parametrize(
    ("span", "limits", "expected"),
    [
        (engaged("05-01T09:00", "05-01T11:00"), {}, {"H4"}),
        (engaged("05-01T10:00", "05-01T11:00"), {}, set()),
        (engaged("04-30T22:00", "05-01T00:01"), {}, {"H5"}),
        (engaged("04-30T22:00", "05-01T00:00"), {}, set()),
        (engaged("04-30T12:00", "04-30T13:00"), {"max_shifts": 1}, set()),  # starts before
        (engaged("05-03T12:00", "05-03T13:00"), {"max_shifts": 1}, {"H6"}),
        (engaged("05-01T12:00", "05-01T18:00"), {}, set()),  # 120 + 360 = 480
        (engaged("05-01T12:00", "05-01T18:01"), {}, {"H6"}),
        (engaged("05-02T12:00", "05-02T23:00"), {}, set()),  # over that day's limit by itself
        (engaged("05-02T12:00", "05-02T23:00"), {"max_minutes": 779}, {"H6"}),
    ],
)
def test_engaged_counts_like_a_shift(span: Json, limits: Json, expected: set[str]) -> None:
    drawn = whole([person("a", engaged=[span], **limits)], [MORNING])

    assert broken(drawn, "a s") == expected
    assert broken(drawn) == set()


def test_h7_too_many_and_two_roles() -> None:
    roles = [{"id": "r", "max": 1}, {"id": "q", "max": 1}]
    drawn = whole([person("a"), person("b")], [{**MORNING, "roles": roles}])

    assert broken(drawn, "a s", "b s q") == set()
    assert broken(drawn, "a s", "b s") == {"H7"}
    assert broken(drawn, "a s", "a s q") == {"H7"}


def test_h8_all_minimums_or_nobody() -> None:
    roles = [{"id": "r", "min": 1, "max": 2}, {"id": "q", "min": 1, "max": 1}]
    asked = {**MORNING, "roles": roles, "cancel_below_minimum": True}
    drawn = whole([person("a"), person("b")], [asked])

    assert broken(drawn) == set()
    assert broken(drawn, "a s") == {"H8"}
    assert broken(drawn, "a s", "b s q") == set()
    assert broken({**drawn, "fixed": rows("a s")}, "a s") == set()
    assert broken({**drawn, "fixed": rows("a s")}, "a s", "b s") == set()


def test_h9_each_team_line() -> None:
    team = [{"skill": "aid", "level": 2, "count": 1}, {"skill": "drive", "level": 1, "count": 2}]
    people = [
        person("a", skills={"aid": 2, "drive": 5}),
        person("b", skills={"drive": 1}),
        person("c", skills={"aid": 1}),
    ]
    drawn = whole(people, [{**MORNING, "team": team}])

    assert broken(drawn) == set()
    assert broken(drawn, "a s", "b s") == set()
    assert broken(drawn, "a s", "c s") == {"H9"}
    assert broken(drawn, "b s", "c s") == {"H9"}
    assert broken({**drawn, "fixed": rows("c s")}, "c s", "b s") == set()


def test_h10_minors_need_adults() -> None:
    people = [person(key, age=17) for key in "abc"] + [person("d", age=18), person("e", age=18)]
    drawn = whole(
        people,
        [{**MORNING, "roles": [{"id": "r", "max": 9}]}],
        rules={"minors_per_adult": 2},
    )

    assert broken(drawn, "a s") == {"H10"}
    assert broken(drawn, "a s", "b s", "d s") == set()
    assert broken(drawn, "a s", "b s", "c s", "d s") == {"H10"}
    assert broken(drawn, "a s", "b s", "c s", "d s", "e s") == set()
    assert broken({**drawn, "fixed": rows("a s")}, "a s", "b s") == set()


def test_h11_apart_and_h12_together() -> None:
    drawn = whole(
        [person("a"), person("b"), person("c")],
        [MORNING],
        apart=[["a", "b"]],
        together=[["b", "c"]],
    )

    assert broken(drawn, "a s") == set()
    assert broken(drawn, "b s", "c s") == set()
    assert broken(drawn, "b s") == {"H12"}
    assert broken(drawn, "a s", "b s", "c s") == {"H11"}
    assert broken({**drawn, "fixed": rows("b s")}, "b s") == set()
    assert broken({**drawn, "fixed": rows("a s")}, "a s", "c s") == {"H12"}


def test_h13_and_h14() -> None:
    drawn = whole([person("a"), person("b")], [MORNING])
    forbidden = {
        **drawn,
        "forbidden": [{"volunteer": "a", "shift": "s", "reason": "declined"}],
    }

    assert broken({**drawn, "fixed": rows("a s")}) == {"H13"}
    assert broken(forbidden, "b s") == set()
    assert broken(forbidden, "a s") == {"H14"}
    assert broken({**forbidden, "fixed": rows("a s")}, "a s") == set()


def test_fixed_lines_need_not_meet_h1_to_h3() -> None:
    strict = {**MORNING, "roles": [{"id": "r", "max": 1, "min_age": 60}], "location": [121, 31.5]}
    able = person("a", available=[], location=[121, 31], max_travel_m=5)

    assert broken(whole([able], [strict]), "a s") == {"H1", "H2", "H3"}
    assert broken(whole([able], [strict], fixed=rows("a s")), "a s") == set()


def test_fixed_clash_is_the_smallest() -> None:
    shifts = [MORNING, shift("t", "01T09:00", "01T11:00"), shift("u", "03T09:00", "03T11:00")]
    people = [person("a", max_shifts=2), person("b", max_minutes=60), person("c")]
    drawn = whole(people, shifts)

    assert fixed_clash({**drawn, "fixed": rows("a s", "a u")}) is None
    assert fixed_clash({**drawn, "fixed": rows("a s", "a t", "a u")}) == 2
    assert fixed_clash({**drawn, "fixed": rows("a s", "a t", "b u")}) == 1
    assert fixed_clash({**drawn, "fixed": rows("a s", "c s"), "apart": [["c", "a"]]}) == 2
    three = [MORNING, shift("t", "02T09:00", "02T11:00"), shift("u", "03T09:00", "03T11:00")]
    assert fixed_clash({**whole(people, three), "fixed": rows("a s", "a t", "a u", "c u")}) == 3


def test_score_by_hand() -> None:
    people = [
        person("a", location=[121.0, 31.0], likes={"green": 3}, served_minutes=500),
        person("b", location=[121.0, 31.0], age=15),
    ]
    roles = [{"id": "r", "min": 2, "max": 3}, {"id": "q", "max": 2}]
    shifts = [
        {**MORNING, "roles": roles, "location": [121.0, 31.01], "cause": "green", "priority": 2},
        shift("t", "02T08:00", "02T10:00", roles=[{"id": "r", "max": 1}], invited=["b"]),
    ]
    drawn = whole(people, shifts, current=rows("a s q", "b t", "gone s"))

    # Nobody: 2×2 short; (3+2)×2 + 1×5 open; three lines dropped.
    assert score(drawn, []) == Score(4, 15, 150)
    # a on both: 1,111 m → 11; liked 3 → 0, then 1 → 40 and not invited 10;
    # n = 2, b = 2: 15 × (4 + 1) = 75; dropped: b t and gone s.
    assert score(drawn, rows("a s", "a t")) == Score(2, 8, 11 + 0 + 40 + 10 + 75 + 100)
    # b on s, fixed, with a team line of two nobody has and one adult missing: 2 × (1 + 2 + 1).
    shifts[0]["team"] = [{"skill": "aid", "level": 1, "count": 2}]
    fixed = {**drawn, "fixed": rows("b s")}
    assert score(fixed, rows("b s")) == Score(8, 13, 11 + 40 + 0 + 150)


def test_reasons_by_hand() -> None:
    people = [
        person("on"),
        person("forbidden", age=5, available=[]),
        person("unskilled", age=5),
        person("young", skills={"aid": 1}, age=5),
        person("stranger", skills={"aid": 1}, available=[]),
        person("away", skills={"aid": 1}, groups=["g"], available=[]),
        person("busy", skills={"aid": 1}, groups=["g"], max_shifts=0),
        person("kept", skills={"aid": 1}, groups=["g"]),
        person("free", skills={"aid": 1}, groups=["g"]),
    ]
    roles = [
        {"id": "r", "max": 2, "min_age": 18, "skills": {"aid": 1}, "groups": ["g"]},
        {"id": "full", "max": 1},
    ]
    drawn = whole(
        people,
        [{**MORNING, "roles": roles}],
        apart=[["on", "kept"]],
        forbidden=[{"volunteer": "forbidden", "shift": "s", "reason": "declined"}],
    )
    names = ("forbidden", "skills", "age", "group", "unavailable", "busy", "team", "free")

    assert unfilled_reasons(drawn, rows("on s full")) == {("s", "r"): (2, dict.fromkeys(names, 1))}


def test_brute_force_finds_what_trying_every_set_of_lines_finds() -> None:
    for seed in range(60):
        choices = seeded(random.Random(seed))
        size = Size(3, 2, 1) if seed % 2 else Size(volunteers=2, shifts=2, roles=2)
        drawn = problem(choices, size)
        reading = Reading(drawn)
        lines = all_lines(drawn)
        valid: list[list[Line]] = [
            list(chosen)
            for count in range(len(lines) + 1)
            for chosen in combinations(lines, count)
            if not reading.broken(list(chosen))
        ]
        least: dict[tuple[int, int], int] = {}
        for plan in valid:
            shortfall, open_, cost = reading.score(plan)
            least[shortfall, open_] = min(cost, least.get((shortfall, open_), cost))

        assert frontier(reading) == (least, len(valid))
