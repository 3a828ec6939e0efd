// Keeps timelines in order while entries arrive: each entry once, at the time when it happened (late entries included).

const key = (entry) => [entry.dataset.at, Number(entry.dataset.order)];

function isNewer(one, other) {
  const [at, order] = key(one);
  const [otherAt, otherOrder] = key(other);
  return at === otherAt ? order > otherOrder : Date.parse(at) > Date.parse(otherAt);
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

new MutationObserver((changes) => {
  for (const { target, addedNodes } of changes) {
    if (!target.dataset?.timeline) continue;
    arrived(target, [...addedNodes].filter((node) => node.dataset?.at && node.parentElement === target));
  }
}).observe(document.body, { childList: true, subtree: true });
