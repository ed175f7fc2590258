"""Nothing left behind names anybody in clear: `make prove ARGUMENTS=secrecy`.

Writes docs/proofs/secrecy.md. The same search runs in every `make test`; here it is put on record.
"""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
REPORT = CHECKOUT / "docs" / "proofs" / "secrecy.md"

REPORT_WORDS = """# Nothing in clear

{when:%Y-%m-%d %H:%M} UTC, commit {commit}; `make prove ARGUMENTS=secrecy`.

People come in by the interface, by a sheet, by a code that is asked for, by a need for a document
and by refused requests. Then every table as COPY writes it, everything in the queue, the logs of
web and worker, every answer and every page but the reveal itself are searched for their phones,
document and day of birth, in several spellings and behind the hexadecimal of a dump.

Found: **{found}**.
"""


def main() -> int:
    """0 if nothing is found."""
    command = [sys.executable, "-m", "pytest", "-q", "tests/secrecy"]
    ran = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    sys.stdout.write(ran.stdout + ran.stderr)
    found = "none" if ran.returncode == 0 else "see the run"
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True
    ).stdout.strip()
    said = REPORT_WORDS.format(when=datetime.now(UTC), commit=commit, found=found)
    REPORT.write_text(said, encoding="utf-8")
    return ran.returncode


if __name__ == "__main__":
    raise SystemExit(main())
