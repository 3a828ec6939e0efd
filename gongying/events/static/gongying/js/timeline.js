// Keeps timelines in order while entries arrive: each entry once, at the time when it happened (late entries included).
// What others added since one last looked here (in this browser) is marked.

const key = (entry) => [Date.parse(entry.dataset.at), Number(entry.dataset.order)];

// Of two entries exactly one is the newer one, within the same millisecond too: else each would be moved behind the other forever.
function isNewer(one, other) {
  const [at, order] = key(one);
  const [otherAt, otherOrder] = key(other);
  return at === otherAt ? order > otherOrder : at > otherAt;
}

function place(list, entry) {
  const oldestFirst = list.dataset.timeline === "oldest-first";
  const others = [...list.querySelectorAll(":scope > [data-at]")].filter((other) => other !== entry);
  const next = others.find((other) => isNewer(entry, other) !== oldestFirst) ?? null;
  // Moving it is a change again: leave alone what stands right.
  if (next !== entry.nextElementSibling) list.insertBefore(entry, next);
}

function arrived(list, entries) {
  for (const entry of entries) {
    const twin = [...list.querySelectorAll(`:scope > #${CSS.escape(entry.id)}`)].find((other) => other !== entry);
    if (twin) entry.remove();
    else place(list, entry);
  }
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
