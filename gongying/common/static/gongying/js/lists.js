// Lists with data-list: rows with data-row; j and k move, Enter opens, x marks, Space previews where the list has
// data-previews (below the address of the row). With data-labels the cells of cards are named after the columns.
// Marked rows (input data-mark) show the bar with data-marked-bar; data-mark-all marks what is shown.
import { openedBy } from "./drawer.js";
import { isTyping, say } from "./words.js";

const list = () => document.querySelector("[data-list]");
const rows = () => [...(list()?.querySelectorAll("[data-row]") ?? [])];
const current = () => list()?.querySelector("[data-row].is-current");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  current()?.classList.remove("is-current");
  next.classList.add("is-current");
  next.scrollIntoView({ block: "nearest" });
}

function preview() {
  const link = current()?.querySelector("a[data-open]");
  if (!link || !("previews" in list().dataset)) return;
  openedBy(document.body);
  window.htmx.ajax("GET", `${link.pathname}preview/`, "#drawer");
}

function name() {
  for (const table of document.querySelectorAll("table[data-labels]")) {
    const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      [...row.cells].forEach((cell, at) => (cell.dataset.label ??= names[at]));
    }
  }
}

const ACTIONS = {
  KeyJ: () => move(1),
  KeyK: () => move(-1),
  Enter: () => current()?.querySelector("a[data-open], a")?.click(),
  Space: preview,
  KeyX: () => current()?.querySelector("input[data-mark]")?.click(),
};

document.addEventListener("keydown", (event) => {
  const action = ACTIONS[event.code];
  if (!action || !list() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || event.target.closest("#drawer, dialog, details[open]")) return;
  const needsRow = event.code !== "KeyJ" && event.code !== "KeyK";
  // Enter and Space belong to a focused button or link first.
  if (needsRow && (!current() || event.target.closest("a, button, summary, input"))) return;
  event.preventDefault();
  action();
});

function count() {
  const marked = document.querySelectorAll("input[data-mark]:checked").length;
  for (const bar of document.querySelectorAll("[data-marked-bar]")) {
    bar.hidden = marked === 0;
    const text = bar.querySelector("[data-marked-count]");
    if (text) text.textContent = say("marked", marked);
  }
}

function markAll(checked) {
  document.querySelectorAll("input[data-mark]").forEach((box) => (box.checked = checked));
  count();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-mark-all]")) markAll(event.target.checked);
  else if (event.target.matches("input[data-mark]")) count();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-marked-clear]")) markAll(false);
});
document.addEventListener("htmx:after:swap", () => {
  count();
  name();
});
name();
