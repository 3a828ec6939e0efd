// The dispatch board: draws everybody's jobs along the hours, and carries a job to a row and a time by mouse, pen or finger.
// The rows and what waits are in the page; the jobs are in #board-slots. Everything also works by the links and forms.
//   d    opens the panel of the chosen job (j and k choose, see lists.js); its digits assign
import { isTyping } from "./words.js";

const STEP = 15;
const HOUR = 60;
const FAR = 6; // pixels before a press becomes a drag
const HOLD = 350; // milliseconds before a finger picks up instead of scrolling

const board = () => document.getElementById("board");
const two = (number) => String(number).padStart(2, "0");
const clock = (minutes) => `${two(Math.floor(minutes / HOUR))}:${two(minutes % HOUR)}`;
const first = () => Number(board().dataset.first) * HOUR;
const last = () => Number(board().dataset.last) * HOUR;
const share = (minutes) => `${((Math.min(Math.max(minutes, first()), last()) - first()) / (last() - first())) * 100}%`;
const width = (from, to) => `calc(${share(first() + Math.max(Math.min(to, last()) - Math.max(from, first()), STEP))} - 1px)`;

// ── drawing ──

function slotOf(job) {
  const slot = document.createElement(job.job ? "a" : "span");
  slot.className = ["slot", job.state && `slot-${job.state}`, job.pressing && "slot-pressing", job.overlaps && "slot-overlaps", !job.job && "slot-busy"].filter(Boolean).join(" ");
  slot.style.left = share(job.from);
  slot.style.width = width(job.from, job.to);
  slot.title = `${clock(job.from)}–${clock(job.to)} ${job.label} ${job.title}`;
  slot.append(job.label, Object.assign(document.createElement("small"), { textContent: `${clock(job.from)}–${clock(job.to)} ${job.title}` }));
  if (job.job) {
    slot.href = slot.dataset.panel = board().dataset.panels.replace("/0/", `/${job.job}/`);
    slot.draggable = false;
    const isOver = job.state === "done";
    Object.assign(slot.dataset, isOver ? {} : { job: job.job, version: job.version, trade: job.trade, minutes: job.to - job.from });
  }
  return slot;
}

function drawNow() {
  document.querySelectorAll(".board-now").forEach((line) => line.remove());
  if (!board() || !("today" in board().dataset)) return;
  const [hour, minute] = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" }).format(new Date()).split(":").map(Number);
  const now = hour * HOUR + minute;
  if (now < first() || now > last()) return;
  for (const lane of document.querySelectorAll("[data-draws]")) {
    const line = Object.assign(document.createElement("span"), { className: "board-now" });
    line.style.left = share(now);
    lane.append(line);
  }
}

let shown = null; // the list of jobs that is drawn

// Only what is new is drawn: an answer to something else on the page leaves the slots, and the focus on one, where they are.
function draw() {
  const source = document.getElementById("board-slots");
  if (!board() || !source || source === shown) return;
  shown = source;
  const lanes = new Map([...document.querySelectorAll("[data-draws]")].map((lane) => [lane.dataset.draws, lane]));
  for (const lane of lanes.values()) lane.replaceChildren();
  for (const job of JSON.parse(source.textContent)) lanes.get(job.row)?.append(slotOf(job));
  drawNow();
}

// ── carrying ──

let carried = null; // { job, minutes, trade, grip, label, mark, ghost, lane, start }
let pressed = null; // { source, box, x, y, id, timer }

function pick({ source, box, x }, event) {
  const isSlot = source.classList.contains("slot");
  const mark = Object.assign(document.createElement("div"), { className: "board-carried", textContent: source.textContent.trim().slice(0, 60) });
  document.body.append(mark);
  document.body.classList.add("is-carrying");
  const minutes = Number(source.dataset.minutes);
  const grip = isSlot ? ((x - box.left) / box.width) * minutes : 0;
  carried = { job: source.dataset.job, version: source.dataset.version, url: source.dataset.panel ?? source.querySelector("a").pathname, trade: source.dataset.trade, minutes, grip, mark };
  for (const lane of document.querySelectorAll("[data-lane]")) lane.classList.toggle("is-unfit", !fits(lane));
  carry(event);
}

function fits(lane) {
  const trades = lane.dataset.trades.split(" ").filter(Boolean);
  const isFirm = lane.dataset.lane.startsWith("firm-");
  return Boolean(lane.dataset.lane) && (!carried.trade || trades.includes(carried.trade) || (isFirm && !trades.length));
}

function carry(event) {
  carried.mark.style.left = `${event.clientX + 12}px`;
  carried.mark.style.top = `${event.clientY + 12}px`;
  const lane = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-lane]");
  carried.ghost?.remove();
  carried.lane?.classList.remove("is-target");
  carried.lane = lane && fits(lane) ? lane : null;
  if (!carried.lane) return;
  const box = lane.getBoundingClientRect();
  const at = first() + ((event.clientX - box.left) / box.width) * (last() - first()) - carried.grip;
  carried.start = Math.min(Math.max(Math.round(at / STEP) * STEP, first()), last() - STEP);
  carried.ghost = Object.assign(document.createElement("span"), { className: "slot-ghost", textContent: clock(carried.start) });
  carried.ghost.style.left = share(carried.start);
  carried.ghost.style.width = width(carried.start, carried.start + carried.minutes);
  carried.lane.classList.add("is-target");
  carried.lane.append(carried.ghost);
}

function putDown() {
  const { lane, mark, ghost } = carried;
  mark.remove();
  ghost?.remove();
  lane?.classList.remove("is-target");
  document.querySelectorAll(".is-unfit").forEach((other) => other.classList.remove("is-unfit"));
  document.body.classList.remove("is-carrying");
  const done = carried;
  carried = null;
  return done;
}

function place({ url, version, lane, start, minutes }) {
  const day = board().dataset.day;
  const form = document.createElement("form");
  form.hidden = true;
  form.method = "post";
  form.setAttribute("hx-post", url);
  form.setAttribute("hx-target", "#drawer");
  const end = Math.min(start + minutes, 24 * HOUR - 1);
  const sent = { version, to: lane.dataset.lane, planned_from: `${day}T${clock(start)}`, planned_to: `${day}T${clock(end)}` };
  for (const [name, value] of Object.entries(sent)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form);
  window.htmx.process(form);
  form.requestSubmit();
  form.addEventListener("htmx:finally:request", () => form.remove());
}

document.addEventListener("pointerdown", (event) => {
  const source = event.target.closest("#board [data-job]");
  if (!source || event.button !== 0) return;
  pressed = { source, box: source.getBoundingClientRect(), x: event.clientX, y: event.clientY, id: event.pointerId };
  if (event.pointerType === "touch") {
    pressed.timer = setTimeout(() => pressed && !carried && pick(pressed, event), HOLD);
  }
});

document.addEventListener("pointermove", (event) => {
  if (!pressed || event.pointerId !== pressed.id) return;
  if (carried) {
    event.preventDefault();
    carry(event);
    return;
  }
  if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR) return;
  if (event.pointerType === "touch") release();
  else pick(pressed, event);
});

function release() {
  clearTimeout(pressed?.timer);
  pressed = null;
}

document.addEventListener("pointerup", () => {
  release();
  if (!carried) {
    renewIfDue();
    return;
  }
  const done = putDown();
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 0);
  if (done.lane) place(done);
  renewIfDue();
});

document.addEventListener("pointercancel", () => {
  release();
  if (carried) putDown();
  renewIfDue();
});

// The click that ends a drag opens nothing.
function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// A finger that carries does not scroll the page.
document.addEventListener("touchmove", (event) => carried && event.preventDefault(), { passive: false });
// Nor does a long press on a job, which is a link, open the menu of links: that would end the carrying.
document.addEventListener("contextmenu", (event) => pressed?.timer && event.preventDefault());
document.addEventListener("dragstart", (event) => event.target.closest?.("#board") && event.preventDefault());

// ── staying up to date ──

let due = false;

// Nothing is drawn anew under the hand.
document.addEventListener(
  "live:changed",
  (event) => {
    if (!(carried || pressed) || !event.target.matches?.("#board")) return;
    event.stopImmediatePropagation();
    due = true;
  },
  true,
);

function renewIfDue() {
  if (due) board()?.dispatchEvent(new CustomEvent("live:changed"));
  due = false;
}

document.addEventListener("click", (event) => {
  const slot = event.target.closest("#board .slot[data-panel]");
  if (!slot || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  window.htmx.ajax("GET", slot.dataset.panel, "#drawer");
});

document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyD" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || event.target.closest("#drawer, dialog")) return;
  const chosen = document.querySelector("#board [data-row].is-current a, #board [data-row]:focus-within a") ?? document.querySelector("#board [data-row] a");
  if (!chosen) return;
  event.preventDefault();
  chosen.click();
});

document.addEventListener("htmx:after:swap", () => draw());
setInterval(drawNow, 60_000);
draw();
