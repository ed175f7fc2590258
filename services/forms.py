"""Form tokens: a form is sent from a page that this reader was shown, and is good once.

A token is bound to the reader's session (or, of a visitor, their visit) and to the form's address
by HMAC-SHA-256, and holds a nonce and the time at which the page was made. Nothing is stored before
the form is sent.
"""

import base64
import binascii
import hashlib
import hmac
import os
from datetime import datetime, timedelta

from models.core import new_id
from services.database import rows
from services.errors import Conflict, Forbidden
from services.scope import as_system
from services.vault import keyring

PURPOSE = "form"
GOOD_FOR = timedelta(hours=12)
NONCE_BYTES, TIME_BYTES, MAC_BYTES = 16, 6, 32
OUTCOME_LENGTH_MAX = 700


class FormForeign(Forbidden):
    """There is no token, or it is another session's, another form's, or nobody's."""

    code = "form_foreign"


class FormOld(Conflict):
    """The token is this reader's and this form's, but the page was opened too long ago."""

    code = "form_old"


class FormUsed(Conflict):
    """The form was sent before. `outcome` is where that led, or empty while it is under way."""

    code = "form_used"

    def __init__(self, outcome: str) -> None:
        super().__init__()
        self.outcome = outcome


def issue(binding: str, address: str, now: datetime) -> str:
    """A token for one sending of the form at this address by whoever holds the binding."""
    head = os.urandom(NONCE_BYTES) + int(now.timestamp()).to_bytes(TIME_BYTES, "big")
    mac = _mac(keyring().secret(PURPOSE), binding, address, head)
    return base64.urlsafe_b64encode(head + mac).rstrip(b"=").decode()


def check(token: str, binding: str, address: str, now: datetime) -> str:
    """The use of which this token is one: what `take` takes. Raises FormForeign or FormOld."""
    content = _bytes_of(token)
    head, mac = content[:-MAC_BYTES], content[-MAC_BYTES:]
    expected = (_mac(key, binding, address, head) for key in keyring().secrets(PURPOSE).values())
    if not any(hmac.compare_digest(mac, each) for each in expected):
        raise FormForeign
    issued_seconds = int.from_bytes(head[NONCE_BYTES:], "big")
    if now.timestamp() - issued_seconds > GOOD_FOR.total_seconds():
        raise FormOld
    # Of the bytes: the same token can be written in more than one way.
    return hashlib.sha256(content).hexdigest()


@as_system
async def take(use: str, now: datetime) -> None:
    """Use the token. Raises FormUsed for everybody but the first."""
    taken = await rows(
        "INSERT INTO form_use (id, created_at, token_digest, expires_at, outcome) "
        "VALUES ($1, $2, $3, $4, '') ON CONFLICT (token_digest) DO NOTHING RETURNING id",
        new_id(),
        now,
        use,
        now + GOOD_FOR,
    )
    if not taken:
        before = await rows("SELECT outcome FROM form_use WHERE token_digest = $1", use)
        raise FormUsed(before[0]["outcome"] if before else "")


@as_system
async def give_back(use: str) -> None:
    """Make the token good again: nothing came of the form."""
    await rows("DELETE FROM form_use WHERE token_digest = $1", use)


@as_system
async def note_outcome(use: str, address: str) -> None:
    """Keep where the form led, for whoever sends it again."""
    await rows(
        "UPDATE form_use SET outcome = $2 WHERE token_digest = $1",
        use,
        address[:OUTCOME_LENGTH_MAX],
    )


@as_system
async def purge(now: datetime) -> int:
    """Forget the forms whose tokens would be too old by now; how many were forgotten."""
    return len(await rows("DELETE FROM form_use WHERE expires_at <= $1 RETURNING id", now))


def _mac(key: bytes, binding: str, address: str, head: bytes) -> bytes:
    bound = hashlib.sha256(binding.encode()).digest() + hashlib.sha256(address.encode()).digest()
    return hmac.new(key, bound + head, hashlib.sha256).digest()


def _bytes_of(token: str) -> bytes:
    try:
        content = base64.urlsafe_b64decode(token.encode("ascii") + b"==")
    except (binascii.Error, UnicodeEncodeError) as error:
        raise FormForeign from error
    if len(content) != NONCE_BYTES + TIME_BYTES + MAC_BYTES:
        raise FormForeign
    return content
