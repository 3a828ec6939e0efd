// A request that got no answer says so; nothing typed is lost.
import { tell } from "./messages.js";
import { say } from "./words.js";

document.addEventListener("htmx:error", (event) => {
  const error = event.detail?.error;
  // A request replaced by a newer one is no trouble.
  if (error?.name === "AbortError") return;
  const trouble = error?.name === "TimeoutError" ? "timedOut" : navigator.onLine ? "failed" : "offline";
  tell(say(trouble), "error");
});
window.addEventListener("offline", () => tell(say("offline"), "warning"));
