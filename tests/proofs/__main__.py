"""`make prove`: every long proof in turn, or one of them with its own arguments.

    python -m tests.proofs                        # all, each at full length
    python -m tests.proofs matching --help        # one

Each module of this folder is one proof: it writes its result, with the commit it speaks of, under
docs/proofs/ and ends with 1 if something does not hold.
"""

import subprocess
import sys
from pathlib import Path

PROOFS = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")
)


def main(arguments: list[str]) -> int:
    """0 if every proof that was asked for holds."""
    if arguments and arguments[0] not in PROOFS:
        sys.stderr.write(f"no proof is called {arguments[0]}; there are: {', '.join(PROOFS)}\n")
        return 2
    asked = [arguments] if arguments else [[name] for name in PROOFS]
    failed = [name for name, *rest in asked if not _holds(name, rest)]
    if failed:
        sys.stderr.write(f"does not hold: {', '.join(failed)}\n")
    return 1 if failed else 0


def _holds(name: str, arguments: list[str]) -> bool:
    sys.stdout.write(f"== {name}\n")
    sys.stdout.flush()
    return (
        subprocess.run([sys.executable, "-m", f"tests.proofs.{name}", *arguments]).returncode == 0
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
