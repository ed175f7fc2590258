"""The proof of a plan's bounds: verified without a solver, and worthless to whoever forges it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.instances import draw
from cli.certificates import REFUSALS_ZH
from matcher.bounds.refusals import MESSAGES, CertificateRefused
from matcher.codec import write_plan, write_problem
from matcher.draft import compile_task
from matcher.plan import BoundFrom, Score
from matcher.problem import Problem
from matcher.solve import Solved, run, solve_with_proof, worker
from matcher.solve.build import build
from matcher.solve.certificate import (
    Certificate,
    Proof,
    certificate_of,
    proven_bounds,
    read_certificate,
    unproven,
    write_certificate,
)
from tests.matcher.solving import params
from tests.matcher.test_commands import run as mulin
from tests.matcher.test_commands import written

CUT = {"divisor": 2, "row": [0], "factor": [1], "column": [0], "lift": [1]}


@pytest.fixture(scope="module")
def asked() -> Problem:
    return draw(60, 15, seed=3)


@pytest.fixture(scope="module")
def solved(asked: Problem) -> Solved:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "LARGE_COLUMNS", 0)
        return solve_with_proof(asked, params())


@pytest.fixture(scope="module")
def certificate(solved: Solved) -> Certificate:
    assert solved.certificate is not None
    return solved.certificate


def _read_again(certificate: Certificate, **changed: Any) -> Certificate:
    return read_certificate(json.dumps({**write_certificate(certificate), **changed}))


def test_what_was_written_proves_the_bounds_without_a_solver(
    asked: Problem, solved: Solved, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "run", None)

    found = proven_bounds(asked, solved.plan.score, _read_again(certificate))

    assert unproven(solved.plan, found) == []
    assert found.cost > 0.9 * solved.plan.score.cost


def test_a_bound_above_what_is_proven_is_named(
    asked: Problem, solved: Solved, certificate: Certificate
) -> None:
    found = proven_bounds(asked, solved.plan.score, certificate)
    more = Score(found.shortfall + 1, found.open + 1, found.cost + 1)
    liar = replace(solved.plan, bound=more, bound_from=BoundFrom("lp", "lp", "lp"))

    broken = unproven(liar, found)

    assert [each.place for each in broken] == ["bound.shortfall", "bound.open", "bound.cost"]


def test_a_certificate_of_another_problem_is_refused(
    asked: Problem, solved: Solved, certificate: Certificate
) -> None:
    other = replace(asked, weights=replace(asked.weights, travel=2))

    with pytest.raises(CertificateRefused) as refused:
        proven_bounds(other, solved.plan.score, certificate)

    assert refused.value.code == "certificate_of_another_problem"


def test_a_certificate_for_other_rows_is_refused(
    asked: Problem, solved: Solved, certificate: Certificate
) -> None:
    proof = certificate.proofs[0]
    longer = replace(proof, rows=proof.rows + 1)

    for other in (
        replace(certificate, rows="0" * 64),
        replace(certificate, proofs=(longer,)),
    ):
        with pytest.raises(CertificateRefused) as refused:
            proven_bounds(asked, solved.plan.score, other)
        assert refused.value.code == "certificate_of_other_rows"


@pytest.mark.parametrize("seed", range(40))
def test_no_multipliers_whatever_prove_a_bound_above_an_optimal_plan(
    seed: int, asked: Problem, solved: Solved
) -> None:
    """Random ones, forged weights, and honest ones with some numbers damaged."""
    chance = np.random.default_rng(seed)
    model = build(compile_task(asked))
    assert solved.plan.status == "optimal"
    assert solved.certificate is not None
    honest = solved.certificate.proofs[seed % len(solved.certificate.proofs)]
    rows = len(model.least)
    size = 10.0 ** chance.integers(-1, 7)
    forged = Proof(
        weights=tuple(int(each) for each in chance.integers(1, 5000, 3)),  # type: ignore[arg-type]
        is_held=False,
        bits=10,
        rows=rows,
        row=np.arange(rows),
        multiplier=np.rint(chance.normal(0, size, rows) * 2**10).astype(np.int64),
    )
    damaged = replace(
        honest,
        multiplier=np.where(
            chance.random(len(honest.row)) < 0.2,
            honest.multiplier + chance.integers(-(2**30), 2**30, len(honest.row)),
            honest.multiplier,
        ),
    )

    with_cuts = next(each for each in solved.certificate.proofs if each.cuts)
    for proof in (forged, damaged, _with_damaged_cuts(with_cuts, chance)):
        found = proven_bounds(asked, solved.plan.score, certificate_of(asked, model, (proof,)))
        assert found.shortfall <= solved.plan.score.shortfall
        assert found.open <= solved.plan.score.open
        assert found.cost <= solved.plan.score.cost


def _with_damaged_cuts(proof: Proof, chance: np.random.Generator) -> Proof:
    """With rows added up otherwise than the solver's cuts add them up."""
    return replace(
        proof,
        cuts=tuple(
            replace(
                cut,
                divisor=int(chance.integers(2, 9)),
                # The sign stays: on the other side the row may have no limit.
                factor=cut.factor * chance.integers(1, 5, len(cut.factor)),
                lift=cut.lift + chance.integers(0, 3, len(cut.lift)),
            )
            for cut in proof.cuts
        ),
    )


def test_cut_of_rows_that_are_not_there_is_refused(
    asked: Problem, solved: Solved, certificate: Certificate
) -> None:
    proof = next(each for each in certificate.proofs if each.cuts)
    first, *others = proof.cuts
    elsewhere = replace(first, row=first.row + proof.rows)
    forged = replace(proof, cuts=(elsewhere, *others))

    with pytest.raises(CertificateRefused) as refused:
        proven_bounds(asked, solved.plan.score, replace(certificate, proofs=(forged,)))

    assert refused.value.code == "certificate_of_other_rows"


def test_multipliers_too_large_to_add_up_are_refused(
    asked: Problem, solved: Solved, certificate: Certificate
) -> None:
    proof = certificate.proofs[0]
    huge = replace(proof, multiplier=np.full(len(proof.row), 2**61))
    heavy = replace(proof, weights=(2**40, 2**40 - 1, proof.weights[2]), bits=40)

    for each in (huge, heavy):
        with pytest.raises(CertificateRefused) as refused:
            proven_bounds(asked, solved.plan.score, replace(certificate, proofs=(each,)))
        assert refused.value.code == "certificate_too_large"


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "mulin.plan/1"},
        {"more": 1},
        {"problem": 7},
        {"proofs": {}},
        {"proofs": [{}]},
        *(
            {"proofs": {0: {name: value}}}
            for name, value in (
                ("weights", [1, 1]),
                ("weights", [0, 0, 0]),
                ("weights", [1, -1, 1]),
                ("weights", [1.5, 1, 1]),
                ("held", "yes"),
                ("bits", 99),
                ("bits", True),
                ("rows", -1),
                ("rows", 1),
                ("row", [-1]),
                ("row", [0, 0]),
                ("row", "all"),
                ("multiplier", [1]),
                ("multiplier", [2**63]),
                ("multiplier", [None]),
                ("cuts", 7),
                ("cuts", [7]),
                ("cuts", [{}]),
                *(
                    ("cuts", [{**CUT, name: value}])
                    for name, value in (
                        ("divisor", 1),
                        ("divisor", 2.5),
                        ("row", [-1]),
                        ("row", [0, 0]),
                        ("factor", [1, 1]),
                        ("factor", [2**40]),
                        ("lift", [0]),
                        ("lift", []),
                        ("column", [None]),
                        ("more", []),
                    )
                ),
            )
        ),
    ],
    ids=str,
)
def test_what_is_no_certificate_is_refused_with_its_place(
    changed: dict[str, Any], certificate: Certificate
) -> None:
    value = write_certificate(certificate)
    if isinstance(changed.get("proofs"), dict) and changed["proofs"]:
        changed = {"proofs": [{**value["proofs"][0], **changed["proofs"][0]}]}

    with pytest.raises(CertificateRefused) as refused:
        read_certificate(json.dumps({**value, **changed}))

    assert refused.value.code == "certificate_unreadable"


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "7", "null", "[]", '"x"', b"\xff"])
def test_what_is_no_json_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(CertificateRefused):
        read_certificate(text)


def test_every_refusal_has_words_in_chinese() -> None:
    assert set(REFUSALS_ZH) == set(MESSAGES)


# ---- at the terminal -------------------------------------------------------------------------


def test_solve_writes_a_certificate_that_check_verifies(
    asked: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "LARGE_COLUMNS", 0)
    question = written(tmp_path / "problem.json", write_problem(asked))
    plan, proof = tmp_path / "plan.json", tmp_path / "plan.bound"

    solved = mulin(
        *("solve", question, "-o", plan, "--certificate", proof, "--effort", "20"),
        *("--seconds", "600", "--progress", "none"),
    )
    assert solved.exit_code == 0
    monkeypatch.setattr(worker, "run", None)
    checked = mulin("check", question, plan, "--certificate", proof)

    assert checked.exit_code == 0
    assert "the certificate proves, without a solver:" in checked.stdout


def test_check_says_when_a_certificate_proves_less_or_nothing(
    asked: Problem, solved: Solved, certificate: Certificate, tmp_path: Path
) -> None:
    question = written(tmp_path / "problem.json", write_problem(asked))
    lp = replace(solved.plan, bound_from=BoundFrom("lp", "lp", "lp"))
    plan = written(tmp_path / "plan.json", write_plan(lp))
    weak = written(
        tmp_path / "weak", write_certificate(replace(certificate, proofs=certificate.proofs[:0]))
    )
    other = written(tmp_path / "other", write_certificate(replace(certificate, problem="x")))

    less = mulin("check", question, plan, "--certificate", weak)
    refused = mulin("check", question, plan, "--certificate", other)
    again = mulin("check", question, plan, "--bound")

    assert less.exit_code == 1
    assert "its certificate proves 0" in less.stdout
    assert refused.exit_code == 2
    assert "the certificate is of another problem" in refused.stderr
    assert "a solver looks for the bounds again" in again.stderr


def test_a_plan_and_its_certificate_need_two_places(asked: Problem, tmp_path: Path) -> None:
    question = written(tmp_path / "problem.json", write_problem(asked))
    place = tmp_path / "out"

    solved = mulin("solve", question, "-o", place, "--certificate", place)

    assert solved.exit_code == 2
    assert not place.exists()
