// SPDX-License-Identifier: Apache-2.0
// Somebody with a socket and no good intention: heads that two parsers read differently, halves of everything, crowds,
// drips, replies that nobody reads, guesses. From addresses of its own, so that others keep their share of connections.
import { makeProbes } from "../../e2e/lib/probes.mjs";
import { exchange, host, Raw, request } from "../../e2e/lib/raw.mjs";
import { ask } from "../lib/ask.mjs";

const WAIT_MS = 40_000; // beyond every deadline that Postern has here
const CROWD_MOST = 60;
const from = ({ random }) => ({ localAddress: `127.0.7.${random.between(1, 250)}` });
const to = ({ world }) => world.postern.url;
const path = ({ world, random }) => (world.servers.length ? new URL(random.pick(world.servers).url).pathname : "/mcp/pst_none");

async function closed(worker, raw, what) {
  const started = Date.now();
  const late = () => Date.now() - started >= WAIT_MS; // a reset throws as well, and is an end
  await raw.until(() => false, WAIT_MS).catch(() => late() && worker.finding("a connection that stays open", `${what}: not closed within ${WAIT_MS / 1000} s`));
  const statuses = raw.replies().map((r) => r.status).join(" ");
  raw.end();
  if (/\b500\b/.test(statuses)) worker.finding("HTTP 500", `${what}: ${raw.text.slice(0, 1000)}`);
  return statuses || "closed";
}

async function probe(worker) {
  const { smuggled, groups } = makeProbes(() => ({ url: to(worker), target: path(worker) }));
  const group = groups[worker.random.pick(Object.keys(groups))], name = worker.random.pick(Object.keys(group));
  const { closed, text } = await exchange(to(worker), group[name](), { ms: WAIT_MS, ...from(worker) });
  if (text.includes('"status":"ok"') || !closed) worker.finding("a smuggled request", `${name}: ${smuggled()}\n→ ${text.slice(0, 1000)}`, name);
  return text.slice(9, 12) || "closed";
}
async function drip(worker) {
  const { random } = worker;
  const raw = await new Raw(to(worker), from(worker)).connected();
  const bytes = random.pick([`GET /healthz HTTP/1.1\r\nHost: ${host(to(worker))}\r\nX-Slow: ${"x".repeat(2000)}`, request("POST", path(worker), to(worker), { headers: { "content-type": "application/json", "content-length": 5000 } }) + "x".repeat(4000), `POST ${path(worker)} HTTP/1.1\r\nHost: ${host(to(worker))}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${"1\r\n{\r\n".repeat(500)}`]);
  let at = 0;
  const piece = random.between(1, 40);
  const timer = setInterval(() => (raw.closed ? clearInterval(timer) : raw.write(bytes.slice(at, (at += piece)))), random.between(20, 300));
  const outcome = await closed(worker, raw, "a drip");
  clearInterval(timer);
  return outcome;
}
async function partial(worker) {
  const raw = await new Raw(to(worker), from(worker)).connected();
  const whole = request("POST", path(worker), to(worker), { headers: { "content-type": "application/json" }, body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' });
  raw.write(whole.slice(0, worker.random.below(whole.length)));
  if (worker.random.chance(0.5)) raw.socket.end(); // half closed
  if (worker.random.chance(0.5)) return closed(worker, raw, "a part of a request");
  raw.end();
  return "left";
}
// Many at once that say little or nothing, and all go together.
async function crowd(worker) {
  const { random } = worker;
  const where = from(worker);
  const all = await Promise.all(Array.from({ length: random.between(10, CROWD_MOST) }, () => new Raw(to(worker), where).connected()));
  for (const raw of all) if (random.chance(0.7)) raw.write(`GET /healthz HTTP/1.1\r\nHost: ${host(to(worker))}\r\nX: `);
  await new Promise((done) => setTimeout(done, random.between(10, 2000)));
  for (const raw of all) raw.end();
  return "left";
}
// Asks for much and reads nothing of it.
async function unread(worker) {
  const raw = await new Raw(to(worker), from(worker)).connected();
  raw.socket.pause();
  raw.write(request("GET", "/openapi.json", to(worker)).repeat(worker.random.between(20, 300)));
  await new Promise((done) => setTimeout(done, worker.random.between(100, 8000)));
  raw.socket.resetAndDestroy();
  return "left";
}
async function pipeline(worker) {
  const n = worker.random.between(2, 12);
  const bytes = request("GET", "/healthz", to(worker)).repeat(n - 1) + request("GET", "/nowhere", to(worker), { headers: { connection: "close" } });
  const { replies } = await exchange(to(worker), bytes, { ms: WAIT_MS, ...from(worker) });
  if (replies.length !== n && replies.at(-1)?.status !== 503) worker.finding("pipelined requests without their answers", `${replies.length} of ${n}: ${replies.map((r) => r.status)}`);
  return `${replies.length} of ${n}`.replace(/\d+/g, "n");
}
const HOSTS = [{ host: "evil.example" }, { host: "127.0.0.1.evil.example" }, { origin: "https://evil.example" }, { origin: "null" }, { "x-forwarded-for": "192.0.2.1", "x-forwarded-host": "evil.example" }, { cookie: "a=b" }, { upgrade: "h2c", connection: "Upgrade, HTTP2-Settings", "http2-settings": "AAMAAABkAAQAAP__" }];
async function wrongHost(worker) {
  const bytes = request(worker.random.pick(["GET", "POST", "OPTIONS", "DELETE", "PATCH"]), worker.random.pick(["/healthz", "/whoami", path(worker)]), to(worker), { headers: { ...worker.random.pick(HOSTS), connection: "close" } });
  const { replies } = await exchange(to(worker), bytes, { ms: WAIT_MS, ...from(worker) });
  return String(replies[0]?.status ?? "closed");
}
const guess = async (worker) => {
  const token = worker.random.pick([worker.random.word(43), "A".repeat(43), "../../admin", "%00", "x".repeat(2000), ""]);
  const way = worker.random.pick(["mcp", "sse", "bearer"]);
  if (way === "bearer") return (await ask(worker, `${to(worker)}/integrated-account`, { method: "GET", headers: { authorization: `Bearer psk_${token.replaceAll("%", "")}` }, ...from(worker), agent: false })).outcome;
  const r = await ask(worker, `${to(worker)}/${way}/pst_${token}`, { method: worker.random.pick(["GET", "POST"]), body: { jsonrpc: "2.0", id: 1, method: "tools/list" }, ...from(worker), agent: false });
  if (r.status === 200) worker.finding("a guessed token opens something", `${way} ${token}`);
  return r.outcome;
};

export const attacker = {
  name: "attacker",
  pause_ms: [50, 600],
  operations: {
    "smuggle": [5, probe],
    "drip": [2, drip],
    "partial": [3, partial],
    "crowd": [1, crowd],
    "unread": [1, unread],
    "pipeline": [2, pipeline],
    "host": [2, wrongHost],
    "guess": [3, guess],
  },
};
