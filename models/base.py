"""What every table shares: opaque time-ordered ids and times that keep their instant."""

import os
import time
from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.models import Model


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits.

    Made here and not in the database because PostgreSQL before 18 has no function for it and
    because a bulk insert does not give ids back.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


class Table(Model):
    """A row with an opaque id and the instant at which it was written."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    created_at: datetime = fields.DatetimeField(auto_now_add=True)

    class Meta:
        abstract = True
