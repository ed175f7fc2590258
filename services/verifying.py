"""Holding the log against its chain, and the chain against the heads that were kept elsewhere."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from services.audit_heads import KeptHead
from services.database import rows
from services.scope import as_system
from services.sealing import GENESIS, LINE_COLUMNS, Head, Unsealed, canonical, link

PAGE_LINES = 5_000
FINDINGS_MAX = 1_000
"""More than these are only counted."""


class Fault(StrEnum):
    """What can be wrong with the log."""

    LINE_CHANGED = "line_changed"
    LINE_MISSING = "line_missing"
    SEAL_CHANGED = "seal_changed"
    SEAL_MISSING = "seal_missing"
    HEAD_DIFFERS = "head_differs"
    TAIL_CUT_OFF = "tail_cut_off"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fault, and the number at which it stands; `last_number` where it spans several."""

    fault: Fault
    number: int
    last_number: int | None = None
    line_id: UUID | None = None
    kept_at: datetime | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification found."""

    lines: int
    head: Head
    unsealed: Unsealed
    findings: list[Finding]
    findings_count: int
    heads: int

    @property
    def is_sound(self) -> bool:
        """Nothing was changed, taken out or cut off."""
        return self.findings_count == 0


class _Walk:
    """Follows the chain, seal by seal.

    After a fault it goes on from the digest that is stored, so that each fault is told once.
    """

    def __init__(self, heads: Sequence[KeptHead]) -> None:
        self.lines = 0
        self.number = 0
        self.digest = GENESIS
        self.sealed_at: datetime | None = None
        self.findings: list[Finding] = []
        self.count = 0
        self._heads: dict[int, list[KeptHead]] = {}
        for head in heads:
            self._heads.setdefault(head.number, []).append(head)
        # A seal that does not fit its line: which of the two was changed, the next seal tells.
        self._doubt: tuple[Finding, str] | None = None

    def take(self, seal: dict[str, Any]) -> None:
        """The next seal, with its line if it is still there."""
        number, stored = seal["number"], seal["digest"]
        if number != self.number + 1:
            self._settle()
            self._find(Fault.SEAL_MISSING, self.number + 1, last_number=number - 1)
            self._compare_skipped(self.number + 1, number)
        has_gap = number != self.number + 1
        if seal["id"] is None:
            self._settle()
            self._find(Fault.LINE_MISSING, number, line_id=seal["event_id"])
        else:
            self.lines += 1
            if not has_gap:
                self._check(number, stored, seal["event_id"], canonical(seal))
        self.number, self.digest, self.sealed_at = number, stored, seal["sealed_at"]
        self._compare(number, stored)

    def end(self) -> None:
        """There are no more seals."""
        self._settle()
        cut = [head for number, heads in self._heads.items() for head in heads]
        for head in sorted(cut, key=lambda each: each.number):
            self._find(Fault.TAIL_CUT_OFF, self.number + 1, last_number=head.number, at=head.at)

    def _check(self, number: int, stored: str, event_id: UUID, line: bytes) -> None:
        """Whether the seal fits its line and the seal before it."""
        expected = link(self.digest, line)
        if self._doubt is not None:
            finding, computed = self._doubt
            if expected != stored and link(computed, line) == stored:
                # All that follows was sealed upon another digest than the one that stands there.
                finding = msgspec.structs.replace(finding, fault=Fault.SEAL_CHANGED)
                expected = stored
            self._doubt = None
            self._keep(finding)
        if expected != stored:
            changed = Finding(fault=Fault.LINE_CHANGED, number=number, line_id=event_id)
            self._doubt = (changed, expected)

    def _settle(self) -> None:
        if self._doubt is not None:
            self._keep(self._doubt[0])
            self._doubt = None

    def _compare(self, number: int, digest: str) -> None:
        for head in self._heads.pop(number, []):
            if head.digest != digest:
                self._find(Fault.HEAD_DIFFERS, number, at=head.at)

    def _compare_skipped(self, first: int, end: int) -> None:
        """Heads of seals that are gone: the gap has been told already."""
        for number in [each for each in self._heads if first <= each < end]:
            del self._heads[number]

    def _find(
        self,
        fault: Fault,
        number: int,
        *,
        last_number: int | None = None,
        line_id: UUID | None = None,
        at: datetime | None = None,
    ) -> None:
        last = None if last_number == number else last_number
        self._keep(
            Finding(fault=fault, number=number, last_number=last, line_id=line_id, kept_at=at)
        )

    def _keep(self, finding: Finding) -> None:
        self.count += 1
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(finding)


@as_system
async def verify(
    heads: Sequence[KeptHead] = (), on_progress: Callable[[int, int], None] | None = None
) -> Report:
    """Every line against its seal, every seal against the one before, the kept heads against both.

    `on_progress` is told how many seals have been looked at, of how many. Lines that are written
    and sealed meanwhile may be looked at too.
    """
    [ends] = await rows("SELECT coalesce(max(number), 0) AS last FROM audit_seal")
    walk = _Walk(heads)
    while page := await _page(walk.number):
        for seal in page:
            walk.take(seal)
        if on_progress is not None:
            on_progress(walk.number, max(ends["last"], walk.number))
    walk.end()
    return Report(
        lines=walk.lines,
        head=Head(number=walk.number, digest=walk.digest, sealed_at=walk.sealed_at),
        unsealed=await _unsealed(),
        findings=sorted(walk.findings, key=lambda finding: finding.number),
        findings_count=walk.count,
        heads=len(heads),
    )


async def _page(after: int) -> list[dict[str, Any]]:
    return await rows(
        f"SELECT s.number, s.event_id, s.digest, s.created_at AS sealed_at, {LINE_COLUMNS} "
        "FROM (SELECT * FROM audit_seal WHERE number > $1 ORDER BY number LIMIT $2) s "
        "LEFT JOIN audit_event e ON e.id = s.event_id ORDER BY s.number",
        after,
        PAGE_LINES,
    )


async def _unsealed() -> Unsealed:
    """Every line that has no seal, however old."""
    [found] = await rows(
        "SELECT count(*) AS count, min(e.created_at) AS oldest_at FROM audit_event e "
        "WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.event_id = e.id)"
    )
    return Unsealed(count=found["count"], oldest_at=found["oldest_at"])
