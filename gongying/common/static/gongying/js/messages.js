// Messages go by themselves: after 6 seconds, with a way back after 10; never while pointed at.
import { say } from "./words.js";

// What the page asks for by itself, or while one types, takes no messages: they are for the page that a hand asked for.
const ALONE = ["load", "every", "revealed", "intersect", "toggle", "live:changed"];
const WHILE_TYPING = ["input", "search:changed", "entry:typed"];
const BY_ITSELF = new Set([...ALONE, ...WHILE_TYPING]);

const PLAIN = 6000;
const WITH_UNDO = 10000;
const area = document.getElementById("messages");

function watch(message) {
  if (message.dataset.watched || message.matches(".message-error, .message-warning")) return;
  message.dataset.watched = "true";
  let left = message.querySelector("form") ? WITH_UNDO : PLAIN;
  const timer = setInterval(() => {
    if (message.matches(":hover, :focus-within")) return;
    left -= 250;
    if (left > 0) return;
    clearInterval(timer);
    message.remove();
  }, 250);
}

export function tell(text, kind = "success") {
  const message = Object.assign(document.createElement("div"), { className: `message message-${kind}` });
  message.dataset.message = "";
  const closer = Object.assign(document.createElement("button"), { type: "button", className: "btn-close" });
  closer.dataset.messageClose = "";
  closer.setAttribute("aria-label", say("close"));
  message.append(Object.assign(document.createElement("span"), { textContent: text }), closer);
  // The same trouble twice is told once.
  for (const old of area?.children ?? []) if (old.textContent.trim() === text) old.remove();
  area?.append(message);
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (BY_ITSELF.has(ctx.sourceEvent?.type)) ctx.request.headers["Asked-By-Itself"] = "true";
});

document.addEventListener("click", (event) => {
  event.target.closest("[data-message-close]")?.closest("[data-message]")?.remove();
});

if (area) {
  new MutationObserver(() => [...area.children].forEach(watch)).observe(area, { childList: true });
  if (!document.body.classList.contains("plain")) [...area.children].forEach(watch);
}
