// SPDX-License-Identifier: Apache-2.0
// A small JSON service over a table of routes. What is no GET counts as a write, whoever sends it and whatever becomes of it:
// GET /_writes tells them and begins anew. A handler may set headers of the answer in `reply`. Example:
//   const at = await serve({ admits: (h) => h["x-key"] === KEY, base: "/v1", routes: [["GET", "/depots/{id}", ({ path }) => …]] });
import { createServer } from "node:http";

export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}
export const found = (row, what) => {
  if (!row) throw new Problem(404, `there is no such ${what}`);
  return row;
};

/** The query, each member read by its kind: integer, date, time, seconds, millis, flag, or a list of the values allowed. */
export function read(query, kinds) {
  const out = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const text = query.get(name);
    if (text === null || text === "") continue;
    const bad = (what) => new Problem(400, `${name}: expected ${what}, not '${text.slice(0, 80)}'`);
    if (Array.isArray(kind) && !kind.includes(text)) throw bad(`one of ${kind.join(", ")}`);
    if (kind === "integer" || kind === "seconds" || kind === "millis") {
      if (!/^\d{1,13}$/.test(text)) throw bad(kind === "integer" ? "a number" : `${kind} since 1970`);
      out[name] = Number(text) * (kind === "seconds" ? 1000 : 1);
    } else if (kind === "date" || kind === "time") {
      if (kind === "date" && !/^\d{4}-\d\d-\d\d$/.test(text)) throw bad("a date (YYYY-MM-DD)");
      out[name] = Date.parse(text);
      if (Number.isNaN(out[name])) throw bad("a time (RFC 3339)");
    } else if (kind === "flag") {
      if (text !== "true" && text !== "false") throw bad("true or false");
      out[name] = text === "true";
    } else out[name] = text;
  }
  return out;
}

const matcher = (base, path) => new RegExp(`^${base}${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);

export async function serve({ port = 0, base, admits, routes, failure = (status, message) => ({ error: { status, message } }) }) {
  const table = routes.map(([method, path, handle]) => ({ method, test: matcher(base, path), handle }));
  let writes = [];
  const answer = async (req, url, reply) => {
    if (!admits(req.headers)) throw new Problem(401, "the key is missing or wrong");
    const fit = table.filter((r) => r.test.test(url.pathname));
    const route = fit.find((r) => r.method === req.method);
    if (!route) throw new Problem(fit.length ? 405 : 404, fit.length ? `${req.method} is not possible here` : "there is nothing here");
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const path = Object.fromEntries(Object.entries(route.test.exec(url.pathname).groups ?? {}).map(([k, v]) => [k, decodeURIComponent(v)]));
    return route.handle({ path, url, query: url.searchParams, reply, body: chunks.length ? JSON.parse(Buffer.concat(chunks)) : {} });
  };
  const server = createServer(async (req, res) => {
    const url = new URL(req.url, "http://here");
    const reply = {};
    let [status, body] = [200, undefined];
    if (url.pathname === "/_writes") {
      body = writes;
      writes = [];
    } else {
      if (req.method !== "GET") writes.push(`${req.method} ${url.pathname}`);
      try {
        body = await answer(req, url, reply);
      } catch (e) {
        status = e instanceof Problem ? e.status : 400;
        body = failure(status, e.message);
      }
    }
    res.writeHead(status, { "content-type": "application/json", ...reply }).end(JSON.stringify(body));
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
