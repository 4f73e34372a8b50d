// SPDX-License-Identifier: Apache-2.0
// What a hostile vendor may do instead of an answer, over plain HTTP, whatever it speaks. Each ends by itself, at the
// latest when the other side goes or after LONGEST_MS. Example:
//   const vendor = await startHostile(random, (req, res, body) => answerWell(res));
//   vendor.mood = 0.5;   // half of the answers are not well meant; 0: all are
import { once } from "node:events";
import http from "node:http";
import { gzipSync } from "node:zlib";

const LONGEST_MS = 20_000;
const BODY_MOST = 2 << 20;
const ENDLESS_MOST = 12 << 20;
const PIECE = Buffer.alloc(64 << 10, '{"a":[1,2,3,"four"],');
const BOMB = gzipSync(Buffer.alloc(32 << 20, " "));

// Every `ms` until the other side is gone, `act` says false, or it has been long enough.
export function every(res, ms, act) {
  const started = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - started > LONGEST_MS) return res.destroy();
    if (act() === false) clearInterval(timer);
  }, ms);
  res.once("close", () => clearInterval(timer));
}
export const silence = (res) => every(res, 1000, () => true);

const head = (res, status, type = "application/json", headers = {}) => res.writeHead(status, { "content-type": type, ...headers });
// Everything that came to authenticate, in the words of one who means harm or knows no better.
const credentials = (req) => Object.entries(req.headers).filter(([name]) => /auth|key|token|secret|cloud/.test(name)).map(([name, value]) => `${name}: ${value}`).join("; ");
export const complaint = (req, random) => {
  const words = `bad key ${credentials(req)} in ${req.url}`;
  return random.pick([words, `${"x".repeat(random.between(0, 600))}${words}`, encodeURIComponent(words), Buffer.from(words).toString("base64"), JSON.stringify(words)]);
};

// As fast as it is taken, at most so much.
function endless(res, piece, most) {
  let sent = 0;
  const more = () => {
    while (sent < most) {
      sent += piece.length;
      if (!res.write(piece)) return;
    }
    res.end();
  };
  res.on("drain", more);
  more();
}

const raw = (bytes) => (_req, res) => {
  res.socket?.write(bytes);
  res.socket?.end();
};
const STATUSES = [400, 401, 401, 402, 403, 403, 404, 405, 406, 409, 410, 415, 418, 422, 429, 451, 500, 501, 502, 503, 504, 599];
const WAITS = ["1", "0", "-1", "99999999999999999999", "Wed, 21 Oct 2015 07:28:00 GMT", "soon", "\u00e9"];

export const WAYS = {
  status: (req, res, random) => head(res, random.pick(STATUSES)).end(JSON.stringify({ error: { message: complaint(req, random) } })),
  plain_status: (req, res, random) => head(res, random.pick(STATUSES), "text/plain").end(complaint(req, random)),
  challenge: (req, res, random) => head(res, random.pick([401, 403]), "application/json", { "www-authenticate": random.pick([`Bearer error="invalid_token", error_description="${credentials(req).replaceAll('"', "")}"`, "Bearer", 'Bearer error="insufficient_scope", scope="everything"', `Basic realm="${"x".repeat(3000)}"`, 'Bearer resource_metadata="http://169.254.169.254/latest"', ", , =,"]) }).end("{}"),
  limited: (req, res, random) => head(res, 429, "application/json", { "retry-after": random.pick(WAITS), ratelimit: '"default";r=0;t=9999999999', "x-ratelimit-reset": "NaN" }).end(complaint(req, random)),
  html: (_req, res) => head(res, 200, "text/html").end("<!doctype html><title>Welcome</title><p>Nothing to see."),
  html_open: (_req, res) => (head(res, 200, "text/html").write("<!doctype html>"), silence(res)),
  empty: (_req, res, random) => head(res, random.pick([200, 200, 202, 204])).end(),
  broken_json: (_req, res, random) => head(res, 200).end(random.pick(['{"jsonrpc":"2.0","id":', "{broken", "[", '"\\ud800', "nul", '{"a":1}{"b":2}', "\ufeff{}"])),
  deep_json: (_req, res) => head(res, 200).end("[".repeat(100_000) + "]".repeat(100_000)),
  bad_utf8: (_req, res) => head(res, 200).end(Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":1,"result":"'), Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]), Buffer.from('"}')])),
  endless: (_req, res) => (head(res, 200), endless(res, PIECE, ENDLESS_MOST)),
  bomb: (_req, res) => head(res, 200, "application/json", { "content-encoding": "gzip" }).end(BOMB),
  not_gzip: (_req, res) => head(res, 200, "application/json", { "content-encoding": "gzip" }).end("{}"),
  // Much at once, and then hardly anything: what has come is held meanwhile.
  much_then_trickle: (_req, res, random) => {
    head(res, 200).write(Buffer.alloc(random.between(64, 1900) << 10, " "));
    every(res, 150, () => res.write(" "));
  },
  trickle: (_req, res) => (head(res, 200), every(res, 120, () => res.write("["))),
  stall: (_req, res) => (head(res, 200, "application/json", { "content-length": "5000" }).write('{"jsonrpc":'), silence(res)),
  silent: (_req, res) => silence(res),
  reset: (_req, res) => res.socket?.resetAndDestroy(),
  cut: (_req, res) => (head(res, 200, "application/json", { "content-length": "5000" }).write('{"jsonrpc":"2.0",'), setTimeout(() => res.destroy(), 20)),
  redirect: (req, res, random) => res.writeHead(random.pick([301, 302, 303, 307, 308]), { location: random.pick(["http://169.254.169.254/latest/meta-data", "http://127.0.0.1:1/", "//elsewhere.invalid/", req.url, "file:///etc/passwd", "", "\u0001"].filter((to) => !/\u0001/.test(to))) }).end(),
  huge_header: (_req, res) => head(res, 200, "application/json", { "x-large": "y".repeat(250_000) }).end("{}"),
  many_headers: (_req, res) => head(res, 200, "application/json", Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`x-${i}`, "y"]))).end("{}"),
  no_http: raw("SSH-2.0-OpenSSH_9.2\r\n"),
  bad_chunk: raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n"),
  two_lengths: raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 40\r\n\r\n{}"),
  interim_flood: raw(`${"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(300)}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`),
};

// A server on a free loopback port; `answer(req, res, body)` is asked where the vendor means well.
export async function startHostile(random, answer) {
  const vendor = { mood: 0, counts: {} };
  const server = http.createServer({ requestTimeout: 0, headersTimeout: 0 }, async (req, res) => {
    res.on("error", () => undefined);
    const parts = [];
    let size = 0;
    try {
      for await (const part of req) if ((size += part.length) <= BODY_MOST) parts.push(part);
    } catch {
      return; // the other side went
    }
    const way = random.chance(vendor.mood / 2) ? random.pick(Object.keys(WAYS)) : undefined;
    vendor.counts[way ?? "answered"] = (vendor.counts[way ?? "answered"] ?? 0) + 1;
    try {
      await (way ? WAYS[way](req, res, random) : answer(req, res, Buffer.concat(parts).toString()));
    } catch (error) {
      if (!res.destroyed && !/ERR_HTTP_HEADERS_SENT|ERR_STREAM/.test(error.code ?? "")) throw error;
    }
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  server.keepAliveTimeout = 5000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const open = new Set();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
  });
  return Object.assign(vendor, {
    url: `http://127.0.0.1:${server.address().port}`,
    connections: () => open.size,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}
