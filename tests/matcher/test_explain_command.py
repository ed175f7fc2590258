"""`mulin explain` and `mulin report` on files: what would help, why this one, who got what."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.instances import draw
from cli import solving
from cli.explaining_words import change_words
from matcher.codec import write_plan, write_problem
from matcher.explaining import changes
from matcher.explaining.candidates import candidates
from matcher.explaining.seat import seat_of
from matcher.problem import Problem, Role, TeamLine
from matcher.solve import solve
from tests.matcher.factories import HERE, THERE, at, problem, shift, volunteer
from tests.matcher.solving import params

APP = typer.Typer()
solving.register(APP)

HELPER = (Role("helper", max=1),)
WEEK = problem(
    [
        volunteer("near", location=HERE, max_shifts=1),
        volunteer("far", location=THERE, max_travel_m=600),
    ],
    [
        shift("a", at(0, 8), roles=HELPER, location=HERE),
        shift("b", at(1, 8), roles=HELPER, location=HERE),
    ],
)
PRIVATE = problem(
    [volunteer("v", available=())],
    [shift("alone", at(0, 8), roles=(Role("lead", max=1, groups=("x",)),))],
)


def run(language: str, *arguments: str | Path) -> Any:
    """The command's outcome."""
    return CliRunner().invoke(APP, [*map(str, arguments), "--language", language])


def files(folder: Path, asked: Problem) -> tuple[Path, Path]:
    planned = solve(asked, params())
    paths = folder / "problem.json", folder / "plan.json"
    for path, value in zip(paths, (write_problem(asked), write_plan(planned)), strict=True):
        path.write_text(json.dumps(value), "utf-8")
    return paths


def test_seat_says_what_would_fill_it(tmp_path: Path) -> None:
    asked, planned = files(tmp_path, WEEK)
    seats = json.loads(planned.read_text("utf-8"))["unfilled"]
    (open_seat,) = (f"{row['shift']}/{row['role']}" for row in seats)

    said = run("en", "explain", asked, planned, "--seat", open_seat, "--seconds", "600")
    chinese = run("zh", "explain", asked, planned, "--seat", open_seat, "--seconds", "600")

    assert said.exit_code == 0
    assert said.stdout.splitlines()[1:] == [
        "  price 2 · far travels 511 m more (1111 m at most) (the least of its kind, proven)",
        "  price 3 · near takes 1 shift(s) more (the least of its kind, proven)",
    ]
    assert "far 多走 511 米" in chinese.stdout


def test_nobody_is_said_only_where_it_is_proven(tmp_path: Path) -> None:
    asked, planned = files(tmp_path, PRIVATE)

    proven = run("en", "explain", asked, planned, "--changes", "--seconds", "600")
    hurried = run("en", "explain", asked, planned, "--changes", "--seconds", "0")

    assert (
        "nobody at all: no change of this shift, this role or one person fills it, proven"
        in proven.stdout
    )
    assert "no change was found that would fill it" in hurried.stdout


def test_person_is_told_what_keeps_them_and_what_it_would_take(tmp_path: Path) -> None:
    asked, planned = files(tmp_path, WEEK)
    plan = json.loads(planned.read_text("utf-8"))
    (taken,) = (row["shift"] for row in plan["assignments"])
    other = {"a": "b", "b": "a"}[taken]

    busy = run("en", "explain", asked, planned, "--volunteer", "near", "--shift", other)
    far = run("en", "explain", asked, planned, "--volunteer", "far", "--shift", other)
    serves = run("en", "explain", asked, planned, "--volunteer", "near", "--shift", taken)

    assert f"there is time without {taken}" in busy.stdout
    assert "far travels 511 m more" in far.stdout
    assert "costs 40: liking 1 40" in serves.stdout
    assert "without them here the three levels change by +0 / +0 / +0 (proven)" in serves.stdout


def test_trade_off_names_the_seat_that_is_left(tmp_path: Path) -> None:
    asked, planned = files(tmp_path, WEEK)
    plan = json.loads(planned.read_text("utf-8"))
    (taken,) = (row["shift"] for row in plan["assignments"])
    other = {"a": "b", "b": "a"}[taken]

    said = run("en", "explain", asked, planned, "--trade-off", "--seconds", "600")

    assert said.stdout.splitlines()[1:] == [
        f"  {other}/helper: +0 / +0 / +0 (proven), leaving {taken}/helper"
    ]


def test_report_is_the_same_by_both_names(tmp_path: Path) -> None:
    asked, planned = files(tmp_path, draw(60, 8, seed=2))

    by_option = run("zh", "explain", asked, planned, "--report")
    by_name = run("zh", "report", asked, planned)
    english = run("en", "report", asked, planned)

    assert by_name.exit_code == 0
    assert by_option.stdout == by_name.stdout
    assert "— 按年龄" in by_name.stdout
    assert "everybody: ≈60" in english.stdout


def test_report_of_few_people_shows_nothing(tmp_path: Path) -> None:
    asked, planned = files(tmp_path, WEEK)

    assert "fewer than 10 people" in run("en", "report", asked, planned).stdout


@pytest.mark.parametrize("option", [("--seat", "a/nobody"), ("--seat", "a")])
def test_seats_that_are_not_there_are_refused(option: tuple[str, str], tmp_path: Path) -> None:
    asked, planned = files(tmp_path, WEEK)

    said = run("en", "explain", asked, planned, *option)

    assert said.exit_code == 2
    assert f"the problem has no {option[1]}" in said.stderr


def test_broken_plans_are_not_explained(tmp_path: Path) -> None:
    asked, planned = files(tmp_path, WEEK)
    plan = json.loads(planned.read_text("utf-8"))
    plan["assignments"].append({"volunteer": "far", "shift": "a", "role": "helper"})
    planned.write_text(json.dumps(plan), "utf-8")

    said = run("en", "explain", asked, planned)

    assert said.exit_code == 1
    assert "H3" in said.stderr


def test_every_kind_of_change_has_words() -> None:
    team = (TeamLine("aid", 3, 2),)
    role = Role("lead", max=2, min=2, skills={"aid": 2}, min_age=18, max_age=40, groups=("x",))
    asked = problem(
        [
            volunteer("skills", groups=("x",)),
            volunteer("age", age=60, skills={"aid": 2}, groups=("x",)),
            volunteer("group", skills={"aid": 2}, groups=("y",)),
            volunteer("time", skills={"aid": 2}, groups=("x",), available=()),
            volunteer("limit", skills={"aid": 2}, groups=("x",), max_minutes=60),
            volunteer("far", skills={"aid": 2}, groups=("x",), location=THERE, max_travel_m=1),
        ],
        [shift("s", at(0, 8), roles=(role,), team=team, cancel_below_minimum=True, location=HERE)],
        fixed=(),
    )
    offered = candidates(seat_of(asked, (), "s", "lead"))

    assert {"replan", *offered} == set(changes.KINDS)
    for kind in offered:
        words = change_words(offered[kind][0].change, asked)
        assert words.zh
        assert words.en
