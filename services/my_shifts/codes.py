"""Codes that are sent to friends: too long to guess, easy to send."""

import secrets

CODE_BYTES = 18  # 144 bits: 24 characters.


def new_code() -> str:
    """A code for a link."""
    return secrets.token_urlsafe(CODE_BYTES)
