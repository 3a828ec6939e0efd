// Times that grow while one looks: <time data-ago> (5 min ago) and <time data-due> (2 h left, 35 min late).
import { say } from "./words.js";

const MINUTE = 60_000;

function spoken(minutes, late) {
  const word = (unit) => `${unit}${late}`;
  if (minutes < 60) return say(word("minutes"), minutes);
  if (minutes < 48 * 60) return say(word("hours"), Math.floor(minutes / 60));
  return say(word("days"), Math.floor(minutes / 60 / 24));
}

function refresh() {
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const minutes = Math.floor((Date.now() - Date.parse(element.dateTime)) / MINUTE);
    if (minutes < 1) element.textContent = say("justNow");
    else element.textContent = spoken(minutes, "Ago");
  }
  for (const element of document.querySelectorAll("time[data-due]")) {
    const minutes = Math.floor((Date.parse(element.dateTime) - Date.now()) / MINUTE);
    element.textContent = spoken(Math.abs(minutes), minutes < 0 ? "Late" : "Left");
    element.classList.toggle("late", minutes < 0);
    element.classList.toggle("soon", minutes >= 0 && Date.parse(element.dataset.soon) <= Date.now());
  }
}

setInterval(refresh, 30_000);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
