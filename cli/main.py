"""The `mulin` command: subcommands, and refusals told in one sentence."""

import sys
from typing import NoReturn

import typer

from cli import auditing, founding, importing, keys, repairing, retention, running, solving
from cli.environment import inherited_environment
from cli.keyring import NO_KEYS
from cli.words import HouseRefused, Phrase, language_of
from services.settings import SettingsRefused
from services.vault import KeysMissing

EXIT_REFUSED = 1

app = typer.Typer(
    name="mulin",
    help="睦邻 Mulin finds young volunteers, calls them, and makes what they give count.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
running.register(app)
founding.register(app)
auditing.register(app)
keys.register(app)
retention.register(app)
importing.register(app)
solving.register(app)
repairing.register(app)


def main() -> NoReturn:
    """Run the command line; a refusal becomes one sentence on standard error and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character gets a mark instead of a crash.
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="mulin")
    except HouseRefused as refusal:
        _refuse(refusal.phrase)
    except KeysMissing:
        _refuse(NO_KEYS)
    except SettingsRefused as refusal:
        _refuse(Phrase(f"设置有误：{refusal}", f"A setting cannot be used: {refusal}"))
    raise SystemExit(0)


def _refuse(phrase: Phrase) -> NoReturn:
    typer.echo(phrase.in_language(language_of(inherited_environment())), err=True)
    raise SystemExit(EXIT_REFUSED)
