"""The certificate of a plan's bounds: written by `mulin solve`, verified by `mulin check`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.solving_files import (
    EXIT_UNREADABLE,
    STANDARD,
    file_refused,
    is_folder,
    read_bytes,
    refuse,
    say,
    write_json,
)
from cli.solving_progress import score_words
from cli.solving_tables import means_folder, write_folder
from cli.words import Language, Phrase
from matcher.bounds.refusals import CertificateRefused
from matcher.plan import Plan, Score
from matcher.problem import Problem
from matcher.violation import Violation

if TYPE_CHECKING:
    from matcher.bounds.prices import PriceCertificate
    from matcher.city import Certificate as CityCertificate
    from matcher.solve.certificate import Certificate
    from matcher.tables import Tables

CertificateOut = Annotated[
    str | None,
    typer.Option("--certificate", help="Where the proof of the bounds goes: a file, a folder/."),
]
CertificateIn = Annotated[
    str | None, typer.Option("--certificate", help="The proof of the bounds; means --bound.")
]

REFUSALS_ZH = {
    "certificate_unreadable": "不是证明书：{detail}",
    "certificate_of_another_problem": "这份证明书属于另一个问题",
    "certificate_of_other_rows": "证明书对规则的计数方式与本版本不同，无法读取",
    "certificate_of_other_people": "证明书有 {found} 人的价格，而问题有 {expected} 人",
    "certificate_too_large": "证明书中的数字太大，无法相加",
    "certificate_of_another_kind": "这种证明书逐行计数，不适用于这么大的问题",
}


def refuse_same_output(plan: str, certificate: str | None, language: Language) -> None:
    """A plan and its certificate cannot go to one place."""
    if certificate is None:
        return
    if plan == certificate or plan.rstrip("/") == certificate.rstrip("/"):
        words = Phrase("方案与证明书不能写到同一处", "the plan and its certificate need two places")
        say(words.in_language(language), err=True)
        raise typer.Exit(EXIT_UNREADABLE)


# ---- writing ---------------------------------------------------------------------------------


def write_any_certificate(
    name: str,
    problem: "Problem | Tables",
    certificate: "Certificate | CityCertificate | None",
    language: Language,
) -> None:
    """Write the certificate, or say that the plan has no bound of the kind that needs one.

    Prices go into a folder as a table, and into a file packed. The other kind is JSON: in a folder
    it is the document there.
    """
    if certificate is None:
        words = Phrase(
            "没有需要证明书的界：未写出", "no bound here needs a certificate: none written"
        )
        say(words.in_language(language), err=True)
        return
    from matcher.solve.certificate import Certificate, write_certificate

    if isinstance(certificate, Certificate):
        _write_document(name, write_certificate(certificate), language)
        return
    from matcher.bounds.written import write_prices
    from matcher.city import price_certificate
    from matcher.tables.parquet.prices import write_bound_tables

    prices = price_certificate(_as_tables(problem), certificate)
    if means_folder(name):
        write_folder(name, lambda path: write_bound_tables(prices, path), language)
    else:
        write_json(name, write_prices(prices), language, indent=None)


def _write_document(name: str, value: dict[str, Any], language: Language) -> None:
    if not means_folder(name):
        write_json(name, value, language, indent=None)
        return
    from matcher.tables.parquet.prices import BOUND_DOCUMENT

    def write(path: Path) -> None:
        (path / BOUND_DOCUMENT).write_text(json.dumps(value) + "\n", "utf-8")

    write_folder(name, write, language)


# ---- verifying -------------------------------------------------------------------------------


def false_bounds(
    problem: "Problem | Tables", plan: Plan, certificate: str | None, language: Language
) -> list[Violation]:
    """The bounds of a valid plan that are not borne out: by the certificate, or by solving again.

    Of the plan, only what it says of itself is looked at.
    """
    if certificate is not None:
        return _by_certificate(problem, plan, certificate, language)
    origins = (plan.bound_from.shortfall, plan.bound_from.open, plan.bound_from.cost)
    if "lp" not in origins:
        return []
    listed = _as_listed(problem)
    if listed is None:
        words = Phrase(
            "问题太大，无法由求解器重新求界：请用 --certificate 给出证明书",
            "the problem is too large for a solver to look for the bounds again: "
            "give their proof by --certificate",
        )
        say(words.in_language(language), err=True)
        raise typer.Exit(EXIT_UNREADABLE)
    words = Phrase(
        "没有给出证明书：由求解器重新求界",
        "no certificate is given: a solver looks for the bounds again",
    )
    say(words.in_language(language), err=True)
    from matcher.solve.verify import unproven

    return unproven(listed, plan)


def _by_certificate(
    problem: "Problem | Tables", plan: Plan, name: str, language: Language
) -> list[Violation]:
    from matcher.bounds.prices import PriceCertificate

    certificate = _load(name, language)
    try:
        if isinstance(certificate, PriceCertificate):
            found, broken = _by_prices(problem, plan, certificate)
        else:
            found, broken = _by_rows(problem, plan, certificate)
    except CertificateRefused as refused:
        raise _refused(name, refused, language) from None
    words = Phrase(
        f"证明书证明（不用求解器）：{score_words(found)}",
        f"the certificate proves, without a solver: {score_words(found)}",
    )
    say(words.in_language(language))
    if "search" in (plan.bound_from.shortfall, plan.bound_from.open, plan.bound_from.cost):
        by_search = Phrase(
            "来自搜索的界只有求解器的话，证明书不管",
            "a bound from search is the solver's word, which no certificate proves",
        )
        say(by_search.in_language(language))
    return broken


def _by_prices(
    problem: "Problem | Tables", plan: Plan, certificate: "PriceCertificate"
) -> tuple[Score, list[Violation]]:
    # Its loops are compiled on the first use.
    from matcher.bounds.proving import proven_bounds, unproven

    found = proven_bounds(_as_tables(problem), plan.score, certificate)
    return found, unproven(plan.bound, plan.bound_from, found)


def _by_rows(
    problem: "Problem | Tables", plan: Plan, certificate: "Certificate"
) -> tuple[Score, list[Violation]]:
    from matcher.solve.certificate import proven_bounds, unproven

    listed = _as_listed(problem)
    if listed is None:
        raise CertificateRefused("certificate_of_another_kind")
    found = proven_bounds(listed, plan.score, certificate)
    return found, unproven(plan, found)


def _as_tables(problem: "Problem | Tables") -> "Tables":
    if not isinstance(problem, Problem):
        return problem
    from matcher.tables.of_problem import tables_of

    return tables_of(problem)


def _as_listed(problem: "Problem | Tables") -> Problem | None:
    """The problem as objects, unless listing its lines would take too long."""
    from matcher.portfolio import engine_for

    if engine_for(problem) == "city":
        return None
    if isinstance(problem, Problem):
        return problem
    from matcher.tables.to_problem import problem_of

    return problem_of(problem)


# ---- reading ---------------------------------------------------------------------------------


def _load(name: str, language: Language) -> "Certificate | PriceCertificate":
    """The certificate in the file or folder, or an end to the command."""
    from matcher.bounds.written import are_prices, read_prices
    from matcher.solve.certificate import read_certificate

    try:
        if is_folder(name):
            return _load_folder(name, language)
        data = read_bytes(name, language)
        value = _json(data)
        return read_prices(value) if are_prices(value) else read_certificate(data)
    except CertificateRefused as refused:
        raise _refused(name, refused, language) from None


def _load_folder(name: str, language: Language) -> "Certificate | PriceCertificate":
    from matcher.solve.certificate import CERTIFICATE_FORMAT, read_certificate
    from matcher.tables.parquet.prices import BOUND_DOCUMENT, BoundRefused, read_bound_tables

    document = Path(name) / BOUND_DOCUMENT
    if document.is_file():
        data = read_bytes(str(document), language)
        value = _json(data)
        if isinstance(value, dict) and value.get("format") == CERTIFICATE_FORMAT:
            return read_certificate(data)
    try:
        return read_bound_tables(Path(name))
    except BoundRefused as refused:
        raise refuse(name, refused, language) from None
    except OSError as error:
        raise file_refused(name, error, language) from None


def _json(data: bytes) -> Any:
    """The value, or None where there is none: whoever reads it in earnest says what is wrong."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _refused(name: str, refused: CertificateRefused, language: Language) -> typer.Exit:
    place = "-" if name == STANDARD else name
    chinese = REFUSALS_ZH[refused.code].format(**refused.parameters)
    say(Phrase(f"{place}：{chinese}", f"{place}: {refused}").in_language(language), err=True)
    return typer.Exit(EXIT_UNREADABLE)
