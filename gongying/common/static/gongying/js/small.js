// Small habits, one attribute each:
//   details[data-menu]      closes when one clicks elsewhere or presses Esc
//   data-copy="#id"         copies that element's text
//   data-print              prints the page
//   form[data-filters]      asks again as soon as a choice changes
//   form[data-warn-unsaved] warns before typed text is left behind
//   data-line-add          one more empty line (data-line) inside its data-lines
//   data-line-fill         writes its data-values (one a line) into the first empty line of its data-lines
//   data-dialog="#id"       opens that <dialog>; data-dialog-close closes it
//   data-fill="#id"         writes its data-value into that field
// And on a phone, where rows of links scroll sideways, the chosen one stands in sight.
import { tell } from "./messages.js";
import { say } from "./words.js";

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS there is no clipboard; the old way still works.
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  tell(say("copied"));
}

function addLine(lines) {
  const last = [...lines.querySelectorAll("[data-line]")].at(-1);
  const line = last.cloneNode(true);
  for (const field of line.querySelectorAll("input, select")) {
    field.value = "";
    field.removeAttribute("id");
  }
  last.after(line);
  line.querySelector("input").focus();
}

function fillLine({ dataset }, lines) {
  const isFree = (line) => [...line.querySelectorAll("input")].every((field) => !field.value);
  let line = [...lines.querySelectorAll("[data-line]")].find(isFree);
  if (!line) {
    addLine(lines);
    line = [...lines.querySelectorAll("[data-line]")].at(-1);
    document.activeElement.blur(); // no keyboard over what one taps on
  }
  const values = dataset.values.split("\n");
  line.querySelectorAll("input").forEach((field, index) => (field.value = values[index] ?? ""));
}

// Into an empty field, or behind what is written there; a date is replaced.
function fill(field, value) {
  field.value = field.value && field.type === "textarea" && !field.value.includes(value) ? `${field.value} ${value}` : value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    const source = document.querySelector(copier.dataset.copy);
    copy(source?.value ?? source?.innerText ?? "");
  }
  if (event.target.closest("[data-print]")) window.print();
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.querySelector(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault(); // a link leads to the same as a page
    dialog.showModal();
  }
  const filler = event.target.closest("[data-fill]");
  if (filler) fill(document.querySelector(filler.dataset.fill), filler.dataset.value);
  const adder = event.target.closest("[data-line-add]");
  if (adder) addLine(adder.closest("[data-lines]"));
  const chip = event.target.closest("[data-line-fill]");
  if (chip) fillLine(chip, chip.closest("[data-lines]"));
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("change", (event) => {
  event.target.closest("form[data-filters]")?.requestSubmit();
});

// Empty filters stay out of the address.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-filters]:not([hx-get])")) return;
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-filters] :disabled").forEach((field) => (field.disabled = false));
});

const touched = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-warn-unsaved]");
  if (form) touched.add(form);
});
document.addEventListener("submit", (event) => touched.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if ([...touched].some((form) => form.isConnected)) event.preventDefault();
});

function showChosen() {
  for (const chosen of document.querySelectorAll(":is(.tabs, .siblings, .side-links, .chips-scroll) > [aria-current]")) {
    const row = chosen.parentElement;
    const middle = chosen.offsetLeft - row.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
    if (row.scrollWidth > row.clientWidth && !row.scrollLeft) row.scrollLeft = middle;
  }
}
showChosen();
document.addEventListener("htmx:after:swap", showChosen);
