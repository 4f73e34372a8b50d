// SPDX-License-Identifier: Apache-2.0
// A vendor that repeats whatever it was ever sent, in every form that software prints, wherever it may say anything:
// REST, MCP in each transport, and OAuth. And the eye that finds a secret in any of these forms. Example:
//   const echo = new Echo();  echo.learn(request);  echo.spill();     // all of it, behind 270 letters and more
//   leaks(text, [key])                                                // what of it can be read out of a text
import { once } from "node:events";
import http from "node:http";

// ---- forms

const eachByte = (s, form) => [...Buffer.from(s)].map(form).join("");
const hex = (n, digits = 2) => n.toString(16).padStart(digits, "0");
const html = (s) => s.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/'/g, "&#39;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\//g, "&#x2F;").replace(/=/g, "&#61;");
const base64 = (s) => Buffer.from(s).toString("base64");
const FORMS = {
  literal: (s) => s,
  upper: (s) => s.toUpperCase(),
  json: (s) => JSON.stringify(s).slice(1, -1).replace(/\//g, "\\/"),
  unicode: (s) => [...s].map((c) => `\\u${hex(c.codePointAt(0), 4).toUpperCase()}`).join(""),
  percent: (s) => encodeURIComponent(s),
  "percent, lower": (s) => encodeURIComponent(s).toLowerCase(),
  "percent, all": (s) => eachByte(s, (b) => `%${hex(b)}`),
  "percent twice": (s) => encodeURIComponent(encodeURIComponent(s)),
  html,
  "html, numbers": (s) => [...s].map((c) => `&#${c.codePointAt(0)};`).join(""),
  base64,
  base64url: (s) => Buffer.from(s).toString("base64url"),
  "base64 of a pair": (s) => base64(`a:${s}`),
  "base64 of another": (s) => base64(`ab:${s}`),
  "base64 of a client": (s) => base64(`an-application:${encodeURIComponent(s)}`),
  "base64 of a header": (s) => base64(`Bearer ${s}`),
  "base64, percent": (s) => encodeURIComponent(base64(s)),
  hex: (s) => eachByte(s, (b) => hex(b)),
  "cut by the vendor": (s) => `${s.slice(0, 20)}...`,
};

// ---- the eye: what a text can be read as

const unescapes = [
  (t) => t.replace(/\\+u([0-9a-f]{4})/gi, (_, h) => String.fromCharCode(parseInt(h, 16))).replace(/\\+([^u])/g, "$1"),
  (t) => t.replace(/((?:%[0-9a-f]{2})+)/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString()),
  (t) => t.replace(/&#(x?)([0-9a-f]+);/gi, (_, x, n) => String.fromCodePoint(Math.min(parseInt(n, x ? 16 : 10) || 0, 0xffff))).replace(/&quot;/g, '"').replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"),
];
const decodes = (t) => {
  const out = [];
  for (const [run] of t.matchAll(/[A-Za-z0-9+/_-]{10,}/g)) for (let skip = 0; skip < 4; skip++) out.push(Buffer.from(run.slice(skip), "base64").toString("latin1"));
  for (const [run] of t.matchAll(/[0-9a-f]{12,}/gi)) for (let skip = 0; skip < 2; skip++) out.push(Buffer.from(run.slice(skip), "hex").toString("latin1"));
  return out.join("\n");
};

const PIECE = 16;
// A signed token's header is everybody's.
const start = (secret) => (secret.startsWith("eyJ") ? secret.indexOf(".") + 1 + PIECE : PIECE);

export function leaks(text, secrets) {
  const views = new Set([text]);
  for (let round = 0; round < 2; round++) for (const view of [...views]) for (const unescape of unescapes) views.add(unescape(view));
  for (const view of [...views]) {
    const decoded = decodes(view);
    for (const inner of [decoded, unescapes[1](decoded)]) views.add(inner);
  }
  const found = [];
  for (const secret of secrets) {
    const wanted = [secret.slice(0, Math.max(start(secret), PIECE)), Buffer.from(secret).toString("latin1").slice(0, start(secret))].map((s) => s.toLowerCase());
    for (const view of views) {
      const low = view.toLowerCase();
      const at = wanted.map((w) => low.indexOf(w)).find((i) => i >= 0);
      if (at !== undefined) {
        found.push(`${secret}: …${view.slice(Math.max(0, at - 60), at + 80)}…`);
        break;
      }
    }
  }
  return found;
}

// ---- the mouth

export class Echo {
  secrets = new Set();
  // From any request: credentials in headers, query, form; what stands in a pair counts on its own.
  learn({ headers = {}, target = "/", body = "" }) {
    for (const [name, value] of Object.entries(headers)) {
      if (!/authorization|key|token|secret/i.test(name)) continue;
      const [, , coded] = value.match(/^(basic) (.*)$/i) ?? [];
      if (!coded) this.secrets.add(value.replace(/^bearer /i, ""));
      const password = coded && Buffer.from(coded, "base64").toString().split(":").slice(1).join(":");
      if (password) this.secrets.add(/^([^%]|%[0-9A-F]{2})*$/.test(password) ? decodeURIComponent(password) : password);
    }
    const form = headers["content-type"]?.includes("urlencoded") ? [...new URLSearchParams(body)] : [];
    for (const [name, value] of [...new URL(target, "http://x").searchParams, ...form]) if (/key|token|secret|code|verifier|assertion|state/.test(name) && !/challenge|_type|_method/.test(name)) this.secrets.add(value);
    this.secrets.delete("");
  }
  // One line a form.
  spill(names = Object.keys(FORMS)) {
    const lines = [...this.secrets].filter((s) => s.length >= 6).flatMap((secret) => names.map((name) => `${"x".repeat(270)}: ${FORMS[name](secret)} is wrong`));
    return lines.join("\n") || "nothing yet";
  }
  short() {
    return [...this.secrets].filter((s) => s.length >= 6).map((s) => `bad key ${s} (${base64(s)})`).join(", ") || "nothing yet";
  }
}

// ---- MCP by hand, in each transport

const READER = (echo) => ({ name: "list_things", title: echo.short(), description: echo.spill(["literal", "base64", "json"]), inputSchema: { type: "object", properties: { how: { type: "string" }, note: { type: "string" } } }, annotations: { readOnlyHint: true } });
const MODERN = "2026-07-28";

function results(echo, method, params) {
  const era = { resultType: "complete" };
  const who = { capabilities: { tools: { listChanged: true }, prompts: {}, resources: {}, logging: {} }, serverInfo: { name: echo.short(), version: "1" }, instructions: echo.spill(["literal", "base64"]) };
  switch (method) {
    case "initialize":
      return { protocolVersion: "2025-11-25", ...who };
    case "server/discover":
      return { supportedVersions: [MODERN], ...who, ...era };
    case "tools/list":
      return { tools: [READER(echo)], ...era };
    case "prompts/list":
      return { prompts: [{ name: "greet", description: echo.spill(["literal", "html"]) }], ...era };
    case "resources/list":
      return { resources: [{ uri: "file:///a", name: echo.short() }], ...era };
    case "resources/templates/list":
      return { resourceTemplates: [], ...era };
    case "prompts/get":
      return { messages: [{ role: "user", content: { type: "text", text: echo.spill() } }], ...era };
    case "resources/read":
      return { contents: [{ uri: params.uri, text: echo.spill() }], ...era };
    case "tools/call":
      return { content: [{ type: "text", text: echo.spill() }, { type: "resource", resource: { uri: "file:///b", text: echo.spill() } }], structuredContent: { said: echo.spill() }, isError: params.arguments?.how !== "fine", _meta: { "x/said": echo.short() }, ...era };
    default:
      return era;
  }
}

const STATUSES = { 400: 400, 401: 401, 403: 403, 404: 404, 429: 429, 500: 500 };

// `transport`: modern, streamable, sse. `vendor.refuse` (a word of `how`) makes it answer everything so.
export async function startEchoMcp(transport) {
  const echo = new Echo();
  const vendor = { echo, refuse: undefined, requests: 0 };
  const streams = new Set();
  const wrong = (id, how, note) => ({ jsonrpc: "2.0", id, error: { code: -32602, message: `${note ?? ""} ${echo.spill()}`, data: { said: echo.spill(), note } }, how });
  const answer = (message, how) => {
    const { id, method, params = {} } = message;
    const note = params.arguments?.note;
    if (how === "rpc" || how === "prefixed") return [wrong(id, how, note)];
    const news = how === "news" ? [{ jsonrpc: "2.0", method: "notifications/message", params: { level: "error", data: echo.spill() } }, { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: params._meta?.progressToken ?? 0, progress: 1, message: echo.spill() } }] : [];
    const result = how === "odd" ? { resultType: echo.short() } : how === "version" ? { protocolVersion: echo.short(), supportedVersions: [`9${echo.short()}`], capabilities: {} } : results(echo, method, params);
    return [...news, { jsonrpc: "2.0", id, result }];
  };
  const server = http.createServer(async (req, res) => {
    const parts = [];
    for await (const part of req) parts.push(part);
    const body = Buffer.concat(parts).toString();
    vendor.requests++;
    echo.learn({ headers: req.headers, target: req.url, body });
    const message = req.method === "POST" ? JSON.parse(body) : {};
    const called = message.method === "tools/call" ? message.params?.arguments?.how : undefined;
    const how = vendor.refuse ?? called ?? "fine";
    const head = { "x-said": encodeURIComponent(echo.short()), "www-authenticate": `Bearer error="invalid_token", error_description="${echo.short()}", scope="${echo.short().replaceAll(" ", "_")}"` };
    const say = (status, text, type = "application/json") => res.writeHead(status, { "content-type": type, ...head }).end(text);
    if (STATUSES[how]) return say(STATUSES[how], JSON.stringify({ error: { message: echo.spill() } }));
    if (how === "plain") return say(500, echo.spill(), "text/plain");
    if (how === "scope") return say(403, "{}", "application/json");
    if (how === "type") return res.writeHead(200, { "content-type": `text/${echo.short().replace(/[^\w]/g, "")}` }).end("x");
    if (how === "redirect") return res.writeHead(302, { location: `http://${[...echo.secrets][0]?.toLowerCase().replace(/[^a-z0-9-]/g, "")}.example/` }).end();
    if (how === "broken") return say(200, `{"jsonrpc":"2.0","${echo.short()}`);
    if (how === "drop") return res.destroy();
    if (transport !== "modern" && message.params?._meta?.["io.modelcontextprotocol/protocolVersion"]) return say(400, JSON.stringify({ jsonrpc: "2.0", id: message.id, error: { code: -32000, message: `Unsupported protocol version ${echo.short()}` } }));
    if (transport === "modern" && message.method === "initialize") return say(404, JSON.stringify({ error: echo.short() }));
    if (req.method === "GET" && transport === "sse") {
      res.writeHead(200, { "content-type": "text/event-stream" }).write("event: endpoint\ndata: /messages\n\n");
      streams.add(res);
      res.on("close", () => streams.delete(res));
      return;
    }
    if (req.method !== "POST" || (transport === "sse" && req.url !== "/messages")) return say(405, JSON.stringify({ error: echo.short() }));
    if (message.id === undefined) return say(202, "");
    const events = answer(message, how);
    const sse = events.map((e) => `data: ${JSON.stringify(e)}\n\n`);
    if (transport === "sse") {
      for (const stream of streams) for (const event of sse) stream.write(event);
      return say(202, "");
    }
    const session = transport === "streamable" && message.method === "initialize" ? { "mcp-session-id": "a-session-of-the-vendor" } : {};
    if (how === "news") {
      res.writeHead(200, { "content-type": "text/event-stream", ...head, ...session });
      for (const event of sse) res.write(event.slice(0, event.length >> 1)), res.write(event.slice(event.length >> 1)); // in the middle of anything
      return res.end();
    }
    res.writeHead(200, { "content-type": "application/json", ...head, ...session }).end(JSON.stringify(events.at(-1)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(vendor, {
    url: `http://127.0.0.1:${server.address().port}/${transport === "sse" ? "sse" : "mcp"}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}
