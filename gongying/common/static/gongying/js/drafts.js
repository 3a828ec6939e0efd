// A form with data-draft="some-key" keeps what was typed in this browser, for this person and a day,
// until it is saved; opened again it offers to continue or to discard. A hidden field with data-draft-kept comes back, too.
import { say } from "./words.js";

const DAY = 24 * 60 * 60 * 1000;
const SKIPPED = new Set(["csrfmiddlewaretoken", "idempotency_key", "token", "next"]);
const nameOf = (form) => `draft:${document.body.dataset.user ?? ""}:${form.dataset.draft}`;
const timers = new WeakMap();

function valuesOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && value && !SKIPPED.has(name));
}

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && Date.now() - draft.at < DAY ? draft : null;
  } catch {
    return null;
  }
}

function keep(form) {
  try {
    localStorage.setItem(nameOf(form), JSON.stringify({ at: Date.now(), values: valuesOf(form) }));
  } catch {
    // A full or forbidden store must not stand in the way of the entry itself.
  }
}

function fill(form, values) {
  for (const field of form.elements) {
    if (!field.name || field.type === "file" || SKIPPED.has(field.name)) continue;
    const saved = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = saved.includes(field.value);
    else if ((field.type !== "hidden" || "draftKept" in field.dataset) && saved.length) field.value = saved[0];
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.dispatchEvent(new Event("change", { bubbles: true }));
  form.dispatchEvent(new CustomEvent("draft:resumed", { bubbles: true }));
}

function offer(form) {
  if (form.dataset.draftOffered) return;
  form.dataset.draftOffered = "true";
  const draft = read(nameOf(form));
  if (!draft || !draft.values.length || JSON.stringify(draft.values) === JSON.stringify(valuesOf(form))) return;
  const strip = document.createElement("div");
  strip.className = "draft-strip";
  const button = (text, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn-link", textContent: text });
    made.addEventListener("click", () => {
      act();
      strip.remove();
    });
    return made;
  };
  strip.append(
    say("draftFound"),
    button(say("draftResume"), () => fill(form, draft.values)),
    button(say("draftDiscard"), () => localStorage.removeItem(nameOf(form))),
  );
  form.prepend(strip);
}

const offerAll = () => document.querySelectorAll("form[data-draft]").forEach(offer);

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (!form || !event.isTrusted) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => form.isConnected && keep(form), 300));
});

// A plain form leaves the page: its draft goes when the next page is neither this form again nor an error.
document.addEventListener("submit", (event) => {
  if (event.target.dataset?.draft) sessionStorage.setItem("draft-submitted", nameOf(event.target));
});

document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail?.ctx ?? {};
  const form = sourceElement?.closest?.("form[data-draft]");
  if (!form) return;
  sessionStorage.removeItem("draft-submitted");
  if (response && response.status < 300 && (sourceElement === form || sourceElement.type === "submit")) {
    clearTimeout(timers.get(form));
    localStorage.removeItem(nameOf(form));
  }
});
document.addEventListener("htmx:after:swap", offerAll);

const submitted = sessionStorage.getItem("draft-submitted");
if (submitted && !document.body.classList.contains("plain")) {
  const again = [...document.querySelectorAll("form[data-draft]")].some((form) => nameOf(form) === submitted);
  if (!again) localStorage.removeItem(submitted);
  sessionStorage.removeItem("draft-submitted");
}
offerAll();
