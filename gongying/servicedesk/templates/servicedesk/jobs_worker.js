// Keeps the pages of a worker's jobs on his phone: the list and every job of it open without network.
// Pages come from the network while there is one; what was seen last stands in for it. Nothing is kept after log-out (field.js).
const KEPT = "jobs";
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", ({ data }) => {
  if (data.keep) keepAll(data.keep);
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("HX-Request")) return;
  const isPage = request.mode === "navigate" && url.pathname.startsWith("/jobs/");
  const isPart = url.pathname.startsWith("/static/") || url.pathname.startsWith("/files/");
  if (isPage || isPart) event.respondWith(fresh(request, isPage));
});

async function fresh(request, isPage) {
  const kept = await caches.open(KEPT);
  const before = await kept.match(request.url);
  // Names with a digest never change what they stand for.
  if (before && /\.[0-9a-f]{12}\./.test(request.url)) return before;
  try {
    const answer = await (before ? inTime(fetch(request)) : fetch(request));
    if (answer.ok && !answer.redirected) await kept.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    if (before) return before;
    const list = isPage ? await kept.match(new URL("/jobs/", location.origin).href) : null;
    if (list) return list;
    throw error;
  }
}

function inTime(answer) {
  return Promise.race([answer, new Promise((_, fail) => setTimeout(() => fail(new Error("slow")), PATIENCE))]);
}

async function keepAll(addresses) {
  const kept = await caches.open(KEPT);
  for (const address of addresses) {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (answer.ok && !answer.redirected) await kept.put(new URL(address, location.origin).href, answer);
    } catch {
      return; // the next page that is opened with network keeps the rest
    }
  }
}
