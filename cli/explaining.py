"""`mulin explain` and `mulin report`: why a plan is as it is, and who got how much of it."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from cli.explaining_words import (
    FULL,
    NOBODY,
    NOTHING_FOUND,
    ON_SHIFT,
    change_words,
    difference_words,
    give_up_words,
    parts_words,
    remedy_words,
)
from cli.report_words import report_lines
from cli.solving_files import (
    load_plan,
    load_plan_tables,
    load_problem,
    refuse_same_input,
    say,
)
from cli.solving_options import LanguageOption, PlanFile, ProblemFile, asked_language, unknown
from cli.solving_tables import load_problem_to_check
from cli.solving_words import reason_words, violation_line
from cli.words import Language, Phrase
from matcher.check import check_assignments
from matcher.explain import obstacles_of, unfilled
from matcher.explaining.answers import Difference, Effort, Impossible
from matcher.explaining.person import next_in_line, why_not, why_this
from matcher.lookup import Lookup
from matcher.plan import Plan, Reason
from matcher.problem import Line, Problem
from matcher.report import report, report_of_tables
from matcher.violation import Violation

if TYPE_CHECKING:
    from matcher.tables import Tables
    from matcher.tables.plans import PlanTables

EXIT_BROKEN = 1
SECONDS = 20.0
NAMES_APART = "/"

Seconds = Annotated[float, typer.Option(min=0, help="How long to look for what would help.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("explain")(explain_file)
    app.command("report")(report_file)


def explain_file(
    problem_file: ProblemFile,
    plan_file: PlanFile,
    shift: Annotated[str | None, typer.Option(help="Only this shift.")] = None,
    role: Annotated[str | None, typer.Option(help="Only this role.")] = None,
    volunteer: Annotated[str | None, typer.Option(help="Why not this person.")] = None,
    seat: Annotated[
        str | None, typer.Option(metavar="SHIFT/ROLE", help="What would fill this seat.")
    ] = None,
    changes: Annotated[
        bool, typer.Option("--changes", help="What would fill each open seat.")
    ] = False,
    trade_off: Annotated[
        bool, typer.Option("--trade-off", help="What one more filled seat would cost.")
    ] = False,
    is_report: Annotated[
        bool, typer.Option("--report", help="Who got how much, as `mulin report`.")
    ] = False,
    seconds: Seconds = SECONDS,
    language: LanguageOption = None,
) -> None:
    """Say why seats stayed open and what would fill them, or why somebody is not there. 说明"""
    reader = asked_language(language)
    refuse_same_input(problem_file, plan_file, reader)
    problem, plan = load_problem(problem_file, reader), load_plan(plan_file, reader)
    if seat is not None:
        shift, role = _seat_named(seat, problem, reader)
    _refuse_unknown(problem, plan, shift, role, volunteer, reader)
    _refuse_broken(problem, plan, reader)
    if volunteer is not None:
        _explain_person(problem, plan, volunteer, shift, role, seconds, reader)
    elif trade_off:
        _explain_trade_off(problem, plan, seconds, reader)
    elif is_report:
        _say_report(problem, plan, reader)
    else:
        is_asked = changes or seat is not None
        _explain_seats(problem, plan, shift, role, seconds if is_asked else None, reader)


def report_file(
    problem_file: ProblemFile, plan_file: PlanFile, language: LanguageOption = None
) -> None:
    """Show offers and hours before and after, by age, place and newcomers. 分布"""
    reader = asked_language(language)
    refuse_same_input(problem_file, plan_file, reader)
    problem = load_problem_to_check(problem_file, reader)
    if not isinstance(problem, Problem):
        _say_report_of_tables(problem, load_plan_tables(plan_file, reader), reader)
        return
    plan = load_plan(plan_file, reader)
    _refuse_unknown(problem, plan, None, None, None, reader)
    _say_report(problem, plan, reader)


def _say_report_of_tables(tables: "Tables", plan: "PlanTables", language: Language) -> None:
    """The report of a large problem, counted over columns."""
    from matcher.tables.check_plan import CheckedPlan

    checked = CheckedPlan(tables, plan)
    strange = ((checked.person < 0) | (checked.role < 0)).nonzero()[0].tolist()
    for row in strange[:1]:
        ids = (plan.volunteer, plan.shift, plan.role)
        raise unknown(NAMES_APART.join(str(each[row]) for each in ids), language)
    for line in report_lines(report_of_tables(tables, checked.assignments), language):
        say(line)


def _say_report(problem: Problem, plan: Plan, language: Language) -> None:
    for line in report_lines(report(problem, plan.assignments), language):
        say(line)


def _explain_seats(
    problem: Problem,
    plan: Plan,
    shift: str | None,
    role: str | None,
    seconds: float | None,
    language: Language,
) -> None:
    """The counts of each open seat, and within `seconds` for all of them what would fill it."""
    rows = unfilled(problem, plan.assignments, optimal=plan.status == "optimal", reasons=True)
    rows = tuple(row for row in rows if shift in (None, row.shift) and role in (None, row.role))
    ends = time.monotonic() + (seconds or 0)
    for place, row in enumerate(rows):
        head = Phrase(
            f"{row.shift} 的 {row.role} 还缺 {row.missing} 人：",
            f"{row.role} on {row.shift} lacks {row.missing}: ",
        )
        reasons = (row.reasons or {}).items()
        words = [f"{count} {reason_words(reason, language)}" for reason, count in reasons]
        say(head.in_language(language) + Phrase("，", ", ").in_language(language).join(words))
        if seconds is not None:
            share = (ends - time.monotonic()) / (len(rows) - place)
            _say_changes(problem, plan, (row.shift, row.role), share, language)
    if not rows:
        say(Phrase("这里没有空位。", "No seat is open here.").in_language(language))


def _say_changes(
    problem: Problem, plan: Plan, key: tuple[str, str], seconds: float, language: Language
) -> None:
    # The solvers take seconds to load; only who asks for them waits.
    from matcher.explaining.seats import open_seat

    effort = Effort(max(0.0, seconds), time.monotonic)
    found = open_seat(problem, plan.assignments, *key, effort)
    if found is None:
        return
    for each in found.remedies:
        words = remedy_words(each.change, is_cheapest=each.is_cheapest, problem=problem)
        say(words.in_language(language))
    if not found.remedies:
        say((NOBODY if found.is_settled else NOTHING_FOUND).in_language(language))


def _explain_trade_off(problem: Problem, plan: Plan, seconds: float, language: Language) -> None:
    from matcher.explaining.trade_off import trade_off

    found = trade_off(problem, plan.assignments, Effort(seconds, time.monotonic))
    say(
        Phrase(
            "每补一个空位，三层得分的变化（缺额 / 空位 / 代价），从最省起：",
            "What filling one more seat changes (shortfall / open / cost), the least first:",
        ).in_language(language)
    )
    for price in found.seats:
        shift, role = price.key
        if isinstance(price.difference, Difference):
            lost = ", ".join("/".join(key) for key, _ in price.difference.given_up)
            words = difference_words(price.difference)
            gone = Phrase(f"，让出 {lost}", f", leaving {lost}") if lost else Phrase("", "")
            said = Phrase(words.zh + gone.zh, words.en + gone.en)
        elif isinstance(price.difference, Impossible):
            said = Phrase("无法补上", "nobody can")
        else:
            said = Phrase("时间不够，未知", "not known: the time ran out")
        say(f"  {shift}{NAMES_APART}{role}: {said.in_language(language)}")
    if not found.is_whole:
        say(
            Phrase("  其余空位未问", "  the other seats were not asked about").in_language(language)
        )


def _explain_person(
    problem: Problem,
    plan: Plan,
    volunteer: str,
    shift: str | None,
    role: str | None,
    seconds: float,
    language: Language,
) -> None:
    """The first obstacle on every shift; of one shift also what is in the way and would help."""
    obstacles = obstacles_of(problem, plan.assignments, volunteer)
    for (at, seat), first in obstacles.items():
        if shift in (None, at) and role in (None, seat):
            line = Line(volunteer, at, seat)
            words = [_first_obstacle(problem, plan, line, first, language)]
            if shift is not None and first is not None:
                broken = _more_broken(problem, plan, line)
                words += [violation_line(each, language) for each in broken]
            say(f"{at} · {seat}: " + "; ".join(words))
            if shift is not None and first is not None:
                _say_what_would_help(problem, plan, line, language)
            if shift is not None and line in plan.assignments:
                _say_why_this(problem, plan, line, seconds, language)


def _say_what_would_help(problem: Problem, plan: Plan, line: Line, language: Language) -> None:
    found = why_not(problem, plan.assignments, line)
    said = [change_words(each, problem) for each in found.changes]
    if found.limit is not None:
        said.append(change_words(found.limit, problem))
    if found.reason != "forbidden":
        said.append(give_up_words(found.give_up))
    for words in said:
        if words.en:
            say("  → " + words.in_language(language))


def _say_why_this(
    problem: Problem, plan: Plan, line: Line, seconds: float, language: Language
) -> None:
    from matcher.explaining.instead import without

    found = why_this(problem, plan.assignments, line)
    say("  " + parts_words(found).in_language(language))
    if found.is_fixed:
        say(Phrase("  此前已答应，不由编排决定", "  promised before").in_language(language))
        return
    for other, more in next_in_line(problem, plan.assignments, line):
        said = Phrase(
            f"  其余不动，换 {other.volunteer} 多 {more}",
            f"  all else as it is, {other.volunteer} costs {more} more",
        )
        say(said.in_language(language))
    instead = without(problem, plan.assignments, line, Effort(seconds, time.monotonic))
    if instead is None:
        unknown_ = Phrase("  没有此人的最好方案：时间不够", "  without them: the time ran out")
        say(unknown_.in_language(language))
        return
    words = difference_words(instead)
    said = Phrase(
        f"  若此人不在这一班，三层得分变化 {words.zh}",
        f"  without them here the three levels change by {words.en}",
    )
    say(said.in_language(language))


def _first_obstacle(
    problem: Problem, plan: Plan, line: Line, first: Reason | None, language: Language
) -> str:
    if first is None:
        return ON_SHIFT.in_language(language)
    people = sum(
        1 for each in plan.assignments if (each.shift, each.role) == (line.shift, line.role)
    )
    if first == "free" and people >= Lookup(problem).roles[line.shift, line.role].max:
        return FULL.in_language(language)
    return reason_words(first, language)


def _more_broken(problem: Problem, plan: Plan, line: Line) -> list[Violation]:
    before = {(each.rule, each.message) for each in check_assignments(problem, plan.assignments)}
    after = check_assignments(problem, (*plan.assignments, line))
    return [each for each in after if (each.rule, each.message) not in before]


def _seat_named(seat: str, problem: Problem, language: Language) -> tuple[str, str]:
    """The shift and role in `SHIFT/ROLE`; an id may hold the sign itself."""
    for shift, role in Lookup(problem).roles:
        if f"{shift}{NAMES_APART}{role}" == seat:
            return shift, role
    raise unknown(seat, language)


def _refuse_broken(problem: Problem, plan: Plan, language: Language) -> None:
    """Reasons are those of a valid plan; of another there is nothing to say but what it breaks."""
    broken = check_assignments(problem, plan.assignments)
    if broken:
        for each in broken:
            say(violation_line(each, language), err=True)
        said = Phrase(
            "方案违反规则，先用 mulin check 核对", "the plan breaks rules: see mulin check first"
        )
        say(said.in_language(language), err=True)
        raise typer.Exit(EXIT_BROKEN)


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
            raise unknown(f"{line.volunteer} · {line.shift} · {line.role}", language)
    if shift is not None and shift not in lookup.shifts:
        raise unknown(shift, language)
    if volunteer is not None and volunteer not in lookup.volunteers:
        raise unknown(volunteer, language)
    if role is not None and role not in {seat for _, seat in lookup.roles}:
        raise unknown(role, language)
