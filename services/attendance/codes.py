"""The codes that a lead shows: a new one every half minute, for one shift. Pure.

A code holds the shift, the number of its half minute and a MAC over both, so it says by itself
when it was shown; what the clock of the phone that scanned it says does not matter. The six digits
are of the same half minute and of use only for a little while.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

STEP_SECONDS: Final = 30
KEY_BYTES: Final = 32
MAC_BYTES: Final = 10  # 80 bits: RFC 2104 asks for no less than half of the hash or 80 bits.
STEP_BYTES: Final = 4
CODE_BYTES: Final = 16 + STEP_BYTES + MAC_BYTES
CODE_LENGTH: Final = 40
DIGITS: Final = 6
_SCANNED, _TYPED = b"mulin check-in code 1", b"mulin check-in digits 1"


@dataclass(frozen=True, slots=True)
class Code:
    """What was scanned: of which shift, of which half minute, and what is to prove it."""

    shift_id: UUID
    step: int
    mac: bytes

    @property
    def shown_at(self) -> datetime:
        """The instant from which on it was shown."""
        return begin_of(self.step)


def step_of(moment: datetime) -> int:
    """The half minute, counted from 1970."""
    return int(moment.timestamp()) // STEP_SECONDS


def begin_of(step: int) -> datetime:
    """When a half minute begins."""
    return datetime.fromtimestamp(step * STEP_SECONDS, UTC)


def code_at(key: bytes, shift_id: UUID, step: int) -> str:
    """The text that the picture holds: 40 characters that a URL can carry."""
    head = _head(shift_id, step)
    return base64.urlsafe_b64encode(head + _mac(key, _SCANNED, head)[:MAC_BYTES]).decode()


def digits_at(key: bytes, shift_id: UUID, step: int) -> str:
    """The six digits of a half minute (RFC 4226, 5.3)."""
    mac = _mac(key, _TYPED, _head(shift_id, step))
    start = mac[-1] & 0xF
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def read(text: str) -> Code | None:
    """What a scanned text says, also as the end of an address; None where it is no such code."""
    last = text.strip().rpartition("/")[2]
    if len(last) != CODE_LENGTH or not last.isascii():
        return None
    try:
        content = base64.b64decode(last, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    step = int.from_bytes(content[16 : 16 + STEP_BYTES], "big")
    return Code(UUID(bytes=content[:16]), step, content[16 + STEP_BYTES :])


def is_genuine(key: bytes, code: Code) -> bool:
    """Whether it was made with the key of its shift."""
    wanted = _mac(key, _SCANNED, _head(code.shift_id, code.step))[:MAC_BYTES]
    return hmac.compare_digest(wanted, code.mac)


def are_digits_of(key: bytes, shift_id: UUID, steps: range, digits: str) -> bool:
    """Whether these were shown in one of the half minutes; all are compared, whatever is found."""
    found = [
        hmac.compare_digest(digits_at(key, shift_id, step).encode(), digits.encode())
        for step in steps
    ]
    return any(found)


def _head(shift_id: UUID, step: int) -> bytes:
    return shift_id.bytes + step.to_bytes(STEP_BYTES, "big")


def _mac(key: bytes, use: bytes, head: bytes) -> bytes:
    return hmac.new(key, use + head, hashlib.sha256).digest()
