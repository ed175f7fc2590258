"""The heads of the chain that are kept outside the database: a line a day.

Whoever can rewrite the whole chain cannot rewrite what was written down elsewhere.
"""

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

import msgspec

from services.sealing import Head


class HeadsRefused(ValueError):
    """A file of heads that cannot be read; the message says where."""


class KeptHead(msgspec.Struct, frozen=True, kw_only=True):
    """What the last link of the chain was at a moment."""

    at: datetime
    number: int
    digest: str


def read_heads(path: Path) -> list[KeptHead]:
    """The heads in the file; none where there is no file. Raises HeadsRefused.

    A last line that was cut off while it was written is passed over.
    """
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise HeadsRefused(str(path)) from error
    lines = text.split("\n")
    return list(_parsed(path, lines[:-1]))


def _parsed(path: Path, lines: Iterable[str]) -> Iterable[KeptHead]:
    for place, line in enumerate(lines, 1):
        try:
            at, number, digest = line.split()
            head = KeptHead(at=datetime.fromisoformat(at), number=int(number), digest=digest)
            if head.at.tzinfo is None or len(bytes.fromhex(digest)) != 32 or head.number < 1:
                raise ValueError(line)
        except ValueError as error:
            raise HeadsRefused(f"{path}:{place}") from error
        yield head


def keep_head(path: Path, head: Head, now: datetime) -> None:
    """Write the head down, for good: it is on the disk when this returns."""
    line = f"{now.astimezone(UTC).isoformat(timespec='seconds')} {head.number} {head.digest}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)
        file.seek(whole)
        file.write(line.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())


def is_due(path: Path, now: datetime, zone: tzinfo) -> bool:
    """Whether this day, as it is counted where the service is, has no head yet."""
    return last_day(path, zone) != now.astimezone(zone).date()


def last_day(path: Path, zone: tzinfo) -> date | None:
    """The day of the last head in the file."""
    kept = read_heads(path)
    return kept[-1].at.astimezone(zone).date() if kept else None
