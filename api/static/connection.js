// What a person is told while an answer is awaited, and when the network or the service gives none.
// Nothing depends on it: without it the browser says such things in its own words.
(() => {
  const SLOW_MS = 6000;
  const AGAIN_MS = 5000;
  const lines = [...document.querySelectorAll("#connection > [data-when]")];
  const tell = (what) => {
    for (const line of lines) line.hidden = line.dataset.when !== what;
  };
  const isTold = (what) => lines.some((line) => line.dataset.when === what && !line.hidden);

  // A form is under way: a second tap is swallowed, and what is slow says so.
  let slow = 0;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (!navigator.onLine) {
      event.preventDefault();
      tell("unsent");
    } else if (form.hasAttribute("aria-busy")) {
      event.preventDefault();
    } else {
      form.setAttribute("aria-busy", "true");
      event.submitter?.setAttribute("data-pressed", "");
      slow = setTimeout(tell, SLOW_MS, "slow");
    }
  });
  // The page is shown again, by the way back say: nothing is under way any more.
  addEventListener("pageshow", () => {
    clearTimeout(slow);
    if (isTold("slow")) tell();
    for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
    for (const button of document.querySelectorAll("[data-pressed]")) button.removeAttribute("data-pressed");
  });

  // Without a network a link would lead to the browser's own page of failure, and away from here.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || navigator.onLine || link.hash || link.pathname === "/scan") return;
    event.preventDefault();
    tell("offline");
  });
  addEventListener("offline", () => tell("offline"));
  addEventListener("online", () => tell());
  if (!navigator.onLine) tell("offline");

  // What a page fetches by itself: told once, tried again, and taken back when it comes.
  const failed = (event) => {
    const { elt, xhr } = event.detail;
    if (event.type === "htmx:responseError" && xhr.status < 500) return;
    tell(navigator.onLine ? "trouble" : "offline");
    // What is fetched again and again does so anyway; what is fetched once has to be asked.
    if (!elt.getAttribute("hx-trigger")?.startsWith("load")) return;
    const address = elt.getAttribute("hx-get");
    setTimeout(() => htmx.ajax("GET", address, { source: elt, target: elt, swap: "outerHTML" }), AGAIN_MS);
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    document.addEventListener(name, failed);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && isTold("trouble")) tell();
  });
})();
