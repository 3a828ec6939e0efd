// The team's day: draws everybody's events along the hours; a drag over an empty stretch plans something there, a drag of one's
// own event moves it, of its right edge makes it longer. A finger picks up after a moment; before that it scrolls.
// By keys: in somebody's row the arrows choose a time (with Shift its length), up and down the person, Enter plans; on one's own
// event Alt with the arrows moves it (with Shift makes it longer or shorter), Enter moves it there. Esc leaves it.
// A task from the list beside it is dragged into a row, and has its time there.
// What is new stands in the form that opens; what is moved can be undone. All of it works by links and forms as well.
const STEP = 15;
const HOUR = 60;
const NARROW = 45; // minutes: below them the words stand beside the box
const FAR = 5; // pixels before a press becomes a drag
const HOLD = 350; // milliseconds before a finger picks up instead of scrolling

const planner = () => document.getElementById("planner");
const two = (number) => String(number).padStart(2, "0");
const clock = (minutes) => `${two(Math.floor(minutes / HOUR))}:${two(minutes % HOUR)}`;
const first = () => Number(planner().dataset.first) * HOUR;
const last = () => Number(planner().dataset.last) * HOUR;
const share = (minutes) => `${((Math.min(Math.max(minutes, first()), last()) - first()) / (last() - first())) * 100}%`;
const onGrid = (minutes) => Math.min(Math.max(Math.round(minutes / STEP) * STEP, first()), last());

// ── drawing ──

function drawn(plan, isSecond) {
  const slot = document.createElement(plan.url ? "a" : "span");
  const kinds = [plan.url ? `plan-${plan.kind}` : "plan-busy", plan.clashes && "plan-clashes", plan.unanswered && "plan-unanswered", isSecond && "plan-second", plan.to - plan.from < NARROW && "plan-narrow"];
  slot.className = ["plan", ...kinds].filter(Boolean).join(" ");
  place(slot, plan.from, plan.to);
  slot.title = `${plan.title} ${plan.label}`;
  const words = Object.assign(document.createElement("span"), { className: "plan-words" });
  words.append(plan.label, Object.assign(document.createElement("small"), { textContent: plan.title }));
  slot.append(words);
  if (plan.url) {
    slot.href = plan.url;
    slot.draggable = false;
  }
  if (plan.own && plan.to < 24 * HOUR && plan.from > 0) {
    Object.assign(slot.dataset, { own: "", from: plan.from, to: plan.to });
    slot.append(Object.assign(document.createElement("span"), { className: "plan-grip" }));
  }
  return slot;
}

function place(element, from, to) {
  element.style.left = share(from);
  element.style.width = `calc(${share(first() + Math.max(Math.min(to, last()) - Math.max(from, first()), STEP))} - 1px)`;
}

function drawNow() {
  document.querySelectorAll(".planner-now").forEach((line) => line.remove());
  if (!planner() || !("today" in planner().dataset)) return;
  const inShanghai = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  const [hour, minute] = inShanghai.format(new Date()).split(":").map(Number);
  const now = hour * HOUR + minute;
  if (now < first() || now > last()) return;
  for (const lane of document.querySelectorAll("[data-lane]")) {
    const line = Object.assign(document.createElement("span"), { className: "planner-now" });
    line.style.left = share(now);
    lane.append(line);
  }
}

let shown = null; // the list of plans that is drawn

// Only what is new is drawn: an answer to something else on the page takes neither the keys' place nor what the hand holds.
function draw() {
  const source = document.getElementById("planner-slots");
  if (!planner() || !source || source === shown) return false;
  shown = source;
  planner().style.setProperty("--hours", (last() - first()) / HOUR);
  const lanes = new Map([...document.querySelectorAll("[data-lane]")].map((lane) => [Number(lane.dataset.lane), { lane, until: 0 }]));
  for (const { lane } of lanes.values()) lane.replaceChildren();
  for (const plan of JSON.parse(source.textContent)) {
    const row = lanes.get(plan.row);
    if (!row) continue;
    row.lane.append(drawn(plan, plan.from < row.until));
    row.until = Math.max(row.until, plan.to);
  }
  drawNow();
  return true;
}

// ── dragging ──

let due = false; // the page was told meanwhile that something changed
let pressed = null; // { lane, slot, isEdge, x, y, at, id, timer }, of a task { task, x, y, id, timer }
let dragged = null; // { lane, from, to, ghost }
let carried = null; // the words of a task under the hand

function minuteAt(lane, x) {
  const box = lane.getBoundingClientRect();
  return first() + ((x - box.left) / box.width) * (last() - first());
}

// A task is in the hand wherever it is; over a row it shows the time that it would have there.
function carry({ clientX, clientY }) {
  const { task } = pressed;
  const title = task.querySelector("a").textContent;
  if (!carried) {
    carried = Object.assign(document.createElement("span"), { className: "planner-carried" });
    document.body.append(carried);
    task.classList.add("is-carried");
  }
  Object.assign(carried.style, { left: `${clientX + 12}px`, top: `${clientY + 12}px` });
  const lane = document.elementFromPoint(clientX, clientY)?.closest("#planner [data-lane]");
  if (!lane) {
    dragged?.ghost.remove();
    dragged = null;
    carried.textContent = title;
    return;
  }
  const length = Number(task.closest("[data-minutes]").dataset.minutes);
  const from = Math.min(onGrid(minuteAt(lane, clientX)), last() - length);
  mark(lane, from, from + length);
  carried.textContent = `${clock(from)}–${clock(from + length)} ${title}`;
}

function drag(event) {
  if (pressed.task) return carry(event);
  const { lane, slot, isEdge, at } = pressed;
  const here = minuteAt(lane, event.clientX);
  let [from, to] = [onGrid(Math.min(at, here)), onGrid(Math.max(at, here))];
  if (slot && isEdge) [from, to] = [Number(slot.dataset.from), Math.max(onGrid(here), Number(slot.dataset.from) + STEP)];
  else if (slot) {
    const length = slot.dataset.to - slot.dataset.from;
    from = Math.min(onGrid(Number(slot.dataset.from) + here - at), last() - Math.min(length, last() - first()));
    to = from + length;
  }
  mark(lane, from, Math.max(to, from + STEP), slot);
}

function mark(lane, from, to, slot) {
  if (dragged?.lane !== lane) {
    dragged?.ghost.remove();
    dragged = { lane, ghost: Object.assign(document.createElement("span"), { className: "plan-ghost" }) };
    lane.append(dragged.ghost);
  }
  Object.assign(dragged, { from, to, slot });
  dragged.ghost.textContent = `${clock(from)}–${clock(to)}`;
  place(dragged.ghost, from, to);
}

// One's own event goes there at once, to be undone from the message; where something has to be answered first, the form opens.
function carryOut({ lane, from, to }, slot, task) {
  const day = planner().dataset.day;
  const end = Math.min(to, 24 * HOUR - 1);
  const times = `start=${day}T${clock(from)}&end=${day}T${clock(end)}`;
  if (task) window.htmx.ajax("POST", `${task.dataset.task}?staff=${lane.dataset.lane}&${times}`, "#drawer");
  else if (slot) window.htmx.ajax("POST", `${slot.pathname}move/?${times}`, "#drawer");
  else window.htmx.ajax("GET", `${planner().dataset.new}?staff=${lane.dataset.lane}&${times}`, "#drawer");
}

document.addEventListener("pointerdown", (event) => {
  const task = event.target.closest("#planner [data-task]");
  if (task && event.button === 0 && !event.target.closest("button, .btn")) {
    letGo();
    pressed = { task, x: event.clientX, y: event.clientY, id: event.pointerId };
    if (event.pointerType === "touch") pressed.timer = setTimeout(() => pressed?.task === task && carry(event), HOLD);
    return;
  }
  const lane = event.target.closest("#planner [data-lane]");
  if (!lane || event.button !== 0) return;
  const slot = event.target.closest(".plan");
  if (slot && !("own" in slot.dataset)) return;
  letGo();
  pressed = { lane, slot, isEdge: event.target.matches(".plan-grip"), x: event.clientX, y: event.clientY, at: minuteAt(lane, event.clientX), id: event.pointerId };
  if (event.pointerType === "touch") pressed.timer = setTimeout(() => pressed && drag(event), HOLD);
});

document.addEventListener("pointermove", (event) => {
  if (!pressed || event.pointerId !== pressed.id) return;
  const isFar = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) >= FAR;
  if (dragged || carried) drag(event);
  else if (isFar && event.pointerType === "touch") letGo();
  else if (isFar) drag(event);
});

// A finger that carries does not scroll the page; nor does a long press on an event, which is a link, open the menu of links.
document.addEventListener("touchmove", (event) => pressed && (dragged || carried) && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => pressed?.timer && event.preventDefault());

document.addEventListener("pointerup", (event) => {
  const [press, done, isDrag] = [pressed, dragged, dragged || carried];
  if (!press || event.pointerId !== press.id) return;
  letGo();
  if (isDrag) {
    // The click that ends a drag opens nothing.
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 0);
    if (done) carryOut(done, press.slot, press.task);
  } else if (!press.slot && !press.task) {
    const from = Math.min(Math.floor(press.at / 30) * 30, last() - HOUR);
    carryOut({ lane: press.lane, from, to: from + HOUR });
  }
  renewIfDue();
});

document.addEventListener("pointercancel", () => {
  letGo();
  renewIfDue();
});

// ── by keys ──

const ARROWS = { ArrowLeft: -STEP, ArrowRight: STEP };

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") letGo();
  const slot = event.target.closest?.("#planner .plan[data-own]");
  const lane = event.target.closest?.("#planner [data-lane]");
  if (!lane || event.ctrlKey || event.metaKey) return;
  const isMine = slot ? byKeysOnSlot(event, lane, slot) : event.target === lane && byKeysInLane(event, lane);
  if (isMine) event.preventDefault();
});

function byKeysInLane(event, lane) {
  if (event.key === "Enter") return openMarked();
  if (event.key === "ArrowUp" || event.key === "ArrowDown") return stepTo(lane, event.key === "ArrowUp" ? -1 : 1);
  if (!(event.key in ARROWS) || event.altKey) return false;
  const step = ARROWS[event.key];
  const start = dragged?.lane === lane && !dragged.slot ? dragged : { from: Math.max(first(), 9 * HOUR) - step, to: Math.max(first(), 9 * HOUR) + HOUR - step };
  move(lane, start, step, event.shiftKey);
  return true;
}

function byKeysOnSlot(event, lane, slot) {
  if (event.key === "Enter" && dragged?.slot === slot) return openMarked();
  if (!(event.key in ARROWS) || !event.altKey) return false;
  const start = dragged?.slot === slot ? dragged : { from: Number(slot.dataset.from), to: Number(slot.dataset.to) };
  move(lane, start, ARROWS[event.key], event.shiftKey, slot);
  return true;
}

function move(lane, { from, to }, step, isLonger, slot) {
  const start = isLonger ? from : Math.min(Math.max(from + step, first()), last() - (to - from));
  const end = isLonger ? Math.min(Math.max(to + step, from + STEP), last()) : start + (to - from);
  mark(lane, start, end, slot);
}

function stepTo(lane, step) {
  const lanes = [...document.querySelectorAll("#planner [data-lane]")];
  const next = lanes[lanes.indexOf(lane) + step];
  if (!next) return false;
  next.focus();
  if (dragged && !dragged.slot) mark(next, dragged.from, dragged.to);
  return true;
}

function openMarked() {
  if (!dragged) return false;
  const done = dragged;
  letGo();
  carryOut(done, done.slot);
  return true;
}

function letGo() {
  clearTimeout(pressed?.timer);
  dragged?.ghost.remove();
  carried?.remove();
  pressed?.task?.classList.remove("is-carried");
  [pressed, dragged, carried] = [null, null, null];
  if (due) queueMicrotask(renewIfDue);
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

document.addEventListener("dragstart", (event) => event.target.closest?.("#planner") && event.preventDefault());

document.addEventListener("click", (event) => {
  const slot = event.target.closest("#planner a.plan");
  if (!slot || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  window.htmx.ajax("GET", slot.pathname, "#drawer");
});

// ── staying up to date ──

// Nothing is drawn anew under the hand.
document.addEventListener(
  "live:changed",
  (event) => {
    if (!(pressed || dragged) || !event.target.matches?.("#planner")) return;
    event.stopImmediatePropagation();
    due = true;
  },
  true,
);

// Nor by an answer that was on the way when the hand took hold; and who goes about with keys stays where she is.
let here = ""; // what has the focus

document.addEventListener("htmx:before:swap", ({ detail: { tasks } }) => {
  const anew = tasks.findIndex((task) => task.target === planner());
  if ((pressed || dragged) && anew >= 0) {
    tasks.splice(anew, 1);
    due = true;
  }
  const [lane, slot] = ["[data-lane]", "a.plan"].map((part) => document.activeElement?.closest(`#planner ${part}`));
  const task = document.activeElement?.closest("#planner .planner-tasks") ? "#planner .planner-task :is(button, .btn)" : "";
  here = task || (lane ? `#planner [data-lane="${lane.dataset.lane}"]${slot ? ` a[href="${slot.getAttribute("href")}"]` : ""}` : "");
});

function renewIfDue() {
  if (pressed || dragged) return;
  if (due) planner()?.dispatchEvent(new CustomEvent("live:changed"));
  due = false;
}

document.addEventListener("htmx:after:swap", () => {
  if (draw() && here) document.querySelector(here)?.focus();
});
setInterval(drawNow, 60_000);
draw();
