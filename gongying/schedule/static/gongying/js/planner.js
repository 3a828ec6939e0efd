// The team's day: draws everybody's events along the hours; a drag over an empty stretch plans something there, a drag of one's
// own event moves it, of its right edge makes it longer. What a drag wants stands in the form that it opens: nothing is saved
// before somebody has looked. All of it works by links and forms as well.
const STEP = 15;
const HOUR = 60;
const FAR = 5; // pixels before a press becomes a drag

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
  const kinds = [plan.url ? `plan-${plan.kind}` : "plan-busy", plan.clashes && "plan-clashes", plan.unanswered && "plan-unanswered", isSecond && "plan-second"];
  slot.className = ["plan", ...kinds].filter(Boolean).join(" ");
  place(slot, plan.from, plan.to);
  slot.title = `${plan.title} ${plan.label}`;
  slot.append(plan.label, Object.assign(document.createElement("small"), { textContent: plan.title }));
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
  const shown = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  const [hour, minute] = shown.format(new Date()).split(":").map(Number);
  const now = hour * HOUR + minute;
  if (now < first() || now > last()) return;
  for (const lane of document.querySelectorAll("[data-lane]")) {
    const line = Object.assign(document.createElement("span"), { className: "planner-now" });
    line.style.left = share(now);
    lane.append(line);
  }
}

function draw() {
  const source = document.getElementById("planner-slots");
  if (!planner() || !source) return;
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
}

// ── dragging ──

let pressed = null; // { lane, slot, isEdge, x, at, id }
let dragged = null; // { lane, from, to, ghost }

function minuteAt(lane, x) {
  const box = lane.getBoundingClientRect();
  return first() + ((x - box.left) / box.width) * (last() - first());
}

function drag(event) {
  const { lane, slot, isEdge, at } = pressed;
  const here = minuteAt(lane, event.clientX);
  let [from, to] = [onGrid(Math.min(at, here)), onGrid(Math.max(at, here))];
  if (slot && isEdge) [from, to] = [Number(slot.dataset.from), Math.max(onGrid(here), Number(slot.dataset.from) + STEP)];
  else if (slot) {
    const length = slot.dataset.to - slot.dataset.from;
    from = Math.min(onGrid(Number(slot.dataset.from) + here - at), last() - Math.min(length, last() - first()));
    to = from + length;
  }
  if (!dragged) {
    dragged = { lane, ghost: Object.assign(document.createElement("span"), { className: "plan-ghost" }) };
    lane.append(dragged.ghost);
  }
  Object.assign(dragged, { from, to: Math.max(to, from + STEP) });
  dragged.ghost.textContent = `${clock(from)}–${clock(dragged.to)}`;
  place(dragged.ghost, from, dragged.to);
}

function openForm({ lane, from, to }, slot) {
  const day = planner().dataset.day;
  const end = Math.min(to, 24 * HOUR - 1);
  const times = `start=${day}T${clock(from)}&end=${day}T${clock(end)}`;
  const url = slot ? `${slot.pathname}edit/?${times}` : `${planner().dataset.new}?staff=${lane.dataset.lane}&${times}`;
  window.htmx.ajax("GET", url, "#drawer");
}

document.addEventListener("pointerdown", (event) => {
  const lane = event.target.closest("#planner [data-lane]");
  if (!lane || event.button !== 0 || event.pointerType === "touch") return;
  const slot = event.target.closest(".plan");
  if (slot && !("own" in slot.dataset)) return;
  pressed = { lane, slot, isEdge: event.target.matches(".plan-grip"), x: event.clientX, at: minuteAt(lane, event.clientX), id: event.pointerId };
});

document.addEventListener("pointermove", (event) => {
  if (!pressed || event.pointerId !== pressed.id) return;
  if (dragged || Math.abs(event.clientX - pressed.x) >= FAR) drag(event);
});

document.addEventListener("pointerup", (event) => {
  const [press, done] = [pressed, dragged];
  letGo();
  if (!press || event.pointerId !== press.id) return;
  if (done) {
    // The click that ends a drag opens nothing.
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 0);
    openForm(done, press.slot);
  } else if (!press.slot) {
    const from = Math.min(Math.floor(press.at / 30) * 30, last() - HOUR);
    openForm({ lane: press.lane, from, to: from + HOUR });
  }
  renewIfDue();
});

document.addEventListener("pointercancel", () => {
  letGo();
  renewIfDue();
});

document.addEventListener("keydown", (event) => event.key === "Escape" && letGo());

function letGo() {
  dragged?.ghost.remove();
  [pressed, dragged] = [null, null];
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

let due = false;

// Nothing is drawn anew under the hand.
document.addEventListener(
  "live:changed",
  (event) => {
    if (!pressed || !event.target.matches?.("#planner")) return;
    event.stopImmediatePropagation();
    due = true;
  },
  true,
);

function renewIfDue() {
  if (due) planner()?.dispatchEvent(new CustomEvent("live:changed"));
  due = false;
}

document.addEventListener("htmx:after:swap", () => draw());
setInterval(drawNow, 60_000);
draw();
