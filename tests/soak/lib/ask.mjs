// SPDX-License-Identifier: Apache-2.0
// One HTTP request by a worker, with every way to be a bad client: leaving in the middle, bodies that come slowly or not
// at all, streams read message by message. Whatever is answered is judged. Example:
//   const r = await ask(worker, server.url, { body: { jsonrpc: "2.0", id: 1, method: "ping" } });
//   r.outcome;   // "200", "left", "cut", "unanswered"
import http from "node:http";
import { MODERN } from "../../e2e/lib/postern.mjs";
import { secretIn } from "./secrets.mjs";

export const CEILING_MS = 60_000; // far beyond every limit that Postern runs with here
const TEXT_MOST = 4 << 20;
// What Postern says where it is to blame; -32603 alone also stands for vendors that fail.
const BLAME = /answered already|no stream was begun|was not answered|no room for a URL|row of .* is damaged|toolset is damaged|definitions are damaged|token hash is damaged|has no parameter for|has no base URL|boundary fits|SQLite|database is damaged|statement takes|needs an event loop|no such way to authenticate/;

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

// Options: method, headers, body (object or text), localAddress, leave_ms (hang up after), slow ({ bytes, ms }: the body in
// pieces), half (send no more than that many bytes of it), onMessage(message, r): of an event stream; true ends it.
// `quiet`: an answer may well not come.
export function ask(worker, url, options = {}) {
  const { method = "POST", headers = {}, body, localAddress, leave_ms, quiet = false, ceiling = CEILING_MS } = options;
  const bytes = body === undefined ? undefined : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const r = { status: 0, headers: {}, text: "", messages: [], outcome: "unanswered", events: 0 };
  return new Promise((resolve) => {
    let over = false;
    const timers = [];
    const finish = (outcome) => {
      if (over) return;
      over = true;
      timers.forEach(clearTimeout);
      worker.signal.removeEventListener("abort", stopped);
      request.destroy();
      r.outcome = outcome;
      r.json = r.messages.length ? undefined : parsed(r.text);
      judge(worker, r, { url, method, bytes, quiet });
      resolve(r);
    };
    const stopped = () => finish("left");
    const request = http.request(url, { method, localAddress, agent: options.agent ?? worker.agent, headers: { ...(bytes ? { "content-type": "application/json", "content-length": bytes.length } : {}), accept: "application/json, text/event-stream", ...headers } });
    request.on("error", (error) => finish(r.status ? `${r.status} cut` : error.code === "ECONNREFUSED" ? "refused" : "cut"));
    request.on("response", (response) => {
      r.status = response.statusCode;
      r.headers = response.headers;
      const stream = /^text\/event-stream/.test(response.headers["content-type"] ?? "");
      let rest = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        if (r.text.length < TEXT_MOST) r.text += chunk;
        if (!stream) return;
        const blocks = (rest + chunk).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) if (!over && takeEvent(r, block, options.onMessage)) return finish(String(r.status));
      });
      response.on("end", () => finish(String(r.status)));
      response.on("close", () => finish(`${r.status} cut`));
    });
    worker.signal.addEventListener("abort", stopped);
    if (worker.signal.aborted) return finish("left");
    if (leave_ms !== undefined) timers.push(setTimeout(() => finish("left"), leave_ms));
    timers.push(setTimeout(() => finish("unanswered"), ceiling));
    send(request, bytes, options, timers);
  });
}

function send(request, bytes, { slow, half }, timers) {
  if (half !== undefined) return void (request.flushHeaders(), request.write(bytes.subarray(0, half)));
  if (!slow) return void request.end(bytes);
  let at = 0;
  const step = () => {
    if (request.destroyed) return;
    request.write(bytes.subarray(at, (at += slow.bytes)));
    if (at >= bytes.length) return void request.end();
    timers.push(setTimeout(step, slow.ms));
  };
  step();
}

function takeEvent(r, block, onMessage) {
  const lines = block.split("\n");
  const data = lines.filter((l) => l.startsWith("data:")).map((l) => l.slice(5).trimStart()).join("\n");
  r.lastId = lines.find((l) => l.startsWith("id:"))?.slice(3).trim() ?? r.lastId;
  r.events++;
  if (!data) return false;
  const message = lines.includes("event: endpoint") ? { endpoint: data } : parsed(data);
  if (message === undefined) r.broken = data;
  r.messages.push(message);
  if (r.messages.length > 200) r.messages.shift();
  return onMessage?.(message, r) === true;
}

function judge(worker, r, { url, method, bytes, quiet }) {
  const { world } = worker;
  const where = `${method} ${new URL(url).pathname.replace(/pst_[^/?]+/, "pst_…")}`;
  const about = () => `${where} ${bytes ? bytes.toString("utf8", 0, 600) : ""}\n→ ${r.outcome} ${r.text.slice(0, 1500)}`;
  const finding = (kind, key) => worker.finding(kind, about(), key);
  if (r.outcome === "unanswered" && !quiet) finding("unanswered beyond its ceiling");
  if (r.status === 500 || r.json?.error?.code === "internal") finding("HTTP 500");
  if (r.broken !== undefined) finding("an event that is no JSON");
  if (r.json === undefined && r.text && r.outcome === "200" && /^application\/json/.test(r.headers["content-type"] ?? "") && r.text.length < TEXT_MOST) finding("a body that is no JSON");
  for (const m of [...(Array.isArray(r.json) ? r.json : [r.json]), ...r.messages]) if (m?.error?.code === -32603 && BLAME.test(m.error.message ?? "")) finding("internal error", m.error.message.slice(0, 60));
  const held = secretIn(r.text);
  if (held) worker.finding("a secret in an answer", `${where}\n… ${held} …`, where.split("/").slice(0, 2).join("/"));
  if (r.status >= 500 && r.status !== 500) world.note(`${r.status}`);
}

// ---- messages of MCP

export const request = (method, params, id) => ({ jsonrpc: "2.0", id, method, ...(params ? { params } : {}) });
export const notification = (method, params) => ({ jsonrpc: "2.0", method, ...(params ? { params } : {}) });

export function modernAsk(worker, server, method, params = {}, { id = worker.nextId(), capabilities = {}, meta = {}, headers = {}, ...options } = {}) {
  const name = params.name ?? params.uri;
  const _meta = { "io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": capabilities, "io.modelcontextprotocol/clientInfo": { name: "soak", version: "1" }, ...meta };
  const safe = typeof name === "string" && /^[\x20-\x7e]*$/.test(name) ? { "mcp-name": name } : {};
  return ask(worker, server.url, { headers: { "mcp-protocol-version": MODERN, "mcp-method": method, ...safe, ...bearer(server), ...headers }, body: request(method, { ...params, _meta }, id), ...options });
}
export const bearer = (server) => (server.token ? { authorization: `Bearer ${server.token}` } : {});
// What a response of either form says, in a word.
export function verdict(r) {
  const m = r.json ?? r.messages.findLast((one) => one?.result !== undefined || one?.error !== undefined);
  if (r.outcome !== "200") return r.outcome;
  if (m?.error) return `rpc ${m.error.code}`;
  if (m?.result?.isError) return "isError";
  return m?.result ? (m.result.resultType ?? "ok") : "200";
}
