// What a page fetches by itself in the same moment goes to the server as one request: a phone waits for one way there and
// back, and who she is, is looked up once. htmx goes on as if each part had been asked for alone.
const BY_ITSELF = new Set(["load", "live:changed"]);
const MOST = 30; // as in views/parts.py
const OWN_HEADERS = ["HX-Source", "HX-Target"]; // of one element

const { parts: place } = document.body.dataset;
let waiting = []; // { address, request, resolve, reject }

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (place && ctx.request.method === "GET" && BY_ITSELF.has(ctx.sourceEvent?.type)) ctx.fetch = fetchTogether;
});

function fetchTogether(address, request) {
  return new Promise((resolve, reject) => {
    if (!waiting.length) setTimeout(send);
    waiting.push({ address, request, resolve, reject });
    request.signal?.addEventListener("abort", () => reject(request.signal.reason));
  });
}

function send() {
  const wanted = waiting.filter(({ request }) => !request.signal?.aborted);
  waiting = [];
  while (wanted.length) ask(wanted.splice(0, MOST));
}

async function ask(parts) {
  try {
    const answers = parts.length > 1 ? await together(parts) : [await fetch(parts[0].address, parts[0].request)];
    parts.forEach(({ resolve }, index) => resolve(answers[index]));
  } catch (error) {
    parts.forEach(({ reject }) => reject(error));
  }
}

async function together(parts) {
  const headers = Object.entries(parts[0].request.headers).filter(([name]) => !OWN_HEADERS.includes(name));
  const asked = new URLSearchParams(parts.map(({ address }) => ["of", address]));
  const answer = await fetch(`${place}?${asked}`, { headers: Object.fromEntries(headers), credentials: "same-origin" });
  // Logged out, or no server: the same for all of them.
  if (!answer.ok) return parts.map(() => answer.clone());
  return (await answer.json()).map(({ status, headers, body }) => new Response(body || null, { status, headers }));
}
