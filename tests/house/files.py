"""The files of the project, as committed or about to be."""

import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".data", "build", "artefacts", "__pycache__"}


def committed_files(*patterns: str) -> list[Path]:
    """Files that match one of the patterns: those git knows, or all where there is no git."""
    names = _known_to_git()
    files = names if names is not None else _all_files()
    return [
        path
        for path in files
        if path.is_file() and any(path.match(pattern) for pattern in patterns)
    ]


def _known_to_git() -> list[Path] | None:
    try:
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={CHECKOUT}", "ls-files", "-z"],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return [CHECKOUT / name for name in listed.split("\0") if name]


def _all_files() -> list[Path]:
    return [
        path
        for path in sorted(CHECKOUT.rglob("*"))
        if not any(
            part in NOT_OURS or part.startswith(".venv")
            for part in path.relative_to(CHECKOUT).parts
        )
    ]
