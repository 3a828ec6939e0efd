// A worker's steps on his phone. form[data-queue] is kept first and sent then, so that a basement without network loses
// nothing: in order, each once (its token is known to the server), with when it was taken. What the server refuses stays
// beside the words of what is stored there now; nothing is overwritten, nothing is lost.
import { forget, keep, waiting as stored } from "./field-store.js";
import { tell } from "./messages.js";

const AGAIN = 15_000;
// Milliseconds: what is sent within them was taken now.
const SOON = 2_000;
const PATIENCE = 60_000;
const user = document.body.dataset.user ?? "";
const pending = { steps: [], signedOut: false, sending: false, isAsked: false };
let timer = 0;

const strip = () => document.querySelector("[data-queue-strip]");
const words = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), strip()?.dataset[name] ?? "");
const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
const page = () => document.querySelector("[data-job-page]");
const canKeep = () => window.isSecureContext && "indexedDB" in window && "locks" in navigator;

// ── taking a step ───────────────────────────────────

function targetOf(leads, state) {
  return leads.split(" ").map((lead) => lead.split(":")).find(([source]) => source === state)?.[1] ?? state;
}

// Where the job stands by what this phone knows: what the server told, and then the steps that wait.
function stateOf(job, told) {
  return pending.steps.filter((step) => step.job === job && !step.problem).reduce((state, step) => targetOf(step.leads, state), told);
}

function stepFrom(form) {
  const { queue: url, job, leads, words: name } = form.dataset;
  const values = [...new FormData(form)].filter(([field, value]) => {
    return !["csrfmiddlewaretoken", "from", "version"].includes(field) && !(value instanceof File && !value.size);
  });
  // A sheet may be older than the page around it, which follows what happens.
  const version = page()?.dataset.jobPage === job ? page().dataset.version : form.elements.version?.value;
  const place = document.querySelector(`#workorder-${job} b:last-of-type, [data-job-page="${job}"] .big-number`)?.textContent ?? "";
  return { token: crypto.randomUUID(), user, url, job, leads: leads ?? "", name, place, version, values, takenAt: Date.now(), problem: null };
}

async function take(step) {
  await keep(step);
  await look();
  await send();
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("form[data-queue]");
  if (!form || !canKeep()) return;
  event.preventDefault();
  if (form.dataset.taken) return;
  form.dataset.taken = "true"; // a second tap with a glove
  try {
    const step = stepFrom(form);
    await take(step);
    const sheet = form.closest("dialog");
    if (sheet && !(await isGivenBack(step, sheet))) {
      sheet.close();
      form.reset();
    }
  } finally {
    delete form.dataset.taken;
  }
});

// What lacks something is filled in further where it was filled in, with every value still there.
async function isGivenBack({ token }, sheet) {
  const step = pending.steps.find((one) => one.token === token && one.problem?.status === 422);
  const told = sheet.querySelector("[data-sheet-errors]");
  if (told) {
    told.hidden = !step;
    told.textContent = step ? wordsOf(step.problem) : "";
  }
  if (!step || !told) return false;
  told.scrollIntoView({ block: "nearest" });
  await forget(step.id);
  await look();
  return true;
}

// ── sending ─────────────────────────────────────────

function bodyOf(step) {
  const body = new FormData();
  for (const [name, value] of step.values) body.append(name, value);
  if (step.version) body.append("version", Math.max(step.version, learned.get(step.job)?.version ?? 0));
  const age = Date.now() - step.takenAt;
  if (step.isLate || age > SOON) body.append("age", String(Math.max(age, 1)));
  return body;
}

async function post(step) {
  const answer = await fetch(step.url, {
    method: "POST",
    body: bodyOf(step),
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
    headers: { "X-CSRFToken": cookie("csrftoken"), "Idempotency-Key": step.token, "HX-Request": "true" },
  });
  const isJson = /json/.test(answer.headers.get("Content-Type") ?? "");
  return { status: answer.status, told: isJson ? await answer.json() : {} };
}

const isForLater = (status) => status === 408 || status === 429 || status >= 500;

async function settle(step, { status, told }) {
  if (status === 200) {
    // Before the step is forgotten: in between the bar would go back, and a tap would meet another button.
    learn(step.job, told);
    await forget(step.id);
    // The next step of this job was taken in the knowledge of this one; the page may be another one when it is sent.
    for (const next of await stored(user)) {
      if (next.job === step.job && next.id > step.id && !next.problem) await keep({ ...next, version: told.version });
    }
    return;
  }
  await keep({ ...step, problem: { status, detail: told.detail ?? "", errors: told.errors ?? [], current: told.current ?? null } });
}

// What the server last told about a job after a step from here stands until the page itself is as new. The next step knows it, too,
// also one that was taken while the answer came.
const learned = new Map();

function learn(job, { version, state }) {
  learned.set(job, { version, state });
  catchUp();
}

function catchUp() {
  const job = page();
  const known = job && learned.get(job.dataset.jobPage);
  if (known && Number(job.dataset.version) < known.version) Object.assign(job.dataset, known);
}

async function sendAll() {
  const sent = [];
  const held = new Set();
  for (;;) {
    await look();
    const step = pending.steps.find((one) => !one.problem && !held.has(one.job) && !isBehindTrouble(one));
    if (!step) return sent;
    const answer = await post(step).catch(() => null);
    if (!answer || isForLater(answer.status)) {
      await keep({ ...step, isLate: true });
      return sent;
    }
    pending.signedOut = answer.status === 401;
    if (pending.signedOut) return sent;
    await settle(step, answer);
    if (answer.status === 200) sent.push({ step, told: answer.told });
  }
}

const isBehindTrouble = (step) => pending.steps.some((one) => one.problem && one.job === step.job && one.id < step.id);

async function send() {
  if (!canKeep() || !user) return;
  pending.isAsked = pending.sending;
  if (pending.sending) return;
  pending.sending = true;
  clearTimeout(timer);
  try {
    // One tab sends; the others find nothing left to do.
    const sent = await navigator.locks.request("field-queue", sendAll);
    await look();
    if (sent.length) report(sent);
  } finally {
    pending.sending = false;
    show();
  }
  // Taken after the last look of what was sending.
  if (pending.isAsked) return send();
  if (pending.steps.some((step) => !step.problem && !isBehindTrouble(step)) && !pending.signedOut) timer = setTimeout(send, AGAIN);
}

function report(sent) {
  const { step, told } = sent.at(-1);
  if (sent.length > 1 && sent.some((one) => one.step.isLate)) tell(words("sent", { n: sent.length }));
  else if (told.said) tellWithWayBack(told, step);
  for (const part of document.querySelectorAll("#job, #jobs")) part.dispatchEvent(new CustomEvent("live:changed"));
}

function tellWithWayBack(told, step) {
  tell(told.said);
  if (!told.undo || !words("undo")) return;
  const message = document.querySelector("#messages > :last-child");
  const url = step.url.replace(/[^/]+\/$/, `${told.undo}/`);
  const way = page()?.querySelector(`form[data-queue="${url}"]`);
  const form = document.createElement("form");
  const undo = button(words("undo"), () => {});
  undo.type = "submit";
  Object.assign(form.dataset, { queue: url, job: step.job, leads: way?.dataset.leads ?? "", words: way?.dataset.words ?? words("undo") });
  form.append(undo);
  form.addEventListener("submit", () => message.remove(), { once: true });
  message?.querySelector("span")?.after(form);
}

// ── what the page shows ─────────────────────────────

async function look() {
  if (canKeep() && user) pending.steps = await stored(user);
  show();
}

function button(text, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: text });
  made.addEventListener("click", () => act(made));
  return made;
}

function line(text, className = "") {
  return Object.assign(document.createElement("p"), { textContent: text, className });
}

const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// The detail of a 422 is for programs: it names the fields as the server calls them.
const wordsOf = ({ detail, errors }) => (errors.length ? errors.map((error) => error.message).join(" ") : detail);

function troubleOf(step) {
  const { status, current } = step.problem;
  const said = status === 404 || status === 403 ? words("notYours") : wordsOf(step.problem);
  const row = document.createElement("article");
  row.className = "queue-trouble";
  row.append(line(`${step.place} · ${step.name} · ${clock(step.takenAt)}`, "strong"), line(said || words("unknown")));
  if (current) row.append(line(words("storedNow", { state: current.state, doer: current.doer || "—" })));
  for (const next of pending.steps) {
    if (next.job === step.job && next.id > step.id && !next.problem) {
      row.append(line(`${next.name} · ${clock(next.takenAt)} · ${words("behind")}`, "quiet"));
    }
  }
  const keys = document.createElement("div");
  keys.className = "row-line";
  if (current || status === 422) {
    keys.append(button(words("again"), async () => {
      await keep({ ...step, version: current?.version ?? step.version, token: crypto.randomUUID(), problem: null });
      await send();
    }));
  }
  keys.append(button(words("copyIt"), () => copy(step, row)), button(words("discard"), (key) => {
    if (key.dataset.sure) forget(step.id).then(look);
    key.dataset.sure = "true";
    key.textContent = words("discardSure");
  }));
  row.append(keys);
  return row;
}

async function copy(step, row) {
  const written = step.values.filter(([, value]) => typeof value === "string" && value).map(([name, value]) => `${name}: ${value}`);
  const text = [...[...row.querySelectorAll("p")].map((part) => part.textContent), ...written].join("\n");
  await navigator.clipboard.writeText(text);
}

function show() {
  const place = strip();
  if (!place) return;
  const n = pending.steps.filter((step) => !step.problem).length;
  const troubles = pending.steps.filter((step) => step.problem);
  const parts = troubles.map(troubleOf);
  if (!canKeep()) parts.unshift(line(words("insecure"), "note note-soon"));
  else if (n) {
    const name = pending.signedOut ? "signedOut" : pending.sending && navigator.onLine ? "sending" : "waiting";
    parts.unshift(line(words(name, { n }), "note note-soon"));
  }
  place.replaceChildren(...parts);
  place.hidden = !parts.length;
  showBars();
  showCards();
}

function showBars() {
  const job = page();
  if (!job) return;
  const now = stateOf(job.dataset.jobPage, job.dataset.state);
  for (const bar of job.querySelectorAll("[data-when]")) bar.hidden = bar.dataset.when !== now;
}

function showCards() {
  for (const card of document.querySelectorAll("[data-job-card]")) {
    const mine = pending.steps.filter((step) => step.job === card.dataset.jobCard && !step.problem);
    card.classList.toggle("is-kept", mine.length > 0);
    card.dataset.kept = mine.map((step) => step.name).join(" → ");
  }
}

// ── pages that open without network ─────────────────

async function keepPages() {
  if (!("serviceWorker" in navigator)) return;
  const place = strip();
  // Elsewhere only to say who uses this browser now: whoever comes next finds nothing of the one before.
  const worker = place ? navigator.serviceWorker.register(place.dataset.worker) : navigator.serviceWorker.getRegistration("/jobs/");
  const { active, waiting, installing } = (await worker) ?? {};
  const parts = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => new URL(name).pathname.startsWith("/static/"));
  const pages = [...document.querySelectorAll("[data-keep-pages] a.row-link")].map(({ href }) => href);
  (active ?? waiting ?? installing)?.postMessage({ user, keep: place ? [...new Set([location.href, ...parts, ...pages])] : [] });
}

document.addEventListener("htmx:after:swap", () => {
  catchUp();
  show();
});
window.addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
keepPages().catch(() => {});
look().then(send);
