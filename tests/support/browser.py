"""A real Chromium for the tests that are marked `browser`."""

import shutil
from pathlib import Path

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # Tests in a container run as root.
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"


def chromium_program() -> str:
    """Where Chromium is; skips the test, by name, on a machine that has none."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine")


def artefact(name: str) -> Path:
    """Where a test leaves something to look at, a screenshot say."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS / name
