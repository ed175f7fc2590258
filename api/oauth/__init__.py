"""Where machines get their tokens, in the words of OAuth 2 (RFC 6749)."""

from api.oauth.description import described
from api.oauth.endpoint import routes

__all__ = ["described", "routes"]
