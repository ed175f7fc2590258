"""Estimates size waves and stand-bys. Whoever offers, ranks or refuses an ordinary shift never
reads them: what is not imported is not used."""

import re

from tests.house.files import CHECKOUT, committed_files

READERS = {
    "api/routes/notifications.py",  # shown to the person
    "api/pages/me.py",
    "tests/services/test_estimates.py",
    "tests/house/test_estimates.py",
}
"""The wave of a call-up joins them when there is one. The matcher, claims, waiting lists, rounds
and whoever could stand in never do."""


def test_only_those_who_may_know_estimates_import_them() -> None:
    naming = re.compile(
        r"^\s*(from services import [^\n]*\bestimates\b|from services\.estimates|"
        r"import services\.estimates|    estimates,$)",
        re.MULTILINE,
    )
    found = {
        str(path.relative_to(CHECKOUT))
        for path in committed_files("*.py")
        if naming.search(path.read_text(encoding="utf-8"))
    }
    assert found <= READERS


def test_no_statement_reads_around_them() -> None:
    """The matcher knows of no such thing at all."""
    words = re.compile(r"show_up|answering_rate|coming_rate|reliability", re.IGNORECASE)
    for path in committed_files("matcher/*.py"):
        assert not words.search(path.read_text(encoding="utf-8")), path
