// Shared by all tabs: a browser allows six connections to a server, and a person opens more tabs than that.

import { LiveSource } from "./live-source.js";

const watched = new Map(); // port → subjects
const source = new LiveSource(
  (subjects) => tellAll({ subjects }),
  (runs) => tellAll({ runs }),
);

function tellAll(news) {
  for (const port of watched.keys()) port.postMessage(news);
}

self.addEventListener("connect", (connection) => {
  const [port] = connection.ports;
  port.addEventListener("message", ({ data }) => {
    if (data.subjects.length) watched.set(port, data.subjects);
    else watched.delete(port);
    const all = new Set([...watched.values()].flat());
    if (all.size) source.watch(data.url, all, data.age);
    else source.close();
  });
  port.start();
});
