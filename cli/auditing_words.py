"""What `mulin audit` says."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from cli.words import Phrase

if TYPE_CHECKING:
    from services.sealing import Head, Unsealed
    from services.verifying import Finding, Report


def finding_words(finding: "Finding", zone: tzinfo) -> Phrase:
    """One fault, with the number at which it stands."""
    return _FINDINGS[finding.fault.value](finding, zone)


def verdict_words(report: "Report", now: datetime) -> list[Phrase]:
    """What was looked at and what came of it; the last sentence is the verdict."""
    said = [
        Phrase(f"核对 {report.lines} 行。", f"{report.lines} lines checked."),
        *_chain_words(report.head, report.unsealed, now),
    ]
    if report.heads:
        said.append(
            Phrase(
                f"与另存的 {report.heads} 个链头比对过。",
                f"Compared with {report.heads} heads that were kept elsewhere.",
            )
        )
    else:
        said.append(
            Phrase(
                "没有另存的链头：整条链若被重写或截尾，本次看不出来。",
                "No heads were kept elsewhere: a chain rewritten whole or cut off would not show.",
            )
        )
    count = report.findings_count
    verdict = Phrase(f"✗ 发现 {count} 处问题。", f"✗ Faults found: {count}.")
    sound = Phrase("✓ 日志完好。", "✓ The log is whole.")
    return [*said, sound if report.is_sound else verdict]


def head_words(head: "Head", unsealed: "Unsealed", now: datetime) -> list[Phrase]:
    """The last link, first as other programs read it."""
    line = f"{now.isoformat(timespec='seconds')} {head.number} {head.digest}"
    return [Phrase(line, line), *_waiting_words(unsealed, now)]


def _chain_words(head: "Head", unsealed: "Unsealed", now: datetime) -> list[Phrase]:
    return [
        Phrase(
            f"链头：第 {head.number} 号 {head.digest}", f"Head: number {head.number} {head.digest}"
        ),
        *_waiting_words(unsealed, now),
    ]


def _waiting_words(unsealed: "Unsealed", now: datetime) -> list[Phrase]:
    if not unsealed.count:
        return [Phrase("没有待封的行。", "No line waits for its seal.")]
    age = unsealed.age_seconds(now)
    return [
        Phrase(
            f"待封 {unsealed.count} 行，最早的已等 {age:.1f} 秒。",
            f"Unsealed: {unsealed.count}, the oldest for {age:.1f} s.",
        )
    ]


def _numbers(finding: "Finding") -> str:
    if finding.last_number is None:
        return str(finding.number)
    return f"{finding.number}–{finding.last_number}"


def _line_changed(finding: "Finding", zone: tzinfo) -> Phrase:
    return Phrase(
        f"第 {finding.number} 号：这一行被改过（{finding.line_id}）。",
        f"Number {finding.number}: the line was changed ({finding.line_id}).",
    )


def _line_missing(finding: "Finding", zone: tzinfo) -> Phrase:
    return Phrase(
        f"第 {finding.number} 号：这一行不见了（{finding.line_id}）。",
        f"Number {finding.number}: the line is missing ({finding.line_id}).",
    )


def _seal_changed(finding: "Finding", zone: tzinfo) -> Phrase:
    return Phrase(
        f"第 {finding.number} 号：封印被改过，行本身完好（{finding.line_id}）。",
        f"Number {finding.number}: its seal was changed; the line is whole ({finding.line_id}).",
    )


def _seal_missing(finding: "Finding", zone: tzinfo) -> Phrase:
    return Phrase(
        f"第 {_numbers(finding)} 号：封印不见了。",
        f"Number {_numbers(finding)}: the seal is missing.",
    )


def _head_differs(finding: "Finding", zone: tzinfo) -> Phrase:
    return Phrase(
        f"第 {finding.number} 号：与 {_at(finding, zone)} 另存的链头不符，此前的链被重写过。",
        f"Number {finding.number}: not the head that was kept at {_at(finding, zone)}; the chain "
        "before it was written anew.",
    )


def _tail_cut_off(finding: "Finding", zone: tzinfo) -> Phrase:
    return Phrase(
        f"第 {_numbers(finding)} 号：链尾被截掉，{_at(finding, zone)} 时它们还在。",
        f"Number {_numbers(finding)}: cut off the end; they were there at {_at(finding, zone)}.",
    )


def _at(finding: "Finding", zone: tzinfo) -> str:
    assert finding.kept_at is not None
    return finding.kept_at.astimezone(zone).isoformat(sep=" ", timespec="minutes")


_FINDINGS: dict[str, Callable[["Finding", tzinfo], Phrase]] = {
    "line_changed": _line_changed,
    "line_missing": _line_missing,
    "seal_changed": _seal_changed,
    "seal_missing": _seal_missing,
    "head_differs": _head_differs,
    "tail_cut_off": _tail_cut_off,
}
