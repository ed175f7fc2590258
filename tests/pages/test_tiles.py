"""Pictures of streets: only where settings name a source, by way of us, and telling it nothing."""

import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import httpx2
import msgspec
import pytest

from api.app import create_app
from services.adapters.tiles import BYTES_MAX
from services.settings import Settings
from tests.pages.scene import Scene
from tests.pages.visiting import Client
from tests.support.signing import as_outside

PICTURE = b"\x89PNG a square of streets"


class Source(BaseHTTPRequestHandler):
    """A server of tiles: one good picture, and everything that a bad one does."""

    heard: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self.heard.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
        kind, content, status = {
            "/5/1/1.png": ("text/html", b"<script>", 200),
            "/5/1/2.png": ("image/png", b"x" * (BYTES_MAX + 1), 200),
            "/5/1/3.png": ("image/png", b"", 302),
            "/5/1/4.png": ("image/png", b"", 500),
        }.get(self.path, ("image/png", PICTURE, 200))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status == 302:
            self.send_header("Location", "/5/1/5.png")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def source() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Source)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Source.heard.clear()
    yield f"http://127.0.0.1:{server.server_address[1]}/{{z}}/{{x}}/{{y}}.png"
    server.shutdown()
    server.server_close()


@pytest.fixture
async def with_streets(settings: Settings, source: str) -> AsyncIterator[Client]:
    named = msgspec.structs.replace(settings, map_tiles=source, map_tiles_by="© The makers")
    transport = httpx2.ASGITransport(app=as_outside(create_app(named)))
    async with Client(transport=transport, base_url="http://testserver") as each:
        yield each


async def test_without_a_source_there_is_no_tile_and_no_library(
    client: Client, scene: Scene
) -> None:
    page = (await client.get("/?view=map")).text

    assert (await client.get("/map/tile?z=5&x=1&y=5")).status_code == 404
    assert "maplibre" not in page
    assert "data-map" not in page
    assert '<svg class="map"' in page


async def test_with_a_source_the_map_page_alone_loads_the_library_from_us(
    with_streets: Client, scene: Scene
) -> None:
    page = (await with_streets.get("/?view=map")).text

    assert 'src="/static/maplibre-gl-5.24.1/maplibre-gl-csp.js' in page
    assert '<svg class="map"' in page
    assert "© The makers" in page
    assert "127.0.0.1" not in page
    assert "maplibre" not in (await with_streets.get("/")).text


async def test_the_source_hears_which_square_and_nothing_of_who_looks(
    with_streets: Client, scene: Scene
) -> None:
    with_streets.cookies.set("mulin", "secret")
    headers = {"User-Agent": "a phone of Ada", "Referer": "http://testserver/?q=ada"}

    found = await with_streets.get("/map/tile?z=5&x=1&y=5", headers=headers)

    assert (found.content, found.headers["content-type"]) == (PICTURE, "image/png")
    assert "max-age" in found.headers["cache-control"]
    [heard] = Source.heard
    assert heard["path"] == "/5/1/5.png"
    assert not {"cookie", "referer", "x-forwarded-for", "forwarded"} & heard.keys()
    assert "ada" not in str(heard).lower()


async def test_what_is_no_picture_or_no_square_of_a_map_is_not_there(
    with_streets: Client, scene: Scene
) -> None:
    for row in (1, 2, 3, 4):
        assert (await with_streets.get(f"/map/tile?z=5&x=1&y={row}")).status_code == 404, row
    asked = len(Source.heard)
    for square in ("z=20&x=1&y=1", "z=5&x=32&y=1", "z=5&x=1&y=32", "z=5&x=-1&y=1", "z=5&x=1", ""):
        assert (await with_streets.get(f"/map/tile?{square}")).status_code == 404, square
    assert len(Source.heard) == asked == 4
