"""`mulin solve` and `mulin check`: plans from files, without a database."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli import explaining
from cli.certificates import (
    CertificateIn,
    CertificateOut,
    false_bounds,
    refuse_same_output,
    write_any_certificate,
)
from cli.solving_files import (
    is_folder,
    load_plan,
    load_plan_tables,
    read_bytes,
    refuse,
    refuse_same_input,
    say,
    say_defects,
)
from cli.solving_options import LanguageOption, PlanFile, ProblemFile, asked_language
from cli.solving_progress import ProgressKind, cancelled_by_interrupt, score_words, shown
from cli.solving_tables import (
    check_tables,
    convert_file,
    load_any_problem,
    load_problem_to_check,
    refuse_unwritable_plan,
    write_any_plan,
)
from cli.solving_words import violation_line
from cli.words import Language, Phrase
from matcher.check import check as check_plan
from matcher.check import check_assignments
from matcher.codec import read_plan
from matcher.defects import PlanRefused
from matcher.lookup import Lookup
from matcher.plan import Plan
from matcher.problem import Line, Problem
from matcher.score import score
from matcher.violation import Violation

if TYPE_CHECKING:
    # The city's loops take a while to load; only what is large needs them.
    from matcher.city.dividing import Part
    from matcher.city.part import PartParams, PartPlan
    from matcher.tables import Tables

EXIT_BROKEN = 1

# A thousand million branches: the solvers count in 32 bits.
EFFORT_MOST = 1_000_000


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("solve")(solve_file)
    app.command("check")(check_file)
    app.command("convert")(convert_file)
    explaining.register(app)


def solve_file(
    problem_file: ProblemFile,
    output: Annotated[str, typer.Option("--output", "-o", help="Where the plan goes.")] = "-",
    certificate: CertificateOut = None,
    seconds: Annotated[float, typer.Option(min=0, help="How long to look.")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same plan.")] = 1,
    effort: Annotated[
        float | None,
        typer.Option(min=0, max=EFFORT_MOST, help="End by work done instead of by the clock."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes for the parts of a city; one for each core else."),
    ] = None,
    progress: Annotated[
        ProgressKind, typer.Option(help="On standard error: a bar, a line of JSON each, nothing.")
    ] = ProgressKind.BAR,
    language: LanguageOption = None,
) -> None:
    """Make the best plan for a problem. Ctrl-C writes the best so far. 编排"""
    # The solvers take seconds to load; nothing but this command needs them.
    from matcher.portfolio import solve
    from matcher.solve import SolveParams

    reader = asked_language(language)
    refuse_unwritable_plan(output, reader)
    refuse_same_output(output, certificate, reader)
    if certificate is not None:
        refuse_unwritable_plan(certificate, reader)
    problem = load_any_problem(problem_file, reader)
    params = SolveParams(seconds=seconds, seed=seed, effort=effort, clock=time.monotonic)
    with cancelled_by_interrupt() as cancelled:
        with shown(progress, reader) as tell:
            run = partial(_run_parts, workers or os.cpu_count() or 1)
            solved = solve(problem, params, on_progress=tell, cancelled=cancelled, run_parts=run)
        plan = solved.plan
        write_any_plan(output, plan, reader)
        if certificate is not None:
            write_any_certificate(certificate, problem, solved.certificate, reader)
        was_cancelled = cancelled()
    if progress is ProgressKind.JSON:
        return  # Whatever reads standard error then reads JSON and nothing else.
    if was_cancelled:
        _say(
            Phrase(
                "已中断：写出的是目前最好的方案。", "Interrupted: this is the best plan so far."
            ),
            reader,
        )
    if isinstance(plan, Plan):
        _say(_result(plan, len(plan.assignments)), reader)
    else:
        _say(_result(plan.head, len(plan)), reader)


def _run_parts(
    workers: int,
    whole: "Tables",
    parts: "Sequence[Part]",
    params: "PartParams",
    cancelled: Callable[[], bool],
) -> "Iterator[tuple[int, PartPlan]]":
    from matcher.city.part import in_turn
    from matcher.city.pool import in_processes

    run = in_processes(workers) if workers > 1 else in_turn
    return run(whole, parts, params, cancelled)


def _result(plan: Plan, count: int) -> Phrase:
    said, proven = score_words(plan.score), score_words(plan.bound)
    seconds = f"{plan.seconds:.1f}"
    if plan.status == "optimal":
        return Phrase(
            f"{count} 人次，得分 {said}，已证明最优，用时 {seconds} 秒。",
            f"{count} assignments, score {said}, proven optimal, {seconds} s.",
        )
    return Phrase(
        f"{count} 人次，得分 {said}，界 {proven}，用时 {seconds} 秒。",
        f"{count} assignments, score {said}, bound {proven}, {seconds} s.",
    )


def check_file(
    problem_file: ProblemFile,
    plan_file: PlanFile,
    bound: Annotated[
        bool, typer.Option("--bound", help="Prove bounds that come from a relaxation again.")
    ] = False,
    certificate: CertificateIn = None,
    language: LanguageOption = None,
) -> None:
    """Name every rule that a plan breaks, and its true score. 核对"""
    reader = asked_language(language)
    refuse_same_input(problem_file, plan_file, reader)
    problem = load_problem_to_check(problem_file, reader)
    if not isinstance(problem, Problem):
        columns = load_plan_tables(plan_file, reader)
        asks = bound or certificate is not None
        prove = partial(false_bounds, problem, columns.head, certificate, reader) if asks else None
        if check_tables(problem, columns, reader, prove):
            return
        raise typer.Exit(EXIT_BROKEN)
    if is_folder(plan_file):
        _judge(problem, load_plan(plan_file, reader), reader, bound, certificate)
        return
    try:
        plan = read_plan(read_bytes(plan_file, reader))
    except PlanRefused as refused:
        if refused.assignments is None:
            raise refuse(plan_file, refused, reader) from None
        say_defects(refused, reader)
        _tell(problem, refused.assignments, check_assignments(problem, refused.assignments), reader)
        raise typer.Exit(EXIT_BROKEN) from None
    _judge(problem, plan, reader, bound, certificate)


def _judge(
    problem: Problem, plan: Plan, reader: Language, bound: bool, certificate: str | None
) -> None:
    broken = check_plan(problem, plan)
    if (bound or certificate is not None) and not broken:
        broken = false_bounds(problem, plan, certificate, reader)
    _tell(problem, plan.assignments, broken, reader)
    if broken:
        raise typer.Exit(EXIT_BROKEN)


def _tell(
    problem: Problem, lines: tuple[Line, ...], broken: list[Violation], language: Language
) -> None:
    for each in broken:
        say(violation_line(each, language))
    lookup = Lookup(problem)
    known = [line for line in dict.fromkeys(lines) if lookup.knows(line)]
    said = score_words(score(problem, known))
    if broken:
        count = len(broken)
        phrase = Phrase(
            f"{count} 处不符；实际得分 {said}", f"{count} found; the true score is {said}"
        )
    else:
        phrase = Phrase(f"方案有效；得分 {said}", f"the plan is valid; its score is {said}")
    say(phrase.in_language(language))


def _say(phrase: Phrase, language: Language) -> None:
    say(phrase.in_language(language), err=True)
