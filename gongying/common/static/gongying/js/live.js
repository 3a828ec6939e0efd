// Elements with data-live="unit-12 customer-5" get the event `live:changed` when one of these subjects changed, for
// example to fetch themselves again: hx-trigger="live:changed". Never while somebody types inside the element.

import { say } from "./words.js";

const SETTLE = 150;
const LONGEST_ANSWER = 60_000;
const LONGEST_UNKNOWN = 2_000; // how old an element may be that no answer brought
const PATIENCE = 5_000; // a stream that is back by then is no news
const SPREAD = 3_000; // where anything may have changed for everybody at once, not all of them ask in the same moment
const FIELDS = "input, textarea, select, [contenteditable]";

const pushUrl = document.querySelector('meta[name="push-url"]')?.content;
const postponed = new Map(); // element → subjects, until the cursor leaves it
const asked = new Map(); // request that is on the way → when it was asked
let told = []; // what changed lately: { at, subjects }
const known = new WeakSet(); // the elements that hear of each change by themselves
let readAt = Infinity; // when the server was asked for the oldest of what came since the stream was opened
let watched = "";
let losing = 0; // the timer, until the page says that nothing is told
let askingForAll = 0; // the timer, where anything may have changed

const liveElements = () => [...document.querySelectorAll("[data-live]")];
const subjectsOf = (element) => element.dataset.live.split(/\s+/).filter(Boolean);

function isTypedIn(element) {
  const active = document.activeElement;
  return element.contains(active) && active.matches(FIELDS) && active !== element;
}

const isAsking = (element) => [...asked.keys()].some(({ sourceElement }) => sourceElement === element);

function tell(element, subjects) {
  if (isTypedIn(element)) {
    postponed.set(element, subjects);
    return;
  }
  postponed.delete(element);
  if (!isAsking(element)) element.dispatchEvent(new CustomEvent("live:changed", { detail: { subjects } }));
}

const concerns = (element, subjects) =>
  subjects.includes("*") || subjectsOf(element).some((subject) => subjects.includes(subject));

function changed(subjects) {
  const at = performance.now();
  told = [...told.filter((one) => at - one.at < LONGEST_ANSWER), { at, subjects }];
  for (const element of liveElements()) {
    if (concerns(element, subjects)) tell(element, subjects);
  }
}

function heard(subjects) {
  if (!subjects.includes("*")) changed(subjects);
  else if (!askingForAll) askingForAll = setTimeout(askForAll, Math.random() * SPREAD);
}

function askForAll() {
  clearTimeout(askingForAll);
  askingForAll = 0;
  changed(["*"]);
}

// The server may have read what an answer brings before something changed that this page was told meanwhile. So what an answer
// brings, the element that asked for it, and the successor (of the same id) of one that it replaced, ask again.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => asked.set(ctx, performance.now()));

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const since = asked.get(ctx) ?? 0; // asked before this module ran
  asked.delete(ctx);
  const asker = ctx.sourceElement;
  const successor = asker.isConnected ? asker : document.getElementById(asker.id);
  const thrownAway = !asker.isConnected && ctx.status !== "swapped"; // somebody else replaced it meanwhile
  const meanwhile = told.filter(({ at }) => at >= since).flatMap(({ subjects }) => subjects);
  for (const element of liveElements()) {
    const isNew = !known.has(element);
    known.add(element);
    if (isNew) readAt = Math.min(readAt, since);
    const subjects = element === successor && thrownAway ? subjectsOf(element) : meanwhile;
    if ((isNew || element === successor) && concerns(element, subjects)) tell(element, subjects);
  }
});

document.addEventListener("focusout", () => {
  setTimeout(() => {
    for (const [element, subjects] of postponed) {
      if (element.isConnected) tell(element, subjects);
      else postponed.delete(element);
    }
  }, SETTLE);
});

// While nothing is told, the page says so at its head: what it shows may be old. Without network it says that already.
function showLine(runs) {
  if (runs) {
    clearTimeout(losing);
    losing = 0;
    document.getElementById("not-live")?.remove();
  } else {
    losing ||= setTimeout(showLost, PATIENCE);
  }
}

function showLost() {
  const place = document.querySelector("[data-offline]");
  if (!place || !navigator.onLine || document.getElementById("not-live")) return;
  const strip = document.createElement("p");
  strip.id = "not-live";
  strip.className = "note note-soon alarm no-print";
  strip.setAttribute("role", "status");
  strip.textContent = say("notLive");
  place.after(strip);
}

// How long ago the server may have read what this page shows.
function pageAge() {
  const [navigation] = performance.getEntriesByType("navigation");
  return performance.now() - (navigation?.requestStart ?? 0);
}

async function connect() {
  const here = new URL(".", import.meta.url);
  try {
    if (!("SharedWorker" in window)) throw new Error("no SharedWorker");
    const worker = new SharedWorker(new URL("live-worker.js", here), { type: "module", name: "live" });
    worker.port.addEventListener("message", ({ data }) => (data.subjects ? heard(data.subjects) : showLine(data.runs)));
    worker.port.start();
    return (message) => worker.port.postMessage(message);
  } catch {
    const { LiveSource } = await import(new URL("live-source.js", here));
    const source = new LiveSource(heard, showLine);
    return ({ url, subjects, age }) => (subjects.length ? source.watch(url, subjects, age) : source.close());
  }
}

async function start() {
  const send = await connect();
  const url = new URL(pushUrl, location.href).href;

  function watch(age) {
    readAt = Infinity;
    const subjects = [...new Set(liveElements().flatMap(subjectsOf))].sort();
    if (subjects.join() === watched) return;
    watched = subjects.join();
    send({ url, subjects, age });
  }

  let timer = 0;
  new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(() => watch(readAt < Infinity ? performance.now() - readAt : LONGEST_UNKNOWN), SETTLE);
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-live"] });

  addEventListener("pagehide", () => {
    watched = "";
    send({ url, subjects: [], age: 0 });
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    watch(0);
    askForAll(); // shown again from the browser's memory
  });
  liveElements().forEach((element) => known.add(element));
  watch(pageAge());
}

if (pushUrl) start();
