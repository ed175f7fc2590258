"""How a solve is shown while it runs: a bar, lines of JSON, or nothing."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from types import FrameType
from typing import TYPE_CHECKING

from cli.solving_words import STAGES
from cli.words import Language, Phrase
from matcher.plan import Score

if TYPE_CHECKING:
    from matcher.solve import Progress


class ProgressKind(StrEnum):
    """What is written to standard error while solving."""

    BAR = "bar"
    JSON = "json"
    NONE = "none"


@contextmanager
def shown(kind: ProgressKind, language: Language) -> "Iterator[Callable[[Progress], None] | None]":
    """What to tell progress to."""
    if kind is ProgressKind.NONE:
        yield None
    elif kind is ProgressKind.JSON:
        yield _print_json
    else:
        with _bar(language) as tell:
            yield tell


def _print_json(progress: "Progress") -> None:
    sys.stderr.write(json.dumps(asdict(progress)) + "\n")
    sys.stderr.flush()


@contextmanager
def _bar(language: Language) -> "Iterator[Callable[[Progress], None]]":
    # The terminal library takes a while to load, and only a bar needs it.
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.fields[stage]}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[standing]}"),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        row = bar.add_task("", total=1.0, stage="", standing="")

        def tell(progress: "Progress") -> None:
            stage = STAGES[progress.stage].in_language(language)
            standing = _standing(progress.score, progress.bound, language)
            bar.update(row, completed=progress.fraction, stage=stage, standing=standing)

        yield tell


def _standing(score: Score, bound: Score, language: Language) -> str:
    said, proven = score_words(score), score_words(bound)
    return Phrase(f"得分 {said} · 界 {proven}", f"score {said} · bound {proven}").in_language(
        language
    )


def score_words(score: Score) -> str:
    """The three levels, first to last."""
    return f"{score.shortfall} / {score.open} / {score.cost}"


@contextmanager
def cancelled_by_interrupt() -> Iterator[Callable[[], bool]]:
    """Ctrl-C once asks for the best so far; twice ends the command."""
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)
