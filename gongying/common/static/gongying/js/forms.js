// A form that comes back, because something in it is wrong, keeps its files: photos, papers, signatures. What is wrong is read first.
import { tell } from "./messages.js";
import { say } from "./words.js";

const WRONG = [409, 422];
let sent = null; // { action, files } of the form whose answer is on its way into the page

const filesOf = (form) => [...form.querySelectorAll("input[type=file]")].filter((field) => field.files.length);

// What is no page of ours (a server in between that is out of order) does not take the form's place.
document.addEventListener("htmx:before:swap", (event) => {
  const { target, response, text } = event.detail.ctx ?? {};
  if (target?.id !== "form-page" || response?.headers.get("HX-Retarget") || text?.includes('id="form-page"')) return;
  event.preventDefault();
  tell(say("failed"), "error");
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const form = WRONG.includes(ctx?.response?.status) && ctx.sourceElement?.closest?.("form");
  sent = form && { action: form.getAttribute("action"), files: filesOf(form).map(({ name, files }) => [name, files]) };
});

document.addEventListener("htmx:after:swap", () => {
  const form = sent && [...document.forms].find((each) => each.getAttribute("action") === sent.action);
  for (const [name, files] of form ? sent.files : []) {
    const field = form.querySelector(`input[type=file][name="${CSS.escape(name)}"]`);
    if (!field || field.files.length) continue;
    field.files = files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (form?.id === "form-page") form.querySelector("[data-focus]")?.focus();
  sent = null;
});
