"""Folders that embedded servers can live in."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def passable_folder() -> Iterator[Path]:
    """An empty folder with a short name that other accounts can pass through.

    pytest's own are neither: under root, PostgreSQL's account could not get in.
    """
    folder = Path(tempfile.mkdtemp(prefix="mulin-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)  # After a failure something may still write there.


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with passable_folder() as folder:
        yield folder
