"""Problems and plans from files or standard input, and plans to files, with refusals in words."""

import errno
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

from cli.solving_words import defect_line, visible
from cli.words import Language, Phrase
from matcher.codec import LIMIT_BYTES, read_plan, read_problem
from matcher.defects import PlanRefused, ProblemRefused, Refused
from matcher.plan import Plan
from matcher.problem import Problem

if TYPE_CHECKING:
    from matcher.tables import Tables
    from matcher.tables.plans import PlanTables

EXIT_UNREADABLE = 2

OBJECTS_PEOPLE_MOST = 200_000
OBJECTS_SHIFTS_MOST = 20_000
"""So many people and shifts are explained and mended: as objects they take gigabytes."""

STANDARD = "-"
STANDARD_INPUT = Phrase("标准输入", "standard input")
STANDARD_OUTPUT = Phrase("标准输出", "standard output")


def load_problem(name: str, language: Language) -> Problem:
    """The problem in the file or folder, or an end to the command with every defect named."""
    if is_folder(name):
        from matcher.tables.to_problem import problem_of

        tables = load_tables(name, language)
        _refuse_too_many(name, tables, language)
        return problem_of(tables)
    try:
        return read_problem(read_bytes(name, language))
    except ProblemRefused as refused:
        raise refuse(name, refused, language) from None


def load_plan(name: str, language: Language) -> Plan:
    """The plan in the file or folder, or an end to the command with every defect named."""
    if is_folder(name):
        from matcher.tables.plans import plan_of

        return plan_of(load_plan_tables(name, language))
    try:
        return read_plan(read_bytes(name, language))
    except PlanRefused as refused:
        raise refuse(name, refused, language) from None


def is_folder(name: str) -> bool:
    """Whether the name means a folder of tables that is there."""
    return name != STANDARD and Path(name).is_dir()


def load_tables(name: str, language: Language) -> "Tables":
    """The problem in the folder, or an end to the command with every defect named."""
    # Arrow takes a while to load, and most commands read JSON.
    from matcher.tables.parquet.reading import read_tables

    try:
        return read_tables(Path(name))
    except ProblemRefused as refused:
        raise refuse(name, refused, language) from None
    except OSError as error:
        raise file_refused(name, error, language) from None


def load_plan_tables(name: str, language: Language) -> "PlanTables":
    """The plan in the file or folder, or an end to the command with every defect named."""
    from matcher.tables.parquet.plans import read_plan_tables
    from matcher.tables.plans import plan_tables_of

    try:
        if is_folder(name):
            return read_plan_tables(Path(name))
        return plan_tables_of(read_plan(read_bytes(name, language)))
    except PlanRefused as refused:
        raise refuse(name, refused, language) from None
    except OSError as error:
        raise file_refused(name, error, language) from None


def read_bytes(name: str, language: Language) -> bytes:
    """The file's bytes; no more than one above the limit, whatever its size."""
    try:
        if name == STANDARD:
            return _standard(sys.stdin).buffer.read(LIMIT_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise file_refused(name, error, language) from None


def refuse(name: str, refused: Refused, language: Language) -> typer.Exit:
    """Tell what is wrong with the file, one line for each defect."""
    name = _name(name, STANDARD_INPUT, language)
    say(Phrase(f"{name}：无法使用", f"{name} cannot be used").in_language(language), err=True)
    for defect in refused.defects:
        say(defect_line(defect, language), err=True)
    return typer.Exit(EXIT_UNREADABLE)


def say_defects(refused: Refused, language: Language) -> None:
    """The defects of a plan, as violations of its format."""
    for defect in refused.defects:
        say(f"format {defect_line(defect, language)}")


def say(text: str, *, err: bool = False) -> None:
    """One line to standard output, or to standard error."""
    try:
        typer.echo(visible(text), err=err)
    except BrokenPipeError:
        raise  # Who asked has heard enough; the command ends without a word.
    except OSError as error:
        if not err:
            why = error.strerror or str(error)
            say(f"{STANDARD_OUTPUT.in_language('both')}: {why}", err=True)
        raise typer.Exit(EXIT_UNREADABLE) from None


def _refuse_too_many(name: str, tables: "Tables", language: Language) -> None:
    """End a command that holds everybody as an object, before it works without end."""
    people, shifts = len(tables.people), len(tables.shifts)
    if people > OBJECTS_PEOPLE_MOST or shifts > OBJECTS_SHIFTS_MOST:
        words = Phrase(
            f"{name}：有 {people:,} 人、{shifts:,} 个班次，这条命令至多 "
            f"{OBJECTS_PEOPLE_MOST:,} 人、{OBJECTS_SHIFTS_MOST:,} 个班次",
            f"{name}: {people:,} people and {shifts:,} shifts; this command is for at most "
            f"{OBJECTS_PEOPLE_MOST:,} and {OBJECTS_SHIFTS_MOST:,}",
        )
        say(words.in_language(language), err=True)
        raise typer.Exit(EXIT_UNREADABLE)


def refuse_same_input(one: str, two: str, language: Language) -> None:
    """Standard input can be read once only."""
    if one == two == STANDARD:
        twice = Phrase("标准输入只能读一次", "standard input can be read only once")
        say(twice.in_language(language), err=True)
        raise typer.Exit(EXIT_UNREADABLE)


def refuse_unwritable(name: str, language: Language) -> None:
    """End the command before any work if its result could not be written."""
    try:
        if name == STANDARD:
            _standard(sys.stdout)
            return
        path = _target(name)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not _is_device(path):
            with tempfile.TemporaryFile(dir=path.parent):
                return
    except OSError as error:
        raise file_refused(name, error, language, STANDARD_OUTPUT) from None


def write_json(
    name: str, value: dict[str, Any], language: Language, *, indent: int | None = 1
) -> None:
    """Write the value to a file, whole or not at all, or to standard output."""
    text = json.dumps(value, ensure_ascii=False, indent=indent) + "\n"
    try:
        if name == STANDARD:
            _standard(sys.stdout).buffer.write(text.encode())
            sys.stdout.buffer.flush()
        else:
            _replace(_target(name), text)
    except BrokenPipeError:
        raise  # As in `say`.
    except OSError as error:
        raise file_refused(name, error, language, STANDARD_OUTPUT) from None


def _standard(stream: TextIO | None) -> TextIO:
    # Python has none where the caller closed it.
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return stream


def _target(name: str) -> Path:
    """The file that is meant, also behind a link: the link stays what it is."""
    if not name:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    path = Path(name)
    return path if _is_device(path) else Path(os.path.realpath(path))


def _is_device(path: Path) -> bool:
    """A pipe or a device: it is written to, not put in another's place."""
    return path.exists() and not path.is_file()


def _replace(path: Path, text: str) -> None:
    if _is_device(path):
        path.write_text(text, "utf-8")
        return
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        temporary = Path(file.name)
        try:
            file.write(text)
            file.flush()
            temporary.chmod(0o666 & ~file_mode_mask())
            temporary.replace(path)
        except OSError:
            temporary.unlink()
            raise


def file_mode_mask() -> int:
    """The permissions that new files of this process do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _name(name: str, standard: Phrase, language: Language) -> str:
    return standard.in_language(language) if name == STANDARD else name


def file_refused(
    name: str, error: OSError, language: Language, standard: Phrase = STANDARD_INPUT
) -> typer.Exit:
    """Tell why the file cannot be read or written."""
    why, name = error.strerror or str(error), _name(name, standard, language)
    say(Phrase(f"{name}：{why}", f"{name}: {why}").in_language(language), err=True)
    return typer.Exit(EXIT_UNREADABLE)
