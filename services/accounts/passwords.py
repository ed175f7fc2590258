"""Passwords: argon2id hashes, checked and made in threads of their own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.database import rows
from services.errors import Defect, Invalid

LETTERS_MIN = 12
T = TypeVar("T")

_passwords = PasswordHash((Argon2Hasher(),))
# One hash takes 64 MB and a good part of a core: two at a time, the others wait their turn.
_hashing = ThreadPoolExecutor(2, thread_name_prefix="password")
# Of a password that nobody knows. A name that does not exist costs the same time as one that does.
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$2RRokSJruEl7HBFO0j8psw$36NrnlNk16dsi9W7zK4efxpPrIq17wsueDkxEOaVeTs"
)


async def is_right(password: str, known: str | None, account_id: UUID | None) -> bool:
    """Whether it is the password of this hash; None takes as long and is never right.

    A hash with weaker parameters than today's is replaced.
    """
    right, better = await _in_thread(
        lambda: _passwords.verify_and_update(password, known or NOBODY)
    )
    if right and better is not None and account_id is not None:
        await rows("UPDATE account SET password_hash = $2 WHERE id = $1", account_id, better)
    return right and known is not None


async def hash_of(password: str) -> str:
    """What is kept of a password."""
    return await _in_thread(lambda: _passwords.hash(password))


def require_good(password: str, name: str, *, place: str = "password") -> None:
    """Refuse a password that is too short, or that is the name. Raises Invalid."""
    if len(password) < LETTERS_MIN:
        raise Invalid([Defect(place, "password_short", parameters={"least": LETTERS_MIN})])
    if name and password.casefold().strip() == name.casefold().strip():
        raise Invalid([Defect(place, "password_is_name")])


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_hashing, work)
