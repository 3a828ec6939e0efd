// The order of one's tasks: dragged with the mouse, or moved with Alt and the arrow keys while a task has the focus.
// The page shows the new order at once and asks the list again when it is saved, or refused: what stands there is what is stored.
const list = () => document.querySelector("[data-tasks]");
const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
let carried = null;
let focused = "";
let saving = Promise.resolve();

const taskAt = (target) => target.closest?.("[data-move]");

function unmark() {
  list()?.querySelectorAll(".is-before, .is-after, .is-carried").forEach((row) => row.classList.remove("is-before", "is-after", "is-carried"));
}

// One after the other, so that quick steps arrive in their order.
function save(task) {
  const body = new URLSearchParams({ before: task.nextElementSibling?.dataset.task ?? "" });
  saving = saving.then(() => fetch(task.dataset.move, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true" }, redirect: "manual" }))
    .then((answer) => answer.type === "opaqueredirect" || answer.ok || Promise.reject(new Error(String(answer.status))))
    .catch(() => window.htmx.trigger("#tasks", "live:changed"));
}

document.addEventListener("dragstart", (event) => {
  carried = taskAt(event.target);
  if (!carried) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", carried.dataset.task);
  carried.classList.add("is-carried");
});

const isLower = (event, row) => event.clientY > row.getBoundingClientRect().top + row.offsetHeight / 2;

document.addEventListener("dragover", (event) => {
  const over = carried && taskAt(event.target);
  if (!over || over === carried) return;
  event.preventDefault();
  list().querySelectorAll(".is-before, .is-after").forEach((row) => row.classList.remove("is-before", "is-after"));
  over.classList.add(isLower(event, over) ? "is-after" : "is-before");
});

document.addEventListener("drop", (event) => {
  const over = carried && taskAt(event.target);
  // The list may have been fetched again meanwhile: what was carried is no longer in it.
  if (!over || over === carried || !carried.isConnected) return;
  event.preventDefault();
  if (isLower(event, over)) over.after(carried);
  else over.before(carried);
  save(carried);
});

document.addEventListener("dragend", () => {
  unmark();
  carried = null;
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const task = event.altKey && step && event.target.matches("[data-move-key]") && taskAt(event.target);
  if (!task) return;
  event.preventDefault();
  const other = step < 0 ? task.previousElementSibling : task.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(task);
  else other.after(task);
  focused = task.id;
  task.querySelector("[data-move-key]").focus();
  save(task);
});

// The list comes again after every move: who moves on by keys stays where she was.
document.addEventListener("htmx:after:swap", () => {
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.querySelector("[data-move-key]")?.focus();
});
document.addEventListener("pointerdown", () => (focused = ""));
