/* Scans that wait on this phone until there is a network. Each is of the account that was signed in
   when it was made, and is sent for that account only. Sending twice counts once. */

const STORE = "mulin-scans";
const KEPT_MS = 48 * 3600 * 1000; // What was sent stays on show so long.
const place = document.getElementById("offline");
const list = document.getElementById("kept-scans");
const none = document.getElementById("none-kept");
const button = document.getElementById("send-now");
const words = document.getElementById("kept-words").content;
const say = (name) => words.querySelector(`[data-${name}]`).textContent;
let way = "in";
let sending = false;

// What waits is never thrown away by this phone's clock, which may be wrong: the service says of each
// scan whether it came too late, by the time in its code.
const load = () => {
  const all = JSON.parse(localStorage.getItem(STORE) ?? "[]");
  return all.filter((scan) => !scan.done || Math.abs(Date.now() - scan.at) < KEPT_MS);
};
const save = (scans) => localStorage.setItem(STORE, JSON.stringify(scans));
const change = (scan, facts) => save(load().map((each) => (each.id === scan.id ? { ...each, ...facts } : each)));

function show() {
  const scans = load();
  list.replaceChildren(...scans.map((scan) => {
    const item = document.createElement("li");
    const body = document.createElement("div");
    body.className = "body";
    const title = document.createElement("p");
    title.className = "title";
    title.textContent = say(scan.way);
    const about = document.createElement("p");
    about.className = "soft small";
    about.textContent = scan.said ?? say(scan.done ? "sent" : "waits");
    body.append(title, about);
    item.append(body);
    return item;
  }));
  list.hidden = scans.length === 0;
  none.hidden = scans.length > 0;
  button.hidden = !scans.some((scan) => !scan.done);
}

async function sendOne(scan) {
  let answer;
  try {
    answer = await fetch("/api/v1/scans", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": place.dataset.tag },
      body: JSON.stringify({ code: scan.code, way: scan.way }),
    });
  } catch {
    return false; // No network still.
  }
  if (answer.status === 401) {
    change(scan, { said: say("signed-out") });
    return false;
  }
  if (answer.status >= 500 || answer.status === 429) return false;
  const said = answer.ok ? undefined : (await answer.json()).detail;
  // By the clock as it is now, which may have been put right meanwhile.
  change(scan, { done: true, at: Date.now(), code: "", said });
  return true;
}

async function send() {
  if (sending) return;
  sending = true;
  // In their order: whoever goes has come before.
  for (const scan of load().filter((each) => !each.done && each.who === place.dataset.who)) {
    if (!(await sendOne(scan))) break;
  }
  sending = false;
  show();
}

place.addEventListener("scanned", (event) => {
  const scan = { id: crypto.randomUUID(), code: event.detail.trim(), way, at: Date.now(), who: place.dataset.who };
  save([...load(), scan]);
  show();
  send();
});
place.querySelectorAll("[data-way]").forEach((choice) => {
  choice.addEventListener("click", () => {
    way = choice.dataset.way;
    place.querySelectorAll("[data-way]").forEach((each) => each.setAttribute("aria-pressed", each === choice));
  });
});
button.addEventListener("click", send);
window.addEventListener("online", send);
place.hidden = false;
show();
send();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/scan-worker.js", { scope: "/scan" });
