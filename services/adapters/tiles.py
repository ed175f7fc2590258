"""Map pictures from the source that the settings name, fetched by us so that it sees no reader."""

from typing import Final

import httpx2
import msgspec

SECONDS_MAX: Final = 8.0
BYTES_MAX: Final = 512 * 1024
ZOOM_MAX: Final = 19
KINDS: Final = ("image/png", "image/jpeg", "image/webp")


class TileMissing(Exception):
    """There is no such picture, or the source does not answer as it should."""


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a square of the earth."""

    content: bytes
    media_type: str


def exists(zoom: int, column: int, row: int) -> bool:
    """Whether a map has such a square at all."""
    return 0 <= zoom <= ZOOM_MAX and 0 <= column < 2**zoom and 0 <= row < 2**zoom


async def fetch(source: str, zoom: int, column: int, row: int) -> Tile:
    """One picture. Nothing of whoever asked us goes with the question; redirects are not followed.

    Raises TileMissing for anything but a picture of a reasonable size.
    """
    address = source.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
    content = b""
    try:
        async with (
            httpx2.AsyncClient(timeout=SECONDS_MAX, trust_env=False) as client,
            client.stream("GET", address, headers={"Accept": ", ".join(KINDS)}) as answer,
        ):
            kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
            if answer.status_code != httpx2.codes.OK or kind not in KINDS:
                raise TileMissing
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > BYTES_MAX:
                    raise TileMissing
    except httpx2.HTTPError as error:
        raise TileMissing from error
    return Tile(content=content, media_type=kind)
