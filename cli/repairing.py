"""`mulin repair`: mend a plan after somebody dropped out, a shift moved or claims came in."""

import time
from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, NoReturn

import typer

from cli.repairing_words import ADDED, LACKS, REMOVED, quality
from cli.solving_files import (
    EXIT_UNREADABLE,
    load_plan,
    load_problem,
    refuse_same_input,
    refuse_unwritable,
    say,
    write_json,
)
from cli.solving_options import LanguageOption, PlanFile, ProblemFile, asked_language
from cli.solving_progress import cancelled_by_interrupt, score_words
from cli.solving_words import defect_line, violation_line
from cli.words import Language, Phrase
from matcher.codec import write_plan, write_problem
from matcher.explain import unfilled
from matcher.plan import BoundFrom, Plan, Score
from matcher.problem import Line, Problem
from matcher.repair import (
    CallOff,
    Change,
    ChangeRefused,
    Claim,
    DropOut,
    MoveShift,
    PlanBroken,
    Repaired,
    SetSeats,
)
from matcher.times import TimeRefused, read_time

EXIT_REFUSED = 1
SEPARATOR = "@"
NONE: list[str] = []
"""Nothing of the kind happened. Never written to."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("repair")(repair_file)


def repair_file(
    problem_file: ProblemFile,
    plan_file: PlanFile,
    drop: Annotated[
        list[str], typer.Option(help="Who cannot come: VOLUNTEER, or VOLUNTEER@SHIFT.")
    ] = NONE,
    claim: Annotated[
        list[str], typer.Option(help="Who was promised a seat: VOLUNTEER@SHIFT@ROLE.")
    ] = NONE,
    move: Annotated[
        list[str], typer.Option(help="A shift at another time: SHIFT@START/END.")
    ] = NONE,
    call_off: Annotated[list[str], typer.Option(help="A shift that is off.")] = NONE,
    seats: Annotated[
        list[str], typer.Option(help="Other numbers of a role: SHIFT@ROLE@MIN-MAX.")
    ] = NONE,
    free: Annotated[int, typer.Option(min=0, help="How many others may lose a line.")] = 2,
    output: Annotated[str, typer.Option("--output", "-o", help="Where the plan goes.")] = "-",
    problem_output: Annotated[
        str | None, typer.Option(help="Where the changed problem goes, for check and explain.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, help="How long to look.")] = 20.0,
    language: LanguageOption = None,
) -> None:
    """Mend a plan: whoever is not touched keeps every line, but for a few. 修补"""
    # The solvers take seconds to load; nothing but this command needs them.
    from matcher.repair.repair import repair
    from matcher.solve import SolveParams

    reader = asked_language(language)
    refuse_same_input(problem_file, plan_file, reader)
    for name in (output, problem_output):
        if name is not None:
            refuse_unwritable(name, reader)
    problem, plan = load_problem(problem_file, reader), load_plan(plan_file, reader)
    changes = _changes(problem, drop, claim, move, call_off, seats, reader)
    params = SolveParams(seconds=seconds, clock=time.monotonic)
    started = time.monotonic()
    with cancelled_by_interrupt() as cancelled:
        try:
            found = repair(
                problem,
                plan.assignments,
                changes,
                params,
                freed_most=free,
                proven=plan.bound,
                cancelled=cancelled,
            )
        except (ChangeRefused, PlanBroken) as refused:
            _refuse(refused, reader)
    mended = _plan(found, time.monotonic() - started)
    write_json(output, write_plan(mended), reader)
    if problem_output is not None:
        write_json(problem_output, write_problem(found.problem), reader)
    _tell(found, free, reader)


def _changes(
    problem: Problem,
    drop: Sequence[str],
    claim: Sequence[str],
    move: Sequence[str],
    call_off: Sequence[str],
    seats: Sequence[str],
    language: Language,
) -> list[Change]:
    """What happened first comes first: who is gone, what moved, and then who was promised what."""
    people = {each.id for each in problem.volunteers}
    shifts = {each.id for each in problem.shifts}
    roles = {role.id for each in problem.shifts for role in each.roles}
    found: list[Change] = []
    for text in drop:
        parts = (text,) if text in people else _split(text, 2, people, shifts, language)
        found.append(DropOut(*parts))
    found += [CallOff(text) for text in call_off]
    for text in move:
        shift, times = _split(text, 2, shifts, None, language)
        found.append(MoveShift(shift, *_times(times, language)))
    for text in seats:
        shift, role, numbers = _split(text, 3, shifts, roles, language)
        found.append(SetSeats(shift, role, *_numbers(numbers, language)))
    for text in claim:
        found.append(Claim(Line(*_split(text, 3, people, shifts, language))))
    return found


def _split(
    text: str, count: int, first: set[str], second: set[str] | None, language: Language
) -> tuple[str, ...]:
    """The parts between separators; an id that holds one itself is found among those that exist."""
    pieces = text.split(SEPARATOR)
    if len(pieces) < count:
        _say_refused(
            f"“{text}”应有 {count} 个部分，以 @ 分开",
            f"{text}: {count} parts, with @ between them",
            language,
        )
    ways = [
        tuple(
            SEPARATOR.join(pieces[start:end])
            for start, end in zip((0, *cuts), (*cuts, len(pieces)), strict=True)
        )
        for cuts in combinations(range(1, len(pieces)), count - 1)
    ]
    known = (way for way in ways if way[0] in first and (second is None or way[1] in second))
    # Where nothing is known the repair itself says which id there is none of.
    return next(known, ways[0])


def _times(text: str, language: Language) -> tuple[int, int]:
    start, _, end = text.partition("/")
    try:
        return read_time(start)[0], read_time(end)[0]
    except TimeRefused:
        _say_refused(
            f"“{text}”应为 开始/结束，ISO 8601 整分钟并带时区偏移",
            f"{text}: START/END in ISO 8601, whole minutes, with offsets",
            language,
        )


def _numbers(text: str, language: Language) -> tuple[int, int]:
    least, _, most = text.partition("-")
    if not (least.isdecimal() and most.isdecimal()):
        _say_refused(f"“{text}”应为 最少-最多", f"{text}: MIN-MAX", language)
    return int(least), int(most)


def _say_refused(zh: str, en: str, language: Language) -> NoReturn:
    say(Phrase(zh, en).in_language(language), err=True)
    raise typer.Exit(EXIT_UNREADABLE)


def _refuse(refused: ChangeRefused | PlanBroken, language: Language) -> NoReturn:
    if isinstance(refused, PlanBroken):
        head = Phrase("方案在改动之前就无效：", "the plan was not valid before the changes:")
        told = [violation_line(each, language) for each in refused.violations]
    else:
        head = Phrase("这些改动不能成立：", "these changes cannot be:")
        told = [defect_line(each, language) for each in refused.defects]
    for line in (head.in_language(language), *told):
        say(line, err=True)
    raise typer.Exit(EXIT_REFUSED)


def _plan(found: Repaired, seconds: float) -> Plan:
    """The mended lines as a plan. What is proven of repairs is not proven of all plans."""
    bound = Score(0, 0, 0)
    is_optimal = found.score == bound
    return Plan(
        assignments=found.assignments,
        score=found.score,
        bound=bound,
        bound_from=BoundFrom(),
        status="optimal" if is_optimal else "feasible",
        seconds=round(seconds, 3),
        unfilled=unfilled(found.problem, found.assignments, optimal=is_optimal),
    )


def _tell(found: Repaired, freed_most: int, language: Language) -> None:
    told = [
        f"- {_line(each.line)}: {REMOVED[each.reason].in_language(language)}"
        for each in found.removed
    ]
    told += [
        f"+ {_line(each.line)}: {ADDED[each.reason].in_language(language)}" for each in found.added
    ]
    for short in found.short:
        words = "，".join(LACKS[code].zh for code in short.lacks)
        english = ", ".join(LACKS[code].en for code in short.lacks)
        phrase = Phrase(f"! {short.shift}：仍缺{words}", f"! {short.shift} still lacks {english}")
        told.append(phrase.in_language(language))
    count = len(found.freed)
    told.append(
        Phrase(
            f"调动 {count} 人，得分 {score_words(found.score)}。",
            f"{count} freed, score {score_words(found.score)}.",
        ).in_language(language)
    )
    told.append(quality(found, freed_most).in_language(language))
    for line in told:
        say(line, err=True)


def _line(line: Line) -> str:
    return f"{line.volunteer} · {line.shift} · {line.role}"
