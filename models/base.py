"""What every table shares: opaque time-ordered ids and times that keep their instant."""

import os
import threading
import time
from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

_counting = threading.Lock()
_last_ticks = 0


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562): 60 bits of time, then 62 random bits.

    The time is Unix milliseconds and 12 bits of a fraction; ids of one process always rise, so
    that things keep the order in which they were made. Made here and not in the database because
    PostgreSQL before 18 has no function for it and because a bulk insert does not give ids back.
    """
    global _last_ticks
    with _counting:
        _last_ticks = ticks = max(time.time_ns() * 4096 // 1_000_000, _last_ticks + 1)
    milliseconds, fraction = divmod(ticks, 4096)
    random_bits = int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    time_bits = (milliseconds & (2**48 - 1)) << 80 | fraction << 64
    return UUID(int=time_bits | 0x7 << 76 | 0x2 << 62 | random_bits)


class Table(Model):
    """A row with an opaque id and the instant at which it was written."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    created_at: datetime = fields.DatetimeField(auto_now_add=True)

    class Meta:
        abstract = True
