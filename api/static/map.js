// A map with streets in place of the drawn one, where the settings name a source of pictures and the
// browser can show it. Everything comes from our own host; the drawn map stays where it cannot be.
(() => {
  const place = document.querySelector("[data-map]");
  const drawn = place?.querySelector("svg.map");
  if (!drawn || typeof maplibregl === "undefined") return;
  const canvas = document.createElement("canvas");
  if (!canvas.getContext("webgl2")) return;

  const [west, south, east, north] = place.dataset.map.split(",").map(Number);
  const frame = document.createElement("div");
  frame.className = "street-map";
  const inner = frame.appendChild(document.createElement("div"));
  place.prepend(frame);
  maplibregl.setWorkerUrl(place.dataset.worker);
  const map = new maplibregl.Map({
    container: inner,
    bounds: [west, south, east, north],
    attributionControl: { compact: false, customAttribution: place.dataset.by },
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
    style: {
      version: 8,
      sources: {
        streets: {
          type: "raster",
          tiles: [`${location.origin}/map/tile?z={z}&x={x}&y={y}`],
          tileSize: 256,
          maxzoom: 19,
        },
      },
      layers: [{ id: "streets", type: "raster", source: "streets" }],
    },
  });
  map.getCanvas().setAttribute("aria-label", place.dataset.label);
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  for (const link of drawn.querySelectorAll("a[data-at]")) {
    const mark = document.createElement("a");
    mark.className = `street-mark ${link.getAttribute("class")}`;
    mark.href = link.getAttribute("href");
    mark.setAttribute("aria-label", link.getAttribute("aria-label"));
    mark.textContent = link.dataset.count ?? "";
    new maplibregl.Marker({ element: mark })
      .setLngLat(link.dataset.at.split(",").map(Number))
      .addTo(map);
  }
  map.once("load", () => {
    drawn.classList.add("covered");
    frame.classList.add("ready");
  });
})();
