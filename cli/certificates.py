"""The certificate of a plan's bounds: written by `mulin solve`, verified by `mulin check`."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.solving_files import EXIT_UNREADABLE, STANDARD, read_bytes, say, write_json
from cli.solving_progress import score_words
from cli.words import Language, Phrase
from matcher.plan import Plan
from matcher.problem import Problem
from matcher.violation import Violation

if TYPE_CHECKING:
    from matcher.solve.certificate import Certificate, CertificateRefused

CertificateOut = Annotated[
    str | None, typer.Option("--certificate", help="Where the proof of the bounds goes.")
]
CertificateIn = Annotated[
    str | None, typer.Option("--certificate", help="The proof of the bounds; means --bound.")
]

REFUSALS_ZH = {
    "certificate_unreadable": "不是证明书：{detail}",
    "certificate_of_another_problem": "这份证明书属于另一个问题",
    "certificate_of_other_rows": "证明书对规则的计数方式与本版本不同，无法读取",
    "certificate_too_large": "证明书中的数字太大，无法相加",
}


def refuse_same_output(plan: str, certificate: str | None, language: Language) -> None:
    """A plan and its certificate cannot go to one place."""
    if certificate is not None and plan == certificate:
        words = Phrase("方案与证明书不能写到同一处", "the plan and its certificate need two places")
        say(words.in_language(language), err=True)
        raise typer.Exit(EXIT_UNREADABLE)


def write_certificate_file(
    name: str, certificate: "Certificate | None", language: Language
) -> None:
    """Write the certificate, or say that the plan has no bound of the kind that needs one."""
    if certificate is None:
        words = Phrase(
            "没有需要证明书的界：未写出", "no bound here needs a certificate: none written"
        )
        say(words.in_language(language), err=True)
        return
    from matcher.solve.certificate import write_certificate

    write_json(name, write_certificate(certificate), language, indent=None)


def false_bounds(
    problem: Problem, plan: Plan, certificate: str | None, language: Language
) -> list[Violation]:
    """The bounds from `lp` that are not borne out: by the certificate, or by solving again."""
    from matcher.solve.verify import unproven

    if certificate is not None:
        return _by_certificate(problem, plan, certificate, language)
    if "lp" in (plan.bound_from.shortfall, plan.bound_from.open, plan.bound_from.cost):
        words = Phrase(
            "没有给出证明书：由求解器重新求界",
            "no certificate is given: a solver looks for the bounds again",
        )
        say(words.in_language(language), err=True)
    return unproven(problem, plan)


def _by_certificate(problem: Problem, plan: Plan, name: str, language: Language) -> list[Violation]:
    from matcher.solve.certificate import (
        CertificateRefused,
        proven_bounds,
        read_certificate,
        unproven,
    )

    try:
        certificate = read_certificate(read_bytes(name, language))
        found = proven_bounds(problem, plan.score, certificate)
        broken = unproven(plan, found)
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


def _refused(name: str, refused: "CertificateRefused", language: Language) -> typer.Exit:
    place = "-" if name == STANDARD else name
    chinese = REFUSALS_ZH[refused.code].format(**refused.parameters)
    say(Phrase(f"{place}：{chinese}", f"{place}: {refused}").in_language(language), err=True)
    return typer.Exit(EXIT_UNREADABLE)
