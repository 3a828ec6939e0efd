// The screen in the waiting area: it follows by itself, and says when it cannot. With ?sound=1 a new number is heard, where
// the browser lets a page sound that nobody has touched.
import "./live.js";

const lost = document.querySelector("[data-lost]");
const ended = document.querySelector("[data-ended]");
const wantsSound = new URLSearchParams(location.search).get("sound") === "1";

const numbers = () => new Set([...document.querySelectorAll("[data-called]")].map((row) => row.dataset.called));
let known = numbers();

function ring() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  tone.frequency.value = 880;
  tone.connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.4);
  tone.addEventListener("ended", () => context.close());
}

// Visitors need no page to log in: the last numbers stay, and a line says to colleagues what to do.
document.addEventListener("htmx:before:response", (event) => {
  if (event.detail.ctx.response.status !== 401) return;
  event.preventDefault();
  ended.hidden = false;
});

// Answered, but not with the numbers: the server is being renewed.
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail.ctx.response.raw.ok && event.detail.ctx.text?.includes('id="display"')) return;
  event.preventDefault();
  lost.hidden = false;
});

document.addEventListener("htmx:after:swap", () => {
  lost.hidden = true;
  ended.hidden = true;
  const now = numbers();
  if (wantsSound && [...now].some((number) => !known.has(number))) ring();
  known = now;
});

document.addEventListener("htmx:error", () => {
  lost.hidden = false;
});
addEventListener("offline", () => {
  lost.hidden = false;
});

window.htmx.initialize();
