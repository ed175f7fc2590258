"""`mulin import`: a file looked at row by row, and stored whole or not at all."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.environment import inherited_environment
from cli.running import reachable_settings
from cli.words import language_of

EXIT_REFUSED = 1


class Kind(StrEnum):
    """What a file can hold."""

    PROBLEM = "problem"
    PEOPLE = "people"
    SHIFTS = "shifts"
    TAGS = "tags"


class SheetKind(StrEnum):
    """What has a template."""

    PEOPLE = "people"
    SHIFTS = "shifts"
    TAGS = "tags"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("import")(import_file)
    app.command("template")(template)


def import_file(
    file: Annotated[Path, typer.Argument(help="A problem (JSON) or a sheet (CSV, .xlsx).")],
    kind: Annotated[Kind, typer.Option(help="What the file holds.")],
    organisation: Annotated[str, typer.Option(help="Into which one: its name or id.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Store without asking.")] = False,
) -> None:
    """Bring in people, shifts, tags or a whole problem, with a report per row. 导入"""
    # Here and below: the tables and the spreadsheet library, of which other commands have no need.
    from cli.import_report import run_import

    language = language_of(inherited_environment())
    settings = reachable_settings()
    stored = run_import(
        file, kind.value, organisation, settings, language, dry_run=dry_run, yes=yes
    )
    if not stored:
        raise typer.Exit(EXIT_REFUSED)


def template(
    kind: Annotated[SheetKind, typer.Argument(help="What the sheet is for.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the .xlsx.")],
) -> None:
    """Write an empty sheet to fill in. 导入模板"""
    from services.imports import ImportKind, workbook_template

    language = language_of(inherited_environment())
    output.write_bytes(workbook_template(ImportKind(kind), "en" if language == "en" else "zh"))
    typer.echo(str(output))
