// Keeps the pages of a worker's jobs on his phone: the list and every job of it open without network.
// Pages come from the network while there is one; what was seen last stands in for it. They are of one person; after log-out nothing is kept.
const KEPT = "jobs";
const OWNER = "/jobs/owner";
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// One message after the other: a page that goes must not throw away what the next one begins to keep.
let turn = Promise.resolve();

self.addEventListener("message", (event) => {
  const { user, keep } = event.data;
  turn = turn.then(() => keepAll(user, keep)).catch(() => {});
  event.waitUntil(turn);
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
    await put(kept, request.url, answer);
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

// The whole of it first: a page that breaks off in the middle must not take the place of the one that is kept.
async function put(kept, address, answer) {
  if (!answer.ok || answer.redirected) return;
  const { status, headers } = answer;
  const body = await answer.clone().arrayBuffer();
  await kept.put(address, new Response(body, { status, headers }));
}

// Whoever uses this browser next finds nothing of the one before.
async function keptOf(user) {
  const kept = await caches.open(KEPT);
  const owner = await (await kept.match(OWNER))?.text();
  if (owner === user) return kept;
  await caches.delete(KEPT);
  if (!user) return null;
  const empty = await caches.open(KEPT);
  await empty.put(OWNER, new Response(user));
  return empty;
}

async function keepAll(user, addresses) {
  const kept = await keptOf(user);
  for (const address of kept ? addresses : []) {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      await put(kept, new URL(address, location.origin).href, answer);
    } catch {
      return; // the next page that is opened with network keeps the rest
    }
  }
}
