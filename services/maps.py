"""Map pictures for the pages, where the settings name a source."""

from services.adapters import tiles
from services.adapters.tiles import Tile
from services.errors import NotFound
from services.settings import Settings


async def tile(zoom: int, column: int, row: int, settings: Settings) -> Tile:
    """One square of the map. NotFound without a source, beyond the map, and where it has none."""
    if not settings.map_tiles or not tiles.exists(zoom, column, row):
        raise NotFound
    try:
        return await tiles.fetch(settings.map_tiles, zoom, column, row)
    except tiles.TileMissing as error:
        raise NotFound from error
