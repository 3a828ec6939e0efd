// Elements with data-live="unit-12 customer-5" get the event `live:changed` when one of these subjects changed, for
// example to fetch themselves again: hx-trigger="live:changed". Never while somebody types inside the element.

const SETTLE = 150;
const FIELDS = "input, textarea, select, [contenteditable]";

const pushUrl = document.querySelector('meta[name="push-url"]')?.content;
const postponed = new Map(); // element → subjects, until the cursor leaves it
const asking = new Map(); // element → its request, and the subjects that changed while the answer was on the way
let watched = "";

const liveElements = () => [...document.querySelectorAll("[data-live]")];
const subjectsOf = (element) => element.dataset.live.split(/\s+/).filter(Boolean);

function isTypedIn(element) {
  const active = document.activeElement;
  return element.contains(active) && active.matches(FIELDS) && active !== element;
}

function tell(element, subjects) {
  if (isTypedIn(element)) {
    postponed.set(element, subjects);
    return;
  }
  postponed.delete(element);
  if (asking.has(element)) asking.get(element).meanwhile.push(...subjects);
  else element.dispatchEvent(new CustomEvent("live:changed", { detail: { subjects } }));
}

function changed(subjects) {
  const all = subjects.includes("*");
  for (const element of liveElements()) {
    if (all || subjectsOf(element).some((subject) => subjects.includes(subject))) tell(element, subjects);
  }
}

// An answer often replaces the element that asked for it, and htmx drops what waits behind a replaced element. Nothing that
// changed after the server had read may be lost with it: the element's successor, which has its id, asks again.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if ("live" in ctx.sourceElement.dataset) asking.set(ctx.sourceElement, { ctx, meanwhile: [] });
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const [element, { meanwhile } = {}] = [...asking].find(([, asked]) => asked.ctx === ctx) ?? [];
  if (!element) return;
  asking.delete(element);
  const thrownAway = !element.isConnected && ctx.status !== "swapped"; // somebody else replaced it meanwhile
  const subjects = thrownAway ? subjectsOf(element) : meanwhile;
  const successor = element.isConnected ? element : document.getElementById(element.id);
  if (successor && subjects.length) tell(successor, subjects);
});

document.addEventListener("focusout", () => {
  setTimeout(() => {
    for (const [element, subjects] of postponed) {
      if (element.isConnected) tell(element, subjects);
      else postponed.delete(element);
    }
  }, SETTLE);
});

// How long ago the server may have read what this page shows.
function pageAge() {
  const [navigation] = performance.getEntriesByType("navigation");
  return performance.now() - (navigation?.requestStart ?? 0) + SETTLE;
}

async function connect() {
  const here = new URL(".", import.meta.url);
  try {
    if (!("SharedWorker" in window)) throw new Error("no SharedWorker");
    const worker = new SharedWorker(new URL("live-worker.js", here), { type: "module", name: "live" });
    worker.port.addEventListener("message", ({ data }) => changed(data));
    worker.port.start();
    return (message) => worker.port.postMessage(message);
  } catch {
    const { LiveSource } = await import(new URL("live-source.js", here));
    const source = new LiveSource(changed);
    return ({ url, subjects, age }) => (subjects.length ? source.watch(url, subjects, age) : source.close());
  }
}

async function start() {
  const send = await connect();
  const url = new URL(pushUrl, location.href).href;

  function watch(age) {
    const subjects = [...new Set(liveElements().flatMap(subjectsOf))].sort();
    if (subjects.join() === watched) return;
    watched = subjects.join();
    send({ url, subjects, age });
  }

  let timer = 0;
  new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(() => watch(2_000), SETTLE);
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-live"] });

  addEventListener("pagehide", () => {
    watched = "";
    send({ url, subjects: [], age: 0 });
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    watch(0);
    changed(["*"]); // shown again from the browser's memory
  });
  watch(pageAge());
}

if (pushUrl) start();
