// SPDX-License-Identifier: Apache-2.0
// The MCP server behind every comparison of remote servers: one tool, `echo`, spoken by hand so that its own
// cost stays small. `node echo.mjs http` prints its URL and serves
//   /legacy   Streamable HTTP with sessions, answers in JSON, a silent GET stream
//   /events   the same, answers as event streams, as the official SDK sends them
//   /modern   2026-07-28
//   /state    what it counted: sessions open, the fewest and most calls of one, GET streams open
// `node echo.mjs stdio` is the same legacy server for gateways that start theirs as a child.
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { MODERN, Program } from "../tests/e2e/lib/postern.mjs";
import { serve } from "./http.mjs";

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

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS = { "content-type": "text/event-stream", "cache-control": "no-cache" };

const sessions = new Map(); // id to the number of its calls
let streams = 0;

function legacy(req, res, message, inEvents) {
  const id = req.header("mcp-session-id");
  const isNew = message?.method === "initialize";
  if (!isNew && !id) return res.send(400, failure(null, -32000, "Bad Request: Server not initialized"), JSON_TYPE);
  if (!isNew && !sessions.has(id)) return res.send(404, failure(null, -32001, "Session not found"), JSON_TYPE);
  if (req.method === "GET") {
    streams++;
    req.onClose(() => streams--);
    return res.stream();
  }
  if (req.method === "DELETE") return res.send(sessions.delete(id) ? 200 : 404, "");
  if (message.id === undefined) return res.send(202, "");
  const headers = isNew ? { "mcp-session-id": randomUUID() } : {};
  if (isNew) sessions.set(headers["mcp-session-id"], 0);
  if (message.method === "tools/call") sessions.set(id, sessions.get(id) + 1);
  const body = answer(LEGACY_METHODS, message);
  if (inEvents) res.send(200, `event: message\ndata: ${body}\n\n`, { ...EVENTS, ...headers });
  else res.send(200, body, { ...JSON_TYPE, ...headers });
}

function modern(req, res, message) {
  if (!message) return res.send(405, "");
  const { method, params } = message;
  const fits = req.header("mcp-protocol-version") === MODERN && req.header("mcp-method") === method && req.header("mcp-name") === params?.name;
  if (!fits) return res.send(400, failure(message.id ?? null, -32020, "headers do not match the body"), JSON_TYPE);
  if (message.id === undefined) return res.send(202, "");
  res.send(MODERN_METHODS[method] ? 200 : 404, answer(MODERN_METHODS, message), JSON_TYPE);
}

function state(res) {
  const calls = [...sessions.values()];
  res.send(200, JSON.stringify({ sessions: calls.length, fewest: Math.min(...calls), most: Math.max(...calls), streams }), JSON_TYPE);
}

const PATHS = {
  "/legacy": (req, res, message) => legacy(req, res, message, false),
  "/events": (req, res, message) => legacy(req, res, message, true),
  "/modern": modern,
  "/state": (req, res) => state(res),
};

async function serveHttp() {
  const url = await serve((req, res) => {
    const handler = PATHS[req.path];
    if (!handler) return res.send(404, "");
    handler(req, res, req.body ? JSON.parse(req.body) : undefined);
  });
  console.log(`echo on ${url}`);
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
  return { url, program, state: async () => (await fetch(`${url}/state`)).json(), close: () => program.stop() };
}

if (process.argv[1] === FILE) (process.argv[2] === "stdio" ? serveStdio : serveHttp)();
