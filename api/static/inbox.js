// The inbox follows along: each new notice is an event, and the page fetches itself anew. The
// browser comes back by itself after a break and says what it heard last. Without a script one
// reloads the page.
(() => {
  if (!window.EventSource) return;
  const source = new EventSource("/api/v1/notifications/stream");
  source.addEventListener("notice", () => document.body.dispatchEvent(new CustomEvent("told")));
  window.addEventListener("pagehide", () => source.close());
})();
