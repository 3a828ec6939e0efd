// The one search box. Asks after every key; during a composition only while it is still Latin letters (pinyin initials).
const SETTLE = 90;
const box = () => document.getElementById("search");
const results = () => document.getElementById("search-results");
const hits = () => [...(results()?.querySelectorAll(".hit") ?? [])];
const isLatin = (text) => /^[\x20-\x7e]*$/.test(text);
let timer = 0;
let asked = "";
let openFirst = false;

// Where a day begins the box waits for typing: not on a phone, whose keyboard would cover the page.
const begins = document.querySelector("[data-begins-at-search]") && document.activeElement === document.body;
if (begins && window.matchMedia("(min-width: 768px) and (pointer: fine)").matches) box()?.focus();

function ask(input, delay = SETTLE) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!input.value.trim()) {
      asked = "";
      results().replaceChildren();
    } else if (input.value !== asked) {
      asked = input.value;
      input.dispatchEvent(new CustomEvent("search:changed", { bubbles: true }));
    }
  }, delay);
}

function select(step) {
  const all = hits();
  if (!all.length) return;
  const now = all.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  const next = (Math.max(now, step > 0 ? -1 : 0) + step + all.length) % all.length;
  all.forEach((hit, index) => hit.setAttribute("aria-selected", String(index === next)));
  all[next].scrollIntoView({ block: "nearest" });
}

function open() {
  const chosen = results().querySelector('.hit[aria-selected="true"]') ?? hits()[0];
  if (chosen) chosen.click();
  return Boolean(chosen);
}

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  if (!event.isComposing || isLatin(event.target.value)) ask(event.target);
});

document.addEventListener("compositionend", (event) => {
  if (event.target === box()) ask(event.target, 0);
});

document.addEventListener("keydown", (event) => {
  if (event.target !== box() || event.isComposing) return;
  if (event.key === "/" && !event.target.value) event.preventDefault(); // the way to the box, by one who is there
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    select(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    results().replaceChildren();
    asked = "";
    event.target.blur();
  } else if (event.key === "Enter" && event.target.value.trim()) {
    event.preventDefault();
    // Faster than the answer: open its first row when it comes.
    const answered = results().querySelector("[data-query]")?.dataset.query === event.target.value.trim();
    openFirst = !(answered && open());
    if (openFirst) {
      asked = "";
      ask(event.target, 0);
    }
  }
});

document.addEventListener("htmx:after:swap", () => {
  const shown = results()?.querySelector("[data-query]")?.dataset.query;
  if (openFirst && shown !== undefined && shown === box().value.trim()) {
    openFirst = false;
    open();
  }
});
