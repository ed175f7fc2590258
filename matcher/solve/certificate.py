"""The proof of a plan's bounds: multipliers for the rows of its problem's program.

Whoever has the problem and these numbers can compute what they prove, in whole numbers and without
a solver. That they are right need not be believed: any multipliers prove a true bound, and wrong
ones only prove less.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.bounds.refusals import CertificateRefused
from matcher.columns import Ints, ints
from matcher.draft import compile_task
from matcher.plan import Plan, Score
from matcher.problem import Problem
from matcher.solve.build import build
from matcher.solve.cuts import DIVISOR_MOST, FACTOR_MOST, Cut, CutRefused, with_cuts
from matcher.solve.duals import BITS_MOST, Multipliers, TooLarge, proven
from matcher.solve.levels import Program, program, weighed_program
from matcher.solve.model import Model
from matcher.violation import Violation, violation
from matcher.writing import write_problem

CERTIFICATE_FORMAT = "mulin.bound/1"
LIMIT_BYTES = 256 * 1024 * 1024
_WEIGHT_MOST = 2**40
_MULTIPLIER_MOST = 2**62


@dataclass(frozen=True, slots=True)
class Proof:
    """Multipliers for the program whose objective weighs the levels so, nought where none is named.

    Where the plan's first two levels are `held`, two rows more hold them. The last rows are those
    of the cuts. The multipliers are whole numbers in units of two to the power of minus `bits`.
    """

    weights: tuple[int, int, int]
    is_held: bool
    bits: int
    rows: int
    row: Ints
    multiplier: Ints
    cuts: tuple[Cut, ...] = ()


def proof_of(weights: tuple[int, int, int], asked: Program, multipliers: Multipliers) -> Proof:
    """The proof that these multipliers for the first rows of the program are."""
    used = np.nonzero(multipliers.whole)[0]
    whole = multipliers.whole
    cuts = asked.cuts[: len(asked.cuts) - (len(asked.least) - len(whole))]
    return Proof(weights, bool(asked.held), multipliers.bits, len(whole), used, whole[used], cuts)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The proofs, with digests of the problem and of the rows that the multipliers count."""

    problem: str
    rows: str
    proofs: tuple[Proof, ...]


def certificate_of(problem: Problem, model: Model, proofs: tuple[Proof, ...]) -> Certificate:
    """The certificate of a solve."""
    return Certificate(_digest_of_problem(problem), _digest_of_rows(model), proofs)


def unproven(plan: Plan, found: Score) -> list[Violation]:
    """The plan's bounds from `lp` that are above what its certificate was `found` to prove."""
    said = plan.bound
    return [
        violation(
            "bound",
            f"bound.{name}",
            "unproven_by_certificate",
            said=getattr(said, name),
            true=getattr(found, name),
        )
        for name in ("shortfall", "open", "cost")
        if getattr(plan.bound_from, name) == "lp" and getattr(said, name) > getattr(found, name)
    ]


def proven_bounds(problem: Problem, score: Score, certificate: Certificate) -> Score:
    """What the certificate proves: of each level among the plans that equal `score` above it.

    No solver is asked. Raises CertificateRefused.
    """
    if certificate.problem != _digest_of_problem(problem):
        raise CertificateRefused("certificate_of_another_problem")
    model = build(compile_task(problem))
    if certificate.rows != _digest_of_rows(model):
        raise CertificateRefused("certificate_of_other_rows")
    levels = [0, 0, 0]
    for proof in certificate.proofs:
        value = _value(model, score, proof)
        for level, bound in enumerate(implied(model, proof, value, score)):
            levels[level] = max(levels[level], bound)
    return Score(*levels)


def _value(model: Model, score: Score, proof: Proof) -> int:
    try:
        asked = with_cuts(_program_of(model, score, proof), proof.cuts)
        if proof.rows != len(asked.least):
            raise CertificateRefused("certificate_of_other_rows")
        whole = np.zeros(proof.rows, np.int64)
        whole[proof.row] = proof.multiplier
        request = asked.request(None)
        return asked.value(proven(request, Multipliers(whole, proof.bits)).value)
    except TooLarge:
        raise CertificateRefused("certificate_too_large") from None
    except CutRefused:
        raise CertificateRefused("certificate_of_other_rows") from None


def _program_of(model: Model, score: Score, proof: Proof) -> Program:
    if proof.is_held:
        return program(model, 2, (score.shortfall, score.open))
    return weighed_program(model, proof.weights)


def implied(model: Model, proof: Proof, value: int, score: Score) -> tuple[int, int, int]:
    """What a bound on the levels weighed together says of each, given the plan's score."""
    first, second, third = proof.weights
    if third:
        rest = 0 if proof.is_held else first * score.shortfall + second * score.open
        return 0, 0, max(0, -(-(value - rest) // third))
    # No plan leaves more open than everything, and what is left over counts in whole `first`s.
    shortfall = -(-(value - second * model.constant[1]) // first) if first else 0
    open_ = -(-(value - first * score.shortfall) // second) if second else 0
    return max(0, shortfall), max(0, open_), 0


# ---- digests ---------------------------------------------------------------------------------


def _digest_of_problem(problem: Problem) -> str:
    text = json.dumps(write_problem(problem), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _digest_of_rows(model: Model) -> str:
    """Of everything that a proof adds up, so that no number is read for another row's."""
    digest = hashlib.sha256()
    rows = model.rows
    for array, kind in (
        (rows.indptr, np.int64),
        (rows.indices, np.int64),
        (rows.data, np.float64),
        (model.least, np.float64),
        (model.most, np.float64),
        (model.column_least, np.float64),
        (model.column_most, np.float64),
        (model.levels, np.int64),
    ):
        digest.update(np.ascontiguousarray(array, dtype=kind).tobytes())
    digest.update(repr((model.constant, model.open_range, model.core_rows)).encode())
    return digest.hexdigest()


# ---- as JSON ---------------------------------------------------------------------------------


def write_certificate(certificate: Certificate) -> dict[str, Any]:
    """As values for JSON: rows with a multiplier, and these, side by side."""
    return {
        "format": CERTIFICATE_FORMAT,
        "problem": certificate.problem,
        "rows": certificate.rows,
        "proofs": [_written(proof) for proof in certificate.proofs],
    }


def _written(proof: Proof) -> dict[str, Any]:
    cuts = [
        {
            "divisor": cut.divisor,
            "row": cut.row.tolist(),
            "factor": cut.factor.tolist(),
            "column": cut.column.tolist(),
            "lift": cut.lift.tolist(),
        }
        for cut in proof.cuts
    ]
    return {
        "weights": list(proof.weights),
        "held": proof.is_held,
        "bits": proof.bits,
        "rows": proof.rows,
        "row": proof.row.tolist(),
        "multiplier": proof.multiplier.tolist(),
        **({"cuts": cuts} if cuts else {}),
    }


def read_certificate(data: bytes | str) -> Certificate:
    """What `write_certificate` wrote, as JSON. Raises CertificateRefused for anything else."""
    if len(data) > LIMIT_BYTES:
        raise CertificateRefused("certificate_unreadable", detail="too large")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CertificateRefused("certificate_unreadable", detail=type(error).__name__) from None
    _demand(isinstance(value, dict) and value.get("format") == CERTIFICATE_FORMAT, "format")
    _demand(set(value) == {"format", "problem", "rows", "proofs"}, "keys")
    _demand(isinstance(value["problem"], str) and isinstance(value["rows"], str), "digests")
    _demand(isinstance(value["proofs"], list), "proofs")
    proofs = tuple(_read_proof(f"proofs[{at}]", each) for at, each in enumerate(value["proofs"]))
    return Certificate(value["problem"], value["rows"], proofs)


def _read_proof(place: str, value: Any) -> Proof:
    names = {"weights", "held", "bits", "rows", "row", "multiplier"}
    _demand(isinstance(value, dict) and names <= set(value) <= {*names, "cuts"}, place)
    weights, held, bits, count = (value[name] for name in ("weights", "held", "bits", "rows"))
    _demand(_are_whole(weights, 0, _WEIGHT_MOST) and len(weights) == 3, f"{place}.weights")
    _demand(any(weights) and isinstance(held, bool), f"{place}.held")
    _demand(not held or weights == [0, 0, 1], f"{place}.held")
    _demand(_are_whole([bits], 0, BITS_MOST), f"{place}.bits")
    row, multiplier = value["row"], value["multiplier"]
    _demand(_are_whole([count], 0, 2**31), f"{place}.rows")
    _demand(_are_whole(row, 0, count - 1), f"{place}.row")
    _demand(_are_whole(multiplier, -_MULTIPLIER_MOST, _MULTIPLIER_MOST), f"{place}.multiplier")
    _demand(len(row) == len(multiplier) == len(set(row)), f"{place}.row")
    cuts = value.get("cuts", [])
    _demand(isinstance(cuts, list), f"{place}.cuts")
    first, second, third = weights
    return Proof(
        (first, second, third),
        held,
        bits,
        count,
        ints(row),
        ints(multiplier),
        tuple(_read_cut(f"{place}.cuts[{at}]", each) for at, each in enumerate(cuts)),
    )


def _read_cut(place: str, value: Any) -> Cut:
    names = {"divisor", "row", "factor", "column", "lift"}
    _demand(isinstance(value, dict) and set(value) == names, place)
    _demand(_are_whole([value["divisor"]], 2, DIVISOR_MOST), f"{place}.divisor")
    _demand(_are_whole(value["row"], 0, 2**31), f"{place}.row")
    _demand(_are_whole(value["factor"], -FACTOR_MOST, FACTOR_MOST), f"{place}.factor")
    _demand(_are_whole(value["column"], 0, 2**31), f"{place}.column")
    _demand(_are_whole(value["lift"], 1, DIVISOR_MOST), f"{place}.lift")
    for one, two in (("row", "factor"), ("column", "lift")):
        _demand(len(value[one]) == len(value[two]) == len(set(value[one])), f"{place}.{one}")
    return Cut(
        value["divisor"], *(ints(value[name]) for name in ("row", "factor", "column", "lift"))
    )


def _are_whole(values: Any, least: int, most: int) -> bool:
    return isinstance(values, list) and all(
        type(each) is int and least <= each <= most for each in values
    )


def _demand(is_so: bool, place: str) -> None:
    if not is_so:
        raise CertificateRefused("certificate_unreadable", detail=place)
