"""The demo street, and the first look that `make run` gives."""

import io
import random
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from cli.demo import ensure_demo
from cli.demo.geography import moved
from cli.demo.making import (
    PEOPLE_COUNT,
    coming_monday,
    draw_person,
)
from cli.steps import Steps
from cli.welcome import result_in_words
from cli.words import Phrase
from matcher.geometry import distance_m
from services import organisations
from services.database import rows
from services.settings import Settings
from services.volunteers import age_on


async def _counts() -> dict[str, int]:
    tables = ("organisation", "volunteer", "account", "project", "shift", "role")
    return {
        table: (await rows(f"SELECT count(*) AS count FROM {table}"))[0]["count"]
        for table in tables
    }


async def test_demo_is_made_once_and_is_there_the_second_time(database: None) -> None:
    first = await ensure_demo(Settings())
    made = await _counts()

    second = await ensure_demo(Settings())

    assert second == first is not None
    assert await _counts() == made
    assert made["volunteer"] == PEOPLE_COUNT == first.people
    assert made["shift"] == first.shifts > 20


async def test_demo_is_never_added_to_the_data_of_others(database: None) -> None:
    await organisations.create_root("真实市")

    assert await ensure_demo(Settings()) is None

    assert (await _counts()) == {
        "organisation": 1, "volunteer": 0, "account": 0, "project": 0, "shift": 0, "role": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 30)),  # Monday has begun there.
        (datetime(2026, 12, 30, 0, 0, tzinfo=UTC), date(2027, 1, 4)),
    ],
)
def test_the_demo_week_starts_on_the_first_monday_that_has_not_begun(
    now: datetime, monday: date
) -> None:
    assert coming_monday(now, Settings()).date() == monday


def test_every_invented_person_is_at_least_sixteen() -> None:
    draw, today = random.Random(7), date(2026, 11, 22)
    bodies = [uuid4(), uuid4()]

    people = [draw_person(draw, number, uuid4(), bodies, today) for number in range(300)]

    assert min(age_on(person.birth_date, today) for person in people) >= 16


def test_moved_goes_as_far_as_it_says() -> None:
    origin = (121.437, 31.188)

    there = moved(origin, 300, 400)

    assert distance_m(origin, there) == pytest.approx(500, abs=1)


def test_the_result_is_told_in_words(demo_round: dict[str, object]) -> None:
    told = [phrase.en for phrase in result_in_words(demo_round, people=160, shifts=29)]

    assert told == [
        "29 shifts and 160 volunteers in the demo week: 118 of 120 seats filled in 1.2 s.",
        "Proven: no plan is better.",
        "2 seats stay empty; the plan's page says why for each.",
    ]


@pytest.fixture
def demo_round() -> dict[str, object]:
    plan = {"seats": 120, "filled": 118, "seconds": 1.24, "status": "optimal"}
    return {"state": "proposed", "plan": plan}


def test_long_lines_in_two_languages_become_two_lines() -> None:
    told = io.StringIO()
    steps = Steps("both", told)
    steps.say(Phrase("短", "short"))
    steps.say(Phrase("四十个字宽的一句话" * 3, "a sentence of some forty characters"))
    short, chinese, english = told.getvalue().splitlines()
    assert short == "短  short"
    assert chinese.startswith("四十")
    assert english.startswith("a sentence")
