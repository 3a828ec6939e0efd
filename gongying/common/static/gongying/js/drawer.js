// The drawer at the right (a full page on a phone). Anything with data-drawer-open and hx-target="#drawer" opens it;
// Esc, data-drawer-close or the event "drawer:close" (HX-Trigger of an answer) closes it. Drafts are kept by drafts.js.
const drawer = document.getElementById("drawer");
let opener = null;

function show() {
  if (!drawer || !drawer.childElementCount) return;
  const wasOpen = !drawer.hidden;
  drawer.hidden = false;
  const first = drawer.querySelector("[autofocus], [data-focus]") ?? (wasOpen ? null : firstField());
  first?.focus();
}

// A form that begins with a choice that is made already, the project, goes on with what is still empty.
function firstField() {
  const fields = [...drawer.querySelectorAll("input:not([type=hidden]), textarea, select")];
  const isChosen = fields[0]?.matches("select") && fields[0].value;
  return (isChosen && fields.find((field) => field.matches("input:not([type]), [type=text], textarea") && !field.value)) || fields[0];
}

// Where the keyboard goes on after the drawer is closed.
export function openedBy(element) {
  opener = element;
}

// A menu would lie over what was chosen in it; the keyboard goes on where the menu is opened.
function leftMenu(link) {
  const menu = link.closest("details[data-menu]");
  if (menu) menu.open = false;
  return menu?.querySelector("summary");
}

export function close({ focus = opener } = {}) {
  if (!drawer || drawer.hidden) return;
  drawer.hidden = true;
  drawer.replaceChildren();
  (focus?.isConnected ? focus : document.getElementById("search"))?.focus();
  opener = null;
}

if (drawer) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-drawer-open]");
    if (link) opener = leftMenu(link) ?? document.activeElement;
    if (event.target.closest("[data-drawer-close]")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open], details[data-menu][open]")) close();
  });
  // After a finished entry the next one begins at the search box.
  document.addEventListener("drawer:close", () => close({ focus: null }));
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    // A retargeted answer names its target by a selector.
    if (target instanceof Node && drawer.contains(target)) show();
  });
  show();
}
