"""Edits that refuse to overwrite what their author has not seen."""

import hashlib

import msgspec

from services.errors import PreconditionFailed


def etag_of(view: msgspec.Struct) -> str:
    """A short name for exactly this content; another content has another name."""
    return hashlib.sha256(msgspec.json.encode(view, order="deterministic")).hexdigest()[:32]


def require_match(if_match: str | None, view: msgspec.Struct) -> None:
    """Refuse an edit that was made from another content than `view`.

    `if_match` is None (the caller does not ask), `*`, or names of `etag_of`, bare or in quotes,
    between commas. Raises PreconditionFailed.
    """
    if if_match is None:
        return
    named = {each.strip().strip('"') for each in if_match.split(",")}
    if "*" not in named and etag_of(view) not in named:
        raise PreconditionFailed
