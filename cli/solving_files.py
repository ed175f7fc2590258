"""Problems and plans from files or standard input, and plans to files, with refusals in words."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import typer

from cli.solving_words import defect_line
from cli.words import Language, Phrase
from matcher.codec import LIMIT_BYTES, read_plan, read_problem
from matcher.defects import PlanRefused, ProblemRefused, Refused
from matcher.plan import Plan
from matcher.problem import Problem

EXIT_UNREADABLE = 2

STANDARD = "-"


def load_problem(name: str, language: Language) -> Problem:
    """The problem in the file, or an end to the command with every defect named."""
    try:
        return read_problem(read_bytes(name, language))
    except ProblemRefused as refused:
        raise refuse(name, refused, language) from None


def load_plan(name: str, language: Language) -> Plan:
    """The plan in the file, or an end to the command with every defect named."""
    try:
        return read_plan(read_bytes(name, language))
    except PlanRefused as refused:
        raise refuse(name, refused, language) from None


def read_bytes(name: str, language: Language) -> bytes:
    """The file's bytes; no more than one above the limit, whatever its size."""
    try:
        if name == STANDARD:
            return sys.stdin.buffer.read(LIMIT_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise _file_refused(name, error, language) from None


def refuse(name: str, refused: Refused, language: Language) -> typer.Exit:
    """Tell what is wrong with the file, one line for each defect."""
    head = Phrase(f"{name}：无法使用", f"{name} cannot be used").in_language(language)
    typer.echo(head, err=True)
    for defect in refused.defects:
        typer.echo(defect_line(defect, language), err=True)
    return typer.Exit(EXIT_UNREADABLE)


def say_defects(refused: Refused, language: Language) -> None:
    """The defects of a plan, as violations of its format."""
    for defect in refused.defects:
        typer.echo(f"format {defect_line(defect, language)}")


def write_json(name: str, value: dict[str, Any], language: Language) -> None:
    """Write the value to a file, whole or not at all, or to standard output."""
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    if name == STANDARD:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    try:
        _replace(Path(name), text)
    except OSError as error:
        raise _file_refused(name, error, language) from None


def _replace(path: Path, text: str) -> None:
    if path.exists() and not path.is_file():
        # A pipe or a device: it is written to, not put in another's place.
        path.write_text(text, "utf-8")
        return
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    temporary = Path(file.name)
    temporary.chmod(0o666 & ~_mask())
    temporary.replace(path)


def _mask() -> int:
    """The permissions that new files of this process do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _file_refused(name: str, error: OSError, language: Language) -> typer.Exit:
    why = error.strerror or str(error)
    phrase = Phrase(f"{name}：{why}", f"{name}: {why}")
    typer.echo(phrase.in_language(language), err=True)
    return typer.Exit(EXIT_UNREADABLE)
