"""The key of a shift's codes: made when a lead first shows one, encrypted, read by nobody else."""

import secrets
from uuid import UUID

from models.core import new_id
from services.attendance.codes import KEY_BYTES
from services.database import rows
from services.scope import as_system
from services.vault import keyring

PLACE = "shift_check.key_cipher"


@as_system
async def key_of(shift_id: UUID) -> bytes:
    """The shift's key. Two who ask for the first time at once get the same one."""
    found = await rows("SELECT id, key_cipher FROM shift_check WHERE shift_id = $1", shift_id)
    if not found:
        await make(shift_id)
        found = await rows("SELECT id, key_cipher FROM shift_check WHERE shift_id = $1", shift_id)
    [row] = found
    return keyring().unseal(PLACE, row["id"], row["key_cipher"])


@as_system
async def make(shift_id: UUID) -> None:
    """Give the shift its row with a fresh key, unless it has one."""
    row_id = new_id()
    await rows(
        "INSERT INTO shift_check (id, created_at, shift_id, key_cipher) "
        "VALUES ($1, now(), $2, $3) ON CONFLICT (shift_id) DO NOTHING",
        row_id,
        shift_id,
        keyring().seal(PLACE, row_id, secrets.token_bytes(KEY_BYTES)),
    )
