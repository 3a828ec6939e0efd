// What arrives while one works is said once, in whichever tab one looks at. The bell fetches itself when it changes (live.js).
import { tell } from "./messages.js";

const KEY = `bell:${document.body.dataset.user ?? ""}`;

function seen() {
  try {
    return Number(localStorage.getItem(KEY) ?? NaN);
  } catch {
    return NaN;
  }
}

function look(bell) {
  const newest = Number(bell.dataset.bellNewest);
  const before = seen();
  if (!newest || newest <= before) return;
  if (document.visibilityState !== "visible") return; // another tab says it, or this one when it is shown
  // Words from before this browser was first used here are no news.
  if (before) tell(bell.dataset.bellWords, bell.dataset.bellTone === "late" ? "warning" : "success");
  try {
    localStorage.setItem(KEY, newest);
  } catch {
    // A forbidden store: nothing is said, the number in the bell stays.
  }
}

const lookAgain = () => document.querySelectorAll("[data-bell-newest]").forEach(look);
document.addEventListener("htmx:after:swap", lookAgain);
document.addEventListener("visibilitychange", lookAgain);
