"""How often a channel may be used: what its provider allows, kept by all workers together."""

from datetime import datetime, timedelta
from typing import Any

from models.core import new_id
from services.adapters.channels.protocol import Channel
from services.database import rows


async def turn(message: dict[str, Any], channel: Channel, now: datetime) -> datetime:
    """From when this message may go: now, or when it is its turn; the turn is taken."""
    own = f":{message['robot_id'] or message['notification_id']}" if channel.is_own_pace else ""
    [row] = await rows(
        "INSERT INTO channel_pace (id, created_at, key, next_at) "
        "VALUES ($1, $3, $2, $3::timestamptz + $4::interval) "
        "ON CONFLICT (key) DO UPDATE SET next_at = "
        "greatest(channel_pace.next_at, $3::timestamptz) + $4::interval RETURNING next_at",
        new_id(),
        f"{message['channel']}{own}",
        now,
        timedelta(minutes=1) / channel.per_minute,
    )
    starts: datetime = row["next_at"] - timedelta(minutes=1) / channel.per_minute
    return starts
