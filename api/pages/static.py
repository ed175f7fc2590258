"""Style sheets, the mark and the one script, from this service itself."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

YEAR_SECONDS = 365 * 24 * 3600


class VersionedFiles(StaticFiles):
    """Files whose address names their content may be kept for good; others are asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = b"v=" in scope["query_string"] and response.status_code == 200
        kept = f"public, max-age={YEAR_SECONDS}, immutable" if versioned else "no-cache"
        response.headers["Cache-Control"] = kept
        return response
