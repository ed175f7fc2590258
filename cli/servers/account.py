"""The account that the embedded servers run under, and what it can reach."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

NOBODY = 65534  # `nobody` on every Linux: exists without being made, owns nothing.


class ProcessOptions(TypedDict, total=False):
    """Arguments of `subprocess.Popen` that change the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs a server. PostgreSQL refuses to run as root; root hands it to nobody's account."""

    user: int
    group: int
    changes: bool

    def process_options(self) -> ProcessOptions:
        """What to pass to `subprocess` so that the process runs under this account."""
        if not self.changes:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def can_run(self, program: Path) -> bool:
        """Whether this account can really start the program: asked by starting it."""
        try:
            asked = subprocess.run(
                [str(program), "--version"],
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=30,
                **self.process_options(),
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return asked.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can go through every folder on the way to this one."""
        if not self.changes:
            return os.access(folder, os.X_OK)
        try:
            # Not by `cwd=`: the child goes there while it is still root.
            asked = subprocess.run(
                ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=30,
                **self.process_options(),
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return asked.returncode == 0

    def own(self, folder: Path) -> None:
        """Make this folder, closed to everybody but this account; its parents stay as they are."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.changes:
            os.chown(folder, self.user, self.group)
        folder.chmod(0o700)


def server_account() -> Account:
    """This user, or nobody's account when this user is root."""
    if os.geteuid() == 0:
        return Account(NOBODY, NOBODY, changes=True)
    return Account(os.geteuid(), os.getegid(), changes=False)
