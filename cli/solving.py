"""`mulin solve`, `mulin check` and `mulin explain`: plans from files, without a database."""

import time
from typing import Annotated

import typer

from cli.environment import inherited_environment
from cli.solving_files import (
    EXIT_UNREADABLE,
    load_plan,
    load_problem,
    read_bytes,
    refuse,
    refuse_same_input,
    refuse_unwritable,
    say,
    say_defects,
    write_json,
)
from cli.solving_progress import ProgressKind, cancelled_by_interrupt, score_words, shown
from cli.solving_words import reason_words, violation_line
from cli.words import Language, Phrase, language_of
from matcher.check import check as check_plan
from matcher.check import check_assignments
from matcher.codec import read_plan, write_plan
from matcher.defects import PlanRefused
from matcher.explain import obstacles_of, unfilled
from matcher.lookup import Lookup
from matcher.plan import Plan, Reason
from matcher.problem import Line, Problem
from matcher.score import score
from matcher.violation import Violation

EXIT_BROKEN = 1

# A thousand million branches: the solvers count in 32 bits.
EFFORT_MOST = 1_000_000

ProblemFile = Annotated[str, typer.Argument(help="A problem (JSON), - for standard input.")]
PlanFile = Annotated[str, typer.Argument(help="A plan (JSON), - for standard input.")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="zh or en; else by LANG.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("solve")(solve_file)
    app.command("check")(check_file)
    app.command("explain")(explain_file)


def solve_file(
    problem_file: ProblemFile,
    output: Annotated[str, typer.Option("--output", "-o", help="Where the plan goes.")] = "-",
    seconds: Annotated[float, typer.Option(min=0, help="How long to look.")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same plan.")] = 1,
    effort: Annotated[
        float | None,
        typer.Option(min=0, max=EFFORT_MOST, help="End by work done instead of by the clock."),
    ] = None,
    progress: Annotated[
        ProgressKind, typer.Option(help="On standard error: a bar, a line of JSON each, nothing.")
    ] = ProgressKind.BAR,
    language: LanguageOption = None,
) -> None:
    """Make the best plan for a problem. Ctrl-C writes the best so far. 编排"""
    # The solvers take seconds to load; nothing but this command needs them.
    from matcher.solve import SolveParams, solve

    reader = _language(language)
    refuse_unwritable(output, reader)
    problem = load_problem(problem_file, reader)
    params = SolveParams(seconds=seconds, seed=seed, effort=effort, clock=time.monotonic)
    with cancelled_by_interrupt() as cancelled:
        with shown(progress, reader) as tell:
            plan = solve(problem, params, on_progress=tell, cancelled=cancelled)
        write_json(output, write_plan(plan), reader)
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
    _say(_result(plan), reader)


def _result(plan: Plan) -> Phrase:
    said, proven = score_words(plan.score), score_words(plan.bound)
    count, seconds = len(plan.assignments), f"{plan.seconds:.1f}"
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
    language: LanguageOption = None,
) -> None:
    """Name every rule that a plan breaks, and its true score. 核对"""
    reader = _language(language)
    refuse_same_input(problem_file, plan_file, reader)
    problem = load_problem(problem_file, reader)
    try:
        plan = read_plan(read_bytes(plan_file, reader))
    except PlanRefused as refused:
        if refused.assignments is None:
            raise refuse(plan_file, refused, reader) from None
        say_defects(refused, reader)
        _tell(problem, refused.assignments, check_assignments(problem, refused.assignments), reader)
        raise typer.Exit(EXIT_BROKEN) from None
    broken = check_plan(problem, plan)
    if bound and not broken:
        from matcher.solve.verify import unproven

        broken = unproven(problem, plan)
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


def explain_file(
    problem_file: ProblemFile,
    plan_file: PlanFile,
    shift: Annotated[str | None, typer.Option(help="Only this shift.")] = None,
    role: Annotated[str | None, typer.Option(help="Only this role.")] = None,
    volunteer: Annotated[str | None, typer.Option(help="Why not this person.")] = None,
    language: LanguageOption = None,
) -> None:
    """Say why seats stayed open, or why somebody is not on a shift. 说明"""
    reader = _language(language)
    refuse_same_input(problem_file, plan_file, reader)
    problem, plan = load_problem(problem_file, reader), load_plan(plan_file, reader)
    _refuse_unknown(problem, plan, shift, role, volunteer, reader)
    if volunteer is not None:
        _explain_person(problem, plan, volunteer, shift, role, reader)
        return
    rows = unfilled(problem, plan.assignments, optimal=plan.status == "optimal", reasons=True)
    rows = tuple(row for row in rows if shift in (None, row.shift) and role in (None, row.role))
    for row in rows:
        head = Phrase(
            f"{row.shift} 的 {row.role} 还缺 {row.missing} 人：",
            f"{row.role} on {row.shift} lacks {row.missing}: ",
        )
        reasons = (row.reasons or {}).items()
        words = [f"{count} {reason_words(reason, reader)}" for reason, count in reasons]
        say(head.in_language(reader) + Phrase("，", ", ").in_language(reader).join(words))
    if not rows:
        say(Phrase("这里没有空位。", "No seat is open here.").in_language(reader))


def _explain_person(
    problem: Problem,
    plan: Plan,
    volunteer: str,
    shift: str | None,
    role: str | None,
    language: Language,
) -> None:
    """The first obstacle on every shift; of one shift also each rule that the line would break."""
    obstacles = obstacles_of(problem, plan.assignments, volunteer)
    for (at, seat), first in obstacles.items():
        if shift in (None, at) and role in (None, seat):
            line = Line(volunteer, at, seat)
            words = [_first_obstacle(problem, plan, line, first, language)]
            if shift is not None and first is not None:
                broken = _more_broken(problem, plan, line)
                words += [violation_line(each, language) for each in broken]
            say(f"{at} · {seat}: " + "; ".join(words))


def _first_obstacle(
    problem: Problem, plan: Plan, line: Line, first: Reason | None, language: Language
) -> str:
    if first is None:
        return Phrase("已在这一班", "is on this shift").in_language(language)
    people = sum(
        1 for each in plan.assignments if (each.shift, each.role) == (line.shift, line.role)
    )
    if first == "free" and people >= Lookup(problem).roles[line.shift, line.role].max:
        return Phrase("已满员", "no seat is left").in_language(language)
    return reason_words(first, language)


def _more_broken(problem: Problem, plan: Plan, line: Line) -> list[Violation]:
    before = {(each.rule, each.message) for each in check_assignments(problem, plan.assignments)}
    after = check_assignments(problem, (*plan.assignments, line))
    return [each for each in after if (each.rule, each.message) not in before]


def _refuse_unknown(
    problem: Problem,
    plan: Plan,
    shift: str | None,
    role: str | None,
    volunteer: str | None,
    language: Language,
) -> None:
    lookup = Lookup(problem)
    for line in plan.assignments:
        if not lookup.knows(line):
            raise _unknown(f"{line.volunteer} · {line.shift} · {line.role}", language)
    if shift is not None and shift not in lookup.shifts:
        raise _unknown(shift, language)
    if volunteer is not None and volunteer not in lookup.volunteers:
        raise _unknown(volunteer, language)
    if role is not None and role not in {seat for _, seat in lookup.roles}:
        raise _unknown(role, language)


def _unknown(name: str, language: Language) -> typer.Exit:
    _say(Phrase(f"问题中没有 {name}", f"the problem has no {name}"), language)
    return typer.Exit(EXIT_UNREADABLE)


def _language(asked: str | None) -> Language:
    if asked is None:
        return language_of(inherited_environment())
    if asked == "zh":
        return "zh"
    if asked == "en":
        return "en"
    raise typer.BadParameter("zh | en", param_hint="--language")


def _say(phrase: Phrase, language: Language) -> None:
    say(phrase.in_language(language), err=True)
