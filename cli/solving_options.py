"""What the commands on problem and plan files have in common on their command lines."""

from typing import Annotated

import typer

from cli.environment import inherited_environment
from cli.solving_files import EXIT_UNREADABLE, say
from cli.words import Language, Phrase, language_of

ProblemFile = Annotated[str, typer.Argument(help="A problem: JSON, a folder, or - (stdin).")]
PlanFile = Annotated[str, typer.Argument(help="A plan: JSON, a folder, or - (stdin).")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="zh or en; else by LANG.")]


def asked_language(asked: str | None) -> Language:
    """The language of the option, else of the environment."""
    if asked is None:
        return language_of(inherited_environment())
    if asked == "zh":
        return "zh"
    if asked == "en":
        return "en"
    raise typer.BadParameter("zh | en", param_hint="--language")


def unknown(name: str, language: Language) -> typer.Exit:
    """The end of a command that names what the problem does not have."""
    said = Phrase(f"问题中没有 {name}", f"the problem has no {name}")
    say(said.in_language(language), err=True)
    return typer.Exit(EXIT_UNREADABLE)
