/* Keeps the page that scans without a network, and what it is made of, on the phone. Nothing else
   goes through here: its scope is that one page. */

const CACHE = "mulin-scan-1";
const PAGE = "/scan";
const files = [/* FILES */];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...files])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

async function freshOrKept(request) {
  const cache = await caches.open(CACHE);
  const key = new URL(request.url).pathname === PAGE ? PAGE : request;
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(key, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(key, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method === "GET" && (pathname === PAGE || pathname.startsWith("/static/"))) {
    event.respondWith(freshOrKept(event.request));
  }
});
