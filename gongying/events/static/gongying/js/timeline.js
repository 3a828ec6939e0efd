// Keeps timelines in order while entries arrive: each entry once, at the time when it happened (late entries included).
// What others added since one last looked here (in this browser) is marked.

const key = ({ dataset }) => [Date.parse(dataset.at), dataset.at, Number(dataset.order)];

// Of two entries exactly one is the newer one, within the same millisecond too (the words count microseconds): else each
// would be moved behind the other forever.
function isNewer(one, other) {
  const otherKey = key(other);
  const [value, otherValue] = key(one).map((value, place) => [value, otherKey[place]]).find(([a, b]) => a !== b) ?? [0, 0];
  return value > otherValue;
}

// Several entries may arrive at once, each belonging elsewhere: order them all, from the end to the start.
function sort(list) {
  const oldestFirst = list.dataset.timeline === "oldest-first";
  const entries = [...list.querySelectorAll(":scope > [data-at]")];
  entries.sort((one, other) => (isNewer(one, other) === oldestFirst ? 1 : -1));
  let next = null;
  for (const entry of entries.reverse()) {
    // Moving it is a change again: leave alone what stands right.
    if (entry.nextElementSibling !== next) list.insertBefore(entry, next);
    next = entry;
  }
}

function arrived(list, entries) {
  for (const entry of entries) {
    const twin = [...list.querySelectorAll(`:scope > #${CSS.escape(entry.id)}`)].find((other) => other !== entry);
    if (twin) entry.remove();
  }
  sort(list);
}

const lastLooks = new Map(); // subject → the newest entry that was there at the last look, read once per page

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a forbidden store: nothing is marked
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // full or forbidden
  }
}

function markNew(list) {
  if (!list.dataset.subject) return;
  const name = `seen:${document.body.dataset.user ?? ""}:${list.dataset.subject}`;
  if (!lastLooks.has(name)) lastLooks.set(name, Number(remembered(name) ?? Infinity));
  const seen = lastLooks.get(name);
  let newest = Number(remembered(name) ?? 0);
  for (const entry of list.querySelectorAll(":scope > [data-order]")) {
    const order = Number(entry.dataset.order);
    entry.classList.toggle("is-new", order > seen && !("own" in entry.dataset));
    newest = Math.max(newest, order);
  }
  remember(name, newest);
}

new MutationObserver((changes) => {
  for (const { target, addedNodes } of changes) {
    for (const node of addedNodes) node.querySelectorAll?.("[data-timeline]").forEach(markNew);
    if (!target.dataset?.timeline) continue;
    arrived(target, [...addedNodes].filter((node) => node.dataset?.at && node.parentElement === target));
    markNew(target);
  }
}).observe(document.body, { childList: true, subtree: true });
document.querySelectorAll("[data-timeline]").forEach(markNew);
