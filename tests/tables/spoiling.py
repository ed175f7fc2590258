"""One wrong thing put into a JSON problem: every rule of the format that a table can break."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reference.choices import Choices

Json = dict[str, Any]
Spoil = "Callable[[Json, Choices], None]"

TOO_MANY = 2**53 + 1


def spoil(problem: Json, choices: Choices) -> None:
    """Put in one defect; sometimes none, where the problem has no place for it."""
    choices.pick(EVERY)(problem, choices)


def _person(key: str, *values: Any) -> Callable[[Json, Choices], None]:
    def change(problem: Json, choices: Choices) -> None:
        choices.pick(problem["volunteers"])[key] = choices.pick(values)

    return change


def _shift(key: str, *values: Any) -> Callable[[Json, Choices], None]:
    def change(problem: Json, choices: Choices) -> None:
        choices.pick(problem["shifts"])[key] = choices.pick(values)

    return change


def _role(key: str, *values: Any) -> Callable[[Json, Choices], None]:
    def change(problem: Json, choices: Choices) -> None:
        choices.pick(choices.pick(problem["shifts"])["roles"])[key] = choices.pick(values)

    return change


def _head(part: str, key: str, *values: Any) -> Callable[[Json, Choices], None]:
    def change(problem: Json, choices: Choices) -> None:
        problem.setdefault(part, {})[key] = choices.pick(values)

    return change


def _same_id(problem: Json, choices: Choices) -> None:
    rows = choices.pick((problem["volunteers"], problem["shifts"]))
    choices.pick(rows)["id"] = choices.pick(rows)["id"]


def _same_role(problem: Json, choices: Choices) -> None:
    roles = choices.pick(problem["shifts"])["roles"]
    choices.pick(roles)["id"] = choices.pick(roles)["id"]


def _turned(problem: Json, choices: Choices) -> None:
    shift = choices.pick(problem["shifts"])
    shift["start"], shift["end"] = shift["end"], choices.pick((shift["start"], shift["end"]))


def _elsewhere(problem: Json, choices: Choices) -> None:
    shift = choices.pick(problem["shifts"])
    shift[choices.pick(("start", "end"))] = choices.pick(
        ("2020-01-01T00:00:00+08:00", "2030-01-01T00:00:00Z")
    )


def _twice(key: str) -> Callable[[Json, Choices], None]:
    def change(problem: Json, choices: Choices) -> None:
        if problem.get(key):
            again = choices.pick(problem[key])
            problem[key].append(again[::-1] if isinstance(again, list) else dict(again))

    return change


def _unknown(key: str, part: Any) -> Callable[[Json, Choices], None]:
    def change(problem: Json, choices: Choices) -> None:
        if problem.get(key):
            line = choices.pick(problem[key])
            if line:
                line[part] = choices.pick(("nobody", ""))

    return change


def _himself(problem: Json, choices: Choices) -> None:
    person = choices.pick(problem["volunteers"])["id"]
    key = choices.pick(("apart", "together"))
    problem.setdefault(key, []).append([person, person])


DAY = ["2026-03-07T00:00:00Z", "2026-03-08T00:00:00Z"]
STAY = {"start": DAY[0], "end": DAY[1]}
TEAM = {"skill": "driving", "level": 1, "count": 1}

EVERY: tuple[Callable[[Json, Choices], None], ...] = (
    _person("id", ""),
    _person("location", [181, 0], [-180.5, 91], [0, -90.01], [float("nan"), 0], [0, float("inf")]),
    _person("max_travel_m", -1, TOO_MANY),
    _person("age", -1, TOO_MANY),
    _person("max_minutes", -1),
    _person("max_minutes_per_day", -5, TOO_MANY),
    _person("max_shifts", -1),
    _person("served_minutes", -1),
    _person("skills", {"driving": 0, "手语": 6}, {"first aid": -1}),
    _person("likes", {"green": 4}, {"green": -1, "a.b": 9}),
    _person("groups", ["a", "b", "a", "a"], ["", "a"], ["", ""]),
    _person("available", [DAY, DAY[::-1]], [[DAY[0], DAY[0]], DAY]),
    _person("engaged", [STAY, STAY], [STAY, {**STAY, "location": [0, 0]}, STAY]),
    _person("engaged", [{"start": DAY[1], "end": DAY[0], "location": [0, 100]}]),
    _person("engaged", [{**STAY, "location": [1, 1]}, {**STAY, "location": [1, 1]}]),
    _shift("id", ""),
    _shift("project", ""),
    _shift("location", [181, 91]),
    _shift("priority", 0, 11),
    _shift("team", [TEAM, {**TEAM, "count": 2}, TEAM], [{**TEAM, "skill": "", "level": 6}]),
    _shift("team", [{**TEAM, "count": -1, "level": 0}], [{**TEAM, "count": TOO_MANY}]),
    _shift("invited", ["nobody"], ["v0", "v0", ""], [""]),
    _role("id", ""),
    _role("max", 0, -1, TOO_MANY),
    _role("min", 99, -1, TOO_MANY),
    _role("skills", {"driving": 7}),
    _role("groups", ["a", "a"]),
    _role("min_age", -1),
    _role("max_age", -1, TOO_MANY),
    _head("rules", "speed_kmh", 0, TOO_MANY),
    _head("rules", "minors_per_adult", 0),
    _head("weights", "travel", -1),
    _head("horizon", "end", "2026-03-01T00:00:00Z"),
    _same_id,
    _same_role,
    _turned,
    _elsewhere,
    _twice("together"),
    _twice("apart"),
    _twice("fixed"),
    _twice("forbidden"),
    _twice("current"),
    _unknown("together", 0),
    _unknown("apart", 1),
    _unknown("apart", 0),
    _unknown("fixed", "volunteer"),
    _unknown("fixed", "shift"),
    _unknown("fixed", "role"),
    _unknown("forbidden", "volunteer"),
    _unknown("forbidden", "shift"),
    _unknown("forbidden", "reason"),
    _unknown("current", "role"),
    _himself,
)
