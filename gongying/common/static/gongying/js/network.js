// A request that got no answer says so; nothing typed is lost. Without network every page says so at its head, until it is back;
// where a worker's steps are kept (field.js), it says that instead.
import { tell } from "./messages.js";
import { say } from "./words.js";

document.addEventListener("htmx:error", (event) => {
  const error = event.detail?.error;
  // A request replaced by a newer one is no trouble.
  if (error?.name === "AbortError") return;
  const trouble = error?.name === "TimeoutError" ? "timedOut" : navigator.onLine ? "failed" : "offline";
  tell(say(trouble), "error");
});

function showNetwork() {
  const strip = document.querySelector("[data-offline]");
  if (!strip) return;
  const keepsSteps = Boolean(document.querySelector("[data-queue-strip]")) && window.isSecureContext;
  strip.querySelector("[data-offline-else]").hidden = keepsSteps;
  strip.querySelector("[data-offline-kept]").hidden = !keepsSteps;
  strip.hidden = navigator.onLine;
}

window.addEventListener("offline", showNetwork);
window.addEventListener("online", showNetwork);
showNetwork();
