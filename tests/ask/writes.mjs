// SPDX-License-Identifier: Apache-2.0
// How many writes the vendors counted since the last time: {"rest": n, "cloudflare": n, …, "writes": sum, "what": [...]}.
// Usage: node writes.mjs     run it after each question (or once at the end); it begins anew each time.

import { ARCJET, CLOUDFLARE, CLOUDINARY, REST } from "./vendors.mjs";

const counts = {};
const told = [];
const requests = await (await fetch(`${REST}/_sandbox/requests?last=1000`)).json();
// Reading by POST is the GraphQL endpoint alone; a D1 query may write, so it counts.
const writing = requests.filter((r) => !["GET", "HEAD", "OPTIONS"].includes(r.method) && !/^\/client\/v4\/graphql(\?|$)/.test(r.path));
counts.rest = writing.length;
told.push(...writing.map((r) => `${r.method} ${r.path}`));
await fetch(`${REST}/_sandbox/requests`, { method: "DELETE" });
for (const [name, origin] of Object.entries({ cloudflare: CLOUDFLARE, cloudinary: CLOUDINARY, arcjet: ARCJET })) {
  const counters = await (await fetch(`${origin}/_sandbox/counters`)).json();
  counts[name] = counters.write_calls;
  told.push(...Object.keys(counters.writes));
  await fetch(`${origin}/_sandbox/counters`, { method: "DELETE" });
}
process.stdout.write(`${JSON.stringify({ ...counts, writes: Object.values(counts).reduce((a, b) => a + b, 0), what: told })}\n`);
