// SPDX-License-Identifier: Apache-2.0
// The MCP server behind every comparison of remote servers: one tool, `echo`, spoken by hand so that its own
// cost stays small. `node echo.mjs http` prints its URL and serves
//   /legacy   Streamable HTTP with sessions, answers in JSON, a silent GET stream
//   /events   the same, answers as event streams, as the official SDK sends them
//   /modern   2026-07-28
//   /state    what it counted: sessions open, the fewest and most calls of one, GET streams open
// `node echo.mjs stdio` is the same legacy server for gateways that start theirs as a child.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { MODERN, Program } from "../tests/e2e/lib/postern.mjs";

const INFO = { name: "bench-echo", version: "1.0.0" };
const TOOL = {
  name: "echo",
  description: "Answers with the message it was given.",
  inputSchema: { type: "object", properties: { message: { type: "string" } }, required: ["message"] },
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};
const call = ({ name, arguments: given }) => name === "echo" && { content: [{ type: "text", text: given.message }], isError: false };
const CACHE = { ttlMs: 60_000, cacheScope: "public" };

const LEGACY_METHODS = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: INFO }),
  ping: () => ({}),
  "tools/list": () => ({ tools: [TOOL] }),
  "tools/call": call,
};
const complete = (result) => result && { resultType: "complete", ...result, _meta: { "io.modelcontextprotocol/serverInfo": INFO } };
const MODERN_METHODS = {
  "server/discover": () => complete({ supportedVersions: [MODERN], capabilities: { tools: {} }, ...CACHE }),
  "tools/list": () => complete({ tools: [TOOL], ...CACHE }),
  "tools/call": (params) => complete(call(params)),
};

const failure = (id, code, message) => JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } });
function answer(methods, { id, method, params = {} }) {
  const result = methods[method]?.(params);
  return result ? JSON.stringify({ jsonrpc: "2.0", id, result }) : failure(id, methods[method] ? -32602 : -32601, `no ${method} of this kind`);
}

function send(res, status, body = "", headers = {}) {
  res.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers });
  res.end(body);
}

const sessions = new Map(); // id to the number of its calls
let streams = 0;

function legacy(req, res, message, inEvents) {
  const id = req.headers["mcp-session-id"];
  const isNew = message?.method === "initialize";
  if (!isNew && !id) return send(res, 400, failure(null, -32000, "Bad Request: Server not initialized"));
  if (!isNew && !sessions.has(id)) return send(res, 404, failure(null, -32001, "Session not found"));
  if (req.method === "GET") {
    streams++;
    res.once("close", () => streams--);
    return res.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  }
  if (req.method === "DELETE") return send(res, sessions.delete(id) ? 200 : 404);
  if (message.id === undefined) return send(res, 202);
  const headers = isNew ? { "mcp-session-id": randomUUID() } : {};
  if (isNew) sessions.set(headers["mcp-session-id"], 0);
  if (message.method === "tools/call") sessions.set(id, sessions.get(id) + 1);
  const body = answer(LEGACY_METHODS, message);
  if (!inEvents) return send(res, 200, body, headers);
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache", ...headers });
  res.end(`event: message\ndata: ${body}\n\n`);
}

function modern(req, res, message) {
  if (!message) return send(res, 405);
  const { "mcp-protocol-version": version, "mcp-method": method, "mcp-name": name } = req.headers;
  if (version !== MODERN || method !== message.method || name !== message.params?.name) return send(res, 400, failure(message.id ?? null, -32020, "headers do not match the body"));
  if (message.id === undefined) return send(res, 202);
  send(res, MODERN_METHODS[method] ? 200 : 404, answer(MODERN_METHODS, message));
}

function state(res) {
  const calls = [...sessions.values()];
  send(res, 200, JSON.stringify({ sessions: calls.length, fewest: Math.min(...calls), most: Math.max(...calls), streams }));
}

const PATHS = {
  "/legacy": (req, res, message) => legacy(req, res, message, false),
  "/events": (req, res, message) => legacy(req, res, message, true),
  "/modern": modern,
  "/state": (req, res) => state(res),
};

function serveHttp() {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (req, res) => {
    const handler = PATHS[req.url];
    if (!handler) return send(res, 404);
    let text = "";
    req.setEncoding("utf8");
    req.on("data", (more) => (text += more));
    req.on("end", () => handler(req, res, text ? JSON.parse(text) : undefined));
  });
  server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => console.log(`echo on http://127.0.0.1:${server.address().port}`));
}

function serveStdio() {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const message = JSON.parse(line);
    if (message.id !== undefined && message.method) process.stdout.write(`${answer(LEGACY_METHODS, message)}\n`);
  });
}

const FILE = fileURLToPath(import.meta.url);
export const STDIO = [process.execPath, FILE, "stdio"];
export async function startEcho() {
  const program = new Program(process.execPath, [FILE, "http"]);
  const [, url] = await program.waitFor(/echo on (\S+)/);
  return { url, state: async () => (await fetch(`${url}/state`)).json(), close: () => program.stop() };
}

if (process.argv[1] === FILE) (process.argv[2] === "stdio" ? serveStdio : serveHttp)();
