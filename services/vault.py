"""Keys, and what they keep: encryption at rest, and finding again what is encrypted.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the row and the column are bound in as
associated data, so that a ciphertext moved to another row does not open. Look-ups go by
HMAC-SHA-256 of the normalised value. Every key is derived from a master key of the ring by HKDF
(RFC 5869), one for each use.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = 1
KEYS_VARIABLE, FILE_VARIABLE = "MULIN_KEYS", "MULIN_KEY_FILE"


class KeysMissing(Exception):
    """No keys are set, or they cannot be read; the message says which setting is meant."""


class Unreadable(Exception):
    """A ciphertext that was changed, was moved here from another row, or whose key is gone."""


class Keyring:
    """Master keys by id; `current` encrypts, every one of them decrypts.

    Written as JSON: `{"current": "k2", "keys": {"k1": "<base64>", "k2": "<base64>"}}`.
    """

    def __init__(self, current: str, keys: Mapping[str, bytes]) -> None:
        if current not in keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise KeysMissing("the keyring names no current key of 32 bytes")
        if any(not 1 <= len(name.encode()) <= 16 for name in keys):
            raise KeysMissing("the id of a key has 1 to 16 bytes")
        self.current = current
        self._derived: dict[tuple[str, str], bytes] = {}
        self._keys = dict(keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """Every key's id, the current one first."""
        return (self.current, *(each for each in self._keys if each != self.current))

    def encrypt(self, place: str, row_id: UUID, text: str) -> bytes:
        """The text as it may be stored in this column of this row."""
        return self.seal(place, row_id, text.encode())

    def decrypt(self, place: str, row_id: UUID, cipher: bytes) -> str:
        """The text again. Raises Unreadable."""
        return self.unseal(place, row_id, cipher).decode()

    def seal(self, place: str, row_id: UUID, content: bytes) -> bytes:
        """The same for bytes."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._key(self.current, "encrypt")).encrypt(
            nonce, content, _bound(place, row_id)
        )
        return cipher_head(self.current) + nonce + sealed

    def unseal(self, place: str, row_id: UUID, cipher: bytes) -> bytes:
        """The bytes again. Raises Unreadable."""
        key_id, start = _key_id_of(cipher)
        if key_id not in self._keys:
            raise Unreadable
        nonce, sealed = cipher[start : start + NONCE_BYTES], cipher[start + NONCE_BYTES :]
        try:
            plain = AESGCM(self._key(key_id, "encrypt")).decrypt(
                nonce, sealed, _bound(place, row_id)
            )
        except (InvalidTag, ValueError) as error:
            raise Unreadable from error
        return bytes(plain)

    def index(self, kind: str, value: str) -> str:
        """By what a value of this kind (already normalised) is found, under the current key."""
        return self._index(self.current, kind, value)

    def indexes(self, kind: str, value: str) -> list[str]:
        """The same under every key: what to look for while a rotation is under way."""
        return [self._index(key_id, kind, value) for key_id in self.ids]

    def secret(self, purpose: str) -> bytes:
        """A key of the current master key for one other purpose, such as signing tokens."""
        return self._key(self.current, purpose)

    def secrets(self, purpose: str) -> dict[str, bytes]:
        """The same of every master key, by its id: what may still be in use."""
        return {key_id: self._key(key_id, purpose) for key_id in self.ids}

    @property
    def has_others(self) -> bool:
        """Whether there are keys beside the current one."""
        return len(self._keys) > 1

    def with_new_key(self) -> "Keyring":
        """A ring with one more key, which is the current one."""
        number = 1 + max(
            (int(name[1:]) for name in self._keys if name[1:].isdecimal()), default=len(self._keys)
        )
        name = f"k{number}"
        return Keyring(name, {**self._keys, name: secrets.token_bytes(KEY_BYTES)})

    def without(self, key_id: str) -> "Keyring":
        """A ring without a key that nothing uses any more. The current one stays."""
        if key_id == self.current:
            raise KeysMissing("the current key cannot be taken from the ring")
        return Keyring(self.current, {k: v for k, v in self._keys.items() if k != key_id})

    def to_json(self) -> str:
        """As a file or a setting holds it."""
        keys = {name: base64.b64encode(key).decode() for name, key in self._keys.items()}
        return json.dumps({"current": self.current, "keys": keys}, indent=1)

    def _index(self, key_id: str, kind: str, value: str) -> str:
        key = self._key(key_id, "index")
        return hmac.new(key, f"{kind}\x00{value}".encode(), hashlib.sha256).hexdigest()

    def _key(self, key_id: str, purpose: str) -> bytes:
        found = self._derived.get((key_id, purpose))
        if found is None:
            derive = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"mulin:{purpose}".encode())
            found = self._derived[key_id, purpose] = derive.derive(self._keys[key_id])
        return found


def key_id_of(cipher: bytes) -> str:
    """Under which key a stored value is encrypted."""
    return _key_id_of(cipher)[0]


def cipher_head(key_id: str) -> bytes:
    """With what every value that is encrypted under this key begins."""
    name = key_id.encode()
    return bytes((FORMAT, len(name))) + name


def new_keyring() -> Keyring:
    """A ring of one fresh key."""
    return Keyring("k1", {"k1": secrets.token_bytes(KEY_BYTES)})


def keyring_from(text: str) -> Keyring:
    """The ring that the JSON describes. Raises KeysMissing."""
    try:
        content = json.loads(text)
        keys = {str(k): base64.b64decode(v, validate=True) for k, v in content["keys"].items()}
        return Keyring(str(content["current"]), keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeysMissing("the keyring is not the JSON that it should be") from error


def keyring() -> Keyring:
    """The ring of this process: `MULIN_KEYS` holds it, or `MULIN_KEY_FILE` names its file.

    A file that has changed is read anew, so that processes follow a rotation while they run.
    """
    if text := os.environ.get(KEYS_VARIABLE, ""):
        return _from_text(text)
    if not (file := os.environ.get(FILE_VARIABLE, "")):
        raise KeysMissing(f"neither {KEYS_VARIABLE} nor {FILE_VARIABLE} is set")
    try:
        found = os.stat(file)
        return _from_file(file, found.st_mtime_ns, found.st_ino)
    except OSError as error:
        raise KeysMissing(f"{FILE_VARIABLE} names a file that cannot be read") from error


def write_key_file(file: Path, ring: Keyring, *, is_new: bool = False) -> None:
    """Put the ring into a file that only its owner reads: whole or not at all.

    With `is_new`, raises FileExistsError rather than replace anything.
    """
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.new")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as f:
            f.write(ring.to_json() + "\n")
            f.flush()
            os.fsync(f.fileno())
        if is_new:
            os.link(unfinished, file)
        else:
            unfinished.rename(file)
        _flush_folder(file.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Data encrypted under a key whose file a power cut takes away would be lost with it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@lru_cache(maxsize=4)
def _from_text(text: str) -> Keyring:
    return keyring_from(text)


@lru_cache(maxsize=4)
def _from_file(file: str, changed_ns: int, number: int) -> Keyring:
    return keyring_from(Path(file).read_text())


def _bound(place: str, row_id: UUID) -> bytes:
    return place.encode() + b"\x00" + row_id.bytes


def _key_id_of(cipher: bytes) -> tuple[str, int]:
    if len(cipher) < 2 or cipher[0] != FORMAT or len(cipher) < 2 + cipher[1] + NONCE_BYTES:
        raise Unreadable
    return cipher[2 : 2 + cipher[1]].decode(errors="replace"), 2 + cipher[1]
