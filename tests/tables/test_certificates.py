"""The certificate of a city at the terminal and in files: written, verified, refused."""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.instances import draw
from cli import solving_tables
from matcher.bounds.prices import PRICE_MOST, PriceCertificate
from matcher.bounds.refusals import CertificateRefused
from matcher.bounds.written import read_prices, write_prices
from matcher.codec import read_problem
from matcher.tables.of_problem import tables_of
from matcher.tables.parquet.prices import BoundRefused, read_bound_tables, write_bound_tables
from matcher.tables.parquet.writing import write_tables
from tests.reference.cases import case
from tests.tables.test_commands import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matcher.problem import Problem

PROBLEM = read_problem(case(3, fixed="consistent")[0])
CERTIFICATE = PriceCertificate("ab" * 32, 40, 20, np.array([0, 7, 7, 2**40], np.int64))


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every problem is one for the city's engine, and is held in columns."""
    monkeypatch.setattr("matcher.portfolio.engine_for", lambda _: "city")
    monkeypatch.setattr(solving_tables, "OBJECTS_PEOPLE_MOST", 0)


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    return folder_of(PROBLEM, tmp_path)


@pytest.fixture
def bound(tmp_path: Path) -> Path:
    path = tmp_path / "bound"
    path.mkdir()
    write_bound_tables(CERTIFICATE, path)
    return path


def folder_of(problem: Problem, place: Path) -> Path:
    path = place / "problem"
    path.mkdir()
    write_tables(tables_of(problem), path)
    return path


def solved(problem: Path, certificate: str) -> Path:
    plan = problem.parent / "plan"
    options = ("-o", f"{plan}/", "--progress", "none", "--certificate", certificate)
    assert run("solve", problem, *options).exit_code == 0
    return plan


# ---- the commands ----------------------------------------------------------------------------


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("name", ["bound/", "bound.json"])
def test_what_solve_wrote_check_verifies(problem: Path, tmp_path: Path, name: str) -> None:
    plan = solved(problem, f"{tmp_path}/{name}")

    told = run("check", problem, plan, "--certificate", f"{tmp_path}/{name}")

    assert told.exit_code == 0, told.output
    bound = json.loads((plan / "plan.json").read_text())["bound"]
    proven = told.output.splitlines()[0]
    assert proven.startswith("the certificate proves, without a solver: ")
    assert str(bound["cost"]) in proven


@pytest.mark.usefixtures("city")
def test_a_bound_above_what_is_proven_is_named(problem: Path, tmp_path: Path) -> None:
    plan = solved(problem, f"{tmp_path}/bound/")
    head = json.loads((plan / "plan.json").read_text())
    assert head["bound"]["cost"] < head["score"]["cost"] - 1
    head["bound"]["cost"] += 1
    (plan / "plan.json").write_text(json.dumps(head))

    told = run("check", problem, plan, "--certificate", f"{tmp_path}/bound")

    assert told.exit_code == 1
    assert "the plan says" in told.output


@pytest.mark.usefixtures("city")
def test_one_problem_s_certificate_is_no_other_s(problem: Path, tmp_path: Path) -> None:
    plan = solved(problem, f"{tmp_path}/bound/")
    head = json.loads((tmp_path / "bound" / "bound.json").read_text())
    (tmp_path / "bound" / "bound.json").write_text(json.dumps(head | {"problem": "0" * 64}))

    told = run("check", problem, plan, "--certificate", tmp_path / "bound")

    assert told.exit_code == 2
    assert "another problem" in told.output


@pytest.mark.usefixtures("city")
def test_without_a_certificate_a_city_s_bound_is_not_proven_again(
    problem: Path, tmp_path: Path
) -> None:
    plan = solved(problem, f"{tmp_path}/bound/")
    head = json.loads((plan / "plan.json").read_text())
    told = run("check", problem, plan, "--bound")

    is_asked = head["bound_from"]["cost"] == "lp"
    assert told.exit_code == (2 if is_asked else 0)
    assert ("give their proof by --certificate" in told.output) == is_asked


def test_the_other_kind_goes_into_a_folder_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Multipliers of rows, for problems whose lines can be listed; not for a city."""
    monkeypatch.setattr("matcher.solve.run.LARGE_COLUMNS", 0)
    problem = folder_of(draw(60, 12), tmp_path)
    plan = solved(problem, f"{tmp_path}/bound/")

    assert run("check", problem, plan, "--certificate", tmp_path / "bound").exit_code == 0
    monkeypatch.setattr("matcher.portfolio.engine_for", lambda _: "city")
    told = run("check", problem, plan, "--certificate", tmp_path / "bound")
    assert told.exit_code == 2
    assert "counts every line" in told.output


def test_a_plan_and_its_proof_need_two_places(problem: Path, tmp_path: Path) -> None:
    place = tmp_path / "both"
    told = run("solve", problem, "-o", f"{place}/", "--certificate", f"{place}")
    assert told.exit_code == 2
    assert "two places" in told.output


# ---- the folder ------------------------------------------------------------------------------


def test_a_folder_gives_back_what_was_written(bound: Path) -> None:
    kept = read_bound_tables(bound)
    assert (kept.problem, kept.seat, kept.below) == ("ab" * 32, 40, 20)
    assert kept.prices.tolist() == CERTIFICATE.prices.tolist()
    assert sorted(each.name for each in bound.iterdir()) == ["bound.json", "prices.parquet"]


def test_prices_that_millions_share_take_little_room(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    prices = np.where(chance.random(2_000_000) < 0.2, chance.integers(0, 2_000, 2_000_000), 0)
    write_bound_tables(PriceCertificate("", 1, 1, prices), tmp_path)
    assert (tmp_path / "prices.parquet").stat().st_size < 2_000_000
    assert np.array_equal(read_bound_tables(tmp_path).prices, prices)


def _head(**changed: Any) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        head = json.loads((path / "bound.json").read_text())
        kept = {key: value for key, value in (head | changed).items() if value != "gone"}
        (path / "bound.json").write_text(json.dumps(kept))

    return spoil


def _prices(*columns: tuple[str, Any]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        pq.write_table(pa.table(dict(columns)), path / "prices.parquet")

    return spoil


def _cut(name: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        data = (path / name).read_bytes()
        (path / name).write_bytes(data[: len(data) // 2])

    return spoil


DAMAGE: list[tuple[Callable[[Path], object], str, str]] = [
    (lambda path: (path / "prices.parquet").unlink(), "prices", "missing_table"),
    (lambda path: (path / "bound.json").unlink(), "bound.json", "missing_table"),
    (lambda path: (path / "people.parquet").touch(), "people.parquet", "unknown_table"),
    (_cut("bound.json"), "bound.json", "not_json"),
    (_cut("prices.parquet"), "prices", "not_parquet"),
    (_head(format="mulin.bound/1"), "format", "wrong_format"),
    (_head(problem=5), "problem", "wrong_type"),
    (_head(seat=-1), "seat", "too_small"),
    (_head(seat=2**41), "seat", "too_big"),
    (_head(below=0), "below", "too_small"),
    (_head(below="gone"), "below", "missing_key"),
    (_head(bound=5), "bound", "unknown_key"),
    (_prices(("price", [0, -1, 2, 3])), "prices[1].price", "too_small"),
    (_prices(("price", [0, 1, PRICE_MOST + 1, 3])), "prices[2].price", "too_big"),
    (_prices(("price", pa.array([2**63], pa.uint64()))), "prices[0].price", "too_big"),
    (_prices(("price", [0, None, 2, 3])), "prices[1].price", "null_value"),
    (_prices(("price", [0.5, 1.0])), "prices.price", "wrong_type"),
    (_prices(("cost", [1])), "prices.price", "missing_key"),
    (_prices(("price", [1]), ("volunteer", ["v0"])), "prices.volunteer", "unknown_key"),
]


@pytest.mark.parametrize(("spoil", "place", "code"), DAMAGE, ids=[row[2] for row in DAMAGE])
def test_a_damaged_folder_is_refused_with_its_place(
    bound: Path, spoil: Callable[[Path], object], place: str, code: str
) -> None:
    spoil(bound)
    with pytest.raises(BoundRefused) as refused:
        read_bound_tables(bound)
    assert (place, code) in [(defect.place, defect.code) for defect in refused.value.defects]


def test_the_command_says_what_is_wrong_with_a_folder(problem: Path, bound: Path) -> None:
    _prices(("price", [0, -1]))(bound)
    plan = problem.parent / "plan.json"
    assert run("solve", problem, "-o", plan, "--progress", "none").exit_code == 0
    told = run("check", problem, plan, "--certificate", bound)
    assert told.exit_code == 2
    assert "prices[1].price: must be at least 0, not -1" in told.output


def test_a_certificate_of_too_few_people_is_refused(problem: Path, bound: Path) -> None:
    from matcher.bounds.prices import digest
    from matcher.tables.parquet.reading import read_tables

    plan = problem.parent / "plan.json"
    assert run("solve", problem, "-o", plan, "--progress", "none").exit_code == 0
    _head(problem=digest(read_tables(problem)))(bound)
    _prices(("price", [1]))(bound)
    told = run("check", problem, plan, "--certificate", bound)
    assert told.exit_code == 2
    people = len(PROBLEM.volunteers)
    assert f"has prices for 1 people, and the problem has {people}" in told.output


# ---- packed in JSON --------------------------------------------------------------------------


def packed(values: list[int]) -> str:
    return base64.b64encode(zlib.compress(np.array(values, "<i8").tobytes())).decode()


def test_json_gives_back_what_was_written() -> None:
    kept = read_prices(json.dumps(write_prices(CERTIFICATE)))
    assert (kept.problem, kept.seat, kept.below) == ("ab" * 32, 40, 20)
    assert kept.prices.tolist() == CERTIFICATE.prices.tolist()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"format": "mulin.bound/2"}, "format"),
        ({"more": 1}, "keys"),
        ({"problem": 1}, "problem"),
        ({"seat": True}, "seat"),
        ({"seat": -1}, "seat"),
        ({"below": 0}, "below"),
        ({"below": 1.0}, "below"),
        ({"people": 5}, "prices"),
        ({"people": 3}, "prices"),
        ({"people": 10**12}, "people"),
        ({"prices": "$"}, "prices"),
        ({"prices": base64.b64encode(b"no").decode()}, "prices"),
        ({"prices": packed([1, 2, 3, 4])[:-8]}, "prices"),
        ({"prices": packed([1, 2, -3, 4])}, "prices[2]"),
        ({"prices": packed([2**62, 2, 3, 4])}, "prices[0]"),
        ({"prices": 5}, "prices"),
        ({"people": 1, "prices": packed([0] * 1_000_000)}, "prices"),
    ],
)
def test_damaged_json_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(CertificateRefused) as refused:
        read_prices(json.dumps(write_prices(CERTIFICATE) | change))
    assert refused.value.parameters == {"detail": place}


@pytest.mark.parametrize("text", ["", "[]", "5", "{", "[" * 100_000])
def test_what_is_no_certificate_at_all_is_refused(text: str) -> None:
    with pytest.raises(CertificateRefused):
        read_prices(text)
